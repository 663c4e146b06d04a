/*
 * fixture - a whole result made by hand, for the tests of all reports: two escalations, a case to
 * check, a close, a close when complete, digest, skipped bytes, feeds, and an input that is missing.
 *
 * `tail` is put behind every text that in real life comes from a log, a ticket, a feed or a file
 * name, so that a test finds out where such text goes unescaped.
 */
#ifndef TESTS_UNIT_REPORT_FIXTURE_H
#define TESTS_UNIT_REPORT_FIXTURE_H

#include "base/arena.h"
#include "report/report.h"

struct fixture;

struct fixture *fixture_new(struct str tail);
struct fixture *fixture_empty(void); /* nothing was found */
void fixture_free(struct fixture *f);
void fixture_done(struct fixture **f); /* for CLEANUP() */
struct result *fixture_result(struct fixture *f);

/* How its first case was decided. Lives in `a`. */
const struct arithmetic *fixture_arithmetic(struct arena *a, struct str tail);
/* What is new since an earlier result. */
void fixture_since(struct result *r, struct arena *a, struct str tail);

/* Options with a raw record behind every event. */
struct report_options fixture_options(struct fixture *f);

/* Texts that attack a terminal, a page, a spreadsheet or a parser. NULL-terminated. */
extern const char *const fixture_hostile[];

/* Secrets: a text as it may stand in a log, and the part of it that must be in no report. */
struct canary {
    const char *text;
    const char *secret;
};
extern const struct canary fixture_canaries[];
enum { FIXTURE_CANARIES = 44 };

/* Write the report, or fail the test. */
void fixture_write(const struct report_ops *ops, struct fixture *f, struct buf *out);
void fixture_write_with(const struct report_ops *ops, struct fixture *f,
                        const struct report_options *o, struct buf *out);

/* What holds for each format: it survives running out of memory anywhere, and writes the same
 * bytes twice. */
void fixture_check_memory(const struct report_ops *ops);
/* No canary gets into the report. */
void fixture_check_secrets(const struct report_ops *ops);
/* With every hostile text: valid UTF-8, no control character but the newline, nothing
 * bidirectional. */
void fixture_check_visible(const struct report_ops *ops);

/* Run a shell command on `text` in a file ("%s" in the command); what it printed goes to *out.
 * Its exit status. */
int fixture_run(const char *command, struct str text, struct buf *out);

#endif
