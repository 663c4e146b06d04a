/*
 * progress - how far a long job is, on standard error: a bar when a terminal is there, else a line
 * every ten seconds.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct progress {
    bool bar; /* else lines */
    unsigned width;
    int64_t begun_us;
    int64_t last_us;
    bool drawn;
};

/* What there is to say at one moment. */
struct progress_now {
    uint64_t done, all; /* bytes; all 0: nobody knows */
    uint64_t events, hits;
    int64_t elapsed_us;
};

struct progress progress_begin(void);
/* As triage_options.progress; `arg` is the struct progress. */
void progress_tell(void *arg, uint64_t done, uint64_t all, uint64_t events, uint64_t hits);
/* Take the bar away. */
void progress_end(struct progress *p);

/* The line that is shown, at most `width` columns: "62 % [=====>    ] 121 MB of 195 MB · …". */
void progress_line(struct buf *out, const struct progress_now *n, unsigned width, bool bar);

#endif
