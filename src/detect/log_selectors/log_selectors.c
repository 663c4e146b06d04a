/*
 * log_selectors - D84: a trail no longer records what one would be seen by.
 */
#include "detect/arn.h"
#include "detect/detect.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1562.008")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.log_selectors_narrowed"),
     .ref = STR_INIT("D84"),
     .title = STR_INIT("Trail no longer records function or management events"),
     .description = STR_INIT("The selectors of a trail were changed so that calls of functions, or "
                             "management events, are recorded no more or only in part."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.8,
     .question = QUESTION_NONE,
     .indicator = LS,
     .entity = ENTITY_ACCOUNT,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("defense-evasion"),
     .ours = true},
};

/* What a trail records, as last seen. */
struct coverage_of_trail {
    bool known, functions, all_functions;
};

struct state {
    struct map trails; /* account/region/name -> struct coverage_of_trail */
};

static struct coverage_of_trail *trail_of(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str trail = event_attr_get(e, ATTR_TRAIL);
    struct arn arn;
    struct str region = arn_parse(trail, &arn) ? arn.region : e->region;
    struct str key;
    if (!arena_printf(v->arena, &key, "%.*s/%.*s/%.*s", STR_ARG(e->account), STR_ARG(region),
                      STR_ARG(arn_name(trail)))) {
        return NULL;
    }
    struct map_entry *entry = map_put(&st->trails, key);
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(v->arena, struct coverage_of_trail);
    }
    return entry == NULL ? NULL : entry->value;
}

/* NULL: nothing that was recorded is lost, as far as is known. */
static const char *what_is_lost(const struct event *e, const struct coverage_of_trail *was,
                                const struct coverage_of_trail *now)
{
    if (event_attr_is(e, ATTR_LOGS_MANAGEMENT, STR("false"))) {
        return "management events are not recorded any more, or only those that read";
    }
    if (was->known && was->functions && !now->functions) {
        return "calls of functions are not recorded any more";
    }
    if (was->known && was->all_functions && !now->all_functions) {
        return "calls of some functions only are recorded";
    }
    return NULL;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)err;
    if (!str_eq(e->service, STR("cloudtrail.amazonaws.com")) ||
        !event_has(e, ATTR_LOGS_FUNCTION_DATA)) {
        return ERR_OK;
    }
    struct coverage_of_trail *trail = trail_of(state, v);
    if (trail == NULL) {
        return ERR_NOMEM;
    }
    struct coverage_of_trail was = *trail;
    struct coverage_of_trail now = {
        .known = true, .functions = event_attr_is(e, ATTR_LOGS_FUNCTION_DATA, STR("true"))};
    now.all_functions = now.functions && !event_has(e, ATTR_LOGS_FUNCTION_LIMIT);
    const char *lost = what_is_lost(e, &was, &now);
    if (event_ok(e)) {
        *trail = now;
    }
    if (lost == NULL) {
        return ERR_OK;
    }
    return detect_say(v, &detections[0], SEVERITY_HIGH, "trail %.*s: %s, set by %.*s",
                      SAY(event_attr_get(e, ATTR_TRAIL)), lost, SAY(event_who(e)));
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->trails);
}

const struct detect_ops detect_log_selectors = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
