/*
 * role_to_open_function - SQ1: a role for functions is made and given much, a function is made with
 * it and opened to everybody, and called.
 *
 * The steps are joined by the role until a function has it, then by the function; so it does not
 * matter whether one identity did all of it. Calls are data events, which many do not log: without
 * them the open function is told as high.
 */
#include "detect/arn.h"
#include "detect/policy.h"
#include "detect/sequence.h"
#include "detect/tools.h"

enum { MADE, GIVEN, RUNS, OPENED, CALLED, STEPS };

static const struct str techniques[] = {STR_INIT("T1648"), STR_INIT("T1098.003"),
                                        STR_INIT("T1133")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.role_to_open_function"),
     .ref = STR_INIT("SQ1"),
     .title = STR_INIT("Role, rights, function, open door, call"),
     .description = STR_INIT("A role that Lambda may take on was made and given much, a function "
                             "was made with it, opened to everybody, and called. A first "
                             "deployment of a public function with a broad role looks the same."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.9,
     .question = Q1,
     .indicator = KI4,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("execution"),
     .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {STR_INIT("sq1_minutes"), 60, 1, 10080},
};

struct state {
    struct sequence sequence;
    struct policy_widths widths;
};

static bool is_iam(const struct event *e)
{
    return str_eq(e->service, STR("iam.amazonaws.com"));
}

static bool lets_lambda_in(const struct event *e, struct arena *a)
{
    struct policy_iter it = policy_iter_of(event_attr_get(e, ATTR_TRUST_DOCUMENT));
    struct statement s;
    while (policy_next(&it, &s)) {
        struct text_iter services = text_iter_of(policy_member(s.principal, STR("Service")));
        struct str service;
        while (s.allow && text_next(&services, a, &service)) {
            if (str_ieq(service, STR("lambda.amazonaws.com"))) {
                return true;
            }
        }
    }
    return false;
}

static bool runs_with_role(const struct event *e)
{
    return event_has(e, ATTR_ROLE) &&
           (event_is_lambda(e, "CreateFunction") || event_is_lambda(e, "CreateWebFunction") ||
            event_is_lambda(e, "UpdateFunctionConfiguration"));
}

/* Everybody, without a word of who; a URL that asks for no signature. */
static bool opens(const struct event *e)
{
    struct str auth = event_attr_get(e, ATTR_URL_AUTH);
    bool url = str_ieq(auth, STR("NONE")) || str_ieq(auth, STR("ApplicationManaged"));
    bool everybody =
        event_attr_is(e, ATTR_GRANT_PRINCIPAL, STR("*")) && !event_has(e, ATTR_GRANT_SOURCE);
    return e->kind == EVENT_CHANGE && str_eq(e->service, STR("lambda.amazonaws.com")) &&
           (url || everybody);
}

static bool may(void *state, const struct detect_view *v)
{
    const struct event *e = v->event;
    (void)state;
    if (!event_ok(e) || event_has(e, ATTR_DRY_RUN)) {
        return false;
    }
    bool call = e->kind == EVENT_INVOKE && str_eq(e->source, STR("aws.cloudtrail"));
    return is_iam(e) || call || runs_with_role(e) || opens(e);
}

static bool role_key(struct sequence *s, const struct event *e, struct str name, struct str *out)
{
    *out = STR_EMPTY;
    return name.len == 0 || sequence_key(s, out, "role", e->account, name);
}

static bool function_key(struct sequence *s, const struct sequence_step *at, struct str *out)
{
    const struct function *f = at->view.function;
    *out = STR_EMPTY;
    return f == NULL || sequence_key(s, out, "function", f->text, STR_EMPTY);
}

static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *at,
                           size_t step)
{
    const struct state *st = state;
    const struct event *e = at->view.event;
    struct str role;
    struct str function;
    if (!role_key(s, e, event_attr_get(e, ATTR_TARGET_ROLE), &role) ||
        !function_key(s, at, &function)) {
        return ERR_NOMEM;
    }
    switch (step) {
    case MADE:
        return is_iam(e) && lets_lambda_in(e, at->view.arena)
                   ? sequence_put(s, at, MADE, STR_EMPTY, role, SEVERITY_MAX_)
                   : ERR_OK;
    case GIVEN:
        return is_iam(e) && policy_breadth_given(&st->widths, e, at->view.arena) != BREADTH_NARROW
                   ? sequence_put(s, at, GIVEN, STR_EMPTY, role, SEVERITY_MAX_)
                   : ERR_OK;
    case RUNS:
        if (!runs_with_role(e) || !role_key(s, e, arn_name(event_attr_get(e, ATTR_ROLE)), &role)) {
            return runs_with_role(e) ? ERR_NOMEM : ERR_OK;
        }
        return sequence_put(s, at, RUNS, role, function, SEVERITY_MAX_);
    case OPENED:
        return opens(e) ? sequence_put(s, at, OPENED, STR_EMPTY, function, SEVERITY_MAX_) : ERR_OK;
    case CALLED:
    default:
        return e->kind == EVENT_INVOKE
                   ? sequence_put(s, at, CALLED, STR_EMPTY, function, SEVERITY_MAX_)
                   : ERR_OK;
    }
}

static const struct sequence_ops ops = {
    .detection = &detections[0],
    .window = &thresholds[0],
    .steps = STEPS,
    .lead = RUNS,
    .tells_from = OPENED,
    .early = SEVERITY_HIGH,
    .may = may,
    .offer = offer,
    .story = "made a role, gave it much, ran a function with it and opened it to everybody",
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    (void)err;
    if (is_iam(v->event) && !policy_widths_note(&st->widths, v->event, v->arena)) {
        return ERR_NOMEM;
    }
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
    policy_widths_free(&st->widths);
}

const struct detect_ops detect_role_to_open_function = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
