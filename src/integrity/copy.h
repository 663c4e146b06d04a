/*
 * copy - the files of a bucket's copy, by the keys that their objects have in the bucket.
 */
#ifndef INTEGRITY_COPY_H
#define INTEGRITY_COPY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"
#include "integrity/name.h"

enum log_state {
    LOG_UNSEEN,  /* no digest spoke of it */
    LOG_TRUSTED, /* listed by a digest that verifies; its hash is right, or an item says what not */
    LOG_CLAIMED  /* listed, but only by digests that do not verify */
};

struct copied {
    struct str path;
    struct str key;
    struct name name;
    enum log_state log;
    bool metadata; /* OBJECT.meta.json */
};

struct copy {
    struct str dir;
    struct str bucket; /* "" until known */
    struct {
        VEC_OF(struct copied);
    } files;
    struct map by_key; /* key -> index + 1 */
};

/* List the copy at `dir`: keys are the paths below it. When `dir` itself lies inside AWSLogs/, what
 * comes before is put in front. ERR_NOTFOUND, ERR_IO, ERR_NOMEM. Texts in `a`. */
NODISCARD enum err_code copy_list(struct str dir, struct arena *a, struct copy *out,
                                  struct err *err);
void copy_free(struct copy *c);

struct copied *copy_find(const struct copy *c, struct str key); /* NULL: not there */

#endif
