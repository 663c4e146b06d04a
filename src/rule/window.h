/*
 * window - what a correlation measures over a sliding window of one group.
 *
 * Entries are added at the new end and removed at the old one; the measure is asked for when all
 * entries of one moment are in.
 */
#ifndef RULE_WINDOW_H
#define RULE_WINDOW_H

#include "rule/correlation.h"
#include "rule/hit_log.h"

/* A hit, or a match of a correlation below, in one slot of a correlation. */
struct entry {
    int64_t time_us;
    uint64_t id;           /* of the event: the same in each slot that it fills */
    uint64_t weight;       /* events that it stands for */
    const struct hit *hit; /* whose values it has */
    double number;         /* measured, when has_number */
    uint32_t group;
    uint32_t value; /* counted: from 1; 0: it has none */
    uint32_t rank;  /* of the number among all */
    uint32_t below; /* index of the match below, + 1; 0: it is a hit */
    uint16_t slot;
    uint16_t path;
    bool has_number;
    bool again; /* the event is already counted, by an entry before */
};

struct window;

/* For a correlation whose entries have values up to `values` and ranks below `ranks`; numbers are
 * the measured ones by rank. NULL: no memory. */
NODISCARD struct window *window_new(const struct correlation *c, size_t values, size_t ranks,
                                    const double *numbers);
void window_free(struct window *w);
void window_clear(struct window *w); /* before another group */

void window_add(struct window *w, const struct entry *e);
void window_remove(struct window *w, const struct entry *e);

/* What the condition is compared with, the newest moment being e[0..count). False: there is
 * nothing to compare. */
bool window_measure(struct window *w, const struct entry *e, size_t count, double *out);

#endif
