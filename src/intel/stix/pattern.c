/*
 * A recursive parser, bounded in depth. Each part gives its alternatives at once: OR joins two
 * lists, AND pairs each of one with each of the other.
 */
#include "intel/stix/pattern.h"

#include <string.h>

struct alternatives {
    struct pattern_alternative *at;
    size_t len;
    size_t cap;
};

struct parser {
    struct str text;
    size_t pos;
    struct arena *arena;
    struct pattern *out;
    struct err *err;
    uint16_t observation;
    unsigned depth;
};

static enum err_code fail(struct parser *p, size_t at, const char *what)
{
    if (p->err != NULL && p->err->code == ERR_OK) {
        p->err->offset = at;
    }
    return err_set(p->err, ERR_SYNTAX, "pattern, byte %zu: %s", at, what);
}

static enum err_code full(struct parser *p)
{
    return err_set(p->err, ERR_LIMIT, "the pattern has too many combinations");
}

static void spaces(struct parser *p)
{
    while (p->pos < p->text.len && chr_is_space(p->text.ptr[p->pos])) {
        p->pos++;
    }
}

static char peek(struct parser *p)
{
    spaces(p);
    return p->pos < p->text.len ? p->text.ptr[p->pos] : '\0';
}

static bool take_char(struct parser *p, char c)
{
    if (peek(p) != c || p->pos >= p->text.len) {
        return false;
    }
    p->pos++;
    return true;
}

/* Keywords are upper case in the specification, and not always in feeds. */
static bool take_word(struct parser *p, const char *word)
{
    struct str w = str_of(word);
    spaces(p);
    struct str rest = str_from(p->text, p->pos);
    if (!str_istarts(rest, w) ||
        (rest.len > w.len && (chr_is_alnum(rest.ptr[w.len]) || rest.ptr[w.len] == '_'))) {
        return false;
    }
    p->pos += w.len;
    return true;
}

/* ---- alternatives ---- */

static enum err_code either(struct parser *p, struct alternatives *into, struct alternatives more)
{
    size_t n = into->len + more.len;
    if (n > PATTERN_ALTERNATIVES_MAX) {
        return full(p);
    }
    if (into->len == 0 || more.len == 0) {
        *into = into->len == 0 ? more : *into;
        return ERR_OK;
    }
    if (n > into->cap) {
        struct pattern_alternative *at = ARENA_ARRAY(p->arena, struct pattern_alternative, n * 2);
        if (at == NULL) {
            return full(p);
        }
        memcpy(at, into->at, into->len * sizeof(*at));
        into->at = at;
        into->cap = n * 2;
    }
    memcpy(into->at + into->len, more.at, more.len * sizeof(*into->at));
    into->len = n;
    return ERR_OK;
}

static bool joined(struct parser *p, const struct pattern_alternative *a,
                   const struct pattern_alternative *b, struct pattern_alternative *out)
{
    size_t n = a->len + b->len;
    const struct pattern_condition **at =
        n > PATTERN_CONDITIONS_MAX ? NULL
                                   : ARENA_ARRAY(p->arena, const struct pattern_condition *, n);
    if (at == NULL) {
        return false;
    }
    memcpy(at, a->at, a->len * sizeof(*at));
    memcpy(at + a->len, b->at, b->len * sizeof(*at));
    *out = (struct pattern_alternative){at, n};
    return true;
}

static enum err_code both(struct parser *p, struct alternatives *into, struct alternatives more)
{
    size_t n = into->len * more.len;
    struct pattern_alternative *at =
        n > PATTERN_ALTERNATIVES_MAX ? NULL : ARENA_ARRAY(p->arena, struct pattern_alternative, n);
    if (at == NULL) {
        return full(p);
    }
    for (size_t i = 0; i < into->len; i++) {
        for (size_t k = 0; k < more.len; k++) {
            if (!joined(p, &into->at[i], &more.at[k], &at[i * more.len + k])) {
                return full(p);
            }
        }
    }
    *into = (struct alternatives){at, n, n};
    return ERR_OK;
}

