/*
 * When all rules are there: what correlations and filters refer to. One that refers to nothing is
 * refused by itself; the rules it names stay what they are.
 */
#include "rule/correlation.h"

struct rule rule_ambiguous;

static struct rule *find_rule(const struct rule_set *s, struct str name)
{
    struct rule *r = map_get(&s->names, name);
    return r != NULL ? r : map_get(&s->ids, name);
}

static bool refuse_reference(struct loader *l, unsigned line, struct str name, const struct rule *r)
{
    if (r == &rule_ambiguous) {
        return loader_refuse(l, line, "refers to '%.*s', a name that several rules have",
                             STR_ARG(str_head(name, 60)));
    }
    const struct str *why = map_get(&l->set->refused, name);
    return why == NULL
               ? loader_refuse(l, line, "refers to '%.*s', which is no rule that was loaded",
                               STR_ARG(str_head(name, 60)))
               : loader_refuse(l, line, "refers to '%.*s', which cannot be used: %.*s",
                               STR_ARG(str_head(name, 60)), STR_ARG(str_head(*why, 150)));
}

/* ---- names of fields along a path ---- */

static struct str alias_of(const struct correlation *c, size_t slot, struct str name)
{
    const struct rule *target = c->ref[slot];
    for (size_t i = 0; i < c->alias_count; i++) {
        const struct alias *a = &c->aliases[i];
        if (str_eq(a->alias, name) &&
            (str_eq(a->rule, c->names[slot]) || str_eq(a->rule, target->key) ||
             (target->name.len != 0 && str_eq(a->rule, target->name)))) {
            return a->field;
        }
    }
    return name;
}

/* Bounded: paths are made only down to CORRELATION_DEPTH_MAX. */
static struct str name_along(const struct correlation *c, const struct path *p, struct str name)
{
    for (;;) {
        name = alias_of(c, p->slot, name);
        const struct correlation *below = c->ref[p->slot]->correlation;
        if (below == NULL) {
            return name;
        }
        p = &below->paths[p->child];
        c = below;
    }
}

/* ---- values that a correlation needs of hits ---- */

static bool watch_of(struct loader *l, struct binding *b, uint16_t at)
{
    for (size_t i = 0; i < b->watched.len; i++) {
        if (b->watched.at[i] == at) {
            return true;
        }
    }
    return VEC_PUSH(&b->watched, at) || loader_no_memory(l);
}

static bool watch(struct loader *l, struct field *f, struct binding *b, uint16_t *out)
{
    size_t i = 0;
    while (i < l->log->watched.len && l->log->watched.at[i] != f) {
        i++;
    }
    if (i == l->log->watched.len) {
        if (i == UINT16_MAX) {
            return loader_refuse(l, 0, "correlations look at more than %d fields", UINT16_MAX);
        }
        if (!VEC_PUSH(&l->log->watched, f)) {
            return loader_no_memory(l);
        }
    }
    *out = (uint16_t)i;
    return watch_of(l, b, *out);
}

static bool values_of(struct loader *l, const struct correlation *c, const struct path *p,
                      struct binding *b, struct path_values *out)
{
    size_t count = c->group_count + c->field_count;
    uint16_t *at = ARENA_ARRAY(l->arena, uint16_t, count + 1);
    if (at == NULL) {
        return loader_no_memory(l);
    }
    *out = (struct path_values){.log = l->log, .at = at};
    l->fields.len = 0;
    l->ours = p->leaf->about.ours;
    for (size_t i = 0; i < count; i++) {
        struct field *f = field_get(l, name_along(c, p, c->by[i]), c->rule->line);
        if (f == NULL || !watch(l, f, b, &at[i])) {
            return false;
        }
    }
    return load_add_fields(l, b);
}

static struct binding *binding_in(const struct rule_log *log, const struct rule *r)
{
    for (size_t i = 0; i < log->bound.len; i++) {
        if (log->bound.at[i]->rule == r) {
            return log->bound.at[i];
        }
    }
    return NULL;
}

static bool path_values(struct loader *l, const struct correlation *c, struct path *p)
{
    p->values = ARENA_ARRAY(l->arena, struct path_values, p->leaf->bound + 1);
    if (p->values == NULL) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < l->set->log_count; i++) {
        struct binding *b = binding_in(&l->set->logs[i], p->leaf);
        l->log = &l->set->logs[i];
        if (b != NULL && !values_of(l, c, p, b, &p->values[p->value_count++])) {
            return false;
        }
    }
    return true;
}

