/*
 * rule_trigger - D23 and D24: a rule or schedule calls a function.
 *
 * A rule and its targets come in two calls, in either order of change: what is known of each rule
 * is kept, and looked at again whenever one of the two moves.
 */
#include "detect/arn.h"
#include "detect/detect.h"
#include "detect/rule_trigger/pattern.h"
#include "detect/tools.h"

enum { ON_IDENTITY, NEW_SCHEDULE };
enum { TARGETS_KEPT = 8 };

/* A function that was made for the trigger is younger than this. */
#define YOUNG_US (24 * TIME_HOUR_US)

static const struct str techniques_identity[] = {STR_INIT("T1546")};
static const struct str techniques_schedule[] = {STR_INIT("T1053.007")};

static const struct detection detections[] = {
    [ON_IDENTITY] = {.id = STR_INIT("faaswatch.trigger_on_identity"),
                     .ref = STR_INIT("D23"),
                     .title = STR_INIT("Function called when identities are made"),
                     .description = STR_INIT("A rule calls a function whenever a user, role, key "
                                             "or security group is made: the signature of a back "
                                             "door that follows new accounts."),
                     .severity = SEVERITY_CRITICAL,
                     .confidence = 0.7,
                     .question = Q1,
                     .indicator = KI1,
                     .entity = ENTITY_FUNCTION,
                     .techniques = techniques_identity,
                     .technique_count = ARRAY_LEN(techniques_identity),
                     .tactic = STR_INIT("persistence"),
                     .ours = true},
    [NEW_SCHEDULE] = {.id = STR_INIT("faaswatch.schedule_new"),
                      .ref = STR_INIT("D24"),
                      .title = STR_INIT("New schedule calls a function"),
                      .description = STR_INIT("A schedule that no change record covers calls a "
                                              "function."),
                      .severity = SEVERITY_MEDIUM,
                      .confidence = 0.4,
                      .question = Q1,
                      .indicator = KI1,
                      .entity = ENTITY_FUNCTION,
                      .techniques = techniques_schedule,
                      .technique_count = ARRAY_LEN(techniques_schedule),
                      .tactic = STR_INIT("persistence"),
                      .ours = true},
};

struct rule {
    struct str watches; /* identity call that its pattern lets through, or "" */
    struct str schedule;
    bool schedule_told;
    const struct event *targeted[TARGETS_KEPT]; /* calls that named functions as targets */
    size_t target_count;
};

struct state {
    struct map rules; /* account/region/bus/rule -> struct rule */
};

static struct rule *rule_of(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str key;
    if (!arena_printf(v->arena, &key, "%.*s/%.*s/%.*s/%.*s/%.*s", STR_ARG(e->account),
                      STR_ARG(e->region), STR_ARG(e->service), STR_ARG(event_attr_get(e, ATTR_API)),
                      STR_ARG(event_attr_get(e, ATTR_RULE)))) {
        return NULL;
    }
    struct map_entry *entry = map_put(&st->rules, key);
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(v->arena, struct rule);
    }
    return entry == NULL ? NULL : entry->value;
}

/* ---- D23 ---- */

static const struct function *function_of_arn(const struct detect_view *v, const struct event *e,
                                              struct str target)
{
    struct arn a;
    struct str rest;
    struct str word;
    struct function_key key = {.provider = STR("aws")};
    if (v->inventory == NULL || !arn_parse(target, &a) || !str_eq(a.service, STR("lambda"))) {
        return NULL;
    }
    rest = a.resource;
    if (!str_cut(&rest, ':', &word) || !str_cut(&rest, ':', &key.name)) {
        return NULL;
    }
    key.account = a.account.len > 0 ? a.account : e->account;
    key.region = a.region;
    return inventory_find(v->inventory, &key);
}

static bool is_young(const struct function *f, int64_t at_us)
{
    int64_t age = f == NULL || !f->now.created ? -1 : time_between(f->now.created_us, at_us);
    return age >= 0 && age < YOUNG_US;
}

/* One of the functions that the call names as targets was made within a day. */
static bool aims_at_young(const struct detect_view *v, const struct event *e)
{
    struct attr_iter it = {e, 0};
    struct str target;
    if (e == v->event && is_young(v->function, e->time_us)) {
        return true;
    }
    while (attr_next(&it, ATTR_TARGET, &target)) {
        if (is_young(function_of_arn(v, e, target), v->event->time_us)) {
            return true;
        }
    }
    return false;
}

