/*
 * grant - what policies give without a request at hand: can this be done to anything at all?
 *
 * Not evaluation: there is no resource and little context. An allowance is taken away where a deny
 * surely covers it. Boundary and organisation must allow the action on something of the same kind;
 * that it is the very same thing is not shown.
 */
#ifndef IAM_GRANT_H
#define IAM_GRANT_H

#include "iam/request.h"

/* What bounds a principal and what it is given. */
struct iam_holder {
    struct iam_policy_set identity;
    const struct iam_policy_set *boundary; /* NULL: none */
    const struct iam_policy_set *levels;   /* organisation policies */
    size_t level_count;
    const struct iam_key *keys; /* what is known of it whoever asks: its ARN, its tags */
    size_t key_count;           /* at most IAM_HOLDER_KEYS_MAX */
};
enum { IAM_HOLDER_KEYS_MAX = 60 }; /* AWS gives a principal 50 tags at most */

/* How wide the resource of an allowance is. */
enum iam_reach { IAM_REACH_NONE, IAM_REACH_NAMED, IAM_REACH_PATTERN, IAM_REACH_ANY };
const char *iam_reach_name(enum iam_reach r); /* "none", "named", "pattern", "any" */
/* "*" and ARNs that name nothing: any. A wildcard else: pattern. */
enum iam_reach iam_reach_of(struct str resource);

struct iam_grant {
    enum iam_answer answer;
    enum iam_reach reach;
    bool own; /* only on the principal itself (${aws:username}) */
    const struct iam_policy *policy;
    const struct iam_statement *by;
    struct str missing_key; /* of IAM_DEPENDS */
};

/* Can the holder do `action` to something that one of `targets` matches? A target "*" is an action
 * that has no single resource: only "*" allows it. `keys`: what is known of the
 * context besides the holder's own. */
struct iam_grant iam_grant_of(const struct iam_holder *h, struct str action,
                              const struct iam_list *targets, const struct iam_key *keys,
                              size_t key_count, struct iam_scratch *s);

/* Does the deny statement surely cover every resource that `pattern` matches? */
bool iam_deny_covers(const struct iam_statement *deny, struct str pattern);

#endif
