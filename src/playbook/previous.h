/*
 * previous - an earlier result (faaswatch.triage/1), read back to tell what is new.
 *
 * The file is input like any other: it may be damaged or forged. It can never make a case less than
 * its own evidence makes it, but for one thing that people ask of it: a case that was closed stays
 * closed while nothing is new and nothing speaks against it (playbook/since.c).
 */
#ifndef PLAYBOOK_PREVIOUS_H
#define PLAYBOOK_PREVIOUS_H

#include "base/err.h"
#include "model/case_file.h"

enum { PREVIOUS_BYTES_MAX = 512 * 1024 * 1024, PREVIOUS_CASES_MAX = 100000 };

struct previous_answer {
    bool raised;
    enum verdict verdict;
    struct {
        VEC_OF(struct str);
    } counted; /* ids of items that spoke against it */
};

struct previous_case {
    struct str id, title, row, action;
    bool escalate;
    int priority;   /* 1 to 4, or 0 */
    int64_t due_us; /* TIME_NONE: none */
    struct previous_answer answers[QUESTION_MAX_];
    struct {
        VEC_OF(struct str);
    } findings;
};

struct previous;

/* `text` must outlive it; `path` is its name in messages. ERR_SYNTAX, ERR_SCHEMA, ERR_LIMIT with the
 * place and the remedy; ERR_NOMEM. */
NODISCARD enum err_code previous_load(struct str path, struct str text, struct previous **out,
                                      struct err *err);
void previous_free(struct previous *p);

struct str previous_path(const struct previous *p);
size_t previous_count(const struct previous *p);
const struct previous_case *previous_at(const struct previous *p, size_t i);
const struct previous_case *previous_find(const struct previous *p, struct str id); /* or NULL */
/* The case that this finding, or this record of the provider, was part of; NULL: none. */
const struct previous_case *previous_of_finding(const struct previous *p, struct str finding);
const struct previous_case *previous_of_record(const struct previous *p, struct str record_id);
/* Records that hit, as the finding had them then; 0: it was not there. */
uint64_t previous_hits(const struct previous *p, struct str finding);
/* The cases that escalated and hold this address, one after the other: start with 0; NULL ends. */
const struct previous_case *previous_escalated(const struct previous *p, struct str address,
                                               size_t *at);

#endif
