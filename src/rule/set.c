#include "base/mem.h"
#include "rule/rule_priv.h"

enum { SCRATCH_MAX = 64 * 1024 * 1024, REGEX_DEPTH_MAX = 2000, REGEX_HEAP_KIB_MAX = 8192 };

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

void binding_release(struct binding *b)
{
    VEC_FREE(&b->filters);
    VEC_FREE(&b->watched);
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
    for (size_t i = 0; i < s->log_count; i++) {
        map_free(&s->logs[i].fields);
        map_free(&s->logs[i].mapping);
        for (size_t k = 0; k < s->logs[i].bound.len; k++) {
            binding_release(s->logs[i].bound.at[k]);
        }
        VEC_FREE(&s->logs[i].bound);
        VEC_FREE(&s->logs[i].watched);
        VEC_FREE(&s->logs[i].exclusions);
    }
    map_free(&s->ids);
    map_free(&s->names);
    map_free(&s->refused);
    map_free(&s->placeholders);
    VEC_FREE(&s->correlations);
    VEC_FREE(&s->filters);
    VEC_FREE(&s->exclusions);
    VEC_FREE(&s->rules);
    VEC_FREE(&s->issues);
    arena_free(&s->arena);
    mem_free(s);
}

static enum err_code log_init(struct rule_set *s, struct rule_log *log,
                              const struct rule_source *about, struct err *err)
{
    *log = (struct rule_log){.about = *about, .name = str_of(about->name)};
    for (size_t i = 0; i < RULE_INDEX_FIELDS && about->index[i] != NULL; i++) {
        if (!field_path_make(&s->arena, str_of(about->index[i]), &log->index[i].path)) {
            return err_set(err, ERR_NOMEM, "out of memory while preparing rules");
        }
        log->index[i].has_literal = log->index[i].path.key_count > 1;
        log->index_count++;
    }
    if (about->decides && log->index_count == RULE_INDEX_FIELDS) {
        s->decider = log;
    }
    return ERR_OK;
}

enum err_code rule_set_sources(struct rule_set *s, const struct rule_source *table, size_t count,
                               struct err *err)
{
    s->logs = ARENA_ARRAY(&s->arena, struct rule_log, count + 1);
    if (s->logs == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory while preparing rules");
    }
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        rc = log_init(s, &s->logs[s->log_count++], &table[i], err);
    }
    return rc;
}

static enum err_code field_slots(struct field *f, struct json_paths *paths, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && !f->has_slots && i < f->path_count; i++) {
        struct field_path *p = &f->path[i];
        rc = json_paths_add(paths, p->key, p->key_count, &p->slot, err);
        rc = rc ? rc : json_paths_add(paths, p->key, 1, &p->top, err);
    }
    f->has_slots = rc == ERR_OK;
    return rc;
}

/* ERR_LIMIT is the rule's own fault: it looks at more fields than the scanner has room for. */
static enum err_code binding_slots(const struct binding *b, struct json_paths *paths,
                                   struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < b->field_count; i++) {
        rc = field_slots(b->fields[i], paths, err);
    }
    return rc;
}

static enum err_code index_slots(struct rule_log *log, struct json_paths *paths, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < log->index_count; i++) {
        struct index_field *x = &log->index[i];
        rc = json_paths_add(paths, x->path.key, x->path.key_count, &x->path.slot, err);
        if (rc == ERR_OK && x->has_literal) {
            rc = json_paths_add(paths, &x->path.text, 1, &x->literal_slot, err);
        }
    }
    return rc;
}

/* An exclusion that cannot be looked for hides nothing: the run ends here and says so. */
static enum err_code exclusion_slots(struct rule_log *log, struct json_paths *paths,
                                     struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < log->exclusions.len; i++) {
        for (size_t k = 0; rc == ERR_OK && k < log->exclusions.at[i]->field_count; k++) {
            rc = field_slots(log->exclusions.at[i]->fields[k], paths, err);
        }
    }
    return rc;
}

static enum err_code compile_log(struct rule_set *s, struct rule_log *log, struct json_paths *paths,
                                 struct err *err)
{
    enum err_code rc = log->bound.len == 0 ? ERR_OK : index_slots(log, paths, err);
    rc = rc ? rc : exclusion_slots(log, paths, err);
    size_t kept = 0;
    for (size_t i = 0; rc == ERR_OK && i < log->bound.len; i++) {
        struct binding *b = log->bound.at[i];
        struct err why = {0};
        enum err_code slots = binding_slots(b, paths, &why);
        if (slots == ERR_OK) {
            log->bound.at[kept++] = b;
            continue;
        }
        b->rule->bound--;
        binding_release(b);
        struct rule_issue issue = {
            .path = b->rule->path,
            .line = b->rule->line,
            .rule = b->rule->about.title,
            .reason = STR("the rules look at more fields than can be read from a record; leave "
                          "some rules out")};
        if (slots != ERR_LIMIT || !VEC_PUSH(&s->issues, issue)) {
            rc = err_set(err, ERR_NOMEM, "out of memory while compiling rules");
        }
    }
    if (rc == ERR_OK) {
        log->bound.len = kept;
        rc = groups_make(s, log) ? ERR_OK
                                 : err_set(err, ERR_NOMEM, "out of memory while compiling rules");
    }
    return rc;
}

