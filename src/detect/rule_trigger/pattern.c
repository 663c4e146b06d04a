#include "detect/rule_trigger/pattern.h"

#include "base/attr.h"
#include "codec/json.h"
#include "detect/policy.h"

struct call {
    struct str source, service, name;
};

/* What a back door wants to hear of: new identities, and doors in the network. */
static const struct call watched[] = {
    {STR_INIT("aws.iam"), STR_INIT("iam.amazonaws.com"), STR_INIT("CreateUser")},
    {STR_INIT("aws.iam"), STR_INIT("iam.amazonaws.com"), STR_INIT("CreateRole")},
    {STR_INIT("aws.iam"), STR_INIT("iam.amazonaws.com"), STR_INIT("CreateAccessKey")},
    {STR_INIT("aws.ec2"), STR_INIT("ec2.amazonaws.com"), STR_INIT("CreateSecurityGroup")},
    {STR_INIT("aws.ec2"), STR_INIT("ec2.amazonaws.com"), STR_INIT("AuthorizeSecurityGroupIngress")},
};

static struct str plain(struct json_view v)
{
    return v.kind == JSON_STRING ? str_make(v.ptr, v.len) : STR_EMPTY;
}

/* A text with escapes in it may say anything. */
static bool text_accepts(struct json_view v, struct str text)
{
    return v.escaped || str_eq(plain(v), text);
}

static bool list_has(struct json_view v, struct str text)
{
    struct json_view key;
    struct json_view value;
    if (v.kind == JSON_STRING) {
        return str_eq(plain(v), text);
    }
    if (v.kind != JSON_ARRAY) {
        return false;
    }
    struct json_iter it = json_iter_of(v);
    while (json_iter_next(&it, &key, &value)) {
        if (value.kind == JSON_STRING && str_eq(plain(value), text)) {
            return true;
        }
    }
    return false;
}

static bool matcher_accepts(struct json_view m, struct str text)
{
    struct json_view v = json_member(m, STR("prefix"));
    if (v.kind == JSON_STRING) {
        return str_starts(text, plain(v));
    }
    if ((v = json_member(m, STR("suffix"))).kind == JSON_STRING) {
        return str_ends(text, plain(v));
    }
    if ((v = json_member(m, STR("equals-ignore-case"))).kind == JSON_STRING) {
        return str_ieq(text, plain(v));
    }
    if ((v = json_member(m, STR("wildcard"))).kind == JSON_STRING) {
        return policy_glob(plain(v), text);
    }
    v = json_member(m, STR("anything-but"));
    if (v.kind == JSON_STRING || v.kind == JSON_ARRAY) {
        return !list_has(v, text);
    }
    if (v.kind == JSON_OBJECT) {
        struct str prefix = plain(json_member(v, STR("prefix")));
        return prefix.len == 0 || !str_starts(text, prefix);
    }
    return json_member(m, STR("exists")).kind == JSON_TRUE;
}

/* An absent field accepts everything. */
static bool field_accepts(struct json_view field, struct str text)
{
    struct json_view key;
    struct json_view value;
    if (field.kind == JSON_ABSENT) {
        return true;
    }
    if (field.kind != JSON_ARRAY) {
        return false;
    }
    struct json_iter it = json_iter_of(field);
    while (json_iter_next(&it, &key, &value)) {
        if (value.kind == JSON_STRING ? text_accepts(value, text)
                                      : value.kind == JSON_OBJECT && matcher_accepts(value, text)) {
            return true;
        }
    }
    return false;
}

static bool accepts(struct json_view pattern, const struct call *c)
{
    struct json_view detail = json_member(pattern, STR("detail"));
    if (!field_accepts(json_member(pattern, STR("source")), c->source) ||
        !field_accepts(json_member(pattern, STR("detail-type")),
                       STR("AWS API Call via CloudTrail"))) {
        return false;
    }
    if (detail.kind != JSON_OBJECT) {
        return true;
    }
    return field_accepts(json_member(detail, STR("eventSource")), c->service) &&
           field_accepts(json_member(detail, STR("eventName")), c->name);
}

bool pattern_watches_identity(struct str pattern, struct str *what)
{
    struct json_view v = json_view_of(pattern);
    for (size_t i = 0; v.kind == JSON_OBJECT && i < ARRAY_LEN(watched); i++) {
        if (accepts(v, &watched[i])) {
            *what = watched[i].name;
            return true;
        }
    }
    return false;
}
