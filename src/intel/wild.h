/*
 * wild - indicators that are patterns of text: LIKE with % and _, MATCHES with a regular
 * expression. Looked through one by one, so only a bounded number of them is taken.
 */
#ifndef INTEL_WILD_H
#define INTEL_WILD_H

#include "intel/match.h"

enum { WILD_MAX = 1000 };

struct wild;

struct wild_list {
    VEC_OF(struct wild *);
    bool of_kind[INTEL_KIND_MAX_];
};

/* `meta` is of the entry in the store that its hits are told with. ERR_LIMIT: too many; ERR_SYNTAX:
 * the expression does not compile. */
NODISCARD enum err_code wild_add(struct wild_list *l, const struct indicator *in, uint32_t meta,
                                 struct arena *texts, struct err *err);
bool wild_match(const struct wild_list *l, enum intel_kind kind, struct str value, match_fn fn,
                void *arg);
/* Of the i-th: its meta, as given. */
uint32_t wild_meta(const struct wild_list *l, size_t i);
void wild_truncate(struct wild_list *l, size_t len);
void wild_free(struct wild_list *l);

#endif
