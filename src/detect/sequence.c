#include "detect/sequence.h"

#include <string.h>

#include "base/buf.h"
#include "detect/tools.h"

/* ---- chains ---- */

/* The chain of a key, or NULL; an old one is as good as a new one. */
static const struct sequence_chain *chain_find(const struct sequence *s, struct str key)
{
    const struct sequence_chain *c = map_get(&s->chains[0], key);
    return c != NULL ? c : map_get(&s->chains[1], key);
}

/* The older half makes room. */
static void let_go(struct sequence *s)
{
    map_free(&s->chains[1]);
    arena_free(&s->arenas[1]);
    s->chains[1] = s->chains[0];
    s->arenas[1] = s->arenas[0];
    s->chains[0] = (struct map){0};
    arena_init(&s->arenas[0], 0);
}

static struct sequence_chain *chain_make(struct sequence *s, struct str key)
{
    struct sequence_chain *c = map_get(&s->chains[0], key);
    if (c != NULL) {
        return c;
    }
    if (s->chains[0].len >= SEQUENCE_KEYS) {
        let_go(s);
    }
    const struct sequence_chain *old = map_get(&s->chains[1], key);
    struct map_entry *entry = map_intern(&s->chains[0], &s->arenas[0], key);
    c = entry == NULL ? NULL : ARENA_NEW(&s->arenas[0], struct sequence_chain);
    if (c == NULL) {
        return NULL;
    }
    if (old != NULL) {
        *c = *old;
    }
    entry->value = c;
    return c;
}

static int64_t window_us(const struct sequence *s, const struct detect_view *v)
{
    return (int64_t)(detect_threshold(v, s->ops->window) * (double)TIME_MINUTE_US);
}

const struct event *sequence_at(const struct sequence *s, const struct sequence_step *e,
                                size_t step, size_t of, struct str key)
{
    const struct sequence_chain *c = chain_find(s, key);
    const struct event *first = c == NULL ? NULL : c->to[step][0];
    bool fits =
        first != NULL && time_gap(first->time_us, e->view.event->time_us) <= window_us(s, &e->view);
    return fits ? c->to[step][of] : NULL;
}

static char *append(char *to, struct str part)
{
    if (part.len > 0) {
        memcpy(to, part.ptr, part.len);
    }
    to[part.len] = '\n';
    return to + part.len + 1;
}

bool sequence_key(struct sequence *s, struct str *out, const char *kind, struct str a, struct str b)
{
    struct str of = str_of(kind);
    size_t len = of.len + a.len + b.len + 3;
    char *text = ARENA_ARRAY(&s->scratch, char, len);
    if (text == NULL) {
        return false;
    }
    (void)append(append(append(text, of), a), b);
    *out = str_make(text, len);
    return true;
}

/* ---- telling ---- */

static bool explain(const struct sequence *s, const struct event *const *way, size_t steps,
                    struct arena *a, struct str *out)
{
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    const struct event *lead = way[s->ops->lead < steps ? s->ops->lead : steps - 1];
    buf_printf(&b, "%.*s %s", SAY(event_who(lead)), s->ops->story);
    if (steps < s->ops->steps) {
        buf_printf(&b, ", as far as the logs show (%zu steps of %zu)", steps, s->ops->steps);
    }
    for (size_t i = 0; i < steps; i++) {
        char time[TIME_TEXT_MAX];
        const struct event *e = way[i];
        (void)time_format(e->time_us, time);
        buf_printf(&b, "%s%s %.*s", i == 0 ? ": " : ", then ", time, SAY(e->action));
        if (e->function.name.len > 0) {
            buf_printf(&b, " of %.*s", SAY(e->function.name));
        }
        if (!str_eq(event_who(e), event_who(lead))) {
            buf_printf(&b, " by %.*s", SAY(event_who(e)));
        }
    }
    return !b.failed && arena_dup(a, buf_str(&b), out);
}

/* The same way was told, and only its last event is another. */
static bool was_told(const struct sequence_chain *c, const struct event *const *way, size_t steps)
{
    bool same = c->told_steps == steps;
    for (size_t i = 0; same && i + 1 < steps; i++) {
        same = c->told[i] == way[i];
    }
    return same;
}

