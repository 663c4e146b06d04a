#include "iam/policy.h"

#include "codec/json.h"
#include "codec/url.h"

/* Where a message points: the policy and the statement being read. */
struct reading {
    struct arena *a;
    struct str name;
    unsigned number; /* of the statement; 0: outside any */
    struct err *err;
};

static const struct {
    const char *name;
    bool negated;
} operators[IAM_OP_MAX_] = {
#define IAM_OPERATOR(id, name, negated) [IAM_OP_##id] = {name, negated},
#include "iam/operator.def"
#undef IAM_OPERATOR
};

const char *iam_operator_name(enum iam_operator op)
{
    return (unsigned)op < IAM_OP_MAX_ ? operators[op].name : "?";
}

bool iam_operator_is_negated(enum iam_operator op)
{
    return (unsigned)op < IAM_OP_MAX_ && operators[op].negated;
}

static enum err_code refuse(const struct reading *r, enum err_code code, const char *what,
                            struct str value)
{
    if (r->number == 0) {
        return err_set(r->err, code, "%.*s: %s \"%.*s\"", STR_ARG(str_head(r->name, 100)), what,
                       STR_ARG(str_head(value, 60)));
    }
    return err_set(r->err, code, "%.*s: statement %u: %s \"%.*s\"", STR_ARG(str_head(r->name, 100)),
                   r->number, what, STR_ARG(str_head(value, 60)));
}

static enum err_code no_memory(const struct reading *r)
{
    return err_set(r->err, ERR_NOMEM, "%.*s: out of memory", STR_ARG(str_head(r->name, 100)));
}

/* ---- lists of texts ---- */

static bool is_scalar(struct json_view v, bool strings_only)
{
    return v.kind == JSON_STRING ||
           (!strings_only &&
            (v.kind == JSON_NUMBER || v.kind == JSON_TRUE || v.kind == JSON_FALSE));
}

static enum err_code read_list(const struct reading *r, struct json_view v, struct str element,
                               bool strings_only, struct iam_list *out)
{
    size_t count = 0;
    struct json_view key;
    struct json_view value;
    if (v.kind != JSON_ARRAY && !is_scalar(v, strings_only)) {
        return refuse(r, ERR_SCHEMA, "text or a list of texts is due in", element);
    }
    if (v.kind == JSON_ARRAY) {
        for (struct json_iter it = json_iter_of(v); json_iter_next(&it, &key, &value);) {
            if (!is_scalar(value, strings_only)) {
                return refuse(r, ERR_SCHEMA, "only texts may stand in the list of", element);
            }
            count++;
        }
    } else {
        count = 1;
    }
    if (count > IAM_VALUES_MAX) {
        return refuse(r, ERR_LIMIT, "more than 20000 values in", element);
    }
    struct str *at = ARENA_ARRAY(r->a, struct str, count == 0 ? 1 : count);
    if (at == NULL) {
        return no_memory(r);
    }
    size_t n = 0;
    if (v.kind != JSON_ARRAY) {
        if (!json_any_text(v, r->a, &at[n++])) {
            return no_memory(r);
        }
    } else {
        for (struct json_iter it = json_iter_of(v);
             n < count && json_iter_next(&it, &key, &value);) {
            if (!json_any_text(value, r->a, &at[n++])) {
                return no_memory(r);
            }
        }
    }
    *out = (struct iam_list){at, count};
    return ERR_OK;
}

/* ---- principals ---- */

static const char *const principal_names[IAM_PRINCIPAL_MAX_] = {
    [IAM_PRINCIPAL_AWS] = "AWS",
    [IAM_PRINCIPAL_SERVICE] = "Service",
    [IAM_PRINCIPAL_FEDERATED] = "Federated",
    [IAM_PRINCIPAL_CANONICAL] = "CanonicalUser",
};

static enum err_code read_principal(const struct reading *r, struct json_view v,
                                    struct iam_statement *s)
{
    struct str text;
    struct json_view key;
    struct json_view value;
    s->has_principal = true;
    if (v.kind == JSON_STRING) {
        enum err_code code =
            read_list(r, v, STR("Principal"), true, &s->principals[IAM_PRINCIPAL_AWS]);
        if (code == ERR_OK && !str_eq(s->principals[IAM_PRINCIPAL_AWS].at[0], STR("*"))) {
            code =
                refuse(r, ERR_SCHEMA, "a principal that is no \"*\" stands as {\"AWS\": …}, not as",
                       s->principals[IAM_PRINCIPAL_AWS].at[0]);
        }
        return code;
    }
    if (v.kind != JSON_OBJECT) {
        return refuse(r, ERR_SCHEMA, "an object or \"*\" is due in", STR("Principal"));
    }
    for (struct json_iter it = json_iter_of(v); json_iter_next(&it, &key, &value);) {
        unsigned kind = 0;
        if (!json_text(key, r->a, &text)) {
            return no_memory(r);
        }
        while (kind < IAM_PRINCIPAL_MAX_ && !str_ieq(text, str_of(principal_names[kind]))) {
            kind++;
        }
        if (kind == IAM_PRINCIPAL_MAX_) {
            return refuse(r, ERR_SCHEMA,
                          "principals are AWS, Service, Federated or CanonicalUser, not", text);
        }
        if (s->principals[kind].at != NULL) {
            return refuse(r, ERR_SCHEMA, "given twice:", text);
        }
        enum err_code code = read_list(r, value, text, true, &s->principals[kind]);
        if (code != ERR_OK) {
            return code;
        }
    }
    return ERR_OK;
}

