#include "network/names.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"

enum { COLUMNS = 5 };

enum tenant { TENANT_NONE, TENANT_LEFTMOST, TENANT_RIGHTMOST, TENANT_ALL };

struct pattern {
    struct str text; /* as written */
    struct str end;  /* its literal end: what stands behind the last wildcard */
    struct str provider;
    enum name_class class;
    enum tenant tenant;
    struct pattern *next; /* of the same end, longer patterns first */
};

enum { ENDS_SLOTS = 4096 };

struct names {
    struct arena arena;
    struct map ends; /* literal end -> struct pattern */
    /* The same by the low end of hash_quick: made when all are there. Most names end in nothing that
     * is known, and find an empty slot. */
    struct {
        struct str end;
        const struct pattern *first;
    } slots[ENDS_SLOTS];
    size_t count;
};

static const char *const class_names[NAME_CLASS_MAX_] = {
    [NAME_NONE] = "none",     [NAME_FUNCTION] = "function", [NAME_GATEWAY] = "gateway",
    [NAME_APP] = "app",       [NAME_SITE] = "site",         [NAME_TUNNEL] = "tunnel",
    [NAME_SCRIPT] = "script", [NAME_CDN] = "cdn",           [NAME_STORAGE] = "storage",
    [NAME_API] = "api",       [NAME_MINING] = "mining",     [NAME_DOH] = "doh",
};

const char *name_class_name(enum name_class c)
{
    return (unsigned)c < NAME_CLASS_MAX_ ? class_names[c] : "none";
}

bool name_class_is_serverless(enum name_class c)
{
    return c >= NAME_FUNCTION && c <= NAME_SCRIPT;
}

void names_free(struct names *n)
{
    if (n == NULL) {
        return;
    }
    map_free(&n->ends);
    arena_free(&n->arena);
    mem_free(n);
}

size_t names_count(const struct names *n)
{
    return n->count;
}

/* ---- loading ---- */

static bool class_parse(struct str s, enum name_class *out)
{
    for (unsigned c = NAME_FUNCTION; c < NAME_CLASS_MAX_; c++) {
        if (str_eq(s, str_of(class_names[c]))) {
            *out = (enum name_class)c;
            return true;
        }
    }
    return false;
}

static bool tenant_parse(struct str s, enum tenant *out)
{
    static const char *const words[] = {"-", "l1", "r1", "all"};
    for (unsigned i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq(s, str_of(words[i]))) {
            *out = (enum tenant)i;
            return true;
        }
    }
    return false;
}

static bool label_char(char c)
{
    return chr_is_alnum(c) || c == '-' || c == '_';
}

/* Labels of letters, or "*", or a "+" that stands first; at least two literal ones at the end. */
static bool pattern_fits(struct str text, struct str *end)
{
    struct str rest = text;
    struct str label;
    size_t literal = 0;
    for (size_t at = 0; str_cut(&rest, '.', &label); at++) {
        bool wild = str_eq(label, STR("*")) || (at == 0 && str_eq(label, STR("+")));
        if (label.len == 0) {
            return false;
        }
        for (size_t i = 0; !wild && i < label.len; i++) {
            if (!label_char(label.ptr[i]) || label.ptr[i] != chr_lower(label.ptr[i])) {
                return false;
            }
        }
        literal = wild ? 0 : literal + 1;
        if (wild) {
            *end = rest;
        } else if (at == 0) {
            *end = text;
        }
    }
    return literal >= 2;
}

static bool pattern_put(struct names *n, struct pattern *p)
{
    struct map_entry *entry = map_put(&n->ends, p->end);
    if (entry == NULL) {
        return false;
    }
    struct pattern *first = entry->value;
    if (first == NULL || first->text.len <= p->text.len) {
        p->next = first;
        entry->value = p;
    } else {
        while (first->next != NULL && first->next->text.len > p->text.len) {
            first = first->next;
        }
        p->next = first->next;
        first->next = p;
    }
    n->count++;
    return true;
}

static enum err_code load_line(struct names *n, struct str line, unsigned number, struct err *err)
{
    struct str column[COLUMNS];
    struct str rest = line;
    size_t columns = 0;
    while (columns < COLUMNS && str_cut(&rest, '\t', &column[columns])) {
        columns++;
    }
    if (columns != COLUMNS || rest.len != 0 || column[COLUMNS - 1].len == 0) {
        return err_set(err, ERR_SCHEMA, "serverless names, line %u: wants %d columns", number,
                       COLUMNS);
    }
    struct pattern *p = ARENA_NEW(&n->arena, struct pattern);
    if (p == NULL) {
        return err_set(err, ERR_NOMEM, "serverless names: no memory");
    }
    p->text = column[0];
    p->provider = str_eq(column[1], STR("-")) ? STR_EMPTY : column[1];
    if (!pattern_fits(p->text, &p->end)) {
        return err_set(err, ERR_SCHEMA, "serverless names, line %u: '%.*s' is no pattern", number,
                       STR_ARG(p->text));
    }
    if (!class_parse(column[2], &p->class) || !tenant_parse(column[3], &p->tenant)) {
        return err_set(err, ERR_SCHEMA, "serverless names, line %u: '%.*s' or '%.*s' is not known",
                       number, STR_ARG(column[2]), STR_ARG(column[3]));
    }
    return pattern_put(n, p) ? ERR_OK : err_set(err, ERR_NOMEM, "serverless names: no memory");
}

static void fill_slots(struct names *n)
{
    for (size_t i = 0; i < n->ends.len; i++) {
        size_t at = (size_t)hash_quick(n->ends.at[i].key) % ENDS_SLOTS;
        while (n->slots[at].first != NULL) {
            at = (at + 1) % ENDS_SLOTS;
        }
        n->slots[at].end = n->ends.at[i].key;
        n->slots[at].first = n->ends.at[i].value;
    }
}

