/*
 * marks - what a case tells others: its external marks, and what was seen of each.
 */
#ifndef REPORT_MARKS_H
#define REPORT_MARKS_H

#include "model/result.h"

/* May the marks of this case leave the house as indicators? Not when it closes as legitimate. */
bool marks_may_go(const struct case_file *c);

struct mark_seen {
    uint64_t count; /* events that carry it */
    int64_t first_us, last_us;
    bool as_source;      /* an address that called */
    bool as_destination; /* ... that was called */
};
/* Among the events of the case. */
struct mark_seen marks_seen(const struct case_file *c, const struct mark *m);

#endif