static bool make_paths(struct loader *l, struct correlation *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->ref_count; i++) {
        count += c->ref[i]->correlation == NULL ? 1 : c->ref[i]->correlation->path_count;
    }
    if (count > CORRELATION_PATHS_MAX) {
        return loader_refuse(l, c->rule->line, "it refers to more than %d rules",
                             CORRELATION_PATHS_MAX);
    }
    c->paths = ARENA_ARRAY(l->arena, struct path, count + 1);
    if (c->paths == NULL) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < c->ref_count; i++) {
        const struct correlation *below = c->ref[i]->correlation;
        size_t ways = below == NULL ? 1 : below->path_count;
        for (size_t k = 0; k < ways; k++) {
            struct path *p = &c->paths[c->path_count++];
            p->slot = (uint16_t)i;
            p->child = (uint16_t)k;
            p->leaf = below == NULL ? c->ref[i] : below->paths[k].leaf;
            if (!path_values(l, c, p)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- correlations ---- */

static bool link_one(struct loader *l, struct correlation *c, unsigned depth);

/* The rule in a slot, itself linked. */
static bool link_ref(struct loader *l, struct correlation *c, size_t slot, unsigned depth)
{
    struct rule *r = find_rule(l->set, c->names[slot]);
    unsigned line = c->rule->line;
    if (r == NULL || r == &rule_ambiguous) {
        return refuse_reference(l, line, c->names[slot], r);
    }
    c->ref[slot] = r;
    if (r->correlation == NULL) {
        return true;
    }
    if (depth == CORRELATION_DEPTH_MAX || r->correlation->link == LINK_BUSY) {
        return loader_refuse(l, line,
                             "it refers to itself, or to correlations of more than %d "
                             "levels",
                             CORRELATION_DEPTH_MAX);
    }
    /* A fault of the other is its own issue, told when its turn comes. */
    if (r->correlation->link == LINK_NEW && !link_one(l, r->correlation, depth + 1)) {
        return false;
    }
    return r->correlation->link == LINK_DONE || refuse_reference(l, line, c->names[slot], r);
}

static bool link_refs(struct loader *l, struct correlation *c, unsigned depth)
{
    c->ref = ARENA_ARRAY(l->arena, struct rule *, c->ref_count + 1);
    if (c->ref == NULL) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < c->ref_count; i++) {
        if (!link_ref(l, c, i, depth)) {
            return false;
        }
    }
    return make_paths(l, c);
}

static bool refused(struct loader *l, const struct correlation *c)
{
    const struct rule *r = c->rule;
    struct str *why = ARENA_NEW(l->arena, struct str);
    struct map_entry *e = map_put(&l->set->refused, r->key);
    struct map_entry *n = r->name.len == 0 ? e : map_put(&l->set->refused, r->name);
    e = map_find(&l->set->refused, r->key);
    if (why == NULL || e == NULL || n == NULL || !arena_dup(l->arena, str_of(l->fault.msg), why)) {
        return loader_no_memory(l);
    }
    n->value = e->value = why;
    l->path = r->path;
    l->fault_line = r->line;
    l->elsewhere = false;
    return document_settle(l, r->about.title);
}

/* False: no memory, or l->fault is not this correlation's (it is about a deeper one). */
static bool link_one(struct loader *l, struct correlation *c, unsigned depth)
{
    c->link = LINK_BUSY;
    if (link_refs(l, c, depth)) {
        c->number = l->set->correlations.len;
        c->link = LINK_DONE;
        return VEC_PUSH(&l->set->correlations, c) || loader_no_memory(l);
    }
    c->link = LINK_BROKEN;
    return l->fault.code != ERR_NOMEM && refused(l, c);
}

/* The rules behind a correlation tell nothing by themselves unless it says so. One that was given
 * cannot silence our own. */
static void mark_refs(const struct correlation *c)
{
    for (size_t i = 0; i < c->ref_count; i++) {
        struct rule *r = c->ref[i];
        r->leaf = r->leaf || r->correlation == NULL;
        r->wanted = r->wanted || c->generate || (r->about.ours && !c->rule->about.ours);
        r->silent = true;
        if (r->correlation != NULL) {
            r->correlation->has_parent = true;
        }
    }
}

static bool link_all(struct loader *l)
{
    struct rule_set *s = l->set;
    for (size_t i = 0; i < s->rules.len; i++) {
        struct correlation *c = s->rules.at[i]->correlation;
        if (c != NULL && c->link == LINK_NEW && !link_one(l, c, 0)) {
            return false;
        }
    }
    for (size_t i = 0; i < s->correlations.len; i++) {
        mark_refs(s->correlations.at[i]);
    }
    size_t kept = 0;
    for (size_t i = 0; i < s->rules.len; i++) {
        struct rule *r = s->rules.at[i];
        r->silent = r->silent && !r->wanted;
        if (r->correlation == NULL || r->correlation->link == LINK_DONE) {
            s->rules.at[kept++] = r;
        }
    }
    s->rules.len = kept;
    return true;
}

/* ---- filters ---- */

static const struct expr *implies(struct loader *l, const struct expr *a, const struct expr *b)
{
    const struct expr **child;
    const struct expr **none;
    struct expr *e = expr_new(l, EXPR_OR, 2, &child);
    struct expr *no = expr_new(l, EXPR_NOT, 1, &none);
    if (a == NULL || b == NULL || e == NULL || no == NULL) {
        return NULL;
    }
    none[0] = a;
    child[0] = no;
    child[1] = b;
    return e;
}

static bool narrow(struct loader *l, const struct filter *f, const struct logsource_match *m,
                   struct binding *b)
{
    l->log = m->log;
    l->ours = f->ours;
    l->fields.len = 0;
    const struct expr *when = load_detection(l, yaml_get(f->doc, STR("filter")));
    if (when != NULL && !m->whole) {
        when = implies(l, logsource_expr(l, m, f->doc->line), when);
    }
    struct narrowing n = {.filter = f, .when = when};
    return when != NULL && load_add_fields(l, b) &&
           (VEC_PUSH(&b->filters, n) || loader_no_memory(l));
}

/* On every rule it names, where the log source is the same. */
static bool narrow_rule(struct loader *l, const struct filter *f, const struct logsource_match *m,
                        size_t count, const struct rule *r, size_t *io_done)
{
    for (size_t i = 0; i < count; i++) {
        struct binding *b = binding_in(m[i].log, r);
        if (b != NULL && !narrow(l, f, &m[i], b)) {
            return false;
        }
        *io_done += b != NULL ? 1 : 0;
    }
    return true;
}

static bool narrow_named(struct loader *l, const struct filter *f, const struct logsource_match *m,
                         size_t count, struct str name)
{
    const struct rule *r = find_rule(l->set, name);
    size_t done = 0;
    if (r == NULL || r == &rule_ambiguous) {
        return refuse_reference(l, f->doc->line, name, r);
    }
    if (r->correlation != NULL) {
        return loader_refuse(l, f->doc->line, "a filter narrows rules, and '%.*s' is a correlation",
                             STR_ARG(str_head(name, 60)));
    }
    if (!narrow_rule(l, f, m, count, r, &done)) {
        return false;
    }
    return done != 0 || loader_refuse(l, f->doc->line, "'%.*s' is for another log source",
                                      STR_ARG(str_head(name, 60)));
}

static bool narrow_all(struct loader *l, const struct filter *f, const struct logsource_match *m,
                       size_t count)
{
    for (size_t i = 0; i < l->set->rules.len; i++) {
        size_t done = 0;
        if (l->set->rules.at[i]->correlation == NULL &&
            !narrow_rule(l, f, m, count, l->set->rules.at[i], &done)) {
            return false;
        }
    }
    return true;
}

/* A reference that leads nowhere is told, and the others are narrowed all the same. */
static bool apply_filter(struct loader *l, const struct filter *f, struct logsource_match *m)
{
    size_t count = 0;
    const struct yaml_node *rules = yaml_get(yaml_get(f->doc, STR("filter")), STR("rules"));
    l->elsewhere = false;
    if (!logsource_read(l, f->doc, m, &count)) {
        return document_settle(l, f->title);
    }
    if (f->exclusion != NULL) {
        return exclusion_bind(l, f, m, count) || document_settle(l, f->title);
    }
    if (rules != NULL && rules->kind == YAML_SCALAR && str_ieq(rules->text, STR("any"))) {
        return narrow_all(l, f, m, count) || document_settle(l, f->title);
    }
    size_t n = rules == NULL ? 0 : rules->kind == YAML_LIST ? rules->count : 1;
    if (n == 0 && !loader_refuse(l, f->doc->line, "filter.rules names no rule")) {
        return document_settle(l, f->title);
    }
    for (size_t i = 0; i < n; i++) {
        const struct yaml_node *item = rules->kind == YAML_LIST ? rules->items[i] : rules;
        if (!narrow_named(l, f, m, count, str_trim(yaml_text(item))) &&
            !document_settle(l, f->title)) {
            return false;
        }
    }
    return true;
}

static bool apply_filters(struct loader *l)
{
    for (size_t i = 0; i < l->set->filters.len; i++) {
        const struct filter *f = l->set->filters.at[i];
        l->path = f->path;
        l->line_offset = f->line_offset;
        struct logsource_match *m = mem_alloc(l->set->log_count + 1, sizeof(*m));
        bool ok = m != NULL ? apply_filter(l, f, m) : loader_no_memory(l);
        mem_free(m);
        if (!ok) {
            return false;
        }
    }
    return true;
}

enum err_code rule_set_resolve(struct rule_set *s, struct err *err)
{
    struct loader l = {.set = s, .arena = &s->arena};
    bool ok = s->resolved || (link_all(&l) && apply_filters(&l));
    VEC_FREE(&l.fields);
    s->resolved = true;
    return ok ? ERR_OK : err_set(err, ERR_NOMEM, "out of memory while reading rules");
}
