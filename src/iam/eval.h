/*
 * eval - does AWS allow this request?
 *
 * The order of AWS's policy evaluation: an explicit deny anywhere; organisation policies, one
 * allowance a level; then, in one account, what the resource's policy gives by name or the identity's
 * policies give within boundary and session policy; from another account both sides. Three-valued:
 * the answer is definite when no key that is not known can change it (and sometimes DEPENDS where a
 * cleverer look would see that none can).
 */
#ifndef IAM_EVAL_H
#define IAM_EVAL_H

#include "iam/policy.h"
#include "iam/request.h"

/* All that applies to a request. What is not there is NULL, or has no members. */
struct iam_policies {
    struct iam_policy_set identity;
    const struct iam_policy_set *boundary; /* NULL: there is none */
    const struct iam_policy_set *session;  /* NULL: none was passed */
    const struct iam_policy_set *levels;   /* organisation: root, units, account; all must allow */
    size_t level_count;
    const struct iam_policy *resource; /* of the resource: bucket, key, function, trust */
    bool resource_rules; /* keys, and roles being assumed: identity policies alone do not do */
};

enum iam_reason {
    IAM_ALLOWED,     /* `by` allows it */
    IAM_DENIED,      /* `by` denies it */
    IAM_NOT_GRANTED, /* no identity policy allows it */
    IAM_NOT_IN_BOUNDARY,
    IAM_NOT_IN_SESSION,
    IAM_NOT_IN_ORGANISATION,
    IAM_NOT_BY_RESOURCE, /* the resource's policy had to, and does not */
    IAM_REASON_MAX_
};
const char *iam_reason_text(enum iam_reason r); /* "outside the permissions boundary" */

struct iam_decision {
    enum iam_answer answer;
    enum iam_reason reason;
    const struct iam_policy *policy; /* NULL: no single one */
    const struct iam_statement *by;  /* NULL: no single one */
    struct str missing_key;          /* of DEPENDS: a key that it hangs on */
};

/* How a statement of a resource's policy names the caller. In order of how much it gives. */
enum iam_naming {
    IAM_UNNAMED,
    IAM_NAMED_ACCOUNT, /* the account: its identity policies decide */
    IAM_NAMED_ROLE,    /* the role, or anybody: boundary and session policy still bound it */
    IAM_NAMED_SELF     /* user or session: gives by itself */
};
enum iam_naming iam_statement_names(const struct iam_statement *s, const struct iam_caller *c);

/* Action, resource and conditions of a statement; its principal is not looked at. */
enum iam_answer iam_statement_matches(const struct iam_statement *s, const struct iam_policy *p,
                                      const struct iam_request *r, struct iam_scratch *scratch);

/* Action alone: exact, and any case. */
bool iam_statement_has_action(const struct iam_statement *s, struct str action);

/* Texts of *out point into the policies and the request. ERR_NOMEM when `a` is full. */
NODISCARD enum err_code iam_evaluate(const struct iam_policies *p, const struct iam_request *r,
                                     struct arena *a, struct iam_decision *out, struct err *err);

#endif
