/*
 * event - a record in the common model.
 *
 * A source fills it from a record (source/source.h). Every str in an event that was kept for the
 * second pass lives as long as the run; in pass 1 they live as long as the record's buffer.
 */
#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ip.h"
#include "base/str.h"
#include "base/timefmt.h"

/* Where a record stands. offset and length: the outer record in the file's unpacked bytes.
 * inner: index of the message inside a payload that carries several, or -1. */
struct origin {
    uint32_t file; /* index of the input, in the order of the run (intake/input.h) */
    int32_t inner;
    uint64_t offset;
    uint64_t length;
};

/* In order of files and places. */
int origin_cmp(const struct origin *a, const struct origin *b);

enum event_attr {
#define EVENT_ATTR(id, name, doc) ATTR_##id,
#include "model/attr.def"
#undef EVENT_ATTR
    ATTR_MAX_
};

/* "code hash"; for explanations. */
const char *event_attr_name(enum event_attr id);

struct attr {
    enum event_attr id;
    struct str value;
};

enum event_outcome {
    OUTCOME_OK,
    OUTCOME_DENIED, /* refused for lack of permission: an attempt */
    OUTCOME_FAILED, /* any other error */
};

/* What kind of thing happened, as far as stages must tell apart. */
enum event_kind {
    EVENT_OTHER,
    EVENT_CHANGE,   /* creates or changes a function, its code, exposure, triggers */
    EVENT_INVOKE,   /* a call of a function */
    EVENT_IDENTITY, /* IAM: users, roles, policies, keys */
    EVENT_ASSUME,   /* a session is handed out */
    EVENT_LOGIN,    /* console login, sign-in at an identity provider */
    EVENT_LOGGING,  /* logging or monitoring is configured */
    EVENT_DEPLOY,   /* an infrastructure tool starts an operation */
    EVENT_READ,     /* reads functions, policies, code */
    EVENT_TRAFFIC,  /* the network saw something: event.flow is set */
    EVENT_RATE,     /* `count` calls between time_us and last_us, from a metric: nobody is named */
    EVENT_RUN,      /* a function ran: its own log tells duration, memory, outcome; no caller */
    EVENT_LOG,      /* lines that a function or its platform wrote to its log, by the hour */
    EVENT_KIND_MAX_
};

/* A function: any serverless unit. name empty: the event is about no function. */
struct function_key {
    struct str provider; /* "aws", "gcp", "cloudflare" */
    struct str account;  /* account, project */
    struct str region;   /* region, location, or "" where there is none */
    struct str name;     /* without qualifier */
};

bool function_key_eq(const struct function_key *a, const struct function_key *b);
/* "aws/111122223333/eu-west-1/name" */
NODISCARD bool function_key_text(const struct function_key *k, struct arena *a, struct str *out);

enum identity_kind {
    IDENTITY_UNKNOWN,
    IDENTITY_ROOT,      /* the account itself */
    IDENTITY_USER,      /* IAM user, named person */
    IDENTITY_ROLE,      /* a session of a role */
    IDENTITY_FEDERATED, /* SAML, OIDC or GetFederationToken */
    IDENTITY_SSO,       /* single sign-on: the person is named by the identity provider */
    IDENTITY_SERVICE,   /* the provider's own service */
    IDENTITY_ACCOUNT,   /* another account, no more is known */
    IDENTITY_ANONYMOUS, /* no credentials */
    IDENTITY_KIND_MAX_
};

const char *identity_kind_name(enum identity_kind k); /* "user", "role", ... */

/* Who a record says acted. The root behind a session is not in here: see struct actor. */
struct identity {
    enum identity_kind kind;
    struct str principal;    /* ARN, mail or service host; as the record has it */
    struct str principal_id; /* the provider's id, AROA…:name */
    struct str account;      /* account of the identity */
    struct str name;         /* user name, role name of the session's issuer, or "" */
    struct str role;         /* ARN of the session's issuer, or "" */
    struct str session_name; /* text the actor wrote, or "" */
    struct str access_key;
    struct str source_identity; /* set once, survives role chaining, or "" */
    struct str subject;         /* OIDC or SAML subject, or "" */
    struct str invoked_by;      /* service on whose behalf, host name, or "" */
    bool mfa;
    bool console; /* the session came from the console */
};

/* The root identity behind a session: what cases, people and change records are joined by. Made
 * by inventory/actor.h in pass 2; one object per root, compared by pointer. */
struct actor {
    struct str root; /* stable text: person's mail or user ARN, "repo:o/r:ref:…", role ARN, … */
    struct str account;
    enum identity_kind kind;
    bool resolved;     /* false: the chain ends in a session whose beginning is not in the input */
    bool shared;       /* several people use it: what is known about a person weighs nothing */
    bool pipeline;     /* CI subject, or named as such in --env */
    struct str person; /* name of the person behind it, for display only; "" when not known */
};

struct detection;
struct exclusion;
struct deployment; /* inventory/deployment.h */
struct flow;       /* model/flow.h */

struct event {
    int64_t time_us; /* TIME_NONE: undated */
    enum event_kind kind;
    enum event_outcome outcome;
    bool read_only;
    bool data_event;    /* data plane */
    bool duplicate_key; /* the record had a key twice: tampering */
    bool
        ordinary; /* of a call that only some callers are kept of (the source's word): not of this */
    bool sign_in;        /* a login at an identity provider: the account is none it acts in */
    bool address_listed; /* pass 1 found the address in a feed; kept for that */
    struct str source;   /* "aws.cloudtrail": static */
    struct str service;  /* "lambda.amazonaws.com" */
    struct str name;     /* the provider's verb, unchanged: UpdateFunctionCode20150331v2 */
    struct str action;   /* normalised: UpdateFunctionCode */
    struct str account;  /* account that was acted on */
    struct str region;
    struct str address; /* caller's address as text, "" when it is none (a service) */
    struct ip ip;       /* valid when address is not "" */
    struct str user_agent;
    struct str error_code;
    struct str error_message;
    struct str record_id; /* the provider's id, or "" */
    struct str shared_id; /* links the two sides of a cross-account call, or "" */
    struct function_key function;
    struct str qualifier; /* version or alias, or "" */
    struct identity who;
    const struct attr *attrs;
    size_t attr_count;
    const struct flow *flow; /* of EVENT_TRAFFIC, else NULL */
    uint64_t count;          /* events that this one stands for: 1, or an aggregate of calls */
    int64_t last_us;         /* of an aggregate: time of the last; else time_us */
    struct origin origin;

    /* Pass 1: rules that matched this record. */
    const struct detection *const *hits;
    size_t hit_count;
    /* Exclusions (model/exclusion.h) that hide hits of some detections on this record. */
    const struct exclusion *const *exclusions;
    size_t exclusion_count;

    /* Between the passes: the event of another worker that this one was folded into, or is a copy
     * of; NULL: it stands for itself. */
    const struct event *folded_into;

    /* Pass 2. */
    const struct actor *actor;
    const struct deployment *deployment; /* operation it belongs to, or NULL */
};

/* First value of an attribute, "" when it has none. event_has tells absent from empty. */
struct str event_attr_get(const struct event *e, enum event_attr id);
bool event_has(const struct event *e, enum event_attr id);
/* True when one of the values equals `value`. */
bool event_attr_is(const struct event *e, enum event_attr id, struct str value);

/* The order in which everything is told: time, source, record id, file, offset, inner. */
int event_cmp(const struct event *a, const struct event *b);
/* The same for qsort over pointers to events. */
int event_ptr_cmp(const void *a, const void *b);

#endif
