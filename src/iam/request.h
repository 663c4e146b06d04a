/*
 * request - what is asked of a set of policies, and the three answers.
 *
 * The context of a request is what the provider knew when it decided (address, MFA, tags, …). Logs
 * show a part of it. With `complete` false, a key that is not listed is not known, and what hangs
 * on it comes out as IAM_DEPENDS; a key listed without values is known to be absent.
 */
#ifndef IAM_REQUEST_H
#define IAM_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"
#include "iam/policy.h"

/* Ordered, so that "and" is the least and "or" the greatest of answers (Kleene). */
enum iam_answer { IAM_NO, IAM_DEPENDS, IAM_YES };
const char *iam_answer_name(enum iam_answer a); /* "no", "depends", "yes" */

static inline enum iam_answer iam_and(enum iam_answer a, enum iam_answer b)
{
    return a < b ? a : b;
}
static inline enum iam_answer iam_or(enum iam_answer a, enum iam_answer b)
{
    return a > b ? a : b;
}
static inline enum iam_answer iam_not(enum iam_answer a)
{
    return (enum iam_answer)(IAM_YES - a);
}

/* A condition key and its values. None: the request does not have the key. */
struct iam_key {
    struct str name; /* "aws:SourceIp"; compared in any case */
    struct iam_list values;
};

/* Who asks. What does not apply is "". */
struct iam_caller {
    struct str arn;       /* of the user or role */
    struct str session;   /* of the role's or federated user's session */
    struct str account;   /* twelve digits */
    struct str service;   /* "lambda.amazonaws.com" */
    struct str federated; /* identity provider, where a role is assumed through it */
    struct str canonical;
};

struct iam_request {
    struct str action;   /* "lambda:InvokeFunction" */
    struct str resource; /* ARN; "*" where the action has none */
    struct str account;  /* that owns the resource; "": the caller's */
    struct iam_caller caller;
    const struct iam_key *keys;
    size_t key_count;
    bool complete;
};

/* What matching needs besides: room for text with variables filled in, and what it ran into. */
struct iam_scratch {
    struct arena *arena;
    bool failed;            /* the arena was full: the answer is not to be relied on */
    struct str missing_key; /* the last key that an answer hung on, or "" */
};

/* NULL: not listed. */
const struct iam_key *iam_key_find(const struct iam_request *r, struct str name);

/* ${key}, ${key, 'default'}, ${*}, ${?}, ${$} of a policy's value filled in. `escaped`: for
 * iam_glob with IAM_GLOB_ESCAPED, so that what a variable brings in has no wildcards. IAM_NO: a key
 * is absent, the value then equals nothing. A text without "${" comes back as it is, `*changed`
 * false. */
enum iam_answer iam_fill_in(struct str value, const struct iam_request *r, bool escaped,
                            struct iam_scratch *s, struct str *out, bool *changed);

/* One condition of a statement. `variables`: of its policy. */
enum iam_answer iam_condition_holds(const struct iam_condition *c, bool variables,
                                    const struct iam_request *r, struct iam_scratch *s);

#endif
