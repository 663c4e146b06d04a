#include "iam/book_priv.h"

enum err_code book_no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "out of memory while permissions were followed");
}

void iam_book_free(struct iam_book *b)
{
    if (b == NULL) {
        return;
    }
    for (size_t i = 0; i < b->principals.len; i++) {
        struct principal *p = b->principals.at[i].value;
        if (p != NULL) {
            VEC_FREE(&p->policies);
            VEC_FREE(&p->groups);
        }
    }
    for (size_t i = 0; i < b->groups.len; i++) {
        struct group *g = b->groups.at[i].value;
        if (g != NULL) {
            VEC_FREE(&g->policies);
        }
    }
    map_free(&b->principals);
    map_free(&b->groups);
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

bool iam_book_has_dump(const struct iam_book *b)
{
    return b->has_dump;
}

size_t iam_book_principals(const struct iam_book *b)
{
    return b->principals.len;
}

/* ---- policies ---- */

struct slot *book_slot(struct iam_book *b, struct str key)
{
    struct map_entry *e = map_intern(&b->managed, &b->arena, key);
    if (e != NULL && e->value == NULL) {
        e->value = ARENA_NEW(&b->arena, struct slot);
    }
    return e == NULL ? NULL : e->value;
}

const struct iam_policy *book_policy(const struct iam_book *b, struct str key)
{
    const struct slot *slot = map_get(&b->managed, key);
    return slot == NULL ? NULL : slot->policy;
}

static bool know_policy(struct iam_book *b, const struct iam_policy *p)
{
    struct slot *slot = book_slot(b, p->name);
    if (slot != NULL) {
        slot->policy = p;
    }
    return slot != NULL;
}

/* The one managed policy whose text nobody needs to be given. */
static enum err_code know_administrator(struct iam_book *b, struct err *err)
{
    enum err_code code = iam_policy_parse(
        STR("arn:aws:iam::aws:policy/AdministratorAccess"),
        STR("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"),
        &b->arena, &b->administrator, err);
    if (code == ERR_OK && !know_policy(b, &b->administrator)) {
        code = book_no_memory(err);
    }
    return code;
}

enum err_code iam_book_new(struct str actions, struct str paths, struct str targets,
                           struct iam_book **out, struct err *err)
{
    struct iam_book *b = mem_alloc(1, sizeof(*b));
    if (b == NULL) {
        return book_no_memory(err);
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

/* ---- principals and groups ---- */

static bool key_of(struct arena *a, struct str account, const char *kind, struct str name,
                   struct str *out)
{
    return arena_printf(a, out, "%.*s/%s/%.*s", STR_ARG(account), kind, STR_ARG(name));
}

static const char *kind_of(bool is_role)
{
    return is_role ? "role" : "user";
}

/* The value of a key, made when it is absent; NULL: out of memory. */
static void *entry_of(struct iam_book *b, struct map *m, struct str key, size_t size)
{
    struct map_entry *e = map_put(m, key);
    if (e != NULL && e->value == NULL) {
        e->value = arena_alloc(&b->arena, 1, size, _Alignof(max_align_t));
        if (e->value != NULL) {
            memset(e->value, 0, size);
        }
    }
    return e == NULL ? NULL : e->value;
}

struct principal *book_begin(struct iam_book *b, struct str account, bool is_role, struct str name)
{
    struct str key;
    struct str arn;
    if (!key_of(&b->arena, account, kind_of(is_role), name, &key) ||
        !arena_printf(&b->arena, &arn, "arn:aws:iam::%.*s:%s/%.*s", STR_ARG(account),
                      kind_of(is_role), STR_ARG(name)) ||
        !arena_dup(&b->arena, name, &name)) {
        return NULL;
    }
    struct principal *p = entry_of(b, &b->principals, key, sizeof(struct principal));
    if (p == NULL) {
        return NULL;
    }
    p->name = name;
    p->arn = arn;
    p->is_role = is_role;
    p->gone = false;
    p->policies.len = 0;
    p->groups.len = 0;
    p->boundary = NULL;
    p->key_count = 0;
    p->score_count = 0;
    return p;
}

struct group *book_begin_group(struct iam_book *b, struct str account, struct str name)
{
    struct str key;
    if (!key_of(&b->arena, account, "group", name, &key) || !arena_dup(&b->arena, name, &name)) {
        return NULL;
    }
    struct group *g = entry_of(b, &b->groups, key, sizeof(struct group));
    if (g != NULL) {
        g->name = name;
        g->gone = false;
        g->policies.len = 0;
    }
    return g;
}

struct principal *book_principal(const struct iam_book *b, struct str account, bool is_role,
                                 struct str name)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str key;
    struct principal *p =
        key_of(&a, account, kind_of(is_role), name, &key) ? map_get(&b->principals, key) : NULL;
    return p == NULL || p->gone ? NULL : p;
}

struct group *book_group(const struct iam_book *b, struct str account, struct str name)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str key;
    struct group *g = key_of(&a, account, "group", name, &key) ? map_get(&b->groups, key) : NULL;
    return g == NULL || g->gone ? NULL : g;
}

bool book_set_tag(struct iam_book *b, struct principal *p, struct str tag, const struct str *value)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str name;
    size_t i = 0;
    if (!arena_printf(&a, &name, "aws:PrincipalTag/%.*s", STR_ARG(tag))) {
        return false;
    }
    while (i < p->key_count && !str_ieq(p->keys[i].name, name)) {
        i++;
    }
    if (value == NULL) {
        if (i < p->key_count) {
            p->keys[i] = p->keys[--p->key_count];
        }
        return true;
    }
    struct str *kept = ARENA_NEW(&b->arena, struct str);
    if (i == IAM_HOLDER_KEYS_MAX) {
        return true; /* more tags than AWS allows: not known */
    }
    if (kept == NULL || !arena_dup(&b->arena, *value, kept) ||
        !arena_dup(&b->arena, name, &p->keys[i].name)) {
        return false;
    }
    p->keys[i].values = (struct iam_list){kept, 1};
    p->key_count += i == p->key_count ? 1 : 0;
    return true;
}

