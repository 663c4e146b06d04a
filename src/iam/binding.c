#include "iam/binding.h"

#include "base/map.h"
#include "codec/json.h"

enum { MEMBERS_MAX = 200000, HEAD = 4096 };

struct names {
    VEC_OF(struct str);
};

/* Members of one file, in order. */
struct reading {
    struct str path;
    struct arena *a;
    struct map members; /* -> struct names: roles */
    bool failed;        /* no memory */
    bool full;
};

static void reading_release(struct reading *r)
{
    for (size_t i = 0; i < r->members.len; i++) {
        struct names *n = r->members.at[i].value;
        if (n != NULL) {
            VEC_FREE(n);
        }
    }
    map_free(&r->members);
}

static void names_release(struct names *n)
{
    VEC_FREE(n);
}

static struct json_view member(struct json_view v, const char *key)
{
    return v.kind == JSON_OBJECT ? json_member(v, str_of(key)) : (struct json_view){0};
}

static bool has(const struct names *n, struct str s)
{
    for (size_t i = 0; i < n->len; i++) {
        if (str_eq(n->at[i], s)) {
            return true;
        }
    }
    return false;
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "out of memory while bindings were read");
}

/* ---- reading ---- */

static void bind(struct reading *r, struct str who, struct str role)
{
    struct map_entry *e = map_find(&r->members, who);
    if (e == NULL && r->members.len >= MEMBERS_MAX) {
        r->full = true;
        return;
    }
    e = e == NULL ? map_put(&r->members, who) : e;
    if (e != NULL && e->value == NULL) {
        e->value = ARENA_NEW(r->a, struct names);
    }
    struct names *roles = e == NULL ? NULL : e->value;
    r->failed |= roles == NULL || (!has(roles, role) && !VEC_PUSH(roles, role));
}

static void read_binding(struct reading *r, struct json_view b)
{
    struct json_view role_view = member(b, "role");
    struct json_view list = member(b, "members");
    struct json_view key;
    struct json_view value;
    struct str role;
    if (role_view.kind != JSON_STRING || list.kind != JSON_ARRAY) {
        return;
    }
    if (!json_text(role_view, r->a, &role)) {
        r->failed = true;
        return;
    }
    for (struct json_iter it = json_iter_of(list);
         !r->failed && json_iter_next(&it, &key, &value);) {
        struct str who;
        if (value.kind == JSON_STRING) {
            r->failed = !json_text(value, r->a, &who);
            if (!r->failed) {
                bind(r, who, role);
            }
        }
    }
}

static struct json_view bindings_of(struct json_view v)
{
    static const char *const places[] = {"iamPolicy", "iam_policy", "policy"};
    struct json_view list = member(v, "bindings");
    for (size_t i = 0; list.kind != JSON_ARRAY && i < ARRAY_LEN(places); i++) {
        list = member(member(v, places[i]), "bindings");
    }
    return list;
}

static void read_policy(struct reading *r, struct json_view v)
{
    struct json_view list = bindings_of(v);
    struct json_view key;
    struct json_view value;
    for (struct json_iter it = json_iter_of(list);
         list.kind == JSON_ARRAY && !r->failed && json_iter_next(&it, &key, &value);) {
        read_binding(r, value);
    }
}

static void read_value(struct reading *r, struct json_view v)
{
    struct json_view key;
    struct json_view value;
    if (v.kind != JSON_ARRAY) {
        read_policy(r, v);
        return;
    }
    for (struct json_iter it = json_iter_of(v); !r->failed && json_iter_next(&it, &key, &value);) {
        read_policy(r, value);
    }
}

bool iam_bindings_are(struct str text)
{
    struct str head = str_head(str_trim(text), HEAD);
    return str_find(head, STR("\"bindings\"")) != SIZE_MAX &&
           str_find(head, STR("\"Statement\"")) == SIZE_MAX;
}