static enum err_code say_identity(const struct detect_view *v, const struct rule *r,
                                  const struct event *target)
{
    bool young = aims_at_young(v, target);
    return detect_say_at(
        v, target, &detections[ON_IDENTITY], young ? SEVERITY_CRITICAL : SEVERITY_MEDIUM,
        "rule %.*s calls %.*s on %.*s, set by %.*s; the function %s",
        SAY(event_attr_get(target, ATTR_RULE)), SAY(target->function.name), SAY(r->watches),
        SAY(event_who(v->event)),
        young ? "was made within a day of it" : "is older, or its age is not known");
}

/* ---- D24 ---- */

/* Covered by a change record: fine. No records given: a note, since nobody can tell. */
static enum err_code say_schedule(const struct detect_view *v, struct rule *r,
                                  const struct event *target)
{
    bool given = v->context->given[CONTEXT_CHANGES];
    bool known = given && v->match != NULL;
    if (r->schedule_told || (known && v->match->class != MATCH_M0)) {
        return ERR_OK;
    }
    r->schedule_told = event_ok(v->event);
    return detect_say_at(
        v, target, &detections[NEW_SCHEDULE], known ? SEVERITY_MEDIUM : SEVERITY_LOW,
        "%.*s calls %.*s by %.*s, set by %.*s; %s", SAY(event_attr_get(v->event, ATTR_RULE)),
        SAY(target->function.name), SAY(r->schedule), SAY(event_who(v->event)),
        known ? "no change record covers it" : "no change records to check it against");
}

/* ---- both ---- */

static enum err_code look_at_pair(const struct detect_view *v, struct rule *r,
                                  const struct event *target)
{
    enum err_code rc = ERR_OK;
    if (r->watches.len > 0) {
        rc = say_identity(v, r, target);
    }
    if (rc == ERR_OK && r->schedule.len > 0) {
        rc = say_schedule(v, r, target);
    }
    return rc;
}

static void read_rule(const struct event *e, struct rule *r)
{
    struct str pattern = event_attr_get(e, ATTR_TRIGGER_PATTERN);
    struct str schedule = event_attr_get(e, ATTR_SCHEDULE);
    if (pattern.len > 0) {
        r->watches = STR_EMPTY;
        (void)pattern_watches_identity(pattern, &r->watches);
    }
    if (schedule.len > 0) {
        r->schedule_told = r->schedule_told && str_eq(schedule, r->schedule);
        r->schedule = schedule;
    }
}

static enum err_code on_rule(struct rule *r, const struct detect_view *v)
{
    enum err_code rc = ERR_OK;
    if (!event_ok(v->event)) {
        return ERR_OK; /* the rule is as it was */
    }
    read_rule(v->event, r);
    for (size_t i = 0; i < r->target_count && rc == ERR_OK; i++) {
        rc = look_at_pair(v, r, r->targeted[i]);
    }
    return rc;
}

static enum err_code on_targets(struct rule *r, const struct detect_view *v)
{
    const struct event *e = v->event;
    if (e->function.name.len == 0) {
        return ERR_OK; /* calls no function */
    }
    if (event_ok(e) && r->target_count < TARGETS_KEPT) {
        r->targeted[r->target_count++] = e;
    }
    return look_at_pair(v, r, e);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    bool rule = event_is(e, STR("events.amazonaws.com"), "PutRule");
    bool targets = event_is(e, STR("events.amazonaws.com"), "PutTargets");
    bool schedule = event_is(e, STR("scheduler.amazonaws.com"), "CreateSchedule") ||
                    event_is(e, STR("scheduler.amazonaws.com"), "UpdateSchedule");
    (void)err;
    if (!rule && !targets && !schedule) {
        return ERR_OK;
    }
    struct rule *r = rule_of(state, v);
    if (r == NULL) {
        return ERR_NOMEM;
    }
    if (rule) {
        return on_rule(r, v);
    }
    if (schedule) {
        read_rule(e, r);
    }
    return on_targets(r, v);
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->rules);
}

const struct detect_ops detect_rule_trigger = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