static enum err_code single(struct parser *p, const struct pattern_condition *c,
                            struct alternatives *out)
{
    struct pattern_alternative *at = ARENA_NEW(p->arena, struct pattern_alternative);
    struct pattern_condition *copy = ARENA_NEW(p->arena, struct pattern_condition);
    const struct pattern_condition **list = ARENA_NEW(p->arena, const struct pattern_condition *);
    if (at == NULL || copy == NULL || list == NULL) {
        return full(p);
    }
    *copy = *c;
    list[0] = copy;
    *at = (struct pattern_alternative){list, 1};
    *out = (struct alternatives){at, 1, 1};
    return ERR_OK;
}

/* ---- literals and paths ---- */

/* 'text' with \' and \\ undone; p->pos stands on the quote. */
static enum err_code quoted(struct parser *p, struct str *out)
{
    size_t start = ++p->pos;
    bool escaped = false;
    while (p->pos < p->text.len && p->text.ptr[p->pos] != '\'') {
        if (p->text.ptr[p->pos] == '\\') {
            escaped = true;
            p->pos++;
        }
        p->pos++;
    }
    if (p->pos >= p->text.len) {
        return fail(p, start - 1, "a quote is never closed");
    }
    struct str raw = str_make(p->text.ptr + start, p->pos++ - start);
    if (!escaped) {
        *out = raw;
        return ERR_OK;
    }
    char *plain = arena_alloc(p->arena, raw.len + 1, 1, 1);
    size_t n = 0;
    if (plain == NULL) {
        return full(p);
    }
    for (size_t i = 0; i < raw.len; i++) {
        i += raw.ptr[i] == '\\' && i + 1 < raw.len ? 1 : 0;
        plain[n++] = raw.ptr[i];
    }
    *out = str_make(plain, n);
    return ERR_OK;
}

/* 'text', t'…', b'…', h'…', a number, true, false. */
static enum err_code literal(struct parser *p, struct pattern_condition *c)
{
    char first = peek(p);
    size_t start = p->pos;
    bool prefixed = (first == 't' || first == 'b' || first == 'h') && p->pos + 1 < p->text.len &&
                    p->text.ptr[p->pos + 1] == '\'';
    if (first == '\'' || prefixed) {
        p->pos += prefixed ? 1 : 0;
        return quoted(p, &c->value);
    }
    while (p->pos < p->text.len &&
           (chr_is_alnum(p->text.ptr[p->pos]) || strchr("+-._", p->text.ptr[p->pos]) != NULL)) {
        p->pos++;
    }
    c->value = str_make(p->text.ptr + start, p->pos - start);
    double number;
    c->number = str_f64(c->value, &number);
    bool is_bool = str_ieq(c->value, STR("true")) || str_ieq(c->value, STR("false"));
    return c->number || is_bool ? ERR_OK : fail(p, start, "a value in quotes or a number belongs");
}

static bool is_path_char(char c)
{
    return chr_is_alnum(c) || strchr("-_.:[]*", c) != NULL;
}

/* type:path.with.'quoted parts'[*].more */
static enum err_code object_path(struct parser *p, struct str *out)
{
    spaces(p);
    size_t start = p->pos;
    while (p->pos < p->text.len) {
        char c = p->text.ptr[p->pos];
        struct str part;
        if (c == '\'') {
            enum err_code rc = quoted(p, &part);
            if (rc) {
                return rc;
            }
        } else if (c != '\0' && is_path_char(c)) {
            p->pos++;
        } else {
            break;
        }
    }
    *out = str_make(p->text.ptr + start, p->pos - start);
    size_t colon = str_chr(*out, ':');
    return colon == SIZE_MAX || colon == 0 || colon + 1 == out->len
               ? fail(p, start, "an object path such as domain-name:value belongs here")
               : ERR_OK;
}

/* ---- comparisons ---- */

static bool take_operator(struct parser *p, struct pattern_condition *c, bool *is_set)
{
    static const struct {
        const char *word;
        enum pattern_op op;
    } words[] = {{"LIKE", OP_LIKE},
                 {"MATCHES", OP_MATCHES},
                 {"ISSUBSET", OP_SUBSET},
                 {"ISSUPERSET", OP_SUPERSET}};
    static const struct {
        const char *sign;
        enum pattern_op op;
        bool negates;
    } signs[] = {{"==", OP_EQUAL, false}, {"!=", OP_EQUAL, true},  {"<>", OP_EQUAL, true},
                 {"=", OP_EQUAL, false},  {">=", OP_ORDER, false}, {"<=", OP_ORDER, false},
                 {">", OP_ORDER, false},  {"<", OP_ORDER, false}};
    *is_set = take_word(p, "IN");
    if (*is_set) {
        c->op = OP_EQUAL;
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (take_word(p, words[i].word)) {
            c->op = words[i].op;
            return true;
        }
    }
    spaces(p);
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (str_starts(str_from(p->text, p->pos), str_of(signs[i].sign))) {
            p->pos += strlen(signs[i].sign);
            c->op = signs[i].op;
            c->negated = c->negated != signs[i].negates;
            return true;
        }
    }
    return false;
}

