#include "engine/explain.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

enum { SHOWN_DIGITS = 8, NEAREST_MAX = 5 };

struct near {
    struct str id;
    unsigned same; /* digits that agree, those at the beginning twice */
};

static unsigned likeness(struct str id, struct str wanted)
{
    unsigned same = 0;
    bool beginning = true;
    for (size_t i = 0; i < wanted.len && i < id.len; i++) {
        bool eq = id.ptr[i] == wanted.ptr[i];
        beginning = beginning && eq;
        same += eq ? (beginning ? 2 : 1) : 0;
    }
    return same;
}

static int by_likeness(const void *a, const void *b)
{
    const struct near *x = a;
    const struct near *y = b;
    return x->same != y->same ? (x->same > y->same ? -1 : 1) : str_cmp(x->id, y->id);
}

static enum err_code unknown(struct str wanted, const struct result *r, struct err *err)
{
    if (r->cases.len == 0) {
        return err_set(err, ERR_NOTFOUND, "--explain %.*s: this run made no case",
                       STR_ARG(str_head(wanted, 40)));
    }
    struct near *all = mem_alloc(r->cases.len, sizeof(*all));
    CLEANUP(buf_free) struct buf b = {0};
    if (all == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for the nearest cases");
    }
    for (size_t i = 0; i < r->cases.len; i++) {
        all[i].id = r->cases.at[i]->id;
        all[i].same = likeness(all[i].id, wanted);
    }
    qsort(all, r->cases.len, sizeof(*all), by_likeness);
    for (size_t i = 0; i < r->cases.len && i < NEAREST_MAX; i++) {
        buf_printf(&b, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(str_head(all[i].id, SHOWN_DIGITS)));
    }
    mem_free(all);
    return err_set(err, ERR_NOTFOUND, "--explain %.*s: no case has this id; nearest: %.*s",
                   STR_ARG(str_head(wanted, 40)), STR_ARG(buf_str(&b)));
}

enum err_code explain_check(const struct str_list *ids, const struct result *r, struct err *err)
{
    for (size_t i = 0; i < ids->len; i++) {
        size_t found = 0;
        CLEANUP(buf_free) struct buf b = {0};
        for (size_t k = 0; k < r->cases.len; k++) {
            if (str_starts(r->cases.at[k]->id, ids->at[i])) {
                buf_printf(&b, "%s%.*s", found++ == 0 ? "" : ", ", STR_ARG(r->cases.at[k]->id));
            }
        }
        if (found == 0) {
            return unknown(ids->at[i], r, err);
        }
        if (found > 1) {
            return err_set(err, ERR_USAGE, "--explain %.*s: several cases begin so: %.*s",
                           STR_ARG(str_head(ids->at[i], 40)), STR_ARG(str_head(buf_str(&b), 200)));
        }
    }
    return ERR_OK;
}
