/*
 * gcp_exposure - D93 to D95: a function or service of Google Cloud can be reached by more people.
 *
 * Three doors stand one behind the other: from where it can be reached (ingress, the provider's
 * own URL), whether callers are checked at all, and whom the policy lets in. Each is told when it
 * opens, not when it is stated again.
 */
#include "detect/detect.h"
#include "detect/tools.h"

enum { CHECK_OFF, EVERYBODY, HIMSELF, REACHABLE };

static const struct str techniques_public[] = {STR_INIT("T1133"), STR_INIT("T1578.005")};
static const struct str techniques_self[] = {STR_INIT("T1098.003")};
static const struct str techniques_network[] = {STR_INIT("T1578.005")};

static const struct detection detections[] = {
    [CHECK_OFF] = {.id = STR_INIT("faaswatch.gcp_invoker_check_off"),
                   .ref = STR_INIT("D93"),
                   .title = STR_INIT("Invoker check of a Cloud Run service turned off"),
                   .description = STR_INIT("Callers of the service are not checked any more: it is "
                                           "public although no policy says so."),
                   .severity = SEVERITY_HIGH,
                   .confidence = 0.8,
                   .question = Q1,
                   .indicator = KI1,
                   .entity = ENTITY_FUNCTION,
                   .techniques = techniques_public,
                   .technique_count = ARRAY_LEN(techniques_public),
                   .tactic = STR_INIT("persistence"),
                   .ours = true},
    [EVERYBODY] = {.id = STR_INIT("faaswatch.gcp_public_grant"),
                   .ref = STR_INIT("D94"),
                   .title = STR_INIT("Everybody may call a function of Google Cloud"),
                   .description = STR_INIT("A policy lets in allUsers or allAuthenticatedUsers, "
                                           "which is everybody with an account of any kind."),
                   .severity = SEVERITY_HIGH,
                   .confidence = 0.8,
                   .question = Q1,
                   .indicator = KI1,
                   .entity = ENTITY_FUNCTION,
                   .techniques = techniques_public,
                   .technique_count = ARRAY_LEN(techniques_public),
                   .tactic = STR_INIT("persistence"),
                   .ours = true},
    [HIMSELF] = {.id = STR_INIT("faaswatch.gcp_self_grant"),
                 .ref = STR_INIT("D94"),
                 .title = STR_INIT("Somebody let himself into a function of Google Cloud"),
                 .description = STR_INIT("Who set the policy of a function is now let in by it: a "
                                         "way back that stays when other rights are taken away."),
                 .severity = SEVERITY_MEDIUM,
                 .confidence = 0.5,
                 .question = Q1,
                 .indicator = KI1,
                 .entity = ENTITY_FUNCTION,
                 .techniques = techniques_self,
                 .technique_count = ARRAY_LEN(techniques_self),
                 .tactic = STR_INIT("persistence"),
                 .ours = true},
    [REACHABLE] = {.id = STR_INIT("faaswatch.gcp_ingress_opened"),
                   .ref = STR_INIT("D95"),
                   .title = STR_INIT("Service opened to the internet"),
                   .description = STR_INIT("A service that was reached from inside only, or not by "
                                           "the provider's URL, can be reached from anywhere."),
                   .severity = SEVERITY_MEDIUM,
                   .confidence = 0.7,
                   .question = Q1,
                   .indicator = KI1,
                   .entity = ENTITY_FUNCTION,
                   .techniques = techniques_network,
                   .technique_count = ARRAY_LEN(techniques_network),
                   .tactic = STR_INIT("defense-evasion"),
                   .ours = true},
};

struct state {
    struct map granted; /* function or resource, role and member that a policy held last */
};

/* ---- the check of callers ---- */

static enum err_code look_at_check(const struct detect_view *v)
{
    const struct event *e = v->event;
    if (!event_attr_is(e, ATTR_INVOKER_CHECK, STR("off")) ||
        str_eq(v->function->before.invoker_check, STR("off"))) {
        return ERR_OK;
    }
    return detect_say(
        v, &detections[CHECK_OFF], SEVERITY_HIGH,
        "%.*s no longer checks its callers, set by %.*s from %.*s: everybody can call "
        "it, whatever its policy says",
        SAY(e->function.name), SAY(event_who(e)),
        SAY(e->address.len > 0 ? e->address : STR("an unknown address")));
}

/* ---- the policy ---- */

static bool is_public(struct str member)
{
    return str_ieq(member, STR("allUsers")) || str_ieq(member, STR("allAuthenticatedUsers"));
}

