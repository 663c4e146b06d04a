/*
 * cloudflare - what the actions on Cloudflare share. All of them are calls of its API with curl;
 * the token is taken from the environment and never stands in a plan.
 */
#ifndef RESPOND_CLOUDFLARE_H
#define RESPOND_CLOUDFLARE_H

#include "respond/draft.h"

/* Beginning of a command: a path of the API follows, e.g. CF_CALL("DELETE") "/accounts/{}/…". */
#define CF_CALL(method)                                                                            \
    "curl -fsS -X " method " -H \"Authorization: Bearer $CLOUDFLARE_API_TOKEN\" -H "               \
    "\"Content-Type: application/json\" https://api.cloudflare.com/client/v4"

/* A successful call on Workers (or of another service by its short name: "iam", "logpush"). */
bool cf_did(const struct event *e, const char *action);
bool cf_did_in(const struct event *e, const char *service, const char *action);

/* One segment of a URL's path: all but letters, digits, '-', '_' and '~' percent-encoded, the dot
 * too when there is nothing else. Without room the draft has failed. */
struct str cf_part(struct draft *d, struct str text);

/* A JSON object with one to three text members; a NULL key ends it. Without room the draft has failed. */
struct cf_member {
    const char *key;
    struct str value;
};
struct str cf_json(struct draft *d, const struct cf_member members[3]);

#endif
