#include "source/cloudtrail/policy.h"

#include "codec/url.h"

struct str ct_policy_text(struct ct_extract *x, struct json_view v)
{
    if (v.kind == JSON_OBJECT || v.kind == JSON_ARRAY) {
        return (struct str){v.ptr, v.len};
    }
    struct str text = str_trim(ct_view_str(x, v));
    if (text.len != 0 && text.ptr[0] == '%' && !url_decode(text, x->a, &text)) {
        x->full = true;
        return STR_EMPTY;
    }
    return text;
}

/* "Principal": "*", {"AWS": "...", "Service": [...]}: the values, whatever their kind. */
static void add_principals(struct ct_extract *x, struct json_view v)
{
    if (v.kind != JSON_OBJECT) {
        ct_add_list(x, ATTR_GRANT_PRINCIPAL, v, STR_EMPTY);
        return;
    }
    struct json_iter it = json_iter_of(v);
    struct json_view key, item;
    while (x->count < CT_ATTRS_MAX && json_iter_next(&it, &key, &item)) {
        ct_add_list(x, ATTR_GRANT_PRINCIPAL, item, STR_EMPTY);
    }
}

/* Condition keys that tie a grant to a source; others do not limit who calls. */
static bool limits_source(struct str key)
{
    static const struct str keys[] = {
        STR_INIT("aws:SourceArn"),      STR_INIT("aws:SourceAccount"),
        STR_INIT("aws:PrincipalOrgID"), STR_INIT("aws:SourceOrgID"),
        STR_INIT("aws:PrincipalArn"),   STR_INIT("aws:PrincipalAccount"),
        STR_INIT("aws:SourceVpce"),     STR_INIT("aws:SourceVpc"),
        STR_INIT("aws:SourceIp"),
    };
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (str_ieq(key, keys[i])) {
            return true;
        }
    }
    return false;
}

static void add_sources(struct ct_extract *x, struct json_view condition)
{
    struct json_iter operators = json_iter_of(condition);
    struct json_view name, object, key, value;
    while (x->count < CT_ATTRS_MAX && json_iter_next(&operators, &name, &object)) {
        struct json_iter keys = json_iter_of(object);
        while (object.kind == JSON_OBJECT && x->count < CT_ATTRS_MAX &&
               json_iter_next(&keys, &key, &value)) {
            if (limits_source(ct_view_str(x, key))) {
                ct_add_list(x, ATTR_GRANT_SOURCE, value, STR_EMPTY);
            }
        }
    }
}

static void add_statement(struct ct_extract *x, struct json_view statement)
{
    struct str effect = ct_view_str(x, json_member(statement, STR("Effect")));
    if (statement.kind != JSON_OBJECT || !str_eq(effect, STR("Allow"))) {
        return;
    }
    ct_add(x, ATTR_STATEMENT_ID, ct_view_str(x, json_member(statement, STR("Sid"))));
    add_principals(x, json_member(statement, STR("Principal")));
    ct_add_list(x, ATTR_GRANT_ACTION, json_member(statement, STR("Action")), STR_EMPTY);
    struct json_view condition = json_member(statement, STR("Condition"));
    if (condition.kind == JSON_OBJECT) {
        add_sources(x, condition);
    }
}

void ct_add_grants(struct ct_extract *x, struct str document)
{
    struct json_view v = json_view_of(document);
    if (v.kind != JSON_OBJECT) {
        return;
    }
    struct json_view statements = json_member(v, STR("Statement"));
    if (statements.kind != JSON_ARRAY) {
        add_statement(x, statements.kind == JSON_OBJECT ? statements : v);
        return;
    }
    struct json_iter it = json_iter_of(statements);
    struct json_view key, item;
    while (x->count < CT_ATTRS_MAX && !x->full && json_iter_next(&it, &key, &item)) {
        add_statement(x, item);
    }
}
