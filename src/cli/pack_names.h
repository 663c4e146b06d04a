/*
 * pack_names - whose names a pack that leaves the house does not tell.
 */
#ifndef CLI_PACK_NAMES_H
#define CLI_PACK_NAMES_H

#include "bundle/pseudonym.h"
#include "cli/triage_args.h"

/* Tell *p every person, account, network and host of ours that the result or its records may name. */
void pack_names(struct pseudonyms *p, const struct triage *t);

#endif
