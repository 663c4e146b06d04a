#include "iam/book.h"

#include "base/map.h"
#include "base/timefmt.h"
#include "iam/subject.h"

enum { NAMED_MAX = 5 };

struct holder {
    struct str name, arn;
    bool is_role, gone;
    struct {
        VEC_OF(const struct iam_policy *);
    } policies;
    const struct iam_policy *boundary;
};

struct iam_book {
    struct arena arena;
    struct iam_catalog *catalog;
    struct iam_knowledge know;
    struct map holders; /* "ACCOUNT/role/NAME", "ACCOUNT/user/NAME" -> struct holder */
    struct map managed; /* ARN, and ARN@VERSION -> struct slot */
    struct iam_policy administrator;
    int64_t as_of_us;
    bool has_dump;
};

struct slot {
    const struct iam_policy *policy;
};

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "out of memory while permissions were followed");
}

void iam_book_free(struct iam_book *b)
{
    if (b == NULL) {
        return;
    }
    for (size_t i = 0; i < b->holders.len; i++) {
        struct holder *h = b->holders.at[i].value;
        if (h != NULL) {
            VEC_FREE(&h->policies);
        }
    }
    map_free(&b->holders);
    map_free(&b->managed);
    iam_catalog_free(b->catalog);
    arena_free(&b->arena);
    mem_free(b);
}

void iam_growths_free(struct iam_growths *g)
{
    for (size_t i = 0; i < g->len; i++) {
        VEC_FREE(&g->at[i].ways);
    }
    VEC_FREE(g);
}

/* ---- making ---- */

static bool know_policy(struct iam_book *b, struct str key, const struct iam_policy *p)
{
    struct map_entry *e = map_intern(&b->managed, &b->arena, key);
    struct slot *slot = e == NULL ? NULL : e->value;
    if (e != NULL && slot == NULL) {
        slot = ARENA_NEW(&b->arena, struct slot);
        e->value = slot;
    }
    if (slot != NULL) {
        slot->policy = p;
    }
    return slot != NULL;
}

static const struct iam_policy *known_policy(const struct iam_book *b, struct str key)
{
    const struct slot *slot = map_get(&b->managed, key);
    return slot == NULL ? NULL : slot->policy;
}

/* The one managed policy whose text nobody needs to be given. */
static enum err_code know_administrator(struct iam_book *b, struct err *err)
{
    struct str name = STR("arn:aws:iam::aws:policy/AdministratorAccess");
    enum err_code code = iam_policy_parse(
        name, STR("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"),
        &b->arena, &b->administrator, err);
    if (code == ERR_OK && !know_policy(b, name, &b->administrator)) {
        code = no_memory(err);
    }
    return code;
}

enum err_code iam_book_new(struct str actions, struct str paths, struct str targets,
                           struct iam_book **out, struct err *err)
{
    struct iam_book *b = mem_alloc(1, sizeof(*b));
    if (b == NULL) {
        return no_memory(err);
    }
    enum err_code code = iam_catalog_load(actions, &b->catalog, err);
    b->know.catalog = b->catalog;
    code = code ? code : iam_paths_load(paths, targets, &b->arena, &b->know.paths, err);
    code = code ? code : know_administrator(b, err);
    if (code != ERR_OK) {
        iam_book_free(b);
        return code;
    }
    *out = b;
    return ERR_OK;
}

bool iam_book_has_dump(const struct iam_book *b)
{
    return b->has_dump;
}

size_t iam_book_principals(const struct iam_book *b)
{
    return b->holders.len;
}

/* ---- holders ---- */

static bool key_of(struct iam_book *b, struct str account, bool is_role, struct str name,
                   struct str *out)
{
    return arena_printf(&b->arena, out, "%.*s/%s/%.*s", STR_ARG(account), is_role ? "role" : "user",
                        STR_ARG(name));
}

