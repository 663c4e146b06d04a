#include "engine/calls.h"

#include "base/map.h"

/* What is known of one account. */
struct calls_of {
    uint64_t calls, rates, runs;
    const struct event *selectors; /* last change of what a trail records of functions */
    const struct event *audit;     /* last time that an audit class was taken away */
    const struct event *logpush;   /* last change of a Worker's logpush */
};

/* Sources that tell who changed functions; what would tell of their calls. */
static const struct {
    struct str source;
    const char *without;
} audits[] = {
    {STR_INIT("aws.cloudtrail"), "no data events: calls of functions are not seen here"},
    {STR_INIT("gcp.audit"), "no data access or request logs: CallFunction, RunJob and changes of "
                            "Eventarc are disabled by default"},
    {STR_INIT("cloudflare.audit"), "no trace events: Workers log their runs only with logpush"},
    {STR_INIT("cloudflare.audit_v2"), "no trace events: Workers log their runs only with logpush"},
};

static struct calls_of *of_account(struct map *m, struct arena *a, struct str account)
{
    struct map_entry *e = map_put(m, account);
    if (e != NULL && e->value == NULL) {
        e->value = ARENA_NEW(a, struct calls_of);
    }
    return e == NULL ? NULL : e->value;
}

static bool take(struct map *m, struct arena *a, const struct event *e)
{
    struct str account = e->function.account.len > 0 ? e->function.account : e->account;
    bool logging = e->kind == EVENT_LOGGING || e->kind == EVENT_CHANGE;
    if (account.len == 0 ||
        (e->kind != EVENT_INVOKE && e->kind != EVENT_RATE && e->kind != EVENT_RUN && !logging)) {
        return true;
    }
    struct calls_of *c = of_account(m, a, account);
    if (c == NULL) {
        return false;
    }
    c->calls += e->kind == EVENT_INVOKE ? e->count : 0;
    c->rates += e->kind == EVENT_RATE ? e->count : 0;
    c->runs += e->kind == EVENT_RUN ? e->count : 0;
    if (logging && e->outcome == OUTCOME_OK) {
        c->selectors = event_has(e, ATTR_LOGS_FUNCTION_DATA) ? e : c->selectors;
        c->audit = event_has(e, ATTR_AUDIT_GONE) ? e : c->audit;
        c->logpush = event_has(e, ATTR_LOGPUSH) ? e : c->logpush;
    }
    return true;
}

/* ---- in words ---- */

static bool since(struct arena *a, const struct event *e, const char *what, struct str thing,
                  struct str *out)
{
    char when[TIME_TEXT_MAX];
    (void)time_format(e->time_us, when);
    return arena_printf(a, out, "%s %.*s, since %s", what, STR_ARG(str_head(thing, 120)), when);
}

/* Somebody said what is to be logged, and it is less than all. */
static bool narrowed(struct arena *a, const struct calls_of *c, struct str *out)
{
    *out = STR_EMPTY;
    if (c->selectors != NULL && event_has(c->selectors, ATTR_LOGS_FUNCTION_LIMIT)) {
        return since(a, c->selectors, "selectors narrowed: a trail records calls only of",
                     event_attr_get(c->selectors, ATTR_LOGS_FUNCTION_LIMIT), out);
    }
    if (c->selectors != NULL &&
        !event_attr_is(c->selectors, ATTR_LOGS_FUNCTION_DATA, STR("true"))) {
        return since(a, c->selectors, "selectors narrowed: calls of functions are not recorded by",
                     event_attr_get(c->selectors, ATTR_TRAIL), out);
    }
    if (c->audit != NULL) {
        return since(a, c->audit,
                     "audit logs taken away:", event_attr_get(c->audit, ATTR_AUDIT_GONE), out);
    }
    if (c->logpush != NULL && event_attr_is(c->logpush, ATTR_LOGPUSH, STR("false"))) {
        return since(a, c->logpush, "logpush is off for", c->logpush->function.name, out);
    }
    return true;
}

static bool tell(struct arena *a, const struct calls_of *c, const char *without,
                 struct source_seen *row)
{
    struct str less = STR_EMPTY;
    if (c != NULL && !narrowed(a, c, &less)) {
        return false;
    }
    row->calls_known = true;
    if (c != NULL && c->calls > 0) {
        row->calls = less.len > 0 ? COVERAGE_PARTIAL : COVERAGE_PRESENT;
        row->calls_note = less;
        return true;
    }
    const char *why = without;
    row->calls = COVERAGE_ABSENT;
    if (c != NULL && c->rates > 0) {
        row->calls = COVERAGE_PARTIAL;
        why = "rate present, callers absent: metrics count the calls, no log names a caller";
    } else if (c != NULL && c->runs > 0) {
        row->calls = COVERAGE_PARTIAL;
        why = "runs present, callers absent: execution logs tell the runs, no log names a caller";
    }
    row->calls_note = str_of(why);
    return less.len == 0 || arena_printf(a, &row->calls_note, "%s; %.*s", why, STR_ARG(less));
}

static const char *without_of(struct str source)
{
    for (size_t i = 0; i < ARRAY_LEN(audits); i++) {
        if (str_eq(audits[i].source, source)) {
            return audits[i].without;
        }
    }
    return NULL;
}

bool calls_tell(const struct scan_result *scan, struct arena *a, struct result *r)
{
    struct map accounts = {0};
    struct arena scratch = {0};
    bool fine = true;
    for (size_t i = 0; fine && i < scan->events.len; i++) {
        fine = take(&accounts, &scratch, scan->events.at[i]);
    }
    for (size_t i = 0; fine && i < r->sources.len; i++) {
        struct source_seen *row = &r->sources.at[i];
        const char *without = without_of(row->source);
        if (row->account.len > 0 && without != NULL && row->records > 0) {
            fine = tell(a, map_get(&accounts, row->account), without, row);
        }
    }
    map_free(&accounts);
    arena_free(&scratch);
    return fine;
}
