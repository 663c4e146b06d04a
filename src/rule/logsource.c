/*
 * Which sources a rule is for, and which of their records.
 */
#include "rule/rule_priv.h"

/* A part that the rule gives must be the same. */
static bool part_fits(struct str wanted, const char *has)
{
    return wanted.len == 0 || (has != NULL && str_ieq(wanted, str_of(has)));
}

static void collect(struct rule_log *log, struct str product, struct str service,
                    struct str category, struct logsource_match *out)
{
    *out = (struct logsource_match){.log = log};
    for (size_t i = 0; i < log->about.logsource_count; i++) {
        const struct logsource *row = &log->about.logsources[i];
        if (!part_fits(product, row->product) || !part_fits(service, row->service) ||
            !part_fits(category, row->category)) {
            continue;
        }
        if (row->when == NULL || out->rows == ARRAY_LEN(out->row)) {
            out->whole = true;
        } else {
            out->row[out->rows++] = row;
        }
    }
}

bool logsource_read(struct loader *l, const struct yaml_node *doc, struct logsource_match *out,
                    size_t *out_count)
{
    const struct yaml_node *n = yaml_get(doc, STR("logsource"));
    if (n == NULL || n->kind != YAML_MAP) {
        return loader_refuse(l, n == NULL ? doc->line : n->line, "'logsource' is missing");
    }
    struct str product = str_trim(yaml_text(yaml_get(n, STR("product"))));
    struct str service = str_trim(yaml_text(yaml_get(n, STR("service"))));
    struct str category = str_trim(yaml_text(yaml_get(n, STR("category"))));
    if (product.len + service.len + category.len == 0) {
        return loader_refuse(l, n->line,
                             "'logsource' names no product, service or category: nobody can tell "
                             "which logs it is for");
    }
    *out_count = 0;
    for (size_t i = 0; i < l->set->log_count; i++) {
        collect(&l->set->logs[i], product, service, category, &out[*out_count]);
        *out_count += out[*out_count].whole || out[*out_count].rows != 0 ? 1 : 0;
    }
    if (*out_count != 0) {
        return true;
    }
    l->elsewhere = true;
    return loader_refuse(l, n->line,
                         "for another log source (product '%.*s', service '%.*s', "
                         "category '%.*s')",
                         STR_ARG(str_head(product, 40)), STR_ARG(str_head(service, 40)),
                         STR_ARG(str_head(category, 40)));
}

static const struct expr *row_expr(struct loader *l, const struct logsource *row, unsigned line)
{
    struct test *t = ARENA_NEW(l->arena, struct test);
    struct pattern *value = ARENA_NEW(l->arena, struct pattern);
    struct expr *e = expr_new(l, EXPR_TEST, 0, NULL);
    if (t == NULL || value == NULL || e == NULL) {
        (void)loader_no_memory(l);
        return NULL;
    }
    if (row->is == NULL) {
        t->kind = TEST_EXISTS;
        t->wanted = true;
    } else {
        *value = (struct pattern){.kind = PATTERN_EQUAL, .text = str_of(row->is)};
        t->kind = TEST_PATTERN;
        t->at.pattern = value;
    }
    t->count = 1;
    t->field = field_native(l, str_of(row->when), line);
    e->test = t;
    return t->field == NULL ? NULL : e;
}

const struct expr *logsource_expr(struct loader *l, const struct logsource_match *m, unsigned line)
{
    const struct expr **child;
    struct expr *any = expr_new(l, EXPR_OR, m->rows, &child);
    for (size_t i = 0; any != NULL && i < m->rows; i++) {
        child[i] = row_expr(l, m->row[i], line);
        if (child[i] == NULL) {
            return NULL;
        }
    }
    return any;
}
