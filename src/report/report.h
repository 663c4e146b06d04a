/*
 * report - the result in the forms people and programs want, one folder a form.
 *
 * TO ADD ONE: make src/report/<name>/ with <name>.c (defining `const struct report_ops
 * report_<name>`), test_<name>.c and README.md.
 *
 * No report holds the run's own clock. Secrets are masked in all (report/mask.h). Nothing from a
 * log reaches a terminal, a page or a cell unescaped.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "model/result.h"

struct report_options {
    bool color;
    bool quiet;           /* terminal: only the cases */
    unsigned width;       /* terminal columns */
    int64_t zone_us;      /* --tz, for display only */
    struct str zone_name; /* "UTC" */
    size_t evidence_max;  /* per finding; SIZE_MAX: all */
    bool evidence_asked;  /* the user said how many: a page for people shows that many, too */
    int status;           /* exit status the run will end with, said in words */
    /* Raw text of an event's record, as it lies in the log: whoever shows it masks it (report/mask.h), and
     * its hash is that of the log's bytes. "" when it cannot be read again. Text lives until
     * the next call. */
    struct str (*raw)(void *arg, const struct event *e);
    void *raw_arg;
};

struct report_ops {
    const char *name;   /* for --format */
    const char *suffix; /* ".html": for -o */
    const char *summary;
    enum err_code (*write)(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err);
};
extern const struct report_ops *const report_registry[];

const struct report_ops *report_find(struct str name);
/* Longest suffix that fits the path wins (".ocsf.jsonl" before ".jsonl"); NULL: none. */
const struct report_ops *report_of_path(struct str path);

#endif
