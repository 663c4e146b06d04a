/*
 * The inside of call_rate: one function's calls in the window.
 */
#ifndef DETECT_CALL_RATE_H
#define DETECT_CALL_RATE_H

#include "baseline/drift.h"
#include "baseline/watch.h"
#include "detect/tools.h"

enum { RATE_CALLERS = 8, RATE_DAYS = CALLS_DAYS };

/* Who called most of late. A newcomer takes the place of the least, with its calls, so that nobody
 * who calls much is missed (space saving, Metwally 2005). */
struct rate_caller {
    struct str who;
    double calls;
};

struct rate_function {
    const struct usual *usual;
    struct model model;
    struct watch watch;
    struct rate_caller callers[RATE_CALLERS];
    int64_t callers_hour; /* calls of before count half */

    int64_t hour; /* of the next two */
    double calls, errors;

    int32_t sketch_day;
    struct sketch addresses;
    double usual_addresses; /* a day; 0: none were seen */

    const struct event *last;
    struct drift_day days[RATE_DAYS]; /* of the window */
    size_t day_count;
};

enum { RATE_SPIKE, RATE_DRIFT, RATE_NO_PROCESS, RATE_ERRORS, RATE_ADDRESSES, RATE_DETECTIONS };
extern const struct detection rate_detections[RATE_DETECTIONS];

NODISCARD enum err_code rate_look_spike(struct rate_function *r, const struct detect_view *v,
                                        const struct watch_limits *limits);
NODISCARD enum err_code rate_look_errors(struct rate_function *r, const struct detect_view *v,
                                         const struct watch_limits *limits);
NODISCARD enum err_code rate_look_addresses(struct rate_function *r, const struct detect_view *v);
/* After the last event. */
NODISCARD enum err_code rate_look_drift(const struct rate_function *r, const struct detect_view *v);

/* Approved as public in --env. */
bool rate_is_public(const struct detect_view *v);

#endif
