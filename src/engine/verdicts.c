#include "engine/verdicts.h"

#include <stdlib.h>

void verdict_book_free(struct verdict_book *b)
{
    VEC_FREE(b);
    arena_free(&b->texts);
}

bool verdict_book_add(struct verdict_book *b, struct origin origin, struct str text)
{
    struct logged_alert v = {.origin = origin};
    if (b->texts.used + text.len > VERDICT_BYTES_MAX) {
        b->beyond++;
        return true;
    }
    return arena_dup(&b->texts, text, &v.text) && VEC_PUSH(b, v);
}

bool verdict_book_merge(struct verdict_book *into, struct verdict_book *from)
{
    for (size_t i = 0; i < from->len; i++) {
        struct logged_alert v = from->at[i];
        if (!arena_dup(&into->texts, v.text, &v.text) || !VEC_PUSH(into, v)) {
            return false;
        }
    }
    into->beyond += from->beyond;
    return true;
}

static int by_place(const void *a, const void *b)
{
    return origin_cmp(&((const struct logged_alert *)a)->origin,
                      &((const struct logged_alert *)b)->origin);
}

/* Read one. A text that is no alert is a skipped row, whatever a file of such would be. */
static enum err_code read_one(const struct logged_alert *v, const struct input_list *inputs,
                              struct context *c, struct err *err)
{
    struct err why = {0};
    struct str place;
    if (!arena_printf(&c->arena, &place, "%.*s (byte %llu)",
                      STR_ARG(inputs->at[v->origin.file].path),
                      (unsigned long long)v->origin.offset)) {
        return err_set(err, ERR_NOMEM, "no memory for alerts");
    }
    enum err_code rc = context_load_text(c, CONTEXT_ALERTS, place, v->text, &why);
    if (rc != ERR_SCHEMA && rc != ERR_SYNTAX) {
        *err = why;
        return rc;
    }
    struct context_skip skip = {.path = place, .reason = STR("an alert that tells nothing")};
    c->skips++;
    if (c->skipped.len < CONTEXT_SKIPS_MAX && !VEC_PUSH(&c->skipped, skip)) {
        return err_set(err, ERR_NOMEM, "no memory for alerts");
    }
    return ERR_OK;
}

enum err_code verdicts_read(struct verdict_book *b, const struct input_list *inputs,
                            struct context *c, struct arena *a, struct result *r, struct err *err)
{
    bool given = c->given[CONTEXT_ALERTS];
    bool partial = c->partial[CONTEXT_ALERTS];
    int64_t newest_us = c->newest_us[CONTEXT_ALERTS];
    size_t before = c->alerts.len;
    struct err own = {0};
    enum err_code rc = ERR_OK;
    struct str note;
    if (b->len > 1) {
        qsort(b->at, b->len, sizeof(*b->at), by_place);
    }
    for (size_t i = 0; rc == ERR_OK && i < b->len; i++) {
        rc = read_one(&b->at[i], inputs, c, err != NULL ? err : &own);
    }
    if (!given) { /* some alerts are not all of them */
        c->given[CONTEXT_ALERTS] = false;
        c->partial[CONTEXT_ALERTS] = partial;
        c->newest_us[CONTEXT_ALERTS] = newest_us;
    }
    if (rc != ERR_OK || (c->alerts.len == before && b->beyond == 0)) {
        return rc;
    }
    bool fine =
        arena_printf(a, &note, "alerts that came with the logs and are used as known alerts: %zu",
                     c->alerts.len - before);
    if (fine && b->beyond > 0) {
        fine = arena_printf(a, &note,
                            "alerts that came with the logs and are used as known alerts: %zu; "
                            "not used, since they are more than 64 MiB: %llu, give them with "
                            "--alerts",
                            c->alerts.len - before, (unsigned long long)b->beyond);
    }
    return fine && VEC_PUSH(&r->notes, note) ? ERR_OK
                                             : err_set(err, ERR_NOMEM, "no memory for alerts");
}