/* NULL: out of memory. A holder of that name begins anew. */
static struct holder *begin(struct iam_book *b, struct str account, bool is_role, struct str name)
{
    struct str key;
    if (!key_of(b, account, is_role, name, &key)) {
        return NULL;
    }
    struct map_entry *e = map_put(&b->holders, key);
    struct holder *h = e == NULL ? NULL : e->value;
    if (e != NULL && h == NULL) {
        h = ARENA_NEW(&b->arena, struct holder);
        e->value = h;
    }
    if (h == NULL || !arena_dup(&b->arena, name, &h->name) ||
        !arena_printf(&b->arena, &h->arn, "arn:aws:iam::%.*s:%s/%.*s", STR_ARG(account),
                      is_role ? "role" : "user", STR_ARG(name))) {
        return NULL;
    }
    h->is_role = is_role;
    h->gone = false;
    h->policies.len = 0;
    h->boundary = NULL;
    return h;
}

static bool split_arn(struct str arn, struct str *account, bool *is_role, struct str *name)
{
    struct str field[5];
    struct str rest = arn;
    for (size_t i = 0; i < ARRAY_LEN(field); i++) {
        if (!str_cut(&rest, ':', &field[i])) {
            return false;
        }
    }
    *account = field[4];
    *is_role = str_starts(rest, STR("role/"));
    *name = str_from(rest, str_rchr(rest, '/') + 1);
    return *is_role || str_starts(rest, STR("user/"));
}

static bool add_subject(struct iam_book *b, const struct iam_subject *s)
{
    struct str account;
    struct str name;
    bool is_role;
    if (!split_arn(s->name, &account, &is_role, &name)) {
        return true;
    }
    struct holder *h = begin(b, account, is_role, name);
    if (h == NULL) {
        return false;
    }
    h->arn = s->name;
    for (size_t i = 0; i < s->holder.identity.len; i++) {
        if (!VEC_PUSH(&h->policies, s->holder.identity.at[i])) {
            return false;
        }
    }
    h->boundary = s->holder.boundary == NULL ? NULL : s->holder.boundary->at[0];
    return true;
}

