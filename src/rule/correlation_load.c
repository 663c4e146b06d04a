/*
 * The section `correlation:` of a document.
 */
#include "base/timefmt.h"
#include "rule/correlation.h"

static const struct {
    struct str name;
    enum correlation_type type;
} types[] = {{STR_INIT("event_count"), CORRELATION_EVENT_COUNT},
             {STR_INIT("value_count"), CORRELATION_VALUE_COUNT},
             {STR_INIT("value_sum"), CORRELATION_VALUE_SUM},
             {STR_INIT("value_avg"), CORRELATION_VALUE_AVG},
             {STR_INIT("value_percentile"), CORRELATION_VALUE_PERCENTILE},
             {STR_INIT("temporal"), CORRELATION_TEMPORAL},
             {STR_INIT("temporal_ordered"), CORRELATION_TEMPORAL_ORDERED}};

static const struct str bounds[BOUND_MAX_] = {
    [BOUND_GT] = STR_INIT("gt"),   [BOUND_GTE] = STR_INIT("gte"), [BOUND_LT] = STR_INIT("lt"),
    [BOUND_LTE] = STR_INIT("lte"), [BOUND_EQ] = STR_INIT("eq"),   [BOUND_NEQ] = STR_INIT("neq")};

static bool is_temporal(const struct correlation *c)
{
    return c->type == CORRELATION_TEMPORAL || c->type == CORRELATION_TEMPORAL_ORDERED;
}

static bool read_type(struct loader *l, const struct yaml_node *n, struct correlation *c)
{
    const struct yaml_node *type = yaml_get(n, STR("type"));
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_eq(yaml_text(type), types[i].name)) {
            c->type = types[i].type;
            return true;
        }
    }
    return loader_refuse(l, type == NULL ? n->line : type->line,
                         "correlation type '%.*s' is none of event_count, value_count, value_sum, "
                         "value_avg, value_percentile, temporal, temporal_ordered",
                         STR_ARG(str_head(yaml_text(type), 40)));
}

/* The texts of a list, or of one scalar, behind the *io_count that *to has. */
static bool read_texts(struct loader *l, const struct yaml_node *n, const char *what, size_t most,
                       struct str *to, size_t *io_count)
{
    size_t count = n->kind == YAML_LIST ? n->count : 1;
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *item = n->kind == YAML_LIST ? n->items[i] : n;
        struct str text = str_trim(yaml_text(item));
        if (text.len == 0 || yaml_is_null(item)) {
            return loader_refuse(l, item->line, "'%s' must be texts", what);
        }
        if (*io_count == most) {
            return loader_refuse(l, item->line, "more than %zu entries in '%s'", most, what);
        }
        if (!arena_dup(l->arena, text, &to[*io_count])) {
            return loader_no_memory(l);
        }
        *io_count += 1;
    }
    return true;
}

static bool read_refs(struct loader *l, const struct yaml_node *n, struct correlation *c)
{
    const struct yaml_node *rules = yaml_get(n, STR("rules"));
    struct str *names = ARENA_ARRAY(l->arena, struct str, CORRELATION_REFS_MAX);
    if (names == NULL) {
        return loader_no_memory(l);
    }
    c->names = names;
    if (rules == NULL || (rules->kind == YAML_LIST && rules->count == 0)) {
        return loader_refuse(l, n->line, "correlation.rules names no rule");
    }
    if (!read_texts(l, rules, "correlation.rules", CORRELATION_REFS_MAX, names, &c->ref_count)) {
        return false;
    }
    for (size_t i = 0; i < c->ref_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (str_eq(names[i], names[k])) {
                return loader_refuse(l, rules->line, "correlation.rules names '%.*s' twice",
                                     STR_ARG(str_head(names[i], 60)));
            }
        }
    }
    return true;
}

