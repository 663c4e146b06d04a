/*
 * context - what the organisation knows: changes, people, projects, builds, processes, alerts,
 * functions, and the settings of its environment.
 *
 * Each kind is one folder with a reader per product format; all end in these tables. Texts live
 * as long as the context. Times are UTC microseconds, TIME_NONE where the product has none.
 *
 * TO ADD A KIND OR A PRODUCT: src/context/<kind>/ (defining `const struct context_ops
 * context_<kind>`); a product format is a file in the folder of its kind.
 */
#ifndef CONTEXT_CONTEXT_H
#define CONTEXT_CONTEXT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/map.h"
#include "base/vec.h"
#include "model/event.h"
#include "model/result.h"

/* clang-format off */
struct str_list { VEC_OF(struct str); };
/* clang-format on */

struct span {
    int64_t from_us; /* TIME_NONE: open */
    int64_t to_us;
};

/* ---- changes ---- */

enum change_type { CHANGE_NORMAL, CHANGE_STANDARD, CHANGE_EMERGENCY };
enum change_state {
    CHANGE_STATE_UNKNOWN,
    CHANGE_DRAFT, /* new, assess, authorise */
    CHANGE_SCHEDULED,
    CHANGE_IMPLEMENT, /* being done */
    CHANGE_REVIEW,    /* done, in review */
    CHANGE_CLOSED,
    CHANGE_CANCELLED
};
enum approval {
    APPROVAL_UNKNOWN,
    APPROVAL_NONE,
    APPROVAL_REQUESTED,
    APPROVAL_GIVEN,
    APPROVAL_REJECTED
};

struct change {
    struct str id;
    enum change_type type;
    enum change_state state;
    enum approval approval;
    int64_t approved_us;
    struct str approver;
    int64_t start_us, end_us;
    int64_t created_us, updated_us;
    struct str assignee, group, requester;
    struct str_list resources; /* function names, ARNs, patterns with '*', services, accounts */
    struct str service;
    struct str text; /* short and long description in one */
    struct str repository, commit, template, environment;
    struct str_list hashes; /* artefact hashes the record names */
    struct str origin;      /* "changes.csv:12", for reports */
};

/* ---- people ---- */

enum person_status { PERSON_ACTIVE, PERSON_INACTIVE, PERSON_TERMINATED, PERSON_STATUS_UNKNOWN };

struct person {
    struct str id; /* mail or login */
    struct str_list other_ids;
    struct str name, job_family, department, manager, time_zone;
    struct str_list groups;
    enum person_status status;
    struct str status_word; /* a status that is stated in a word nobody knows, or "" */
    int64_t terminated_us;  /* end of the last day; TIME_NONE unknown. It counts, not the status */
    struct {
        VEC_OF(struct span);
    } leave;
    struct {
        VEC_OF(struct span);
    } on_call;
    int hours_from, hours_to; /* local working hours, -1 unknown */
    int64_t zone_us;          /* offset of time_zone from UTC */
    struct str origin;
};

/* ---- projects, builds, processes, alerts ---- */

struct project {
    struct str project, member, role;
    bool group; /* `member` is a group of people */
    int64_t from_us, to_us;
    struct str_list functions; /* names, prefixes ("pay-*"), tags ("team=pay") */
    struct str_list accounts;
};

struct build {
    struct str function;
    struct str code_sha256, signed_sha256, image_digest; /* lower-case hex */
    struct str commit, repository, branch, change;
    int64_t built_us;
    bool reviewed;
    bool protected_branch;
};

/* `caller`: pattern of an actor's root or role; an address or range of hosts. */
struct process { /* who may call which function, when and how often */
    struct str process, function, caller, schedule, owner, change;
    struct span window;
    double max_per_minute; /* < 0: not limited */
};

enum alert_status { ALERT_OPEN, ALERT_CLOSED, ALERT_FALSE_POSITIVE };
struct alert {
    int64_t time_us;
    struct str kind; /* "guardduty", "suricata", "incident", … */
    struct str severity;
    enum alert_status status;
    struct str_list addresses; /* as ip_format spells them, ranges as "a.b.c.d/n", names */
    struct str_list functions, actors;
    struct str text, id;
};

/* ---- functions ---- */

/* A function as an export lists it. The export is of another moment than the events: the names that
 * it answers under are taken from it, its code and role are only shown. */
struct listed_function {
    struct function_key key; /* account: "" or a Google project's number where no more is told */
    struct str url, role, code_hash, runtime, version, modified_by;
    struct str_list hosts; /* besides that of the URL: custom domains */
    int64_t modified_us;
    struct str origin;
};

/* ---- people's words, and what is watched ---- */

