/*
 * inventory - what is ours, learned from the events: functions and what was last known of each,
 * actors, sessions, deployments, accounts.
 *
 * Built in pass 2 from all kept events in event_cmp order.
 */
#ifndef INVENTORY_INVENTORY_H
#define INVENTORY_INVENTORY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "context/context.h"
#include "model/event.h"

/* What is known of a function at a moment. A str is "" until some event told. */
struct function_state {
    bool known;   /* some change event was seen before */
    bool created; /* its creation is in the input */
    bool deleted;
    int64_t created_us;
    int64_t code_changed_us; /* TIME_NONE: never seen */
    const struct actor *code_changed_by;
    struct str code_hash, role, runtime, handler, url, url_auth;
    struct str code_location;                       /* image, source object */
    struct str ingress, invoker_check, default_url; /* of Cloud Run, see model/attr.def */
    struct str previous_hash;                       /* before the last change of code */
    int64_t previous_hash_until_us;
    uint64_t code_size;            /* 0 unknown */
    uint64_t timeout_s, memory_mb; /* 0 unknown */
    uint64_t concurrency;          /* reserved */
    uint64_t provisioned;          /* provisioned concurrency */
    bool layers_known, vpc_known, concurrency_known, provisioned_known;
    struct str_list layers, security_groups, subnets;
    struct str_list hashes;   /* all seen so far, in order */
    struct str_list triggers; /* sources mapped so far */
    struct str_list destinations;
    struct str_list versions;

    /* Of a Worker. */
    struct str_list channels;  /* ways its versions came in: wrangler, quick_editor, … */
    struct str_list authors;   /* who made or deployed them */
    struct str_list keys;      /* tokens that they came in with */
    struct str_list bindings;  /* what it can reach, "kv_namespace:CACHE" */
    struct str_list secrets;   /* by name */
    struct str_list routes;    /* patterns; a domain is one for all of its host */
    struct str_list schedules; /* cron */
    struct str_list tails;     /* live tails that were started and not ended */
    bool bindings_known, open_known;
    bool open;     /* it answers at *.workers.dev */
    bool previews; /* and so do its older versions */
};

struct function {
    struct function_key key;
    struct str text;              /* "aws/1111/eu-west-1/name" */
    struct function_state now;    /* after the event being looked at */
    struct function_state before; /* before it */
    struct str_list tags;         /* keys */
    struct str_list labels;       /* "key=value", as whoever may tag wrote them */
    struct str_list hosts;        /* names it answers under, now or at any time in the input */
    const struct listed_function *listed; /* what exports say of it (--functions), or NULL */
    uint64_t changes, invocations;
};

/* One operation of an infrastructure tool: its events fold into one. */
struct deployment {
    struct str id;             /* stack or session, and when it began: no two are the same */
    struct str tool;           /* "CloudFormation", "CDK", "SAM", "Serverless", "Terraform" */
    const struct actor *actor; /* who started it */
    int64_t first_us, last_us;
    size_t events;
};

struct inventory;

/* Knows what `c` lists of functions. NULL: out of memory. */
NODISCARD struct inventory *inventory_new(const struct context *c);
void inventory_free(struct inventory *inv);

/* Google Cloud tells a long-running operation by two records: make one event of each pair, the
 * first's, with the outcome of the last. A first without a last is PENDING. Events that are told by
 * another leave the array. The service behind a function gets the function's name. Before all else. False: out of memory. */
NODISCARD bool inventory_join_operations(struct inventory *inv, struct event **events,
                                         size_t *count);

/* Resolve the actor of every event (chains of AssumeRole by issued key, through accounts, in any
 * order of the input) and the deployments. Sets event.actor and event.deployment. */
NODISCARD enum err_code inventory_resolve(struct inventory *inv, struct event **events,
                                          size_t count, struct err *err);

/* Replay one event: returns its function with before and now set, or NULL when it is about none.
 * Call in event_cmp order. Denied and failed events change nothing. */
struct function *inventory_replay(struct inventory *inv, const struct event *e);

/* True when a replay ran out of memory: what is known of functions is then not to be relied on. */
bool inventory_out_of_memory(const struct inventory *inv);

size_t inventory_functions(const struct inventory *inv);
const struct function *inventory_function_at(const struct inventory *inv, size_t i);
const struct function *inventory_find(const struct inventory *inv, const struct function_key *k);
/* Listed functions that no event named, and whose account the list does not say. NULL: it is one of
 * inventory_function_at by now. */
size_t inventory_waiting(const struct inventory *inv);
const struct function *inventory_waiting_at(const struct inventory *inv, size_t i);
/* The host of a URL or route pattern, without port; "" where it has a wildcard. */
struct str inventory_host(struct str url);
/* Does the event tell where its function answers? A request's URL is its caller's word, except at
 * Cloudflare, which routes by names of our own zones only. */
bool inventory_tells_host(const struct event *e);
/* The function that answers under this host name, now or at any time in the input; NULL: none. */
const struct function *inventory_of_host(const struct inventory *inv, struct str host);
/* Functions whose execution role this is. */
size_t inventory_functions_of_role(const struct inventory *inv, struct str role_arn,
                                   const struct function *const **out);
/* Account ids seen as recipient in the input: ours unless --env says otherwise. */
bool inventory_account_seen(const struct inventory *inv, struct str account);
/* Ours: listed in --env, or without --env seen as recipient. */
bool inventory_account_is_ours(const struct inventory *inv, struct str account);

/* Accounts an actor was seen acting in. */
size_t inventory_actor_accounts(const struct inventory *inv, const struct actor *a);

#endif
