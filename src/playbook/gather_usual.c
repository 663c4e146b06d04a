/*
 * gather_usual - is the rate of a function's calls inside what was usual?
 */
#include "baseline/model.h"
#include "playbook/inquiry.h"

static const struct str outside[] = {STR_INIT("D44"), STR_INIT("D45"), STR_INIT("D46"),
                                     STR_INIT("D47"), STR_INIT("D48")};

/* Some finding of the run, of this case or another, says that its calls are not as they were. */
static bool is_told(const struct judge *j, const struct function_key *k)
{
    for (size_t i = 0; i < j->finding_count; i++) {
        const struct finding *f = j->findings[i];
        if (!function_key_eq(&f->function, k)) {
            continue;
        }
        for (size_t r = 0; r < ARRAY_LEN(outside); r++) {
            if (str_eq(f->detection->ref, outside[r])) {
                return true;
            }
        }
    }
    return false;
}

static struct subject_usual usual_of(const struct judge *j, const struct event *e)
{
    struct subject_usual out = {0};
    struct model m;
    const struct usual *u = baseline_of(j->baseline, &e->function);
    if (u == NULL || u->channel != event_channel(e)) {
        return out;
    }
    model_fit(&u->calls, &j->baseline->covered, &m);
    out.rate_known = m.known;
    out.days = m.days;
    out.rate_inside = m.known && !is_told(j, &e->function);
    return out;
}

void gather_usual(struct inquiry *q, struct subject *s)
{
    const struct event *e = s->event;
    if (q->judge->baseline == NULL || e->function.name.len == 0 ||
        event_channel(e) == CHANNEL_NONE) {
        return;
    }
    if (!function_key_eq(&q->usual_of, &e->function)) {
        q->usual_of = e->function;
        q->usual = usual_of(q->judge, e);
    }
    s->usual.rate_known = q->usual.rate_known;
    s->usual.rate_inside = q->usual.rate_inside;
    s->usual.days = q->usual.days;
}
