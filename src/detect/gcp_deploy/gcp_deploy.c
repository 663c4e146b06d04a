/*
 * gcp_deploy - D92, D96, D97, D100: how code came into a function of Google Cloud.
 *
 * Kept for the run: who changed which function before, from which registries each project took
 * images, whether a service named its images by digest, who last wrote each source object, and
 * when and from where a service was created.
 */
#include "detect/detect.h"
#include "detect/tools.h"

enum { BY_HUMAN, REGISTRY, SWAPPED, CREATED_AND_OPENED };

#define SWAP_US  TIME_HOUR_US
#define GRANT_US (30 * TIME_MINUTE_US)

static const struct str techniques_deploy[] = {STR_INIT("T1648")};
static const struct str techniques_image[] = {STR_INIT("T1525"), STR_INIT("T1195.002")};
static const struct str techniques_swap[] = {STR_INIT("T1525")};
static const struct str techniques_grant[] = {STR_INIT("T1133"), STR_INIT("T1648")};

static const struct detection detections[] = {
    [BY_HUMAN] = {.id = STR_INIT("faaswatch.gcp_changed_by_newcomer"),
                  .ref = STR_INIT("D92"),
                  .title = STR_INIT("Function of Google Cloud changed by a newcomer"),
                  .description = STR_INIT("A person who was not seen changing this function "
                                          "before created or changed it, without a change record."),
                  .severity = SEVERITY_MEDIUM,
                  .confidence = 0.6,
                  .question = Q1,
                  .indicator = KI1,
                  .entity = ENTITY_FUNCTION,
                  .techniques = techniques_deploy,
                  .technique_count = ARRAY_LEN(techniques_deploy),
                  .tactic = STR_INIT("execution"),
                  .ours = true},
    [REGISTRY] = {.id = STR_INIT("faaswatch.gcp_image_from_new_registry"),
                  .ref = STR_INIT("D96"),
                  .title = STR_INIT("Image of an unknown origin deployed"),
                  .description = STR_INIT("A container image from a registry that the project "
                                          "never used, or by tag where a digest was named before."),
                  .severity = SEVERITY_HIGH,
                  .confidence = 0.7,
                  .question = Q1,
                  .indicator = KI1,
                  .entity = ENTITY_FUNCTION,
                  .techniques = techniques_image,
                  .technique_count = ARRAY_LEN(techniques_image),
                  .tactic = STR_INIT("persistence"),
                  .ours = true},
    [SWAPPED] = {.id = STR_INIT("faaswatch.gcp_source_swapped"),
                 .ref = STR_INIT("D97"),
                 .title = STR_INIT("Source of a function written by somebody else"),
                 .description =
                     STR_INIT("The uploaded source was written by another principal than "
                              "the one who then deployed it."),
                 .severity = SEVERITY_HIGH,
                 .confidence = 0.7,
                 .question = Q1,
                 .indicator = KI1,
                 .entity = ENTITY_FUNCTION,
                 .techniques = techniques_swap,
                 .technique_count = ARRAY_LEN(techniques_swap),
                 .tactic = STR_INIT("persistence"),
                 .ours = true},
    [CREATED_AND_OPENED] = {.id = STR_INIT("faaswatch.gcp_created_and_granted"),
                            .ref = STR_INIT("D100"),
                            .title = STR_INIT("Service created and opened at once"),
                            .description =
                                STR_INIT("A Cloud Run service was created and its policy "
                                         "widened from the same address within half an "
                                         "hour."),
                            .severity = SEVERITY_HIGH,
                            .confidence = 0.6,
                            .question = Q1,
                            .indicator = KI1,
                            .entity = ENTITY_FUNCTION,
                            .techniques = techniques_grant,
                            .technique_count = ARRAY_LEN(techniques_grant),
                            .tactic = STR_INIT("persistence"),
                            .ours = true},
};

struct write {
    struct str by; /* actor */
    int64_t time_us;
};

struct service { /* or function */
    struct str_list changers;
    bool by_digest;
    int64_t created_us;
    struct str created_from;
};

struct state {
    struct map services;   /* function text -> struct service */
    struct map registries; /* project -> struct str_list */
    struct map objects;    /* "gs://bucket/object" -> struct write */
};

static void *entry_of(struct map *m, struct arena *a, struct str key, size_t size)
{
    struct map_entry *entry = map_intern(m, a, key);
    if (entry != NULL && entry->value == NULL) {
        entry->value = arena_alloc(a, 1, size, _Alignof(max_align_t));
    }
    return entry == NULL ? NULL : entry->value;
}

