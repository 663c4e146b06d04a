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

/* The source that is surest of a record, and the record as it sees it; NULL: no source knows it. */
const struct source_ops *recognise(const struct recogniser *r, const struct json_record *json,
                                   struct origin origin, struct record *out);

#endif