/* The patterns that end so, or NULL. */
static const struct pattern *ending(const struct names *n, struct str end)
{
    size_t at = (size_t)hash_quick(end) % ENDS_SLOTS;
    while (n->slots[at].first != NULL && !str_eq(n->slots[at].end, end)) {
        at = (at + 1) % ENDS_SLOTS;
    }
    return n->slots[at].first;
}

enum err_code names_load(struct str text, struct names **out, struct err *err)
{
    struct names *n = mem_alloc(1, sizeof(*n));
    struct str rest;
    if (n == NULL || !arena_dup(&n->arena, text, &rest)) {
        names_free(n);
        return err_set(err, ERR_NOMEM, "serverless names: no memory");
    }
    struct str line;
    enum err_code rc = ERR_OK;
    for (unsigned number = 1; rc == ERR_OK && str_cut(&rest, '\n', &line); number++) {
        if (line.len > 0 && line.ptr[0] != '#') {
            rc = load_line(n, line, number, err);
        }
    }
    if (rc == ERR_OK && n->ends.len > ENDS_SLOTS / 2) {
        rc = err_set(err, ERR_LIMIT, "serverless names: more than %d endings", ENDS_SLOTS / 2);
    }
    if (rc) {
        names_free(n);
        return rc;
    }
    fill_slots(n);
    *out = n;
    return ERR_OK;
}

/* ---- names ---- */

static struct str without_port(struct str host)
{
    size_t colon = str_chr(host, ':');
    if (colon == SIZE_MAX) {
        return host;
    }
    uint64_t port;
    bool is_port = str_u64(str_from(host, colon + 1), &port) && port <= UINT16_MAX;
    return is_port ? str_head(host, colon) : host;
}

/* What a byte of a name becomes: '\0' where it may not stand in one. */
static const char folded_char[256] = {
    ['-'] = '-', ['.'] = '.', ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',
    ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b',
    ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i',
    ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p',
    ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w',
    ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['_'] = '_', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c',
    ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j',
    ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q',
    ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x',
    ['y'] = 'y', ['z'] = 'z',
};

bool name_fold(struct str host, char out[NAME_MAX_BYTES + 1], struct str *name)
{
    host = without_port(host);
    if (host.len > 0 && host.ptr[host.len - 1] == '.') {
        host.len--;
    }
    if (host.len == 0 || host.len > NAME_MAX_BYTES) {
        return false;
    }
    bool dot = true; /* an empty label would begin here */
    bool bad = false;
    for (size_t i = 0; i < host.len; i++) {
        char c = folded_char[(unsigned char)host.ptr[i]];
        bad = bad || c == '\0' || (dot && c == '.');
        dot = c == '.';
        out[i] = c;
    }
    if (bad) {
        return false;
    }
    out[host.len] = '\0';
    *name = str_make(out, host.len);
    return !dot;
}

/* ---- matching ---- */

/* Does the pattern's part before its literal end fit what stands left of it? Both without the dot
 * between. */
static bool left_fits(struct str pattern, struct str left)
{
    while (pattern.len > 0) {
        size_t dot = str_rchr(pattern, '.');
        struct str want = dot == SIZE_MAX ? pattern : str_from(pattern, dot + 1);
        if (str_eq(want, STR("+"))) {
            return left.len > 0;
        }
        size_t at = str_rchr(left, '.');
        struct str have = at == SIZE_MAX ? left : str_from(left, at + 1);
        if (have.len == 0 || (!str_eq(want, STR("*")) && !str_eq(want, have))) {
            return false;
        }
        pattern = dot == SIZE_MAX ? STR_EMPTY : str_head(pattern, dot);
        left = at == SIZE_MAX ? STR_EMPTY : str_head(left, at);
    }
    return left.len == 0;
}

static bool pattern_matches(const struct pattern *p, struct str name, size_t end_at)
{
    if (p->end.len == p->text.len) {
        return end_at == 0;
    }
    return end_at > 0 &&
           left_fits(str_head(p->text, p->text.len - p->end.len - 1), str_head(name, end_at - 1));
}

static struct str tenant_of(const struct pattern *p, struct str host, size_t end_at)
{
    struct str left = end_at == 0 ? STR_EMPTY : str_head(host, end_at - 1);
    size_t dot;
    switch (p->tenant) {
    case TENANT_LEFTMOST:
        dot = str_chr(left, '.');
        return dot == SIZE_MAX ? left : str_head(left, dot);
    case TENANT_RIGHTMOST:
        dot = str_rchr(left, '.');
        return dot == SIZE_MAX ? left : str_from(left, dot + 1);
    case TENANT_ALL:
        return left;
    case TENANT_NONE:
        break;
    }
    return STR_EMPTY;
}

bool names_classify(const struct names *n, struct str host, struct name_info *out)
{
    UNSET char folded[NAME_MAX_BYTES + 1];
    struct str name;
    if (!name_fold(host, folded, &name)) {
        return false;
    }
    for (size_t at = 0; at < name.len;) {
        for (const struct pattern *p = ending(n, str_from(name, at)); p != NULL; p = p->next) {
            if (pattern_matches(p, name, at)) {
                *out = (struct name_info){.provider = p->provider,
                                          .class = p->class,
                                          .tenant = tenant_of(p, host, at),
                                          .one_tenant = p->tenant != TENANT_NONE};
                return true;
            }
        }
        size_t dot = str_chr(str_from(name, at), '.');
        at = dot == SIZE_MAX ? name.len : at + dot + 1;
    }
    return false;
}