static bool read_span(struct loader *l, const struct yaml_node *n, struct correlation *c)
{
    const struct yaml_node *span = yaml_get(n, STR("timespan"));
    struct str text = str_trim(yaml_text(span));
    uint64_t number = 0;
    size_t digits = 0;
    while (digits < text.len && chr_is_digit(text.ptr[digits]) && digits < 9) {
        number = number * 10 + (uint64_t)(text.ptr[digits++] - '0');
    }
    char unit = digits + 1 == text.len ? text.ptr[digits] : '\0';
    int64_t one = unit == 's'   ? TIME_SECOND_US
                  : unit == 'm' ? TIME_MINUTE_US
                  : unit == 'h' ? TIME_HOUR_US
                  : unit == 'd' ? TIME_DAY_US
                                : 0;
    if (digits == 0 || one == 0 || number == 0 || number > UINT64_C(36500) * 86400 ||
        (int64_t)number > INT64_MAX / 4 / one) {
        return loader_refuse(l, span == NULL ? n->line : span->line,
                             "correlation.timespan must be a number and one of s, m, h, d, such "
                             "as 90m");
    }
    c->span_us = (int64_t)number * one;
    return arena_dup(l->arena, text, &c->span) || loader_no_memory(l);
}

static bool read_by(struct loader *l, const struct yaml_node *n, struct correlation *c)
{
    const struct yaml_node *group = yaml_get(n, STR("group-by"));
    const struct yaml_node *field = yaml_get(yaml_get(n, STR("condition")), STR("field"));
    struct str *by = ARENA_ARRAY(l->arena, struct str, CORRELATION_FIELDS_MAX);
    if (by == NULL) {
        return loader_no_memory(l);
    }
    c->by = by;
    size_t count = 0;
    if (group != NULL && !yaml_is_null(group) &&
        !read_texts(l, group, "correlation.group-by", CORRELATION_FIELDS_MAX, by, &count)) {
        return false;
    }
    c->group_count = count;
    if (field != NULL &&
        !read_texts(l, field, "condition.field", CORRELATION_FIELDS_MAX, by, &count)) {
        return false;
    }
    c->field_count = count - c->group_count;
    bool takes = c->type != CORRELATION_EVENT_COUNT && !is_temporal(c);
    if (takes != (c->field_count != 0)) {
        return loader_refuse(l, n->line,
                             takes ? "this type of correlation needs condition.field"
                                   : "this type of correlation takes no condition.field");
    }
    return c->field_count <= 1 || c->type == CORRELATION_VALUE_COUNT ||
           loader_refuse(l, field->line, "this type of correlation measures one field");
}

static bool is_op(struct str key, enum bound_op *out)
{
    for (unsigned i = 0; i < BOUND_MAX_; i++) {
        if (str_eq(key, bounds[i])) {
            *out = (enum bound_op)i;
            return true;
        }
    }
    return false;
}

static bool read_bound(struct loader *l, const struct yaml_pair *p, struct correlation *c)
{
    enum bound_op op;
    if (is_op(p->key, &op)) {
        c->has_bound[op] = c->bounded = true;
        return str_f64(yaml_text(p->value), &c->bound[op]) ||
               loader_refuse(l, p->line, "condition.%.*s is no number", STR_ARG(p->key));
    }
    if (str_eq(p->key, STR("percentile")) && c->type == CORRELATION_VALUE_PERCENTILE) {
        c->has_percentile = true;
        return (str_f64(yaml_text(p->value), &c->percentile) && c->percentile >= 0 &&
                c->percentile <= 100) ||
               loader_refuse(l, p->line, "condition.percentile must be from 0 to 100");
    }
    return str_eq(p->key, STR("field")) ||
           loader_refuse(l, p->line, "condition.%.*s is none of gt, gte, lt, lte, eq, neq, field",
                         STR_ARG(str_head(p->key, 40)));
}