/* ---- conditions ---- */

static bool cut_suffix(struct str *s, struct str suffix)
{
    if (!str_iends(*s, suffix)) {
        return false;
    }
    s->len -= suffix.len;
    return true;
}

static bool operator_parse(struct str text, struct iam_condition *c)
{
    if (str_istarts(text, STR("ForAnyValue:"))) {
        c->quantifier = IAM_FOR_ANY;
        text = str_from(text, STR("ForAnyValue:").len);
    } else if (str_istarts(text, STR("ForAllValues:"))) {
        c->quantifier = IAM_FOR_ALL;
        text = str_from(text, STR("ForAllValues:").len);
    }
    c->if_exists = cut_suffix(&text, STR("IfExists"));
    for (unsigned op = 0; op < IAM_OP_MAX_; op++) {
        if (str_ieq(text, str_of(operators[op].name))) {
            c->op = (enum iam_operator)op;
            return c->op != IAM_OP_NULL || (!c->if_exists && c->quantifier == IAM_SINGLE);
        }
    }
    return false;
}

static size_t count_members(struct json_view v)
{
    size_t n = 0;
    struct json_view key;
    struct json_view value;
    for (struct json_iter it = json_iter_of(v); json_iter_next(&it, &key, &value);) {
        n++;
    }
    return n;
}

static enum err_code read_operator(const struct reading *r, struct str name, struct json_view keys,
                                   struct iam_condition *out, size_t *used)
{
    struct iam_condition c = {0};
    struct json_view key;
    struct json_view value;
    if (!operator_parse(name, &c)) {
        return refuse(r, ERR_SCHEMA, "no such condition operator:", name);
    }
    if (keys.kind != JSON_OBJECT) {
        return refuse(r, ERR_SCHEMA, "an object of keys is due in the condition", name);
    }
    for (struct json_iter it = json_iter_of(keys); json_iter_next(&it, &key, &value);) {
        if (!json_text(key, r->a, &c.key)) {
            return no_memory(r);
        }
        enum err_code code = read_list(r, value, c.key, false, &c.values);
        if (code != ERR_OK) {
            return code;
        }
        out[(*used)++] = c;
    }
    return ERR_OK;
}

static enum err_code read_conditions(const struct reading *r, struct json_view v,
                                     struct iam_statement *s)
{
    struct json_view key;
    struct json_view value;
    size_t count = 0;
    if (v.kind != JSON_OBJECT) {
        return refuse(r, ERR_SCHEMA, "an object is due in", STR("Condition"));
    }
    for (struct json_iter it = json_iter_of(v); json_iter_next(&it, &key, &value);) {
        count += count_members(value);
    }
    if (count > IAM_VALUES_MAX) {
        return refuse(r, ERR_LIMIT, "more than 20000 keys in", STR("Condition"));
    }
    struct iam_condition *at = ARENA_ARRAY(r->a, struct iam_condition, count == 0 ? 1 : count);
    if (at == NULL) {
        return no_memory(r);
    }
    for (struct json_iter it = json_iter_of(v); json_iter_next(&it, &key, &value);) {
        struct str name;
        if (!json_text(key, r->a, &name)) {
            return no_memory(r);
        }
        enum err_code code = read_operator(r, name, value, at, &s->condition_count);
        if (code != ERR_OK) {
            return code;
        }
    }
    s->conditions = at;
    return ERR_OK;
}

/* ---- statements ---- */

