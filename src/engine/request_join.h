/*
 * request_join - one request that both a web firewall and the door behind it tell, counted once.
 *
 * Both name it by the same id: CloudFront's x-edge-request-id, a load balancer's trace id, API
 * Gateway's request id or extended request id. Where both logs are given the door's record stays.
 * Of more than two million requests a share is joined that depends on nothing but the ids.
 */
#ifndef ENGINE_REQUEST_JOIN_H
#define ENGINE_REQUEST_JOIN_H

#include "base/attr.h"
#include "base/vec.h"
#include "model/event.h"

enum { REQUESTS_MAX = 2000000 };

struct request {
    uint64_t id;         /* hash of it */
    struct event *event; /* kept event that the record became part of */
    bool wall;           /* the firewall tells it; else the door */
};

struct request_book {
    VEC_OF(struct request);
    unsigned shift; /* only ids with so many zero bits in front are here */
    size_t most;    /* requests; 0: REQUESTS_MAX */
};

void request_book_free(struct request_book *b);

/* Note the record `e`, which is kept as `kept`, when it is of a firewall or door. False: no memory. */
NODISCARD bool request_book_note(struct request_book *b, const struct event *e, struct event *kept);

/* Move what `from` has to `into`. False: no memory. */
NODISCARD bool request_book_merge(struct request_book *into, struct request_book *from);

/* Take requests that a door tells too off what firewalls tell. Events of *count that stand for none
 * then leave the list, but for those that a rule matched. Call it when all is folded. Returns how many
 * requests were told twice. */
uint64_t request_join(struct request_book *b, struct event **events, size_t *count);

#endif
