/*
 * One `field|modifier|…: values` of a selection, to a test. Modifiers are applied in the order
 * they are written.
 */
#include <assert.h>
#include <string.h>

#include "rule/rule_priv.h"

enum action {
    ACT_CONTAINS, /* steps on a value, in the order written */
    ACT_STARTS,
    ACT_ENDS,
    ACT_BASE64,
    ACT_BASE64OFFSET,
    ACT_UTF16LE,
    ACT_UTF16BE,
    ACT_UTF16,
    ACT_WINDASH,
    ACT_ALL, /* how values are combined and compared */
    ACT_NEQ,
    ACT_CASED,
    ACT_REGEX, /* what a value is */
    ACT_REGEX_I,
    ACT_REGEX_M,
    ACT_REGEX_S,
    ACT_CIDR,
    ACT_EXISTS,
    ACT_FIELDREF,
    ACT_COMPARE,
    ACT_PART,
    ACT_EXPAND
};

static const struct modifier {
    struct str name;
    enum action action;
    int arg;
} modifiers[] = {
    {STR_INIT("contains"), ACT_CONTAINS, 0},
    {STR_INIT("startswith"), ACT_STARTS, 0},
    {STR_INIT("endswith"), ACT_ENDS, 0},
    {STR_INIT("base64"), ACT_BASE64, 0},
    {STR_INIT("base64offset"), ACT_BASE64OFFSET, 0},
    {STR_INIT("wide"), ACT_UTF16LE, 0},
    {STR_INIT("utf16le"), ACT_UTF16LE, 0},
    {STR_INIT("utf16be"), ACT_UTF16BE, 0},
    {STR_INIT("utf16"), ACT_UTF16, 0},
    {STR_INIT("windash"), ACT_WINDASH, 0},
    {STR_INIT("all"), ACT_ALL, 0},
    {STR_INIT("neq"), ACT_NEQ, 0},
    {STR_INIT("cased"), ACT_CASED, 0},
    {STR_INIT("re"), ACT_REGEX, 0},
    {STR_INIT("i"), ACT_REGEX_I, 0},
    {STR_INIT("m"), ACT_REGEX_M, 0},
    {STR_INIT("s"), ACT_REGEX_S, 0},
    {STR_INIT("cidr"), ACT_CIDR, 0},
    {STR_INIT("exists"), ACT_EXISTS, 0},
    {STR_INIT("fieldref"), ACT_FIELDREF, 0},
    {STR_INIT("gt"), ACT_COMPARE, COMPARE_GT},
    {STR_INIT("gte"), ACT_COMPARE, COMPARE_GTE},
    {STR_INIT("lt"), ACT_COMPARE, COMPARE_LT},
    {STR_INIT("lte"), ACT_COMPARE, COMPARE_LTE},
    {STR_INIT("minute"), ACT_PART, PART_MINUTE},
    {STR_INIT("hour"), ACT_PART, PART_HOUR},
    {STR_INIT("day"), ACT_PART, PART_DAY},
    {STR_INIT("week"), ACT_PART, PART_WEEK},
    {STR_INIT("month"), ACT_PART, PART_MONTH},
    {STR_INIT("year"), ACT_PART, PART_YEAR},
    {STR_INIT("expand"), ACT_EXPAND, 0},
};

enum { STEPS_MAX = 8, DASHES_MAX = 4 };

struct plan {
    struct str field;
    unsigned line;
    enum action step[STEPS_MAX];
    size_t steps;
    uint32_t regex_options;
    struct test test;
    bool expand;
    const struct expanded *origin; /* which value as written an expanded one is of; or NULL */
    bool is_typed; /* not plain strings: re, cidr, exists, fieldref, a comparison, a time part */
};

static bool set_type(struct loader *l, struct plan *p, enum test_kind kind, struct str name)
{
    bool both = (p->test.kind == TEST_TIME && kind == TEST_NUMBER) ||
                (p->test.kind == TEST_NUMBER && kind == TEST_TIME);
    if (p->is_typed && !both) {
        return loader_refuse(l, p->line, "modifier '%.*s' cannot stand beside the others of '%.*s'",
                             STR_ARG(name), STR_ARG(p->field));
    }
    p->is_typed = true;
    p->test.kind = both ? TEST_TIME : kind;
    return true;
}

static bool regex_flag(struct loader *l, struct plan *p, uint32_t option, struct str name)
{
    if (p->test.kind != TEST_REGEX) {
        return loader_refuse(l, p->line, "modifier '%.*s' must follow 're'", STR_ARG(name));
    }
    p->regex_options |= option;
    return true;
}

