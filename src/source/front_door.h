/*
 * front_door - a request at what stands before functions: load balancers, gateways, networks of
 * edges, web firewalls. Which function it reached is known only later (engine/front_door.h).
 */
#ifndef SOURCE_FRONT_DOOR_H
#define SOURCE_FRONT_DOOR_H

#include "source/source.h"

/* Texts as the log has them; "" when it does not tell. */
struct front_door_call {
    struct str door;    /* "apigateway/abc123", "cloudfront/E2…", ARN of a target group */
    struct str address; /* of who asked; with or without a port */
    struct str agent;
    struct str method, url; /* the query is not kept */
    struct str host;
    struct str status;  /* HTTP status */
    struct str ms;      /* milliseconds until it was answered */
    struct str blocked; /* why the door refused it */
    struct str caller;  /* identity that the door checked */
};

/* Make *e that call: EVENT_INVOKE, of a function without a name. The service, account, region, time
 * and id are the source's business. False: no room in the arena. */
NODISCARD bool front_door_call(const struct front_door_call *c, struct arena *a, struct event *e);

/* Account and region of *e from an ARN of the door: "arn:aws:wafv2:eu-west-1:111122223333:…". What it
 * does not say is "". */
void front_door_place(struct str arn, struct event *e);

/* Text of a string or number; "" else. False: no room. */
NODISCARD bool front_door_text(const struct record *r, size_t field, struct arena *a,
                               struct str *out);

/* "0.123" seconds as milliseconds; "" when it is no time. False: no room. */
NODISCARD bool front_door_seconds(struct str seconds, struct arena *a, struct str *out);

#endif
