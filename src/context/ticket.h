/*
 * ticket - ids of change records in text that an actor wrote.
 *
 * Found are, at word boundaries: CHG, CTASK, RITM, INC or PRB and 7 to 10 digits; keys as Jira
 * writes them (OPS-123); commits (40 hex digits); #123.
 */
#ifndef CONTEXT_TICKET_H
#define CONTEXT_TICKET_H

#include "context/context.h"

/* The next id at or after *at; moves *at past it. False: none left. */
NODISCARD bool ticket_next(struct str text, size_t *at, struct str *out);

/* Does the id point to this record: its id, its number, its commit? */
bool ticket_is(struct str ticket, const struct change *ch);

#endif
