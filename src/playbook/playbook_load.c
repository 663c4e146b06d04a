/*
 * playbook_load - content/playbooks/<technique>.yaml to struct playbook.
 */
#include "base/mem.h"
#include "playbook/check.h"
#include "playbook/load_priv.h"
#include "playbook/playbook.h"

#define SCHEMA "faaswatch.playbook/1"

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory for the playbook");
}

/* ---- sets of names ---- */

typedef const char *(*name_of)(unsigned value);

static const char *explanation_at(unsigned v)
{
    return explanation_name((enum explanation)v);
}

static const char *source_at(unsigned v)
{
    return evidence_source_name((enum evidence_source)v);
}

/* A list of names to a set of bits. */
static enum err_code load_set(const struct yaml_node *map, const char *key, name_of name,
                              unsigned count, unsigned *out, struct err *err)
{
    const struct yaml_node *list = yaml_get(map, str_of(key));
    *out = 0;
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        unsigned v = 0;
        while (v < count && !str_eq(yaml_text(list->items[i]), str_of(name(v)))) {
            v++;
        }
        if (v == count) {
            return err_set(err, ERR_SCHEMA, "playbook line %u: %s has no '%.*s'",
                           list->items[i]->line, key,
                           STR_ARG(str_head(yaml_text(list->items[i]), 40)));
        }
        *out |= 1U << v;
    }
    return ERR_OK;
}

static enum err_code load_refs(const struct yaml_node *list, struct arena *a,
                               const struct str **out, size_t *count, struct err *err)
{
    *out = NULL;
    *count = 0;
    if (list == NULL || list->count == 0) {
        return ERR_OK;
    }
    struct str *refs = ARENA_ARRAY(a, struct str, list->count);
    if (refs == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < list->count; i++) {
        refs[i] = yaml_text(list->items[i]);
        if (refs[i].len == 0) {
            return err_set(err, ERR_SCHEMA, "playbook line %u: a ref is a detection's number",
                           list->items[i]->line);
        }
    }
    *out = refs;
    *count = list->count;
    return ERR_OK;
}

static bool question_parse(struct str s, enum question *out)
{
    static const struct str names[QUESTION_MAX_] = {STR_INIT("Q1"), STR_INIT("Q2"), STR_INIT("Q3"),
                                                    STR_INIT("Q4")};
    for (unsigned i = 0; i < QUESTION_MAX_; i++) {
        if (str_eq(s, names[i])) {
            *out = (enum question)i;
            return true;
        }
    }
    return false;
}

/* ---- parts ---- */

static enum err_code load_sentences(const struct yaml_node *list, struct playbook *p,
                                    struct err *err)
{
    static const struct load_key keys[] = {
        {"id", YAML_SCALAR, true, false},
        {"section", YAML_SCALAR, true, false},
        {"text", YAML_SCALAR, true, false},
    };
    p->sentences = ARENA_ARRAY(&p->arena, struct sentence, list->count + 1);
    if (p->sentences == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *n = list->items[i];
        enum err_code rc = load_check_map(n, "a sentence", keys, ARRAY_LEN(keys), err);
        if (rc == ERR_OK && playbook_sentence(p, load_text(n, "id")) != NULL) {
            rc = err_set(err, ERR_SCHEMA, "playbook line %u: sentence '%.*s' stands twice", n->line,
                         STR_ARG(str_head(load_text(n, "id"), 60)));
        }
        rc = load_go_on(p, rc, err);
        if (rc) {
            return rc;
        }
        p->sentences[i] = (struct sentence){load_text(n, "id"), load_text(n, "section"),
                                            str_trim(load_text(n, "text"))};
        p->sentence_count = i + 1;
    }
    return ERR_OK;
}

static enum err_code sentence_of(const struct yaml_node *n, const struct playbook *p,
                                 const struct sentence **out, struct err *err)
{
    *out = playbook_sentence(p, load_text(n, "sentence"));
    if (*out == NULL) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: there is no sentence '%.*s'",
                       load_line(n, "sentence"), STR_ARG(str_head(load_text(n, "sentence"), 60)));
    }
    return ERR_OK;
}

