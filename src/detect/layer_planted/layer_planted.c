/*
 * layer_planted - SQ3: a layer is published, opened to another account, and put under a function.
 *
 * Platform teams publish layers for all their accounts in just this order. Where the grant stays
 * within what is ours and CI does all of it from its own addresses, it is told as low: the code that
 * comes in this way is still D07's and D08's to judge.
 */
#include "detect/arn.h"
#include "detect/own.h"
#include "detect/sequence.h"
#include "detect/tools.h"

enum { PUBLISHED, SHARED, USED, STEPS };

static const struct str techniques[] = {STR_INIT("T1525"), STR_INIT("T1546")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.layer_planted"),
     .ref = STR_INIT("SQ3"),
     .title = STR_INIT("Layer published, shared and put under a function"),
     .description = STR_INIT("A layer was published, opened to another account or everybody, and "
                             "then added to a function: its code now runs there. Platform teams "
                             "publish shared layers in the same order."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.7,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("persistence"),
     .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {STR_INIT("sq3_minutes"), 1440, 1, 10080},
};

static bool publishes(const struct event *e)
{
    return event_is_lambda(e, "PublishLayerVersion");
}

static bool shares(const struct event *e)
{
    return event_is_lambda(e, "AddLayerVersionPermission");
}

static bool uses(const struct event *e)
{
    return event_has(e, ATTR_LAYER) && (event_is_lambda(e, "UpdateFunctionConfiguration") ||
                                        event_is_lambda(e, "CreateFunction"));
}

static bool may(void *state, const struct detect_view *v)
{
    const struct event *e = v->event;
    (void)state;
    return event_ok(e) && (publishes(e) || shares(e) || uses(e));
}

/* A grant to an account of ours, or to our organisation. */
static bool stays_with_us(const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str principal = event_attr_get(e, ATTR_GRANT_PRINCIPAL);
    struct str source = event_attr_get(e, ATTR_GRANT_SOURCE);
    struct str organization = v->context->env.organization;
    return own_of(v, principal, STR("lambda:GetLayerVersion")) == OWNER_OURS ||
           (organization.len > 0 && str_eq(source, organization));
}

static bool by_own_pipeline(const struct detect_view *v)
{
    const struct event *e = v->event;
    return e->actor != NULL && e->actor->pipeline && !env_outside_ci(&v->context->env, &e->ip);
}

/* "account/region/name:version" of a layer: its ARN with a version, or both apart. */
static bool layer_key(struct sequence *s, const struct event *e, struct str layer, struct str *out)
{
    struct arn a;
    struct str name = layer;
    struct str version = event_attr_get(e, ATTR_VERSION);
    struct str account = e->account;
    struct str region = e->region;
    struct str kind = STR("layer:");
    if (arn_parse(layer, &a) && str_starts(a.resource, kind)) {
        account = a.account;
        region = a.region;
        name = str_from(a.resource, kind.len);
        size_t colon = str_chr(name, ':');
        version = colon == SIZE_MAX ? version : str_from(name, colon + 1);
        name = str_head(name, colon);
    }
    *out = STR_EMPTY;
    return name.len == 0 || arena_printf(&s->scratch, out, "%.*s/%.*s/%.*s:%.*s", STR_ARG(account),
                                         STR_ARG(region), STR_ARG(name), STR_ARG(version));
}

/* What is ordinary for shared layers of a platform team; every step of it. */
static enum severity severity_of(struct sequence *s, const struct sequence_step *at, struct str key)
{
    bool ordinary = by_own_pipeline(&at->view);
    for (size_t i = 0; ordinary && i < USED; i++) {
        struct detect_view v = at->view;
        v.event = sequence_at(s, at, SHARED, i, key);
        ordinary = v.event != NULL && by_own_pipeline(&v) && (i != SHARED || stays_with_us(&v));
    }
    return ordinary ? SEVERITY_LOW : SEVERITY_MAX_;
}

static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *at,
                           size_t step)
{
    const struct event *e = at->view.event;
    bool is = step == PUBLISHED ? publishes(e) : step == SHARED ? shares(e) : uses(e);
    struct attr_iter it = {.event = e};
    struct str layer;
    enum err_code rc = ERR_OK;
    (void)state;
    while (is && rc == ERR_OK && attr_next(&it, ATTR_LAYER, &layer)) {
        struct str key;
        if (!layer_key(s, e, layer, &key)) {
            return ERR_NOMEM;
        }
        enum severity as = step == USED ? severity_of(s, at, key) : SEVERITY_MAX_;
        rc = sequence_put(s, at, step, STR_EMPTY, key, as);
    }
    return rc;
}

static const struct sequence_ops ops = {
    .detection = &detections[0],
    .window = &thresholds[0],
    .steps = STEPS,
    .lead = USED,
    .tells_from = USED,
    .may = may,
    .offer = offer,
    .story = "put a layer under a function that was published and shared just before",
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    (void)err;
    return sequence_event(state, &ops, state, v);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    (void)err;
    return sequence_finish(state, &ops, state, v);
}

static void release(void *state)
{
    sequence_free(state);
}

const struct detect_ops detect_layer_planted = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct sequence),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
