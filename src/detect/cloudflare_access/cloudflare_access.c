/*
 * cloudflare_access - D68: members get more rights, tokens are made or rolled, the global key is shown.
 */
#include "base/map.h"
#include "detect/policy.h"
#include "detect/tools.h"

enum { MEMBER_RAISED, MEMBER_ADDED, TOKEN_MADE, TOKEN_ROLLED, GLOBAL_KEY };

static const struct str techniques_member[] = {STR_INIT("T1098.003"), STR_INIT("T1136.003")};
static const struct str techniques_token[] = {STR_INIT("T1098.001")};
static const struct str techniques_key[] = {STR_INIT("T1552")};

#define DETECTION(name, headline, meaning, level, sure, which, first)                              \
    {                                                                                              \
        .id = STR_INIT("faaswatch." name), .ref = STR_INIT("D68"), .title = STR_INIT(headline),    \
        .description = STR_INIT(meaning), .severity = SEVERITY_##level, .confidence = (sure),      \
        .question = Q2, .indicator = KI4, .entity = ENTITY_ROLE, .techniques = (which),            \
        .technique_count = ARRAY_LEN(which), .tactic = STR_INIT(first), .ours = true               \
    }

static const struct detection detections[] = {
    [MEMBER_RAISED] = DETECTION("cf_member_powerful", "Member of Cloudflare may change everything",
                                "A member was added with, or raised to, a role that may change "
                                "members, tokens or Workers.",
                                HIGH, 0.7, techniques_member, "persistence"),
    [MEMBER_ADDED] =
        DETECTION("cf_member_added", "Member added at Cloudflare", "An account got another member.",
                  MEDIUM, 0.4, techniques_member, "persistence"),
    [TOKEN_MADE] = DETECTION("cf_token_made", "API token made at Cloudflare",
                             "An API token was made: it acts without a login, and without a second "
                             "factor.",
                             HIGH, 0.6, techniques_token, "persistence"),
    [TOKEN_ROLLED] = DETECTION("cf_token_rolled", "API token rolled at Cloudflare",
                               "A token got a new value: whoever rolled it has it, and who had it "
                               "before has not.",
                               HIGH, 0.6, techniques_token, "persistence"),
    [GLOBAL_KEY] = DETECTION("cf_global_key_viewed", "Global API key of Cloudflare shown",
                             "Somebody had the global API key shown, which may do all that its "
                             "owner may, without limit of time or address.",
                             HIGH, 0.7, techniques_key, "credential-access"),
};

struct state {
    struct map powerful; /* account and member, while it has a powerful role */
};

static bool is_powerful(struct str role)
{
    return str_ifind(role, STR("super admin")) != SIZE_MAX || str_ieq(role, STR("administrator")) ||
           str_ifind(role, STR("workers admin")) != SIZE_MAX ||
           str_ifind(role, STR("workers platform admin")) != SIZE_MAX ||
           str_ifind(role, STR("api tokens write")) != SIZE_MAX ||
           str_ifind(role, STR("memberships write")) != SIZE_MAX ||
           str_ifind(role, STR("workers scripts write")) != SIZE_MAX ||
           str_ifind(role, STR("logs write")) != SIZE_MAX;
}

/* The first powerful permission group of a list of policies; "" when there is none. */
static struct str powerful_group(const struct detect_view *v, struct str document)
{
    struct json_view key;
    struct json_view policy;
    struct json_view list = document.len == 0 ? (struct json_view){0} : json_view_of(document);
    for (struct json_iter it = json_iter_of(list);
         list.kind == JSON_ARRAY && json_iter_next(&it, &key, &policy);) {
        struct json_view group;
        struct json_view groups = policy.kind == JSON_OBJECT
                                      ? json_member(policy, STR("permission_groups"))
                                      : (struct json_view){0};
        for (struct json_iter g = json_iter_of(groups);
             groups.kind == JSON_ARRAY && json_iter_next(&g, &key, &group);) {
            struct json_view name =
                group.kind == JSON_OBJECT ? json_member(group, STR("name")) : (struct json_view){0};
            struct str text;
            if (name.kind == JSON_STRING && json_text(name, v->arena, &text) && is_powerful(text)) {
                return text;
            }
        }
    }
    return STR_EMPTY;
}