static enum err_code load_questions(const struct yaml_node *list, struct playbook *p,
                                    struct err *err)
{
    static const struct load_key keys[] = {
        {"id", YAML_SCALAR, true, false},
        {"sentence", YAML_SCALAR, true, false},
        {"sources", YAML_LIST, true, false},
    };
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *n = list->items[i];
        enum question q;
        enum err_code rc = load_check_map(n, "a question", keys, ARRAY_LEN(keys), err);
        if (rc) {
            return rc;
        }
        if (!question_parse(load_text(n, "id"), &q) || p->questions[q] != NULL) {
            return err_set(err, ERR_SCHEMA, "playbook line %u: questions are Q1 to Q4, each once",
                           load_line(n, "id"));
        }
        rc = sentence_of(n, p, &p->questions[q], err);
        rc = rc ? rc : load_set(n, "sources", source_at, NEED_MAX_, &p->question_sources[q], err);
        if (rc) {
            return rc;
        }
    }
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        if (p->questions[q] == NULL) {
            return err_set(err, ERR_SCHEMA, "playbook line %u: question Q%u is missing", list->line,
                           q + 1);
        }
    }
    return ERR_OK;
}

static enum err_code load_numbers(const struct yaml_node *root, struct playbook *p, struct err *err)
{
    static const struct load_key limits[] = {
        {"suspicious", YAML_SCALAR, true, false},
        {"legitimate", YAML_SCALAR, true, false},
        {"bar", YAML_SCALAR, true, false},
        {"raises", YAML_SCALAR, true, false},
        {"watched_suspicious", YAML_SCALAR, true, false},
        {"watched_bar", YAML_SCALAR, true, false},
        {"watched_raises", YAML_SCALAR, true, false},
    };
    static const struct load_key clocks[] = {
        {"P1", YAML_SCALAR, true, false},
        {"P2", YAML_SCALAR, true, false},
        {"P3", YAML_SCALAR, true, false},
        {"P4", YAML_SCALAR, true, false},
    };
    const struct yaml_node *t = yaml_get(root, STR("thresholds"));
    enum err_code rc = load_check_map(t, "thresholds", limits, ARRAY_LEN(limits), err);
    rc = rc ? rc : load_int(t, "suspicious", 1, 100, 8, &p->suspicious, err);
    rc = rc ? rc : load_int(t, "legitimate", -100, -1, -15, &p->legitimate, err);
    rc = rc ? rc : load_int(t, "bar", 1, 100, 6, &p->bar, err);
    rc = rc ? rc : load_int(t, "raises", 1, 100, 8, &p->raises, err);
    rc = rc ? rc
            : load_int(t, "watched_suspicious", 1, p->suspicious, 5, &p->watched.suspicious, err);
    rc = rc ? rc : load_int(t, "watched_bar", 1, p->bar, 4, &p->watched.bar, err);
    rc = rc ? rc : load_int(t, "watched_raises", 1, p->raises, 5, &p->watched.raises, err);
    const struct yaml_node *d = yaml_get(root, STR("deadlines"));
    rc = rc ? rc : load_check_map(d, "deadlines", clocks, ARRAY_LEN(clocks), err);
    for (unsigned i = 0; rc == ERR_OK && i < ARRAY_LEN(clocks); i++) {
        rc = load_int(d, clocks[i].name, 1, 60 * 24 * 30, 0, &p->deadline_min[i + 1], err);
    }
    return rc;
}

static enum err_code load_confidence(const struct yaml_node *n, double *out, struct err *err)
{
    const struct yaml_node *v = yaml_get(n, STR("confidence"));
    double c = 0;
    if (v != NULL && (!str_f64(yaml_text(v), &c) || !(c >= 0 && c <= 1))) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: confidence must be from 0 to 1",
                       v->line);
    }
    *out = c;
    return ERR_OK;
}

