/* account - the answer of get-account-authorization-details: each user's and role's policies. */
#include "base/map.h"
#include "base/timefmt.h"
#include "codec/json.h"
#include "iam/subject.h"

struct policy_list {
    VEC_OF(const struct iam_policy *);
};

struct reading {
    struct str path;
    struct arena *a;
    struct iam_subjects *out;
    struct map managed; /* ARN -> struct iam_policy; NULL: it could not be read */
    struct map groups;  /* name -> struct iam_group */
};

static void reading_release(struct reading *r)
{
    map_free(&r->managed);
    map_free(&r->groups);
}

static void policy_list_release(struct policy_list *l)
{
    VEC_FREE(l);
}

static struct json_view member(struct json_view v, const char *key)
{
    return v.kind == JSON_OBJECT ? json_member(v, str_of(key)) : (struct json_view){0};
}

/* "" for what is no text. False: out of memory. */
static bool text_of(const struct reading *r, struct json_view v, const char *key, struct str *out)
{
    struct json_view t = member(v, key);
    *out = STR_EMPTY;
    return t.kind != JSON_STRING || json_text(t, r->a, out);
}

/* Dates tell how old the dump can be at most. */
static bool note_date(struct reading *r, struct json_view v, const char *key)
{
    struct str text;
    int64_t us;
    bool zoned;
    if (!text_of(r, v, key, &text)) {
        return false;
    }
    if (time_parse_any(text, &us, &zoned) && us > r->out->as_of_us) {
        r->out->as_of_us = us;
    }
    return true;
}

static bool problem(struct reading *r, struct str whose, const char *what, struct str detail)
{
    struct str text;
    return arena_printf(r->a, &text, "%.*s: %.*s: %s %.*s", STR_ARG(str_head(r->path, 200)),
                        STR_ARG(str_head(whose, 200)), what, STR_ARG(str_head(detail, 300))) &&
           VEC_PUSH(&r->out->problems, text);
}

/* A policy that comes twice (by hand and by group) counts once. */
static bool add_once(struct policy_list *into, const struct iam_policy *p)
{
    for (size_t i = 0; i < into->len; i++) {
        if (into->at[i] == p) {
            return true;
        }
    }
    return VEC_PUSH(into, p);
}

/* A document as object or as text. *out NULL: it could not be read, which is noted. */
static bool read_policy(struct reading *r, struct str name, struct json_view v,
                        const struct iam_policy **out)
{
    struct err err = {0};
    struct str text = STR_EMPTY;
    struct iam_policy *p = ARENA_NEW(r->a, struct iam_policy);
    *out = NULL;
    if (p == NULL || !json_any_text(v, r->a, &text)) {
        return false;
    }
    enum err_code code = iam_policy_parse(name, text, r->a, p, &err);
    if (code == ERR_NOMEM) {
        return false;
    }
    if (code != ERR_OK) {
        return problem(r, name, "left out:", str_of(err.msg));
    }
    *out = p;
    return true;
}

static bool read_inline(struct reading *r, struct json_view list, struct policy_list *into)
{
    struct json_view key;
    struct json_view value;
    for (struct json_iter it = json_iter_of(list);
         list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        struct str name;
        const struct iam_policy *p;
        if (!text_of(r, value, "PolicyName", &name) ||
            !read_policy(r, name, member(value, "PolicyDocument"), &p) ||
            (p != NULL && !VEC_PUSH(into, p))) {
            return false;
        }
    }
    return true;
}

static bool add_managed(struct reading *r, struct str whose, struct str arn,
                        struct policy_list *into)
{
    const struct map_entry *e = map_find(&r->managed, arn);
    if (e == NULL) {
        return problem(r, whose, "its policy is not in the dump:", arn);
    }
    return e->value == NULL || add_once(into, e->value);
}

static bool read_attached(struct reading *r, struct str whose, struct json_view list,
                          struct policy_list *into)
{
    struct json_view key;
    struct json_view value;
    for (struct json_iter it = json_iter_of(list);
         list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        struct str arn;
        if (!text_of(r, value, "PolicyArn", &arn) || !add_managed(r, whose, arn, into)) {
            return false;
        }
    }
    return true;
}

static bool keep(const struct reading *r, const struct policy_list *l, struct iam_policy_set *out)
{
    const struct iam_policy **at = ARENA_ARRAY(r->a, const struct iam_policy *, l->len + 1);
    for (size_t i = 0; at != NULL && i < l->len; i++) {
        at[i] = l->at[i];
    }
    *out = (struct iam_policy_set){at, l->len};
    return at != NULL;
}

/* ---- managed policies, groups ---- */

