/*
 * first_use - D60, D62: a permission is used that its principal never used before.
 *
 * D60 is about what a stolen role of a function is used for: identities, other roles, secrets, keys,
 * the list of buckets. D62 is about changes of functions, by anybody.
 */
#include "detect/tools.h"

enum { BY_FUNCTION, ON_FUNCTION };

static const struct str techniques_stolen[] = {STR_INIT("T1078.004"), STR_INIT("T1552")};
static const struct str techniques_unused[] = {STR_INIT("T1078.004"), STR_INIT("T1648")};

static const struct detection detections[] = {
    [BY_FUNCTION] = {.id = STR_INIT("faaswatch.role_first_use"),
                     .ref = STR_INIT("D60"),
                     .title = STR_INIT("Function's role does what it never did"),
                     .description = STR_INIT("The role of a function changes identities, takes up "
                                             "another role, reads secrets or lists buckets, and "
                                             "never did in its history."),
                     .severity = SEVERITY_HIGH,
                     .confidence = 0.7,
                     .question = Q2,
                     .indicator = KI4,
                     .entity = ENTITY_ACTOR,
                     .techniques = techniques_stolen,
                     .technique_count = ARRAY_LEN(techniques_stolen),
                     .tactic = STR_INIT("credential-access"),
                     .ours = true},
    [ON_FUNCTION] = {.id = STR_INIT("faaswatch.unused_permission_used"),
                     .ref = STR_INIT("D62"),
                     .title = STR_INIT("Permission used on a function after 90 days without"),
                     .description = STR_INIT("A principal changed a function in a way that it had "
                                             "the right to and did not use for 90 days."),
                     .severity = SEVERITY_MEDIUM,
                     .confidence = 0.5,
                     .question = Q2,
                     .indicator = KI4,
                     .entity = ENTITY_ACTOR,
                     .techniques = techniques_unused,
                     .technique_count = ARRAY_LEN(techniques_unused),
                     .tactic = STR_INIT("persistence"),
                     .ours = true},
};

/* What it is, in words; NULL: none of the watched. */
static const char *watched(const struct event *e)
{
    static const struct {
        const char *service, *action, *what; /* action NULL: any that changes */
    } rows[] = {
        {"iam.amazonaws.com", NULL, "changed identities or policies"},
        {"sts.amazonaws.com", "AssumeRole", "took up another role"},
        {"secretsmanager.amazonaws.com", "GetSecretValue", "read a secret"},
        {"secretsmanager.amazonaws.com", "BatchGetSecretValue", "read secrets"},
        {"secretsmanager.amazonaws.com", "ListSecrets", "listed secrets"},
        {"ssm.amazonaws.com", "GetParameter", "read a parameter"},
        {"ssm.amazonaws.com", "GetParameters", "read parameters"},
        {"ssm.amazonaws.com", "GetParametersByPath", "read parameters"},
        {"kms.amazonaws.com", "Decrypt", "decrypted with a key"},
        {"s3.amazonaws.com", "ListBuckets", "listed buckets"},
        {"cloudresourcemanager.googleapis.com", NULL, "changed the policy of a project"},
        {"iam.googleapis.com", NULL, "changed service accounts, keys or roles"},
        {"iamcredentials.googleapis.com", NULL, "made a token of a service account"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool any = rows[i].action == NULL && e->kind != EVENT_READ;
        if (str_eq(e->service, str_of(rows[i].service)) &&
            (any || (rows[i].action != NULL && str_eq(e->action, str_of(rows[i].action))))) {
            return rows[i].what;
        }
    }
    return NULL;
}

static enum err_code look_at_role(const struct detect_view *v, const struct used *u)
{
    const struct event *e = v->event;
    const struct function *const *functions = NULL;
    const char *what = watched(e);
    if (what == NULL || e->who.kind != IDENTITY_ROLE || v->inventory == NULL ||
        inventory_functions_of_role(v->inventory, e->who.role, &functions) == 0) {
        return ERR_OK;
    }
    struct str id = event_attr_get(e, ATTR_RESOURCE_ID);
    return detect_say(v, &detections[BY_FUNCTION], SEVERITY_HIGH,
                      "%.*s, the role of %.*s, %s (%.*s%s%.*s) from %.*s; in %u days of history "
                      "it used %u other actions and never this one",
                      SAY(e->who.role), SAY(functions[0]->key.name), what, SAY(e->action),
                      id.len > 0 ? " " : "", SAY(id),
                      SAY(e->address.len > 0 ? e->address : STR("an unknown address")), u->days,
                      u->different);
}

static enum err_code look_at_change(const struct detect_view *v, const struct used *u)
{
    const struct event *e = v->event;
    if (e->kind != EVENT_CHANGE || v->function == NULL || !u->long_known || !event_ok(e)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[ON_FUNCTION], SEVERITY_MEDIUM,
                      "%.*s used %.*s on %.*s and had not for %d days", SAY(event_principal(e)),
                      SAY(e->action), SAY(e->function.name), (int)VALUES_KEEP_DAYS);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct used u;
    (void)state;
    (void)err;
    if (v->baseline == NULL || (v->since_us != TIME_NONE && e->time_us < v->since_us) ||
        (watched(e) == NULL && e->kind != EVENT_CHANGE)) {
        return ERR_OK;
    }
    enum err_code rc = baseline_used(v->baseline, e, &u);
    if (rc != ERR_OK || !u.known || u.before) {
        return rc;
    }
    rc = look_at_role(v, &u);
    return rc ? rc : look_at_change(v, &u);
}

const struct detect_ops detect_first_use = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