static bool add_step(struct loader *l, struct plan *p, enum action step)
{
    if (p->steps == STEPS_MAX) {
        return loader_refuse(l, p->line, "more than %d modifiers on one field", STEPS_MAX);
    }
    p->step[p->steps++] = step;
    return true;
}

static bool plan_type(struct loader *l, struct plan *p, const struct modifier *m)
{
    if (m->action == ACT_REGEX_I) {
        return regex_flag(l, p, PCRE2_CASELESS, m->name);
    }
    if (m->action == ACT_REGEX_M) {
        return regex_flag(l, p, PCRE2_MULTILINE, m->name);
    }
    if (m->action == ACT_REGEX_S) {
        return regex_flag(l, p, PCRE2_DOTALL, m->name);
    }
    if (m->action == ACT_COMPARE) {
        p->test.compare = (enum compare)m->arg;
        return set_type(l, p, TEST_NUMBER, m->name);
    }
    if (m->action == ACT_PART) {
        p->test.part = (enum time_part)m->arg;
        return set_type(l, p, TEST_TIME, m->name);
    }
    if (m->action == ACT_EXPAND) {
        p->expand = true;
        return true;
    }
    enum test_kind kind = m->action == ACT_REGEX    ? TEST_REGEX
                          : m->action == ACT_CIDR   ? TEST_NETWORK
                          : m->action == ACT_EXISTS ? TEST_EXISTS
                                                    : TEST_FIELD;
    return set_type(l, p, kind, m->name);
}

static bool plan_one(struct loader *l, struct plan *p, struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(modifiers); i++) {
        const struct modifier *m = &modifiers[i];
        if (!str_eq(name, m->name)) {
            continue;
        }
        if (m->action <= ACT_WINDASH) {
            return add_step(l, p, m->action);
        }
        if (m->action <= ACT_CASED) {
            p->test.all = p->test.all || m->action == ACT_ALL;
            p->test.negated = p->test.negated || m->action == ACT_NEQ;
            p->test.cased = p->test.cased || m->action == ACT_CASED;
            return true;
        }
        return plan_type(l, p, m);
    }
    return loader_refuse(l, p->line, "'%.*s' is no modifier of Sigma 2.1",
                         STR_ARG(str_head(name, 40)));
}

static bool is_place(enum action a)
{
    return a == ACT_CONTAINS || a == ACT_STARTS || a == ACT_ENDS;
}

/* What the modifiers may not say together. */
static bool plan_check(struct loader *l, struct plan *p)
{
    size_t places = 0;
    size_t others = 0;
    for (size_t i = 0; i < p->steps; i++) {
        bool place = is_place(p->step[i]);
        places += place ? 1 : 0;
        others += place ? 0 : 1;
        if (!place && p->step[i] != ACT_WINDASH && places != 0) {
            return loader_refuse(l, p->line,
                                 "an encoding must stand before contains, startswith or endswith");
        }
    }
    if (places > 1) {
        return loader_refuse(l, p->line,
                             "only one of contains, startswith and endswith can be used");
    }
    bool is_reference = p->test.kind == TEST_FIELD;
    if (p->is_typed && (others != 0 || (places != 0 && !is_reference))) {
        return loader_refuse(l, p->line, "the modifiers of '%.*s' do not go together",
                             STR_ARG(p->field));
    }
    if (p->field.len == 0 && p->is_typed && p->test.kind != TEST_REGEX) {
        return loader_refuse(l, p->line, "keywords can only be strings or regular expressions");
    }
    if (is_reference) {
        p->test.how = places == 0                  ? PATTERN_EQUAL
                      : p->step[0] == ACT_CONTAINS ? PATTERN_CONTAINS
                      : p->step[0] == ACT_STARTS   ? PATTERN_STARTS
                                                   : PATTERN_ENDS;
    }
    return true;
}

static bool plan_read(struct loader *l, struct str key, unsigned line, struct plan *out)
{
    *out = (struct plan){.line = line, .test = {.kind = TEST_PATTERN}};
    size_t bar = str_chr(key, '|');
    out->field = str_trim(str_head(key, bar == SIZE_MAX ? key.len : bar));
    if (bar != SIZE_MAX) {
        struct str rest = str_from(key, bar + 1);
        struct str name;
        if (rest.len == 0) {
            return loader_refuse(l, line, "a modifier is missing after '|'");
        }
        while (str_cut(&rest, '|', &name)) {
            if (!plan_one(l, out, str_trim(name))) {
                return false;
            }
        }
    }
    if (!plan_check(l, out)) {
        return false;
    }
    if (out->field.len != 0) {
        out->test.field = field_get(l, out->field, line);
        return out->test.field != NULL;
    }
    return true;
}

