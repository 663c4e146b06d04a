/*
 * rate - numbers of calls from metrics: how many, and when, but not by whom (EVENT_RATE).
 *
 * Each bucket is an attribute RATE_POINT, "2026-11-20T09:12:00Z 60 17": its begin, its seconds (0:
 * not told) and the count. The event's count is their sum, METRIC says what was counted.
 */
#ifndef SOURCE_RATE_H
#define SOURCE_RATE_H

#include "source/source.h"

enum { RATE_POINTS_MAX = 20000 }; /* of one record; two weeks of minutes */

struct rate {
    struct arena *a;
    struct attr *attrs;
    size_t count;
    size_t room;
    double sum;
    int64_t first_us, last_us;
    bool full;       /* the arena is */
    uint64_t beyond; /* points that were one too many: in the sum, not in the list */
};

/* Begin with what was counted: "Invocations", "Errors", … False: the arena is full. */
NODISCARD bool rate_begin(struct rate *r, struct arena *a, struct str metric, size_t points);
void rate_add(struct rate *r, int64_t at_us, uint64_t seconds, double value);
/* Put all into *e, which becomes EVENT_RATE. False: the arena was full. */
NODISCARD bool rate_end(struct rate *r, struct event *e);

#endif
