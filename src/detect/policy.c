#include "detect/policy.h"

struct json_view policy_member(struct json_view object, struct str name)
{
    struct json_view key;
    struct json_view value;
    if (object.kind != JSON_OBJECT) {
        return (struct json_view){0};
    }
    struct json_iter it = json_iter_of(object);
    while (json_iter_next(&it, &key, &value)) {
        if (key.kind == JSON_STRING && str_ieq(str_make(key.ptr, key.len), name)) {
            return value;
        }
    }
    /* A name with escapes in it. */
    return json_member(object, name);
}

struct policy_iter policy_iter_of(struct str document)
{
    struct json_view doc = json_view_of(document);
    struct policy_iter it = {.statements = policy_member(doc, STR("Statement"))};
    it.single = it.statements.kind == JSON_OBJECT;
    it.done = it.statements.kind != JSON_OBJECT && it.statements.kind != JSON_ARRAY;
    if (it.statements.kind == JSON_ARRAY) {
        it.it = json_iter_of(it.statements);
    }
    return it;
}

/* Anything but a plain "Deny": spelt with escapes it would otherwise hide an "Allow". */
static bool is_allow(struct json_view effect)
{
    return effect.kind == JSON_STRING && !str_ieq(str_make(effect.ptr, effect.len), STR("Deny"));
}

static void read_statement(struct json_view v, struct statement *out)
{
    *out = (struct statement){
        .allow = is_allow(policy_member(v, STR("Effect"))),
        .action = policy_member(v, STR("Action")),
        .not_action = policy_member(v, STR("NotAction")),
        .resource = policy_member(v, STR("Resource")),
        .not_resource = policy_member(v, STR("NotResource")),
        .principal = policy_member(v, STR("Principal")),
        .not_principal = policy_member(v, STR("NotPrincipal")),
        .condition = policy_member(v, STR("Condition")),
    };
}

bool policy_next(struct policy_iter *it, struct statement *out)
{
    struct json_view key;
    struct json_view value;
    if (it->done) {
        return false;
    }
    if (it->single) {
        it->done = true;
        read_statement(it->statements, out);
        return true;
    }
    while (json_iter_next(&it->it, &key, &value)) {
        if (value.kind == JSON_OBJECT) {
            read_statement(value, out);
            return true;
        }
    }
    it->done = true;
    return false;
}

struct text_iter text_iter_of(struct json_view value)
{
    struct text_iter it = {.value = value};
    it.done = value.kind != JSON_STRING && value.kind != JSON_ARRAY;
    if (value.kind == JSON_ARRAY) {
        it.it = json_iter_of(value);
    }
    return it;
}

bool text_next(struct text_iter *it, struct arena *a, struct str *out)
{
    struct json_view key;
    struct json_view value;
    if (it->done) {
        return false;
    }
    if (it->value.kind == JSON_STRING) {
        it->done = true;
        return json_text(it->value, a, out);
    }
    while (json_iter_next(&it->it, &key, &value)) {
        if (value.kind == JSON_STRING && json_text(value, a, out)) {
            return true;
        }
    }
    it->done = true;
    return false;
}

bool policy_glob(struct str pattern, struct str text)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX;
    size_t mark = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.len &&
                   (pattern.ptr[p] == '?' || chr_lower(pattern.ptr[p]) == chr_lower(text.ptr[t]))) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}
