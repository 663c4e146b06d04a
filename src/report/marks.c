#include "report/marks.h"

#include "model/flow.h"

bool marks_may_go(const struct case_file *c)
{
    return !str_eq(c->decision.action, STR("close")) &&
           !str_eq(c->decision.action, STR("close-pending"));
}

struct mark_seen marks_seen(const struct case_file *c, const struct mark *m)
{
    struct mark_seen s = {.first_us = TIME_NONE, .last_us = TIME_NONE};
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (!mark_fits(m, e)) {
            continue;
        }
        int64_t last = e->last_us == TIME_NONE ? e->time_us : e->last_us;
        s.count += e->count;
        s.first_us = s.first_us == TIME_NONE ? e->time_us : s.first_us;
        s.last_us = last > s.last_us ? last : s.last_us;
        bool called = m->kind == MARK_ADDRESS && str_eq(e->address, m->value);
        s.as_source = s.as_source || called;
        s.as_destination = s.as_destination || !called;
    }
    if (s.first_us == TIME_NONE) {
        s.first_us = c->first_us;
        s.last_us = c->last_us;
    }
    return s;
}
