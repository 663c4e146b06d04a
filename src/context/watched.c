/*
 * watched - is an event about something that is watched?
 */
#include "context/context.h"
#include "context/read.h"

const char *watch_kind_name(enum watch_kind k)
{
    static const char *const names[WATCH_KIND_MAX_] = {"any", "function", "actor", "role",
                                                       "address"};
    return (unsigned)k < WATCH_KIND_MAX_ ? names[k] : "any";
}

static bool names(const struct watched *w, struct str text)
{
    return text.len != 0 && env_pattern(w->entity, text);
}

static bool is_function(const struct watched *w, const struct function_key *f)
{
    /* provider/account/region/name, as reports show it, compared part by part from the end */
    struct str rest = w->entity;
    const struct str parts[] = {f->provider, f->account, f->region, f->name};
    if (str_chr(rest, '/') == SIZE_MAX) {
        return names(w, f->name);
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        struct str part;
        if (!str_cut(&rest, '/', &part) || !env_pattern(part, parts[i])) {
            return false;
        }
    }
    return rest.len == 0 && f->name.len != 0;
}

static bool is_role(const struct watched *w, const struct event *e)
{
    return names(w, e->who.role) || (e->who.role.len != 0 && names(w, path_base(e->who.role))) ||
           names(w, event_attr_get(e, ATTR_TARGET_ROLE));
}

static bool is_actor(const struct context *c, const struct watched *w, const struct event *e)
{
    const struct person *p = e->actor == NULL ? NULL : context_person(c, e->actor);
    bool met = (e->actor != NULL && names(w, e->actor->root)) || names(w, e->who.principal);
    met = met || (p != NULL && names(w, p->id));
    for (size_t i = 0; !met && p != NULL && i < p->other_ids.len; i++) {
        met = names(w, p->other_ids.at[i]);
    }
    return met;
}

static bool meets(const struct context *c, const struct watched *w, const struct event *e)
{
    bool any = w->kind == WATCH_ANY;
    return ((any || w->kind == WATCH_FUNCTION) && is_function(w, &e->function)) ||
           ((any || w->kind == WATCH_ROLE) && is_role(w, e)) ||
           ((any || w->kind == WATCH_ACTOR) && is_actor(c, w, e)) ||
           ((any || w->kind == WATCH_ADDRESS) && w->is_range && e->address.len != 0 &&
            ip_in(&e->ip, &w->prefix));
}

const struct watched *context_watch_of(const struct context *c, const struct event *e)
{
    for (size_t i = 0; i < c->watched.len; i++) {
        const struct watched *w = &c->watched.at[i];
        bool now =
            e->time_us == TIME_NONE ||
            ((w->from_us == TIME_NONE || e->time_us >= w->from_us) && e->time_us < w->until_us);
        if (now && meets(c, w, e)) {
            return w;
        }
    }
    return NULL;
}
