/*
 * book - who may do what, kept up to date: an account's dump, and the IAM events after it.
 *
 * Users, roles and groups of AWS. Only a principal whose beginning is known (in a dump, or made by an
 * event) is judged: without it nobody can say what is new.
 *
 * A dump is of the day it was made. Where an event is older than the dump and the dump has what the
 * event made, the principal is judged as if it had not had it before.
 */
#ifndef IAM_BOOK_H
#define IAM_BOOK_H

#include "iam/report.h"

struct iam_book;

/* The texts of content/iam: actions, paths, targets. ERR_SCHEMA, ERR_NOMEM. */
NODISCARD enum err_code iam_book_new(struct str actions, struct str paths, struct str targets,
                                     struct iam_book **out, struct err *err);
void iam_book_free(struct iam_book *b);

/* A dump; `path` and `text` are copied. ERR_SCHEMA when it is none. */
NODISCARD enum err_code iam_book_add(struct iam_book *b, struct str path, struct str text,
                                     struct err *err);
bool iam_book_has_dump(const struct iam_book *b);
size_t iam_book_principals(const struct iam_book *b);

/* Who may do `action` to `resource` now, by what is known: in order of their ARN; also who may only
 * on a condition. Texts and array live in `a` and the book. ERR_NOMEM. */
struct iam_able {
    struct str arn, name;
    bool is_role, sure;
};
NODISCARD enum err_code iam_book_who_can(const struct iam_book *b, struct str account,
                                         struct str action, struct str resource, struct arena *a,
                                         const struct iam_able **out, size_t *count,
                                         struct err *err);

/* A successful IAM call. What does not apply is "". Texts live as long as the call. */
struct iam_change_event {
    int64_t time_us;
    struct str action; /* "PutRolePolicy" */
    struct str account;
    struct str role, user, group; /* names */
    struct str policy;            /* ARN, or name of an inline policy */
    struct str document;
    struct str boundary; /* ARN */
    struct str version;
    struct str is_default;       /* "true", "false": is a new version the default one? */
    struct iam_list tags, untag; /* "KEY=VALUE" that are set, keys that are taken away */
};

/* What a call gave to one principal. */
struct iam_growth {
    struct str name; /* of the role or user */
    struct str arn;
    bool is_role;
    double score_before, score_after;
    bool jumped; /* up by more than half, and by more than it ever swung: 3 x MAD of its history */
    size_t newly_allowed;
    size_t newly_by_level[IAM_LEVEL_MAX_];
    struct str some; /* names of a few of them, the most powerful first */
    struct {
        VEC_OF(struct iam_way);
    } ways; /* newly reachable */
};
struct iam_growths {
    VEC_OF(struct iam_growth);
};
void iam_growths_free(struct iam_growths *g);

/* Follow a call. Adds to *out each known principal that may now do more; its texts live as long as
 * the book. Calls that do not concern permissions are let pass. Of a call that concerns more than
 * IAM_AFFECTED_MAX principals all are followed and the first are judged. ERR_NOMEM. */
enum { IAM_AFFECTED_MAX = 500 };
NODISCARD enum err_code iam_book_follow(struct iam_book *b, const struct iam_change_event *e,
                                        struct iam_growths *out, struct err *err);

/* What a principal may do by now. */
struct iam_power {
    bool known;         /* false: its beginning is not, and the rest says nothing */
    bool administrator; /* everything, or a way to it */
    double score;
    struct str way; /* one of the ways, or "" */
};
/* By name, or by ARN. ERR_NOMEM. */
NODISCARD enum err_code iam_book_power(struct iam_book *b, struct str account, bool is_role,
                                       struct str name, struct iam_power *out, struct err *err);

#endif