static enum err_code load_item(const struct yaml_node *n, struct playbook *p,
                               struct playbook_item *it, struct err *err)
{
    static const struct load_key keys[] = {
        {"id", YAML_SCALAR, true, false},          {"question", YAML_SCALAR, true, false},
        {"group", YAML_SCALAR, true, false},       {"weight", YAML_SCALAR, true, false},
        {"hard", YAML_SCALAR, false, false},       {"authorises", YAML_SCALAR, false, false},
        {"explained_by", YAML_LIST, false, false}, {"needs", YAML_LIST, false, false},
        {"refs", YAML_LIST, false, false},         {"confidence", YAML_SCALAR, false, false},
        {"text", YAML_SCALAR, true, false},
    };
    enum err_code rc = load_check_map(n, "an item", keys, ARRAY_LEN(keys), err);
    rc = rc ? rc : load_int(n, "weight", -100, 100, 0, &it->weight, err);
    rc = rc ? rc : load_bool(n, "hard", &it->hard, err);
    rc = rc ? rc : load_bool(n, "authorises", &it->authorises, err);
    rc = rc ? rc : load_confidence(n, &it->confidence, err);
    rc =
        rc ? rc : load_set(n, "explained_by", explanation_at, EXPLAIN_MAX_, &it->explained_by, err);
    rc = rc ? rc : load_set(n, "needs", source_at, NEED_MAX_, &it->needs, err);
    rc = rc ? rc : load_refs(yaml_get(n, STR("refs")), &p->arena, &it->refs, &it->ref_count, err);
    if (rc) {
        return rc;
    }
    const struct yaml_node *weight = yaml_get(n, STR("weight"));
    it->line = n->line;
    it->weight_line = weight->line;
    it->weight_column = weight->column;
    it->weight_len = weight->text.len;
    it->id = load_text(n, "id");
    it->group = load_text(n, "group");
    it->text = load_text(n, "text");
    if (!question_parse(load_text(n, "question"), &it->question)) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: question must be Q1 to Q4",
                       load_line(n, "question"));
    }
    if (it->hard && it->weight <= 0) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: a hard item needs a weight above 0",
                       it->line);
    }
    if (it->authorises && it->weight >= 0) {
        return err_set(err, ERR_SCHEMA, "playbook line %u: what authorises needs a weight below 0",
                       it->line);
    }
    if (it->ref_count == 0 && !playbook_item_is_made(it->id)) {
        return err_set(err, ERR_SCHEMA,
                       "playbook line %u: item '%.*s' needs refs: the engine does not make it",
                       it->line, STR_ARG(str_head(it->id, 60)));
    }
    return ERR_OK;
}

static enum err_code load_items(const struct yaml_node *list, struct playbook *p, struct err *err)
{
    p->items = ARENA_ARRAY(&p->arena, struct playbook_item, list->count + 1);
    if (p->items == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < list->count; i++) {
        struct playbook_item *it = &p->items[i];
        enum err_code rc = load_go_on(p, load_item(list->items[i], p, it, err), err);
        if (rc) {
            return rc;
        }
        p->item_count = i + 1;
        if (it->id.len == 0) {
            continue; /* a fault that was kept */
        }
        struct map_entry *e = map_put(&p->item_index, it->id);
        if (e == NULL) {
            return no_memory(err);
        }
        if (e->value != NULL) {
            rc = err_set(err, ERR_SCHEMA, "playbook line %u: item '%.*s' stands twice", it->line,
                         STR_ARG(str_head(it->id, 60)));
            rc = load_go_on(p, rc, err);
            if (rc) {
                return rc;
            }
            continue;
        }
        e->value = it;
    }
    return ERR_OK;
}

static enum err_code load_steps(const struct yaml_node *list, struct playbook *p, struct err *err)
{
    static const struct load_key keys[] = {
        {"id", YAML_SCALAR, true, false},
        {"sentence", YAML_SCALAR, true, false},
    };
    p->steps = ARENA_ARRAY(&p->arena, struct playbook_step, list->count + 1);
    if (p->steps == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct yaml_node *n = list->items[i];
        enum err_code rc = load_check_map(n, "a step", keys, ARRAY_LEN(keys), err);
        p->steps[i].id = load_text(n, "id");
        rc = rc ? rc : sentence_of(n, p, &p->steps[i].sentence, err);
        rc = load_go_on(p, rc, err);
        if (rc) {
            return rc;
        }
        p->step_count = i + 1;
    }
    return ERR_OK;
}