enum err_code rule_set_compile(struct rule_set *s, struct json_paths *paths, struct err *err)
{
    enum err_code rc = rule_set_resolve(s, err);
    for (size_t i = 0; rc == ERR_OK && i < s->log_count; i++) {
        rc = compile_log(s, &s->logs[i], paths, err);
    }
    if (rc != ERR_OK) {
        return rc;
    }
    size_t kept = 0;
    for (size_t i = 0; i < s->rules.len; i++) {
        if (s->rules.at[i]->bound != 0 || s->rules.at[i]->correlation != NULL) {
            s->rules.at[i]->number = kept;
            s->rules.at[kept++] = s->rules.at[i];
        }
    }
    s->rules.len = kept;
    s->compiled = true;
    return ERR_OK;
}

void rule_set_decide(const struct rule_set *s, struct json_paths *paths)
{
    if (s->decider != NULL && s->decider->bound.len != 0) {
        json_paths_decide(paths, s->decider->index[0].path.slot, s->decider->index[1].path.slot);
    }
}

size_t rule_set_count(const struct rule_set *s)
{
    return s->rules.len;
}

const struct detection *rule_set_at(const struct rule_set *s, size_t i)
{
    return &s->rules.at[i]->about;
}

struct str rule_key(const struct detection *of_rule)
{
    const char *rule = (const char *)of_rule - offsetof(struct rule, about);
    return ((const struct rule *)(const void *)rule)->key;
}

size_t rule_set_issues(const struct rule_set *s, const struct rule_issue **out)
{
    *out = s->issues.at;
    return s->issues.len;
}

static struct json_view text_view(struct str s)
{
    return (struct json_view){.ptr = s.ptr, .len = (uint32_t)s.len, .kind = JSON_STRING};
}

/* What can match a record of this pair, of the source that decides by it. */
static struct candidates deciding(const struct rule_set *s, struct str a, struct str b)
{
    struct candidates c = {0};
    if (s->decider == NULL || a.len > UINT32_MAX || b.len > UINT32_MAX) {
        return c;
    }
    struct pair_key k = {.log = s->decider, .value = {text_view(a), text_view(b)}};
    bool known = pairs_get(s, &k, &c);
    for (size_t i = 0; !known && i < s->decider->bound.len && !c.deep; i++) {
        if (rule_can_match(s->decider->bound.at[i], &k)) {
            c.count++;
            c.deep = rule_is_deep(s->decider->bound.at[i], &k);
        }
    }
    return c;
}

bool rule_set_wants(const struct rule_set *s, struct str event_source, struct str event_name)
{
    return deciding(s, event_source, event_name).deep;
}

bool rule_set_any(const struct rule_set *s, struct str event_source, struct str event_name)
{
    struct candidates c = deciding(s, event_source, event_name);
    return c.count != 0 || c.group_count != 0 ||
           (s->decider != NULL && s->decider->group_count != 0);
}

const struct rule_log *rule_set_log(const struct rule_set *s, struct str source)
{
    for (size_t i = 0; i < s->log_count; i++) {
        if (str_eq(s->logs[i].name, source)) {
            return &s->logs[i];
        }
    }
    return NULL;
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
    m->leaves = mem_alloc(s->rules.len + 1, sizeof(*m->leaves));
    m->hidden = mem_alloc(s->filters.len + 1, sizeof(*m->hidden));
    m->some = mem_alloc(s->rules.len + 1, sizeof(*m->some));
    m->values = groups_cache_new();
    m->excluded = mem_alloc(s->exclusions.len + 1, sizeof(*m->excluded));
    m->hid = mem_alloc(s->rules.len + 1, sizeof(*m->hid));
    m->match = pcre2_match_data_create(1, s->pcre);
    m->limits = pcre2_match_context_create(s->pcre);
    if (m->hits == NULL || m->leaves == NULL || m->hidden == NULL || m->hid == NULL ||
        m->some == NULL || m->values == NULL || m->excluded == NULL || m->match == NULL ||
        m->limits == NULL) {
        rule_matcher_free(m);
        return NULL;
    }
    (void)pcre2_set_callout(m->limits, regex_step, m);
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
    mem_free(m->leaves);
    mem_free(m->hidden);
    mem_free(m->hid);
    mem_free(m->some);
    mem_free(m->values);
    mem_free(m->excluded);
    arena_free(&m->scratch);
    mem_free(m);
}

