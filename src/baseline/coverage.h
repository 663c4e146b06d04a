/*
 * coverage - on which days were there logs at all? A day without calls in them was quiet; a day
 * without logs says nothing.
 */
#ifndef BASELINE_COVERAGE_H
#define BASELINE_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    COVERED_DAYS = 128,
    /* So many days without any record between two that have some still count as quiet ones. */
    COVERED_GAP_DAYS = 3
};

struct covered {
    bool any;
    int32_t first_day;                /* earliest that was marked */
    int32_t newest_day;               /* latest */
    uint64_t days[COVERED_DAYS / 64]; /* bit day % COVERED_DAYS, of the newest COVERED_DAYS */
};

void covered_mark(struct covered *c, int32_t day);
void covered_merge(struct covered *to, const struct covered *from);
/* Forget the days after `last`. */
void covered_cut(struct covered *c, int32_t last);
/* Were there logs of that day? */
bool covered_has(const struct covered *c, int32_t day);
/* Days with logs from `from` to the newest, both included; at most COVERED_DAYS. */
unsigned covered_count(const struct covered *c, int32_t from);

#endif
