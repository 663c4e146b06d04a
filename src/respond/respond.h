/*
 * respond - containment actions, one folder each. Here only the plan is made: commands to copy,
 * what to keep first, what breaks, how to undo. Nothing is applied.
 *
 * TO ADD ONE: make src/respond/<name>/ with <name>.c (defining `const struct respond_ops
 * respond_<name>`), test_<name>.c and README.md.
 */
#ifndef RESPOND_RESPOND_H
#define RESPOND_RESPOND_H

#include "base/arena.h"
#include "base/err.h"
#include "model/case_file.h"

/* Order in which a plan is carried out (detection.md 5.0). */
enum respond_phase {
    RESPOND_PRESERVE,
    RESPOND_ACTOR,
    RESPOND_EXPOSURE,
    RESPOND_FUNCTION,
    RESPOND_ROLE,
    RESPOND_ROLLBACK,
    RESPOND_LOGGING,
    RESPOND_PHASE_MAX_
};

struct respond_ops {
    const char *name;
    const char *summary;
    enum respond_phase phase;
    /* Append steps that fit the case to c->plan (none is fine). Texts in `a`. Every value that
     * comes from a log is quoted for the shell. */
    enum err_code (*plan)(struct case_file *c, struct arena *a, struct err *err);
};
extern const struct respond_ops *const respond_registry[];

/* All actions in order of phase. */
NODISCARD enum err_code respond_plan(struct case_file *c, struct arena *a, struct err *err);

#endif
