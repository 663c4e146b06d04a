/*
 * pattern - EventBridge event patterns: does one let a call through?
 *
 * A pattern is JSON: field names to lists of accepted values, where a value is a text or a matcher
 * ({"prefix": …}, {"anything-but": …}, …). Fields other than the four looked at only narrow a
 * pattern; they are taken as fulfilled.
 */
#ifndef DETECT_RULE_TRIGGER_PATTERN_H
#define DETECT_RULE_TRIGGER_PATTERN_H

#include <stdbool.h>

#include "base/str.h"

/* Does the pattern match calls that create identities or change security groups? *what is set to
 * the name of the first such call it lets through. False on text that is no pattern. */
bool pattern_watches_identity(struct str pattern, struct str *what);

#endif
