/*
 * check - all faults of a playbook's text, each with its line and what to do.
 *
 * Beside what loading refuses: rows that can never be reached, and rows that would close a case which
 * must not be closed.
 */
#ifndef PLAYBOOK_CHECK_H
#define PLAYBOOK_CHECK_H

#include "base/arena.h"
#include "base/vec.h"
#include "playbook/playbook.h"

struct playbook_fault {
    unsigned line; /* 0: of the whole text */
    struct str message, remedy;
};

/* Texts live in `arena`. Zeroed is empty. */
struct playbook_faults {
    struct arena arena;
    VEC_OF(struct playbook_fault);
};
void playbook_faults_free(struct playbook_faults *f); /* also for CLEANUP() */

/* All faults of the text, by line. ERR_NOMEM only. */
NODISCARD enum err_code playbook_check(struct str text, struct playbook_faults *out,
                                       struct err *err);

/* For the loader: keep a fault ("playbook line 12: …"); false: no memory. Load on in spite of faults:
 * *out is set whenever the result is ERR_OK, and is only whole where no fault was kept. */
NODISCARD bool playbook_fault_of(struct playbook_faults *f, const struct err *err);
NODISCARD enum err_code playbook_load_all(struct str text, struct playbook_faults *faults,
                                          struct playbook **out, struct err *err);

/* The text with other weights, one an item of the playbook that was loaded from it. */
NODISCARD enum err_code playbook_reweigh(struct str text, const struct playbook *p,
                                         const int *weights, struct buf *out, struct err *err);

#endif
