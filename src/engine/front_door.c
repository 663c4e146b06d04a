#include "engine/front_door.h"

#include "base/map.h"
#include "base/vec.h"

/* A function behind a door, and for which requests. */
struct behind {
    const struct function_key *function;
    struct str method, path; /* as the permission has them, '*' for all; "" not told */
};

struct door {
    VEC_OF(struct behind);
};

struct doors {
    struct map by_id; /* -> struct door */
    struct arena arena;
};

static void doors_free(struct doors *d)
{
    for (size_t i = 0; i < d->by_id.len; i++) {
        struct door *one = d->by_id.at[i].value;
        if (one != NULL) {
            VEC_FREE(one);
        }
    }
    map_free(&d->by_id);
    arena_free(&d->arena);
}

static bool add(struct doors *d, struct str id, const struct behind *b)
{
    struct map_entry *e = map_put(&d->by_id, id);
    if (e == NULL) {
        return false;
    }
    if (e->value == NULL) {
        e->value = ARENA_NEW(&d->arena, struct door);
    }
    struct door *door = e->value;
    for (size_t i = 0; door != NULL && i < door->len; i++) {
        if (function_key_eq(door->at[i].function, b->function) &&
            str_eq(door->at[i].method, b->method) && str_eq(door->at[i].path, b->path)) {
            return true;
        }
    }
    return door != NULL && VEC_PUSH(door, *b);
}

/* arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH, or the ARN of a target group. */
static bool add_grant(struct doors *d, struct str source, const struct function_key *function)
{
    struct behind b = {function, STR_EMPTY, STR_EMPTY};
    struct str unused;
    if (str_find(source, STR(":targetgroup/")) != SIZE_MAX) {
        return add(d, source, &b);
    }
    if (str_find(source, STR(":execute-api:")) == SIZE_MAX) {
        return true;
    }
    struct str rest = str_from(source, str_rchr(source, ':') + 1);
    struct str api;
    if (!str_cut(&rest, '/', &api) || !str_cut(&rest, '/', &unused)) {
        return api.len == 0 || add(d, api, &b);
    }
    if (!str_cut(&rest, '/', &b.method)) {
        b.method = STR_EMPTY;
    }
    b.path = rest;
    return add(d, api, &b);
}

static bool learn(struct doors *d, struct event *const *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct event *e = events[i];
        if (e->kind != EVENT_CHANGE || e->outcome != OUTCOME_OK || e->function.name.len == 0) {
            continue;
        }
        for (size_t k = 0; k < e->attr_count; k++) {
            const struct attr *attr = &e->attrs[k];
            const struct behind b = {&e->function, STR_EMPTY, STR_EMPTY};
            bool fine = attr->value.len == 0            ? true
                        : attr->id == ATTR_API          ? add(d, attr->value, &b)
                        : attr->id == ATTR_GRANT_SOURCE ? add_grant(d, attr->value, &e->function)
                                                        : true;
            if (!fine) {
                return false;
            }
        }
    }
    return true;
}

/* A star at the end of "pay/…" fits whatever follows; "*" and "" fit all. */
static bool fits(struct str pattern, struct str text)
{
    size_t star = str_chr(pattern, '*');
    if (pattern.len == 0) {
        return true;
    }
    return star == SIZE_MAX ? str_eq(pattern, text) : str_starts(text, str_head(pattern, star));
}

/* The one function that the route can mean; NULL when there are several. */
static const struct function_key *choose(const struct door *door, struct str route)
{
    const struct function_key *found = NULL;
    struct str path = route;
    struct str method;
    if (!str_cut(&path, ' ', &method)) {
        method = STR_EMPTY;
    }
    path = str_starts(path, STR("/")) ? str_from(path, 1) : path;
    for (size_t i = 0; i < door->len; i++) {
        const struct behind *b = &door->at[i];
        if (!fits(b->method, method) || !fits(b->path, path)) {
            continue;
        }
        if (found != NULL && !function_key_eq(found, b->function)) {
            return NULL;
        }
        found = b->function;
    }
    return found;
}

/* One function behind it, whatever the route. */
static const struct function_key *only(const struct door *door)
{
    for (size_t i = 1; i < door->len; i++) {
        if (!function_key_eq(door->at[0].function, door->at[i].function)) {
            return NULL;
        }
    }
    return door->at[0].function;
}

static bool is_open(const struct event *e)
{
    return e->kind == EVENT_INVOKE && e->function.name.len == 0 && event_has(e, ATTR_FRONT_DOOR);
}

bool front_door_functions(struct event **events, size_t count)
{
    CLEANUP(doors_free) struct doors d = {0};
    bool any = false;
    for (size_t i = 0; i < count && !any; i++) {
        any = is_open(events[i]);
    }
    if (!any) {
        return true;
    }
    if (!learn(&d, events, count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct event *e = events[i];
        const struct door *door =
            is_open(e) ? map_get(&d.by_id, event_attr_get(e, ATTR_FRONT_DOOR)) : NULL;
        if (door == NULL || door->len == 0) {
            continue;
        }
        const struct function_key *f = only(door);
        f = f != NULL ? f : choose(door, event_attr_get(e, ATTR_ROUTE));
        if (f != NULL) {
            e->function = *f;
            e->account = f->account;
            e->region = f->region;
        }
    }
    return true;
}
