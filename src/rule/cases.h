/*
 * cases - what a rule must and must not match, run.
 *
 * A case is a line of JSON beside the rule, in <rule>.cases.jsonl:
 *     {"match": true, "why": "an existing URL is opened", "event": { … the whole record … }}
 *     {"match": true, "why": "five in a minute", "events": [{ … }, { … }]}     of a correlation
 * and, for a rule of several sources, "source": "gcp.audit", where it is a record of one of them.
 * The time of an event of several is what it says (eventTime, timestamp, time, When, ActionTimestamp);
 * one that says none is a minute after the one before.
 */
#ifndef RULE_CASES_H
#define RULE_CASES_H

#include "rule/rule.h"

struct rule_case {
    unsigned line;
    bool expected;
    bool matched;        /* by a rule of the set */
    struct str why;      /* as written; lives during the call */
    const char *problem; /* not NULL: the line is no case, and why */
};

typedef void (*rule_case_fn)(void *arg, const struct rule_case *c);

/* Run the cases of `text` against the rules of a set made for them (not compiled yet; it is
 * compiled here). Each case is scanned as intake would, so that what the rules want of a record is
 * tested too. ERR_NOMEM only. */
NODISCARD enum err_code rule_cases_run(struct rule_set *s, struct str text, rule_case_fn fn,
                                       void *arg, struct err *err);

#endif
