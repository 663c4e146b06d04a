/*
 * detection - what a rule or an analytic is, apart from how it decides.
 *
 * A Sigma rule makes one from its head (rule/rule.h), a folder in detect/ has one as a constant.
 */
#ifndef MODEL_DETECTION_H
#define MODEL_DETECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

enum severity {
    SEVERITY_INFORMATIONAL,
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL,
    SEVERITY_MAX_
};

const char *severity_name(enum severity s);
NODISCARD bool severity_parse(struct str s, enum severity *out); /* as in Sigma's `level` */

enum question { Q1, Q2, Q3, Q4, QUESTION_MAX_, QUESTION_NONE = QUESTION_MAX_ };

/* Playbook indicators: changes, network, invocation, permissions, and log-source integrity. */
enum key_indicator { INDICATOR_NONE, KI1, KI2, KI3, KI4, LS, INDICATOR_MAX_ };
const char *indicator_name(enum key_indicator i); /* "KI1" … "LS", "" */
NODISCARD bool indicator_parse(struct str s, enum key_indicator *out);

/* What a finding is about, and so what its events are folded by. */
enum entity_kind { ENTITY_FUNCTION, ENTITY_ACTOR, ENTITY_ROLE, ENTITY_ADDRESS, ENTITY_ACCOUNT };
NODISCARD bool entity_kind_parse(struct str s, enum entity_kind *out);

struct detection {
    struct str id;          /* stable: "faaswatch.function_url_public", a public rule's uuid */
    struct str ref;         /* number in the reference: "D14", "" for foreign rules */
    struct str title;       /* one line */
    struct str description; /* what it means and what makes it wrong; may be "" */
    struct str author;      /* DRL 1.1 asks for it in the output; may be "" */
    enum severity severity;
    double confidence;      /* 0 to 1 */
    enum question question; /* the question a finding of it puts, or QUESTION_NONE */
    enum key_indicator indicator;
    enum entity_kind entity;
    const struct str *techniques; /* "T1648" */
    size_t technique_count;
    struct str tactic; /* first ATT&CK tactic, "persistence", or "" */
    bool ours;         /* of our pack: may carry weight in the playbook; foreign rules may not */
    bool is_posture;   /* a list item, makes no case */
};

/* Steps in order, as SQ1: nothing explains it unless all of its changes are explained. */
static inline bool detection_is_sequence(const struct detection *d)
{
    return str_starts(d->ref, STR("SQ"));
}

#endif