uint64_t rule_matcher_gave_up(const struct rule_matcher *m)
{
    return m->gave_up;
}

const struct detection *rule_matcher_slow(const struct rule_matcher *m)
{
    return m->slow;
}

void matcher_note_slow(struct rule_matcher *m, const struct detection *d)
{
    if (m->slow == NULL || str_cmp(d->id, m->slow->id) < 0) {
        m->slow = d;
    }
}

bool rule_matcher_wants(const struct rule_matcher *m)
{
    return m->wants;
}

void rule_matcher_count(struct rule_matcher *m)
{
    for (size_t i = 0; i < m->hid_count; i++) {
        m->hidden[m->hid[i]]++;
    }
    m->hid_count = 0;
}

uint64_t rule_matcher_hidden(const struct rule_matcher *m, size_t filter)
{
    return m->hidden[filter];
}

size_t rule_set_filters(const struct rule_set *s)
{
    return s->filters.len;
}

struct str rule_set_filter_title(const struct rule_set *s, size_t filter)
{
    return s->filters.at[filter]->title;
}

/* Filters, in order: what one of them hides is counted for it. */
static bool passes(struct rule_matcher *m, const struct binding *b, const struct subject *s)
{
    for (size_t i = 0; i < b->filters.len; i++) {
        if (expr_eval(b->filters.at[i].when, s) != TRUTH_YES) {
            m->hid[m->hid_count++] = b->filters.at[i].filter->number;
            return false;
        }
    }
    return true;
}

static size_t match_some(struct rule_matcher *m, const struct json_record *r,
                         const struct binding *const *rules, size_t count)
{
    struct subject s = {.record = r, .matcher = m};
    size_t hits = 0;
    for (size_t i = 0; i < count; i++) {
        /* What a shallow record leaves out must not look absent. */
        s.partial = rules[i]->deep && r->shallow;
        if (s.partial) {
            m->wants = m->wants || expr_eval(rules[i]->when, &s) != TRUTH_NO;
            continue;
        }
        uint64_t gave_up = m->gave_up;
        bool fits = expr_eval(rules[i]->when, &s) == TRUTH_YES && passes(m, rules[i], &s);
        if (m->gave_up != gave_up) {
            matcher_note_slow(m, &rules[i]->rule->about);
        }
        if (!fits) {
            continue;
        }
        const struct rule *rule = rules[i]->rule;
        m->hits[hits] = &rule->about;
        hits += rule->silent ? 0 : 1;
        m->leaves[m->leaf_count] = rules[i];
        m->leaf_count += rule->leaf ? 1 : 0;
    }
    return hits;
}

/* Records of one source come in a row. */
static const struct rule_log *log_of(struct rule_matcher *m, struct str source)
{
    if (m->last == NULL || !str_eq(m->last->name, source)) {
        m->last = rule_set_log(m->set, source);
    }
    return m->last != NULL && m->last->bound.len != 0 ? m->last : NULL;
}

static size_t match_all(struct rule_matcher *m, const struct rule_log *log,
                        const struct json_record *r)
{
    return match_some(m, r, (const struct binding *const *)log->bound.at, log->bound.len);
}

size_t rule_match_each(struct rule_matcher *m, struct str source, const struct json_record *r,
                       const struct detection *const **hits)
{
    const struct rule_log *log = log_of(m, source);
    *hits = m->hits;
    m->leaf_count = m->hid_count = 0;
    m->wants = false;
    m->looked_at = NULL;
    return log == NULL ? 0 : match_all(m, log, r);
}

bool pair_of(const struct rule_log *log, const struct json_record *r, struct pair_key *out)
{
    *out = (struct pair_key){.log = log};
    for (size_t i = 0; i < log->index_count; i++) {
        const struct index_field *x = &log->index[i];
        if (x->has_literal && json_has(r, x->literal_slot)) {
            return false;
        }
        out->value[i] = json_got(r, x->path.slot);
        if (out->value[i].kind != JSON_ABSENT &&
            (out->value[i].kind != JSON_STRING || out->value[i].escaped)) {
            return false;
        }
    }
    return log->index_count != 0;
}

size_t rule_match(struct rule_matcher *m, struct str source, const struct json_record *r,
                  const struct detection *const **hits)
{
    const struct rule_log *log = log_of(m, source);
    struct pair_key k;
    struct candidates c;
    *hits = m->hits;
    m->leaf_count = m->hid_count = 0;
    m->wants = false;
    m->looked_at = NULL;
    if (log == NULL) {
        return 0;
    }
    if (!pair_of(log, r, &k) || !pairs_get(m->set, &k, &c)) {
        return match_all(m, log, r);
    }
    if (log->group_count + c.group_count == 0) {
        return match_some(m, r, c.at, c.count);
    }
    return match_some(m, r, m->some, groups_candidates(m, log, r, &c));
}
