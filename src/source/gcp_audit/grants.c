#include "source/gcp_audit/grants.h"

enum { MEMBERS_MAX = 32 }; /* of one binding; a policy has up to 1500, attributes are few */

/* Public members stand first in what is kept of a long list: they must not be cut off. */
static bool is_public(struct str member)
{
    return str_ieq(member, STR("allUsers")) || str_ieq(member, STR("allAuthenticatedUsers"));
}

static void add_pair(struct gcp_extract *x, struct str role, struct str member)
{
    if (role.len != 0 && member.len != 0 && x->count + 2 <= GCP_ATTRS_MAX) {
        gcp_add(x, ATTR_GRANT_ACTION, role);
        gcp_add(x, ATTR_GRANT_PRINCIPAL, member);
    }
}

static void add_condition(struct gcp_extract *x, struct json_view binding)
{
    gcp_add(x, ATTR_GRANT_SOURCE, gcp_get(x, binding, "condition.expression"));
}

static struct json_view delta_of(const struct gcp_extract *x, const char *list)
{
    static const char *const places[] = {"serviceData.policyDelta", "servicedataV1Iam.policyDelta",
                                         "metadata.policyDelta"};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        struct json_view v = log_entry_get(log_entry_get(x->payload, places[i]), list);
        if (v.kind == JSON_ARRAY) {
            return v;
        }
    }
    return (struct json_view){0};
}

static bool add_deltas(struct gcp_extract *x)
{
    struct json_view list = delta_of(x, "bindingDeltas"), key, d;
    struct json_iter it = json_iter_of(list);
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &d)) {
        struct str role = gcp_get(x, d, "role"), member = gcp_get(x, d, "member");
        if (str_ieq(gcp_get(x, d, "action"), STR("REMOVE"))) {
            gcp_add_joined(x, ATTR_GRANT_GONE, role, " ", member);
        } else {
            add_pair(x, role, member);
            add_condition(x, d);
        }
    }
    return list.kind == JSON_ARRAY;
}

static void add_audit_deltas(struct gcp_extract *x)
{
    struct json_view list = delta_of(x, "auditConfigDeltas"), key, d;
    struct json_iter it = json_iter_of(list);
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &d)) {
        struct str what, exempted = gcp_get(x, d, "exemptedMember");
        if (!arena_printf(x->a, &what, "%.*s %.*s%s%.*s", STR_ARG(gcp_get(x, d, "service")),
                          STR_ARG(gcp_get(x, d, "logType")), exempted.len != 0 ? " not of " : "",
                          STR_ARG(exempted))) {
            x->full = true;
            return;
        }
        bool removed = str_ieq(gcp_get(x, d, "action"), STR("REMOVE"));
        /* Who is exempted is no longer logged. */
        gcp_add(x, removed != (exempted.len != 0) ? ATTR_AUDIT_GONE : ATTR_AUDIT_SET, what);
    }
}

/* Members of one role; the public ones in any case, of the others the first. */
static void add_members(struct gcp_extract *x, struct str role, struct json_view members)
{
    for (int round = 0; round < 2; round++) {
        struct json_iter it = json_iter_of(members);
        struct json_view key, m;
        size_t n = 0;
        while (members.kind == JSON_ARRAY && n < MEMBERS_MAX && json_iter_next(&it, &key, &m)) {
            struct str member = gcp_text(x, m);
            if (is_public(member) == (round == 0)) {
                add_pair(x, role, member);
                n++;
            }
        }
    }
}

static void add_policy(struct gcp_extract *x, struct json_view policy)
{
    struct json_view list = log_entry_get(policy, "bindings"), key, b;
    struct json_iter it = json_iter_of(list);
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &b)) {
        add_members(x, gcp_get(x, b, "role"), log_entry_get(b, "members"));
        add_condition(x, b);
    }
    gcp_mark(x, ATTR_POLICY_SET, STR_EMPTY);
}

static void add_audit_policy(struct gcp_extract *x, struct json_view policy)
{
    struct json_view list = log_entry_get(policy, "auditConfigs"), key, service;
    struct json_iter it = json_iter_of(list);
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &service)) {
        struct json_view types = log_entry_get(service, "auditLogConfigs"), type;
        struct json_iter each = json_iter_of(types);
        while (types.kind == JSON_ARRAY && json_iter_next(&each, &key, &type)) {
            gcp_add_joined(x, ATTR_AUDIT_SET, gcp_get(x, service, "service"), " ",
                           gcp_get(x, type, "logType"));
        }
    }
}

void gcp_add_grants(struct gcp_extract *x)
{
    struct json_view policy = log_entry_get(x->request, "policy");
    add_audit_deltas(x);
    if (!add_deltas(x) && policy.kind == JSON_OBJECT) {
        add_policy(x, policy);
        add_audit_policy(x, policy);
    }
}