/* An ARN of fewer than six fields means any in those that are missing. */
static enum err_code fill_arns(const struct reading *r, struct iam_list *list)
{
    static const char stars[] = ":*:*:*:*";
    struct str *at = ARENA_ARRAY(r->a, struct str, list->len == 0 ? 1 : list->len);
    if (at == NULL) {
        return no_memory(r);
    }
    for (size_t i = 0; i < list->len; i++) {
        struct str s = list->at[i];
        size_t colons = 0;
        for (size_t k = 0; k < s.len; k++) {
            colons += s.ptr[k] == ':' ? 1 : 0;
        }
        at[i] = s;
        if (str_starts(s, STR("arn:")) && colons < 5 &&
            !arena_printf(r->a, &at[i], "%.*s%s", STR_ARG(s), &stars[2 * (colons - 1)])) {
            return no_memory(r);
        }
    }
    list->at = at;
    return ERR_OK;
}

static enum err_code check_actions(const struct reading *r, const struct iam_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        if (!str_eq(list->at[i], STR("*")) && str_chr(list->at[i], ':') == SIZE_MAX) {
            return refuse(r, ERR_SCHEMA, "an action is \"*\" or service:Action, not", list->at[i]);
        }
    }
    return ERR_OK;
}

enum element {
    SID,
    EFFECT,
    PRINCIPAL,
    NOT_PRINCIPAL,
    ACTION,
    NOT_ACTION,
    RESOURCE,
    NOT_RESOURCE,
    CONDITION,
    ELEMENT_MAX_
};
static const char *const element_names[ELEMENT_MAX_] = {
    "Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
    "NotAction", "Resource", "NotResource", "Condition",
};

static enum err_code read_effect(const struct reading *r, struct json_view v,
                                 struct iam_statement *s)
{
    struct str text;
    if (!json_any_text(v, r->a, &text)) {
        return no_memory(r);
    }
    if (!str_ieq(text, STR("Allow")) && !str_ieq(text, STR("Deny"))) {
        return refuse(r, ERR_SCHEMA, "Effect is Allow or Deny, not", text);
    }
    s->effect = str_ieq(text, STR("Allow")) ? IAM_ALLOW : IAM_DENY;
    return ERR_OK;
}

static enum err_code read_element(const struct reading *r, enum element e, struct json_view v,
                                  struct iam_statement *s)
{
    enum err_code code;
    switch (e) {
    case SID:
        return json_any_text(v, r->a, &s->sid) ? ERR_OK : no_memory(r);
    case EFFECT:
        return read_effect(r, v, s);
    case PRINCIPAL:
    case NOT_PRINCIPAL:
        if (s->has_principal) {
            return refuse(r, ERR_SCHEMA,
                          "Principal and NotPrincipal exclude each other:", STR("both are there"));
        }
        s->not_principal = e == NOT_PRINCIPAL;
        return read_principal(r, v, s);
    case ACTION:
    case NOT_ACTION:
        s->not_action = e == NOT_ACTION;
        code = read_list(r, v, str_of(element_names[e]), true, &s->actions);
        return code != ERR_OK ? code : check_actions(r, &s->actions);
    case RESOURCE:
    case NOT_RESOURCE:
        s->has_resource = true;
        s->not_resource = e == NOT_RESOURCE;
        code = read_list(r, v, str_of(element_names[e]), true, &s->resources);
        return code != ERR_OK ? code : fill_arns(r, &s->resources);
    case CONDITION:
        return read_conditions(r, v, s);
    case ELEMENT_MAX_:
        break;
    }
    return ERR_OK;
}

static enum err_code check_statement(const struct reading *r, const bool *seen)
{
    if (!seen[EFFECT]) {
        return refuse(r, ERR_SCHEMA, "there is no", STR("Effect"));
    }
    if (seen[ACTION] == seen[NOT_ACTION]) {
        return refuse(r, ERR_SCHEMA, "one of Action and NotAction is due:",
                      seen[ACTION] ? STR("both are there") : STR("none is there"));
    }
    if (seen[RESOURCE] && seen[NOT_RESOURCE]) {
        return refuse(r, ERR_SCHEMA,
                      "Resource and NotResource exclude each other:", STR("both are there"));
    }
    if (!seen[RESOURCE] && !seen[NOT_RESOURCE] && !seen[PRINCIPAL] && !seen[NOT_PRINCIPAL]) {
        return refuse(r, ERR_SCHEMA, "a statement without Principal needs a", STR("Resource"));
    }
    return ERR_OK;
}

static enum err_code read_statement(const struct reading *r, struct json_view v,
                                    struct iam_statement *out)
{
    bool seen[ELEMENT_MAX_] = {false};
    struct json_view key;
    struct json_view value;
    if (v.kind != JSON_OBJECT) {
        return refuse(r, ERR_SCHEMA, "a statement is an object, not", str_make(v.ptr, v.len));
    }
    for (struct json_iter it = json_iter_of(v); json_iter_next(&it, &key, &value);) {
        struct str name;
        unsigned e = 0;
        if (!json_text(key, r->a, &name)) {
            return no_memory(r);
        }
        while (e < ELEMENT_MAX_ && !str_ieq(name, str_of(element_names[e]))) {
            e++;
        }
        if (e == ELEMENT_MAX_) {
            return refuse(r, ERR_SCHEMA, "a statement has no element", name);
        }
        if (seen[e]) {
            return refuse(r, ERR_SCHEMA, "given twice:", name);
        }
        seen[e] = true;
        enum err_code code = read_element(r, (enum element)e, value, out);
        if (code != ERR_OK) {
            return code;
        }
    }
    out->number = r->number;
    return check_statement(r, seen);
}

