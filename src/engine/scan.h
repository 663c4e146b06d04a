/*
 * scan - pass 1: files to kept events, on several threads.
 *
 * Every record is counted; of most only the envelope is looked at. Kept are the events that a
 * later stage needs, that a rule hit, or whose caller is in a feed.
 */
#ifndef ENGINE_SCAN_H
#define ENGINE_SCAN_H

#include "engine/activity.h"
#include "engine/keep.h"
#include "engine/seen_set.h"
#include "engine/setup.h"
#include "engine/verdicts.h"
#include "intake/intake.h"
#include "rule/correlate.h"

/* How the callers of Workers were found (engine/ray_join.h). */
struct ray_tally {
    uint64_t joined;   /* runs with their request */
    uint64_t unjoined; /* runs without one */
    uint64_t direct;   /* runs of *.workers.dev: no log has their callers */
    unsigned shift;    /* only one run in 2^shift was looked at */
};

/* One source and account: how much was seen, and when. */
struct seen_account {
    const struct source_ops *source;
    struct str account;
    uint64_t records;
    uint64_t data_events; /* calls of functions, and changes of the data plane, among them */
    int64_t first_us;
    int64_t last_us;
    struct activity activity;
    int64_t gap_from_us, gap_to_us; /* engine/silence.h; both 0: none */
};

/* Records whose time cannot be true, such as that of a clock that was never set. They are kept
 * without one: a single such record must not make the window decades long. */
struct odd_times {
    uint64_t records;
    struct origin first; /* the first of them, in order of files and places */
};

/* What the verification of digests found (engine/digests.h). */
struct integrity_tally {
    bool checked;
    uint64_t digests, logs; /* valid */
    uint64_t alarms;        /* altered, missing, not covered */
    uint64_t unverified;
    int64_t from_us, to_us; /* what valid digests cover; TIME_NONE: nothing */
};

struct scan_result {
    struct {
        VEC_OF(struct event *);
    } events; /* in event_cmp order, folded ones merged, copies gone */
    struct {
        VEC_OF(struct seen_account);
    } seen; /* by source, account */
    struct account account;
    uint64_t event_count; /* records inside the window's end */
    uint64_t duplicates;
    struct ray_tally rays;
    struct odd_times odd_times;
    uint64_t told_twice;     /* requests that a firewall and the door behind it tell */
    struct hit_log *hit_log; /* what correlations count; refs are events of the workers */
    uint64_t *hidden;        /* by filter: hits that it hid */
    uint64_t gave_up;        /* times that a rule's regular expression was stopped by its limits */
    const struct detection *slow; /* a rule that this befell, or NULL */
    struct integrity_tally integrity;
    struct keeper *keepers; /* own the events */
    size_t keeper_count;
    struct verdict_book verdicts; /* alerts of other tools among the records */
    struct tally *tally;          /* of what the network saw */
    bool *has_traffic;            /* by input: did it tell of the network? */
};

/* Scan all inputs. ERR_NOMEM, ERR_IO. Stops early, with what it has, when *o->stop is set. */
NODISCARD enum err_code scan_run(const struct setup *s, const struct triage_options *o,
                                 const struct input_list *inputs, struct scan_result *out,
                                 struct err *err);
void scan_result_free(struct scan_result *r);

#endif
