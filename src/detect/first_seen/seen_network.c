/*
 * D35: the network that a change came from.
 */
#include "detect/first_seen/first_seen.h"
#include "detect/network.h"

/* Ours: everybody may come from there one day. */
static bool is_own(const struct detect_view *v)
{
    enum range_kind range;
    return env_range_of(&v->context->env, &v->event->ip, &range);
}

static enum err_code say(struct seen_state *s, const struct detect_view *v, enum seen_detection d,
                         const struct value *known, const char *what, struct str name)
{
    const struct event *e = v->event;
    struct str text;
    if (known != NULL && known->days >= VALUES_USUAL_DAYS) {
        return ERR_OK;
    }
    bool fine =
        known == NULL
            ? arena_printf(v->arena, &text,
                           "%.*s changed %.*s from %.*s, %s %.*s, where it never changed anything "
                           "from",
                           SAY(event_who(e)), SAY(e->function.name), SAY(e->address), what,
                           SAY(name))
            : arena_printf(v->arena, &text,
                           "%.*s changed %.*s from %.*s, %s %.*s, used on one day only before, %d "
                           "days ago",
                           SAY(event_who(e)), SAY(e->function.name), SAY(e->address), what,
                           SAY(name), (int)(event_day(e) - known->last_day));
    enum severity severity = known != NULL ? SEVERITY_LOW : seen_detections[d].severity;
    return fine ? seen_say(s, v, d, severity, event_actor_key(e), name, text) : ERR_NOMEM;
}

/* Whose network it is says more than its block, if the history was learnt with the same feeds. */
static bool is_learnt(const struct detect_view *v, const struct habit *h, enum value_kind kind)
{
    int32_t day = event_day(v->event);
    uint64_t all = values_sum(&h->values, VALUE_BLOCK, day).count;
    return 2 * values_sum(&h->values, kind, day).count >= all;
}

enum err_code seen_look_network(struct seen_state *s, const struct detect_view *v,
                                const struct habit *h)
{
    const struct event *e = v->event;
    char text[IP_TEXT_MAX + 4];
    struct str block = event_block(e, text);
    struct network_names names;
    const struct value *known = NULL;
    const struct value *country = NULL;
    if (block.len == 0 || is_own(v) || !seen_enough(v, &h->values, VALUE_BLOCK)) {
        return ERR_OK;
    }
    if (!network_names_of(v->intel, &e->ip, v->arena, &names)) {
        return ERR_NOMEM;
    }
    if (names.system.len == 0 || !is_learnt(v, h, VALUE_SYSTEM)) {
        /* Rented runners have another block each day. */
        enum err_code rc = seen_find(v, &h->values, VALUE_BLOCK, block, &known);
        return rc != ERR_OK || e->actor->pipeline ? rc
                                                  : say(s, v, SEEN_BLOCK, known, "in block", block);
    }
    enum err_code rc = seen_find(v, &h->values, VALUE_SYSTEM, names.system, &known);
    rc = rc ? rc : say(s, v, SEEN_NETWORK, known, "network", names.system);
    if (rc != ERR_OK || known == NULL || names.country.len == 0 || e->actor->pipeline ||
        !is_learnt(v, h, VALUE_COUNTRY)) {
        return rc;
    }
    rc = seen_find(v, &h->values, VALUE_COUNTRY, names.country, &country);
    return rc ? rc : say(s, v, SEEN_NETWORK, country, "in", names.country);
}
