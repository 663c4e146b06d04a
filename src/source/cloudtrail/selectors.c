#include "source/cloudtrail/selectors.h"

struct coverage_of {
    bool management; /* management events that change something */
    bool functions;  /* calls of functions */
};

static bool is_function_type(struct str type)
{
    return str_eq(type, STR("AWS::Lambda::Function")) ||
           str_eq(type, STR("AWS::Lambda::WebFunction"));
}

/* ---- eventSelectors ---- */

/* Values are ARNs of functions; "arn:aws:lambda" alone means all. */
static bool add_values(struct ct_extract *x, struct json_view values)
{
    bool any = false;
    struct json_iter it = json_iter_of(values);
    struct json_view key, item;
    while (values.kind == JSON_ARRAY && json_iter_next(&it, &key, &item)) {
        struct str arn = ct_view_str(x, item);
        any = any || arn.len != 0;
        if (str_find(arn, STR(":function:")) != SIZE_MAX) {
            ct_add(x, ATTR_LOGS_FUNCTION_LIMIT, arn);
        }
    }
    return any;
}

static void basic_selector(struct ct_extract *x, struct json_view s, struct coverage_of *c)
{
    struct str mode = ct_view_str(x, json_member(s, STR("readWriteType")));
    if (str_eq(mode, STR("ReadOnly"))) {
        return; /* neither changes nor calls of functions */
    }
    /* Left out, the API takes it as true. */
    if (json_truth(json_member(s, STR("includeManagementEvents"))) != 0) {
        c->management = true;
    }
    struct json_view resources = json_member(s, STR("dataResources"));
    struct json_iter it = json_iter_of(resources);
    struct json_view key, item;
    while (resources.kind == JSON_ARRAY && json_iter_next(&it, &key, &item)) {
        if (item.kind == JSON_OBJECT &&
            is_function_type(ct_view_str(x, json_member(item, STR("type")))) &&
            add_values(x, json_member(item, STR("values")))) {
            c->functions = true;
        }
    }
}

/* ---- advancedEventSelectors ---- */

static bool lists(struct ct_extract *x, struct json_view array, struct str what)
{
    struct json_iter it = json_iter_of(array);
    struct json_view key, item;
    while (array.kind == JSON_ARRAY && json_iter_next(&it, &key, &item)) {
        if (str_eq(ct_view_str(x, item), what)) {
            return true;
        }
    }
    return false;
}

static bool lists_function_type(struct ct_extract *x, struct json_view array)
{
    return lists(x, array, STR("AWS::Lambda::Function")) ||
           lists(x, array, STR("AWS::Lambda::WebFunction"));
}

struct advanced {
    bool management, data, functions, reads_only;
    struct json_view limit; /* a condition that narrows what is recorded */
};

static void advanced_field(struct ct_extract *x, struct json_view f, struct advanced *a)
{
    struct str name = ct_view_str(x, json_member(f, STR("field")));
    struct json_view equals = json_member(f, STR("equals"));
    if (str_eq(name, STR("eventCategory"))) {
        a->management = lists(x, equals, STR("Management"));
        a->data = lists(x, equals, STR("Data"));
    } else if (str_eq(name, STR("resources.type"))) {
        a->functions = lists_function_type(x, equals);
    } else if (str_eq(name, STR("readOnly"))) {
        a->reads_only = lists(x, equals, STR("true"));
    } else if (f.kind == JSON_OBJECT) {
        a->limit = f;
    }
}

static void advanced_selector(struct ct_extract *x, struct json_view s, struct coverage_of *c)
{
    struct json_view fields = json_member(s, STR("fieldSelectors"));
    struct advanced a = {0};
    struct json_iter it = json_iter_of(fields);
    struct json_view key, item;
    while (fields.kind == JSON_ARRAY && json_iter_next(&it, &key, &item)) {
        if (item.kind == JSON_OBJECT) {
            advanced_field(x, item, &a);
        }
    }
    if (a.reads_only) {
        return;
    }
    c->management = c->management || a.management;
    if (a.data && a.functions) {
        c->functions = true;
        ct_add(x, ATTR_LOGS_FUNCTION_LIMIT, (struct str){a.limit.ptr, a.limit.len});
    }
}

/* ---- both ---- */

static struct json_view stated(const struct record *r, enum ct_field answer, enum ct_field request)
{
    struct json_view v = ct_view(r, answer);
    return v.kind == JSON_ARRAY ? v : ct_view(r, request);
}

void ct_add_selectors(struct ct_extract *x)
{
    struct json_view basic = stated(x->r, CT_RE_SELECTORS, CT_RP_SELECTORS);
    struct json_view advanced = stated(x->r, CT_RE_ADVANCED, CT_RP_ADVANCED);
    struct coverage_of c = {0};
    struct json_view key, item;
    struct json_iter it = json_iter_of(basic);
    while (basic.kind == JSON_ARRAY && json_iter_next(&it, &key, &item)) {
        if (item.kind == JSON_OBJECT) {
            basic_selector(x, item, &c);
        }
    }
    it = json_iter_of(advanced);
    while (advanced.kind == JSON_ARRAY && json_iter_next(&it, &key, &item)) {
        if (item.kind == JSON_OBJECT) {
            advanced_selector(x, item, &c);
        }
    }
    if (basic.kind == JSON_ARRAY || advanced.kind == JSON_ARRAY) {
        ct_add(x, ATTR_LOGS_MANAGEMENT, c.management ? STR("true") : STR("false"));
        ct_add(x, ATTR_LOGS_FUNCTION_DATA, c.functions ? STR("true") : STR("false"));
    }
}
