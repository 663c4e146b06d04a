#include "tests/unit/iam/second.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool glob(const char *p, const char *t, bool fold)
{
    if (*p == '\0') {
        return *t == '\0';
    }
    if (*p == '*') {
        return glob(p + 1, t, fold) || (*t != '\0' && glob(p, t + 1, fold));
    }
    if (*t == '\0') {
        return false;
    }
    bool same = fold ? tolower((unsigned char)*p) == tolower((unsigned char)*t) : *p == *t;
    return (*p == '?' || same) && glob(p + 1, t + 1, fold);
}

/* Text or list of texts: does one do? */
static bool any(const json_t *v, bool (*one)(const char *value, const void *arg), const void *arg)
{
    if (json_is_string(v)) {
        return one(json_string_value(v), arg);
    }
    for (size_t i = 0; i < json_array_size(v); i++) {
        if (one(json_string_value(json_array_get(v, i)), arg)) {
            return true;
        }
    }
    return false;
}

static bool is_action(const char *value, const void *arg)
{
    return glob(value, arg, true);
}

/* With the one variable that the generator uses put in; no star is ever put in by it. */
static bool is_resource(const char *value, const void *arg)
{
    const struct second_request *r = arg;
    char text[256] = "";
    const char *at = strstr(value, "${aws:username}");
    if (at == NULL) {
        return glob(value, r->resource, false);
    }
    const json_t *name = json_object_get(r->keys, "aws:username");
    if (json_array_size(name) != 1) {
        return false;
    }
    strncat(text, value, (size_t)(at - value));
    strncat(text, json_string_value(json_array_get(name, 0)), 60);
    strncat(text, at + strlen("${aws:username}"), 60);
    return glob(text, r->resource, false);
}

static bool is_user(const char *value, const void *arg)
{
    const struct second_request *r = arg;
    return strcmp(value, "*") == 0 || strcmp(value, r->user) == 0;
}

static bool is_account(const char *value, const void *arg)
{
    const struct second_request *r = arg;
    return strcmp(value, r->account) == 0;
}

/* ---- conditions ---- */

struct operand {
    const char *op;
    const char *have;
};

static bool in_prefix(const char *have, const char *want)
{
    struct in_addr a;
    struct in_addr b;
    char base[64];
    const char *slash = strchr(want, '/');
    size_t len = slash == NULL ? strlen(want) : (size_t)(slash - want);
    int bits = slash == NULL ? 32 : (int)strtol(slash + 1, NULL, 10);
    if (len >= sizeof(base)) {
        return false;
    }
    memcpy(base, want, len);
    base[len] = '\0';
    if (inet_pton(AF_INET, have, &a) != 1 || inet_pton(AF_INET, base, &b) != 1) {
        return false;
    }
    uint32_t mask = bits == 0 ? 0 : UINT32_MAX << (32 - bits);
    return (ntohl(a.s_addr) & mask) == (ntohl(b.s_addr) & mask);
}

static bool compare(const char *want, const void *arg)
{
    const struct operand *o = arg;
    const char *op = o->op;
    if (strstr(op, "IgnoreCase") != NULL || strncmp(op, "Bool", 4) == 0) {
        return strcasecmp(want, o->have) == 0;
    }
    if (strncmp(op, "String", 6) == 0) {
        return strstr(op, "Like") != NULL ? glob(want, o->have, false) : strcmp(want, o->have) == 0;
    }
    if (strstr(op, "IpAddress") != NULL) {
        return in_prefix(o->have, want);
    }
    double a = strtod(o->have, NULL);
    double b = strtod(want, NULL);
    if (strstr(op, "LessThanEquals") != NULL) {
        return a <= b;
    }
    if (strstr(op, "LessThan") != NULL) {
        return a < b;
    }
    if (strstr(op, "GreaterThanEquals") != NULL) {
        return a >= b;
    }
    if (strstr(op, "GreaterThan") != NULL) {
        return a > b;
    }
    return a >= b && a <= b;
}

static bool is_text(const char *value, const void *arg)
{
    return strcmp(value, arg) == 0;
}

