/*
 * The inside of a book, for its files: book.c keeps it, book_follow.c changes it.
 */
#ifndef IAM_BOOK_PRIV_H
#define IAM_BOOK_PRIV_H

#include "base/map.h"
#include "iam/book.h"
#include "iam/subject.h"

struct policy_list {
    VEC_OF(const struct iam_policy *);
};

struct group {
    struct str name;
    bool gone;
    struct policy_list policies;
};

enum { SCORES_KEPT = 16 };

struct principal {
    struct str name, arn;
    bool is_role, gone;
    struct policy_list policies;
    struct {
        VEC_OF(struct group *);
    } groups;
    const struct iam_policy *boundary;
    struct iam_key keys[IAM_HOLDER_KEYS_MAX];
    size_t key_count;
    double scores[SCORES_KEPT]; /* that it had, newest last */
    size_t score_count;
};

/* A version of a managed policy: read when it is needed. */
struct slot {
    const struct iam_policy *policy;
    struct str document;
};

struct iam_book {
    struct arena arena;
    struct iam_catalog *catalog;
    struct iam_knowledge know;
    struct map principals; /* "ACCOUNT/role/NAME", "ACCOUNT/user/NAME" -> struct principal */
    struct map groups;     /* "ACCOUNT/NAME" -> struct group */
    struct map managed;    /* ARN, and ARN@VERSION -> struct slot */
    struct iam_policy administrator;
    int64_t as_of_us;
    bool has_dump;
};

enum err_code book_no_memory(struct err *err);

struct slot *book_slot(struct iam_book *b, struct str key); /* made when absent; NULL: no memory */
const struct iam_policy *book_policy(const struct iam_book *b, struct str key); /* NULL: unknown */

/* NULL: out of memory. A principal or group of that name begins anew. */
struct principal *book_begin(struct iam_book *b, struct str account, bool is_role, struct str name);
struct group *book_begin_group(struct iam_book *b, struct str account, struct str name);
/* NULL: not known, or gone. */
struct principal *book_principal(const struct iam_book *b, struct str account, bool is_role,
                                 struct str name);
struct group *book_group(const struct iam_book *b, struct str account, struct str name);

/* Set or overwrite what is known of it; `value` NULL: no longer. False: out of memory. */
bool book_set_tag(struct iam_book *b, struct principal *p, struct str tag, const struct str *value);

/* Its policies and those of its groups, but for one of each. False: `a` is full. */
NODISCARD bool book_holder(const struct principal *p, const struct iam_policy *without,
                           const struct group *without_group, struct arena *a,
                           struct iam_holder *out);

/* What it may do, as if it had neither that policy nor that group (NULL: with all). */
NODISCARD enum err_code book_look(struct iam_book *b, const struct principal *p,
                                  const struct iam_policy *without,
                                  const struct group *without_group, struct arena *a,
                                  struct iam_report *out, struct err *err);
void book_note_score(struct principal *p, double score);

#endif
