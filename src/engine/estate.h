/*
 * estate - what is ours, told by logs and lists of functions, without any judgement.
 *
 * The same pass 1 as a triage, then every event replayed into the inventory. Functions of all
 * providers with what they are, who calls them, what makes them run and who changed them last.
 */
#ifndef ENGINE_ESTATE_H
#define ENGINE_ESTATE_H

#include "engine/scan.h"
#include "engine/triage.h"
#include "inventory/inventory.h"

/* Of one function more callers or sources are only counted. */
enum { ESTATE_CALLERS_MAX = 1000, ESTATE_LIST_MAX = 256 };

struct estate_caller {
    struct str who; /* root of the actor; an address where nobody is named; a service */
    uint64_t count;
    int64_t first_us, last_us;
};

struct estate_function {
    const struct function *function;
    int64_t first_us, last_us; /* of all events about it; TIME_NONE: only a list tells of it */
    uint64_t events;           /* about it */
    uint64_t runs;             /* by its own log */
    uint64_t metric_calls;     /* by metrics, which name no caller */
    const struct event *last_change; /* NULL: none in the logs */
    struct str_list sources;         /* what makes it run: ARNs, rules, schedules, topics */
    struct str_list gateways;        /* APIs and front doors */
    struct {
        VEC_OF(struct estate_caller);
    } callers;             /* most calls first, then by text */
    uint64_t more_callers; /* calls of callers that are not listed */
};

struct estate {
    struct setup setup;
    struct input_list inputs;
    struct arena texts;
    struct scan_result scan;
    struct inventory *inventory;
    struct {
        VEC_OF(struct estate_function);
    } functions;            /* by provider, account, region, name */
    int64_t from_us, to_us; /* first and last record; TIME_NONE: none */
};

/* `o` as for a triage; feeds and rules given in it are loaded and of no use. Errors as there. */
NODISCARD enum err_code estate_build(const struct triage_options *o, struct estate **out,
                                     struct err *err);
void estate_free(struct estate *e);

#endif
