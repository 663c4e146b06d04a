/*
 * path - ways to become more than one is: content/iam/paths.tsv, loaded and looked for.
 *
 * What each action acts on (targets.tsv) is looked at too: rights over a bucket make no
 * administrator. Once loaded, any thread may read.
 */
#ifndef IAM_PATH_H
#define IAM_PATH_H

#include "base/err.h"
#include "iam/grant.h"

enum iam_path_kind {
    IAM_NEW_PASSROLE,
    IAM_EXISTING_PASSROLE,
    IAM_SELF_ESCALATION,
    IAM_PRINCIPAL_ACCESS,
    IAM_PATH_KIND_MAX_
};
const char *iam_path_kind_name(enum iam_path_kind k); /* "new-passrole" */
const char *iam_path_kind_text(enum iam_path_kind k); /* what it means, one clause */

enum iam_provider { IAM_AWS, IAM_GCP, IAM_CLOUDFLARE, IAM_PROVIDER_MAX_ };

enum { IAM_PATH_STEPS_MAX = 8 };

struct iam_path {
    struct str id;
    enum iam_provider provider;
    enum iam_path_kind kind;
    struct iam_list services;       /* what the role is passed to; any of these */
    struct iam_list permissions;    /* all are needed; IAM_PATH_STEPS_MAX at most */
    const struct iam_list *targets; /* of each permission; AWS only */
    struct str source;
};

struct iam_paths {
    const struct iam_path *at;
    size_t len;
};

/* Everything in *out lives in `a`. ERR_SCHEMA names file and line; ERR_NOMEM. */
NODISCARD enum err_code iam_paths_load(struct str paths, struct str targets, struct arena *a,
                                       struct iam_paths *out, struct err *err);

/* A path that the holder can go. */
struct iam_way {
    const struct iam_path *path;
    enum iam_answer answer;                     /* IAM_YES, or IAM_DEPENDS on a condition */
    enum iam_reach reach;                       /* narrowest of its steps */
    struct str missing_key;                     /* of IAM_DEPENDS */
    struct iam_grant steps[IAM_PATH_STEPS_MAX]; /* one a permission */
};

/* Of an AWS path: IAM_NO when the holder cannot. */
enum iam_answer iam_path_find(const struct iam_path *p, const struct iam_holder *h,
                              struct iam_scratch *s, struct iam_way *out);

/* Can anything be had by it, not only what a policy names or matches? */
bool iam_way_to_administrator(const struct iam_way *w);

/* Of any other: are all permissions in the list? Compared in any case. */
bool iam_path_in(const struct iam_path *p, const struct iam_list *permissions);

#endif