struct attestation {
    struct str case_id; /* or how it begins */
    enum question question;
    bool legitimate; /* else: suspicious */
    struct str who, channel, text;
    int64_t at_us;      /* TIME_NONE: not told */
    int64_t expires_us; /* from then on it counts no more */
    struct str origin;
};

enum watch_kind {
    WATCH_ANY,
    WATCH_FUNCTION,
    WATCH_ACTOR,
    WATCH_ROLE,
    WATCH_ADDRESS,
    WATCH_KIND_MAX_
};
const char *watch_kind_name(enum watch_kind k);

struct watched {
    struct str entity; /* name, ARN or pattern; an address or a range */
    enum watch_kind kind;
    bool is_range;
    struct ip_prefix prefix;
    int64_t from_us, until_us; /* TIME_NONE: open */
    struct str why, who, origin;
};

/* ---- env ---- */

struct env_account {
    struct str id, alias, kind; /* kind: "prod", "dev", "sandbox", … */
    bool production;            /* as stated; else false for kind dev, test, sandbox, staging */
};

enum range_kind {
    RANGE_INTERNAL,
    RANGE_OFFICE,
    RANGE_NAT,
    RANGE_CI,
    RANGE_PROXY,
    RANGE_PARTNER,
    RANGE_SERVER, /* servers and plant: no person browses from there */
    RANGE_KIND_MAX_
};
const char *range_kind_name(enum range_kind k);

struct env_range {
    struct ip_prefix prefix;
    enum range_kind kind;
};

struct env_exercise {
    struct str name, contact;
    struct span window;
    struct str_list principals, addresses, scope;
};

struct env_vendor {
    struct str name;
    struct str_list principals, actions, layer_accounts, log_sinks;
    int64_t until_us;
};

struct env_standard_change {
    struct str template;
    struct str_list resources, pipelines;
};

struct env_pipeline {
    struct str name;          /* pattern over an actor's root: role ARN, OIDC subject, user */
    struct str repository;    /* bound to it, or "" */
    struct str_list accounts; /* it may deploy to; empty: any of ours */
};

enum work_class { /* what somebody does, for job families (context/work.h) */
                  WORK_CODE,
                  WORK_CONFIGURE,
                  WORK_DEPLOY,
                  WORK_IDENTITY,
                  WORK_LOGGING,
                  WORK_INVOKE,
                  WORK_READ,
                  WORK_LOGIN,
                  WORK_CLASS_MAX_
};

struct env_job_family {
    struct str_list names;      /* patterns over a person's job family */
    unsigned usual, production; /* sets of 1 << enum work_class: elsewhere, in production */
};

struct env {
    bool given;
    struct str organization;
    struct {
        VEC_OF(struct env_account);
    } accounts;
    struct {
        VEC_OF(struct env_range);
    } ranges;
    struct {
        VEC_OF(struct env_pipeline);
    } pipelines;
    struct {
        VEC_OF(struct env_exercise);
    } exercises;
    struct {
        VEC_OF(struct env_vendor);
    } vendors;
    struct {
        VEC_OF(struct env_standard_change);
    } standard_changes;
    struct {
        VEC_OF(struct span);
    } freezes;
    struct {
        VEC_OF(struct env_job_family);
    } job_families;
    struct str_list crown_jewels;     /* function name patterns */
    struct str_list public_functions; /* approved as public */
    struct str_list break_glass;      /* actor patterns */
    struct str_list shared_accounts;  /* actor patterns */
    struct str_list layer_accounts;   /* allowed publishers of layers */
    struct str change_required;       /* "ticket", "all", "none", or "" = default */
    struct str_list change_required_accounts;
    struct map columns;    /* "changes.start" -> struct str_list of header texts of the user */
    struct map timezone;   /* file name, kind, or "*" for all -> struct str: offset from UTC */
    struct map delays;     /* source -> struct str: "15m"; see env_delay_us */
    struct map thresholds; /* name -> struct str; see env_threshold */
};

bool env_account_is_ours(const struct env *e, struct str account);
bool env_account_is_production(const struct env *e, struct str account); /* unknown: true */
/* Kind of own range the address lies in; false: none. */
bool env_range_of(const struct env *e, const struct ip *ip, enum range_kind *out);
/* Ranges of CI are known, and this public address is in none, nor in one of our networks that a
 * runner may stand behind. */
bool env_outside_ci(const struct env *e, const struct ip *ip);
/* '*' matches any run of bytes; ASCII case folded. */
bool env_pattern(struct str pattern, struct str text);
bool env_any(const struct str_list *patterns, struct str text);
/* Usual delay of a source as set by the user, else `usual_us`. */
int64_t env_delay_us(const struct env *e, struct str source, int64_t usual_us);
/* A threshold as set by the user, else `usual`. */
double env_threshold(const struct env *e, struct str name, double usual);
/* May a change of this account go without a record? False: `change_required` covers it. Default:
 * all accounts but those whose kind is dev, test or sandbox. */
