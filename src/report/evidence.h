/*
 * evidence - which of a finding's events a report shows: the first, the last, and a spread.
 */
#ifndef REPORT_EVIDENCE_H
#define REPORT_EVIDENCE_H

#include <stddef.h>

enum { EVIDENCE_DEFAULT = 100 };

/* How many of `total` are shown when at most `most` may be. */
size_t evidence_count(size_t total, size_t most);

/* Position of the i-th shown one, i < evidence_count(total, most). Rising; the first is 0, the last
 * is total - 1 (when more than one is shown). */
size_t evidence_at(size_t total, size_t most, size_t i);

#endif
