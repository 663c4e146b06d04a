/*
 * alert_near_change - D78: the IDS raised an alert about a serverless host, within five minutes of
 * a change of a function or of permissions.
 */
#include "detect/contact.h"
#include "detect/tools.h"

#define NEAR_US (5 * TIME_MINUTE_US)
enum { SEVERITY_SERIOUS = 2 }; /* Suricata's: 1 is the highest */

static const struct str techniques[] = {STR_INIT("T1071")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.alert_near_change"),
     .ref = STR_INIT("D78"),
     .title = STR_INIT("IDS alert on a serverless host beside a change"),
     .description =
         STR_INIT("A serious alert of the IDS is about a serverless host or a function of "
                  "ours; high when a change of a function or of permissions lies within "
                  "five minutes of it."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.7,
     .question = Q3,
     .indicator = KI2,
     .entity = ENTITY_ADDRESS,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("command-and-control"),
     .ours = true},
};

struct state {
    VEC_OF(const struct event *); /* changes, in order of time */
};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    const struct event *e = v->event;
    bool change = (e->kind == EVENT_CHANGE || e->kind == EVENT_IDENTITY) && event_ok(e);
    (void)err;
    return !change || e->time_us == TIME_NONE || VEC_PUSH(s, e) ? ERR_OK : ERR_NOMEM;
}

/* The nearest change, NULL when none is near. */
static const struct event *near(const struct state *s, const struct traffic_alert *a)
{
    size_t low = 0;
    size_t high = s->len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (s->at[mid]->time_us < time_shift(a->place.time_us, -NEAR_US)) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < s->len && s->at[low]->time_us <= time_shift(a->last_us, NEAR_US) ? s->at[low]
                                                                                  : NULL;
}

static enum err_code look(const struct state *s, const struct detect_view *v,
                          const struct traffic_alert *a)
{
    struct name_info info;
    bool own = v->inventory != NULL && inventory_of_host(v->inventory, a->host) != NULL;
    bool serverless =
        names_classify(v->traffic->names, a->host, &info) && name_class_is_serverless(info.class);
    if (a->severity == 0 || a->severity > SEVERITY_SERIOUS || !(own || serverless)) {
        return ERR_OK;
    }
    const struct event *change = near(s, a);
    struct contact_record r = {.host = a->host,
                               .client = a->client,
                               .server = a->server,
                               .has_server = a->has_server,
                               .answered = !a->blocked,
                               .count = a->count,
                               .last_us = a->last_us,
                               .place = &a->place};
    return contact_say_record(v, &r, &detections[0], change != NULL ? SEVERITY_HIGH : SEVERITY_LOW,
                              NULL, "IDS alert \"%.*s\" (%llu) on %.*s%s, %llu times%s%.*s%s%.*s",
                              SAY(a->signature), (unsigned long long)a->signature_id, SAY(a->host),
                              a->blocked ? ", blocked" : "", (unsigned long long)a->count,
                              change != NULL ? "; within five minutes of " : "",
                              SAY(change != NULL ? change->action : STR_EMPTY),
                              change != NULL && change->function.name.len > 0 ? " of " : "",
                              SAY(change != NULL ? change->function.name : STR_EMPTY));
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    enum err_code rc = ERR_OK;
    (void)err;
    for (size_t i = 0; v->traffic != NULL && rc == ERR_OK && i < v->traffic->alerts.len; i++) {
        rc = look(state, v, &v->traffic->alerts.at[i]);
    }
    return rc;
}

static void release(void *state)
{
    struct state *s = state;
    VEC_FREE(s);
}

const struct detect_ops detect_alert_near_change = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
