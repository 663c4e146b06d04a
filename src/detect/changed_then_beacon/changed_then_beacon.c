/*
 * changed_then_beacon - SQ7: a function of ours was changed, and within seven days, in either
 * order, hosts of ours have contact with its URL like a beacon.
 *
 * The finding is about the change: an approved one explains it. The contacts are a finding of
 * their own (D70) about the same function, so both come into one case.
 */
#include "detect/contact.h"
#include "detect/tools.h"

#define WINDOW_US  (7 * TIME_DAY_US)
#define SCORE_HIGH 0.8

static const struct str techniques[] = {STR_INIT("T1648"), STR_INIT("T1071.001")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.changed_then_beacon"),
     .ref = STR_INIT("SQ7"),
     .title = STR_INIT("Changed function that hosts of ours beacon to"),
     .description = STR_INIT("Code or settings of a function were changed, and within seven days "
                             "hosts of ours had contact with its URL like a beacon."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.9,
     .question = Q4,
     .indicator = KI2,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
};

struct changed {
    const struct event *event;
    const struct function *function;
};
struct state {
    VEC_OF(struct changed);
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    const struct event *e = v->event;
    (void)err;
    if (e->kind != EVENT_CHANGE || !event_ok(e) || e->time_us == TIME_NONE || v->function == NULL ||
        event_has(e, ATTR_DRY_RUN)) {
        return ERR_OK;
    }
    return VEC_PUSH(s, ((struct changed){e, v->function})) ? ERR_OK : ERR_NOMEM;
}

static bool is_near(const struct event *change, const struct traffic_contact *c)
{
    return change->time_us <= c->last_us + WINDOW_US && change->time_us >= c->first_us - WINDOW_US;
}

static enum err_code look(const struct state *s, const struct detect_view *v,
                          const struct traffic_contact *c)
{
    const struct function *own = contact_function(v, c);
    enum err_code rc = ERR_OK;
    if (own == NULL) {
        return ERR_OK;
    }
    struct beacon b = contact_beacon(v, c);
    struct str client = contact_client(v, c);
    for (size_t i = 0; b.scored && b.score >= SCORE_HIGH && rc == ERR_OK && i < s->len; i++) {
        const struct event *e = s->at[i].event;
        if (s->at[i].function == own && is_near(e, c)) {
            rc =
                detect_say_at(v, e, &detections[0], SEVERITY_CRITICAL,
                              "%.*s of %.*s by %.*s; and %.*s has contact with its URL %.*s like a "
                              "beacon, %llu times, every %.0f s, score %.2f",
                              SAY(e->action), SAY(e->function.name), SAY(event_who(e)), SAY(client),
                              SAY(c->host), (unsigned long long)c->count, b.median_s, b.score);
        }
    }
    return rc;
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    enum err_code rc = ERR_OK;
    (void)err;
    for (size_t i = 0; v->traffic != NULL && rc == ERR_OK && i < v->traffic->contacts.len; i++) {
        rc = look(state, v, &v->traffic->contacts.at[i]);
    }
    return rc;
}

static void release(void *state)
{
    struct state *s = state;
    VEC_FREE(s);
}

const struct detect_ops detect_changed_then_beacon = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
