/*
 * How events tell of their actors and of runs.
 */
#include "baseline/baseline.h"

enum { AGENT_MAX = 48 };

bool event_has_habits(const struct event *e)
{
    bool kind = e->kind == EVENT_CHANGE || e->kind == EVENT_IDENTITY || e->kind == EVENT_ASSUME ||
                e->kind == EVENT_LOGIN || e->kind == EVENT_LOGGING || e->kind == EVENT_DEPLOY ||
                e->kind == EVENT_READ;
    const struct actor *a = e->actor;
    return kind && a != NULL && a->resolved && !a->shared && a->root.len > 0 &&
           a->kind != IDENTITY_SERVICE && e->time_us != TIME_NONE && e->time_us >= 0;
}

bool event_writes(const struct event *e)
{
    return (e->kind == EVENT_CHANGE || e->kind == EVENT_IDENTITY || e->kind == EVENT_LOGGING ||
            e->kind == EVENT_DEPLOY) &&
           !event_has(e, ATTR_DRY_RUN);
}

struct str event_block(const struct event *e, char out[IP_TEXT_MAX + 4])
{
    if (e->address.len == 0 || ip_is_private(&e->ip)) {
        return STR_EMPTY;
    }
    struct ip ip = e->ip;
    bool v4 = ip_is_v4(&ip);
    memset(&ip.byte[v4 ? 14 : 4], 0, v4 ? 2 : 12);
    size_t len = ip_format(&ip, out);
    memcpy(out + len, v4 ? "/16" : "/32", 3);
    return str_make(out, len + 3);
}

/* ---- tools ---- */

/* Systems and tools whose name in a user agent is worth telling apart. */
static const struct str marks[] = {
    STR_INIT("kali"),       STR_INIT("parrot"),     STR_INIT("pentoo"),  STR_INIT("pacu"),
    STR_INIT("trufflehog"), STR_INIT("scoutsuite"), STR_INIT("prowler"), STR_INIT("stratus")};

static bool has_mark(struct str agent, struct str mark)
{
    for (size_t i = 0; i + mark.len <= agent.len; i++) {
        if (str_ieq(str_head(str_from(agent, i), mark.len), mark)) {
            return true;
        }
    }
    return false;
}

bool event_agent(const struct event *e, struct arena *a, struct str *out)
{
    /* "[aws-cli/2.1 ...]", "aws-cli/2.1 ...", "cloudformation.amazonaws.com", "APN/1.0 ..." */
    struct str agent = str_trim(e->user_agent);
    agent = str_starts(agent, STR("[")) ? str_from(agent, 1) : agent;
    size_t end = 0;
    while (end < agent.len && agent.ptr[end] != '/' && agent.ptr[end] != ' ' &&
           agent.ptr[end] != ';' && agent.ptr[end] != ']') {
        end++;
    }
    struct str family = str_head(agent, end < AGENT_MAX ? end : (size_t)AGENT_MAX);
    *out = STR_EMPTY;
    if (family.len == 0) {
        return true;
    }
    char lower[AGENT_MAX];
    for (size_t i = 0; i < family.len; i++) {
        lower[i] = chr_lower(family.ptr[i]);
    }
    bool fine = arena_printf(a, out, "%.*s %.*s", STR_ARG(e->service), (int)family.len, lower);
    for (size_t i = 0; fine && i < ARRAY_LEN(marks); i++) {
        if (has_mark(str_from(agent, family.len), marks[i])) {
            fine = arena_printf(a, out, "%.*s %.*s", STR_ARG(*out), STR_ARG(marks[i]));
        }
    }
    return fine;
}

struct str runtime_family(struct str runtime)
{
    size_t n = 0;
    while (n < runtime.len && !chr_is_digit(runtime.ptr[n]) && runtime.ptr[n] != '.' &&
           runtime.ptr[n] != ':') {
        n++;
    }
    return str_head(runtime, n);
}

/* ---- runs ---- */

bool event_metric(const struct event *e, enum run_metric m, double *out)
{
    static const enum event_attr attrs[RUN_METRIC_MAX_] = {[RUN_DURATION] = ATTR_WALL_MS,
                                                           [RUN_MEMORY] = ATTR_MEMORY_USED_MB,
                                                           [RUN_INIT] = ATTR_INIT_MS,
                                                           [RUN_CPU] = ATTR_CPU_MS,
                                                           [RUN_SUBREQUESTS] = ATTR_SUBREQUESTS};
    if (e->kind != EVENT_RUN && e->kind != EVENT_INVOKE) {
        return false;
    }
    struct str text = event_attr_get(e, attrs[m]);
    return text.len > 0 && str_f64(text, out) && *out >= 0;
}