/* IN ('a', 'b'): a or b. NOT IN ('a', 'b'): not a and not b. */
static enum err_code set_of(struct parser *p, struct pattern_condition *c, size_t start,
                            struct alternatives *out)
{
    if (!take_char(p, '(')) {
        return fail(p, p->pos, "after IN a list in brackets belongs");
    }
    *out = (struct alternatives){0};
    do {
        struct alternatives one = {0};
        enum err_code rc = literal(p, c);
        c->text = str_make(p->text.ptr + start, p->pos - start);
        rc = rc ? rc : single(p, c, &one);
        if (rc) {
            return rc;
        }
        rc = out->len > 0 && c->negated ? both(p, out, one) : either(p, out, one);
        if (rc) {
            return rc;
        }
    } while (take_char(p, ','));
    return take_char(p, ')') ? ERR_OK : fail(p, p->pos, "the list of IN is not closed");
}

static enum err_code comparison(struct parser *p, struct alternatives *out)
{
    struct pattern_condition c = {.observation = p->observation, .value = STR_EMPTY};
    bool is_set;
    spaces(p);
    size_t start = p->pos;
    bool not_before = take_word(p, "NOT");
    bool exists = take_word(p, "EXISTS");
    enum err_code rc = object_path(p, &c.path);
    if (rc) {
        return rc;
    }
    if (exists) {
        c.op = OP_EXISTS;
        c.negated = not_before;
    } else {
        c.negated = not_before != take_word(p, "NOT");
        if (!take_operator(p, &c, &is_set)) {
            return fail(p, p->pos, "an operator such as = or IN belongs here");
        }
        if (is_set) {
            return set_of(p, &c, start, out);
        }
        rc = literal(p, &c);
    }
    c.text = str_make(p->text.ptr + start, p->pos - start);
    return rc ? rc : single(p, &c, out);
}

static enum err_code comparisons(struct parser *p, struct alternatives *out);

static enum err_code comparison_or_group(struct parser *p, struct alternatives *out)
{
    if (!take_char(p, '(')) {
        return comparison(p, out);
    }
    if (++p->depth > PATTERN_DEPTH_MAX) {
        return full(p);
    }
    enum err_code rc = comparisons(p, out);
    p->depth--;
    if (rc == ERR_OK && !take_char(p, ')')) {
        rc = fail(p, p->pos, "a bracket is not closed");
    }
    return rc;
}

static enum err_code comparisons_and(struct parser *p, struct alternatives *out)
{
    enum err_code rc = comparison_or_group(p, out);
    while (rc == ERR_OK && take_word(p, "AND")) {
        struct alternatives more = {0};
        rc = comparison_or_group(p, &more);
        rc = rc ? rc : both(p, out, more);
    }
    return rc;
}

/* AND binds closer than OR. */
static enum err_code comparisons(struct parser *p, struct alternatives *out)
{
    enum err_code rc = comparisons_and(p, out);
    while (rc == ERR_OK && take_word(p, "OR")) {
        struct alternatives more = {0};
        rc = comparisons_and(p, &more);
        rc = rc ? rc : either(p, out, more);
    }
    return rc;
}

/* ---- observations ---- */

static enum err_code time_literal(struct parser *p, int64_t *out)
{
    struct pattern_condition c = {0};
    spaces(p);
    size_t at = p->pos;
    enum err_code rc = literal(p, &c);
    return rc ? rc : time_parse_rfc3339(c.value, out) ? ERR_OK : fail(p, at, "no time");
}

