/*
 * verdicts - alerts of other tools that came with the logs, used as known alerts.
 *
 * They only ever add to what is known: that logs hold some alerts does not say that they hold all,
 * so the answers that rest on there being none still need --alerts.
 */
#ifndef ENGINE_VERDICTS_H
#define ENGINE_VERDICTS_H

#include "base/arena.h"
#include "base/vec.h"
#include "context/context.h"
#include "intake/intake.h"
#include "model/result.h"

enum { VERDICT_BYTES_MAX = 64 * 1024 * 1024 }; /* of one worker; what is more is told */

struct logged_alert {
    struct origin origin;
    struct str text;
};

struct verdict_book {
    VEC_OF(struct logged_alert);
    struct arena texts;
    uint64_t beyond; /* records that were too many */
};

void verdict_book_free(struct verdict_book *b);

/* Keep a record's text. False: no memory. */
NODISCARD bool verdict_book_add(struct verdict_book *b, struct origin origin, struct str text);

/* Move what `from` has to `into`. False: no memory. */
NODISCARD bool verdict_book_merge(struct verdict_book *into, struct verdict_book *from);

/* Read all of them into *c, in the order of files and places, and tell in r->notes how many; one that
 * cannot be used is a skipped row. Texts live in `a`. ERR_NOMEM. */
NODISCARD enum err_code verdicts_read(struct verdict_book *b, const struct input_list *inputs,
                                      struct context *c, struct arena *a, struct result *r,
                                      struct err *err);

#endif
