#include "base/mem.h"
#include "rule/rule_priv.h"

enum {
    SCRATCH_MAX = 64 * 1024 * 1024,
    REGEX_STEPS_MAX = 100000, /* of PCRE2's match(); a rule needs a few hundred */
    REGEX_DEPTH_MAX = 2000,
    REGEX_HEAP_KIB_MAX = 8192
};

static void *regex_malloc(PCRE2_SIZE size, void *data)
{
    (void)data;
    return mem_alloc(1, size);
}

static void regex_free(void *p, void *data)
{
    (void)data;
    mem_free(p);
}

pcre2_general_context *regex_context_new(void)
{
    return pcre2_general_context_create(regex_malloc, regex_free, NULL);
}

struct rule_set *rule_set_new(void)
{
    struct rule_set *s = mem_alloc(1, sizeof(*s));
    if (s == NULL) {
        return NULL;
    }
    arena_init(&s->arena, 0);
    s->pcre = regex_context_new();
    s->pairs = pairs_new();
    if (s->pcre == NULL || s->pairs == NULL) {
        rule_set_free(s);
        return NULL;
    }
    return s;
}

void rule_set_free(struct rule_set *s)
{
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < s->regexes.len; i++) {
        pcre2_code_free(s->regexes.at[i]);
    }
    VEC_FREE(&s->regexes);
    pcre2_general_context_free(s->pcre);
    pairs_free(s->pairs);
    map_free(&s->fields);
    map_free(&s->ids);
    VEC_FREE(&s->rules);
    VEC_FREE(&s->issues);
    arena_free(&s->arena);
    mem_free(s);
}

static enum err_code field_slots(struct field *f, struct json_paths *paths, struct err *err)
{
    if (f->has_slots) {
        return ERR_OK;
    }
    enum err_code rc = json_paths_add(paths, f->key, f->key_count, &f->slot, err);
    if (rc == ERR_OK && f->has_literal) {
        rc = json_paths_add(paths, &f->name, 1, &f->literal_slot, err);
    }
    f->has_slots = rc == ERR_OK;
    return rc;
}