/* ---- strings ---- */

struct forms {
    VEC_OF(struct pattern_draft);
};

static bool push(struct loader *l, struct forms *f, const struct pattern_draft *d, unsigned line)
{
    if (f->len >= RULE_VALUES_MAX) {
        return loader_refuse(l, line, "more than %d forms of values on one field", RULE_VALUES_MAX);
    }
    if (d->text.len > PATTERN_BYTES_MAX) {
        return loader_refuse(l, line, "a value is longer than %d bytes", PATTERN_BYTES_MAX);
    }
    return VEC_PUSH(f, *d) || loader_no_memory(l);
}

static bool step_dashes(struct loader *l, const struct pattern_draft *d, struct forms *out,
                        unsigned line)
{
    size_t dashes = pattern_dashes(d);
    if (dashes > DASHES_MAX) {
        return loader_refuse(l, line, "'windash' on a value with more than %d dashes", DASHES_MAX);
    }
    unsigned choices = 1;
    for (size_t i = 0; i < dashes; i++) {
        choices *= PATTERN_DASHES;
    }
    for (unsigned c = 0; c < choices; c++) {
        struct pattern_draft form;
        if (!pattern_dash(d, c, l->arena, &form)) {
            return loader_no_memory(l);
        }
        if (!push(l, out, &form, line)) {
            return false;
        }
    }
    return true;
}

static bool step_offsets(struct loader *l, const struct pattern_draft *d, struct forms *out,
                         unsigned line)
{
    for (unsigned shift = 0; shift < 3; shift++) {
        struct pattern_draft form = *d;
        if (!pattern_base64_shift(&form, shift, l->arena)) {
            return loader_no_memory(l);
        }
        if (form.text.len == 0) {
            return loader_refuse(l, line, "a value is too short for base64offset");
        }
        if (!push(l, out, &form, line)) {
            return false;
        }
    }
    return true;
}

static bool step_one(struct loader *l, enum action step, const struct pattern_draft *from,
                     struct forms *out, unsigned line)
{
    if (!is_place(step) && step != ACT_WINDASH && !pattern_is_text(from)) {
        return loader_refuse(l, line,
                             "a value with wildcards cannot be encoded: escape them as "
                             "\\* and \\?");
    }
    if (step == ACT_WINDASH) {
        return step_dashes(l, from, out, line);
    }
    if (step == ACT_BASE64OFFSET) {
        return step_offsets(l, from, out, line);
    }
    struct pattern_draft d = *from;
    bool ok = step == ACT_BASE64    ? pattern_base64(&d, l->arena)
              : step == ACT_UTF16LE ? pattern_utf16(&d, false, false, l->arena)
              : step == ACT_UTF16BE ? pattern_utf16(&d, true, false, l->arena)
              : step == ACT_UTF16
                  ? pattern_utf16(&d, false, true, l->arena)
                  : pattern_open(&d, step != ACT_STARTS, step != ACT_ENDS, l->arena);
    return ok ? push(l, out, &d, line) : loader_no_memory(l);
}

/* All forms of one value, behind those already in *io. */
static bool value_forms(struct loader *l, const struct plan *p, struct str text, struct forms *io)
{
    struct forms now = {0};
    struct forms next = {0};
    struct pattern_draft d;
    bool ok = pattern_read(text, l->arena, &d) || loader_no_memory(l);
    ok = ok && push(l, &now, &d, p->line);
    bool placed = false;
    for (size_t i = 0; ok && i < p->steps; i++) {
        placed = placed || is_place(p->step[i]);
        for (size_t k = 0; ok && k < now.len; k++) {
            ok = step_one(l, p->step[i], &now.at[k], &next, p->line);
        }
        struct forms swap = now;
        now = next;
        next = swap;
        next.len = 0;
    }
    for (size_t k = 0; ok && k < now.len; k++) {
        /* A keyword is looked for anywhere. */
        ok = p->field.len != 0 || placed || pattern_open(&now.at[k], true, true, l->arena) ||
             loader_no_memory(l);
        ok = ok && push(l, io, &now.at[k], p->line);
    }
    VEC_FREE(&now);
    VEC_FREE(&next);
    return ok;
}