/* Of a project's policy only roles that let in callers, or more, are about functions. */
static bool reaches_functions(struct str role)
{
    return str_find(role, STR("roles/run.")) != SIZE_MAX ||
           str_find(role, STR("roles/cloudfunctions.")) != SIZE_MAX ||
           str_eq(role, STR("roles/owner")) || str_eq(role, STR("roles/editor"));
}

static bool only_calls(struct str role)
{
    return str_ends(role, STR(".invoker")) || str_ends(role, STR(".viewer"));
}

/* Was it granted before, as far as is known? Notes that it is now. */
static bool known(struct state *st, const struct detect_view *v, struct str role, struct str member,
                  bool *failed)
{
    const struct event *e = v->event;
    struct str text,
        where = v->function != NULL ? v->function->text : event_attr_get(e, ATTR_TARGET);
    if (!arena_printf(v->arena, &text, "%.*s\n%.*s\n%.*s", STR_ARG(where), STR_ARG(role),
                      STR_ARG(member))) {
        *failed = true;
        return true;
    }
    struct map_entry *m = map_put(&st->granted, text);
    if (m == NULL) {
        *failed = true;
        return true;
    }
    static char yes;
    bool was = m->value != NULL;
    if (event_ok(e)) {
        m->value = &yes;
    }
    return was;
}

/* "user:mail" or "serviceAccount:mail" of who acts. */
static bool is_himself(const struct event *e, struct str member)
{
    size_t colon = str_chr(member, ':');
    struct str mail = colon == SIZE_MAX ? STR_EMPTY : str_from(member, colon + 1);
    return mail.len != 0 && (str_ieq(mail, e->who.principal) || str_ieq(mail, event_actor_key(e)));
}

static enum err_code look_at_member(struct state *st, const struct detect_view *v, struct str role,
                                    struct str member)
{
    const struct event *e = v->event;
    bool all = is_public(member), self = v->function != NULL && is_himself(e, member);
    bool failed = false;
    if ((!all && !self) || (v->function == NULL && !reaches_functions(role)) ||
        (self && !event_ok(e))) {
        return ERR_OK;
    }
    bool was = known(st, v, role, member, &failed);
    if (failed) {
        return ERR_NOMEM;
    }
    /* What a policy states whole may have stood there before; what was added did not. */
    if (was && event_has(e, ATTR_POLICY_SET)) {
        return ERR_OK;
    }
    struct str what = v->function != NULL ? e->function.name : event_attr_get(e, ATTR_TARGET);
    enum severity severity = self               ? SEVERITY_MEDIUM
                             : only_calls(role) ? SEVERITY_HIGH
                                                : SEVERITY_CRITICAL;
    return detect_say(v, &detections[self ? HIMSELF : EVERYBODY], severity,
                      "%.*s has %.*s on %.*s, set by %.*s", SAY(member), SAY(role), SAY(what),
                      SAY(event_who(e)));
}

static enum err_code look_at_policy(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str role = STR_EMPTY;
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < e->attr_count; i++) {
        if (e->attrs[i].id == ATTR_GRANT_ACTION) {
            role = e->attrs[i].value;
        } else if (e->attrs[i].id == ATTR_GRANT_PRINCIPAL) {
            rc = look_at_member(st, v, role, e->attrs[i].value);
        }
    }
    return rc;
}

/* ---- from where ---- */

static enum err_code look_at_ingress(const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct function_state *was = &v->function->before;
    if (event_attr_is(e, ATTR_INGRESS, STR("all")) && was->ingress.len != 0 &&
        !str_eq(was->ingress, STR("all"))) {
        return detect_say(v, &detections[REACHABLE], SEVERITY_MEDIUM,
                          "%.*s could be reached from %.*s only and now from anywhere, set by "
                          "%.*s",
                          SAY(e->function.name), SAY(was->ingress), SAY(event_who(e)));
    }
    if (event_attr_is(e, ATTR_DEFAULT_URL, STR("on")) && str_eq(was->default_url, STR("off"))) {
        return detect_say(v, &detections[REACHABLE], SEVERITY_MEDIUM,
                          "the provider's own URL of %.*s answers again, set by %.*s",
                          SAY(e->function.name), SAY(event_who(e)));
    }
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)err;
    if (!str_eq(e->source, STR("gcp.audit")) ||
        (e->kind != EVENT_CHANGE && e->kind != EVENT_IDENTITY)) {
        return ERR_OK;
    }
    enum err_code rc = look_at_policy(state, v);
    if (rc == ERR_OK && v->function != NULL) {
        rc = look_at_check(v);
        rc = rc != ERR_OK ? rc : look_at_ingress(v);
    }
    return rc;
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->granted);
}

const struct detect_ops detect_gcp_exposure = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
