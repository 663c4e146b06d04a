/*
 * role_passed - D11, D57: whoever deploys a function passes it a role. Does the role give more than the
 * one before it, or more than the one who passed it has?
 *
 * CloudTrail has no record of iam:PassRole; it follows from the deployment.
 */
#include "detect/arn.h"
#include "detect/tools.h"
#include "iam/book.h"

enum { WIDER, UPWARD };

static const struct str techniques[] = {STR_INIT("T1098.003"), STR_INIT("T1548")};

static const struct detection detections[] = {
    [WIDER] = {.id = STR_INIT("faaswatch.role_replaced_wider"),
               .ref = STR_INIT("D11"),
               .title = STR_INIT("Function got a more permissive role"),
               .description =
                   STR_INIT("The role of a function was replaced by one that may do much "
                            "more."),
               .severity = SEVERITY_HIGH,
               .confidence = 0.8,
               .question = Q2,
               .indicator = KI4,
               .entity = ENTITY_FUNCTION,
               .techniques = techniques,
               .technique_count = ARRAY_LEN(techniques),
               .tactic = STR_INIT("privilege-escalation"),
               .ours = true},
    [UPWARD] = {.id = STR_INIT("faaswatch.role_passed_upward"),
                .ref = STR_INIT("D57"),
                .title = STR_INIT("Function got a role that its deployer does not match"),
                .description = STR_INIT("Somebody who is no administrator gave a function a role "
                                        "that is, or can become, one: through the function he has "
                                        "its rights."),
                .severity = SEVERITY_HIGH,
                .confidence = 0.7,
                .question = Q2,
                .indicator = KI4,
                .entity = ENTITY_FUNCTION,
                .techniques = techniques,
                .technique_count = ARRAY_LEN(techniques),
                .tactic = STR_INIT("privilege-escalation"),
                .ours = true},
};

static bool same_role(struct str a, struct str b)
{
    return str_eq(arn_name(a), arn_name(b));
}

static enum err_code look_at_swap(const struct detect_view *v, struct str role, struct str was,
                                  const struct iam_power *now)
{
    const struct event *e = v->event;
    struct iam_power before;
    enum err_code rc = iam_book_power(v->book, e->account, true, was, &before, NULL);
    bool wider = before.known ? iam_score_jumped(before.score, now->score) ||
                                    (now->administrator && !before.administrator)
                              : now->administrator;
    if (rc != ERR_OK || !wider) {
        return rc;
    }
    return detect_say(v, &detections[WIDER], SEVERITY_HIGH,
                      "%.*s runs as %.*s (score %.0f%s%.*s) and ran as %.*s (%s%.0f), set by %.*s",
                      SAY(e->function.name), SAY(arn_name(role)), now->score,
                      now->administrator ? ", administrator by " : "", SAY(now->way),
                      SAY(arn_name(was)), before.known ? "score " : "not known, ", before.score,
                      SAY(event_who(e)));
}

/* The user or role whose permissions were used. */
static enum err_code passer_of(const struct detect_view *v, struct iam_power *out)
{
    const struct identity *w = &v->event->who;
    bool is_role = w->kind == IDENTITY_ROLE || w->kind == IDENTITY_SSO;
    struct str name = is_role ? w->role : w->kind == IDENTITY_USER ? w->principal : STR_EMPTY;
    *out = (struct iam_power){0};
    return name.len == 0 ? ERR_OK : iam_book_power(v->book, w->account, is_role, name, out, NULL);
}

static enum err_code look_at_passer(const struct detect_view *v, struct str role,
                                    const struct iam_power *now)
{
    const struct event *e = v->event;
    struct iam_power passer;
    if (!now->administrator) {
        return ERR_OK;
    }
    enum err_code rc = passer_of(v, &passer);
    if (rc != ERR_OK || !passer.known || passer.administrator) {
        return rc;
    }
    return detect_say(v, &detections[UPWARD], SEVERITY_HIGH,
                      "%.*s, no administrator, gave %.*s the role %.*s, which is one by %.*s",
                      SAY(event_who(e)), SAY(e->function.name), SAY(arn_name(role)), SAY(now->way));
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct str role = event_attr_get(e, ATTR_ROLE);
    struct iam_power now;
    (void)state;
    if (v->book == NULL || v->function == NULL || e->kind != EVENT_CHANGE || role.len == 0 ||
        event_has(e, ATTR_DRY_RUN) || !str_eq(e->function.provider, STR("aws"))) {
        return ERR_OK;
    }
    struct str was = v->function->before.role;
    if (was.len > 0 && same_role(was, role)) {
        return ERR_OK;
    }
    enum err_code rc = iam_book_power(v->book, e->account, true, role, &now, err);
    if (rc != ERR_OK || !now.known) {
        return rc;
    }
    rc = was.len > 0 ? look_at_swap(v, role, was, &now) : ERR_OK;
    /* What a record of another call states about a role that was there before is no passing. */
    bool passed = was.len > 0 || str_eq(e->action, STR("CreateFunction"));
    return rc == ERR_OK && passed ? look_at_passer(v, role, &now) : rc;
}

const struct detect_ops detect_role_passed = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
