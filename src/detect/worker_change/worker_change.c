/*
 * worker_change - D101 and D42: a Cloudflare Worker came in by another way, from somebody else,
 * with another token, or with more in reach than before.
 *
 * All of it compares a version with those before it in the logs; the first one compares with
 * nothing. The way is the provider's own word (`source`, `last_deployed_from`), not the client's.
 */
#include "base/buf.h"
#include "detect/detect.h"
#include "detect/tools.h"

enum { DIFFERENT, BY_HAND };

static const struct str techniques[] = {STR_INIT("T1648"), STR_INIT("T1584.007")};

static const struct detection detections[] = {
    [DIFFERENT] = {.id = STR_INIT("faaswatch.worker_changed_otherwise"),
                   .ref = STR_INIT("D101"),
                   .title = STR_INIT("Worker changed in another way than before"),
                   .description = STR_INIT("A version of a Worker came in by another way, from "
                                           "another author, with another token, or with bindings "
                                           "that it did not have. A new colleague looks the same."),
                   .severity = SEVERITY_HIGH,
                   .confidence = 0.6,
                   .question = Q1,
                   .indicator = KI1,
                   .entity = ENTITY_FUNCTION,
                   .techniques = techniques,
                   .technique_count = ARRAY_LEN(techniques),
                   .tactic = STR_INIT("execution"),
                   .ours = true},
    [BY_HAND] = {.id = STR_INIT("faaswatch.worker_changed_by_hand"),
                 .ref = STR_INIT("D42"),
                 .title = STR_INIT("Worker changed by hand that a tool deploys"),
                 .description = STR_INIT("A Worker that came from a deployment tool so far was "
                                         "changed in the dashboard or its quick editor. Emergency "
                                         "fixes look the same."),
                 .severity = SEVERITY_HIGH,
                 .confidence = 0.7,
                 .question = Q1,
                 .indicator = KI1,
                 .entity = ENTITY_FUNCTION,
                 .techniques = techniques,
                 .technique_count = ARRAY_LEN(techniques),
                 .tactic = STR_INIT("execution"),
                 .ours = true},
};

static bool is_hand(struct str channel)
{
    static const struct str hands[] = {STR_INIT("quick_editor"), STR_INIT("dash"),
                                       STR_INIT("dash_template"), STR_INIT("playground")};
    for (size_t i = 0; i < ARRAY_LEN(hands); i++) {
        if (str_eq(channel, hands[i])) {
            return true;
        }
    }
    return false;
}

/* A tool deployed it, at least once. */
static const struct str *tool_before(const struct str_list *channels)
{
    for (size_t i = 0; i < channels->len; i++) {
        if (!is_hand(channels->at[i]) && !str_eq(channels->at[i], STR("unknown"))) {
            return &channels->at[i];
        }
    }
    return NULL;
}

static bool hand_before(const struct str_list *channels)
{
    for (size_t i = 0; i < channels->len; i++) {
        if (is_hand(channels->at[i])) {
            return true;
        }
    }
    return false;
}

/* ---- what is new ---- */

struct differences {
    struct buf text;
    size_t count;
};

static void add(struct differences *d, const char *what, struct str value)
{
    buf_printf(&d->text, "%s%s %.*s", d->count == 0 ? "" : ", ", what, SAY(value));
    d->count++;
}

/* Plain values reach nothing. */
static bool reaches(struct str binding)
{
    return !str_starts(binding, STR("plain_text:")) && !str_starts(binding, STR("json:")) &&
           !str_starts(binding, STR("version_metadata:")) && !str_starts(binding, STR("assets:"));
}

static void compare_bindings(struct differences *d, const struct detect_view *v)
{
    const struct function_state *was = &v->function->before;
    struct attr_iter it = {v->event, 0};
    struct str binding;
    if (!was->bindings_known || !event_has(v->event, ATTR_BINDINGS_SET)) {
        return;
    }
    while (d->count < 8 && attr_next(&it, ATTR_BINDING, &binding)) {
        if (reaches(binding) && !str_list_has(&was->bindings, binding)) {
            add(d, "new binding", binding);
        }
    }
}

static void compare_making(struct differences *d, const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct function_state *was = &v->function->before;
    struct str author = event_attr_get(e, ATTR_AUTHOR);
    struct str key = e->who.access_key;
    author = author.len > 0 ? author : e->who.principal;
    if (author.len > 0 && was->authors.len > 0 && !str_list_has(&was->authors, author)) {
        add(d, "new author", author);
    }
    if (key.len > 0 && was->keys.len > 0 && !str_list_has(&was->keys, key)) {
        add(d, "new token", key);
    }
}

static void compare_way(struct differences *d, const struct detect_view *v)
{
    struct str channel = event_attr_get(v->event, ATTR_CHANNEL);
    const struct function_state *was = &v->function->before;
    if (channel.len > 0 && was->channels.len > 0 && !str_list_has(&was->channels, channel)) {
        add(d, "new way", channel);
    }
}

/* ---- hits ---- */

static enum err_code look_at_hand(const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str channel = event_attr_get(e, ATTR_CHANNEL);
    const struct str_list *was = &v->function->before.channels;
    const struct str *tool = tool_before(was);
    if (!is_hand(channel) || tool == NULL || hand_before(was)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[BY_HAND], SEVERITY_HIGH,
                      "%.*s was changed in the %.*s by %.*s; so far it came from %.*s",
                      SAY(e->function.name), SAY(channel), SAY(event_who(e)), SAY(*tool));
}

static void differences_free(struct differences *d)
{
    buf_free(&d->text);
}

static enum err_code look_at_differences(const struct detect_view *v, bool making)
{
    const struct event *e = v->event;
    CLEANUP(differences_free) struct differences d = {.text = {.max = 2048}};
    if (making) {
        compare_way(&d, v);
        compare_making(&d, v);
    }
    compare_bindings(&d, v);
    if (d.count == 0) {
        return ERR_OK;
    }
    /* One thing alone is what a new colleague or a new feature brings. */
    bool by_hand = making && is_hand(event_attr_get(e, ATTR_CHANNEL));
    return detect_say(v, &detections[DIFFERENT],
                      d.count > 1 || by_hand ? SEVERITY_HIGH : SEVERITY_MEDIUM,
                      "%.*s was changed by %.*s otherwise than before: %.*s", SAY(e->function.name),
                      SAY(event_who(e)), STR_ARG(buf_str(&d.text)));
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)state;
    (void)err;
    if (v->function == NULL || !str_eq(e->service, STR("cloudflare.workers")) ||
        e->kind != EVENT_CHANGE) {
        return ERR_OK;
    }
    bool making = str_eq(e->action, STR("UploadWorker")) ||
                  str_eq(e->action, STR("UploadWorkerVersion")) ||
                  str_eq(e->action, STR("DeployWorker"));
    if (!making && !str_eq(e->action, STR("UpdateWorkerSettings"))) {
        return ERR_OK;
    }
    enum err_code rc = making ? look_at_hand(v) : ERR_OK;
    return rc != ERR_OK ? rc : look_at_differences(v, making);
}

const struct detect_ops detect_worker_change = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
