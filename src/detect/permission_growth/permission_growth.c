/*
 * permission_growth - D56, D57: a call gave a principal much more than it had, or a way to more.
 */
#include "detect/detect.h"
#include "detect/tools.h"
#include "iam/book.h"

enum { WIDER, TO_ADMIN, TO_ROLE };

/* Of one call: principals told of, and paths named for each. */
enum { HOLDERS_MAX = 20, NAMED_MAX = 3 };

static const struct str techniques[] = {STR_INIT("T1098.003")};

#define PATH(name, headline, about, conf)                                                          \
    {                                                                                              \
        .id = STR_INIT("faaswatch." name), .ref = STR_INIT("D57"), .title = STR_INIT(headline),    \
        .description = STR_INIT(about), .severity = SEVERITY_HIGH, .confidence = (conf),           \
        .question = Q2, .indicator = KI4, .entity = ENTITY_ROLE, .techniques = techniques,         \
        .technique_count = ARRAY_LEN(techniques), .tactic = STR_INIT("privilege-escalation"),      \
        .ours = true                                                                               \
    }

static const struct detection detections[] = {
    [TO_ADMIN] = PATH("path_to_administrator", "New path to administrator",
                      "A principal can now give itself anything, or become anybody.", 0.9),
    [TO_ROLE] = PATH("path_to_role", "New path to another role",
                     "A principal can now act as another role or user.", 0.7),
    [WIDER] = {.id = STR_INIT("faaswatch.permissions_grew"),
               .ref = STR_INIT("D56"),
               .title = STR_INIT("Function's role may do much more"),
               .description = STR_INIT("What a function's role may do grew by more than half."),
               .severity = SEVERITY_HIGH,
               .confidence = 0.7,
               .question = Q2,
               .indicator = KI4,
               .entity = ENTITY_ROLE,
               .techniques = techniques,
               .technique_count = ARRAY_LEN(techniques),
               .tactic = STR_INIT("privilege-escalation"),
               .ours = true},
};

static enum err_code tell_ways(const struct detect_view *v, const struct iam_growth *g, bool admin)
{
    struct str names = STR_EMPTY;
    size_t count = 0;
    bool sure = false;
    for (size_t i = 0; i < g->ways.len; i++) {
        const struct iam_way *w = &g->ways.at[i];
        if (iam_way_to_administrator(w) != admin) {
            continue;
        }
        count++;
        sure = sure || w->answer == IAM_YES;
        if (count <= NAMED_MAX && !arena_printf(v->arena, &names, "%.*s%s%.*s", STR_ARG(names),
                                                count == 1 ? "" : ", ", STR_ARG(w->path->id))) {
            return ERR_NOMEM;
        }
    }
    if (count == 0) {
        return ERR_OK;
    }
    return detect_say(v, &detections[admin ? TO_ADMIN : TO_ROLE],
                      admin  ? SEVERITY_CRITICAL
                      : sure ? SEVERITY_HIGH
                             : SEVERITY_MEDIUM,
                      "%.*s by %.*s opens %zu path%s for %.*s: %.*s%s%s", SAY(v->event->action),
                      SAY(event_who(v->event)), count, count == 1 ? "" : "s", SAY(g->name),
                      STR_ARG(names), count > NAMED_MAX ? ", …" : "",
                      sure ? "" : ", on a condition");
}

static enum err_code tell_width(const struct detect_view *v, const struct iam_growth *g)
{
    const struct function *const *functions = NULL;
    size_t count =
        v->inventory == NULL ? 0 : inventory_functions_of_role(v->inventory, g->arn, &functions);
    if (count == 0 || g->score_before <= 0 || !g->jumped) {
        return ERR_OK;
    }
    return detect_say(v, &detections[WIDER], SEVERITY_HIGH,
                      "%.*s by %.*s: the role %.*s of %.*s may do %.0f %% more, %zu actions that "
                      "it could not (%zu change permissions, %zu write), among them %.*s",
                      SAY(v->event->action), SAY(event_who(v->event)), SAY(g->name),
                      SAY(functions[0]->key.name), 100 * (g->score_after / g->score_before - 1),
                      g->newly_allowed, g->newly_by_level[IAM_PERMISSIONS],
                      g->newly_by_level[IAM_WRITE],
                      SAY(g->some.len > 0 ? g->some : STR("none: the same on more resources")));
}

/* All values of an attribute. False: out of memory. */
static bool list_of(const struct detect_view *v, enum event_attr id, struct iam_list *out)
{
    struct str *at = ARENA_ARRAY(v->arena, struct str, v->event->attr_count + 1);
    struct attr_iter it = {v->event, 0};
    size_t n = 0;
    while (at != NULL && attr_next(&it, id, &at[n])) {
        n++;
    }
    *out = (struct iam_list){at, n};
    return at != NULL;
}

static enum err_code tell(const struct detect_view *v, const struct iam_growths *growths)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < growths->len && i < HOLDERS_MAX; i++) {
        const struct iam_growth *g = &growths->at[i];
        rc = tell_width(v, g);
        rc = rc ? rc : tell_ways(v, g, true);
        rc = rc ? rc : tell_ways(v, g, false);
    }
    return rc;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    CLEANUP(iam_growths_free) struct iam_growths growths = {0};
    (void)state;
    if (v->book == NULL || !event_ok(e) || !str_eq(e->service, STR("iam.amazonaws.com"))) {
        return ERR_OK;
    }
    struct iam_change_event change = {.time_us = e->time_us,
                                      .action = e->action,
                                      .account = e->account,
                                      .role = event_attr_get(e, ATTR_TARGET_ROLE),
                                      .user = event_attr_get(e, ATTR_TARGET_USER),
                                      .group = event_attr_get(e, ATTR_TARGET_GROUP),
                                      .policy = event_attr_get(e, ATTR_POLICY_ARN),
                                      .document = event_attr_get(e, ATTR_POLICY_DOCUMENT),
                                      .boundary = event_attr_get(e, ATTR_BOUNDARY),
                                      .version = event_attr_get(e, ATTR_VERSION),
                                      .is_default = event_attr_get(e, ATTR_POLICY_DEFAULT)};
    bool untag = str_starts(e->action, STR("Untag"));
    if (!list_of(v, ATTR_TAG, &change.tags) ||
        (untag && !list_of(v, ATTR_TAG_KEY, &change.untag))) {
        return ERR_NOMEM;
    }
    enum err_code rc = iam_book_follow(v->book, &change, &growths, err);
    return rc ? rc : tell(v, &growths);
}

const struct detect_ops detect_permission_growth = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
