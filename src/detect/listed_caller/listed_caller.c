/*
 * listed_caller - D50: the caller of a function, or of the control plane, is on a feed.
 *
 * Judged at the time of the event. A shared range (provider, CDN, NAT) lowers a hit, as does low
 * confidence; neither drops it. What the client calls itself is not looked at.
 */
#include "detect/detect.h"
#include "detect/tools.h"

enum { CONFIDENCE_LOW = 40 };

static const struct str techniques[] = {STR_INIT("T1071")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.caller_listed"),
     .ref = STR_INIT("D50"),
     .title = STR_INIT("Call from a listed address"),
     .description = STR_INIT("An address that a threat-intelligence feed lists at that time called "
                             "a function or the control plane."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.7,
     .question = Q3,
     .indicator = KI3,
     .entity = ENTITY_ADDRESS,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
};

/* One level down for each doubt, but never below low: a listed address stays visible. */
static enum severity severity_of(const struct intel_hit *hit)
{
    enum severity s = SEVERITY_HIGH;
    if (hit->shared) {
        s--;
    }
    if (hit->best.confidence < CONFIDENCE_LOW) {
        s--;
    }
    return s < SEVERITY_LOW ? SEVERITY_LOW : s;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct intel_hit hit;
    struct str text;
    bool call = e->kind == EVENT_INVOKE;
    (void)state;
    (void)err;
    if (v->intel == NULL || e->address.len == 0 || ip_is_private(&e->ip) ||
        !intel_find_ip(v->intel, &e->ip, e->time_us, &hit)) {
        return ERR_OK;
    }
    if (!arena_printf(v->arena, &text,
                      "%s%.*s, listed as %s by %u feed%s (confidence %u)%s%.*s, %s %.*s%s%.*s",
                      event_ok(e) ? "" : "Attempt, refused or failed: ", SAY(e->address),
                      intel_class_name(hit.best.class), hit.feeds, hit.feeds == 1 ? "" : "s",
                      (unsigned)hit.best.confidence, hit.shared ? ", in a shared range " : "",
                      SAY(hit.range), call ? "called" : "made",
                      SAY(call ? e->function.name : e->action), call ? "" : " as ",
                      SAY(call ? STR_EMPTY : event_who(e)))) {
        return ERR_NOMEM;
    }
    return detect_report(v, &(struct detect_hit){.detection = &detections[0],
                                                 .severity = severity_of(&hit),
                                                 .explain = text,
                                                 .intel = &hit});
}

const struct detect_ops detect_listed_caller = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
