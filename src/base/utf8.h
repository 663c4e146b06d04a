/*
 * utf8 - is it UTF-8, and what may be shown of it.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Offset of the first byte that does not belong to well-formed UTF-8 (RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF), or SIZE_MAX when all is well. */
size_t utf8_fault(struct str s);

/* Take one code point off the front; U+FFFD for each byte that is not UTF-8. False at the end. */
bool utf8_next(struct str *s, uint32_t *out);

/* Append as UTF-8. Values that are no scalar value are appended as U+FFFD. */
void utf8_add(struct buf *b, uint32_t code);

/* Append `s` in a form that is safe to show anywhere: C0 and C1 controls, line and paragraph
 * separators and bidirectional controls (U+202A-202E, U+2066-2069, U+200E, U+200F, U+061C) become
 * visible escapes such as "\x1b" or "\u202e"; broken UTF-8 becomes "\xNN". One line out. */
void utf8_add_visible(struct buf *b, struct str s);

/* Is this one of the code points that utf8_add_visible escapes? */
bool utf8_is_unsafe(uint32_t code);

/* At most `max` bytes of `s`, cut between characters. */
struct str utf8_head(struct str s, size_t max);

/* Columns a terminal needs for `s`: 0 for combining marks, 2 for wide East Asian and emoji. */
size_t utf8_width(struct str s);

#endif
