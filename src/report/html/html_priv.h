/*
 * html_priv - the parts of the page. All text from the result goes through html_text or html_take:
 * masked, made visible, escaped.
 */
#ifndef REPORT_HTML_HTML_PRIV_H
#define REPORT_HTML_HTML_PRIV_H

#include "report/report.h"

struct html {
    const struct result *r;
    const struct report_options *o;
    struct buf *out;
    struct buf made; /* for show_* and story_*, then html_take */
};

/* Our own markup, as it stands. */
void html_add(struct html *h, const char *markup);
/* Text from anywhere. Fit for content and for attributes in double quotes. */
void html_text(struct html *h, struct str s);
/* What was written into h->made by show_* and story_*: escaped (it is masked and visible already)
 * and taken out. */
void html_take(struct html *h);
/* A command to copy. */
void html_command(struct html *h, struct str s);
/* Raw text of a record: masked and escaped, its line breaks kept. */
void html_raw(struct html *h, struct str s);
/* Text cut to `most` columns in its middle. */
void html_short(struct html *h, struct str s, size_t most);

void html_case(struct html *h, const struct case_file *c);
/* Lanes of the case's entities with a mark an event, as SVG. */
void html_timeline(struct html *h, const struct case_file *c);
/* who -> role -> function -> address, as SVG. */
void html_graph(struct html *h, const struct case_file *c);
/* How it was decided, where that was asked for. */
struct arithmetic;
void html_arithmetic(struct html *h, const struct arithmetic *a);
/* The findings, each with the records that it rests on. */
void html_findings(struct html *h, const struct case_file *c);
/* Inputs, what was skipped, feeds, notes. */
void html_inputs(struct html *h);

extern const char html_style[];

#endif