static enum err_code count_literal(struct parser *p, uint64_t *out)
{
    struct pattern_condition c = {0};
    spaces(p);
    size_t at = p->pos;
    double d = 0;
    enum err_code rc = literal(p, &c);
    if (rc) {
        return rc;
    }
    if (!str_f64(c.value, &d) || d < 1 || d > 1e9) {
        return fail(p, at, "no number");
    }
    *out = (uint64_t)d;
    return ERR_OK;
}

static enum err_code qualifiers(struct parser *p)
{
    enum err_code rc = ERR_OK;
    uint64_t n;
    for (;;) {
        if (rc) {
            return rc;
        }
        if (take_word(p, "START")) {
            rc = time_literal(p, &p->out->from_us);
            rc = rc                     ? rc
                 : take_word(p, "STOP") ? time_literal(p, &p->out->until_us)
                                        : fail(p, p->pos, "after START a STOP belongs");
        } else if (take_word(p, "WITHIN")) {
            rc = count_literal(p, &n);
            rc = rc || take_word(p, "SECONDS") ? rc : fail(p, p->pos, "SECONDS belongs here");
        } else if (take_word(p, "REPEATS")) {
            rc = count_literal(p, &n);
            if (rc == ERR_OK) {
                p->out->repeats = n > p->out->repeats ? n : p->out->repeats;
            }
            rc = rc || take_word(p, "TIMES") ? rc : fail(p, p->pos, "TIMES belongs here");
        } else {
            return ERR_OK;
        }
    }
}

static enum err_code observations(struct parser *p, struct alternatives *out);

static enum err_code observation(struct parser *p, struct alternatives *out)
{
    bool group = peek(p) == '(';
    if (++p->depth > PATTERN_DEPTH_MAX || p->observation == UINT16_MAX) {
        return full(p);
    }
    if (!take_char(p, group ? '(' : '[')) {
        return fail(p, p->pos, "[ belongs here");
    }
    enum err_code rc = group ? observations(p, out) : comparisons(p, out);
    if (rc == ERR_OK && !take_char(p, group ? ')' : ']')) {
        rc = fail(p, p->pos, group ? ") belongs here" : "AND, OR or ] belongs here");
    }
    p->observation = (uint16_t)(p->observation + (group ? 0U : 1U));
    p->depth--;
    return rc ? rc : qualifiers(p);
}

static enum err_code observations_and(struct parser *p, struct alternatives *out)
{
    enum err_code rc = observation(p, out);
    while (rc == ERR_OK && take_word(p, "AND")) {
        struct alternatives more = {0};
        rc = observation(p, &more);
        rc = rc ? rc : both(p, out, more);
    }
    return rc;
}

static enum err_code observations_or(struct parser *p, struct alternatives *out)
{
    enum err_code rc = observations_and(p, out);
    while (rc == ERR_OK && take_word(p, "OR")) {
        struct alternatives more = {0};
        rc = observations_and(p, &more);
        rc = rc ? rc : either(p, out, more);
    }
    return rc;
}

/* FOLLOWEDBY binds least. The order of the two is not judged, only that both are needed. */
static enum err_code observations(struct parser *p, struct alternatives *out)
{
    enum err_code rc = observations_or(p, out);
    while (rc == ERR_OK && take_word(p, "FOLLOWEDBY")) {
        struct alternatives more = {0};
        rc = observations_or(p, &more);
        rc = rc ? rc : both(p, out, more);
    }
    return rc;
}

enum err_code pattern_parse(struct str text, struct arena *a, struct pattern *out, struct err *err)
{
    struct pattern made = {.from_us = TIME_NONE, .until_us = TIME_NONE, .repeats = 1};
    struct parser p = {.text = text, .arena = a, .out = &made, .err = err};
    struct alternatives all = {0};
    if (text.len > PATTERN_BYTES_MAX) {
        return err_set(err, ERR_LIMIT, "a pattern of more than %d bytes", PATTERN_BYTES_MAX);
    }
    enum err_code rc = observations(&p, &all);
    if (rc == ERR_OK && peek(&p) != '\0') {
        rc = fail(&p, p.pos, "AND, OR, FOLLOWEDBY or the end belongs here");
    }
    if (rc == ERR_OK && p.pos < text.len) {
        rc = fail(&p, p.pos, "a NUL");
    }
    if (rc) {
        return rc;
    }
    made.at = all.at;
    made.len = all.len;
    *out = made;
    return ERR_OK;
}
