/*
 * policy - statements of IAM policy documents, and how much they allow.
 *
 * Element names are read without regard to case, as the service does. A document that is not one
 * JSON object has no statements.
 */
#ifndef DETECT_POLICY_H
#define DETECT_POLICY_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/map.h"
#include "codec/json.h"
#include "model/event.h"

struct statement {
    bool allow;
    /* JSON_ABSENT when the statement has no such element. */
    struct json_view action, not_action, resource, not_resource;
    struct json_view principal, not_principal, condition;
};

struct policy_iter {
    struct json_view statements;
    struct json_iter it;
    bool single; /* one statement, not a list */
    bool done;
};
struct policy_iter policy_iter_of(struct str document);
bool policy_next(struct policy_iter *it, struct statement *out);

/* The texts of an element that is one text or a list of texts. Escapes are decoded into `a`; a
 * text that does not fit is left out. */
struct text_iter {
    struct json_view value;
    struct json_iter it;
    bool done;
};
struct text_iter text_iter_of(struct json_view value);
bool text_next(struct text_iter *it, struct arena *a, struct str *out);

/* '*' matches any run of bytes, '?' any one; ASCII case folded. At worst the product of the two
 * lengths. */
bool policy_glob(struct str pattern, struct str text);

/* The member of an object, its name read without regard to case; JSON_ABSENT: none. */
struct json_view policy_member(struct json_view object, struct str name);

/* ---- how much a policy allows ---- */

enum breadth {
    BREADTH_NARROW,
    BREADTH_SERVICE,   /* all actions of a service on all its resources */
    BREADTH_EVERYTHING /* all actions, all of IAM, or all but a few, on all resources */
};

struct policy_width {
    enum breadth breadth;
    bool limited;      /* only by statements with a condition */
    struct str action; /* the pattern that is so broad; "" for a NotAction */
};

/* The broadest that one statement of the document allows. `account` is the account that owns it:
 * "arn:aws:iam::<account>:*" is all of IAM. What is denied elsewhere is not taken off. */
struct policy_width policy_width_of(struct str document, struct str account, struct arena *a);

/* A managed policy that makes its holder an administrator, by its ARN. */
bool policy_is_admin(struct str arn);

/* How wide the managed policies are that were made in the logs. Zeroed is empty. */
struct policy_widths {
    struct map by_arn;
};
NODISCARD bool policy_widths_note(struct policy_widths *w, const struct event *e, struct arena *a);
void policy_widths_free(struct policy_widths *w);

/* What a call gives that attaches a managed policy or writes one inline. Of AWS's own policies the
 * name says how wide they are; of ours, what was noted. A condition does not narrow. */
enum breadth policy_breadth_given(const struct policy_widths *w, const struct event *e,
                                  struct arena *a);

#endif