static bool read_bounds(struct loader *l, const struct yaml_node *n, struct correlation *c)
{
    const struct yaml_node *condition = yaml_get(n, STR("condition"));
    if (condition != NULL && condition->kind != YAML_MAP) {
        return loader_refuse(l, condition->line,
                             "correlation.condition must be a mapping, such as 'gte: 10'");
    }
    for (size_t i = 0; condition != NULL && i < condition->count; i++) {
        if (!read_bound(l, &condition->pairs[i], c)) {
            return false;
        }
    }
    return c->bounded || is_temporal(c) ||
           loader_refuse(l, n->line, "correlation.condition gives no number to compare with");
}

static bool read_alias(struct loader *l, const struct yaml_pair *p, struct alias *to,
                       size_t *io_count)
{
    if (p->value->kind != YAML_MAP) {
        return loader_refuse(l, p->line, "alias '%.*s' must say a field for each rule",
                             STR_ARG(str_head(p->key, 40)));
    }
    for (size_t i = 0; i < p->value->count; i++) {
        const struct yaml_pair *one = &p->value->pairs[i];
        struct alias *a = &to[(*io_count)++];
        *a = (struct alias){.alias = p->key, .rule = one->key};
        if (!arena_dup(l->arena, str_trim(yaml_text(one->value)), &a->field)) {
            return loader_no_memory(l);
        }
        if (a->field.len == 0) {
            return loader_refuse(l, one->line, "alias '%.*s' names no field for '%.*s'",
                                 STR_ARG(str_head(p->key, 40)), STR_ARG(str_head(one->key, 40)));
        }
    }
    return true;
}

static bool read_aliases(struct loader *l, const struct yaml_node *n, struct correlation *c)
{
    const struct yaml_node *aliases = yaml_get(n, STR("aliases"));
    if (aliases == NULL) {
        return true;
    }
    if (aliases->kind != YAML_MAP) {
        return loader_refuse(l, aliases->line, "correlation.aliases must be a mapping");
    }
    size_t most = 0;
    for (size_t i = 0; i < aliases->count; i++) {
        most += aliases->pairs[i].value->count;
    }
    struct alias *to = ARENA_ARRAY(l->arena, struct alias, most + 1);
    if (to == NULL) {
        return loader_no_memory(l);
    }
    c->aliases = to;
    for (size_t i = 0; i < aliases->count; i++) {
        if (!read_alias(l, &aliases->pairs[i], to, &c->alias_count)) {
            return false;
        }
    }
    return true;
}

bool correlation_read(struct loader *l, const struct yaml_node *doc, struct rule *r)
{
    const struct yaml_node *n = yaml_get(doc, STR("correlation"));
    const struct yaml_node *generate = yaml_get(n, STR("generate"));
    generate = generate != NULL ? generate : yaml_get(doc, STR("generate"));
    struct correlation *c = ARENA_NEW(l->arena, struct correlation);
    if (c == NULL) {
        return loader_no_memory(l);
    }
    c->rule = r;
    r->correlation = c;
    if (n->kind != YAML_MAP) {
        return loader_refuse(l, n->line, "'correlation' must be a mapping");
    }
    if (generate != NULL && !yaml_bool(generate, &c->generate)) {
        return loader_refuse(l, generate->line, "'generate' must be true or false");
    }
    return read_type(l, n, c) && read_refs(l, n, c) && read_span(l, n, c) && read_by(l, n, c) &&
           read_bounds(l, n, c) && read_aliases(l, n, c);
}

bool correlation_holds(const struct correlation *c, double v)
{
    const double *b = c->bound;
    const bool *has = c->has_bound;
    bool is_eq = !(v < b[BOUND_EQ]) && !(v > b[BOUND_EQ]);
    bool is_neq = v < b[BOUND_NEQ] || v > b[BOUND_NEQ];
    return (!has[BOUND_GT] || v > b[BOUND_GT]) && (!has[BOUND_GTE] || v >= b[BOUND_GTE]) &&
           (!has[BOUND_LT] || v < b[BOUND_LT]) && (!has[BOUND_LTE] || v <= b[BOUND_LTE]) &&
           (!has[BOUND_EQ] || is_eq) && (!has[BOUND_NEQ] || is_neq);
}
