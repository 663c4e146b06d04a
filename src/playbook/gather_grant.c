/*
 * gather_grant - whose permissions an event widens, and does it give everything away?
 */
#include "codec/json.h"
#include "detect/arn.h"
#include "playbook/inquiry.h"

enum { ACTION_MAX = 128 }; /* the longest action has 60 letters */

/* One action of a statement: everything, or identities at will. */
static bool action_rules(struct str action)
{
    /* However the stars stand ("iam:*", "*:*", "i?m:*"): it covers what hands out rights. A '?' is
     * one letter; taken for any number it covers a little more. */
    char text[ACTION_MAX];
    size_t n = action.len < sizeof(text) ? action.len : sizeof(text);
    for (size_t i = 0; i < n; i++) {
        text[i] = action.ptr[i] == '?' ? '*' : action.ptr[i];
    }
    struct str pattern = str_make(text, n);
    return env_pattern(pattern, STR("iam:PutRolePolicy")) &&
           env_pattern(pattern, STR("iam:CreateAccessKey"));
}

/* A value that is a text or a list of texts. */
static bool any_text(struct json_view v, struct arena *a, bool (*test)(struct str))
{
    struct str text;
    if (v.kind == JSON_STRING) {
        return json_text(v, a, &text) && test(text);
    }
    struct json_view key;
    struct json_view value;
    struct json_iter it = json_iter_of(v);
    while (v.kind == JSON_ARRAY && json_iter_next(&it, &key, &value)) {
        if (value.kind == JSON_STRING && json_text(value, a, &text) && test(text)) {
            return true;
        }
    }
    return false;
}

static bool is_star(struct str s)
{
    return s.len > 0 && env_pattern(s, STR_EMPTY); /* nothing but stars */
}

static bool statement_rules(struct json_view st, struct arena *a)
{
    struct str effect;
    struct json_view e = json_member(st, STR("Effect"));
    if (e.kind != JSON_STRING || !json_text(e, a, &effect) || !str_ieq(effect, STR("Allow"))) {
        return false;
    }
    /* All but a few actions is as good as all. */
    bool actions = any_text(json_member(st, STR("Action")), a, action_rules) ||
                   json_member(st, STR("NotAction")).kind != JSON_ABSENT;
    return actions && any_text(json_member(st, STR("Resource")), a, is_star);
}

static bool document_rules(struct str document, struct arena *a)
{
    struct json_view root = json_view_of(document);
    struct json_view st = json_member(root, STR("Statement"));
    if (st.kind == JSON_OBJECT) {
        return statement_rules(st, a);
    }
    struct json_view key;
    struct json_view value;
    struct json_iter it = json_iter_of(st);
    while (st.kind == JSON_ARRAY && json_iter_next(&it, &key, &value)) {
        if (value.kind == JSON_OBJECT && statement_rules(value, a)) {
            return true;
        }
    }
    return false;
}

static bool policy_rules(struct str arn)
{
    static const struct str names[] = {STR_INIT("AdministratorAccess"), STR_INIT("IAMFullAccess"),
                                       STR_INIT("PowerUserAccess")};
    struct str name = arn_name(arn);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(name, names[i])) {
            return true;
        }
    }
    return false;
}

static bool is_function_role(const struct inquiry *q, const struct event *e, struct str role)
{
    const struct inventory *inv = q->judge->inventory;
    struct str name = arn_name(role);
    for (size_t i = 0; inv != NULL && name.len != 0 && i < inventory_functions(inv); i++) {
        const struct function *f = inventory_function_at(inv, i);
        if (str_eq(arn_name(f->now.role), name) && str_eq(f->key.account, e->account)) {
            return true;
        }
    }
    return false;
}

void gather_grant(struct inquiry *q, struct subject *s)
{
    const struct event *e = s->event;
    /* What a policy says is only a grant where a detection of widened rights found it so. */
    if (subject_finding(s, STR("D54")) == NULL && subject_finding(s, STR("D55")) == NULL) {
        return;
    }
    s->grants_admin = policy_rules(event_attr_get(e, ATTR_POLICY_ARN)) ||
                      document_rules(event_attr_get(e, ATTR_POLICY_DOCUMENT), &q->scratch);
    s->function_role = is_function_role(q, e, event_attr_get(e, ATTR_TARGET_ROLE));
}
