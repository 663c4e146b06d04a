/*
 * role_widened_for_use - SQ10: a function's role is given a policy, the function is called, and the
 * same policy is taken away again.
 *
 * Joined by role and policy, for up to eight policies of a role at a time. A policy that is written
 * anew, narrower, under its name is taken away as well.
 */
#include "detect/arn.h"
#include "detect/policy.h"
#include "detect/sequence.h"
#include "detect/tools.h"

enum { WIDENED, CALLED, NARROWED, STEPS };
enum { POLICIES_KEPT = 8 };

static const struct str techniques[] = {STR_INIT("T1098.003"), STR_INIT("T1548.005"),
                                        STR_INIT("T1648")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.role_widened_for_use"),
     .ref = STR_INIT("SQ10"),
     .title = STR_INIT("Role widened, function called, role narrowed"),
     .description = STR_INIT("The role of a function was given a policy, the function was called, "
                             "and the policy was taken away within a day: a window of abuse that "
                             "the state before and after does not show. A grant for an hour of "
                             "fault finding looks the same."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.7,
     .question = Q2,
     .indicator = KI4,
     .entity = ENTITY_ROLE,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("privilege-escalation"),
     .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {STR_INIT("sq10_minutes"), 1440, 1, 10080},
};

struct given { /* a policy that a role got */
    struct str name;
    enum breadth breadth;
};

struct role { /* newest first */
    struct given policies[POLICIES_KEPT];
};

struct state {
    struct sequence sequence;
    struct policy_widths widths;
    struct map roles; /* "account/role" -> struct role */
    struct arena texts;
};

static bool is_action(const struct event *e, const char *a, const char *b)
{
    return str_eq(e->action, str_of(a)) || str_eq(e->action, str_of(b));
}

static bool gives(const struct event *e)
{
    return is_action(e, "AttachRolePolicy", "PutRolePolicy");
}

static bool takes(const struct event *e)
{
    return is_action(e, "DetachRolePolicy", "DeleteRolePolicy");
}

static bool may(void *state, const struct detect_view *v)
{
    const struct event *e = v->event;
    (void)state;
    bool iam = str_eq(e->service, STR("iam.amazonaws.com")) && (gives(e) || takes(e));
    return event_ok(e) && (iam || (e->kind == EVENT_INVOKE && e->function.name.len > 0));
}

static bool role_key(struct sequence *s, const struct event *e, struct str name, struct str *out)
{
    *out = STR_EMPTY;
    return name.len == 0 || sequence_key(s, out, "role", e->account, name);
}

static enum err_code put(struct sequence *s, const struct sequence_step *at, size_t step,
                         struct str role, const struct given *g)
{
    struct str key;
    if (g->name.len == 0) {
        return ERR_OK;
    }
    /* AWS's policies for running at all are no window of abuse; of others the width may be unknown. */
    enum severity as = g->breadth == BREADTH_NARROW ? SEVERITY_MEDIUM : SEVERITY_HIGH;
    return sequence_key(s, &key, "policy", role, g->name)
               ? sequence_put(s, at, step, STR_EMPTY, key, as)
               : ERR_NOMEM;
}

static struct given *find(struct role *r, struct str policy)
{
    for (size_t i = 0; i < POLICIES_KEPT; i++) {
        if (str_eq(r->policies[i].name, policy)) {
            return &r->policies[i];
        }
    }
    return NULL;
}

static enum err_code give(struct sequence *s, struct state *st, const struct sequence_step *at,
                          struct str key)
{
    const struct event *e = at->view.event;
    struct str policy = event_attr_get(e, ATTR_POLICY_ARN);
    struct map_entry *entry = map_intern(&st->roles, &st->texts, key);
    if (entry == NULL) {
        return ERR_NOMEM;
    }
    struct role *r = entry->value != NULL ? entry->value : ARENA_NEW(&st->texts, struct role);
    if (r == NULL) {
        return ERR_NOMEM;
    }
    entry->value = r;
    struct given fresh = {policy, policy_breadth_given(&st->widths, e, at->view.arena)};
    struct given *had = find(r, policy);
    if (had != NULL && fresh.breadth <= had->breadth) {
        return ERR_OK; /* no more than it had: the way that led to it stays */
    }
    size_t from = had != NULL ? (size_t)(had - r->policies) : POLICIES_KEPT - 1;
    memmove(&r->policies[1], &r->policies[0], from * sizeof(r->policies[0]));
    r->policies[0] = fresh;
    return put(s, at, WIDENED, key, &fresh);
}

static enum err_code call(struct sequence *s, struct state *st, const struct sequence_step *at,
                          struct str key)
{
    const struct role *r = map_get(&st->roles, key);
    enum err_code rc = ERR_OK;
    for (size_t i = 0; r != NULL && rc == ERR_OK && i < POLICIES_KEPT; i++) {
        rc = put(s, at, CALLED, key, &r->policies[i]);
    }
    return rc;
}

/* Taken away, or written anew and narrower. */
static enum err_code take(struct sequence *s, struct state *st, const struct sequence_step *at,
                          struct str key)
{
    const struct event *e = at->view.event;
    struct role *r = map_get(&st->roles, key);
    struct given *g = r == NULL ? NULL : find(r, event_attr_get(e, ATTR_POLICY_ARN));
    if (g == NULL ||
        (gives(e) && policy_breadth_given(&st->widths, e, at->view.arena) >= g->breadth)) {
        return ERR_OK;
    }
    enum err_code rc = put(s, at, NARROWED, key, g);
    *g = (struct given){STR_EMPTY, BREADTH_NARROW};
    return rc;
}

static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *at,
                           size_t step)
{
    const struct event *e = at->view.event;
    bool call_step = e->kind == EVENT_INVOKE;
    struct str key;
    if (call_step != (step == CALLED)) {
        return ERR_OK;
    }
    if (!role_key(s, e, call_step ? arn_name(at->role) : event_attr_get(e, ATTR_TARGET_ROLE),
                  &key)) {
        return ERR_NOMEM;
    }
    if (key.len == 0) {
        return ERR_OK;
    }
    return step == WIDENED  ? (gives(e) ? give(s, state, at, key) : ERR_OK)
           : step == CALLED ? call(s, state, at, key)
                            : take(s, state, at, key);
}

static const struct sequence_ops ops = {
    .detection = &detections[0],
    .window = &thresholds[0],
    .steps = STEPS,
    .lead = WIDENED,
    .tells_from = NARROWED,
    .may = may,
    .offer = offer,
    .story = "gave a function's role a policy, the function was called, and the policy was taken "
             "away again",
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    (void)err;
    if (str_eq(v->event->service, STR("iam.amazonaws.com")) &&
        !policy_widths_note(&st->widths, v->event, v->arena)) {
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
    map_free(&st->roles);
    arena_free(&st->texts);
}

const struct detect_ops detect_role_widened_for_use = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