static bool keep(struct reading *r, struct iam_subjects *out)
{
    for (size_t i = 0; i < r->members.len; i++) {
        const struct names *roles = r->members.at[i].value;
        struct str *at = ARENA_ARRAY(r->a, struct str, roles->len + 1);
        struct iam_subject s = {.path = r->path, .name = r->members.at[i].key, .provider = IAM_GCP};
        for (size_t k = 0; at != NULL && k < roles->len; k++) {
            at[k] = roles->at[k];
        }
        s.roles = (struct iam_list){at, roles->len};
        if (at == NULL || !VEC_PUSH(&out->list, s)) {
            return false;
        }
    }
    return true;
}

enum err_code iam_bindings_read(struct str path, struct str text, struct arena *a,
                                struct iam_subjects *out, struct err *err)
{
    CLEANUP(reading_release) struct reading r = {.path = path, .a = a};
    struct json_fault fault = {0};
    struct str line;
    if (json_check(text, &fault) == JSON_OK) {
        read_value(&r, json_view_of(text));
        text = STR_EMPTY;
    }
    for (unsigned n = 1; !r.failed && str_cut(&text, '\n', &line); n++) {
        line = str_trim(line);
        if (line.len > 0 && json_check(line, &fault) != JSON_OK) {
            return err_set(err, ERR_SYNTAX, "%.*s: line %u is not JSON at byte %zu: %s",
                           STR_ARG(str_head(path, 200)), n, fault.offset,
                           fault.reason == NULL ? "too deep" : fault.reason);
        }
        if (line.len > 0) {
            read_value(&r, json_view_of(line));
        }
    }
    if (r.full) {
        return err_set(err, ERR_LIMIT, "%.*s: more than 200000 members; split the export",
                       STR_ARG(str_head(path, 200)));
    }
    return r.failed || !keep(&r, out) ? no_memory(err) : ERR_OK;
}

/* ---- what roles give ---- */

/* Editor changes nearly everything, but sets no policies and makes nobody's tokens. */
static bool editor_has(struct str permission)
{
    static const struct str absent[] = {
        STR_INIT("setIamPolicy"),    STR_INIT("iam.roles."),          STR_INIT("orgpolicy."),
        STR_INIT(".getAccessToken"), STR_INIT(".getOpenIdToken"),     STR_INIT(".signBlob"),
        STR_INIT(".signJwt"),        STR_INIT(".implicitDelegation"),
    };
    for (size_t i = 0; i < ARRAY_LEN(absent); i++) {
        if (str_find(permission, absent[i]) != SIZE_MAX) {
            return false;
        }
    }
    return true;
}

static bool add(struct names *to, struct str permission)
{
    return has(to, permission) || VEC_PUSH(to, permission);
}

static bool add_basic(struct names *to, const struct iam_paths *paths, bool owner)
{
    for (size_t i = 0; i < paths->len; i++) {
        const struct iam_list *all = &paths->at[i].permissions;
        for (size_t k = 0; paths->at[i].provider == IAM_GCP && k < all->len; k++) {
            bool theirs = owner ? str_find(all->at[k], STR("organizations.")) == SIZE_MAX &&
                                      str_find(all->at[k], STR("folders.")) == SIZE_MAX &&
                                      !str_starts(all->at[k], STR("orgpolicy."))
                                : editor_has(all->at[k]);
            if (theirs && !add(to, all->at[k])) {
                return false;
            }
        }
    }
    return true;
}

static bool add_words(struct names *to, struct str words)
{
    struct str word;
    while (str_cut(&words, ' ', &word)) {
        if (word.len > 0 && !add(to, word)) {
            return false;
        }
    }
    return true;
}

struct knowing {
    const struct iam_subjects *subjects;
    const struct iam_paths *paths;
    struct map table; /* role -> struct str: permissions */
};

static void knowing_release(struct knowing *k)
{
    map_free(&k->table);
}

