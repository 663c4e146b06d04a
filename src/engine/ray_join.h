/*
 * ray_join - who called a Worker.
 *
 * A run of a Worker tells its Ray ID and no caller, a request at the edge tells the same Ray ID and
 * no Worker. Pass 1 notes both, some 50 bytes each; when all files are read, the two become calls:
 * a Worker, its caller, a time. A request without a run stays untold, unless a feed lists its
 * caller: then it is a call of a Worker whose name is not known.
 *
 * What is held is bounded. When there is more, only rays whose hash is below a threshold count, the
 * same on both sides: each ray is then kept with both of its halves or not at all, whatever the
 * order of the files and the number of workers.
 */
#ifndef ENGINE_RAY_JOIN_H
#define ENGINE_RAY_JOIN_H

#include "base/map.h"
#include "engine/keep.h"

struct ray_run {
    uint64_t ray;
    int64_t time_us;
    struct origin origin;
    uint32_t worker; /* index */
};

struct ray_request {
    uint64_t ray;
    int64_t time_us;
    struct origin origin;
    uint32_t caller; /* index */
};

/* What one thread of pass 1 noted. */
struct ray_book {
    struct arena texts;
    struct map workers; /* key text to struct event: function, version, outcome */
    struct map callers; /* key text to struct event: address, agent, host, whether listed */
    struct {
        VEC_OF(struct ray_run);
    } runs;
    struct {
        VEC_OF(struct ray_request);
    } requests;
    size_t most;       /* runs, and requests, that all books together hold; 0: RAYS_MAX */
    unsigned shift;    /* one ray in 2^shift is held */
    uint64_t direct;   /* runs of *.workers.dev: no log has their callers */
    uint64_t unjoined; /* after the joining: runs held without a request */
    uint64_t joined;
};

enum { RAYS_MAX = 1 << 21 };

void ray_book_free(struct ray_book *b);

/* Note a run or a request; anything else is ignored. `listed`: a feed has the caller's address.
 * False on no memory. */
NODISCARD bool ray_book_note(struct ray_book *b, const struct event *e, bool listed);

/* Join what all books hold; the calls go into `out`, the tally into books[0]. */
NODISCARD bool ray_join(struct ray_book *books, size_t count, struct keeper *out);

/* Runs and requests name no account: fill it in where the audit logs know the script in one account
 * only, or where they know one account only. */
NODISCARD bool ray_accounts(struct event **events, size_t count);

#endif
