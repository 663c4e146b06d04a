/*
 * One test against a record: find the field's values, compare each with the rule's.
 */
#include "base/timefmt.h"
#include "rule/rule_priv.h"

enum {
    ARRAYS_MAX = 32,         /* arrays within arrays */
    REGEX_STEPS_MAX = 300000 /* a rule needs a few hundred; a step takes some 20 ns */
};

/* Where the values of a field are. */
struct spot {
    bool found;
    struct json_view view;
    const struct str *rest; /* segments behind an array */
    size_t rest_count;
};

/* A test, or a part of its values, looked for in a subject. */
struct probe {
    const struct test *test;
    const struct subject *subject;
    size_t from;
    size_t to;
    struct str left; /* TEST_FIELD: what the other field is compared with */
};

typedef bool (*value_fn)(const struct probe *p, struct json_view v);

static struct spot find_field(const struct field *f, const struct json_record *r)
{
    const struct field_path *p = f->path;
    const struct field_path *end = p + f->path_count;
    while (p < end && !json_has(r, p->slot)) {
        p++;
    }
    if (p == end) {
        return (struct spot){.found = false};
    }
    struct spot s = {.found = true, .view = r->view[p->slot]};
    if (s.view.kind == JSON_ARRAY && s.view.through != 0 && s.view.through < p->key_count) {
        s.rest = p->key + s.view.through;
        s.rest_count = p->key_count - s.view.through;
    }
    return s;
}

/* Is fn true of one of the values? Arrays are walked element by element, also those that lie
 * across the path. */
static bool any_value(const struct probe *p, struct json_view v, const struct str *rest,
                      size_t rest_count, unsigned arrays, value_fn fn)
{
    while (v.kind == JSON_OBJECT && rest_count != 0) {
        v = json_member(v, rest[0]);
        rest++;
        rest_count--;
    }
    if (v.kind == JSON_ARRAY) {
        struct json_iter it = json_iter_of(v);
        struct json_view key;
        struct json_view element;
        while (arrays < ARRAYS_MAX && json_iter_next(&it, &key, &element)) {
            if (any_value(p, element, rest, rest_count, arrays + 1, fn)) {
                return true;
            }
        }
        return false;
    }
    return v.kind != JSON_ABSENT && rest_count == 0 && fn(p, v);
}

static bool any_in(const struct probe *p, const struct spot *s, value_fn fn)
{
    return s->found && any_value(p, s->view, s->rest, s->rest_count, 0, fn);
}

/* ---- text of values ---- */

static struct str value_text(const struct probe *p, struct json_view v)
{
    struct str text = str_make(v.ptr, v.len);
    if (v.kind == JSON_STRING && v.escaped && p->subject->matcher != NULL) {
        struct str plain;
        if (json_text(v, &p->subject->matcher->scratch, &plain)) {
            return plain;
        }
    }
    return text;
}

static size_t add_code(char *to, uint32_t code)
{
    size_t n = 0;
    if (code < 0x80) {
        to[n++] = (char)code;
    } else if (code < 0x800) {
        to[n++] = (char)(0xC0 | code >> 6);
        to[n++] = (char)(0x80 | (code & 0x3F));
    } else {
        to[n++] = (char)(0xE0 | code >> 12);
        to[n++] = (char)(0x80 | (code >> 6 & 0x3F));
        to[n++] = (char)(0x80 | (code & 0x3F));
    }
    return n;
}