static bool holds(const char *name, const json_t *values, const json_t *have)
{
    bool for_any = strncmp(name, "ForAnyValue:", 12) == 0;
    bool for_all = strncmp(name, "ForAllValues:", 13) == 0;
    const char *op = strchr(name, ':') == NULL ? name : strchr(name, ':') + 1;
    bool negated = strstr(op, "Not") != NULL;
    size_t count = json_array_size(have);
    size_t good = 0;
    if (strcmp(op, "Null") == 0) {
        return any(values, is_text, count == 0 ? "true" : "false");
    }
    if (count == 0) {
        if (strstr(op, "IfExists") != NULL || for_all) {
            return true;
        }
        return negated && !for_any;
    }
    for (size_t i = 0; i < count; i++) {
        struct operand o = {op, json_string_value(json_array_get(have, i))};
        good += any(values, compare, &o) != negated ? 1 : 0;
    }
    return for_all || (negated && !for_any) ? good == count : good > 0;
}

static bool conditions_hold(const json_t *condition, const struct second_request *r)
{
    const char *op;
    json_t *keys;
    json_t *c = json_incref((json_t *)(uintptr_t)condition);
    bool all = true;
    json_object_foreach(c, op, keys)
    {
        const char *key;
        json_t *values;
        json_object_foreach(keys, key, values)
        {
            all = all && holds(op, values, json_object_get(r->keys, key));
        }
    }
    json_decref(c);
    return all;
}

/* ---- statements ---- */

static bool matches(const json_t *s, const struct second_request *r)
{
    const json_t *action = json_object_get(s, "Action");
    const json_t *resource = json_object_get(s, "Resource");
    bool acts = action != NULL ? any(action, is_action, r->action)
                               : !any(json_object_get(s, "NotAction"), is_action, r->action);
    bool on = resource != NULL ? any(resource, is_resource, r)
                               : !any(json_object_get(s, "NotResource"), is_resource, r);
    const json_t *condition = json_object_get(s, "Condition");
    return acts && on && (condition == NULL || conditions_hold(condition, r));
}

enum named { NOBODY, ACCOUNT, USER };

static enum named names(const json_t *s, const struct second_request *r)
{
    const json_t *p = json_object_get(json_object_get(s, "Principal"), "AWS");
    if (any(p, is_user, r)) {
        return USER;
    }
    return any(p, is_account, r) ? ACCOUNT : NOBODY;
}

/* Is there a statement of this effect that matches (and, with `least`, names the caller so)? */
static bool says(const json_t *policy, const char *effect, enum named least,
                 const struct second_request *r)
{
    const json_t *list = json_object_get(policy, "Statement");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *s = json_array_get(list, i);
        if (strcmp(json_string_value(json_object_get(s, "Effect")), effect) == 0 && matches(s, r) &&
            (least == NOBODY || names(s, r) >= least)) {
            return true;
        }
    }
    return false;
}

bool second_allows(const struct second_policies *p, const struct second_request *r)
{
    if (says(p->identity, "Deny", NOBODY, r) || says(p->boundary, "Deny", NOBODY, r) ||
        says(p->organisation, "Deny", NOBODY, r) || says(p->resource, "Deny", ACCOUNT, r)) {
        return false;
    }
    if (p->organisation != NULL && !says(p->organisation, "Allow", NOBODY, r)) {
        return false;
    }
    bool within = p->boundary == NULL || says(p->boundary, "Allow", NOBODY, r);
    bool identity = says(p->identity, "Allow", NOBODY, r) && within;
    if (strcmp(r->account, r->resource_account) != 0) {
        return identity && says(p->resource, "Allow", ACCOUNT, r);
    }
    /* "*" gives what it gives within the boundary; a user's own name gives in any case. The
     * generator writes one or the other in a statement. */
    bool by_name = false;
    bool by_star = false;
    const json_t *list = json_object_get(p->resource, "Statement");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *s = json_array_get(list, i);
        const json_t *who = json_object_get(json_object_get(s, "Principal"), "AWS");
        bool allows = strcmp(json_string_value(json_object_get(s, "Effect")), "Allow") == 0;
        if (allows && matches(s, r)) {
            by_name = by_name || any(who, is_text, r->user);
            by_star = by_star || any(who, is_text, "*");
        }
    }
    return identity || by_name || (by_star && within);
}
