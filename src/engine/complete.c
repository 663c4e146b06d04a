#include "engine/complete.h"

#include "base/map.h"

static const struct str several = STR_INIT(" several ");

static bool is_incomplete(const struct event *e)
{
    return e->function.name.len > 0 && e->function.region.len == 0 &&
           str_eq(e->function.provider, STR("aws"));
}

static bool key_of(const struct event *e, struct arena *a, struct str *out)
{
    return arena_printf(a, out, "%.*s/%.*s", STR_ARG(e->function.account),
                        STR_ARG(e->function.name));
}

/* Account and name -> the region, or `several`. */
static bool learn(struct event *const *events, size_t count, struct arena *a, struct map *out)
{
    CLEANUP(arena_free) struct arena scratch = {0};
    for (size_t i = 0; i < count; i++) {
        const struct function_key *f = &events[i]->function;
        struct str key;
        if (f->name.len == 0 || f->region.len == 0 || !str_eq(f->provider, STR("aws"))) {
            continue;
        }
        arena_reset(&scratch);
        if (!key_of(events[i], &scratch, &key)) {
            return false;
        }
        struct map_entry *entry = map_intern(out, a, key);
        if (entry == NULL) {
            return false;
        }
        const struct str *known = entry->value;
        bool other = known != NULL && !str_eq(*known, f->region);
        entry->value = (void *)(uintptr_t)(other ? &several : &f->region);
    }
    return true;
}

bool complete_regions(struct event **events, size_t count)
{
    CLEANUP(arena_free) struct arena a = {0};
    CLEANUP(map_free) struct map regions = {0};
    bool any = false;
    for (size_t i = 0; i < count && !any; i++) {
        any = is_incomplete(events[i]);
    }
    if (!any) {
        return true;
    }
    if (!learn(events, count, &a, &regions)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct event *e = events[i];
        struct str key;
        if (!is_incomplete(e)) {
            continue;
        }
        if (!key_of(e, &a, &key)) {
            return false;
        }
        const struct str *region = map_get(&regions, key);
        if (region != NULL && region != &several) {
            e->function.region = *region;
            e->region = *region;
        }
    }
    return true;
}
