/*
 * nearest - which known name was probably meant.
 */
#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stddef.h>

#include "base/str.h"

/* Edits (insert, delete, replace, swap of neighbours) from one name to the other; names longer
 * than 63 bytes count as far apart. */
size_t nearest_distance(struct str a, struct str b);

/* Looks for the name closest to `typed`; start with {.typed = …}. */
struct nearest {
    struct str typed;
    const char *name; /* NULL: nothing is close enough to be a slip of the finger */
    size_t distance;
};
void nearest_try(struct nearest *n, const char *name);

#endif
