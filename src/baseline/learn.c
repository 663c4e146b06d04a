/*
 * learn - from events to what is usual.
 */
#include "baseline/baseline.h"
#include "baseline/baseline_priv.h"
#include "baseline/principals.h"

struct channels {
    double calls[CHANNEL_MAX_];
};

enum err_code baseline_survey(struct baseline *b, const struct event *e)
{
    enum channel channel = event_channel(e);
    if (channel == CHANNEL_NONE) {
        return ERR_OK;
    }
    CLEANUP(arena_free) struct arena a = {0};
    struct str text;
    if (!function_key_text(&e->function, &a, &text)) {
        return ERR_NOMEM;
    }
    if (map_find(&b->channels, text) == NULL && b->channels.len >= BASELINE_FUNCTIONS_MAX) {
        return ERR_OK;
    }
    struct map_entry *entry = map_intern(&b->channels, &b->arena, text);
    if (entry == NULL ||
        (entry->value == NULL && (entry->value = ARENA_NEW(&b->arena, struct channels)) == NULL)) {
        return ERR_NOMEM;
    }
    ((struct channels *)entry->value)->calls[channel] += (double)e->count;
    return ERR_OK;
}

/* A log that names callers is better than one that does not, unless it tells of fewer than half of
 * the calls: then it is not on everywhere, or was not all the time. */
static enum channel best_channel(const struct channels *c)
{
    enum channel best = CHANNEL_NONE;
    double most = 0;
    for (unsigned i = 0; c != NULL && i < CHANNEL_MAX_; i++) {
        most = c->calls[i] > most ? c->calls[i] : most;
    }
    for (unsigned i = CHANNEL_MAX_; c != NULL && i-- > CHANNEL_NONE + 1U;) {
        best = c->calls[i] > 0 && 2 * c->calls[i] >= most ? (enum channel)i : best;
    }
    return best;
}

static enum err_code learn_value(struct values *v, enum value_kind kind, struct str text,
                                 const struct event *e)
{
    uint64_t hash;
    if (!value_hash(text, &hash)) {
        return ERR_NOMEM;
    }
    values_add(v, kind, hash, event_day(e), e->count);
    return ERR_OK;
}

static enum err_code learn_calls(struct usual *u, const struct event *e)
{
    int64_t minute;
    double calls;
    struct call_iter it = call_iter_of(e);
    bool failed = e->outcome != OUTCOME_OK;
    while (call_next(&it, &minute, &calls)) {
        calls_add(&u->calls, minute, calls, failed ? calls : 0);
    }
    if (e->kind != EVENT_INVOKE || e->address.len == 0) {
        return ERR_OK;
    }
    uint64_t hash;
    if (!value_hash(e->address, &hash)) {
        return ERR_NOMEM;
    }
    calls_add_address(&u->calls, event_day(e), hash);
    return ERR_OK;
}

static enum err_code learn_change(struct usual *u, const struct event *e)
{
    struct str who = e->actor != NULL ? e->actor->root : e->who.principal;
    enum err_code rc = learn_value(&u->values, VALUE_CHANGER, who, e);
    return rc ? rc : learn_value(&u->values, VALUE_WAY, event_way(e), e);
}

/* ---- runs ---- */

static void learn_run(struct usual *u, const struct event *e)
{
    double value;
    for (unsigned m = 0; m < RUN_METRIC_MAX_; m++) {
        if (event_metric(e, (enum run_metric)m, &value)) {
            runtime_add(&u->runtime, (enum run_metric)m, value, event_day(e));
        }
    }
    if (e->kind == EVENT_RUN) {
        runtime_add_lines(&u->runtime, 0, (double)e->count, event_day(e));
    }
}

static enum err_code learn_log(struct usual *u, const struct event *e)
{
    static const struct {
        enum event_attr attr;
        enum value_kind kind;
    } rows[] = {{ATTR_EXTENSION, VALUE_EXTENSION},
                {ATTR_LOG_HOST, VALUE_HOST},
                {ATTR_LOG_WORDS, VALUE_LINE}};
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(rows); i++) {
        struct str text = event_attr_get(e, rows[i].attr);
        rc = text.len == 0 ? ERR_OK : learn_value(&u->values, rows[i].kind, text, e);
    }
    if (str_eq(e->name, STR("log"))) { /* the function's own, not the platform's */
        runtime_add_lines(&u->runtime, (double)e->count, 0, event_day(e));
    }
    return rc;
}

/* ---- actors and accounts ---- */

static enum err_code learn_network(const struct baseline *b, struct habit *h, const struct event *e,
                                   struct arena *a)
{
    char block[IP_TEXT_MAX + 4];
    struct network_names names = {STR_EMPTY, STR_EMPTY};
    struct str text = event_block(e, block);
    if (text.len == 0) {
        return ERR_OK;
    }
    if (b->namer != NULL && !b->namer(b->namer_arg, &e->ip, a, &names)) {
        return ERR_NOMEM;
    }
    enum err_code rc = learn_value(&h->values, VALUE_BLOCK, text, e);
    if (rc == ERR_OK && names.system.len > 0) {
        rc = learn_value(&h->values, VALUE_SYSTEM, names.system, e);
    }
    if (rc == ERR_OK && names.country.len > 0) {
        rc = learn_value(&h->values, VALUE_COUNTRY, names.country, e);
    }
    return rc;
}