/* ---- dumps ---- */

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

static bool add_policies(struct policy_list *to, const struct iam_policy_set *set)
{
    for (size_t i = 0; i < set->len; i++) {
        if (!VEC_PUSH(to, set->at[i])) {
            return false;
        }
    }
    return true;
}

static bool add_subject(struct iam_book *b, const struct iam_subject *s)
{
    struct str account;
    struct str name;
    bool is_role;
    if (!split_arn(s->name, &account, &is_role, &name)) {
        return true;
    }
    struct principal *p = book_begin(b, account, is_role, name);
    if (p == NULL || !add_policies(&p->policies, &s->own)) {
        return false;
    }
    p->arn = s->name;
    for (size_t i = 0; i < s->group_count; i++) {
        struct group *g = book_group(b, account, s->groups[i]->name);
        if (g != NULL && !VEC_PUSH(&p->groups, g)) {
            return false;
        }
    }
    for (size_t i = 0; i < s->holder.key_count; i++) {
        p->keys[p->key_count++] = s->holder.keys[i];
    }
    p->boundary = s->holder.boundary == NULL ? NULL : s->holder.boundary->at[0];
    return true;
}

static bool add_version(struct iam_book *b, const struct iam_version *v)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str key;
    struct slot *slot = arena_printf(&a, &key, "%.*s@%.*s", STR_ARG(v->arn), STR_ARG(v->id))
                            ? book_slot(b, key)
                            : NULL;
    if (slot != NULL) {
        slot->document = v->document;
    }
    return slot != NULL;
}

