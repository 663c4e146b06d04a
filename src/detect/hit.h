/*
 * hit - one detection that fired on one event, before folding.
 */
#ifndef DETECT_HIT_H
#define DETECT_HIT_H

#include "detect/detect.h"

struct hit {
    const struct event *event;
    const struct event *lead; /* by whose entity and actor it is folded: never NULL */
    const struct detection *detection;
    enum severity severity; /* already lowered for a call that was refused */
    struct str explain;
    const struct intel_hit *intel; /* in the run's arena, or NULL */
    struct str entity;             /* filled by the folding */
    size_t seq;                    /* order of report: breaks ties of equal events */
};

struct hit_list {
    VEC_OF(struct hit);
    uint64_t *excluded; /* by exclusion: records whose hits it hid; NULL: there are none */
    int64_t since_us;   /* hits on dated events that end before it are not taken */
};

/* Take note of a hit. `explain` and `intel` must live as long as the run. */
NODISCARD enum err_code hit_add(struct hit_list *list, const struct event *e,
                                const struct detect_hit *in, struct arena *a);

/* The hits of the rules that matched in pass 1, explained by title and the facts of the event. */
NODISCARD enum err_code hit_add_rules(struct hit_list *list, const struct event *e,
                                      struct arena *a);

#endif
