/*
 * draft - writing one step of a plan.
 *
 *     struct draft d;
 *     draft_begin(&d, c, a, "function_stop", target);
 *     DRAFT_COMMAND(&d, "aws lambda put-function-concurrency --function-name {} ...", name);
 *     draft_why(&d, "...");
 *     return draft_end(&d, err);
 *
 * Each {} becomes its value in single quotes, safe for a POSIX shell and for the AWS CLI. A value
 * that no quoting makes safe to paste (control characters, broken UTF-8, or what the CLI would
 * read as a file or an address to fetch) turns the whole line into a comment that says so.
 */
#ifndef RESPOND_DRAFT_H
#define RESPOND_DRAFT_H

#include "respond/respond.h"

struct draft {
    struct case_file *file;
    struct arena *arena;
    struct plan_step step;
    bool failed;  /* no memory */
    bool already; /* the plan has a step of this action and target; nothing is added */
};

/* Most steps of one action in one plan; an attacker can make any number of targets. */
enum { DRAFT_STEPS_MAX = 12 };

enum draft_list { DRAFT_COMMANDS, DRAFT_UNDO, DRAFT_BEFORE };

void draft_begin(struct draft *d, struct case_file *c, struct arena *a, const char *action,
                 struct str target);
void draft_line(struct draft *d, enum draft_list list, const char *form, const struct str *values,
                size_t count);
void draft_why(struct draft *d, const char *fmt, ...) PRINTF_LIKE(2, 3);
void draft_breaks(struct draft *d, const char *text); /* static text */
/* A remark between the commands: "# ..." */
void draft_note(struct draft *d, enum draft_list list, const char *text);
/* Add the step to the plan. ERR_NOMEM only. */
NODISCARD enum err_code draft_end(struct draft *d, struct err *err);

/* clang-format off */
#define DRAFT_LINE(d, list, form, ...)                                                             \
    draft_line((d), (list), (form), (const struct str[]){__VA_ARGS__},                             \
               sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
#define DRAFT_COMMAND(d, form, ...) DRAFT_LINE(d, DRAFT_COMMANDS, form, __VA_ARGS__)
#define DRAFT_UNDO_LINE(d, form, ...) DRAFT_LINE(d, DRAFT_UNDO, form, __VA_ARGS__)
#define DRAFT_READ(d, form, ...) DRAFT_LINE(d, DRAFT_BEFORE, form, __VA_ARGS__)
/* clang-format on */

/* May this value stand in a command at all? */
bool draft_value_is_safe(struct str value);

/* A successful call of an AWS service by its short name ("lambda"). */
bool draft_did(const struct event *e, const char *service, const char *action);
/* A record of AWS: its users and roles can be named to the AWS CLI. */
bool draft_is_aws(const struct event *e);
/* "arn:aws:iam::1:role/path/name" or "name" -> "name"; also for users, policies, layers. */
struct str draft_name(struct str arn);
/* ":version" of a layer version ARN split off: name part and version. */
bool draft_layer(struct str arn, struct str *layer, struct str *version);
/* A role that AWS itself owns and nobody can edit. */
bool draft_role_is_fixed(struct str role_arn);

#endif
