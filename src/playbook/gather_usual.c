/*
 * gather_usual - is the rate of a function's calls inside what was usual, and did the principal use
 * this permission before?
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

/* Some finding of the run says that rights were added in this account. */
static bool rights_added(const struct judge *j, struct str account)
{
    static const struct str uses[] = {STR_INIT("D60"), STR_INIT("D61"), STR_INIT("D62")};
    for (size_t i = 0; i < j->finding_count; i++) {
        const struct finding *f = j->findings[i];
        bool use = false;
        for (size_t k = 0; k < ARRAY_LEN(uses); k++) {
            use = use || str_eq(f->detection->ref, uses[k]);
        }
        if (!use && f->detection->indicator == KI4 && f->events.len > 0 &&
            str_eq(f->events.at[0]->account, account)) {
            return true;
        }
    }
    return false;
}

static void gather_permissions(const struct judge *j, struct subject *s)
{
    struct used used;
    if (baseline_used(j->baseline, s->event, &used) != ERR_OK || !used.known) {
        return;
    }
    s->usual.permissions_known = true;
    s->usual.within_known = used.before;
    s->usual.nothing_new = j->iam_given && !rights_added(j, s->event->account);
    s->usual.use_days = used.days;
}

void gather_usual(struct inquiry *q, struct subject *s)
{
    const struct event *e = s->event;
    if (q->judge->baseline != NULL) {
        gather_permissions(q->judge, s);
    }
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