static enum err_code read_statements(struct reading *r, struct json_view v, struct iam_policy *out)
{
    struct json_view key;
    struct json_view value;
    size_t count = v.kind == JSON_ARRAY ? count_members(v) : 1;
    if (count > IAM_STATEMENTS_MAX) {
        return refuse(r, ERR_LIMIT, "more than 4096 statements in", STR("Statement"));
    }
    struct iam_statement *at = ARENA_ARRAY(r->a, struct iam_statement, count == 0 ? 1 : count);
    if (at == NULL) {
        return no_memory(r);
    }
    enum err_code code = ERR_OK;
    if (v.kind != JSON_ARRAY) {
        r->number = 1;
        code = read_statement(r, v, &at[0]);
    } else {
        for (struct json_iter it = json_iter_of(v);
             code == ERR_OK && r->number < count && json_iter_next(&it, &key, &value);) {
            r->number++;
            code = read_statement(r, value, &at[r->number - 1]);
        }
    }
    r->number = 0;
    out->statements = at;
    out->statement_count = count;
    return code;
}

/* ---- the document ---- */

static enum err_code read_version(const struct reading *r, struct json_view v, struct iam_policy *p)
{
    struct str text;
    if (!json_any_text(v, r->a, &text)) {
        return no_memory(r);
    }
    p->variables = str_eq(text, STR("2012-10-17"));
    if (!p->variables && !str_eq(text, STR("2008-10-17"))) {
        return refuse(r, ERR_SCHEMA, "Version is 2012-10-17 or 2008-10-17, not", text);
    }
    return ERR_OK;
}

static enum err_code read_document(struct reading *r, struct json_view v, struct iam_policy *out)
{
    static const char *const names[] = {"Version", "Id", "Statement"};
    bool seen[ARRAY_LEN(names)] = {false};
    struct json_view key;
    struct json_view value;
    for (struct json_iter it = json_iter_of(v); json_iter_next(&it, &key, &value);) {
        struct str name;
        unsigned e = 0;
        enum err_code code = ERR_OK;
        if (!json_text(key, r->a, &name)) {
            return no_memory(r);
        }
        while (e < ARRAY_LEN(names) && !str_ieq(name, str_of(names[e]))) {
            e++;
        }
        if (e == ARRAY_LEN(names)) {
            return refuse(r, ERR_SCHEMA, "a policy has no element", name);
        }
        if (seen[e]) {
            return refuse(r, ERR_SCHEMA, "given twice:", name);
        }
        seen[e] = true;
        if (e == 0) {
            code = read_version(r, value, out);
        } else if (e == 2) {
            code = read_statements(r, value, out);
        }
        if (code != ERR_OK) {
            return code;
        }
    }
    return seen[2] ? ERR_OK : refuse(r, ERR_SCHEMA, "there is no", STR("Statement"));
}

enum err_code iam_policy_parse(struct str name, struct str text, struct arena *a,
                               struct iam_policy *out, struct err *err)
{
    struct reading r = {.a = a, .name = name, .err = err};
    struct iam_policy p = {.name = name};
    if (text.len > IAM_POLICY_BYTES_MAX) {
        return refuse(&r, ERR_LIMIT, "too large for a policy, the most is", STR("1 MiB"));
    }
    struct str trimmed = str_trim(text);
    if (str_istarts(trimmed, STR("%7B")) && !url_decode(trimmed, a, &trimmed)) {
        return no_memory(&r);
    }
    struct json_fault fault = {0};
    if (json_check(trimmed, &fault) != JSON_OK) {
        return err_set(err, ERR_SYNTAX, "%.*s: not JSON at byte %zu: %s",
                       STR_ARG(str_head(name, 100)), fault.offset,
                       fault.reason == NULL ? "too deep" : fault.reason);
    }
    struct json_view v = json_view_of(trimmed);
    if (v.kind != JSON_OBJECT) {
        return refuse(&r, ERR_SCHEMA, "a policy is an object, not",
                      str_make(trimmed.ptr, trimmed.len));
    }
    enum err_code code = read_document(&r, v, &p);
    if (code == ERR_OK) {
        *out = p;
    }
    return code;
}