/* A plain true, yes or on is the JSON value true. */
static struct str value_text(const struct yaml_node *n)
{
    bool b;
    if (n->plain && yaml_bool(n, &b)) {
        return b ? STR("true") : STR("false");
    }
    return yaml_text(n);
}

static bool read_patterns(struct loader *l, struct plan *p, const struct yaml_node *const *value,
                          size_t count)
{
    struct forms forms = {0};
    size_t *end = mem_alloc(count, sizeof(*end));
    bool ok = end != NULL || loader_no_memory(l);
    for (size_t i = 0; end != NULL && ok && i < count; i++) {
        ok = value_forms(l, p, value_text(value[i]), &forms);
        end[i] = forms.len;
    }
    struct pattern *made = ok ? ARENA_ARRAY(l->arena, struct pattern, forms.len) : NULL;
    ok = ok && (made != NULL || loader_no_memory(l));
    for (size_t i = 0, v = 0; made != NULL && end != NULL && ok && i < forms.len; i++) {
        v += i == end[v] ? 1 : 0;
        made[i] = pattern_of(&forms.at[i]);
        made[i].value = (uint32_t)(p->origin == NULL ? v : p->origin->at[v].origin);
        made[i].has_number = p->steps == 0 && value[v]->plain && p->field.len != 0 &&
                             str_f64(value[v]->text, &made[i].number);
    }
    p->test.at.pattern = made;
    p->test.count = forms.len;
    mem_free(end);
    VEC_FREE(&forms);
    return ok;
}

/* ---- other values ---- */

/* What a possessive part eats is not counted as steps (probe.c), so \\s++$ over a long text of
 * spaces would take quadratic time below the limit. */
static bool has_possessive(struct str s)
{
    bool class = false;
    for (size_t i = 0; i + 1 < s.len; i++) {
        char c = s.ptr[i];
        char next = s.ptr[i + 1];
        if (c == '\\') {
            i++;
        } else if (class || c == '[') {
            class = c != ']';
        } else if (((c == '+' || c == '*' || c == '?' || c == '}') && next == '+') ||
                   (c == '(' && next == '?' && i + 2 < s.len && s.ptr[i + 2] == '>')) {
            return true;
        }
    }
    return false;
}

static bool read_regex(struct loader *l, const struct plan *p, struct str text, struct regex *out)
{
    int code = 0;
    PCRE2_SIZE at = 0;
    if (has_possessive(text)) {
        return loader_refuse(l, p->line,
                             "possessive quantifiers (a++) and atomic groups (?>a) are not of "
                             "Sigma's flavour, and their time cannot be bounded");
    }
    pcre2_compile_context *c = pcre2_compile_context_create(l->set->pcre);
    if (c == NULL) {
        return loader_no_memory(l);
    }
    pcre2_code *re = pcre2_compile((PCRE2_SPTR)text.ptr, text.len,
                                   p->regex_options | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF |
                                       PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT,
                                   &code, &at, c);
    pcre2_compile_context_free(c);
    if (re == NULL && (code == PCRE2_ERROR_HEAP_FAILED || code == PCRE2_ERROR_NOMEMORY)) {
        return loader_no_memory(l);
    }
    if (re == NULL) {
        char why[128] = "";
        (void)pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof(why));
        return loader_refuse(l, p->line, "a regular expression does not compile: %s at byte %zu",
                             why, (size_t)at);
    }
    if (!VEC_PUSH(&l->set->regexes, re)) {
        pcre2_code_free(re);
        return loader_no_memory(l);
    }
    out->code = re;
    out->caseless = (p->regex_options & PCRE2_CASELESS) != 0;
    uint32_t references = 0;
    (void)pcre2_pattern_info(re, PCRE2_INFO_BACKREFMAX, &references);
    out->has_references = references != 0;
    return regex_required(text, out->caseless, l->arena, &out->required) || loader_no_memory(l);
}

static bool read_typed_value(struct loader *l, struct plan *p, const struct yaml_node *n, size_t i)
{
    struct str text = n->text;
    struct test *t = &p->test;
    if (t->kind == TEST_REGEX) {
        return read_regex(l, p, text, &t->at.regex[i]);
    }
    if (t->kind == TEST_NETWORK) {
        return ip_prefix_parse(text, &t->at.network[i]) ||
               loader_refuse(l, n->line, "'%.*s' is no network such as 10.0.0.0/8 or 2001:db8::/32",
                             STR_ARG(str_head(text, 60)));
    }
    if (t->kind == TEST_FIELD) {
        t->at.other[i] = field_get(l, str_trim(text), n->line);
        return t->at.other[i] != NULL;
    }
    return str_f64(text, &t->at.number[i]) ||
           loader_refuse(l, n->line, "'%.*s' is no number", STR_ARG(str_head(text, 60)));
}

