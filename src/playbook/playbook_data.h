/*
 * playbook_data - the playbook as it lies in memory after loading. Texts live as long as the
 * playbook.
 */
#ifndef PLAYBOOK_PLAYBOOK_DATA_H
#define PLAYBOOK_PLAYBOOK_DATA_H

#include "base/arena.h"
#include "base/map.h"
#include "model/case_file.h"
#include "playbook/decision.h"

/* What makes an item of evidence count nothing. A set of these is an `unsigned` of 1 << value. */
enum explanation {
    EXPLAIN_CHANGE,    /* a record of class M3 or better */
    EXPLAIN_NAMED,     /* such a record that names what was done */
    EXPLAIN_EMERGENCY, /* such a record of type emergency */
    EXPLAIN_PIPELINE,  /* CI built this hash from a reviewed commit on a protected branch */
    EXPLAIN_PROCESS,   /* a registered process, in caller, time and rate */
    EXPLAIN_PUBLIC,    /* the function is approved as public */
    EXPLAIN_VENDOR,    /* a vendor's principal does what it is there for */
    EXPLAIN_MAX_
};
const char *explanation_name(enum explanation e);

/* What an answer may rest on. A set is an `unsigned` of 1 << value. */
enum evidence_source {
    NEED_LOGS, /* the source of the event itself */
    NEED_CHANGES,
    NEED_PEOPLE,
    NEED_BUILDS,
    NEED_PROCESSES,
    NEED_IAM,
    NEED_BASELINE,
    NEED_INTEL,
    NEED_ALERTS,
    NEED_NETWORK, /* what the network saw around the case */
    NEED_CALLS,   /* who called the case's functions, where anybody may */
    NEED_MAX_
};
const char *evidence_source_name(enum evidence_source s);

struct sentence {
    struct str id, section, text;
};

struct playbook_item {
    struct str id, group, text;
    enum question question;
    int weight;
    bool hard, authorises;
    double confidence;     /* a finding counts from this confidence on */
    unsigned explained_by; /* set of enum explanation */
    unsigned needs;        /* set of enum evidence_source */
    const struct str *refs;
    size_t ref_count;
    unsigned line;
    unsigned weight_line, weight_column; /* where its weight stands, both from 1 */
    size_t weight_len;
};

struct playbook_step {
    struct str id;
    const struct sentence *sentence;
};

struct playbook_faults; /* playbook/check.h */

struct playbook {
    struct arena arena;
    struct playbook_faults
        *faults; /* while checking: faults go here and loading goes on; else NULL */
    struct str technique, name, tactic;
    struct sentence *sentences;
    size_t sentence_count;
    const struct sentence *questions[QUESTION_MAX_];
    unsigned question_sources[QUESTION_MAX_]; /* set of enum evidence_source */
    int suspicious, legitimate, bar, raises;  /* thresholds, decibans */
    struct {
        int suspicious, bar, raises;
    } watched;           /* for what is on the watch list */
    int deadline_min[5]; /* by priority, 1 to 4 */
    struct playbook_item *items;
    size_t item_count;
    struct map item_index; /* id -> item */
    struct playbook_step *steps;
    size_t step_count;
    struct decision_table table;
    const struct str *logging_off; /* refs */
    size_t logging_off_count;
    const struct str *logging_foreign; /* refs that count where the sink is somebody else's */
    size_t logging_foreign_count;
};

const struct sentence *playbook_sentence(const struct playbook *p, struct str id);  /* or NULL */
const struct playbook_item *playbook_item(const struct playbook *p, struct str id); /* or NULL */
bool playbook_item_has_ref(const struct playbook_item *it, struct str ref);

/* Items that the engine makes without a finding (made.def). */
bool playbook_item_is_made(struct str id);

#endif
