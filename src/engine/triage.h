/*
 * triage - the batch pipeline: files to decision (design.md 3).
 */
#ifndef ENGINE_TRIAGE_H
#define ENGINE_TRIAGE_H

#include "context/context.h"
#include "model/result.h"

struct triage_options {
    const struct str *paths;
    size_t path_count;
    struct str env;         /* "" = not given */
    struct str playbook;    /* "" = the built-in one */
    struct str previous;    /* an earlier result, as JSON; "" = not given */
    struct str digest_keys; /* public keys to verify log digests with; "" = not given */
    struct str_list rules, intel, iam;
    struct str_list baselines; /* files of `baseline learn` */
    struct str_list explain;   /* ids of cases, or how they begin, whose arithmetic is kept */
    struct str_list context[CONTEXT_KIND_MAX_];
    int64_t since_us, until_us; /* TIME_NONE: from the first, to the last record */
    unsigned jobs;              /* 0: one a core */
    /* Progress: called from one thread at most ten times a second; may be NULL. */
    void (*progress)(void *arg, uint64_t bytes_done, uint64_t bytes_all, uint64_t events,
                     uint64_t hits);
    void *progress_arg;
    volatile int *stop; /* non-zero: stop soon (SIGINT); may be NULL */
};

struct triage;

/* ERR_USAGE, ERR_SCHEMA, ERR_NOTFOUND: configuration, before any work; or, after it, `explain` names
 * no case, or more than one. */
NODISCARD enum err_code triage_run(const struct triage_options *o, struct triage **out,
                                   struct err *err);
const struct result *triage_result(const struct triage *t);
/* For report_options.raw. */
struct str triage_raw(void *triage, const struct event *e);
/* All events that pass 1 kept, in event_cmp order: what a hand-over pack chooses its evidence from. */
size_t triage_events(const struct triage *t, const struct event *const **out);
/* What the organisation knows, as it was given. */
const struct context *triage_context(const struct triage *t);
void triage_free(struct triage *t);

#endif
