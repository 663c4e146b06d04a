/*
 * columns - a table for people, as wide as the terminal and no wider.
 *
 * Cells that do not fit lose their middle. The widest columns give way first; when all are at their
 * least, columns are left out, those with the highest `rank` first.
 */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include "base/buf.h"

enum { COLUMNS_MAX = 12 };

struct column_of {
    const char *title;
    unsigned least; /* columns it needs at least */
    unsigned rank;  /* 0: never left out */
    bool right;     /* numbers */
};

/* `cells`: rows times count, row by row; any bytes. False: no memory. */
NODISCARD bool columns_write(struct buf *out, const struct column_of *columns, size_t count,
                             const struct str *cells, size_t rows, unsigned width);

#endif
