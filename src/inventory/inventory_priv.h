/*
 * inventory_priv - what the files of this folder share.
 *
 * All that is handed out lives in `arena`. Lists of a function's state only ever grow behind what
 * an older copy of them can see, or are made anew, so that `before` and `now` share their memory.
 */
#ifndef INVENTORY_INVENTORY_PRIV_H
#define INVENTORY_INVENTORY_PRIV_H

#include "base/buf.h"
#include "base/vec.h"
#include "inventory/inventory.h"
#include "inventory/sign_in.h"

/* An actor and where it acted. `actor` stands first: a pointer to one is a pointer to the other. */
struct actor_entry {
    struct actor actor;
    struct str_list accounts;
};

/* A function and the role it is filed under. */
struct function_entry {
    struct function function;
    struct str filed_role;
    bool taken; /* it waited (listed.c), and an event named it */
};

struct function_list {
    VEC_OF(const struct function *);
};

struct inventory {
    const struct context *context;
    struct arena arena;
    struct buf scratch;        /* a key being put together */
    struct map actors;         /* root text and resolved to struct actor_entry */
    struct map issued;         /* access key to the struct event that handed it out */
    struct map users;          /* principal id of a user to an event of it */
    struct map shared;         /* shared event id to the struct event that says most */
    struct map accounts;       /* seen as recipient */
    struct map function_map;   /* key text to struct function_entry */
    struct map hosts;          /* host of a URL to struct function_entry */
    struct map roles;          /* role ARN to struct function_list */
    struct map waiting;        /* of listed functions whose account is not known: key text to
                                struct function_entry */
    struct map waiting_names;  /* the same by provider, region, name: to struct listed_name */
    struct map sign_ins;       /* person's id or root, lower case, to struct sign_in_list */
    struct map sign_in_locals; /* of whom --people does not know: the part before the '@' */
    struct {
        VEC_OF(struct sign_in_log);
    } sign_in_logs;
    bool out_of_memory; /* a replay could not note what it saw */
};

/* The actor of every event, without deployments. False: out of memory. */
NODISCARD bool actor_resolve_all(struct inventory *inv, struct event **events, size_t count);
/* Note that the event's actor acted in the event's account. */
NODISCARD bool actor_note_account(struct inventory *inv, const struct event *e);

/* File the sign-ins by person; needs the actors. False: out of memory. */
NODISCARD bool sign_in_file_all(struct inventory *inv, struct event **events, size_t count);
void sign_in_release(struct inventory *inv);

/* File what exports list. False: out of memory. */
NODISCARD bool listed_file_all(struct inventory *inv);
/* The listed function that waited for this key, or NULL. */
struct function_entry *listed_take(struct inventory *inv, const struct function_key *k);
/* A name under which the function answers. False: out of memory. */
NODISCARD bool inventory_file_host(struct inventory *inv, struct function_entry *f, struct str url);

/* Deployments of all events; events of a stack go to the actor who started it. */
NODISCARD bool deployment_find_all(struct inventory *inv, struct event **events, size_t count);

/* Give what Google's agents do to a function to who changed it shortly before. Needs the actors;
 * events in order of time. False: out of memory. */
NODISCARD bool agents_lead_back(struct inventory *inv, struct event **events, size_t count);

/* Apply a change to a function's state. False: out of memory. */
NODISCARD bool state_apply(struct inventory *inv, struct function *f, const struct event *e);

/* Add to a list of a state, unless `once` and it is there. False: out of memory. */
NODISCARD bool state_list_add(struct arena *a, struct str_list *list, struct str value, bool once);
bool state_list_has(const struct str_list *list, struct str value);
/* Every value of an attribute, into a new list (`anew`) or behind what is there. */
NODISCARD bool state_list_of(struct arena *a, struct str_list *list, const struct event *e,
                             enum event_attr id, bool anew);
/* A new list without `value`. */
NODISCARD bool state_list_without(struct arena *a, struct str_list *list, struct str value);

/* What an event says about code and settings of any function; see state.c. */
NODISCARD bool state_learn_code(struct arena *a, struct function_state *s, const struct event *e,
                                bool changes_code);

/* Apply a change of a Worker. False: out of memory. */
NODISCARD bool state_apply_worker(struct arena *a, struct function *f, const struct event *e);

#endif