static struct str powerful_role(const struct detect_view *v)
{
    struct attr_iter it = {v->event, 0};
    struct str role;
    while (attr_next(&it, ATTR_TARGET_ROLE, &role)) {
        if (is_powerful(role)) {
            return role;
        }
    }
    return powerful_group(v, event_attr_get(v->event, ATTR_POLICY_DOCUMENT));
}

/* ---- members ---- */

static enum err_code look_at_member(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    bool added = str_eq(e->action, STR("AddMember"));
    struct str mail = event_attr_get(e, ATTR_TARGET_USER);
    struct str role = powerful_role(v);
    struct str key;
    if (mail.len == 0) {
        mail = event_attr_get(e, ATTR_RESOURCE_ID);
    }
    if (!arena_printf(v->arena, &key, "%.*s/%.*s", STR_ARG(e->account), STR_ARG(mail))) {
        return ERR_NOMEM;
    }
    struct map_entry *m = map_put(&st->powerful, key);
    if (m == NULL) {
        return ERR_NOMEM;
    }
    bool was = m->value != NULL;
    m->value = !event_ok(e) ? m->value : role.len > 0 ? st : NULL;
    if (role.len > 0 && !was) {
        return detect_say(v, &detections[MEMBER_RAISED], SEVERITY_HIGH, "%.*s %s %.*s: %.*s",
                          SAY(event_who(e)), added ? "added" : "raised", SAY(mail), SAY(role));
    }
    return !added || was ? ERR_OK
                         : detect_say(v, &detections[MEMBER_ADDED], SEVERITY_MEDIUM,
                                      "%.*s added %.*s", SAY(event_who(e)), SAY(mail));
}

/* ---- tokens ---- */

static enum err_code look_at_token(const struct detect_view *v)
{
    const struct event *e = v->event;
    bool rolled = str_eq(e->action, STR("RollToken"));
    struct str name = event_attr_get(e, ATTR_DESCRIPTION);
    struct str group = powerful_role(v);
    bool told = event_has(e, ATTR_POLICY_DOCUMENT); /* what it may, and so also its limits */
    bool unlimited = told && !event_has(e, ATTR_GRANT_SOURCE);
    bool high = rolled || group.len > 0 || unlimited || !told;
    if (name.len == 0) {
        name = event_attr_get(e, ATTR_TARGET_KEY);
    }
    return detect_say(v, &detections[rolled ? TOKEN_ROLLED : TOKEN_MADE],
                      high ? SEVERITY_HIGH : SEVERITY_MEDIUM, "%.*s %s the token %.*s%s%.*s%s",
                      SAY(event_who(e)), rolled ? "rolled" : "made", SAY(name),
                      group.len > 0 ? ", with " : "", SAY(group),
                      unlimited && !rolled ? ", without limit of address or time" : "");
}

static bool is_global_key(const struct event *e)
{
    bool key = str_ifind(e->name, STR("api_key")) != SIZE_MAX;
    return key && (str_ifind(e->name, STR("view")) != SIZE_MAX || e->read_only);
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)err;
    if (!str_starts(e->source, STR("cloudflare.audit"))) {
        return ERR_OK;
    }
    if (str_eq(e->action, STR("AddMember")) || str_eq(e->action, STR("UpdateMember"))) {
        return look_at_member(state, v);
    }
    if (str_eq(e->action, STR("CreateToken")) || str_eq(e->action, STR("RollToken"))) {
        return look_at_token(v);
    }
    return !is_global_key(e)
               ? ERR_OK
               : detect_say(v, &detections[GLOBAL_KEY], SEVERITY_HIGH,
                            "%.*s had the global API key shown, from %.*s", SAY(event_who(e)),
                            SAY(e->address.len > 0 ? e->address : STR("an unknown address")));
}

static void release(void *state)
{
    struct state *st = state;
    map_free(&st->powerful);
}

const struct detect_ops detect_cloudflare_access = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
