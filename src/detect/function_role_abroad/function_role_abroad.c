/*
 * function_role_abroad - SQ6: with the credentials of a function's role somebody asks who he is,
 * from outside the platform, looks around, and reads secrets.
 *
 * On the platform are private addresses, ours (--env: nat, internal), and AWS's ranges where a feed
 * gives them. Without such a feed the user agent raises, and never clears: a caller that says it is
 * Lambda is outside all the same once its key was used from another network.
 */
#include "detect/sequence.h"
#include "detect/tools.h"

enum { ASKED, LISTED, READ, STEPS };

static const struct str techniques[] = {STR_INIT("T1078.004"), STR_INIT("T1552"),
                                        STR_INIT("T1526")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.function_role_abroad"),
     .ref = STR_INIT("SQ6"),
     .title = STR_INIT("Function's credentials used outside to find secrets"),
     .description = STR_INIT("Credentials of a function's role were used outside the platform: "
                             "who am I, what is there, and secrets read. Somebody took them out "
                             "of the function. Tests of a function on a developer's machine with "
                             "its role look the same."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.9,
     .question = Q2,
     .indicator = KI4,
     .entity = ENTITY_ACTOR,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("credential-access"),
     .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {STR_INIT("sq6_minutes"), 60, 1, 10080},
};

struct state {
    struct sequence sequence;
    struct map roles; /* ARNs that Lambda took on */
    struct map homes; /* access key -> first event with it, for its address */
};

static bool reads_secrets(const struct event *e)
{
    static const char *const names[] = {"GetSecretValue", "BatchGetSecretValue", "GetParameter",
                                        "GetParameters", "GetParametersByPath"};
    bool service = str_eq(e->service, STR("secretsmanager.amazonaws.com")) ||
                   str_eq(e->service, STR("ssm.amazonaws.com"));
    for (size_t i = 0; service && i < ARRAY_LEN(names); i++) {
        if (str_eq(e->action, str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

/* A function has the role, or Lambda took it on in the logs. */
static bool is_function_role(const struct state *st, const struct detect_view *v)
{
    const struct function *const *functions;
    struct str role = v->event->who.role;
    return v->event->who.kind == IDENTITY_ROLE && role.len > 0 &&
           (map_find(&st->roles, role) != NULL ||
            (v->inventory != NULL &&
             inventory_functions_of_role(v->inventory, role, &functions) > 0));
}

static bool says_lambda(const struct event *e)
{
    return str_ifind(e->user_agent, STR("AWS_Lambda")) != SIZE_MAX;
}

static bool same_network(const struct ip *a, const struct ip *b)
{
    struct ip_prefix net = {.ip = *a, .bits = ip_is_v4(a) ? 96 + 16 : 32};
    return ip_in(b, &net);
}

static bool is_outside(const struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct event *home = map_get(&st->homes, e->who.access_key);
    enum range_kind kind;
    if (e->address.len == 0 || ip_is_private(&e->ip) ||
        (env_range_of(&v->context->env, &e->ip, &kind) &&
         (kind == RANGE_NAT || kind == RANGE_INTERNAL || kind == RANGE_SERVER))) {
        return false;
    }
    if (v->intel != NULL && intel_range_of(v->intel, &e->ip).len > 0) {
        return false;
    }
    return !says_lambda(e) || (home != NULL && !same_network(&home->ip, &e->ip));
}

static bool may(void *state, const struct detect_view *v)
{
    return (v->event->kind == EVENT_READ || v->event->kind == EVENT_ASSUME) &&
           v->event->who.access_key.len > 0 && is_function_role(state, v) && is_outside(state, v);
}

static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *at,
                           size_t step)
{
    const struct event *e = at->view.event;
    bool asks = event_is(e, STR("sts.amazonaws.com"), "GetCallerIdentity");
    bool lists = str_starts(e->action, STR("List")) || str_starts(e->action, STR("Describe"));
    bool is = step == ASKED ? asks && event_ok(e) : step == LISTED ? lists : reads_secrets(e);
    (void)state;
    return is && (step != READ || event_ok(e))
               ? sequence_put(s, at, step, STR_EMPTY, e->who.access_key, SEVERITY_MAX_)
               : ERR_OK;
}

static const struct sequence_ops ops = {
    .detection = &detections[0],
    .window = &thresholds[0],
    .steps = STEPS,
    .lead = ASKED,
    .tells_from = READ,
    .may = may,
    .offer = offer,
    .story = "was used outside the platform to ask who it is, look around and read secrets",
};

static bool taken_by_lambda(const struct event *e)
{
    struct str lambda = STR("lambda.amazonaws.com");
    return e->kind == EVENT_ASSUME && event_ok(e) && e->who.kind == IDENTITY_SERVICE &&
           (str_eq(e->who.invoked_by, lambda) || str_eq(e->who.principal, lambda)) &&
           event_has(e, ATTR_ASSUMED_ROLE);
}

/* Roles of functions, and where a key of one was used first. */
static enum err_code learn(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    if (taken_by_lambda(e) && map_put(&st->roles, event_attr_get(e, ATTR_ASSUMED_ROLE)) == NULL) {
        return ERR_NOMEM;
    }
    if (e->who.access_key.len == 0 || e->address.len == 0 || !is_function_role(st, v)) {
        return ERR_OK;
    }
    struct map_entry *entry = map_put(&st->homes, e->who.access_key);
    if (entry == NULL) {
        return ERR_NOMEM;
    }
    entry->value = entry->value == NULL ? (void *)(uintptr_t)e : entry->value;
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    (void)err;
    enum err_code rc = learn(st, v);
    return rc ? rc : sequence_event(&st->sequence, &ops, st, v);
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
    map_free(&st->roles);
    map_free(&st->homes);
}

const struct detect_ops detect_function_role_abroad = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
