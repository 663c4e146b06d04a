/*
 * term - is somebody looking, and how wide is the window.
 */
#ifndef SYS_TERM_H
#define SYS_TERM_H

#include <stdbool.h>

#include "base/attr.h"

enum { TERM_WIDTH_DEFAULT = 80, TERM_WIDTH_MAX = 1000 };

bool term_is_tty(int fd);

/* Columns of the terminal behind `fd`; when it is none, $COLUMNS; else TERM_WIDTH_DEFAULT. From 20
 * to TERM_WIDTH_MAX. */
unsigned term_width(int fd);
/* The same with another default: a table that goes to a file or pipe need not be narrow. */
unsigned term_width_or(int fd, unsigned otherwise);

/* Should output to `fd` be coloured when the user left it to us? NO_COLOR (any value but an empty
 * one) says no, CLICOLOR_FORCE (other than empty or 0) says yes, TERM=dumb or no terminal no. */
bool term_wants_color(int fd);

#endif
