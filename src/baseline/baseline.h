/*
 * baseline - what was usual before: for each function how often it was called, by whom, by whom and
 * how it was changed, how its runs went; for each actor its networks, tools, actions and hours; for
 * each account its regions and runtimes; for each principal what it did.
 *
 * Learnt from events; written to and read from a file of one's own; merged. The memory of a function
 * is at most BASELINE_FUNCTION_BYTES, however long the history. Names of functions, accounts and
 * principals are kept, names of callers, actors and addresses only as hashes.
 *
 * Calls of a function may be told by several logs: by who called (EVENT_INVOKE), by the function's
 * own log (EVENT_RUN), by a metric (EVENT_RATE). They are never added up: of a function one channel
 * counts, the same in history and window.
 */
#ifndef BASELINE_BASELINE_H
#define BASELINE_BASELINE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "baseline/calls.h"
#include "baseline/coverage.h"
#include "baseline/habit.h"
#include "baseline/runtime.h"
#include "baseline/values.h"
#include "model/event.h"

enum {
    BASELINE_VERSION = 3,
    BASELINE_FUNCTION_BYTES = 8192,
    BASELINE_FUNCTIONS_MAX = 50000,
    BASELINE_HABITS_MAX = 50000, /* actors; and as many accounts */
    BASELINE_PRINCIPALS_MAX = 20000
};

enum channel { CHANNEL_NONE, CHANNEL_CALLER, CHANNEL_OWN_LOG, CHANNEL_METRIC, CHANNEL_MAX_ };
const char *channel_name(enum channel c); /* "calls", "runs", "metrics" */

struct usual {
    struct calls calls;
    struct values values;
    struct runtime runtime;
    uint8_t channel; /* enum channel */
};

/* Whose network an address lies in, and in which country, where feeds tell: "AS64500", "AWS"; "" not
 * known. Learnt beside the block of the address. */
struct network_names {
    struct str system, country;
};
typedef bool network_namer(const void *arg, const struct ip *ip, struct arena *a,
                           struct network_names *out); /* false: no memory */

struct baseline {
    struct arena arena;
    struct map functions;  /* text of the key -> struct usual */
    struct map actors;     /* value_hash of the root, 8 bytes -> struct habit */
    struct map accounts;   /* PROVIDER/ACCOUNT -> struct habit */
    struct map principals; /* event_principal -> struct values, of VALUE_ACTION */
    struct map channels;   /* text of the key -> what each channel told, while learning */
    network_namer *namer;  /* NULL: only blocks of addresses are learnt */
    const void *namer_arg;
    struct covered covered;
    uint64_t beyond; /* events of functions, actors and accounts that were one too many */
};

void baseline_init(struct baseline *b);
void baseline_free(struct baseline *b); /* safe on a zeroed one */

/* First all events, to find the channel of each function; then all again, in order of time, to learn
 * from them. Undated events teach nothing. ERR_NOMEM. */
NODISCARD enum err_code baseline_survey(struct baseline *b, const struct event *e);
NODISCARD enum err_code baseline_learn(struct baseline *b, const struct event *e);

/* NULL: nothing is known of it. Valid until something is learnt or merged. */
const struct usual *baseline_of(const struct baseline *b, const struct function_key *k);

/* What the actor behind an event, or the account of its function, usually does. */
NODISCARD bool baseline_actor(const struct baseline *b, const struct event *e,
                              const struct habit **out); /* false: no memory; *out NULL: unknown */
NODISCARD bool baseline_account(const struct baseline *b, const struct event *e,
                                const struct habit **out);

/* Did the principal of an event do this before? */
struct used {
    bool known;         /* enough of it is remembered: LEARN_COUNT_MIN calls, LEARN_DAYS_MIN days */
    bool before;        /* this action in the VALUES_KEEP_DAYS before */
    bool long_known;    /* logs and principal reach back over all of these days */
    unsigned days;      /* with logs since it was first seen */
    unsigned different; /* actions it used */
};
NODISCARD enum err_code baseline_used(const struct baseline *b, const struct event *e,
                                      struct used *out);

/* Who takes up a role: services, pipelines, other roles, people. */
enum assumer { ASSUMER_SERVICE, ASSUMER_PIPELINE, ASSUMER_ROLE, ASSUMER_PERSON, ASSUMER_MAX_ };
struct assumed {
    bool known; /* LEARN_COUNT_MIN sessions, LEARN_DAYS_MIN days with logs */
    unsigned days;
    bool by[ASSUMER_MAX_]; /* in the VALUES_KEEP_DAYS before */
};
enum assumer event_assumer(const struct event *e);
/* Of the role that the event takes up (ATTR_ASSUMED_ROLE). ERR_NOMEM. */
NODISCARD enum err_code baseline_assumed(const struct baseline *b, const struct event *e,
                                         struct assumed *out);

/* Of logs that do not overlap. Where a function's channels differ, the one with more calls stays. */
NODISCARD enum err_code baseline_merge(struct baseline *to, const struct baseline *from);

/* Forget what it knows from this time on: the window is not to be held against itself. An hour that
 * the time falls into is forgotten whole. */
void baseline_cut(struct baseline *b, int64_t from_us);

/* The file form: bytes, the same for the same content. */
void baseline_write(const struct baseline *b, struct buf *out);
/* ERR_SYNTAX: no such file, or damaged; ERR_UNSUPPORTED: of another version. *b is as
 * baseline_init on failure. */
NODISCARD enum err_code baseline_read(struct baseline *b, struct str text, struct err *err);

/* ---- how events are read, for learning and for detections alike ---- */

/* Calls that one event tells of, a minute at a time. */
struct call_iter {
    const struct event *event;
    size_t attr;
    int64_t minute, until; /* of the point being spread */
    double each;
    bool started;
};
enum channel event_channel(const struct event *e); /* CHANNEL_NONE: it tells of no calls */
struct call_iter call_iter_of(const struct event *e);
bool call_next(struct call_iter *it, int64_t *minute, double *calls);

/* Somebody whose habits can be told: a resolved actor, no service, not shared by several people. */
bool event_has_habits(const struct event *e);
/* It writes: creates, changes or deletes functions, identities or logging. */
bool event_writes(const struct event *e);
/* "203.0.0.0/16", "2001:db8::/32"; "" for a private address or none. */
struct str event_block(const struct event *e, char out[IP_TEXT_MAX + 4]);
/* Service and family of the user agent: "lambda.amazonaws.com aws-cli"; names of attack tools and
 * systems in it stay: "lambda.amazonaws.com boto3 kali". Versions and platforms do not count. */
NODISCARD bool event_agent(const struct event *e, struct arena *a, struct str *out);
/* "nodejs" of "nodejs22.x": a newer version is nothing new. */
struct str runtime_family(struct str runtime);
/* A number that a run told. */
bool event_metric(const struct event *e, enum run_metric m, double *out);

/* Who called: the service, the actor, the principal, "anonymous". */
struct str event_caller(const struct event *e);
/* How a change was made: "pipeline", "console", "other". */
struct str event_way(const struct event *e);
/* Whose permissions a call uses: the role of a session, else the actor, else the principal; "" where
 * that is nobody's: a service, a visitor. */
struct str event_principal(const struct event *e);
int32_t event_day(const struct event *e); /* days since 1970; the event is dated */

#endif
