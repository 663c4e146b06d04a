/*
 * alias_weight - D21 and D105: a small share of calls has gone to another version for more than a
 * day, by an alias of a Lambda function or a deployment of a Worker.
 *
 * A canary is short. A back door behind one call in twenty is meant to stay.
 */
#include "detect/detect.h"
#include "detect/tools.h"

#define HELD_MIN_US (24 * TIME_HOUR_US)

enum { SHARE };
static const struct detect_threshold thresholds[] = {
    [SHARE] = {STR_INIT("alias_share"), 0.05, 0, 1},
};

static const struct str techniques[] = {STR_INIT("T1546")};

enum { ALIAS, SPLIT };

static const struct detection detections[] = {
    [ALIAS] = {.id = STR_INIT("faaswatch.alias_small_weight"),
               .ref = STR_INIT("D21"),
               .title = STR_INIT("Small share of calls routed to another version for long"),
               .description =
                   STR_INIT("An alias sends at most one call in twenty to another version, and "
                            "has done so for more than a day. Canaries are shorter."),
               .severity = SEVERITY_MEDIUM,
               .confidence = 0.5,
               .question = Q1,
               .indicator = KI1,
               .entity = ENTITY_FUNCTION,
               .techniques = techniques,
               .technique_count = ARRAY_LEN(techniques),
               .tactic = STR_INIT("persistence"),
               .ours = true},
    [SPLIT] = {.id = STR_INIT("faaswatch.worker_small_split"),
               .ref = STR_INIT("D105"),
               .title =
                   STR_INIT("Small share of a Worker's calls sent to another version for long"),
               .description = STR_INIT("A deployment sends at most one call in twenty to another "
                                       "version, and has done so for more than a day. Gradual "
                                       "deployments go on sooner."),
               .severity = SEVERITY_MEDIUM,
               .confidence = 0.5,
               .question = Q1,
               .indicator = KI1,
               .entity = ENTITY_FUNCTION,
               .techniques = techniques,
               .technique_count = ARRAY_LEN(techniques),
               .tactic = STR_INIT("persistence"),
               .ours = true},
};

struct held {
    const struct event *since; /* NULL: no small weight now */
    struct str version, weight;
    bool published_here; /* the version's publication is in the records */
};

struct state {
    struct map aliases; /* function text # alias -> struct held */
    int64_t last_us;
};

static bool is_split(const struct event *e)
{
    return event_is(e, STR("cloudflare.workers"), "DeployWorker");
}

/* "7=0.05"; of a Worker in per cent, "VERSION=5" */
static bool small_weight(struct str text, double most, struct str *version, struct str *weight)
{
    double share;
    if (!str_cut(&text, '=', version) || !str_f64(text, &share) || share <= 0 || share > most) {
        return false;
    }
    *weight = text;
    return true;
}

static enum err_code end_of(const struct detect_view *v, struct held *h, int64_t now_us)
{
    const struct event *e = h->since;
    h->since = NULL;
    if (e == NULL || time_between(e->time_us, now_us) <= HELD_MIN_US) {
        return ERR_OK;
    }
    if (is_split(e)) {
        return detect_say_at(
            v, e, &detections[SPLIT], SEVERITY_MEDIUM,
            "%.*s has sent %.*s %% of its calls to version %.*s for more than a "
            "day, set by %.*s%s",
            SAY(e->function.name), SAY(h->weight), SAY(h->version), SAY(event_who(e)),
            h->published_here ? "" : "; that version was uploaded outside the records");
    }
    return detect_say_at(v, e, &detections[ALIAS], SEVERITY_MEDIUM,
                         "alias %.*s of %.*s has sent a share of %.*s to version %.*s for more "
                         "than a day, set by %.*s%s",
                         SAY(event_attr_get(e, ATTR_ALIAS)), SAY(e->function.name), SAY(h->weight),
                         SAY(h->version), SAY(event_who(e)),
                         h->published_here ? ""
                                           : "; that version was published outside the records");
}

static enum err_code look_at_alias(struct held *h, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct attr_iter it = {e, 0};
    struct str text;
    struct str version;
    struct str weight;
    while (attr_next(&it, ATTR_ALIAS_WEIGHT, &text)) {
        double most = detect_threshold(v, &thresholds[SHARE]) * (is_split(e) ? 100 : 1);
        if (!small_weight(text, most, &version, &weight)) {
            continue;
        }
        if (h->since != NULL && str_eq(h->version, version)) {
            return ERR_OK; /* goes on */
        }
        enum err_code rc = end_of(v, h, e->time_us);
        h->since = e;
        h->version = version;
        h->weight = weight;
        h->published_here = str_list_has(&v->function->before.versions, version);
        return rc;
    }
    return end_of(v, h, e->time_us);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    const struct event *e = v->event;
    struct str key;
    (void)err;
    st->last_us = e->time_us > st->last_us ? e->time_us : st->last_us;
    if (v->function == NULL || !event_ok(e) || e->time_us == TIME_NONE ||
        (!event_is_lambda(e, "UpdateAlias") && !event_is_lambda(e, "CreateAlias") &&
         !event_is_lambda(e, "DeleteAlias") && !is_split(e))) {
        return ERR_OK;
    }
    if (!arena_printf(v->arena, &key, "%.*s#%.*s", STR_ARG(v->function->text),
                      STR_ARG(event_attr_get(e, ATTR_ALIAS)))) {
        return ERR_NOMEM;
    }
    struct map_entry *entry = map_put(&st->aliases, key);
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(v->arena, struct held);
    }
    return entry == NULL || entry->value == NULL ? ERR_NOMEM : look_at_alias(entry->value, v);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    enum err_code rc = ERR_OK;
    (void)err;
    for (size_t i = 0; i < st->aliases.len && rc == ERR_OK; i++) {
        if (st->aliases.at[i].value != NULL) {
            rc = end_of(v, st->aliases.at[i].value, st->last_us);
        }
    }
    return rc;
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->aliases);
}

const struct detect_ops detect_alias_weight = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
