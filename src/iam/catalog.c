#include "iam/catalog.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "iam/eval.h"
#include "iam/glob.h"

struct iam_catalog {
    struct arena arena;
    struct map by_name; /* service in lower case -> struct iam_service */
    struct {
        VEC_OF(struct iam_action);
    } actions;
    struct {
        VEC_OF(struct iam_service);
    } services;
};

static const struct {
    const char *name;
    char letter;
    double weight;
} levels[IAM_LEVEL_MAX_] = {
    [IAM_LIST] = {"list", 'L', 1},
    [IAM_READ] = {"read", 'R', 2},
    [IAM_TAGGING] = {"tagging", 'T', 3},
    [IAM_WRITE] = {"write", 'W', 6},
    [IAM_PERMISSIONS] = {"permissions management", 'P', 10},
};

const char *iam_level_name(enum iam_level l)
{
    return (unsigned)l < IAM_LEVEL_MAX_ ? levels[l].name : "?";
}

double iam_level_weight(enum iam_level l)
{
    return (unsigned)l < IAM_LEVEL_MAX_ ? levels[l].weight : 0;
}

void iam_catalog_free(struct iam_catalog *c)
{
    if (c == NULL) {
        return;
    }
    map_free(&c->by_name);
    VEC_FREE(&c->actions);
    VEC_FREE(&c->services);
    arena_free(&c->arena);
    mem_free(c);
}

/* ---- loading ---- */

static bool level_parse(struct str s, enum iam_level *out)
{
    for (unsigned l = 0; l < IAM_LEVEL_MAX_; l++) {
        if (s.len == 1 && s.ptr[0] == levels[l].letter) {
            *out = (enum iam_level)l;
            return true;
        }
    }
    return false;
}

/* The service's row; rows of one service follow each other. */
static bool service_of(struct iam_catalog *c, struct str name)
{
    if (c->services.len > 0 && str_eq(c->services.at[c->services.len - 1].name, name)) {
        return true;
    }
    struct iam_service s = {.first = (uint32_t)c->actions.len};
    return arena_dup(&c->arena, name, &s.name) && VEC_PUSH(&c->services, s);
}

static bool add_actions(struct iam_catalog *c, struct str service, enum iam_level level,
                        struct str names)
{
    struct str name;
    if (!service_of(c, service)) {
        return false;
    }
    while (str_cut(&names, ' ', &name)) {
        struct iam_action a = {.service = (uint32_t)c->services.len - 1, .level = level};
        if (!arena_printf(&c->arena, &a.name, "%.*s:%.*s", STR_ARG(service), STR_ARG(name)) ||
            !VEC_PUSH(&c->actions, a)) {
            return false;
        }
        c->services.at[c->services.len - 1].count++;
    }
    return true;
}

static enum err_code load(struct iam_catalog *c, struct str text, struct err *err)
{
    struct str line;
    for (unsigned n = 1; str_cut(&text, '\n', &line); n++) {
        struct str service;
        struct str letter;
        enum iam_level level;
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        if (!str_cut(&line, '\t', &service) || !str_cut(&line, '\t', &letter) ||
            !level_parse(letter, &level) || line.len == 0) {
            return err_set(err, ERR_SCHEMA,
                           "actions, line %u: service, level (L R T W P) and actions are due", n);
        }
        if (!add_actions(c, service, level, line)) {
            return err_set(err, ERR_NOMEM, "out of memory while the actions were loaded");
        }
    }
    for (size_t i = 0; i < c->services.len; i++) {
        struct map_entry *e = map_put(&c->by_name, c->services.at[i].name);
        if (e == NULL) {
            return err_set(err, ERR_NOMEM, "out of memory while the actions were loaded");
        }
        if (e->value != NULL) {
            return err_set(err, ERR_SCHEMA, "actions: the lines of %.*s are not together",
                           STR_ARG(str_head(c->services.at[i].name, 60)));
        }
        e->value = &c->services.at[i];
    }
    return ERR_OK;
}

enum err_code iam_catalog_load(struct str text, struct iam_catalog **out, struct err *err)
{
    struct iam_catalog *c = mem_alloc(1, sizeof(*c));
    if (c == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory while the actions were loaded");
    }
    enum err_code code = load(c, text, err);
    if (code != ERR_OK) {
        iam_catalog_free(c);
        return code;
    }
    *out = c;
    return ERR_OK;
}

/* ---- looking ---- */

size_t iam_catalog_count(const struct iam_catalog *c)
{
    return c->actions.len;
}

const struct iam_action *iam_catalog_at(const struct iam_catalog *c, size_t i)
{
    return &c->actions.at[i];
}

size_t iam_catalog_services(const struct iam_catalog *c)
{
    return c->services.len;
}

const struct iam_service *iam_catalog_service(const struct iam_catalog *c, size_t i)
{
    return &c->services.at[i];
}

size_t iam_catalog_words(const struct iam_catalog *c)
{
    return c->actions.len / 64 + 1;
}

static void mark_service(const struct iam_catalog *c, const struct iam_service *s,
                         struct str pattern, uint64_t *bits)
{
    for (size_t i = s->first; i < s->first + s->count; i++) {
        if (iam_glob(pattern, c->actions.at[i].name, IAM_GLOB_FOLD)) {
            bits[i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
}

static void mark_pattern(const struct iam_catalog *c, struct str pattern, uint64_t *bits)
{
    char lower[64];
    struct str name = str_head(pattern, str_chr(pattern, ':'));
    if (name.len < sizeof(lower) && str_chr(name, '*') == SIZE_MAX &&
        str_chr(name, '?') == SIZE_MAX) {
        for (size_t i = 0; i < name.len; i++) {
            lower[i] = chr_lower(name.ptr[i]);
        }
        const struct iam_service *s = map_get(&c->by_name, str_make(lower, name.len));
        if (s != NULL) {
            mark_service(c, s, pattern, bits);
        }
        return;
    }
    for (size_t i = 0; i < c->services.len; i++) {
        mark_service(c, &c->services.at[i], pattern, bits);
    }
}

void iam_catalog_mark(const struct iam_catalog *c, const struct iam_statement *s, uint64_t *bits)
{
    if (!s->not_action) {
        for (size_t i = 0; i < s->actions.len; i++) {
            mark_pattern(c, s->actions.at[i], bits);
        }
        return;
    }
    for (size_t i = 0; i < c->actions.len; i++) {
        if (iam_statement_has_action(s, c->actions.at[i].name)) {
            bits[i / 64] |= UINT64_C(1) << (i % 64);
        }
    }
}
