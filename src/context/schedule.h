/*
 * schedule - does a time fit the schedule that a process is registered with?
 *
 *     cron(0 2 * * ? *)     as AWS writes it: minute hour day month weekday year (SUN = 1)
 *     rate(5 minutes)       any time
 *     08:00-18:00           every day between, UTC; over midnight when the second is smaller
 *     ""                    any time
 * Anything else fits never: what we cannot read explains nothing.
 */
#ifndef CONTEXT_SCHEDULE_H
#define CONTEXT_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* A cron run counts until SCHEDULE_LATE_MIN minutes after its minute. */
enum { SCHEDULE_LATE_MIN = 15 };

bool schedule_fits(struct str schedule, int64_t at_us);

#endif
