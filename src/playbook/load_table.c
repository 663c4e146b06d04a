/*
 * load_table - the rows of the decision table.
 */
#include "playbook/load_priv.h"

static bool fact_find(struct str name, enum fact_id *out)
{
    for (unsigned i = 0; i < FACT_ID_MAX_; i++) {
        if (str_eq(name, str_of(decision_fact_name((enum fact_id)i)))) {
            *out = (enum fact_id)i;
            return true;
        }
    }
    return false;
}

/* YAML 1.1 reads yes/true/on as one; so do we for yes/no facts. */
static bool value_find(enum fact_kind kind, const struct yaml_node *n, unsigned *out)
{
    bool truth;
    if (kind == FACT_YESNO) {
        if (!yaml_bool(n, &truth)) {
            return false;
        }
        *out = truth;
        return true;
    }
    for (unsigned v = 0; decision_value_name(kind, v) != NULL; v++) {
        if (n->kind == YAML_SCALAR && str_eq(n->text, str_of(decision_value_name(kind, v)))) {
            *out = v;
            return true;
        }
    }
    return false;
}

static enum err_code add_value(enum fact_id id, const struct yaml_node *n, uint64_t *allowed,
                               struct err *err)
{
    unsigned v;
    if (!value_find(decision_fact_kind(id), n, &v)) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: fact '%s' has no value '%.*s'", n->line,
                       decision_fact_name(id), STR_ARG(str_head(yaml_text(n), 40)));
    }
    *allowed = decision_allow(*allowed, id, v);
    return ERR_OK;
}

/* One alternative: a mapping of facts to a value or a list of values. */
static enum err_code load_when(const struct yaml_node *n, uint64_t *out, struct err *err)
{
    if (n->kind != YAML_MAP || n->count == 0) {
        return err_set(err, ERR_SCHEMA,
                       "playbook line %u: an alternative of 'when' must name facts", n->line);
    }
    uint64_t allowed = DECISION_ANY;
    for (size_t i = 0; i < n->count; i++) {
        enum fact_id id;
        const struct yaml_node *value = n->pairs[i].value;
        if (!fact_find(n->pairs[i].key, &id)) {
            return err_set(err, ERR_SCHEMA, "playbook line %u: there is no fact '%.*s'",
                           n->pairs[i].line, STR_ARG(str_head(n->pairs[i].key, 40)));
        }
        allowed = decision_forbid(allowed, id);
        enum err_code rc = ERR_OK;
        if (value->kind != YAML_LIST) {
            rc = add_value(id, value, &allowed, err);
        }
        for (size_t k = 0; rc == ERR_OK && value->kind == YAML_LIST && k < value->count; k++) {
            rc = add_value(id, value->items[k], &allowed, err);
        }
        if (rc) {
            return rc;
        }
    }
    *out = allowed;
    return ERR_OK;
}

static enum err_code load_whens(const struct yaml_node *list, unsigned line, uint64_t *out,
                                size_t *count, struct err *err)
{
    if (list == NULL || list->kind != YAML_LIST || list->count == 0 ||
        list->count > DECISION_WHENS_MAX) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: 'when' must list 1 to %d alternatives",
                       list == NULL ? line : list->line, DECISION_WHENS_MAX);
    }
    for (size_t i = 0; i < list->count; i++) {
        enum err_code rc = load_when(list->items[i], &out[i], err);
        if (rc) {
            return rc;
        }
    }
    *count = list->count;
    return ERR_OK;
}

static enum err_code load_priorities(const struct yaml_node *list, struct decision_row *r,
                                     struct err *err)
{
    static const struct load_key keys[] = {
        {"priority", YAML_SCALAR, true, false},
        {"when", YAML_LIST, true, false},
    };
    if (list == NULL) {
        return ERR_OK;
    }
    if (list->count > DECISION_WHENS_MAX) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: more than %d 'priorities'", list->line,
                       DECISION_WHENS_MAX);
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *n = list->items[i];
        struct decision_priority *to = &r->priorities[i];
        enum err_code rc = load_check_map(n, "a priority", keys, ARRAY_LEN(keys), err);
        rc = rc ? rc : load_int(n, "priority", 1, 4, 4, &to->priority, err);
        rc =
            rc ? rc : load_whens(yaml_get(n, STR("when")), n->line, to->when, &to->when_count, err);
        if (rc) {
            return rc;
        }
    }
    r->priority_count = list->count;
    return ERR_OK;
}

static enum err_code check_words(const struct yaml_node *n, const struct decision_row *r,
                                 struct err *err)
{
    static const struct str actions[] = {STR_INIT("escalate"),      STR_INIT("tasks"),
                                         STR_INIT("hold"),          STR_INIT("close"),
                                         STR_INIT("close-pending"), STR_INIT("digest")};
    static const struct str whom[] = {STR_INIT("T2"), STR_INIT("L1"), STR_INIT("none")};
    bool ok = false;
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        ok |= str_eq(r->action, actions[i]);
    }
    if (!ok) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: there is no action '%.*s'",
                       load_line(n, "action"), STR_ARG(str_head(r->action, 40)));
    }
    ok = false;
    for (size_t i = 0; i < ARRAY_LEN(whom); i++) {
        ok |= str_eq(r->to, whom[i]);
    }
    if (!ok) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: to must be T2, L1 or none",
                       load_line(n, "to"));
    }
    bool nobody = str_eq(r->to, STR("none"));
    if (nobody != (r->priority == 0)) {
        return err_set(err, ERR_SCHEMA,
                       "playbook line %u: priority 0 goes with to: none, and only with that",
                       load_line(n, "priority"));
    }
    return ERR_OK;
}

