/*
 * foreign_call - D52: a function was called by an identity of an account that is not ours.
 */
#include "detect/own.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1648")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.foreign_call"),
     .ref = STR_INIT("D52"),
     .title = STR_INIT("Function called from an outside account"),
     .description = STR_INIT("An identity of an account that is not ours called a function."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.6,
     .question = Q4,
     .indicator = KI3,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("execution"),
     .ours = true},
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)state;
    (void)err;
    if (e->kind != EVENT_INVOKE || e->who.account.len == 0 || e->who.kind == IDENTITY_SERVICE ||
        str_eq(e->who.account, e->function.account) || own_account(v, e->who.account) ||
        own_vendor_actor(v)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_MEDIUM,
                      "%.*s of account %.*s called %.*s; that account is not ours",
                      SAY(event_who(e)), SAY(e->who.account), SAY(e->function.name));
}

const struct detect_ops detect_foreign_call = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
