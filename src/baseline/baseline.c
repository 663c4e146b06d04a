#include "baseline/baseline.h"

#include "baseline/baseline_priv.h"
#include "baseline/principals.h"

_Static_assert(sizeof(struct usual) <= BASELINE_FUNCTION_BYTES, "a function has its bound");

void baseline_init(struct baseline *b)
{
    *b = (struct baseline){0};
    arena_init(&b->arena, 0);
}

void baseline_free(struct baseline *b)
{
    map_free(&b->functions);
    map_free(&b->actors);
    map_free(&b->accounts);
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

bool habit_actor_key(const struct event *e, char out[HABIT_KEY_BYTES])
{
    uint64_t hash;
    if (!value_hash(e->actor->root, &hash)) {
        return false;
    }
    memcpy(out, &hash, sizeof(hash));
    return true;
}

bool habit_account_key(const struct event *e, struct arena *a, struct str *out)
{
    return arena_printf(a, out, "%.*s/%.*s", STR_ARG(e->function.provider),
                        STR_ARG(e->function.account));
}

bool baseline_actor(const struct baseline *b, const struct event *e, const struct habit **out)
{
    char key[HABIT_KEY_BYTES];
    *out = NULL;
    if (!event_has_habits(e)) {
        return true;
    }
    if (!habit_actor_key(e, key)) {
        return false;
    }
    *out = map_get(&b->actors, str_make(key, sizeof(key)));
    return true;
}

bool baseline_account(const struct baseline *b, const struct event *e, const struct habit **out)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str key;
    if (!habit_account_key(e, &a, &key)) {
        return false;
    }
    *out = map_get(&b->accounts, key);
    return true;
}

/* ERR_LIMIT: one too many. */
static enum err_code slot_of(struct baseline *b, struct map *m, struct str key, size_t most,
                             size_t size, void **out)
{
    *out = map_get(m, key);
    if (*out != NULL) {
        return ERR_OK;
    }
    if (m->len >= most) {
        return ERR_LIMIT;
    }
    struct map_entry *entry = map_intern(m, &b->arena, key);
    void *fresh = entry == NULL ? NULL : arena_alloc(&b->arena, 1, size, _Alignof(max_align_t));
    if (fresh == NULL) {
        return ERR_NOMEM;
    }
    entry->value = fresh;
    *out = fresh;
    return ERR_OK;
}

enum err_code usual_of(struct baseline *b, struct str text, struct usual **out)
{
    void *at = NULL;
    enum err_code rc = slot_of(b, &b->functions, text, BASELINE_FUNCTIONS_MAX, sizeof(**out), &at);
    *out = at;
    return rc;
}

enum err_code habit_of(struct baseline *b, struct map *m, struct str key, struct habit **out)
{
    void *at = NULL;
    enum err_code rc = slot_of(b, m, key, BASELINE_HABITS_MAX, sizeof(**out), &at);
    *out = at;
    return rc;
}

static enum err_code merge_habits(struct baseline *to, struct map *m, const struct map *from)
{
    for (size_t i = 0; i < from->len; i++) {
        struct habit *h;
        enum err_code rc = habit_of(to, m, from->at[i].key, &h);
        if (rc == ERR_LIMIT) {
            to->beyond++;
        } else if (rc != ERR_OK) {
            return rc;
        } else {
            habit_merge(h, from->at[i].value);
        }
    }
    return ERR_OK;
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
    runtime_merge(&u->runtime, &from->runtime);
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
    rc = rc ? rc : merge_habits(to, &to->actors, &from->actors);
    rc = rc ? rc : merge_habits(to, &to->accounts, &from->accounts);
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
        runtime_cut(&u->runtime, hour / 24);
    }
    for (size_t i = 0; i < b->actors.len; i++) {
        habit_cut(b->actors.at[i].value, hour / 24);
    }
    for (size_t i = 0; i < b->accounts.len; i++) {
        habit_cut(b->accounts.at[i].value, hour / 24);
    }
    principals_cut(b, hour / 24);
    covered_cut(&b->covered, (hour - 1) / 24);
}
