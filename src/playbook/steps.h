/*
 * steps - the additional analysis of L1, done and shown row by row.
 */
#ifndef PLAYBOOK_STEPS_H
#define PLAYBOOK_STEPS_H

#include "playbook/inquiry.h"

enum { STEP_ROWS_MAX = 60 };

/* A row being added to a step; text is formatted into the inquiry's arena. False: no memory.
 * Beyond STEP_ROWS_MAX rows only a last one says that there are more. */
bool step_row(const struct inquiry *q, struct step *s, int64_t time_us, enum verdict outcome,
              struct str ref, const char *fmt, ...) PRINTF_LIKE(6, 7);

bool step_logins(const struct inquiry *q, struct step *s);
bool step_changes(const struct inquiry *q, struct step *s);
bool step_feeds(const struct inquiry *q, struct step *s);

#endif
