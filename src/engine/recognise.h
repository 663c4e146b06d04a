/*
 * recognise - which source a record is of.
 */
#ifndef ENGINE_RECOGNISE_H
#define ENGINE_RECOGNISE_H

#include "source/source.h"

/* The sources of this build over one set of paths. */
struct recogniser {
    size_t count;
    unsigned *slots[SOURCES_MAX]; /* by source: slots of its fields */
};

/* Register the fields of every source, and the pair that decides. */
NODISCARD enum err_code recogniser_init(struct recogniser *r, struct json_paths *paths,
                                        struct err *err);
void recogniser_free(struct recogniser *r);

/* What the last record was, for guessing the next: files seldom mix sources. Zeroed before the first
 * record. It is forgotten with every file, so that results do not depend on who reads which. */
struct recognised {
    uint32_t file;
    uint32_t source; /* index + 1; 0: not known */
};

/* The source that is surest of a record, and the record as it sees it; NULL: no source knows it. Of
 * two that are certain it is the one that `last` names, else the first in order. */
const struct source_ops *recognise(const struct recogniser *r, struct recognised *last,
                                   const struct json_record *json, struct origin origin,
                                   struct record *out);

#endif
