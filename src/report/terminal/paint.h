/*
 * paint - colour for the terminal report; nothing when it is off.
 */
#ifndef REPORT_TERMINAL_PAINT_H
#define REPORT_TERMINAL_PAINT_H

#include "report/report.h"

enum paint { PAINT_PLAIN, PAINT_BOLD, PAINT_DIM, PAINT_RED, PAINT_YELLOW, PAINT_GREEN, PAINT_CYAN };

/* One report being written. */
struct pen {
    struct buf *out;
    const struct result *r;
    const struct report_options *o;
    size_t width;
};

/* Append text in a colour, to any buf. Words keep their colour where a line breaks. */
void paint(const struct pen *p, struct buf *to, enum paint how, struct str text);

/* "label   text", wrapped and indented under the text. Nothing when the text is empty. Spaces in
 * front of the label indent it. */
void pen_line(const struct pen *p, const char *label, struct str text);

/* A case that escalates, whole; others as an entry of a list. */
void pen_case(const struct pen *p, const struct case_file *c);
/* How it was decided, where that was asked for. */
void pen_arithmetic(const struct pen *p, const struct case_file *c);
void pen_entry(const struct pen *p, const char *label, const struct case_file *c);

#endif