bool env_change_required(const struct env *e, struct str account);

/* ---- the whole ---- */

enum context_kind {
    CONTEXT_CHANGES,
    CONTEXT_PEOPLE,
    CONTEXT_PROJECTS,
    CONTEXT_BUILDS,
    CONTEXT_PROCESSES,
    CONTEXT_ALERTS,
    CONTEXT_FUNCTIONS,
    CONTEXT_ATTEST,
    CONTEXT_WATCH,
    CONTEXT_KIND_MAX_
};
const char *context_kind_name(enum context_kind k); /* "changes": also the option's name */

/* A row that could not be used. */
struct context_skip {
    struct str path;
    uint64_t line; /* from 1; 0 where the format has no lines: the reason names the record */
    struct str reason;
};

struct context {
    struct arena arena;
    struct env env;
    struct {
        VEC_OF(struct change);
    } changes;
    struct {
        VEC_OF(struct person);
    } people;
    struct {
        VEC_OF(struct project);
    } projects;
    struct {
        VEC_OF(struct build);
    } builds;
    struct {
        VEC_OF(struct process);
    } processes;
    struct {
        VEC_OF(struct alert);
    } alerts;
    struct {
        VEC_OF(struct listed_function);
    } functions;
    struct {
        VEC_OF(struct attestation);
    } attestations;
    struct {
        VEC_OF(struct watched);
    } watched;
    bool given[CONTEXT_KIND_MAX_];
    bool partial[CONTEXT_KIND_MAX_]; /* rows were skipped */
    int64_t newest_us[CONTEXT_KIND_MAX_];
    struct str_list notes; /* extra columns ignored, … */
    struct {
        VEC_OF(struct context_skip);
    } skipped; /* the first CONTEXT_SKIPS_MAX; `skips` counts all */
    uint64_t skips;

    /* private: made by context_finish for context_person, context_build_of and the matcher */
    struct map person_ids; /* id -> index, while reading */
    struct map person_index;
    struct map build_index;
    struct map change_index;
    int64_t *change_until_us; /* [i]: latest moment that changes[0..i] may cover */
};

enum { CONTEXT_SKIPS_MAX = 1000 };

struct column; /* context/table.h */

struct context_ops {
    enum context_kind kind;
    const char *summary;
    const struct column *columns; /* the canonical table, what `columns:` may name */
    size_t column_count;
    /* Read one file of this kind into *c, copying what is kept of `text`. ERR_SCHEMA: a required
     * column or key is missing, or a time needs a zone (the message names the file, the column and
     * the remedy); a bad row is a skip. */
    enum err_code (*read)(struct context *c, struct str path, struct str text, struct err *err);
};
extern const struct context_ops *const context_registry[];

NODISCARD struct context *context_new(void);
void context_free(struct context *c);
/* Settings first: they map columns and zones for what is read after. */
NODISCARD enum err_code context_load_env(struct context *c, struct str path, struct err *err);
NODISCARD enum err_code context_load(struct context *c, enum context_kind kind, struct str path,
                                     struct err *err);
/* The same for texts that are in memory; `path` is their name in messages. */
NODISCARD enum err_code context_load_env_text(struct context *c, struct str path, struct str text,
                                              struct err *err);
NODISCARD enum err_code context_load_text(struct context *c, enum context_kind kind,
                                          struct str path, struct str text, struct err *err);
/* Sort and index; two records of one change (same id) become one, the later update counts.
 * Afterwards only read, by any thread. */
NODISCARD enum err_code context_finish(struct context *c, struct err *err);

/* The person behind an actor's root (mail, login, other id, user name of an ARN); NULL: none. */
const struct person *context_person(const struct context *c, const struct actor *actor);
/* The person a record names by mail, login, id or full name; NULL: nobody, or not only one. */
const struct person *context_person_named(const struct context *c, struct str text);
/* A build with this hash (any of the three kinds); NULL: none. */
const struct build *context_build_of(const struct context *c, struct str hash);
/* Is the host with this address a caller of the process? */
bool process_caller_is_host(const struct process *p, const struct ip *ip);
/* What is watched that this event is about; NULL: nothing. */
const struct watched *context_watch_of(const struct context *c, const struct event *e);
/* Is the person, or who bears this name, the project's member, or of the group that is? */
bool project_has_member(const struct project *pr, const struct person *p, struct str name);
bool person_on_leave(const struct person *p, int64_t at_us);
bool person_on_call(const struct person *p, int64_t at_us);

#endif