static enum err_code learn_writes(const struct baseline *b, struct habit *h, const struct event *e)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str agent;
    if (!event_agent(e, &a, &agent)) {
        return ERR_NOMEM;
    }
    enum err_code rc = learn_network(b, h, e, &a);
    return rc != ERR_OK || agent.len == 0 ? rc : learn_value(&h->values, VALUE_AGENT, agent, e);
}

static enum err_code learn_actor(struct baseline *b, const struct event *e)
{
    char key[HABIT_KEY_BYTES];
    struct habit *h;
    if (!event_has_habits(e) || e->outcome == OUTCOME_DENIED) {
        return ERR_OK;
    }
    if (!habit_actor_key(e, key)) {
        return ERR_NOMEM;
    }
    enum err_code rc = habit_of(b, &b->actors, str_make(key, sizeof(key)), &h);
    if (rc == ERR_LIMIT) {
        b->beyond++;
        return ERR_OK;
    }
    if (rc != ERR_OK) {
        return rc;
    }
    habit_add_hour(h, (int32_t)(e->time_us / TIME_HOUR_US));
    return e->outcome == OUTCOME_OK && event_writes(e) ? learn_writes(b, h, e) : ERR_OK;
}

static enum err_code learn_account(struct baseline *b, const struct event *e)
{
    static const enum event_attr kinds[] = {ATTR_ARCHITECTURE, ATTR_PACKAGE};
    CLEANUP(arena_free) struct arena a = {0};
    struct str key;
    struct habit *h;
    if (!habit_account_key(e, &a, &key)) {
        return ERR_NOMEM;
    }
    enum err_code rc = habit_of(b, &b->accounts, key, &h);
    if (rc == ERR_LIMIT) {
        b->beyond++;
        return ERR_OK;
    }
    if (rc == ERR_OK && e->function.region.len > 0) {
        rc = learn_value(&h->values, VALUE_REGION, e->function.region, e);
    }
    struct str family = runtime_family(event_attr_get(e, ATTR_RUNTIME));
    if (rc == ERR_OK && family.len > 0) {
        rc = learn_value(&h->values, VALUE_RUNTIME, family, e);
    }
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(kinds); i++) {
        struct str text = event_attr_get(e, kinds[i]);
        rc = text.len == 0 ? ERR_OK : learn_value(&h->values, VALUE_RUNTIME, text, e);
    }
    return rc;
}

/* ---- all ---- */

static enum err_code learn_counts(struct baseline *b, struct str text, struct usual *u,
                                  const struct event *e)
{
    enum err_code rc = ERR_OK;
    enum channel channel = event_channel(e);
    if (channel == CHANNEL_NONE) {
        return ERR_OK;
    }
    if (u->channel == CHANNEL_NONE) {
        enum channel best = best_channel(map_get(&b->channels, text));
        u->channel = (uint8_t)best;
    }
    /* Who called is known whichever channel counts; refused calls make nobody known. */
    if (channel == CHANNEL_CALLER && e->outcome != OUTCOME_DENIED) {
        rc = learn_value(&u->values, VALUE_CALLER, event_caller(e), e);
    }
    return rc == ERR_OK && u->channel == channel ? learn_calls(u, e) : rc;
}

static enum err_code learn_function(struct baseline *b, const struct event *e)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str text;
    struct usual *u = NULL;
    enum err_code rc = function_key_text(&e->function, &a, &text) ? ERR_OK : ERR_NOMEM;
    rc = rc ? rc : usual_of(b, text, &u);
    if (rc == ERR_LIMIT) {
        b->beyond++;
        return ERR_OK;
    }
    if (rc != ERR_OK) {
        return rc;
    }
    learn_run(u, e);
    rc = e->kind == EVENT_LOG ? learn_log(u, e) : learn_counts(b, text, u, e);
    return rc == ERR_OK && e->kind == EVENT_CHANGE ? learn_change(u, e) : rc;
}

enum err_code baseline_learn(struct baseline *b, const struct event *e)
{
    if (e->time_us == TIME_NONE || e->time_us < 0) {
        return ERR_OK;
    }
    covered_mark(&b->covered, event_day(e));
    enum err_code rc = principals_learn(b, e);
    rc = rc ? rc : learn_actor(b, e);
    bool change = e->kind == EVENT_CHANGE && e->outcome == OUTCOME_OK;
    if (rc != ERR_OK || e->function.name.len == 0) {
        return rc;
    }
    rc = change ? learn_account(b, e) : ERR_OK;
    bool about = change || e->kind == EVENT_LOG || event_channel(e) != CHANNEL_NONE;
    return rc == ERR_OK && about ? learn_function(b, e) : rc;
}