static bool is_service(const struct event *e)
{
    return str_eq(e->service, STR("run.googleapis.com")) ||
           str_eq(e->service, STR("cloudfunctions.googleapis.com"));
}

static bool deploys(const struct event *e)
{
    static const struct str starts[] = {STR_INIT("Create"), STR_INIT("Update"),
                                        STR_INIT("Replace")};
    static const struct str ends[] = {STR_INIT("Function"), STR_INIT("Service"), STR_INIT("Job"),
                                      STR_INIT("WorkerPool")};
    bool start = false, end = false;
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        start = start || str_starts(e->action, starts[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        end = end || str_ends(e->action, ends[i]);
    }
    return start && end && is_service(e);
}

/* ---- who ---- */

static enum err_code look_at_actor(struct service *s, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str who = event_actor_key(e);
    bool seen = str_list_has(&s->changers, who);
    if (!seen && event_ok(e) && !VEC_PUSH(&s->changers, who)) {
        return ERR_NOMEM;
    }
    /* What an agent does was told with the change that it follows from. */
    bool covered = v->match != NULL && v->match->class != MATCH_M0 && v->match->class != MATCH_M1;
    if (seen || covered || e->who.kind == IDENTITY_SERVICE || !event_by_human(e)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[BY_HUMAN], SEVERITY_MEDIUM,
                      "%.*s of %.*s by %.*s from %.*s, who was not seen changing it before",
                      SAY(e->action), SAY(e->function.name), SAY(event_who(e)),
                      SAY(e->address.len > 0 ? e->address : STR("an unknown address")));
}

/* ---- images ---- */

/* "host/project" of "host/project/repository/name:tag"; of Docker Hub, its user. */
static struct str registry_of(struct str image)
{
    size_t slash = str_chr(image, '/');
    if (slash == SIZE_MAX) {
        return STR("docker.io/library");
    }
    struct str host = str_head(image, slash);
    if (str_chr(host, '.') == SIZE_MAX && str_chr(host, ':') == SIZE_MAX) {
        return host; /* "user/name" */
    }
    struct str rest = str_from(image, slash + 1);
    size_t end = str_chr(rest, '/');
    return str_head(image, slash + 1 + (end == SIZE_MAX ? rest.len : end));
}

static bool is_own_registry(const struct detect_view *v, struct str registry)
{
    size_t slash = str_chr(registry, '/');
    struct str project = slash == SIZE_MAX ? STR_EMPTY : str_from(registry, slash + 1);
    struct str host = str_head(registry, slash);
    bool google = str_ends(host, STR("gcr.io")) || str_ends(host, STR("-docker.pkg.dev"));
    return google &&
           (str_eq(project, v->event->account) || env_account_is_ours(&v->context->env, project));
}

static enum err_code look_at_image(struct state *st, struct service *s, const struct detect_view *v,
                                   struct str image)
{
    const struct event *e = v->event;
    if (str_find(image, STR("://")) != SIZE_MAX) {
        return ERR_OK; /* an object or repository, no image */
    }
    struct str registry = registry_of(image);
    struct str_list *used = entry_of(&st->registries, v->arena, e->account, sizeof(*used));
    if (used == NULL) {
        return ERR_NOMEM;
    }
    bool digest = str_find(image, STR("@sha256:")) != SIZE_MAX;
    bool was_digest = s->by_digest, first = used->len == 0, seen = str_list_has(used, registry);
    if (event_ok(e)) {
        s->by_digest = digest;
        if (!seen && !VEC_PUSH(used, registry)) {
            return ERR_NOMEM;
        }
    }
    if (!seen && !first && !is_own_registry(v, registry)) {
        return detect_say(v, &detections[REGISTRY], SEVERITY_HIGH,
                          "%.*s runs %.*s, set by %.*s: %.*s never used an image of %.*s before",
                          SAY(e->function.name), SAY(image), SAY(event_who(e)), SAY(e->account),
                          SAY(registry));
    }
    if (was_digest && !digest) {
        return detect_say(
            v, &detections[REGISTRY], SEVERITY_MEDIUM,
            "%.*s runs %.*s, set by %.*s: by tag, where a digest was named before, so "
            "that what runs is not known",
            SAY(e->function.name), SAY(image), SAY(event_who(e)));
    }
    return ERR_OK;
}

static enum err_code look_at_images(struct state *st, struct service *s,
                                    const struct detect_view *v)
{
    struct attr_iter it = {.event = v->event};
    struct str image;
    enum err_code rc = ERR_OK;
    while (rc == ERR_OK && attr_next(&it, ATTR_CODE_LOCATION, &image)) {
        rc = str_eq(v->event->service, STR("run.googleapis.com")) ? look_at_image(st, s, v, image)
                                                                  : ERR_OK;
    }
    return rc;
}

/* ---- source objects ---- */

/* Without the generation: an object that is written again has another. */
static struct str object_of(struct str location)
{
    return str_head(location, str_chr(location, '#'));
}

static enum err_code note_write(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str object = object_of(event_attr_get(e, ATTR_CODE_LOCATION));
    if (object.len == 0 || !event_ok(e) || e->who.kind == IDENTITY_SERVICE) {
        return ERR_OK;
    }
    struct write *w = entry_of(&st->objects, v->arena, object, sizeof(*w));
    if (w == NULL) {
        return ERR_NOMEM;
    }
    *w = (struct write){event_actor_key(e), e->time_us};
    return ERR_OK;
}

static enum err_code look_at_source(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str object = object_of(event_attr_get(e, ATTR_CODE_LOCATION));
    const struct write *w = map_get(&st->objects, object);
    int64_t since = w == NULL ? -1 : time_between(w->time_us, e->time_us);
    if (e->who.kind == IDENTITY_SERVICE || since < 0 || since > SWAP_US ||
        str_eq(w->by, event_actor_key(e))) {
        return ERR_OK;
    }
    return detect_say(v, &detections[SWAPPED], SEVERITY_HIGH,
                      "source %.*s of %.*s was written by %.*s %lld s before %.*s deployed it",
                      SAY(object), SAY(e->function.name), SAY(w->by),
                      (long long)(since / TIME_SECOND_US), SAY(event_who(e)));
}

/* ---- created, then opened ---- */

static enum err_code look_at_grant(const struct service *s, const struct detect_view *v)
{
    const struct event *e = v->event;
    int64_t since = s->created_us == 0 ? -1 : time_between(s->created_us, e->time_us);
    /* A pipeline that makes a service also says who may call it: everybody is D94. */
    bool pipeline = e->actor != NULL && e->actor->pipeline;
    if (pipeline || !str_eq(e->action, STR("SetIamPolicy")) ||
        !event_has(e, ATTR_GRANT_PRINCIPAL) || since < 0 || since > GRANT_US ||
        e->address.len == 0 || !str_eq(s->created_from, e->address)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[CREATED_AND_OPENED], SEVERITY_HIGH,
                      "%.*s was created from %.*s, and %lld min later %.*s let in %.*s from there",
                      SAY(e->function.name), SAY(e->address), (long long)(since / TIME_MINUTE_US),
                      SAY(event_who(e)), SAY(event_attr_get(e, ATTR_GRANT_PRINCIPAL)));
}

/* ---- plug-in ---- */

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    const struct event *e = v->event;
    (void)err;
    if (!str_eq(e->source, STR("gcp.audit")) || e->kind != EVENT_CHANGE) {
        return ERR_OK;
    }
    if (str_eq(e->service, STR("storage.googleapis.com"))) {
        return note_write(st, v);
    }
    if (v->function == NULL || !is_service(e)) {
        return ERR_OK;
    }
    struct service *s = entry_of(&st->services, v->arena, v->function->text, sizeof(*s));
    if (s == NULL) {
        return ERR_NOMEM;
    }
    enum err_code rc = look_at_grant(s, v);
    if (rc == ERR_OK && deploys(e)) {
        rc = look_at_actor(s, v);
        rc = rc != ERR_OK ? rc : look_at_images(st, s, v);
        rc = rc != ERR_OK ? rc : look_at_source(st, v);
    }
    if (event_ok(e) && str_eq(e->action, STR("CreateService")) && e->time_us != TIME_NONE) {
        s->created_us = e->time_us;
        s->created_from = e->address;
    }
    return rc;
}

static void release(void *state)
{
    struct state *st = state;
    for (size_t i = 0; i < st->services.len; i++) {
        struct service *s = st->services.at[i].value;
        if (s != NULL) {
            VEC_FREE(&s->changers);
        }
    }
    for (size_t i = 0; i < st->registries.len; i++) {
        struct str_list *used = st->registries.at[i].value;
        if (used != NULL) {
            VEC_FREE(used);
        }
    }
    map_free(&st->services);
    map_free(&st->registries);
    map_free(&st->objects);
}

const struct detect_ops detect_gcp_deploy = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
