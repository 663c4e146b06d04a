/*
 * subject - whose permissions a file tells: a policy by itself, each principal of an account, a
 * role or token of another provider.
 *
 * Known by content: an AWS policy document, alone or as the API answers it (get-policy-version,
 * get-role-policy, get-role, Lambda get-policy); get-account-authorization-details; a Google custom
 * role (includedPermissions) and policies (binding.h); Cloudflare API tokens (policies with
 * permission_groups) and members (roles), one or a list.
 */
#ifndef IAM_SUBJECT_H
#define IAM_SUBJECT_H

#include "base/vec.h"
#include "iam/path.h"

enum { IAM_DUMP_BYTES_MAX = 256 * 1024 * 1024 };

/* Policies that members of a group have. */
struct iam_group {
    struct str account, name;
    struct iam_policy_set policies;
};

/* A version of a managed policy that was not the default one. */
struct iam_version {
    struct str arn, id, document;
};

struct iam_subject {
    struct str path; /* as given */
    struct str name; /* ARN of a principal; "" for a document by itself */
    enum iam_provider provider;
    struct iam_holder holder;      /* AWS */
    const struct iam_policy *open; /* trust or resource policy, or NULL: whom it lets in */
    struct iam_list permissions;   /* of other providers */
    struct iam_list roles;         /* of a member of Google Cloud: see binding.h */

    /* Of a dump: what `holder` has, apart. */
    struct iam_policy_set own; /* without those of its groups */
    const struct iam_group *const *groups;
    size_t group_count;
};

struct iam_subjects {
    struct {
        VEC_OF(struct iam_subject);
    } list;
    struct {
        VEC_OF(const struct iam_policy *);
    } managed; /* of dumps, by ARN in `name` */
    struct {
        VEC_OF(const struct iam_group *);
    } groups;
    struct {
        VEC_OF(struct iam_version);
    } versions;
    struct {
        VEC_OF(struct str);
    } problems;       /* what could not be read of a dump, one sentence each */
    int64_t as_of_us; /* newest date in a dump: it was made then or later; 0: none */
};
void iam_subjects_free(struct iam_subjects *s);

/* Add what `text` tells. `path` and the texts of what is added live as long as `text` and `a`.
 * ERR_SYNTAX, ERR_SCHEMA, ERR_LIMIT, ERR_NOMEM: nothing of it is to be relied on. */
NODISCARD enum err_code iam_subjects_read(struct str path, struct str text, struct arena *a,
                                          struct iam_subjects *out, struct err *err);

/* The same for a dump of an account, which has been checked to be JSON: account.c. */
NODISCARD enum err_code iam_account_read(struct str path, struct str text, struct arena *a,
                                         struct iam_subjects *out, struct err *err);

#endif
