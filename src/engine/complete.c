#include "engine/complete.h"

#include "base/map.h"

/* Stands for more than one function. */
static const struct function_key several = {STR_INIT("several"), STR_INIT(""), STR_INIT(""),
                                            STR_INIT("")};

static bool is_incomplete(const struct event *e)
{
    return e->function.name.len > 0 && e->function.region.len == 0 &&
           str_eq(e->function.provider, STR("aws"));
}

/* "ACCOUNT/NAME"; what names no account is looked up by "/NAME". */
static bool key_of(struct str account, const struct event *e, struct arena *a, struct str *out)
{
    return arena_printf(a, out, "%.*s/%.*s", STR_ARG(account), STR_ARG(e->function.name));
}

static bool learn_as(struct str account, const struct event *e, struct arena *scratch,
                     struct arena *a, struct map *out)
{
    struct str key;
    arena_reset(scratch);
    if (!key_of(account, e, scratch, &key)) {
        return false;
    }
    struct map_entry *entry = map_intern(out, a, key);
    if (entry == NULL) {
        return false;
    }
    const struct function_key *known = entry->value;
    bool other = known != NULL && !function_key_eq(known, &e->function);
    entry->value = (void *)(uintptr_t)(other ? &several : &e->function);
    return true;
}

/* Key -> the function, or `several`. */
static bool learn(struct event *const *events, size_t count, struct arena *a, struct map *out)
{
    CLEANUP(arena_free) struct arena scratch = {0};
    for (size_t i = 0; i < count; i++) {
        const struct function_key *f = &events[i]->function;
        if (f->name.len == 0 || f->region.len == 0 || !str_eq(f->provider, STR("aws"))) {
            continue;
        }
        if (!learn_as(f->account, events[i], &scratch, a, out) ||
            !learn_as(STR_EMPTY, events[i], &scratch, a, out)) {
            return false;
        }
    }
    return true;
}

bool complete_functions(struct event **events, size_t count)
{
    CLEANUP(arena_free) struct arena a = {0};
    CLEANUP(map_free) struct map functions = {0};
    bool any = false;
    for (size_t i = 0; i < count && !any; i++) {
        any = is_incomplete(events[i]);
    }
    if (!any) {
        return true;
    }
    if (!learn(events, count, &a, &functions)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct event *e = events[i];
        struct str key;
        if (!is_incomplete(e)) {
            continue;
        }
        if (!key_of(e->function.account, e, &a, &key)) {
            return false;
        }
        const struct function_key *known = map_get(&functions, key);
        if (known != NULL && known != &several) {
            e->function = *known;
            e->account = known->account;
            e->region = known->region;
        }
    }
    return true;
}
