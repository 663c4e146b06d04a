/*
 * How events tell of calls and changes.
 */
#include "baseline/baseline.h"

/* A metric's point longer than this is no rate. */
enum { POINT_MINUTES_MAX = 24 * 60 };

int32_t event_day(const struct event *e)
{
    return (int32_t)(e->time_us / TIME_DAY_US - (e->time_us % TIME_DAY_US < 0 ? 1 : 0));
}

const char *channel_name(enum channel c)
{
    static const char *const names[CHANNEL_MAX_] = {"nothing", "calls", "runs", "metrics"};
    return c < CHANNEL_MAX_ ? names[c] : names[CHANNEL_NONE];
}

/* Metrics that count calls, one for each provider; others count errors or throttles. */
static bool counts_calls(struct str metric)
{
    return str_eq(metric, STR("Invocations")) || str_eq(metric, STR("request_count")) ||
           str_eq(metric, STR("execution_count")) || str_eq(metric, STR("requests"));
}

enum channel event_channel(const struct event *e)
{
    if (e->function.name.len == 0 || e->time_us == TIME_NONE || e->time_us < 0 ||
        event_has(e, ATTR_DRY_RUN)) {
        return CHANNEL_NONE;
    }
    if (e->kind == EVENT_INVOKE) {
        return CHANNEL_CALLER;
    }
    if (e->kind == EVENT_RUN) {
        return CHANNEL_OWN_LOG;
    }
    bool rate = e->kind == EVENT_RATE && counts_calls(event_attr_get(e, ATTR_METRIC));
    return rate ? CHANNEL_METRIC : CHANNEL_NONE;
}

struct call_iter call_iter_of(const struct event *e)
{
    return (struct call_iter){.event = e};
}

/* "BEGIN SECONDS COUNT" */
static bool read_point(struct call_iter *it, struct str text)
{
    struct str begin;
    struct str seconds;
    uint64_t s;
    int64_t at;
    double calls;
    if (!str_cut(&text, ' ', &begin) || !str_cut(&text, ' ', &seconds) ||
        !time_parse_rfc3339(begin, &at) || !str_u64(seconds, &s) || !str_f64(text, &calls) ||
        at < 0 || calls < 0) {
        return false;
    }
    uint64_t minutes = s <= 60 ? 1 : (s + 59) / 60;
    if (minutes > POINT_MINUTES_MAX) {
        return false;
    }
    it->minute = at / TIME_MINUTE_US;
    it->until = it->minute + (int64_t)minutes;
    it->each = calls / (double)minutes;
    return true;
}

bool call_next(struct call_iter *it, int64_t *minute, double *calls)
{
    const struct event *e = it->event;
    if (e->kind != EVENT_RATE) {
        bool first = !it->started;
        it->started = true;
        *minute = e->time_us / TIME_MINUTE_US;
        *calls = (double)e->count;
        return first;
    }
    while (it->minute >= it->until) {
        if (it->attr >= e->attr_count) {
            return false;
        }
        const struct attr *a = &e->attrs[it->attr++];
        if (a->id != ATTR_RATE_POINT || !read_point(it, a->value)) {
            it->minute = it->until;
        }
    }
    *minute = it->minute++;
    *calls = it->each;
    return true;
}

struct str event_caller(const struct event *e)
{
    if (e->who.invoked_by.len > 0) {
        return e->who.invoked_by;
    }
    if (e->who.kind == IDENTITY_ANONYMOUS) {
        return STR("anonymous");
    }
    if (e->actor != NULL && e->actor->root.len > 0) {
        return e->actor->root;
    }
    return e->who.principal.len > 0 ? e->who.principal : STR("anonymous");
}

struct str event_way(const struct event *e)
{
    struct str channel = event_attr_get(e, ATTR_CHANNEL);
    if (e->who.console || str_eq(channel, STR("dash")) || str_eq(channel, STR("quick_editor"))) {
        return STR("console");
    }
    bool pipeline = e->actor != NULL && e->actor->pipeline;
    return pipeline || e->deployment != NULL ? STR("pipeline") : STR("other");
}
