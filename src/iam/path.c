#include "iam/path.h"

#include "base/map.h"
#include "base/vec.h"

enum { COLUMNS = 6 };

static const struct {
    const char *name;
    const char *text;
} kinds[IAM_PATH_KIND_MAX_] = {
    [IAM_NEW_PASSROLE] = {"new-passrole", "makes something that runs under a role it chooses"},
    [IAM_EXISTING_PASSROLE] = {"existing-passrole", "takes over something that runs under a role"},
    [IAM_SELF_ESCALATION] = {"self-escalation", "gives itself more"},
    [IAM_PRINCIPAL_ACCESS] = {"principal-access", "gets the credentials of somebody else"},
};

const char *iam_path_kind_name(enum iam_path_kind k)
{
    return (unsigned)k < IAM_PATH_KIND_MAX_ ? kinds[k].name : "?";
}

const char *iam_path_kind_text(enum iam_path_kind k)
{
    return (unsigned)k < IAM_PATH_KIND_MAX_ ? kinds[k].text : "?";
}

/* ---- loading ---- */

struct loading {
    struct arena *a;
    struct map targets; /* action -> struct iam_list */
    struct {
        VEC_OF(struct iam_path);
    } paths;
};

static void loading_release(struct loading *l)
{
    map_free(&l->targets);
    VEC_FREE(&l->paths);
}

static bool split(struct arena *a, struct str text, char sep, struct iam_list *out)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++) {
        count += text.ptr[i] == sep ? 1 : 0;
    }
    struct str *at = ARENA_ARRAY(a, struct str, count);
    if (at == NULL) {
        return false;
    }
    size_t n = 0;
    while (n < count && str_cut(&text, sep, &at[n])) {
        n++;
    }
    *out = (struct iam_list){at, n};
    return true;
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "out of memory while the escalation paths were loaded");
}

static enum err_code load_targets(struct loading *l, struct str text, struct err *err)
{
    struct str line;
    for (unsigned n = 1; str_cut(&text, '\n', &line); n++) {
        struct str action;
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        if (!str_cut(&line, '\t', &action) || line.len == 0) {
            return err_set(err, ERR_SCHEMA, "targets, line %u: action and ARNs are due", n);
        }
        struct iam_list *list = ARENA_NEW(l->a, struct iam_list);
        struct map_entry *e = map_put(&l->targets, action);
        if (list == NULL || e == NULL || !split(l->a, line, ' ', list)) {
            return no_memory(err);
        }
        e->value = list;
    }
    return ERR_OK;
}

static bool kind_parse(struct str s, enum iam_path_kind *out)
{
    for (unsigned k = 0; k < IAM_PATH_KIND_MAX_; k++) {
        if (str_eq(s, str_of(kinds[k].name))) {
            *out = (enum iam_path_kind)k;
            return true;
        }
    }
    return false;
}

static bool provider_parse(struct str s, enum iam_provider *out)
{
    static const char *const names[IAM_PROVIDER_MAX_] = {"aws", "gcp", "cloudflare"};
    for (unsigned p = 0; p < IAM_PROVIDER_MAX_; p++) {
        if (str_eq(s, str_of(names[p]))) {
            *out = (enum iam_provider)p;
            return true;
        }
    }
    return false;
}

/* NULL: out of memory, or an action without target; *lost says which. */
static const struct iam_list *targets_of(struct loading *l, const struct iam_list *permissions,
                                         struct str *lost)
{
    struct iam_list *at = ARENA_ARRAY(l->a, struct iam_list, permissions->len);
    for (size_t i = 0; at != NULL && i < permissions->len; i++) {
        const struct iam_list *found = map_get(&l->targets, permissions->at[i]);
        if (found == NULL) {
            *lost = permissions->at[i];
            return NULL;
        }
        at[i] = *found;
    }
    return at;
}