static struct json_view default_version(struct json_view policy, struct str id)
{
    struct json_view list = member(policy, "PolicyVersionList");
    struct json_view key;
    struct json_view value;
    for (struct json_iter it = json_iter_of(list);
         list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        struct json_view version = member(value, "VersionId");
        if (member(value, "IsDefaultVersion").kind == JSON_TRUE ||
            (version.kind == JSON_STRING && id.len > 0 &&
             str_eq(str_make(version.ptr, version.len), id))) {
            return member(value, "Document");
        }
    }
    return (struct json_view){0};
}

/* Versions that are not the default may become it. */
static bool keep_versions(struct reading *r, struct str arn, struct json_view v)
{
    struct json_view list = member(v, "PolicyVersionList");
    struct json_view key;
    struct json_view value;
    for (struct json_iter it = json_iter_of(list);
         list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        struct iam_version one = {.arn = arn};
        struct json_view document = member(value, "Document");
        if (!text_of(r, value, "VersionId", &one.id) ||
            (document.kind != JSON_ABSENT && !json_any_text(document, r->a, &one.document))) {
            return false;
        }
        if (one.id.len > 0 && one.document.len > 0 && !VEC_PUSH(&r->out->versions, one)) {
            return false;
        }
    }
    return true;
}

static bool read_managed(struct reading *r, struct json_view v)
{
    struct str arn;
    struct str id;
    const struct iam_policy *p = NULL;
    if (!text_of(r, v, "Arn", &arn) || !text_of(r, v, "DefaultVersionId", &id)) {
        return false;
    }
    struct json_view document = default_version(v, id);
    if (document.kind == JSON_ABSENT) {
        if (!problem(r, arn, "left out:", STR("it has no default version"))) {
            return false;
        }
    } else if (!read_policy(r, arn, document, &p)) {
        return false;
    }
    struct map_entry *e = map_put(&r->managed, arn);
    if (e == NULL) {
        return false;
    }
    union {
        const struct iam_policy *read;
        void *kept;
    } both = {p}; /* read only from here on */
    e->value = both.kept;
    return note_date(r, v, "UpdateDate") && keep_versions(r, arn, v) &&
           (p == NULL || VEC_PUSH(&r->out->managed, p));
}

static bool read_group(struct reading *r, struct json_view v)
{
    CLEANUP(policy_list_release) struct policy_list list = {0};
    struct str arn;
    struct iam_group *g = ARENA_NEW(r->a, struct iam_group);
    if (g == NULL || !text_of(r, v, "GroupName", &g->name) || !text_of(r, v, "Arn", &arn) ||
        !read_inline(r, member(v, "GroupPolicyList"), &list) ||
        !read_attached(r, g->name, member(v, "AttachedManagedPolicies"), &list) ||
        !keep(r, &list, &g->policies)) {
        return false;
    }
    for (unsigned i = 0; i < 5; i++) {
        if (!str_cut(&arn, ':', &g->account)) {
            break;
        }
    }
    struct map_entry *e = map_put(&r->groups, g->name);
    if (e != NULL) {
        e->value = g;
    }
    return e != NULL && VEC_PUSH(&r->out->groups, g);
}

/* ---- principals ---- */

static size_t count_of(struct json_view list)
{
    size_t n = 0;
    struct json_view key;
    struct json_view value;
    for (struct json_iter it = json_iter_of(list);
         list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        n++;
    }
    return n;
}

static bool read_groups_of(struct reading *r, struct iam_subject *s, struct json_view list,
                           struct policy_list *into)
{
    struct json_view key;
    struct json_view value;
    const struct iam_group **at = ARENA_ARRAY(r->a, const struct iam_group *, count_of(list) + 1);
    if (at == NULL) {
        return false;
    }
    s->groups = at;
    for (struct json_iter it = json_iter_of(list);
         list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        struct str name = STR_EMPTY;
        if (value.kind != JSON_STRING || !json_text(value, r->a, &name)) {
            return value.kind != JSON_STRING;
        }
        const struct iam_group *g = map_get(&r->groups, name);
        if (g == NULL && !problem(r, s->name, "its group is not in the dump:", name)) {
            return false;
        }
        if (g != NULL) {
            at[s->group_count++] = g;
        }
        for (size_t i = 0; g != NULL && i < g->policies.len; i++) {
            if (!add_once(into, g->policies.at[i])) {
                return false;
            }
        }
    }
    return true;
}