static bool learn(struct knowing *k, struct str table, struct arena *a)
{
    struct str line;
    while (str_cut(&table, '\n', &line)) {
        struct str role;
        struct str permissions;
        if (line.len == 0 || line.ptr[0] == '#' || !str_cut(&line, '\t', &role) ||
            !str_cut(&line, '\t', &permissions)) {
            continue;
        }
        struct map_entry *e = map_put(&k->table, role);
        struct str *kept = ARENA_NEW(a, struct str);
        if (e == NULL || kept == NULL) {
            return false;
        }
        *kept = permissions;
        e->value = kept;
    }
    return true;
}

/* False: out of memory. *known: somebody knows the role. */
static bool add_role(const struct knowing *k, struct str role, struct names *to, bool *known)
{
    const struct str *words = map_get(&k->table, role);
    bool basic = str_eq(role, STR("roles/owner")) || str_eq(role, STR("roles/editor"));
    *known = words != NULL || basic || str_ends(role, STR("iewer")) ||
             str_eq(role, STR("roles/browser"));
    if (words != NULL) {
        return add_words(to, *words);
    }
    if (basic) {
        return add_basic(to, k->paths, str_eq(role, STR("roles/owner")));
    }
    for (size_t i = 0; i < k->subjects->list.len; i++) {
        const struct iam_subject *s = &k->subjects->list.at[i];
        if (s->provider != IAM_GCP || s->roles.len > 0 || !str_eq(s->name, role)) {
            continue;
        }
        *known = true;
        for (size_t n = 0; n < s->permissions.len; n++) {
            if (!add(to, s->permissions.at[n])) {
                return false;
            }
        }
    }
    return true;
}

static bool resolve(const struct knowing *k, struct iam_subject *s, struct names *unknown,
                    struct arena *a)
{
    CLEANUP(names_release) struct names all = {0};
    for (size_t i = 0; i < s->roles.len; i++) {
        bool known = false;
        if (!add_role(k, s->roles.at[i], &all, &known) ||
            (!known && !add(unknown, s->roles.at[i]))) {
            return false;
        }
    }
    struct str *at = ARENA_ARRAY(a, struct str, all.len + 1);
    for (size_t i = 0; at != NULL && i < all.len; i++) {
        at[i] = all.at[i];
    }
    s->permissions = (struct iam_list){at, all.len};
    return at != NULL;
}

enum err_code iam_bindings_resolve(struct iam_subjects *s, struct str table,
                                   const struct iam_paths *paths, struct arena *a, struct err *err)
{
    CLEANUP(knowing_release) struct knowing k = {.subjects = s, .paths = paths};
    CLEANUP(names_release) struct names unknown = {0};
    bool fine = learn(&k, table, a);
    for (size_t i = 0; fine && i < s->list.len; i++) {
        fine = s->list.at[i].roles.len == 0 || resolve(&k, &s->list.at[i], &unknown, a);
    }
    for (size_t i = 0; fine && i < unknown.len; i++) {
        struct str text;
        fine = arena_printf(a, &text, "what %.*s gives is not known, and not counted",
                            STR_ARG(str_head(unknown.at[i], 150))) &&
               VEC_PUSH(&s->problems, text);
    }
    return fine ? ERR_OK : no_memory(err);
}

enum err_code iam_report_member(const struct iam_subject *s, struct iam_report *out,
                                struct arena *a, struct err *err)
{
    struct iam_finding f = {
        .id = STR("public"), .severity = SEVERITY_HIGH, .policy = s->path, .text = STR_EMPTY};
    if (!str_ieq(s->name, STR("allUsers")) && !str_ieq(s->name, STR("allAuthenticatedUsers"))) {
        return ERR_OK;
    }
    for (size_t i = 0; i < s->roles.len; i++) {
        if (!arena_printf(a, &f.text, "everybody has %.*s",
                          STR_ARG(str_head(s->roles.at[i], 150))) ||
            !VEC_PUSH(&out->findings, f)) {
            return no_memory(err);
        }
    }
    return ERR_OK;
}