static enum err_code load_path(struct loading *l, struct str line, unsigned n, struct err *err)
{
    struct str column[COLUMNS];
    struct iam_path p = {0};
    for (unsigned i = 0; i < COLUMNS; i++) {
        if (!str_cut(&line, '\t', &column[i])) {
            return err_set(err, ERR_SCHEMA, "paths, line %u: 6 columns are due, not %u", n, i);
        }
    }
    p.id = column[0];
    p.source = column[5];
    if (!provider_parse(column[1], &p.provider) || !kind_parse(column[2], &p.kind)) {
        return err_set(err, ERR_SCHEMA, "paths, line %u: no such provider or kind", n);
    }
    struct str services = str_eq(column[3], STR("-")) ? STR_EMPTY : column[3];
    if (!split(l->a, services, ',', &p.services) ||
        !split(l->a, column[4], p.provider == IAM_CLOUDFLARE ? '|' : ' ', &p.permissions)) {
        return no_memory(err);
    }
    if (p.permissions.len == 0 || p.permissions.len > IAM_PATH_STEPS_MAX) {
        return err_set(err, ERR_SCHEMA, "paths, line %u: 1 to 8 permissions are due", n);
    }
    if (p.provider == IAM_AWS) {
        struct str lost = STR_EMPTY;
        p.targets = targets_of(l, &p.permissions, &lost);
        if (p.targets == NULL && lost.len > 0) {
            return err_set(err, ERR_SCHEMA, "targets do not have %.*s of paths",
                           STR_ARG(str_head(lost, 80)));
        }
        if (p.targets == NULL) {
            return no_memory(err);
        }
    }
    return VEC_PUSH(&l->paths, p) ? ERR_OK : no_memory(err);
}

enum err_code iam_paths_load(struct str paths, struct str targets, struct arena *a,
                             struct iam_paths *out, struct err *err)
{
    CLEANUP(loading_release) struct loading l = {.a = a};
    struct str line;
    if (!arena_dup(a, paths, &paths) || !arena_dup(a, targets, &targets)) {
        return no_memory(err);
    }
    enum err_code code = load_targets(&l, targets, err);
    for (unsigned n = 1; code == ERR_OK && str_cut(&paths, '\n', &line); n++) {
        if (line.len > 0 && line.ptr[0] != '#') {
            code = load_path(&l, line, n, err);
        }
    }
    if (code != ERR_OK) {
        return code;
    }
    struct iam_path *at = ARENA_ARRAY(a, struct iam_path, l.paths.len + 1);
    if (at == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < l.paths.len; i++) {
        at[i] = l.paths.at[i];
    }
    *out = (struct iam_paths){at, l.paths.len};
    return ERR_OK;
}

/* ---- looking ---- */

static enum iam_answer try_service(const struct iam_path *p, const struct iam_holder *h,
                                   const struct iam_key *keys, size_t key_count,
                                   struct iam_scratch *s, struct iam_way *out)
{
    struct iam_way w = {
        .path = p, .answer = IAM_YES, .reach = IAM_REACH_ANY, .missing_key = STR_EMPTY};
    for (size_t i = 0; i < p->permissions.len && w.answer != IAM_NO; i++) {
        struct iam_grant g =
            iam_grant_of(h, p->permissions.at[i], &p->targets[i], keys, key_count, s);
        /* To rotate one's own keys is to become nobody else. */
        if (g.own && p->kind == IAM_PRINCIPAL_ACCESS) {
            g.answer = IAM_NO;
        }
        w.steps[i] = g;
        w.answer = iam_and(w.answer, g.answer);
        w.reach = g.reach < w.reach ? g.reach : w.reach;
        if (g.missing_key.len > 0) {
            w.missing_key = g.missing_key;
        }
    }
    *out = w;
    return w.answer;
}

enum iam_answer iam_path_find(const struct iam_path *p, const struct iam_holder *h,
                              struct iam_scratch *s, struct iam_way *out)
{
    enum iam_answer best = IAM_NO;
    if (p->services.len == 0) {
        struct iam_way w;
        best = try_service(p, h, NULL, 0, s, &w);
        if (best != IAM_NO) {
            *out = w;
        }
        return best;
    }
    for (size_t i = 0; i < p->services.len && best != IAM_YES; i++) {
        struct iam_way w;
        struct iam_key key = {STR("iam:PassedToService"), {&p->services.at[i], 1}};
        if (try_service(p, h, &key, 1, s, &w) > best) {
            best = w.answer;
            *out = w;
        }
    }
    return best;
}

bool iam_way_to_administrator(const struct iam_way *w)
{
    return w->answer == IAM_YES &&
           (w->path->kind == IAM_SELF_ESCALATION ||
            (w->path->kind != IAM_EXISTING_PASSROLE && w->reach == IAM_REACH_ANY));
}

bool iam_path_in(const struct iam_path *p, const struct iam_list *permissions)
{
    for (size_t i = 0; i < p->permissions.len; i++) {
        bool has = false;
        for (size_t k = 0; k < permissions->len && !has; k++) {
            has = str_ieq(permissions->at[k], p->permissions.at[i]);
        }
        if (!has) {
            return false;
        }
    }
    return true;
}
