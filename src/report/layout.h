/*
 * layout - text for people, broken at spaces to fit a width.
 */
#ifndef REPORT_LAYOUT_H
#define REPORT_LAYOUT_H

#include "base/buf.h"
#include "base/str.h"

/* Append `text` so that no line is wider than `width` columns, unless one word alone is. The first
 * line begins at column `at` (what the caller wrote already); the others are indented by
 * `indent`. Spaces where a line breaks are dropped. Ends without a newline. Text must be visible
 * (utf8_add_visible) but may hold colour sequences ("\x1b[…m"), which take no column. */
void layout_wrap(struct buf *out, struct str text, size_t width, size_t at, size_t indent);

/* `n` spaces. */
void layout_pad(struct buf *out, size_t n);

/* Columns of text that may hold colour sequences. */
size_t layout_width(struct str text);

#endif
