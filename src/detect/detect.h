/*
 * detect - detections that need state, arithmetic or joins, one folder each.
 *
 * TO ADD ONE: make src/detect/<name>/ with <name>.c (defining `const struct detect_ops
 * detect_<name>`), test_<name>.c and README.md (its page). A detection sees all kept events in
 * event_cmp order, with what was known of the function before and after each.
 */
#ifndef DETECT_DETECT_H
#define DETECT_DETECT_H

#include "base/arena.h"
#include "base/err.h"
#include "baseline/baseline.h"
#include "context/context.h"
#include "context/match.h"
#include "intel/intel.h"
#include "inventory/inventory.h"
#include "model/detection.h"
#include "model/finding.h"
#include "network/traffic.h"

struct detect_run;
struct iam_book;

/* What a detection may look at. */
struct detect_view {
    const struct event *event;
    const struct function *function;  /* NULL: about none */
    const struct change_match *match; /* of a change event, else NULL */
    const struct context *context;
    const struct intel *intel;
    const struct inventory *inventory;
    const struct traffic *traffic;   /* what the network saw; NULL: no network logs */
    const struct baseline *baseline; /* what was usual before the window; NULL: not known */
    int64_t since_us;                /* begin of the window; TIME_NONE: all is */
    struct iam_book *book; /* who may do what before this event; NULL: no --iam. One follows it:
                              permission_growth */
    struct arena *arena;   /* lives as long as the run; for texts of hits */
    struct detect_run *run;
};

/* Report a hit about the view's event. `explain` lives in view->arena or is static. Severity is
 * lowered by one level for denied and failed calls by the folding, not by the detection. */
struct detect_hit {
    const struct detection *detection;
    enum severity severity;
    struct str explain;
    const struct intel_hit *intel; /* or NULL; copied */
    /* Of several hits that tell one thing: the event by whose entity and actor all of them are
     * folded. NULL: the event itself. */
    const struct event *lead;
};
NODISCARD enum err_code detect_report(const struct detect_view *v, const struct detect_hit *hit);
/* The same about another event than the view's (an earlier one of a burst). */
NODISCARD enum err_code detect_report_at(const struct detect_view *v, const struct event *e,
                                         const struct detect_hit *hit);

/* A number that `thresholds:` in --env may set, by this name; the folder's page says what it means.
 * Names are unique over all folders. */
struct detect_threshold {
    struct str name;
    double usual;
    double least, most; /* what makes sense; anything else is refused before work starts */
};

/* A detection that hits more of all events than this, in per cent, is told to be noisy. */
extern const struct detect_threshold detect_noisy;

/* As the user set it, else as usual. */
double detect_threshold(const struct detect_view *v, const struct detect_threshold *t);
/* All names in `thresholds:` are some detection's and all values make sense. ERR_SCHEMA: names the
 * key, the value and what would do. */
NODISCARD enum err_code detect_check_thresholds(const struct env *e, struct err *err);

struct detect_ops {
    const struct detection *detections; /* what this folder can report, by ref */
    size_t detection_count;
    const struct detect_threshold *thresholds; /* NULL: none */
    size_t threshold_count;
    size_t state_size; /* bytes of zeroed state for one run, given to the calls below */
    /* May be NULL, when it only looks at what the network saw, at the end. */
    enum err_code (*on_event)(void *state, const struct detect_view *v, struct err *err);
    /* After the last event; may be NULL. view->event is NULL. */
    enum err_code (*finish)(void *state, const struct detect_view *v, struct err *err);
    void (*release)(void *state); /* free what state holds; may be NULL */
};
extern const struct detect_ops *const detect_registry[];

/* Events through inventory, change matching, detections and rule hits, folded to findings:
 * findings in finding_cmp order into *out (VEC of pointers, freed by result_free). Matches stay
 * valid in the run: detect_match. */
struct finding_list {
    VEC_OF(struct finding *);
};
NODISCARD struct detect_run *detect_run_new(const struct context *c, const struct intel *intel,
                                            struct inventory *inv);
void detect_run_free(struct detect_run *run);
/* A hit that was found elsewhere, over several records; before detect_run_events. Its severity is
 * meant for all of them, so a call that was refused does not lower it. */
NODISCARD enum err_code detect_run_note(struct detect_run *run, const struct event *e,
                                        const struct detection *d, struct str explain);
/* The run has that many exclusions, whose hits are not reported but counted. ERR_NOMEM. */
NODISCARD enum err_code detect_run_exclusions(struct detect_run *run, size_t count);
uint64_t detect_run_excluded(const struct detect_run *run, size_t number);
/* What lies before is history: it fills the inventory, and makes no finding. */
void detect_run_since(struct detect_run *run, int64_t since_us);
/* What the network saw; must outlive the run. */
void detect_run_traffic(struct detect_run *run, const struct traffic *traffic);
/* What dumps of accounts say, to be followed through the events; must outlive the run. */
void detect_run_permissions(struct detect_run *run, struct iam_book *book);
/* What was usual before the window, learnt earlier; must outlive the run. What the events tell of
 * days after it and before the window is learnt, too; what it knows of the window is forgotten. */
void detect_run_baseline(struct detect_run *run, struct baseline *b);
NODISCARD enum err_code detect_run_events(struct detect_run *run, struct event **events,
                                          size_t count, struct finding_list *out, struct err *err);
/* The match of a change event of the run; NULL for others. */
const struct change_match *detect_match(const struct detect_run *run, const struct event *e);

#endif
