/*
 * regular_caller - D49: one address calls a function at fixed intervals.
 */
#include <stdio.h>

#include "context/process.h"
#include "detect/tools.h"
#include "network/beacon.h"

enum { PAIRS_MAX = 50000, SPAN_MIN_S = 7200 };

#define SCORE_HIGH 0.8
#define SCORE_SURE 0.9

static const struct str techniques[] = {STR_INIT("T1102.002")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.regular_caller"),
     .ref = STR_INIT("D49"),
     .title = STR_INIT("Function called at fixed intervals from one address"),
     .description = STR_INIT("One address without credentials calls the function as regularly as "
                             "a program that calls home."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.7,
     .question = Q4,
     .indicator = KI3,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
    {.id = STR_INIT("faaswatch.regular_caller_sure"),
     .ref = STR_INIT("D49"),
     .title = STR_INIT("Function called at fixed intervals from one address"),
     .description = STR_INIT("One address without credentials calls the function as regularly as "
                             "a program that calls home."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.9,
     .question = Q4,
     .indicator = KI3,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
};

struct pair {
    struct series when;
    const struct event *first;
    bool open; /* the function is approved as public */
};

struct state {
    struct map pairs; /* function and address -> struct pair */
    uint32_t from_s, to_s;
};

static uint32_t second_of(int64_t us)
{
    return (uint32_t)(us / TIME_SECOND_US);
}

static bool is_asked(const struct detect_view *v)
{
    const struct event *e = v->event;
    enum range_kind range;
    return e->kind == EVENT_INVOKE && e->who.kind == IDENTITY_ANONYMOUS && v->function != NULL &&
           e->address.len > 0 && e->time_us > 0 && e->outcome != OUTCOME_DENIED &&
           !ip_is_private(&e->ip) && !env_range_of(&v->context->env, &e->ip, &range) &&
           (v->since_us == TIME_NONE || e->time_us >= v->since_us) &&
           process_of(v->context, e, process_rate_of(e)) == NULL;
}

/* ERR_LIMIT: one pair too many. */
static enum err_code pair_of(struct state *s, const struct detect_view *v, struct pair **out)
{
    char text[1024];
    int n = snprintf(text, sizeof(text), "%.*s %.*s", STR_ARG(v->function->text),
                     STR_ARG(v->event->address));
    struct str key = str_make(text, n > 0 && (size_t)n < sizeof(text) ? (size_t)n : 0);
    *out = map_get(&s->pairs, key);
    if (*out != NULL) {
        return ERR_OK;
    }
    if (s->pairs.len >= PAIRS_MAX || key.len == 0) {
        return ERR_LIMIT;
    }
    struct map_entry *entry = map_intern(&s->pairs, v->arena, key);
    struct pair *p = entry == NULL ? NULL : ARENA_NEW(v->arena, struct pair);
    if (p == NULL) {
        return ERR_NOMEM;
    }
    p->first = v->event;
    p->open = env_any(&v->context->env.public_functions, v->event->function.name) ||
              env_any(&v->context->env.public_functions, v->function->text);
    entry->value = p;
    *out = p;
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    const struct event *e = v->event;
    struct pair *p;
    (void)err;
    if (!is_asked(v)) {
        return ERR_OK;
    }
    uint32_t at = second_of(e->time_us);
    uint32_t last = second_of(e->last_us > e->time_us ? e->last_us : e->time_us);
    s->from_s = s->from_s == 0 || at < s->from_s ? at : s->from_s;
    s->to_s = last > s->to_s ? last : s->to_s;
    enum err_code rc = pair_of(s, v, &p);
    if (rc != ERR_OK) {
        return rc == ERR_LIMIT ? ERR_OK : rc;
    }
    return series_add(&p->when, at, 0) && (last == at || series_add(&p->when, last, 0)) ? ERR_OK
                                                                                        : ERR_NOMEM;
}

static enum err_code judge(const struct state *s, const struct detect_view *v, const struct pair *p)
{
    if (p->when.added < BEACON_POINTS_MIN || p->when.max_s - p->when.min_s < SPAN_MIN_S) {
        return ERR_OK;
    }
    struct beacon b = beacon_measure(&p->when, NULL, s->from_s, s->to_s);
    if (!b.scored || b.score < SCORE_HIGH) {
        return ERR_OK;
    }
    return detect_say_at(v, p->first, &detections[b.score >= SCORE_SURE ? 1 : 0],
                         p->open ? SEVERITY_LOW : SEVERITY_HIGH,
                         "%.*s called %.*s every %.0f s, %llu times, score %.2f: time %.2f, spread "
                         "%.2f, duration %.2f%s",
                         SAY(p->first->address), SAY(p->first->function.name), b.median_s,
                         (unsigned long long)p->when.added, b.score, b.time, b.spread, b.duration,
                         p->open ? "; the function is approved as public" : "");
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    enum err_code rc = ERR_OK;
    (void)err;
    for (size_t i = 0; rc == ERR_OK && i < s->pairs.len; i++) {
        rc = judge(s, v, s->pairs.at[i].value);
    }
    return rc;
}

static void release(void *state)
{
    struct state *s = state;
    for (size_t i = 0; i < s->pairs.len; i++) {
        if (s->pairs.at[i].value != NULL) {
            series_free(&((struct pair *)s->pairs.at[i].value)->when);
        }
    }
    map_free(&s->pairs);
}

const struct detect_ops detect_regular_caller = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