static bool hex4(struct str s, uint32_t *out)
{
    uint32_t v = 0;
    for (size_t i = 0; i < 4; i++) {
        char c = i < s.len ? chr_lower(s.ptr[i]) : '\0';
        if (!chr_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
        v = v << 4 | (uint32_t)(chr_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    *out = v;
    return true;
}

/* Raw JSON with the escapes of its strings undone, one level: what a person would look for in it.
 * Half of a surrogate pair comes out as U+FFFD. False: there are none, or no memory. */
static bool without_escapes(const struct probe *p, struct str raw, struct str *out)
{
    if (p->subject->matcher == NULL || str_chr(raw, '\\') == SIZE_MAX) {
        return false;
    }
    char *to = ARENA_ARRAY(&p->subject->matcher->scratch, char, raw.len + 1);
    if (to == NULL) {
        return false;
    }
    static const char named[] = "bfnrt";
    static const char meant[] = "\b\f\n\r\t";
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        uint32_t code;
        if (raw.ptr[i] != '\\' || i + 1 == raw.len) {
            to[n++] = raw.ptr[i];
            continue;
        }
        char c = raw.ptr[++i];
        size_t k = str_chr(str_of(named), c);
        if (c == 'u' && hex4(str_from(raw, i + 1), &code)) {
            n += add_code(to + n, code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code);
            i += 4;
        } else {
            to[n++] = k == SIZE_MAX ? c : meant[k];
        }
    }
    *out = str_make(to, n);
    return true;
}

/* ---- comparing ---- */

static bool same_number(double a, double b)
{
    return !(a < b) && !(a > b);
}

static bool pattern_fits(const struct probe *p, struct str text)
{
    for (size_t i = p->from; i < p->to; i++) {
        const struct pattern *w = &p->test->at.pattern[i];
        double number;
        if (pattern_matches(w, text, p->test->cased) ||
            (w->has_number && str_f64(text, &number) && same_number(number, w->number))) {
            return true;
        }
    }
    return false;
}

/* PCRE2 calls this before each item of a pattern that it tries. Its own limit counts anew from each
 * place where a match may begin, so a text of n bytes could take n times that. */
int regex_step(pcre2_callout_block *block, void *matcher)
{
    struct rule_matcher *m = matcher;
    (void)block;
    if (m->steps == 0) {
        return PCRE2_ERROR_MATCHLIMIT;
    }
    m->steps--;
    return 0;
}

static bool regex_fits(const struct probe *p, struct str text)
{
    struct rule_matcher *m = p->subject->matcher;
    for (size_t i = p->from; i < p->to; i++) {
        const struct regex *re = &p->test->at.regex[i];
        size_t at = re->caseless ? str_ifind(text, re->required) : str_find(text, re->required);
        if (at == SIZE_MAX) {
            continue;
        }
        m->steps = REGEX_STEPS_MAX / (re->has_references ? 1 + text.len / 64 : 1);
        int rc = pcre2_match(re->code, (PCRE2_SPTR)text.ptr, text.len, 0, 0, m->match, m->limits);
        if (rc >= 0) {
            return true;
        }
        m->gave_up += rc != PCRE2_ERROR_NOMATCH ? 1 : 0;
    }
    return false;
}

static bool text_value(const struct probe *p, struct json_view v)
{
    bool (*fits)(const struct probe *, struct str) =
        p->test->kind == TEST_REGEX ? regex_fits : pattern_fits;
    struct str text = value_text(p, v);
    if (v.kind == JSON_NULL) {
        return false;
    }
    if (fits(p, text)) {
        return true;
    }
    struct str loose;
    return v.kind == JSON_OBJECT && without_escapes(p, text, &loose) && fits(p, loose);
}

static bool compares(const struct probe *p, double number)
{
    for (size_t i = p->from; i < p->to; i++) {
        double want = p->test->at.number[i];
        bool fits = p->test->compare == COMPARE_GT    ? number > want
                    : p->test->compare == COMPARE_GTE ? number >= want
                    : p->test->compare == COMPARE_LT  ? number < want
                    : p->test->compare == COMPARE_LTE ? number <= want
                                                      : same_number(number, want);
        if (fits) {
            return true;
        }
    }
    return false;
}

static bool number_value(const struct probe *p, struct json_view v)
{
    double number;
    return (v.kind == JSON_NUMBER || v.kind == JSON_STRING) && str_f64(value_text(p, v), &number) &&
           compares(p, number);
}

/* Week of ISO 8601: that of the year which has the week's Thursday. */
static int iso_week(const struct time_parts *t)
{
    int64_t day = time_of_date(t->year, t->month, t->day);
    int64_t thursday = day + (3 - t->weekday) * TIME_DAY_US;
    struct time_parts of = time_split(thursday);
    return (int)((thursday - time_of_date(of.year, 1, 1)) / TIME_DAY_US / 7) + 1;
}

static bool time_value(const struct probe *p, struct json_view v)
{
    int64_t us;
    bool zoned;
    if (v.kind != JSON_STRING || !time_parse_any(value_text(p, v), &us, &zoned)) {
        return false;
    }
    struct time_parts t = time_split(us);
    int part = 0;
    switch (p->test->part) {
    case PART_MINUTE:
        part = t.minute;
        break;
    case PART_HOUR:
        part = t.hour;
        break;
    case PART_DAY:
        part = t.day;
        break;
    case PART_WEEK:
        part = iso_week(&t);
        break;
    case PART_MONTH:
        part = t.month;
        break;
    case PART_YEAR:
        part = t.year;
        break;
    }
    return compares(p, part);
}

static bool network_value(const struct probe *p, struct json_view v)
{
    struct ip ip;
    if (v.kind != JSON_STRING || !ip_parse(value_text(p, v), &ip)) {
        return false;
    }
    for (size_t i = p->from; i < p->to; i++) {
        if (ip_in(&ip, &p->test->at.network[i])) {
            return true;
        }
    }
    return false;
}

/* The other side of a fieldref: `v` is its value, p->left ours. An empty part of a text says
 * nothing about it. */
static bool other_value(const struct probe *p, struct json_view v)
{
    struct pattern w = {.kind = p->test->how, .text = value_text(p, v)};
    return v.kind != JSON_NULL && (w.kind == PATTERN_EQUAL || w.text.len != 0) &&
           pattern_matches(&w, p->left, p->test->cased);
}

static bool field_value(const struct probe *p, struct json_view v)
{
    if (v.kind == JSON_NULL) {
        return false;
    }
    struct probe other = *p;
    other.left = value_text(p, v);
    for (size_t i = p->from; i < p->to; i++) {
        struct spot s = find_field(p->test->at.other[i], p->subject->record);
        if (any_in(&other, &s, other_value)) {
            return true;
        }
    }
    return false;
}

static bool non_null_value(const struct probe *p, struct json_view v)
{
    (void)p;
    return v.kind != JSON_NULL;
}

static bool each_value(const struct probe *p, struct json_view v)
{
    (void)p;
    (void)v;
    return true;
}

/* ---- a test ---- */

static value_fn compare_with(enum test_kind kind)
{
    switch (kind) {
    case TEST_NUMBER:
        return number_value;
    case TEST_NETWORK:
        return network_value;
    case TEST_FIELD:
        return field_value;
    case TEST_TIME:
        return time_value;
    case TEST_PATTERN:
    case TEST_REGEX:
    case TEST_NULL:
    case TEST_EXISTS:
        break;
    }
    return text_value;
}

/* `all`: each value must be found, a value being one or several forms. */
static bool all_values(struct probe *p, const struct spot *s, value_fn fn)
{
    const struct test *t = p->test;
    for (size_t i = 0; i < t->count; i = p->to) {
        p->from = i;
        p->to = i + 1;
        while (t->kind == TEST_PATTERN && p->to < t->count &&
               t->at.pattern[p->to].value == t->at.pattern[i].value) {
            p->to++;
        }
        if (!any_in(p, s, fn)) {
            return false;
        }
    }
    return true;
}

static bool holds(const struct test *t, const struct subject *subject, const struct spot *s)
{
    struct probe p = {.test = t, .subject = subject, .to = t->count};
    if (t->kind == TEST_NULL) {
        return !any_in(&p, s, non_null_value);
    }
    if (t->kind == TEST_EXISTS) {
        bool exists = s->found && (s->rest_count == 0 || any_in(&p, s, each_value));
        return exists == t->wanted;
    }
    value_fn fn = compare_with(t->kind);
    return t->all ? all_values(&p, s, fn) : any_in(&p, s, fn);
}

static enum truth told(const struct test *t, const struct subject *s, const struct spot *spot)
{
    return holds(t, s, spot) != t->negated ? TRUTH_YES : TRUTH_NO;
}

/* Tests that more than one value takes part in, or that a run counts the cost of. */
static bool is_involved(const struct test *t)
{
    return t->kind == TEST_REGEX || t->kind == TEST_FIELD;
}

/* What only the pair says about a test. */
static enum truth probe_pair(const struct test *t, const struct subject *s)
{
    const struct field *f = t->field;
    struct spot spot = {.found = false};
    if (f != NULL && f->index == 0 && s->alone) {
        return told(t, s, &spot);
    }
    if (f == NULL || f->index == 0 || is_involved(t)) {
        return TRUTH_UNKNOWN;
    }
    struct json_view v = s->pair->value[f->index - 1];
    spot = (struct spot){.found = v.kind != JSON_ABSENT, .view = v};
    return told(t, s, &spot);
}

/* What a shallow record says about a test of a rule that looks deeper. What a run counts is left
 * for the whole record, which would count it again. */
static enum truth probe_partial(const struct test *t, const struct subject *s,
                                const struct spot *spot)
{
    if (t->field == NULL || !t->field->deep) {
        return is_involved(t) && (t->field == NULL || spot->found) ? TRUTH_UNKNOWN
                                                                   : told(t, s, spot);
    }
    switch (shallow_look(t, s->record, s->matcher)) {
    case LOOK_ABSENT:
        return told(t, s, &(struct spot){.found = false});
    case LOOK_OTHER:
        return t->negated ? TRUTH_YES : TRUTH_NO;
    case LOOK_UNKNOWN:
        break;
    }
    return TRUTH_UNKNOWN;
}

enum truth test_probe(const struct test *t, const struct subject *s)
{
    const struct json_record *r = s->record;
    if (r == NULL) {
        return probe_pair(t, s);
    }
    struct spot spot = {.found = false};
    if (t->field != NULL && s->partial && t->field->deep) {
        return probe_partial(t, s, &spot); /* finds out by itself */
    }
    if (t->field != NULL) {
        spot = find_field(t->field, r);
    } else {
        /* Keywords: the whole record, as the text that it is. */
        struct json_view whole = {.ptr = r->start, .len = (uint32_t)r->len, .kind = JSON_OBJECT};
        spot = (struct spot){.found = r->len <= UINT32_MAX, .view = whole};
    }
    enum truth truth = s->partial ? probe_partial(t, s, &spot) : told(t, s, &spot);
    if (s->matcher->scratch.used != 0) {
        arena_reset(&s->matcher->scratch);
    }
    return truth;
}

bool field_view(const struct field *f, const struct json_record *r, struct json_view *out)
{
    struct spot s = find_field(f, r);
    *out = s.view;
    return s.found;
}

bool field_value_text(struct rule_matcher *m, const struct field *f, const struct json_record *r,
                      struct str *out, bool *out_of_room)
{
    *out_of_room = false;
    struct spot s = find_field(f, r);
    struct json_view v = s.view;
    if (!s.found) {
        return false;
    }
    if (v.kind == JSON_ARRAY) {
        /* One element stands for itself; several are one value, as they are written. */
        struct json_iter it = json_iter_of(v);
        struct json_view key;
        struct json_view first;
        struct json_view more;
        if (json_iter_next(&it, &key, &first) && !json_iter_next(&it, &key, &more)) {
            v = first;
        }
        for (size_t i = 0; v.kind == JSON_OBJECT && i < s.rest_count; i++) {
            v = json_member(v, s.rest[i]);
        }
    }
    if (v.kind == JSON_ABSENT || v.kind == JSON_NULL) {
        return false;
    }
    *out_of_room = !json_any_text(v, &m->scratch, out);
    return !*out_of_room;
}