static bool add_subjects(struct iam_book *b, const struct iam_subjects *s)
{
    for (size_t i = 0; i < s->managed.len; i++) {
        if (!know_policy(b, s->managed.at[i]->name, s->managed.at[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < s->list.len; i++) {
        if (!add_subject(b, &s->list.at[i])) {
            return false;
        }
    }
    b->as_of_us = s->as_of_us > b->as_of_us ? s->as_of_us : b->as_of_us;
    return true;
}

enum err_code iam_book_add(struct iam_book *b, struct str path, struct str text, struct err *err)
{
    CLEANUP(iam_subjects_free) struct iam_subjects s = {0};
    if (!arena_dup(&b->arena, path, &path) || !arena_dup(&b->arena, text, &text)) {
        return no_memory(err);
    }
    enum err_code code = iam_subjects_read(path, text, &b->arena, &s, err);
    if (code != ERR_OK) {
        return code;
    }
    if (s.list.len == 0 || s.list.at[0].name.len == 0) {
        return err_set(err, ERR_SCHEMA,
                       "%.*s: no dump of an account; make one with aws iam "
                       "get-account-authorization-details",
                       STR_ARG(str_head(path, 150)));
    }
    b->has_dump = true;
    return add_subjects(b, &s) ? ERR_OK : no_memory(err);
}

/* ---- what a holder may do ---- */

static enum err_code look(struct iam_book *b, const struct holder *h,
                          const struct iam_policy *without, struct arena *a, struct iam_report *out,
                          struct err *err)
{
    const struct iam_policy **at = ARENA_ARRAY(a, const struct iam_policy *, h->policies.len + 1);
    struct iam_policy_set boundary = {&h->boundary, 1};
    struct iam_holder holder = {.boundary = h->boundary == NULL ? NULL : &boundary};
    size_t n = 0;
    if (at == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < h->policies.len; i++) {
        if (h->policies.at[i] != without) {
            at[n++] = h->policies.at[i];
        }
    }
    holder.identity = (struct iam_policy_set){at, n};
    return iam_report_of(&b->know, &holder, a, out, err);
}

static bool has_way(const struct iam_report *r, const struct iam_way *w)
{
    for (size_t i = 0; i < r->ways.len; i++) {
        if (r->ways.at[i].path == w->path && r->ways.at[i].answer >= w->answer) {
            return true;
        }
    }
    return false;
}

static bool name_some(struct iam_book *b, const struct iam_report *before,
                      const struct iam_report *after, struct iam_growth *g)
{
    g->some = STR_EMPTY;
    for (size_t i = 0; i < iam_catalog_count(b->catalog); i++) {
        if (after->extent.breadth[i] <= 0 || before->extent.breadth[i] > 0) {
            continue;
        }
        g->newly_allowed++;
        if (g->newly_allowed <= NAMED_MAX &&
            !arena_printf(&b->arena, &g->some, "%.*s%s%.*s", STR_ARG(g->some),
                          g->newly_allowed == 1 ? "" : ", ",
                          STR_ARG(iam_catalog_at(b->catalog, i)->name))) {
            return false;
        }
    }
    return true;
}

static enum err_code tell(struct iam_book *b, const struct holder *h,
                          const struct iam_report *before, const struct iam_report *after,
                          struct iam_growths *out, struct err *err)
{
    struct iam_growth g = {.name = h->name,
                           .arn = h->arn,
                           .is_role = h->is_role,
                           .score_before = before->extent.score,
                           .score_after = after->extent.score};
    bool fine = name_some(b, before, after, &g);
    for (size_t i = 0; fine && i < after->ways.len; i++) {
        if (!has_way(before, &after->ways.at[i])) {
            fine = VEC_PUSH(&g.ways, after->ways.at[i]);
        }
    }
    bool grew = g.newly_allowed > 0 || g.ways.len > 0 || g.score_after > g.score_before;
    if (fine && grew && VEC_PUSH(out, g)) {
        return ERR_OK;
    }
    VEC_FREE(&g.ways);
    return !fine || grew ? no_memory(err) : ERR_OK;
}

/* ---- what a call does ---- */

struct step {
    struct iam_book *b;
    const struct iam_change_event *e;
    const struct iam_policy *policy; /* that is put or attached; NULL: none, or not known */
    const struct iam_policy *boundary;
};

static bool is(const struct step *s, const char *action)
{
    return str_eq(s->e->action, str_of(action));
}

static size_t position(const struct holder *h, struct str name)
{
    size_t i = 0;
    while (i < h->policies.len && !str_eq(h->policies.at[i]->name, name)) {
        i++;
    }
    return i;
}

/* False: out of memory. */
static bool apply(const struct step *s, struct holder *h)
{
    size_t at = position(h, s->e->policy);
    if (is(s, "DeleteRole") || is(s, "DeleteUser")) {
        h->gone = true;
    } else if (str_ends(s->e->action, STR("PermissionsBoundary"))) {
        h->boundary = s->boundary;
    } else if (str_starts(s->e->action, STR("Delete")) || str_starts(s->e->action, STR("Detach"))) {
        if (at < h->policies.len) {
            h->policies.at[at] = h->policies.at[h->policies.len - 1];
            h->policies.len--;
        }
    } else if (s->policy != NULL && at < h->policies.len) {
        h->policies.at[at] = s->policy;
    } else if (s->policy != NULL) {
        return VEC_PUSH(&h->policies, s->policy);
    }
    return true;
}

static enum err_code compare(const struct step *s, struct holder *h, struct iam_growths *out,
                             struct err *err)
{
    CLEANUP(arena_free) struct arena work = {0};
    CLEANUP(iam_report_free) struct iam_report before = {0};
    CLEANUP(iam_report_free) struct iam_report after = {0};
    enum err_code code = look(s->b, h, NULL, &work, &before, err);
    if (code == ERR_OK && !apply(s, h)) {
        code = no_memory(err);
    }
    code = code ? code : look(s->b, h, NULL, &work, &after, err);
    if (code != ERR_OK || h->gone) {
        return code;
    }
    bool same = before.extent.score <= after.extent.score &&
                before.extent.score >= after.extent.score && before.ways.len == after.ways.len;
    if (same && s->policy != NULL && s->e->time_us != TIME_NONE && s->e->time_us < s->b->as_of_us) {
        iam_report_free(&before); /* the dump is of later: it has what this call made */
        before = (struct iam_report){0};
        code = look(s->b, h, s->policy, &work, &before, err);
    }
    return code ? code : tell(s->b, h, &before, &after, out, err);
}

/* A document that AWS took and we cannot read changes nothing here. */
static enum err_code read_document(struct step *s, struct err *err)
{
    struct str name;
    struct str text;
    struct iam_policy *p = ARENA_NEW(&s->b->arena, struct iam_policy);
    if (p == NULL || !arena_dup(&s->b->arena, s->e->policy, &name) ||
        !arena_dup(&s->b->arena, s->e->document, &text)) {
        return no_memory(err);
    }
    struct err why = {0};
    enum err_code code = iam_policy_parse(name, text, &s->b->arena, p, &why);
    if (code == ERR_NOMEM) {
        return no_memory(err);
    }
    s->policy = code == ERR_OK ? p : NULL;
    return ERR_OK;
}

/* A managed policy has other contents: all who hold it. */
static enum err_code follow_policy(struct step *s, struct iam_growths *out, struct err *err)
{
    struct str key;
    if (!arena_printf(&s->b->arena, &key, "%.*s@%.*s", STR_ARG(s->e->policy),
                      STR_ARG(s->e->version))) {
        return no_memory(err);
    }
    if (is(s, "SetDefaultPolicyVersion")) {
        s->policy = known_policy(s->b, key);
    } else if (s->policy != NULL && !know_policy(s->b, key, s->policy)) {
        return no_memory(err);
    }
    if (s->policy == NULL) {
        return ERR_OK;
    }
    if (!know_policy(s->b, s->e->policy, s->policy)) {
        return no_memory(err);
    }
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < s->b->holders.len; i++) {
        struct holder *h = s->b->holders.at[i].value;
        if (h != NULL && !h->gone && position(h, s->e->policy) < h->policies.len) {
            code = compare(s, h, out, err);
        }
    }
    return code;
}

static enum err_code follow_holder(struct step *s, struct iam_growths *out, struct err *err)
{
    bool is_role = s->e->role.len > 0;
    struct str name = is_role ? s->e->role : s->e->user;
    struct str key;
    if (is(s, "CreateRole") || is(s, "CreateUser")) {
        struct holder *h = begin(s->b, s->e->account, is_role, name);
        if (h == NULL) {
            return no_memory(err);
        }
        h->boundary = s->boundary;
        return ERR_OK;
    }
    if (!key_of(s->b, s->e->account, is_role, name, &key)) {
        return no_memory(err);
    }
    struct holder *h = map_get(&s->b->holders, key);
    return h == NULL || h->gone ? ERR_OK : compare(s, h, out, err);
}

enum err_code iam_book_follow(struct iam_book *b, const struct iam_change_event *e,
                              struct iam_growths *out, struct err *err)
{
    static const char *const of_policy[] = {"CreatePolicy", "CreatePolicyVersion",
                                            "SetDefaultPolicyVersion"};
    static const char *const of_holder[] = {"CreateRole",
                                            "CreateUser",
                                            "DeleteRole",
                                            "DeleteUser",
                                            "PutRolePolicy",
                                            "PutUserPolicy",
                                            "DeleteRolePolicy",
                                            "DeleteUserPolicy",
                                            "AttachRolePolicy",
                                            "AttachUserPolicy",
                                            "DetachRolePolicy",
                                            "DetachUserPolicy",
                                            "PutRolePermissionsBoundary",
                                            "PutUserPermissionsBoundary",
                                            "DeleteRolePermissionsBoundary",
                                            "DeleteUserPermissionsBoundary"};
    struct step s = {.b = b,
                     .e = e,
                     .policy = known_policy(b, e->policy),
                     .boundary = known_policy(b, e->boundary)};
    enum err_code code = e->document.len > 0 ? read_document(&s, err) : ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < ARRAY_LEN(of_policy); i++) {
        if (is(&s, of_policy[i])) {
            return follow_policy(&s, out, err);
        }
    }
    for (size_t i = 0; code == ERR_OK && i < ARRAY_LEN(of_holder); i++) {
        if (is(&s, of_holder[i]) && (e->role.len > 0 || e->user.len > 0)) {
            return follow_holder(&s, out, err);
        }
    }
    return code;
}
