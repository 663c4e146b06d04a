/*
 * worker_takeover - SQ8: an API token of Cloudflare is made or rolled, a Worker is uploaded, and a
 * route or domain is laid over it.
 *
 * Joined by the actor, and by the token where the upload was made with the very one, whoever's it
 * is by then.
 */
#include "detect/sequence.h"
#include "detect/tools.h"

enum { TOKEN, UPLOADED, ROUTED, STEPS };

static const struct str techniques[] = {STR_INIT("T1098.001"), STR_INIT("T1648"),
                                        STR_INIT("T1557")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.worker_takeover"),
     .ref = STR_INIT("SQ8"),
     .title = STR_INIT("Token made, Worker uploaded, route laid over it"),
     .description = STR_INIT("An API token was made or rolled, then a Worker uploaded and put "
                             "before a site by a route or domain. A team that sets up its first "
                             "Worker does the same."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.8,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_ACTOR,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("persistence"),
     .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {STR_INIT("sq8_minutes"), 60, 1, 10080},
};

static bool is_one(const struct event *e, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(e->action, str_of(names[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_step(const struct event *e, size_t step)
{
    static const char *const tokens[] = {"CreateToken", "RollToken"};
    static const char *const uploads[] = {"UploadWorker", "UploadWorkerVersion", "DeployWorker"};
    static const char *const routes[] = {"CreateWorkerRoute", "UpdateWorkerRoute",
                                         "AttachWorkerDomain"};
    return step == TOKEN      ? is_one(e, tokens, ARRAY_LEN(tokens))
           : step == UPLOADED ? is_one(e, uploads, ARRAY_LEN(uploads))
                              : is_one(e, routes, ARRAY_LEN(routes));
}

static bool may(void *state, const struct detect_view *v)
{
    const struct event *e = v->event;
    (void)state;
    return event_ok(e) && str_starts(e->source, STR("cloudflare.")) &&
           (is_step(e, TOKEN) || is_step(e, UPLOADED) || is_step(e, ROUTED));
}

static enum err_code put(struct sequence *s, const struct sequence_step *at, size_t step,
                         const char *kind, struct str name)
{
    struct str key;
    if (name.len == 0) {
        return ERR_OK;
    }
    /* Without the account: a person's tokens belong to none. */
    return sequence_key(s, &key, kind, name, STR_EMPTY)
               ? sequence_put(s, at, step, STR_EMPTY, key, SEVERITY_MAX_)
               : ERR_NOMEM;
}

static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *at,
                           size_t step)
{
    const struct event *e = at->view.event;
    (void)state;
    if (!is_step(e, step)) {
        return ERR_OK;
    }
    struct str token = step == TOKEN ? event_attr_get(e, ATTR_TARGET_KEY) : e->who.access_key;
    enum err_code rc = put(s, at, step, "actor", event_actor_key(e));
    return rc ? rc : put(s, at, step, "token", token);
}

static const struct sequence_ops ops = {
    .detection = &detections[0],
    .window = &thresholds[0],
    .steps = STEPS,
    .lead = ROUTED,
    .tells_from = ROUTED,
    .may = may,
    .offer = offer,
    .story = "made a token, uploaded a Worker and laid a route over it",
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    (void)err;
    return sequence_event(state, &ops, state, v);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    (void)err;
    return sequence_finish(state, &ops, state, v);
}

static void release(void *state)
{
    sequence_free(state);
}

const struct detect_ops detect_worker_takeover = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct sequence),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
