/*
 * recon - D32 and D33: somebody looks around, or takes code.
 *
 * An actor that did the same before in the records is doing what it always does; the first time is
 * told. A vendor of --env is low, for the calls it is covered for; so is a pipeline that is not
 * outside the ranges of CI, since infrastructure tools read each function before they change it.
 */
#include "detect/detect.h"
#include "detect/own.h"
#include "detect/tools.h"

enum { BURST, DOWNLOAD };
enum { DOWNLOADS_KEPT = 32 };
#define BURST_WINDOW_US    (5 * TIME_MINUTE_US)
#define DOWNLOAD_WINDOW_US TIME_HOUR_US

enum { LOOKS = EVENT_LOOKS };

enum { KINDS, DOWNLOADS };
static const struct detect_threshold thresholds[] = {
    [KINDS] = {STR_INIT("recon_kinds"), 5, 2, LOOKS},
    [DOWNLOADS] = {STR_INIT("code_downloads"), 5, 2, DOWNLOADS_KEPT - 1},
};

static const struct str techniques_burst[] = {STR_INIT("T1526"), STR_INIT("T1580")};
static const struct str techniques_download[] = {STR_INIT("T1530")};

static const struct detection detections[] = {
    [BURST] = {.id = STR_INIT("faaswatch.recon_burst"),
               .ref = STR_INIT("D32"),
               .title = STR_INIT("Serverless reconnaissance"),
               .description = STR_INIT("Five or more kinds of listing and reading calls about "
                                       "functions within five minutes, by an actor that did not "
                                       "do so before. Posture tools do it regularly."),
               .severity = SEVERITY_MEDIUM,
               .confidence = 0.5,
               .question = Q1,
               .indicator = KI1,
               .entity = ENTITY_ACTOR,
               .techniques = techniques_burst,
               .technique_count = ARRAY_LEN(techniques_burst),
               .tactic = STR_INIT("discovery"),
               .ours = true},
    [DOWNLOAD] = {.id = STR_INIT("faaswatch.code_download"),
                  .ref = STR_INIT("D33"),
                  .title = STR_INIT("Code of many functions downloaded"),
                  .description = STR_INIT("GetFunction answers with a link to the code and with "
                                          "the environment. It was called for many functions that "
                                          "the actor had not read before."),
                  .severity = SEVERITY_MEDIUM,
                  .confidence = 0.5,
                  .question = Q1,
                  .indicator = KI1,
                  .entity = ENTITY_ACTOR,
                  .techniques = techniques_download,
                  .technique_count = ARRAY_LEN(techniques_download),
                  .tactic = STR_INIT("collection"),
                  .ours = true},
};

struct watcher {                     /* one actor */
    const struct event *last[LOOKS]; /* latest call of each kind */
    bool told[LOOKS];                /* it was reported in this burst */
    int64_t burst_us;                /* last call of the burst; TIME_NONE: there was none */
    bool seen_burst;                 /* a burst ended: the next is no news */
    const struct event *reads[DOWNLOADS_KEPT]; /* functions read for the first time, oldest first */
    size_t read_count;
    int64_t reads_told_us;
};

struct state {
    struct map actors; /* actor -> struct watcher */
    struct map pairs;  /* actor + function read before */
};

/* ---- D32 ---- */

static size_t kinds_in_window(const struct watcher *w, int64_t now_us)
{
    size_t n = 0;
    for (size_t i = 0; i < LOOKS; i++) {
        n += w->last[i] != NULL && now_us - w->last[i]->time_us <= BURST_WINDOW_US ? 1 : 0;
    }
    return n;
}

/* A session of CI that is used elsewhere is not CI. */
static bool is_ordinary(const struct detect_view *v)
{
    const struct event *e = v->event;
    bool pipeline =
        e->actor != NULL && e->actor->pipeline && !env_outside_ci(&v->context->env, &e->ip);
    return own_vendor_actor(v) || pipeline;
}

static enum err_code say_burst(const struct detect_view *v, struct watcher *w, size_t kinds)
{
    enum severity severity = is_ordinary(v) ? SEVERITY_LOW : SEVERITY_MEDIUM;
    int64_t now_us = v->event->time_us;
    enum err_code rc = ERR_OK;
    for (size_t i = 0; i < LOOKS && rc == ERR_OK; i++) {
        const struct event *e = w->last[i];
        if (e == NULL || now_us - e->time_us > BURST_WINDOW_US || (w->told[i] && e != v->event)) {
            continue;
        }
        w->told[i] = true;
        rc = detect_say_at(v, e, &detections[BURST], severity,
                           "%.*s made %zu kinds of listing and reading calls about functions in "
                           "five minutes, among them %.*s, from %.*s",
                           SAY(event_who(e)), kinds, SAY(e->action),
                           SAY(e->address.len > 0 ? e->address : STR("an unknown address")));
    }
    return rc;
}