static bool read_boundary(struct reading *r, struct json_view v, struct iam_subject *s)
{
    CLEANUP(policy_list_release) struct policy_list list = {0};
    struct str arn;
    if (!text_of(r, member(v, "PermissionsBoundary"), "PermissionsBoundaryArn", &arn)) {
        return false;
    }
    if (arn.len == 0) {
        return true;
    }
    struct iam_policy_set *set = ARENA_NEW(r->a, struct iam_policy_set);
    if (set == NULL || !add_managed(r, s->name, arn, &list) || !keep(r, &list, set)) {
        return false;
    }
    /* One that the dump lacks bounds nothing we could show: said, and the rest is judged. */
    s->holder.boundary = set->len > 0 ? set : NULL;
    return true;
}

static bool add_key(const struct reading *r, struct iam_key *keys, size_t *count, struct str name,
                    struct str value)
{
    struct str *at = ARENA_NEW(r->a, struct str);
    if (at == NULL) {
        return false;
    }
    *at = value;
    keys[(*count)++] = (struct iam_key){name, {at, 1}};
    return true;
}

/* What conditions may ask of a principal and the dump tells: its ARN and its tags. */
static bool read_keys(struct reading *r, struct json_view v, struct iam_subject *s)
{
    struct iam_key *keys = ARENA_ARRAY(r->a, struct iam_key, IAM_HOLDER_KEYS_MAX);
    struct json_view list = member(v, "Tags");
    struct json_view key;
    struct json_view value;
    size_t count = 0;
    if (keys == NULL || !add_key(r, keys, &count, STR("aws:PrincipalArn"), s->name)) {
        return false;
    }
    for (struct json_iter it = json_iter_of(list); list.kind == JSON_ARRAY &&
                                                   count < IAM_HOLDER_KEYS_MAX &&
                                                   json_iter_next(&it, &key, &value);) {
        struct str tag;
        struct str name;
        struct str text;
        if (!text_of(r, value, "Key", &tag) || !text_of(r, value, "Value", &text) ||
            !arena_printf(r->a, &name, "aws:PrincipalTag/%.*s", STR_ARG(tag)) ||
            !add_key(r, keys, &count, name, text)) {
            return false;
        }
    }
    s->holder.keys = keys;
    s->holder.key_count = count;
    return true;
}

static bool read_principal(struct reading *r, struct json_view v, const char *inline_key)
{
    CLEANUP(policy_list_release) struct policy_list list = {0};
    struct iam_subject s = {.path = r->path};
    struct json_view trust = member(v, "AssumeRolePolicyDocument");
    struct str name;
    if (!text_of(r, v, "Arn", &s.name) || !read_inline(r, member(v, inline_key), &list) ||
        !read_attached(r, s.name, member(v, "AttachedManagedPolicies"), &list) ||
        !keep(r, &list, &s.own) || !read_groups_of(r, &s, member(v, "GroupList"), &list) ||
        !keep(r, &list, &s.holder.identity) || !read_boundary(r, v, &s) || !read_keys(r, v, &s) ||
        !arena_printf(r->a, &name, "trust policy of %.*s", STR_ARG(str_head(s.name, 200)))) {
        return false;
    }
    if (trust.kind != JSON_ABSENT && !read_policy(r, name, trust, &s.open)) {
        return false;
    }
    return note_date(r, v, "CreateDate") &&
           note_date(r, member(v, "RoleLastUsed"), "LastUsedDate") && VEC_PUSH(&r->out->list, s);
}

static bool each(struct reading *r, struct json_view root, const char *list_key,
                 const char *inline_key)
{
    struct json_view list = member(root, list_key);
    struct json_view key;
    struct json_view value;
    for (struct json_iter it = json_iter_of(list);
         list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        if (!read_principal(r, value, inline_key)) {
            return false;
        }
    }
    return true;
}

enum err_code iam_account_read(struct str path, struct str text, struct arena *a,
                               struct iam_subjects *out, struct err *err)
{
    CLEANUP(reading_release) struct reading r = {.path = path, .a = a, .out = out};
    struct json_view root = json_view_of(text);
    struct json_view policies = member(root, "Policies");
    struct json_view groups = member(root, "GroupDetailList");
    struct json_view key;
    struct json_view value;
    bool fine = true;
    for (struct json_iter it = json_iter_of(policies);
         fine && policies.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        fine = read_managed(&r, value);
    }
    for (struct json_iter it = json_iter_of(groups);
         fine && groups.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        fine = read_group(&r, value);
    }
    if (!fine || !each(&r, root, "UserDetailList", "UserPolicyList") ||
        !each(&r, root, "RoleDetailList", "RolePolicyList")) {
        return err_set(err, ERR_NOMEM, "%.*s: out of memory", STR_ARG(str_head(path, 200)));
    }
    return ERR_OK;
}
