/*
 * listed_caller - D50: the caller of a function, or of the control plane, is on a feed.
 *
 * Judged at the time of the event. A shared range (provider, CDN, NAT) lowers a hit, as does low
 * confidence; neither drops it. What the client calls itself is not looked at. Calls of functions
 * through anonymisers are D82's.
 *
 * A list of a hundred thousand scanners would bury everything else: of entries that are no command
 * and control and no malware, a feed makes findings of the first FEED_CALLERS_MAX addresses that
 * call functions; how many more there were is one finding.
 */
#include "base/map.h"
#include "detect/detect.h"
#include "detect/tools.h"

enum { CONFIDENCE_LOW = 40, FEED_CALLERS_MAX = 100, FEEDS_MAX = 64 };

static const struct str techniques[] = {STR_INIT("T1071")};

enum { LISTED, FLOOD };

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
    {.id = STR_INIT("faaswatch.feed_flood"),
     .ref = STR_INIT("D50"),
     .title = STR_INIT("Feed that lists very many callers"),
     .description = STR_INIT("A feed lists so many callers of functions that only the first are "
                             "findings of their own."),
     .severity = SEVERITY_INFORMATIONAL,
     .confidence = 0.5,
     .question = Q3,
     .indicator = KI3,
     .entity = ENTITY_ADDRESS,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
};

struct feed_callers {
    uint32_t feed;
    struct str path;
    size_t addresses;          /* findings of their own */
    uint64_t more;             /* calls beyond */
    const struct event *first; /* of these */
};

struct state {
    struct map told; /* addresses that have a finding */
    struct arena texts;
    struct feed_callers feeds[FEEDS_MAX];
    size_t feed_count;
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

/* The count of a feed; feeds beyond the table share its last place. */
static struct feed_callers *callers_of(struct state *s, const struct intel_hit *hit)
{
    for (size_t i = 0; i < s->feed_count; i++) {
        if (s->feeds[i].feed == hit->best.feed) {
            return &s->feeds[i];
        }
    }
    if (s->feed_count < FEEDS_MAX) {
        s->feeds[s->feed_count++] =
            (struct feed_callers){.feed = hit->best.feed, .path = hit->feed};
    }
    return &s->feeds[s->feed_count - 1];
}

/* Whether this call is one too many of its feed; then it is only counted. */
static enum err_code flooded(struct state *s, const struct event *e, const struct intel_hit *hit,
                             bool *yes)
{
    enum intel_class c = hit->best.class;
    *yes = false;
    if (e->kind != EVENT_INVOKE || c == INTEL_C2 || c == INTEL_MALWARE) {
        return ERR_OK;
    }
    if (map_find(&s->told, e->address) != NULL) {
        return ERR_OK;
    }
    struct feed_callers *f = callers_of(s, hit);
    if (f->addresses >= FEED_CALLERS_MAX) {
        f->first = f->first == NULL ? e : f->first;
        f->more += e->count;
        *yes = true;
        return ERR_OK;
    }
    f->addresses++;
    return map_intern(&s->told, &s->texts, e->address) != NULL ? ERR_OK : ERR_NOMEM;
}

/* A request at the edge may be known before the function that answered it is. */
static struct str callee(const struct event *e)
{
    struct str host = event_attr_get(e, ATTR_HOST);
    return e->function.name.len > 0 ? e->function.name : host;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    struct intel_hit hit;
    struct str said;
    struct str text;
    bool call = e->kind == EVENT_INVOKE;
    bool too_many;
    (void)err;
    if (v->intel == NULL || e->address.len == 0 || ip_is_private(&e->ip) ||
        !intel_find_ip(v->intel, &e->ip, e->time_us, &hit) || hit.partial ||
        (call && hit.best.class == INTEL_ANONYMISER)) {
        return ERR_OK;
    }
    enum err_code rc = flooded(state, e, &hit, &too_many);
    if (rc || too_many) {
        return rc;
    }
    if (!intel_hit_text(&hit, v->arena, &said) ||
        !arena_printf(v->arena, &text, "%s%.*s, %.*s, %s %.*s%s%.*s",
                      event_ok(e) ? "" : "Attempt, refused or failed: ", SAY(e->address),
                      STR_ARG(said), call ? "called" : "made", SAY(call ? callee(e) : e->action),
                      call ? "" : " as ", SAY(call ? STR_EMPTY : event_who(e)))) {
        return ERR_NOMEM;
    }
    return detect_report(v, &(struct detect_hit){.detection = &detections[LISTED],
                                                 .severity = severity_of(&hit),
                                                 .explain = text,
                                                 .intel = &hit});
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    const struct state *s = state;
    (void)err;
    for (size_t i = 0; i < s->feed_count; i++) {
        const struct feed_callers *f = &s->feeds[i];
        if (f->first == NULL) {
            continue;
        }
        enum err_code rc = detect_say_at(
            v, f->first, &detections[FLOOD], SEVERITY_INFORMATIONAL,
            "%.*s lists callers of functions beyond the %d that are findings: %llu more calls, the "
            "first from %.*s. Scanners and abuse only; command and control is never left out",
            SAY(f->path), FEED_CALLERS_MAX, (unsigned long long)f->more, SAY(f->first->address));
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

static void release(void *state)
{
    struct state *s = state;
    map_free(&s->told);
    arena_free(&s->texts);
}

const struct detect_ops detect_listed_caller = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