static enum err_code look_at_burst(struct watcher *w, const struct detect_view *v, size_t kind)
{
    int64_t now_us = v->event->time_us;
    if (w->burst_us != TIME_NONE && now_us - w->burst_us > BURST_WINDOW_US) {
        w->seen_burst = true;
    }
    w->last[kind] = v->event;
    size_t kinds = kinds_in_window(w, now_us);
    if ((double)kinds < detect_threshold(v, &thresholds[KINDS]) || w->seen_burst) {
        return ERR_OK;
    }
    w->burst_us = now_us;
    return say_burst(v, w, kinds);
}

/* ---- D33 ---- */

static void drop_old_reads(struct watcher *w, int64_t now_us)
{
    size_t n = 0;
    for (size_t i = 0; i < w->read_count; i++) {
        if (now_us - w->reads[i]->time_us <= DOWNLOAD_WINDOW_US) {
            w->reads[n++] = w->reads[i];
        }
    }
    for (size_t i = 1; n == DOWNLOADS_KEPT && i < n; i++) {
        w->reads[i - 1] = w->reads[i];
    }
    w->read_count = n == DOWNLOADS_KEPT ? n - 1 : n;
}

static enum err_code look_at_download(struct state *st, struct watcher *w,
                                      const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str key;
    if (!event_ok(e) || v->function == NULL || !event_is_lambda(e, "GetFunction")) {
        return ERR_OK;
    }
    if (!arena_printf(v->arena, &key, "%.*s\n%.*s", STR_ARG(event_actor_key(e)),
                      STR_ARG(v->function->text))) {
        return ERR_NOMEM;
    }
    bool seen = map_find(&st->pairs, key) != NULL;
    if (map_put(&st->pairs, key) == NULL) {
        return ERR_NOMEM;
    }
    if (seen) {
        return ERR_OK;
    }
    drop_old_reads(w, e->time_us);
    w->reads[w->read_count++] = e;
    bool ordinary = is_ordinary(v);
    bool many = (double)w->read_count >= detect_threshold(v, &thresholds[DOWNLOADS]);
    enum err_code rc = ERR_OK;
    for (size_t i = 0; i < w->read_count && many && rc == ERR_OK; i++) {
        const struct event *r = w->reads[i];
        if (r != e && r->time_us <= w->reads_told_us) {
            continue;
        }
        rc = detect_say_at(v, r, &detections[DOWNLOAD], ordinary ? SEVERITY_LOW : SEVERITY_MEDIUM,
                           "%.*s read the code of %.*s and others: at least %zu functions in an "
                           "hour, none of which it had read before",
                           SAY(event_who(r)), SAY(r->function.name), w->read_count);
    }
    w->reads_told_us = many ? e->time_us : w->reads_told_us;
    return rc;
}

/* ---- plug-in ---- */

static struct watcher *watcher_of(struct state *st, const struct detect_view *v)
{
    struct map_entry *entry = map_put(&st->actors, event_actor_key(v->event));
    if (entry != NULL && entry->value == NULL) {
        struct watcher *w = ARENA_NEW(v->arena, struct watcher);
        if (w != NULL) {
            w->burst_us = TIME_NONE;
            w->reads_told_us = TIME_NONE;
        }
        entry->value = w;
    }
    return entry == NULL ? NULL : entry->value;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    size_t kind = event_look(e);
    bool service = e->actor != NULL && e->actor->kind == IDENTITY_SERVICE;
    (void)err;
    if (kind == LOOKS || e->time_us == TIME_NONE || service || event_actor_key(e).len == 0) {
        return ERR_OK;
    }
    struct watcher *w = watcher_of(state, v);
    if (w == NULL) {
        return ERR_NOMEM;
    }
    enum err_code rc = look_at_burst(w, v, kind);
    return rc != ERR_OK ? rc : look_at_download(state, w, v);
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->actors);
    map_free(&st->pairs);
}

const struct detect_ops detect_recon = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
