#include "engine/correlation.h"

#include <stdlib.h>

#include "base/buf.h"

struct finder {
    struct detect_run *run;
    struct {
        VEC_OF(const struct event *);
    } events; /* of the match being told, each once */
    struct buf text;
};

static const struct event *stands_for(const struct event *e)
{
    while (e->folded_into != NULL) {
        e = e->folded_into;
    }
    return e;
}

static int by_place(const void *x, const void *y)
{
    const struct event *const *a = x;
    const struct event *const *b = y;
    return (*a > *b) - (*a < *b);
}

/* Many hits are of one kept event. The order is of no account: findings are sorted. */
static bool take_events(struct finder *f, const struct correlation_match *m)
{
    f->events.len = 0;
    for (size_t i = 0; i < m->ref_count; i++) {
        if (!VEC_PUSH(&f->events, stands_for(m->refs[i]))) {
            return false;
        }
    }
    qsort(f->events.at, f->events.len, sizeof(struct event *), by_place);
    size_t n = 0;
    for (size_t i = 0; i < f->events.len; i++) {
        if (n == 0 || f->events.at[i] != f->events.at[n - 1]) {
            f->events.at[n++] = f->events.at[i];
        }
    }
    f->events.len = n;
    return true;
}

static void explain(struct buf *b, const struct correlation_match *m)
{
    char from[TIME_TEXT_MAX];
    char to[TIME_TEXT_MAX];
    buf_reset(b);
    buf_printf(b, "%.*s: %llu events from %.*s to %.*s, within %.*s of each other",
               STR_ARG(m->detection->title), (unsigned long long)m->events,
               (int)time_format(m->first_us, from), from, (int)time_format(m->last_us, to), to,
               STR_ARG(m->span));
    for (size_t i = 0; i < m->group_count; i++) {
        buf_printf(b, "; %.*s %.*s", STR_ARG(m->group_names[i]),
                   STR_ARG(str_head(m->group_values[i], 200)));
    }
}

static bool on_match(void *arg, const struct correlation_match *m)
{
    struct finder *f = arg;
    explain(&f->text, m);
    bool ok = !f->text.failed && take_events(f, m);
    for (size_t i = 0; ok && i < f->events.len; i++) {
        ok = detect_run_note(f->run, f->events.at[i], m->detection, buf_str(&f->text)) == ERR_OK;
    }
    return ok;
}

enum err_code correlation_find(const struct setup *s, struct scan_result *scan,
                               struct detect_run *run, struct err *err)
{
    if (!rule_set_correlates(s->rules)) {
        return ERR_OK;
    }
    struct finder f = {.run = run};
    buf_init(&f.text, 0);
    enum err_code rc = correlate(s->rules, scan->hit_log, on_match, &f, err);
    buf_free(&f.text);
    VEC_FREE(&f.events);
    return rc;
}
