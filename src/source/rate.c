#include "source/rate.h"

bool rate_begin(struct rate *r, struct arena *a, struct str metric, size_t points)
{
    *r = (struct rate){.a = a, .first_us = TIME_NONE, .last_us = TIME_NONE};
    r->room = (points < RATE_POINTS_MAX ? points : (size_t)RATE_POINTS_MAX) + 1;
    r->attrs = ARENA_ARRAY(a, struct attr, r->room);
    r->full = r->attrs == NULL;
    if (!r->full) {
        r->attrs[r->count++] = (struct attr){ATTR_METRIC, metric};
    }
    return !r->full;
}

void rate_add(struct rate *r, int64_t at_us, uint64_t seconds, double value)
{
    char time[TIME_TEXT_MAX];
    if (r->full || at_us == TIME_NONE || !(value >= 0 && value < 1e15)) {
        return;
    }
    r->sum += value;
    r->first_us = r->first_us == TIME_NONE || at_us < r->first_us ? at_us : r->first_us;
    r->last_us = at_us > r->last_us ? at_us : r->last_us;
    if (r->count == r->room) {
        r->beyond++;
        return;
    }
    (void)time_format(at_us, time);
    struct attr *point = &r->attrs[r->count];
    point->id = ATTR_RATE_POINT;
    r->full = !arena_printf(r->a, &point->value, "%s %llu %.0f", time, (unsigned long long)seconds,
                            value);
    r->count += r->full ? 0 : 1;
}

bool rate_end(struct rate *r, struct event *e)
{
    e->kind = EVENT_RATE;
    e->read_only = true;
    e->who.kind = IDENTITY_SERVICE;
    e->who.principal = e->service;
    e->time_us = r->first_us;
    e->last_us = r->last_us;
    e->count = (uint64_t)r->sum;
    e->attrs = r->attrs;
    e->attr_count = r->count;
    return !r->full;
}
