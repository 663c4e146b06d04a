/*
 * glob - the wildcards of IAM: `*` is any run of characters, `?` exactly one, all else is literal.
 *
 * No other character is special, and a run may be empty and may span ':' and '/'. All is linear or
 * bounded: no pattern makes matching slow.
 */
#ifndef IAM_GLOB_H
#define IAM_GLOB_H

#include <stdbool.h>

#include "base/str.h"

enum iam_glob_flags {
    IAM_GLOB_FOLD = 1,   /* ASCII letters match in either case */
    IAM_GLOB_ESCAPED = 2 /* a backslash makes the next byte literal: what a variable brought in */
};

/* Does the pattern match the whole text? */
bool iam_glob(struct str pattern, struct str text, unsigned flags);

/* True only when every text that `narrow` matches is matched by `wide`. False says nothing. */
bool iam_glob_covers(struct str wide, struct str narrow);

/* Is there a text that both match? Patterns of more than IAM_GLOB_MEET_MAX bytes: true. */
enum { IAM_GLOB_MEET_MAX = 2048 };
bool iam_globs_meet(struct str a, struct str b);

/* The same of ARNs, field by field: a star does not reach into the next field. */
bool iam_arns_meet(struct str a, struct str b);

#endif
