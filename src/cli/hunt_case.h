/*
 * hunt_case - what to hunt for, out of a result as JSON (faaswatch.triage/1), whole or of one case.
 *
 * The file is somebody else's text: bounded, checked, and what is in it is only looked for.
 */
#ifndef CLI_HUNT_CASE_H
#define CLI_HUNT_CASE_H

#include "engine/hunt.h"
#include "model/result.h"

struct hunt_seeds {
    struct arena texts;
    struct {
        VEC_OF(struct hunt_mark);
    } marks; /* each once */
    struct {
        VEC_OF(struct str);
    } known;              /* provider's ids of records that the cases hold */
    struct result result; /* cases with id, title, times, decision and marks, for reports */
    uint64_t unknown;     /* marks of kinds that this program does not know */
};

/* `only`: ids of cases, or how they begin; none: all. ERR_SCHEMA, ERR_SYNTAX, ERR_LIMIT name the file
 * and the place; ERR_NOTFOUND, ERR_IO; ERR_USAGE: no such case, or nothing to look for. */
NODISCARD enum err_code hunt_seeds_read(struct str path, const struct str *only, size_t only_count,
                                        struct hunt_seeds *out, struct err *err);
void hunt_seeds_free(struct hunt_seeds *s);

#endif
