/*
 * gcp_key_abroad - SQ9: a key of a service account is made, is used from an address that is neither
 * its maker's nor one the account was seen at, and functions are changed with it.
 *
 * Joined by the key; where the log does not say which key was used, by the account.
 */
#include "detect/sequence.h"
#include "detect/tools.h"

enum { MADE, USED, CHANGED, STEPS };

static const struct str techniques[] = {STR_INIT("T1098.001"), STR_INIT("T1078.004"),
                                        STR_INIT("T1648")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.gcp_key_abroad"),
     .ref = STR_INIT("SQ9"),
     .title = STR_INIT("New service account key used elsewhere to change functions"),
     .description = STR_INIT("A key of a service account was made, used from an address that was "
                             "not seen before, and functions were changed with it. A key that is "
                             "set up for a build system looks the same the first time."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.8,
     .question = Q1,
     .indicator = KI4,
     .entity = ENTITY_ACTOR,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("persistence"),
     .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {STR_INIT("sq9_minutes"), 1440, 1, 10080},
};

struct state {
    struct sequence sequence;
    struct map seen; /* account + address: it was used there */
    struct arena texts;
};

static bool makes_key(const struct event *e)
{
    return event_is(e, STR("iam.googleapis.com"), "CreateServiceAccountKey") ||
           event_is(e, STR("iam.googleapis.com"), "UploadServiceAccountKey");
}

static bool by_service_account(const struct event *e)
{
    return e->who.kind == IDENTITY_ROLE && e->address.len > 0;
}

static bool may(void *state, const struct detect_view *v)
{
    const struct event *e = v->event;
    (void)state;
    return event_ok(e) && str_eq(e->source, STR("gcp.audit")) &&
           (makes_key(e) || by_service_account(e));
}

/* A pipeline of ours on its own addresses is at home. */
static bool is_own(const struct detect_view *v)
{
    enum range_kind kind;
    const struct event *e = v->event;
    return ip_is_private(&e->ip) || env_range_of(&v->context->env, &e->ip, &kind);
}

static bool seen_key(struct sequence *s, const struct event *e, struct str *out)
{
    return sequence_key(s, out, "seen", e->who.principal, e->address);
}

static enum err_code put(struct sequence *s, const struct sequence_step *at, size_t step,
                         const char *kind, struct str name)
{
    struct str key;
    if (name.len == 0) {
        return ERR_OK;
    }
    if (!sequence_key(s, &key, kind, name, STR_EMPTY)) {
        return ERR_NOMEM;
    }
    if (step == USED) {
        const struct event *made = sequence_at(s, at, MADE, MADE, key);
        if (made == NULL || str_eq(made->address, at->view.event->address)) {
            return ERR_OK;
        }
    }
    return sequence_put(s, at, step, STR_EMPTY, key, SEVERITY_MAX_);
}

static enum err_code put_user(struct sequence *s, const struct sequence_step *at, size_t step)
{
    const struct event *e = at->view.event;
    return e->who.access_key.len > 0 ? put(s, at, step, "key", e->who.access_key)
                                     : put(s, at, step, "account", e->who.principal);
}

static enum err_code use(struct sequence *s, const struct state *st, const struct sequence_step *at)
{
    struct str seen;
    if (!seen_key(s, at->view.event, &seen)) {
        return ERR_NOMEM;
    }
    return is_own(&at->view) || map_find(&st->seen, seen) != NULL ? ERR_OK : put_user(s, at, USED);
}

static enum err_code change(struct sequence *s, struct state *st, const struct sequence_step *at)
{
    const struct event *e = at->view.event;
    struct str seen;
    enum err_code rc = e->kind == EVENT_CHANGE ? put_user(s, at, CHANGED) : ERR_OK;
    if (rc != ERR_OK || !seen_key(s, e, &seen)) {
        return rc != ERR_OK ? rc : ERR_NOMEM;
    }
    return map_intern(&st->seen, &st->texts, seen) == NULL ? ERR_NOMEM : ERR_OK;
}

static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *at,
                           size_t step)
{
    const struct event *e = at->view.event;
    if (step == MADE && makes_key(e)) {
        enum err_code rc = put(s, at, MADE, "key", event_attr_get(e, ATTR_TARGET_KEY));
        return rc ? rc : put(s, at, MADE, "account", event_attr_get(e, ATTR_TARGET_USER));
    }
    if (step == MADE || !by_service_account(e)) {
        return ERR_OK;
    }
    return step == USED ? use(s, state, at) : change(s, state, at);
}

static const struct sequence_ops ops = {
    .detection = &detections[0],
    .window = &thresholds[0],
    .steps = STEPS,
    .lead = CHANGED,
    .tells_from = CHANGED,
    .may = may,
    .offer = offer,
    .story = "changed functions with a key that was just made, from a new address",
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
    map_free(&st->seen);
    arena_free(&st->texts);
}

const struct detect_ops detect_gcp_key_abroad = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
