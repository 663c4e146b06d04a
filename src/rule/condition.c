/*
 * The condition of a rule: `or` binds least, then `and`, `not`, `x of pattern`, parentheses.
 * Recursive descent; a level of nesting is a level of the expression, RULE_DEPTH_MAX at most.
 */
#include "rule/rule_priv.h"

struct parser {
    struct loader *l;
    unsigned line;
    struct str rest;
    struct str word; /* the current word, empty at the end */
    const struct selection *sel;
    size_t count;
    unsigned depth;
};

static void advance(struct parser *p)
{
    p->rest = str_trim(p->rest);
    size_t n = 0;
    while (n < p->rest.len && !chr_is_space(p->rest.ptr[n]) && p->rest.ptr[n] != '(' &&
           p->rest.ptr[n] != ')') {
        n++;
    }
    if (n == 0 && p->rest.len != 0) {
        n = 1;
    }
    p->word = str_head(p->rest, n);
    p->rest = str_from(p->rest, n);
}

static bool at_word(const struct parser *p, const char *word)
{
    return str_ieq(p->word, str_of(word));
}

static const struct expr *parse_or(struct parser *p);

/* Any number of characters for each `*`. */
static bool name_fits(struct str pattern, struct str name)
{
    size_t i = 0;
    size_t at = 0;
    size_t star = SIZE_MAX;
    size_t star_at = 0;
    while (at < name.len) {
        if (i < pattern.len && pattern.ptr[i] == '*') {
            star = i++;
            star_at = at;
        } else if (i < pattern.len && pattern.ptr[i] == name.ptr[at]) {
            i++;
            at++;
        } else if (star != SIZE_MAX) {
            i = star + 1;
            at = ++star_at;
        } else {
            return false;
        }
    }
    while (i < pattern.len && pattern.ptr[i] == '*') {
        i++;
    }
    return i == pattern.len;
}

static bool is_meant(const struct parser *p, size_t i, struct str pattern)
{
    struct str name = p->sel[i].name;
    if (str_ieq(pattern, STR("them"))) {
        return name.len == 0 || name.ptr[0] != '_';
    }
    return name_fits(pattern, name);
}

/* `1 of them`, `all of sel*`, `2 of sel*`; the current word is the pattern. */
static const struct expr *parse_of(struct parser *p, enum expr_kind kind, size_t need)
{
    struct str pattern = p->word;
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        count += is_meant(p, i, pattern) ? 1 : 0;
    }
    if (pattern.len == 0 || count == 0) {
        (void)loader_refuse(p->l, p->line, "the condition wants 'of %.*s', and there is none",
                            STR_ARG(str_head(pattern, 60)));
        return NULL;
    }
    if (kind == EXPR_AT_LEAST && need > count) {
        (void)loader_refuse(p->l, p->line, "the condition wants %zu of %.*s, and there are %zu",
                            need, STR_ARG(str_head(pattern, 60)), count);
        return NULL;
    }
    const struct expr **child;
    struct expr *e = expr_new(p->l, kind, count, &child);
    if (e == NULL) {
        return NULL;
    }
    e->need = need;
    size_t n = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (is_meant(p, i, pattern)) {
            child[n++] = p->sel[i].expr;
        }
    }
    advance(p);
    return e;
}

static const struct expr *find_selection(struct parser *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (str_eq(p->sel[i].name, p->word)) {
            advance(p);
            return p->sel[i].expr;
        }
    }
    if (p->word.len == 0) {
        (void)loader_refuse(p->l, p->line, "the condition ends too early");
    } else if (str_chr(p->word, '|') != SIZE_MAX) {
        (void)loader_refuse(p->l, p->line,
                            "the condition uses '|', which is no part of Sigma 2: write a "
                            "correlation rule instead");
    } else {
        (void)loader_refuse(p->l, p->line, "the condition names '%.*s', which is no selection",
                            STR_ARG(str_head(p->word, 60)));
    }
    return NULL;
}

static const struct expr *parse_term(struct parser *p)
{
    if (at_word(p, "(")) {
        advance(p);
        const struct expr *e = parse_or(p);
        if (e == NULL) {
            return NULL;
        }
        if (!at_word(p, ")")) {
            (void)loader_refuse(p->l, p->line, "a ')' is missing in the condition");
            return NULL;
        }
        advance(p);
        return e;
    }
    uint64_t need = 0;
    bool is_all = at_word(p, "all");
    bool is_any = at_word(p, "any");
    bool is_count = str_u64(p->word, &need);
    if (is_all || is_any || is_count) {
        struct parser before = *p;
        advance(p);
        if (at_word(p, "of")) {
            advance(p);
            if (is_count && need == 0) {
                (void)loader_refuse(p->l, p->line, "'0 of' is always true");
                return NULL;
            }
            return parse_of(p,
                            is_all                ? EXPR_AND
                            : is_any || need == 1 ? EXPR_OR
                                                  : EXPR_AT_LEAST,
                            need);
        }
        *p = before; /* a selection of that name */
    }
    return find_selection(p);
}

static const struct expr *parse_not(struct parser *p)
{
    bool negate = false;
    while (at_word(p, "not")) {
        negate = !negate;
        advance(p);
    }
    const struct expr *e = parse_term(p);
    if (e == NULL || !negate) {
        return e;
    }
    const struct expr **child;
    struct expr *n = expr_new(p->l, EXPR_NOT, 1, &child);
    if (n != NULL) {
        child[0] = e;
    }
    return n;
}

/* `a op b op c` as one level. */
static const struct expr *parse_chain(struct parser *p, const char *op, enum expr_kind kind,
                                      const struct expr *(*next)(struct parser *))
{
    struct {
        VEC_OF(const struct expr *);
    } parts = {0};
    struct expr *made = NULL;
    const struct expr *only = NULL;
    for (;;) {
        const struct expr *e = next(p);
        if (e == NULL || (!VEC_PUSH(&parts, e) && !loader_no_memory(p->l))) {
            break;
        }
        only = parts.len == 1 ? e : NULL;
        if (at_word(p, op)) {
            advance(p);
            continue;
        }
        const struct expr **child;
        if (only == NULL && (made = expr_new(p->l, kind, parts.len, &child)) != NULL) {
            for (size_t i = 0; i < parts.len; i++) {
                child[i] = parts.at[i];
            }
        }
        VEC_FREE(&parts);
        return made != NULL ? made : only;
    }
    VEC_FREE(&parts);
    return NULL;
}

static const struct expr *parse_and(struct parser *p)
{
    return parse_chain(p, "and", EXPR_AND, parse_not);
}

static const struct expr *parse_or(struct parser *p)
{
    /* Each pair of parentheses gives at most three levels: or, and, not. */
    if (++p->depth > RULE_DEPTH_MAX / 4) {
        (void)loader_refuse(p->l, p->line, "the condition has more than %d levels",
                            RULE_DEPTH_MAX / 4);
        return NULL;
    }
    const struct expr *e = parse_chain(p, "or", EXPR_OR, parse_and);
    p->depth--;
    return e;
}

const struct expr *condition_read(struct loader *l, struct str text, unsigned line,
                                  const struct selection *sel, size_t count)
{
    struct parser p = {.l = l, .line = line, .rest = text, .sel = sel, .count = count};
    advance(&p);
    const struct expr *e = parse_or(&p);
    if (e != NULL && p.word.len != 0) {
        (void)loader_refuse(l, line, "the condition goes on with '%.*s' after its end",
                            STR_ARG(str_head(p.word, 60)));
        return NULL;
    }
    return e;
}