static enum err_code tell(struct sequence *s, const struct sequence_step *at,
                          struct sequence_chain *c, const struct event *const *way, size_t steps,
                          enum severity severity)
{
    const struct sequence_ops *ops = s->ops;
    struct str text;
    if (was_told(c, way, steps)) {
        return ERR_OK;
    }
    if (!explain(s, way, steps, at->view.arena, &text)) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < steps; i++) {
        c->told[i] = way[i];
    }
    c->told_steps = steps;
    struct detect_hit hit = {.detection = ops->detection,
                             .severity = severity,
                             .explain = text,
                             .lead = way[ops->lead < steps ? ops->lead : steps - 1]};
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < steps; i++) {
        rc = detect_report_at(&at->view, way[i], &hit);
    }
    return rc;
}

enum err_code sequence_put(struct sequence *s, const struct sequence_step *e, size_t step,
                           struct str from, struct str key, enum severity severity)
{
    const struct event *way[SEQUENCE_STEPS] = {0};
    const struct sequence_ops *ops = s->ops;
    if (key.len == 0) {
        return ERR_OK;
    }
    if (step > 0) {
        struct str before = from.len > 0 ? from : key;
        if (sequence_at(s, e, step - 1, 0, before) == NULL) {
            return ERR_OK;
        }
        const struct sequence_chain *c = chain_find(s, before);
        for (size_t i = 0; i < step; i++) {
            way[i] = c->to[step - 1][i];
        }
    }
    way[step] = e->view.event;
    struct sequence_chain *c = chain_make(s, key);
    if (c == NULL) {
        return ERR_NOMEM;
    }
    /* A way that began later leaves more of the window. */
    if (c->to[step][0] == NULL || c->to[step][0]->time_us <= way[0]->time_us) {
        memcpy((void *)c->to[step], (const void *)way, sizeof(way));
    }
    if (step < ops->tells_from) {
        return ERR_OK;
    }
    bool whole = step + 1 == ops->steps;
    enum severity as = severity != SEVERITY_MAX_ ? severity
                       : whole                   ? ops->detection->severity
                                                 : ops->early;
    return tell(s, e, c, way, step + 1, as);
}

/* ---- events of one second ---- */

static enum err_code offer_held(struct sequence *s, void *state)
{
    enum err_code rc = ERR_OK;
    for (size_t step = 0; step < s->ops->steps; step++) {
        for (size_t i = 0; rc == ERR_OK && i < s->held.len; i++) {
            arena_reset(&s->scratch);
            rc = s->ops->offer(s, state, &s->held.at[i], step);
        }
    }
    s->held.len = 0;
    return rc;
}

static int64_t second_of(const struct event *e)
{
    return e->time_us / TIME_SECOND_US;
}

enum err_code sequence_event(struct sequence *s, const struct sequence_ops *ops, void *state,
                             const struct detect_view *v)
{
    const struct event *e = v->event;
    enum err_code rc = ERR_OK;
    s->ops = ops;
    if (e->time_us == TIME_NONE) {
        return ERR_OK;
    }
    if (s->held.len > 0 &&
        (second_of(s->held.at[0].view.event) != second_of(e) || s->held.len >= SEQUENCE_HELD)) {
        rc = offer_held(s, state);
    }
    if (rc != ERR_OK || !ops->may(state, v)) {
        return rc;
    }
    struct sequence_step step = {.view = *v,
                                 .role = v->function == NULL ? STR_EMPTY : v->function->now.role};
    return VEC_PUSH(&s->held, step) ? ERR_OK : ERR_NOMEM;
}

enum err_code sequence_finish(struct sequence *s, const struct sequence_ops *ops, void *state,
                              const struct detect_view *v)
{
    (void)v;
    s->ops = ops;
    return s->held.len == 0 ? ERR_OK : offer_held(s, state);
}

void sequence_free(struct sequence *s)
{
    VEC_FREE(&s->held);
    for (size_t i = 0; i < 2; i++) {
        map_free(&s->chains[i]);
        arena_free(&s->arenas[i]);
    }
    arena_free(&s->scratch);
}
