/*
 * new_access_change - SQ4: a login from a network that the actor was never seen on, or an access key
 * made a moment ago, and within an hour functions are changed from there.
 *
 * A network is an autonomous system, when a MaxMind database is given, else the /24 (IPv6: /48).
 * That it is new can be said of an actor only who was seen before, on another one; our own ranges
 * are never new. Of a key it is new where neither its maker nor its user was.
 */
#include "detect/sequence.h"
#include "detect/tools.h"

enum { ARRIVED, CHANGED, STEPS };
/* Somebody seen for the first time just now is no acquaintance. */
#define KNOWN_US TIME_HOUR_US

static const struct str techniques[] = {STR_INIT("T1078.004"), STR_INIT("T1648")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.changed_after_new_access"),
     .ref = STR_INIT("SQ4"),
     .title = STR_INIT("Function changed after a login or key from a new network"),
     .description = STR_INIT("Somebody logged in from a network this actor was never seen on, or "
                             "used a key that was just made, and changed a function from there. "
                             "People who travel do, too."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.6,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_ACTOR,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("initial-access"),
     .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {STR_INIT("sq4_minutes"), 60, 1, 10080},
};

struct seen { /* an actor */
    int64_t first_us;
};

struct state {
    struct sequence sequence;
    struct map actors;   /* actor -> struct seen */
    struct map networks; /* actor + network: was seen there */
    struct arena texts;
};

static bool makes_key(const struct event *e)
{
    return event_is(e, STR("iam.amazonaws.com"), "CreateAccessKey") &&
           event_has(e, ATTR_ISSUED_KEY);
}

static bool is_change(const struct event *e)
{
    return e->kind == EVENT_CHANGE && !event_has(e, ATTR_DRY_RUN);
}

static bool is_own(const struct detect_view *v)
{
    enum range_kind kind;
    const struct event *e = v->event;
    return ip_is_private(&e->ip) || env_range_of(&v->context->env, &e->ip, &kind);
}

static bool may(void *state, const struct detect_view *v)
{
    const struct event *e = v->event;
    (void)state;
    return e->address.len > 0 && event_actor_key(e).len > 0 && e->who.kind != IDENTITY_SERVICE &&
           e->kind != EVENT_INVOKE && e->kind != EVENT_TRAFFIC && e->kind != EVENT_RUN;
}

/* ---- networks ---- */

static bool network_key(struct sequence *s, const struct detect_view *v, struct str who,
                        struct str *out)
{
    struct intel_origin origin;
    struct ip cut = {0};
    if (v->intel != NULL && intel_origin_of(v->intel, &v->event->ip, &origin) && origin.asn != 0) {
        return sequence_key(s, out, "system", who,
                            str_make((const char *)&origin.asn, sizeof(origin.asn)));
    }
    memcpy(cut.byte, v->event->ip.byte, ip_is_v4(&v->event->ip) ? 12 + 3 : 6);
    return sequence_key(s, out, "network", who, str_make((const char *)cut.byte, sizeof(cut.byte)));
}

static bool is_known(const struct state *st, const struct event *e)
{
    const struct seen *seen = map_get(&st->actors, event_actor_key(e));
    return seen != NULL && time_gap(seen->first_us, e->time_us) >= KNOWN_US;
}

/* ---- steps ---- */

static bool made_key(struct sequence *s, struct str access_key, struct str *out)
{
    *out = STR_EMPTY;
    return access_key.len == 0 || sequence_key(s, out, "key", access_key, STR_EMPTY);
}

/* A key that was just made is used where neither its maker nor its user was: the making is the
 * arrival there. */
static enum err_code arrive_by_key(struct sequence *s, const struct sequence_step *at,
                                   struct str here)
{
    struct sequence_step making = *at;
    struct str key;
    struct str there;
    if (!made_key(s, at->view.event->who.access_key, &key)) {
        return ERR_NOMEM;
    }
    making.view.event = sequence_at(s, at, ARRIVED, ARRIVED, key);
    if (making.view.event == NULL) {
        return ERR_OK;
    }
    if (!network_key(s, &making.view, event_actor_key(at->view.event), &there)) {
        return ERR_NOMEM;
    }
    return str_eq(here, there) ? ERR_OK
                               : sequence_put(s, &making, ARRIVED, STR_EMPTY, here, SEVERITY_MAX_);
}

static enum err_code arrive(struct sequence *s, struct state *st, const struct sequence_step *at)
{
    const struct event *e = at->view.event;
    struct str here;
    struct str key;
    if (!event_ok(e)) {
        return ERR_OK;
    }
    if (makes_key(e)) {
        return made_key(s, event_attr_get(e, ATTR_ISSUED_KEY), &key)
                   ? sequence_put(s, at, ARRIVED, STR_EMPTY, key, SEVERITY_MAX_)
                   : ERR_NOMEM;
    }
    if (is_own(&at->view)) {
        return ERR_OK;
    }
    if (!network_key(s, &at->view, event_actor_key(e), &here)) {
        return ERR_NOMEM;
    }
    if (map_find(&st->networks, here) != NULL) {
        return ERR_OK;
    }
    if (e->kind == EVENT_LOGIN && is_known(st, e)) {
        return sequence_put(s, at, ARRIVED, STR_EMPTY, here, SEVERITY_MAX_);
    }
    return arrive_by_key(s, at, here);
}

static enum err_code change(struct sequence *s, const struct sequence_step *at)
{
    const struct event *e = at->view.event;
    struct str here;
    if (!event_ok(e) || !is_change(e)) {
        return ERR_OK;
    }
    return network_key(s, &at->view, event_actor_key(e), &here)
               ? sequence_put(s, at, CHANGED, STR_EMPTY, here, SEVERITY_MAX_)
               : ERR_NOMEM;
}

static enum err_code remember(struct sequence *s, struct state *st, const struct sequence_step *at)
{
    const struct event *e = at->view.event;
    struct str here;
    struct map_entry *entry = map_intern(&st->actors, &st->texts, event_actor_key(e));
    if (entry == NULL || !network_key(s, &at->view, event_actor_key(e), &here)) {
        return ERR_NOMEM;
    }
    if (entry->value == NULL) {
        struct seen *seen = ARENA_NEW(&st->texts, struct seen);
        if (seen == NULL) {
            return ERR_NOMEM;
        }
        seen->first_us = e->time_us;
        entry->value = seen;
    }
    return event_ok(e) && map_intern(&st->networks, &st->texts, here) == NULL ? ERR_NOMEM : ERR_OK;
}

static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *at,
                           size_t step)
{
    if (step == ARRIVED) {
        return arrive(s, state, at);
    }
    enum err_code rc = change(s, at);
    return rc ? rc : remember(s, state, at);
}

static const struct sequence_ops ops = {
    .detection = &detections[0],
    .window = &thresholds[0],
    .steps = STEPS,
    .lead = CHANGED,
    .tells_from = CHANGED,
    .may = may,
    .offer = offer,
    .story = "came in a new way and changed functions at once",
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    (void)err;
    return sequence_event(&st->sequence, &ops, st, v);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    (void)err;
    return sequence_finish(&st->sequence, &ops, st, v);
}

static void release(void *state)
{
    struct state *st = state;
    sequence_free(&st->sequence);
    map_free(&st->actors);
    map_free(&st->networks);
    arena_free(&st->texts);
}

const struct detect_ops detect_new_access_change = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
