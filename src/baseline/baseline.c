#include "baseline/baseline.h"

#include <stdlib.h>

#include "baseline/principals.h"

_Static_assert(sizeof(struct usual) <= BASELINE_FUNCTION_BYTES, "a function has its bound");

struct channels {
    double calls[CHANNEL_MAX_];
};

void baseline_init(struct baseline *b)
{
    *b = (struct baseline){0};
    arena_init(&b->arena, 0);
}

void baseline_free(struct baseline *b)
{
    map_free(&b->functions);
    map_free(&b->principals);
    map_free(&b->channels);
    arena_free(&b->arena);
    *b = (struct baseline){0};
}

const struct usual *baseline_of(const struct baseline *b, const struct function_key *k)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str text;
    return function_key_text(k, &a, &text) ? map_get(&b->functions, text) : NULL;
}

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

/* ERR_LIMIT: one function too many. */
static enum err_code usual_of(struct baseline *b, struct str text, struct usual **out)
{
    struct usual *u = map_get(&b->functions, text);
    if (u == NULL && b->functions.len >= BASELINE_FUNCTIONS_MAX) {
        return ERR_LIMIT;
    }
    if (u == NULL) {
        struct map_entry *entry = map_intern(&b->functions, &b->arena, text);
        u = entry == NULL ? NULL : ARENA_NEW(&b->arena, struct usual);
        if (u == NULL) {
            return ERR_NOMEM;
        }
        entry->value = u;
    }
    *out = u;
    return ERR_OK;
}

static enum err_code learn_value(struct usual *u, enum value_kind kind, struct str text,
                                 const struct event *e)
{
    uint64_t hash;
    if (!value_hash(text, &hash)) {
        return ERR_NOMEM;
    }
    values_add(&u->values, kind, hash, event_day(e), e->count);
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
    enum err_code rc = learn_value(u, VALUE_CHANGER, who, e);
    return rc ? rc : learn_value(u, VALUE_WAY, event_way(e), e);
}

enum err_code baseline_learn(struct baseline *b, const struct event *e)
{
    if (e->time_us == TIME_NONE || e->time_us < 0) {
        return ERR_OK;
    }
    covered_mark(&b->covered, event_day(e));
    enum err_code rc = principals_learn(b, e);
    if (rc != ERR_OK) {
        return rc;
    }
    enum channel channel = event_channel(e);
    bool change = e->kind == EVENT_CHANGE && e->outcome == OUTCOME_OK;
    if (e->function.name.len == 0 || (channel == CHANNEL_NONE && !change)) {
        return ERR_OK;
    }
    CLEANUP(arena_free) struct arena a = {0};
    struct str text;
    struct usual *u = NULL;
    rc = function_key_text(&e->function, &a, &text) ? usual_of(b, text, &u) : ERR_NOMEM;
    if (rc == ERR_LIMIT) {
        b->beyond++;
        return ERR_OK;
    }
    if (rc != ERR_OK) {
        return rc;
    }
    if (change) {
        return learn_change(u, e);
    }
    if (u->channel == CHANNEL_NONE) {
        enum channel best = best_channel(map_get(&b->channels, text));
        u->channel = (uint8_t)best;
    }
    /* Who called is known whichever channel counts; refused calls make nobody known. */
    if (channel == CHANNEL_CALLER && e->outcome != OUTCOME_DENIED) {
        rc = learn_value(u, VALUE_CALLER, event_caller(e), e);
    }
    return rc == ERR_OK && u->channel == channel ? learn_calls(u, e) : rc;
}

static enum err_code merge_one(struct baseline *to, struct str text, const struct usual *from)
{
    struct usual *u;
    enum err_code rc = usual_of(to, text, &u);
    if (rc == ERR_LIMIT) {
        to->beyond++;
        return ERR_OK;
    }
    if (rc != ERR_OK) {
        return rc;
    }
    values_merge(&u->values, &from->values);
    if (u->channel == CHANNEL_NONE ||
        (u->channel != from->channel && from->calls.total > u->calls.total)) {
        u->calls = from->calls;
        u->channel = from->channel;
    } else if (u->channel == from->channel) {
        calls_merge(&u->calls, &from->calls);
    }
    return ERR_OK;
}

enum err_code baseline_merge(struct baseline *to, const struct baseline *from)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < from->functions.len; i++) {
        rc = merge_one(to, from->functions.at[i].key, from->functions.at[i].value);
    }
    rc = rc ? rc : principals_merge(to, from);
    covered_merge(&to->covered, &from->covered);
    to->beyond += from->beyond;
    return rc;
}

void baseline_cut(struct baseline *b, int64_t from_us)
{
    int64_t hours = from_us / TIME_HOUR_US;
    if (from_us < 0 || hours > INT32_MAX) {
        return;
    }
    int32_t hour = (int32_t)hours;
    for (size_t i = 0; i < b->functions.len; i++) {
        struct usual *u = b->functions.at[i].value;
        calls_cut(&u->calls, hour);
        values_cut(&u->values, hour / 24);
    }
    principals_cut(b, hour / 24);
    covered_cut(&b->covered, (hour - 1) / 24);
}
