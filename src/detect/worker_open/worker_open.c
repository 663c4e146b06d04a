/*
 * worker_open - D103: a Worker answers at *.workers.dev, or its older versions do, and did not
 * before.
 *
 * There it stands beside the zone: no firewall rule, no access policy and no request log of the
 * zone sees its callers.
 */
#include "detect/detect.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1133"), STR_INIT("T1584.007")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.worker_open"),
     .ref = STR_INIT("D103"),
     .title = STR_INIT("Worker opened at workers.dev"),
     .description = STR_INIT("A Worker answers at its workers.dev name, or its previews do: past "
                             "the zone's firewall, access rules and logs. Ordinary for a new "
                             "Worker in development."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.6,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("initial-access"),
     .ours = true},
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)state;
    (void)err;
    if (v->function == NULL || !str_eq(e->service, STR("cloudflare.workers")) ||
        !str_eq(e->action, STR("SetWorkersDev"))) {
        return ERR_OK;
    }
    const struct function_state *was = &v->function->before;
    bool opens = event_attr_is(e, ATTR_STATE, STR("true")) && !(was->open_known && was->open);
    bool previews =
        event_attr_is(e, ATTR_PREVIEWS, STR("true")) && !(was->open_known && was->previews);
    if (!opens && !previews) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_MEDIUM,
                      "%.*s was opened by %.*s at workers.dev (%s)%s: the zone's rules and logs do "
                      "not see its callers there",
                      SAY(e->function.name), SAY(event_who(e)),
                      opens && previews ? "live version and previews"
                      : opens           ? "live version"
                                        : "previews of all versions",
                      was->routes.len > 0 ? "; so far it was reached by routes only" : "");
}

const struct detect_ops detect_worker_open = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
