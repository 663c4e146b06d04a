#include "playbook/steps.h"

#include <stdarg.h>

#include "base/buf.h"
#include "base/utf8.h"

enum { ROW_BYTES_MAX = 1000 };

bool step_row(const struct inquiry *q, struct step *s, int64_t time_us, enum verdict outcome,
              struct str ref, const char *fmt, ...)
{
    if (s->rows.len >= STEP_ROWS_MAX) {
        s->rows.at[s->rows.len - 1].text = STR("... and more, in the findings");
        return true;
    }
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    struct step_row row = {.time_us = time_us, .outcome = str_of(verdict_name(outcome))};
    return !b.failed && arena_dup(q->arena, utf8_head(buf_str(&b), ROW_BYTES_MAX), &row.text) &&
           arena_dup(q->arena, ref, &row.ref) && VEC_PUSH(&s->rows, row);
}

/* The worst row is the outcome; without rows there was nothing to review. */
static struct str outcome_of(const struct step *s)
{
    struct str worst = str_of(verdict_name(VERDICT_LEGITIMATE));
    struct str suspicious = str_of(verdict_name(VERDICT_SUSPICIOUS));
    struct str unknown = str_of(verdict_name(VERDICT_UNKNOWN));
    for (size_t i = 0; i < s->rows.len; i++) {
        if (str_eq(s->rows.at[i].outcome, suspicious)) {
            return suspicious;
        }
        if (str_eq(s->rows.at[i].outcome, unknown)) {
            worst = unknown;
        }
    }
    return s->rows.len == 0 ? unknown : worst;
}

enum err_code inquiry_step(struct inquiry *q, struct err *err)
{
    static const struct {
        struct str id;
        bool (*make)(const struct inquiry *q, struct step *s);
    } makers[] = {
        {STR_INIT("L1.1"), step_logins},
        {STR_INIT("L1.2"), step_changes},
        {STR_INIT("L1.3"), step_feeds},
    };
    for (size_t i = 0; i < q->book->step_count; i++) {
        const struct playbook_step *def = &q->book->steps[i];
        struct step s = {.id = def->id, .text = def->sentence->text};
        bool ok = true;
        for (size_t k = 0; ok && k < ARRAY_LEN(makers); k++) {
            ok = !str_eq(makers[k].id, def->id) || makers[k].make(q, &s);
        }
        s.outcome = outcome_of(&s);
        if (!ok || !VEC_PUSH(&q->file->steps, s)) {
            VEC_FREE(&s.rows);
            return inquiry_no_memory(q, err);
        }
    }
    return ERR_OK;
}