static bool add_subjects(struct iam_book *b, const struct iam_subjects *s)
{
    bool fine = true;
    for (size_t i = 0; fine && i < s->managed.len; i++) {
        fine = know_policy(b, s->managed.at[i]);
    }
    for (size_t i = 0; fine && i < s->versions.len; i++) {
        fine = add_version(b, &s->versions.at[i]);
    }
    for (size_t i = 0; fine && i < s->groups.len; i++) {
        const struct iam_group *g = s->groups.at[i];
        struct group *to = book_begin_group(b, g->account, g->name);
        fine = to != NULL && add_policies(&to->policies, &g->policies);
    }
    for (size_t i = 0; fine && i < s->list.len; i++) {
        fine = add_subject(b, &s->list.at[i]);
    }
    b->as_of_us = s->as_of_us > b->as_of_us ? s->as_of_us : b->as_of_us;
    return fine;
}

enum err_code iam_book_add(struct iam_book *b, struct str path, struct str text, struct err *err)
{
    CLEANUP(iam_subjects_free) struct iam_subjects s = {0};
    if (!arena_dup(&b->arena, path, &path) || !arena_dup(&b->arena, text, &text)) {
        return book_no_memory(err);
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
    return add_subjects(b, &s) ? ERR_OK : book_no_memory(err);
}

/* ---- what a principal may do ---- */

bool book_holder(const struct principal *p, const struct iam_policy *without,
                 const struct group *without_group, struct arena *a, struct iam_holder *out)
{
    size_t room = p->policies.len + 1;
    for (size_t i = 0; i < p->groups.len; i++) {
        room += p->groups.at[i]->policies.len;
    }
    const struct iam_policy **at = ARENA_ARRAY(a, const struct iam_policy *, room);
    struct iam_policy_set *boundary = ARENA_NEW(a, struct iam_policy_set);
    size_t n = 0;
    if (at == NULL || boundary == NULL) {
        return false;
    }
    for (size_t i = 0; i <= p->groups.len; i++) {
        const struct group *g = i == 0 ? NULL : p->groups.at[i - 1];
        const struct policy_list *l = g == NULL ? &p->policies : &g->policies;
        for (size_t k = 0; (g == NULL || (g != without_group && !g->gone)) && k < l->len; k++) {
            if (l->at[k] != without) {
                at[n++] = l->at[k];
            }
        }
    }
    *boundary = (struct iam_policy_set){&p->boundary, 1};
    *out = (struct iam_holder){.identity = {at, n},
                               .boundary = p->boundary == NULL ? NULL : boundary,
                               .keys = p->keys,
                               .key_count = p->key_count};
    return true;
}

enum err_code book_look(struct iam_book *b, const struct principal *p,
                        const struct iam_policy *without, const struct group *without_group,
                        struct arena *a, struct iam_report *out, struct err *err)
{
    struct iam_holder holder;
    if (!book_holder(p, without, without_group, a, &holder)) {
        return book_no_memory(err);
    }
    return iam_report_of(&b->know, &holder, a, out, err);
}

void book_note_score(struct principal *p, double score)
{
    if (p->score_count == SCORES_KEPT) {
        memmove(p->scores, p->scores + 1, (SCORES_KEPT - 1) * sizeof(p->scores[0]));
        p->score_count--;
    }
    p->scores[p->score_count++] = score;
}

enum err_code iam_book_power(struct iam_book *b, struct str account, bool is_role, struct str name,
                             struct iam_power *out, struct err *err)
{
    CLEANUP(arena_free) struct arena work = {0};
    CLEANUP(iam_report_free) struct iam_report r = {0};
    struct str of = account;
    if (str_starts(name, STR("arn:")) && !split_arn(name, &of, &is_role, &name)) {
        *out = (struct iam_power){0};
        return ERR_OK;
    }
    const struct principal *p = book_principal(b, of, is_role, name);
    *out = (struct iam_power){.known = p != NULL, .way = STR_EMPTY};
    if (p == NULL) {
        return ERR_OK;
    }
    enum err_code code = book_look(b, p, NULL, NULL, &work, &r, err);
    if (code != ERR_OK) {
        return code;
    }
    out->score = r.extent.score;
    for (size_t i = 0; i < r.ways.len; i++) {
        if (iam_way_to_administrator(&r.ways.at[i])) {
            out->administrator = true;
            out->way = r.ways.at[i].path->id; /* lives as long as the book */
            break;
        }
    }
    return ERR_OK;
}
