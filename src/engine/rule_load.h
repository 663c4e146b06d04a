/*
 * rule_load - rule sets from the program's own content and from files: for triage and for the
 * commands that work on rules.
 */
#ifndef ENGINE_RULE_LOAD_H
#define ENGINE_RULE_LOAD_H

#include "rule/rule.h"
#include "sys/walk.h"

/* An empty set that knows all sources of this build and the mappings of their fields. */
NODISCARD enum err_code rule_load_new(struct rule_set **out, struct err *err);

/* Add the rules inside the program. */
NODISCARD enum err_code rule_load_pack(struct rule_set *s, struct err *err);

/* Add the rules of a file, whatever its name, or of the *.yml and *.yaml files below a directory.
 * ERR_NOTFOUND, ERR_IO, ERR_LIMIT (a file too large), ERR_NOMEM. */
NODISCARD enum err_code rule_load_path(struct rule_set *s, struct str path, struct err *err);

/* The rule files of a path, as above. Texts live in `a`. */
NODISCARD enum err_code rule_load_find(struct str path, struct arena *a, struct walk_list *out,
                                       struct err *err);

#endif
