/*
 * pack - the hand-over pack of a triage (`triage --bundle`).
 */
#ifndef CLI_PACK_H
#define CLI_PACK_H

#include "cli/triage_args.h"

/* Write it, and say on standard error what came of it. An exit status: CLI_DONE; CLI_INCOMPLETE when
 * records could not be copied; CLI_USAGE or CLI_INTERNAL when there is no pack. */
int pack_write(const struct triage_job *j, const struct triage *t,
               const struct report_options *options);

#endif
