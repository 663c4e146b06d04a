/*
 * playbook - the seed as data, and the engine that reads it: questions, items of evidence, L1
 * steps, the decision table (judgement.md 1, 2, 4).
 */
#ifndef PLAYBOOK_PLAYBOOK_H
#define PLAYBOOK_PLAYBOOK_H

#include "context/context.h"
#include "detect/detect.h"
#include "intel/intel.h"
#include "model/case_file.h"
#include "model/result.h"
#include "playbook/history.h"
#include "playbook/previous.h"

struct playbook;

/* ERR_SYNTAX or ERR_SCHEMA name the line and the key. */
NODISCARD enum err_code playbook_load(struct str text, struct playbook **out, struct err *err);
void playbook_free(struct playbook *p);
struct str playbook_technique(const struct playbook *p); /* "T1584.007" */

/* What the answers of a run rest on, the same for all cases. */
struct judge {
    const struct playbook *playbook;
    const struct context *context;
    const struct intel *intel;
    const struct inventory *inventory;
    const struct detect_run *run;
    const struct traffic *traffic;   /* what the network saw; NULL: no network logs */
    const struct baseline *baseline; /* what was usual before; NULL: not known */
    const struct source_seen *sources;
    size_t source_count;
    int64_t since_us, until_us;
    struct finding *const *findings; /* all findings, for what lies outside the case */
    size_t finding_count;
    const struct event *const *events; /* all kept events, in event_cmp order */
    size_t event_count;
    bool intel_given;
    bool iam_given; /* dumps of accounts were given and followed through the events */
    /* history_new(events), made once a run. NULL: made anew for each case, which is slow. */
    const struct history *history;
    const struct previous *previous; /* an earlier result; NULL: not given */
    struct case_file *const *cases;  /* all of this run, for what became of earlier ones */
    size_t case_count;
    /* Cases whose arithmetic is kept: ids, or how they begin. */
    const struct str *explain;
    size_t explain_count;
};

/* Answer, decide and plan one case: fills answers, steps, decision, plan, hunts. */
NODISCARD enum err_code playbook_judge(const struct judge *j, struct case_file *c, struct arena *a,
                                       struct err *err);

/* Row E2d: does the case shrink to a line in the digest? */
bool playbook_is_digest(const struct case_file *c);

#endif