static enum err_code load_then(const struct yaml_node *n, struct decision_row *r, struct err *err)
{
    struct str then = load_text(n, "then");
    if (str_eq(then, STR("T2"))) {
        r->then = THEN_T2;
    } else if (str_eq(then, STR("T2 for a crown jewel"))) {
        r->then = THEN_T2_JEWEL;
    } else if (yaml_get(n, STR("then")) != NULL) {
        return err_set(err, ERR_SCHEMA,
                       "playbook line %u: then must be 'T2' or 'T2 for a crown jewel'",
                       load_line(n, "then"));
    }
    return ERR_OK;
}

static enum err_code load_row(const struct yaml_node *n, const struct playbook *p,
                              struct decision_row *r, struct err *err)
{
    static const struct load_key keys[] = {
        {"id", YAML_SCALAR, true, false},       {"text", YAML_SCALAR, true, false},
        {"when", YAML_LIST, false, false},      {"otherwise", YAML_SCALAR, false, false},
        {"action", YAML_SCALAR, true, false},   {"to", YAML_SCALAR, true, false},
        {"contain", YAML_SCALAR, false, false}, {"alone", YAML_SCALAR, false, false},
        {"priority", YAML_SCALAR, true, false}, {"due", YAML_SCALAR, false, false},
        {"then", YAML_SCALAR, false, false},    {"priorities", YAML_LIST, false, false},
        {"clause", YAML_SCALAR, true, false},
    };
    enum err_code rc = load_check_map(n, "a row", keys, ARRAY_LEN(keys), err);
    r->line = n->line;
    rc = rc ? rc : load_bool(n, "otherwise", &r->otherwise, err);
    rc = rc ? rc : load_bool(n, "contain", &r->contain, err);
    rc = rc ? rc : load_bool(n, "alone", &r->alone, err);
    rc = rc ? rc : load_int(n, "priority", 0, 4, 0, &r->priority, err);
    rc = rc ? rc : load_int(n, "due", 1, 60 * 24 * 30, 0, &r->due_min, err);
    rc = rc ? rc : load_then(n, r, err);
    rc = rc ? rc : load_priorities(yaml_get(n, STR("priorities")), r, err);
    if (rc) {
        return rc;
    }
    const struct yaml_node *when = yaml_get(n, STR("when"));
    if (r->otherwise && when != NULL) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: a row has 'when' or 'otherwise'",
                       when->line);
    }
    if (!r->otherwise) {
        rc = load_whens(when, n->line, r->when, &r->when_count, err);
        if (rc) {
            return rc;
        }
    }
    r->id = load_text(n, "id");
    r->text = load_text(n, "text");
    r->action = load_text(n, "action");
    r->to = load_text(n, "to");
    r->clause_id = load_text(n, "clause");
    const struct sentence *clause = playbook_sentence(p, r->clause_id);
    if (clause == NULL) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: there is no sentence '%.*s'",
                       load_line(n, "clause"), STR_ARG(str_head(r->clause_id, 60)));
    }
    r->clause = clause->text;
    return check_words(n, r, err);
}

/* Its id is its own, and it is the last exactly when it takes what no other row takes. */
static enum err_code check_place(const struct decision_table *t, size_t i, struct err *err)
{
    const struct decision_row *r = &t->rows[i];
    for (size_t k = 0; k < i; k++) {
        if (r->id.len != 0 && str_eq(t->rows[k].id, r->id)) {
            return err_set(err, ERR_SCHEMA, "playbook line %u: row '%.*s' stands twice", r->line,
                           STR_ARG(str_head(r->id, 40)));
        }
    }
    if (r->otherwise != (i + 1 == t->count)) {
        return err_set(err, ERR_SCHEMA,
                       "playbook line %u: the last row, and only it, must be the 'otherwise' row, "
                       "so that every case meets a row",
                       r->line);
    }
    return ERR_OK;
}

enum err_code load_table(const struct yaml_node *rows, struct playbook *p, struct err *err)
{
    struct decision_table *t = &p->table;
    if (rows->count == 0 || rows->count > DECISION_ROWS_MAX) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: rows must be 1 to %d", rows->line,
                       DECISION_ROWS_MAX);
    }
    t->rows = ARENA_ARRAY(&p->arena, struct decision_row, rows->count);
    if (t->rows == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for the rows of the playbook");
    }
    t->count = rows->count;
    for (size_t i = 0; i < t->count; i++) {
        struct decision_row *r = &t->rows[i];
        enum err_code rc = load_go_on(p, load_row(rows->items[i], p, r, err), err);
        rc = rc ? rc : load_go_on(p, check_place(t, i, err), err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}
