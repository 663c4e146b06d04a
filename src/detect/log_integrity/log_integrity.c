/*
 * log_integrity - D90: the logs are not what the provider wrote.
 *
 * The engine verifies the signed digests (--digest-keys) and hands on an event for each object that
 * was altered, removed or slipped in. All of one account and day are one finding.
 */
#include "detect/detect.h"

static const struct str techniques[] = {STR_INIT("T1562.008"), STR_INIT("T1070")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.digest_chain_broken"),
     .ref = STR_INIT("D90"),
     .title = STR_INIT("Log files are not what CloudTrail wrote"),
     .description = STR_INIT("The signed digests do not fit the log files: something was altered, "
                             "removed or slipped in after delivery."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.9,
     .question = Q1,
     .indicator = LS,
     .entity = ENTITY_ACCOUNT,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("defense-evasion"),
     .ours = true},
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    (void)state;
    const struct event *e = v->event;
    if (e->kind != EVENT_LOGGING || !str_eq(e->source, STR("aws.cloudtrail_digest"))) {
        return ERR_OK;
    }
    struct str key = event_attr_get(e, ATTR_TRAIL);
    struct str reason = event_attr_get(e, ATTR_DESCRIPTION);
    struct str text;
    size_t slash = str_rchr(key, '/');
    struct str name = slash == SIZE_MAX ? key : str_from(key, slash + 1);
    if (!arena_printf(v->arena, &text, "%.*s%s%.*s", STR_ARG(name), name.len > 0 ? ": " : "",
                      STR_ARG(reason))) {
        return err_set(err, ERR_NOMEM, "no memory for an explanation");
    }
    const struct detect_hit hit = {
        .detection = &detections[0], .severity = SEVERITY_HIGH, .explain = text};
    return detect_report(v, &hit);
}

const struct detect_ops detect_log_integrity = {
    .detections = detections, .detection_count = ARRAY_LEN(detections), .on_event = on_event};
