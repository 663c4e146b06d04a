/*
 * hunt - the marks of cases in other logs: other accounts, projects, regions, sources.
 *
 * Every record is accounted for as in triage. A record whose bytes hold no mark is not parsed, so the
 * cost is that of scanning. Nothing of pass 2 is known: an actor is found under the names that records
 * themselves use.
 */
#ifndef ENGINE_HUNT_H
#define ENGINE_HUNT_H

#include "intake/intake.h"
#include "model/case_file.h"

enum { HUNT_PLACES = 5, HUNT_GROUPS_MAX = 100000 };

struct hunt_mark {
    struct mark mark;
    struct str cases; /* ids of the cases it is of, joined by spaces */
};

struct hunt_options {
    const struct str *paths;
    size_t path_count;
    const struct hunt_mark *marks;
    size_t mark_count;
    const struct str *known; /* provider's ids of the cases' own records */
    size_t known_count;
    int64_t since_us, until_us; /* TIME_NONE: no bound */
    unsigned jobs;              /* 0: one a core */
    void (*progress)(void *arg, uint64_t done, uint64_t all, uint64_t events, uint64_t hits);
    void *progress_arg;
    volatile int *stop;
};

/* Records with one mark, of one source, account, region and function. */
struct hunt_group {
    size_t mark; /* index */
    struct str source, account, region, function;
    uint64_t count;
    uint64_t known; /* of these, records of the cases themselves */
    uint64_t denied;
    int64_t first_us, last_us;
    struct origin places[HUNT_PLACES]; /* the first by file and offset */
    size_t place_count;
};

struct hunt_result {
    struct arena texts;
    struct input_list inputs;
    struct account account;
    uint64_t events; /* inside the bounds */
    uint64_t looked_into;
    bool full; /* more groups than HUNT_GROUPS_MAX: the rest is not told apart */
    struct {
        VEC_OF(struct hunt_group);
    } groups; /* by mark, source, account, region, function */
};

NODISCARD enum err_code hunt_run(const struct hunt_options *o, struct hunt_result *out,
                                 struct err *err);
void hunt_result_free(struct hunt_result *r);

#endif
