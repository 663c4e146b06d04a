/*
 * listed_code - the code of a function is a file that a feed lists.
 *
 * The hash of the package, or the digest of the image, that a change put into a function. Archives
 * rarely are equal byte for byte: nothing follows from a hash that is not listed.
 */
#include "detect/detect.h"
#include "detect/tools.h"

static const struct str techniques[] = {STR_INIT("T1584.007"), STR_INIT("T1648")};

enum { LISTED, DOUBT };

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.code_listed"),
     .ref = STR_INIT("D117"),
     .title = STR_INIT("Code of a function is a listed file"),
     .description =
         STR_INIT("The hash of the deployed package or image is on a threat-intelligence "
                  "feed at that time."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.9,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("execution"),
     .ours = true},
    {.id = STR_INIT("faaswatch.code_listed_doubt"),
     .title = STR_INIT("Code of a function may be a listed file"),
     .description = STR_INIT("The hash of the deployed package or image is on a feed that is not "
                             "sure, or that asks for more than the content."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.5,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("execution"),
     .ours = true},
};

/* "sha256:…" of an image, or the hash itself. */
static struct str bare_hash(struct str s)
{
    return str_istarts(s, STR("sha256:")) ? str_from(s, 7) : s;
}

static const struct detection *detection_of(const struct intel_hit *hit)
{
    enum { SURE = 70 };
    return &detections[hit->partial || hit->best.confidence < SURE ? DOUBT : LISTED];
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct attr_iter it = {.event = e};
    struct str hash;
    (void)state;
    (void)err;
    while (v->intel != NULL && attr_next(&it, ATTR_CODE_HASH, &hash)) {
        struct intel_hit hit;
        struct str said;
        struct str text;
        if (!intel_find_hash(v->intel, bare_hash(hash), e->time_us, &hit)) {
            continue;
        }
        if (!intel_hit_text(&hit, v->arena, &said) ||
            !arena_printf(v->arena, &text,
                          "%s%.*s has code %.*s, %.*s; put there by %.*s with %.*s",
                          event_ok(e) ? "" : "Attempt, refused or failed: ", SAY(e->function.name),
                          SAY(hash), STR_ARG(said), SAY(event_who(e)), SAY(e->action))) {
            return ERR_NOMEM;
        }
        const struct detection *d = detection_of(&hit);
        enum err_code rc = detect_report(
            v, &(struct detect_hit){
                   .detection = d, .severity = d->severity, .explain = text, .intel = &hit});
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

const struct detect_ops detect_listed_code = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
