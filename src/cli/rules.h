/*
 * rules - what the actions of `faaswatch rules` share.
 */
#ifndef CLI_RULES_H
#define CLI_RULES_H

#include "base/buf.h"
#include "cli/cli.h"
#include "rule/rule.h"
#include "sys/walk.h"

/* An empty set, ready for rules. */
NODISCARD int rules_new(struct rule_set **out);

/* The rules built into the program, or those of files and directories (*.yml, *.yaml below them).
 * Says what went wrong; a status other than CLI_DONE ends the action. */
NODISCARD int rules_add_pack(struct rule_set *s);
NODISCARD int rules_add_paths(struct rule_set *s, const struct str *paths, size_t count);

/* The rule files of a path; a file counts whatever its name. Texts live in `a`. */
NODISCARD int rules_find(struct str path, struct arena *a, struct walk_list *out);

/* Text from a file, safe for a terminal. */
void rules_add_text(struct buf *out, struct str text);

int rules_match(const struct cli_args *args);    /* logs against rules */
int rules_impact(const struct cli_args *args);   /* what a change of rules would do */
int rules_new_file(const struct cli_args *args); /* a rule to begin with */
int rules_test(const struct cli_args *args);     /* rules against their cases */

#endif