static enum err_code load_logging(const struct yaml_node *n, struct playbook *p, struct err *err)
{
    static const struct load_key keys[] = {
        {"off", YAML_LIST, true, false},
        {"foreign", YAML_LIST, false, false},
    };
    enum err_code rc = load_check_map(n, "logging", keys, ARRAY_LEN(keys), err);
    rc = rc ? rc
            : load_refs(yaml_get(n, STR("off")), &p->arena, &p->logging_off, &p->logging_off_count,
                        err);
    return rc ? rc
              : load_refs(yaml_get(n, STR("foreign")), &p->arena, &p->logging_foreign,
                          &p->logging_foreign_count, err);
}

static enum err_code load_root(const struct yaml_node *root, struct playbook *p, struct err *err)
{
    static const struct load_key keys[] = {
        {"schema", YAML_SCALAR, true, false},  {"technique", YAML_SCALAR, true, false},
        {"name", YAML_SCALAR, true, false},    {"tactic", YAML_SCALAR, true, false},
        {"sentences", YAML_LIST, true, false}, {"questions", YAML_LIST, true, false},
        {"thresholds", YAML_MAP, true, false}, {"deadlines", YAML_MAP, true, false},
        {"items", YAML_LIST, true, false},     {"logging", YAML_MAP, true, false},
        {"steps", YAML_LIST, true, false},     {"rows", YAML_LIST, true, false},
    };
    enum err_code rc = load_check_map(root, "the playbook", keys, ARRAY_LEN(keys), err);
    if (rc) {
        return rc;
    }
    if (!str_eq(load_text(root, "schema"), STR(SCHEMA))) {
        rc = err_set(err, ERR_SCHEMA, "playbook line %u: schema must be %s",
                     load_line(root, "schema"), SCHEMA);
        rc = load_go_on(p, rc, err);
    }
    p->technique = load_text(root, "technique");
    p->name = load_text(root, "name");
    p->tactic = load_text(root, "tactic");
    const struct {
        const char *key;
        enum err_code (*load)(const struct yaml_node *n, struct playbook *p, struct err *err);
    } parts[] = {
        {"sentences", load_sentences}, {"questions", load_questions}, {"", load_numbers},
        {"items", load_items},         {"logging", load_logging},     {"steps", load_steps},
        {"rows", load_table}};
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(parts); i++) {
        const struct yaml_node *n =
            parts[i].key[0] == '\0' ? root : yaml_get(root, str_of(parts[i].key));
        rc = load_go_on(p, parts[i].load(n, p, err), err);
    }
    return rc;
}

/* The one document of a text, read into p. */
static enum err_code load_text_into(struct str text, struct playbook *p, struct err *err)
{
    const struct yaml_node **docs = NULL;
    size_t count = 0;
    enum err_code rc = yaml_load(text, &p->arena, &docs, &count, err);
    if (rc) {
        return err_wrap(err, rc, "playbook");
    }
    if (count != 1) {
        return err_set(err, ERR_SCHEMA, "playbook: the file must hold one document, not %zu",
                       count);
    }
    return load_root(docs[0], p, err);
}

static struct playbook *new_playbook(void)
{
    struct playbook *p = mem_alloc(1, sizeof(*p));
    if (p != NULL) {
        arena_init(&p->arena, 0);
    }
    return p;
}

enum err_code playbook_load(struct str text, struct playbook **out, struct err *err)
{
    struct playbook *p = new_playbook();
    if (p == NULL) {
        return no_memory(err);
    }
    enum err_code rc = load_text_into(text, p, err);
    if (rc) {
        playbook_free(p);
        return rc;
    }
    *out = p;
    return ERR_OK;
}

enum err_code playbook_load_all(struct str text, struct playbook_faults *faults,
                                struct playbook **out, struct err *err)
{
    struct playbook *p = new_playbook();
    if (p == NULL) {
        return no_memory(err);
    }
    p->faults = faults;
    struct err own = {0};
    enum err_code rc = load_text_into(text, p, &own);
    if (rc == ERR_NOMEM || (rc && !playbook_fault_of(faults, &own))) {
        playbook_free(p);
        return rc == ERR_NOMEM ? err_set(err, rc, "%s", own.msg) : no_memory(err);
    }
    *out = p;
    return ERR_OK;
}

void playbook_free(struct playbook *p)
{
    if (p == NULL) {
        return;
    }
    map_free(&p->item_index);
    arena_free(&p->arena);
    mem_free(p);
}

struct str playbook_technique(const struct playbook *p)
{
    return p->technique;
}