/* ERR_LIMIT is the rule's own fault: it looks at more fields than the scanner has room for. */
static enum err_code rule_slots(const struct rule *r, struct json_paths *paths, struct err *err)
{
    for (size_t i = 0; i < r->field_count; i++) {
        enum err_code rc = field_slots(r->fields[i], paths, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

enum err_code rule_set_compile(struct rule_set *s, struct json_paths *paths, struct err *err)
{
    struct str source = STR("eventSource");
    struct str name = STR("eventName");
    enum err_code rc = json_paths_add(paths, &source, 1, &s->slot_source, err);
    if (rc == ERR_OK) {
        rc = json_paths_add(paths, &name, 1, &s->slot_name, err);
    }
    size_t kept = 0;
    for (size_t i = 0; rc == ERR_OK && i < s->rules.len; i++) {
        struct rule *r = s->rules.at[i];
        struct err why = {0};
        enum err_code slots = rule_slots(r, paths, &why);
        if (slots == ERR_OK) {
            s->rules.at[kept++] = r;
            continue;
        }
        struct rule_issue issue = {
            .path = r->path,
            .line = r->line,
            .rule = r->about.title,
            .reason = STR("the rules look at more fields than can be read from a record; leave "
                          "some rules out")};
        if (slots != ERR_LIMIT || !VEC_PUSH(&s->issues, issue)) {
            rc = err_set(err, ERR_NOMEM, "out of memory while compiling rules");
        }
    }
    if (rc == ERR_OK) {
        s->rules.len = kept;
        s->compiled = true;
    }
    return rc;
}

size_t rule_set_count(const struct rule_set *s)
{
    return s->rules.len;
}

const struct detection *rule_set_at(const struct rule_set *s, size_t i)
{
    return &s->rules.at[i]->about;
}

size_t rule_set_issues(const struct rule_set *s, const struct rule_issue **out)
{
    *out = s->issues.at;
    return s->issues.len;
}

bool rule_set_wants(const struct rule_set *s, struct str event_source, struct str event_name)
{
    struct candidates c;
    if (pairs_get(s, event_source, event_name, &c)) {
        return c.deep;
    }
    for (size_t i = 0; i < s->rules.len; i++) {
        if (s->rules.at[i]->deep && rule_can_match(s->rules.at[i], event_source, event_name)) {
            return true;
        }
    }
    return false;
}

bool rule_set_any(const struct rule_set *s, struct str event_source, struct str event_name)
{
    struct candidates c;
    if (pairs_get(s, event_source, event_name, &c)) {
        return c.count > 0;
    }
    for (size_t i = 0; i < s->rules.len; i++) {
        if (rule_can_match(s->rules.at[i], event_source, event_name)) {
            return true;
        }
    }
    return false;
}

struct rule_matcher *rule_matcher_new(const struct rule_set *s)
{
    struct rule_matcher *m = mem_alloc(1, sizeof(*m));
    if (m == NULL) {
        return NULL;
    }
    m->set = s;
    arena_init(&m->scratch, SCRATCH_MAX);
    m->hits = mem_alloc(s->rules.len + 1, sizeof(*m->hits));
    m->match = pcre2_match_data_create(1, s->pcre);
    m->limits = pcre2_match_context_create(s->pcre);
    if (m->hits == NULL || m->match == NULL || m->limits == NULL) {
        rule_matcher_free(m);
        return NULL;
    }
    (void)pcre2_set_match_limit(m->limits, REGEX_STEPS_MAX);
    (void)pcre2_set_depth_limit(m->limits, REGEX_DEPTH_MAX);
    (void)pcre2_set_heap_limit(m->limits, REGEX_HEAP_KIB_MAX);
    return m;
}

void rule_matcher_free(struct rule_matcher *m)
{
    if (m == NULL) {
        return;
    }
    pcre2_match_context_free(m->limits);
    pcre2_match_data_free(m->match);
    mem_free(m->hits);
    arena_free(&m->scratch);
    mem_free(m);
}

uint64_t rule_matcher_gave_up(const struct rule_matcher *m)
{
    return m->gave_up;
}

static size_t match_some(struct rule_matcher *m, const struct json_record *r,
                         const struct rule *const *rules, size_t count)
{
    struct subject s = {.record = r, .matcher = m};
    size_t hits = 0;
    for (size_t i = 0; i < count; i++) {
        /* What a shallow record leaves out must not look absent. */
        if (rules[i]->deep && r->shallow) {
            continue;
        }
        if (expr_eval(rules[i]->when, &s) == TRUTH_YES) {
            m->hits[hits++] = &rules[i]->about;
        }
    }
    return hits;
}

size_t rule_match_each(struct rule_matcher *m, struct str source, const struct json_record *r,
                       const struct detection *const **hits)
{
    *hits = m->hits;
    if (!str_eq(source, STR("aws.cloudtrail"))) {
        return 0;
    }
    return match_some(m, r, (const struct rule *const *)m->set->rules.at, m->set->rules.len);
}

size_t rule_match(struct rule_matcher *m, struct str source, const struct json_record *r,
                  const struct detection *const **hits)
{
    const struct rule_set *s = m->set;
    struct json_view a = json_got(r, s->slot_source);
    struct json_view b = json_got(r, s->slot_name);
    struct candidates c;
    if (a.kind != JSON_STRING || a.escaped || b.kind != JSON_STRING || b.escaped ||
        !pairs_get(s, str_make(a.ptr, a.len), str_make(b.ptr, b.len), &c)) {
        return rule_match_each(m, source, r, hits);
    }
    *hits = m->hits;
    if (c.count == 0 || !str_eq(source, STR("aws.cloudtrail"))) {
        return 0;
    }
    return match_some(m, r, c.at, c.count);
}
