/*
 * The inside of runtime: one function's runs and lines in the window.
 */
#ifndef DETECT_RUNTIME_LOOK_H
#define DETECT_RUNTIME_LOOK_H

#include "detect/tools.h"

enum { RUNS_KEPT = 200, RUNS_STEP = 10, STARTS_LEAST = 8, PEGGED_LEAST = 10 };

enum runtime_detection {
    RUNS_LONGER,
    RUNS_MINING,
    RUNS_LARGER,
    STARTS_SLOWER,
    NEW_EXTENSION,
    NEW_HOST,
    NEW_WORDS,
    LOG_SILENT,
    WORKER_BUSIER,
    RUNTIME_DETECTIONS
};
extern const struct detection runtime_detections[RUNTIME_DETECTIONS];

/* The last values of a metric, the oldest replaced. */
struct recent {
    double at[RUNS_KEPT];
    size_t len, next;
    uint64_t added;
};

struct runtime_function {
    const struct usual *usual; /* NULL: no history */
    bool known;                /* ... and enough of it */
    struct recent values[RUN_METRIC_MAX_];
    struct recent pegged;       /* 1: ended at its timeout with its memory used up */
    const struct event *change; /* last change of code or layers */
    int64_t memory_changed_us;  /* TIME_NONE: not in the input */
    bool less_memory;
    unsigned told;                  /* set of detections */
    double quiet_runs, quiet_lines; /* of hours in a row that wrote too little */
    int64_t hour;
    double hour_runs, hour_lines;
    const struct event *quiet_from, *hour_from;
};

double runtime_ratio(const struct detect_view *v);
double runtime_pegged(const struct detect_view *v);

/* Once a function. */
bool runtime_tells(struct runtime_function *f, enum runtime_detection d);
/* A change of code or layers within a day before the event; *approved: a record covers it. */
bool runtime_after_change(const struct runtime_function *f, const struct detect_view *v,
                          bool *approved);

NODISCARD enum err_code runtime_look_run(struct runtime_function *f, const struct detect_view *v);
NODISCARD enum err_code runtime_look_log(struct runtime_function *f, const struct detect_view *v);
/* The hour is over. */
NODISCARD enum err_code runtime_end_hour(struct runtime_function *f, const struct detect_view *v);

#endif