static bool read_typed(struct loader *l, struct plan *p, const struct yaml_node *const *value,
                       size_t count)
{
    struct test *t = &p->test;
    void *room;
    if (t->kind == TEST_REGEX) {
        room = t->at.regex = ARENA_ARRAY(l->arena, struct regex, count);
    } else if (t->kind == TEST_NETWORK) {
        room = t->at.network = ARENA_ARRAY(l->arena, struct ip_prefix, count);
    } else if (t->kind == TEST_FIELD) {
        room = t->at.other = ARENA_ARRAY(l->arena, const struct field *, count);
    } else {
        room = t->at.number = ARENA_ARRAY(l->arena, double, count);
    }
    if (room == NULL) {
        return loader_no_memory(l);
    }
    t->count = count;
    for (size_t i = 0; i < count; i++) {
        if (!read_typed_value(l, p, value[i], i)) {
            return false;
        }
    }
    return true;
}

static bool check_values(struct loader *l, const struct plan *p,
                         const struct yaml_node *const *value, size_t count, bool is_list)
{
    for (size_t i = 0; i < count; i++) {
        if (value[i]->kind != YAML_SCALAR) {
            return loader_refuse(l, value[i]->line, "a value of '%.*s' is no scalar",
                                 STR_ARG(p->field));
        }
        if (yaml_is_null(value[i]) && (is_list || p->field.len == 0)) {
            return loader_refuse(l, value[i]->line,
                                 "null cannot be one of several values: give it a selection of "
                                 "its own");
        }
    }
    if (count == 0 || count > RULE_VALUES_MAX) {
        return loader_refuse(l, p->line, "'%.*s' must have 1 to %d values", STR_ARG(p->field),
                             RULE_VALUES_MAX);
    }
    return !p->test.all || count >= 2 ||
           loader_refuse(l, p->line, "'all' needs at least two values");
}

static bool read_values(struct loader *l, struct plan *p, const struct yaml_node *const *value,
                        size_t count)
{
    assert(value != NULL);
    if (p->test.kind == TEST_EXISTS) {
        return (count == 1 && yaml_bool(value[0], &p->test.wanted)) ||
               loader_refuse(l, p->line, "'exists' takes true or false");
    }
    if (yaml_is_null(value[0])) {
        if (p->is_typed || p->steps != 0) {
            return loader_refuse(l, p->line, "null takes no modifier but neq");
        }
        p->test.kind = TEST_NULL;
        return true;
    }
    return p->is_typed ? read_typed(l, p, value, count) : read_patterns(l, p, value, count);
}

static bool read_expanded(struct loader *l, struct plan *p, const struct yaml_node *const *value,
                          size_t count)
{
    if (p->is_typed && p->test.all) {
        return loader_refuse(l, p->line, "the modifiers of '%.*s' do not go together",
                             STR_ARG(p->field));
    }
    struct expanded all = {0};
    bool ok = expand_values(l, value, count, &all);
    const struct yaml_node **values = ok ? mem_alloc(all.len + 1, sizeof(*values)) : NULL;
    ok = ok && (values != NULL || loader_no_memory(l));
    for (size_t i = 0; ok && values != NULL && i < all.len; i++) {
        values[i] = all.at[i].node;
    }
    p->origin = &all;
    ok = ok && (all.len != 0 || loader_refuse(l, p->line, "its placeholders have no values")) &&
         read_values(l, p, values, all.len);
    p->origin = NULL;
    mem_free(values);
    VEC_FREE(&all);
    return ok;
}

const struct test *modifier_read(struct loader *l, struct str key, unsigned line,
                                 const struct yaml_node *value)
{
    struct plan p;
    if (!plan_read(l, key, line, &p)) {
        return NULL;
    }
    bool is_list = value->kind == YAML_LIST;
    const struct yaml_node *const *values = is_list ? value->items : &value;
    size_t count = is_list ? value->count : 1;
    if (!check_values(l, &p, values, count, is_list) ||
        !(p.expand ? read_expanded(l, &p, values, count) : read_values(l, &p, values, count))) {
        return NULL;
    }
    struct test *t = ARENA_NEW(l->arena, struct test);
    if (t == NULL) {
        (void)loader_no_memory(l);
        return NULL;
    }
    *t = p.test;
    return t;
}
