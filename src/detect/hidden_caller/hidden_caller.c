/*
 * hidden_caller - D82: a function of ours is called through Tor, a VPN, an open proxy or a rented
 * machine.
 *
 * Known from feeds of anonymisers, and from the autonomous system when a MaxMind database is given
 * (content/network/asn.tsv says which are meant). Expected at functions approved as public.
 */
#include "detect/detect.h"
#include "detect/tools.h"
#include "model/content.h"

enum { SYSTEMS_MAX = 256 };

static const struct str techniques[] = {STR_INIT("T1090")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.caller_hidden"),
     .ref = STR_INIT("D82"),
     .title = STR_INIT("Call through an anonymiser"),
     .description = STR_INIT("A function was called through Tor, a VPN, an open proxy or a rented "
                             "machine."),
     .severity = SEVERITY_MEDIUM,
     .confidence = 0.5,
     .question = Q3,
     .indicator = KI3,
     .entity = ENTITY_ADDRESS,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
};

struct system {
    uint32_t asn;
    struct str class, name;
};

struct state {
    struct system systems[SYSTEMS_MAX];
    size_t count;
    bool loaded;
};

/* number, tab, class, tab, name */
static void load_systems(struct state *s)
{
    s->loaded = true;
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (!str_eq(str_of(content_files[i].path), STR("network/asn.tsv"))) {
            continue;
        }
        struct str text = str_make(content_files[i].bytes, content_files[i].len);
        struct str line;
        struct str number;
        while (s->count < SYSTEMS_MAX && str_cut(&text, '\n', &line)) {
            struct system *to = &s->systems[s->count];
            uint64_t asn;
            if (str_cut(&line, '\t', &number) && str_u64(number, &asn) && asn <= UINT32_MAX &&
                str_cut(&line, '\t', &to->class)) {
                to->asn = (uint32_t)asn;
                to->name = line;
                s->count++;
            }
        }
    }
}

static const struct system *system_of(const struct state *s, uint32_t asn)
{
    for (size_t i = 0; asn != 0 && i < s->count; i++) {
        if (s->systems[i].asn == asn) {
            return &s->systems[i];
        }
    }
    return NULL;
}

static bool is_public(const struct detect_view *v, bool *out)
{
    const struct str_list *l = &v->context->env.public_functions;
    struct str key;
    if (!function_key_text(&v->event->function, v->arena, &key)) {
        return false;
    }
    *out = env_any(l, v->event->function.name) || env_any(l, key);
    return true;
}

/* How the caller hides, in words; empty when it does not. */
static bool hiding(const struct state *s, const struct detect_view *v, struct intel_hit *hit,
                   bool *listed, struct str *out)
{
    const struct event *e = v->event;
    struct intel_origin origin;
    *out = STR_EMPTY;
    *listed = intel_find_ip(v->intel, &e->ip, e->time_us, hit) && !hit->partial;
    if (*listed) {
        /* What is worse than hiding is D50's. */
        return hit->best.class != INTEL_ANONYMISER || intel_hit_text(hit, v->arena, out);
    }
    if (!intel_origin_of(v->intel, &e->ip, &origin)) {
        return true;
    }
    const struct system *by = system_of(s, origin.asn);
    return by == NULL ||
           arena_printf(v->arena, out, "of AS%u %.*s (%.*s)%s%s", (unsigned)origin.asn,
                        SAY(origin.organisation.len > 0 ? origin.organisation : by->name),
                        STR_ARG(by->class), origin.country[0] != '\0' ? ", " : "", origin.country);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    const struct event *e = v->event;
    struct intel_hit hit;
    struct str how;
    struct str text;
    bool listed;
    bool expected;
    (void)err;
    if (v->intel == NULL || e->kind != EVENT_INVOKE || e->address.len == 0 ||
        e->function.name.len == 0 || ip_is_private(&e->ip)) {
        return ERR_OK;
    }
    if (!s->loaded) {
        load_systems(s);
    }
    if (!hiding(s, v, &hit, &listed, &how) || !is_public(v, &expected)) {
        return ERR_NOMEM;
    }
    if (how.len == 0) {
        return ERR_OK;
    }
    if (!arena_printf(v->arena, &text, "%s%.*s, %.*s, called %.*s%s",
                      event_ok(e) ? "" : "Attempt, refused or failed: ", SAY(e->address),
                      STR_ARG(how), SAY(e->function.name),
                      expected ? ", which is approved as public" : "")) {
        return ERR_NOMEM;
    }
    return detect_report(v,
                         &(struct detect_hit){.detection = &detections[0],
                                              .severity = expected ? SEVERITY_LOW : SEVERITY_MEDIUM,
                                              .explain = text,
                                              .intel = listed ? &hit : NULL});
}

const struct detect_ops detect_hidden_caller = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
};
