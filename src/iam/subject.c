#include "iam/subject.h"

#include "codec/json.h"
#include "codec/url.h"
#include "iam/binding.h"

void iam_subjects_free(struct iam_subjects *s)
{
    if (s != NULL) {
        VEC_FREE(&s->list);
        VEC_FREE(&s->managed);
        VEC_FREE(&s->groups);
        VEC_FREE(&s->versions);
        VEC_FREE(&s->problems);
    }
}

static enum err_code no_memory(struct str path, struct err *err)
{
    return err_set(err, ERR_NOMEM, "%.*s: out of memory", STR_ARG(str_head(path, 200)));
}

static struct json_view member(struct json_view v, const char *key)
{
    return v.kind == JSON_OBJECT ? json_member(v, str_of(key)) : (struct json_view){0};
}

/* ---- AWS ---- */

static bool has_principal(const struct iam_policy *p)
{
    for (size_t i = 0; i < p->statement_count; i++) {
        if (p->statements[i].has_principal) {
            return true;
        }
    }
    return false;
}

static enum err_code add_policy(struct str path, struct str text, struct arena *a,
                                struct iam_subjects *out, struct err *err)
{
    struct iam_policy *p = ARENA_NEW(a, struct iam_policy);
    const struct iam_policy **at = ARENA_ARRAY(a, const struct iam_policy *, 1);
    if (p == NULL || at == NULL) {
        return no_memory(path, err);
    }
    enum err_code code = iam_policy_parse(path, text, a, p, err);
    if (code != ERR_OK) {
        return code;
    }
    struct iam_subject s = {.path = path};
    at[0] = p;
    if (has_principal(p)) {
        s.open = p;
    } else {
        s.holder.identity = (struct iam_policy_set){at, 1};
    }
    return VEC_PUSH(&out->list, s) ? ERR_OK : no_memory(path, err);
}

/* Where the API's answers have the document: PolicyVersion.Document, PolicyDocument, … */
static struct json_view document_in(struct json_view root)
{
    static const char *const ways[][2] = {{"PolicyVersion", "Document"},
                                          {"PolicyDocument", NULL},
                                          {"Role", "AssumeRolePolicyDocument"},
                                          {"AssumeRolePolicyDocument", NULL},
                                          {"Document", NULL},
                                          {"Policy", NULL}};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        struct json_view v = member(root, ways[i][0]);
        if (ways[i][1] != NULL) {
            v = member(v, ways[i][1]);
        }
        if (v.kind == JSON_OBJECT || v.kind == JSON_STRING) {
            return v;
        }
    }
    return (struct json_view){0};
}

/* ---- other providers ---- */

static enum err_code add_listed(struct str path, struct str name, enum iam_provider provider,
                                const struct str *at, size_t count, struct arena *a,
                                struct iam_subjects *out, struct err *err)
{
    struct iam_subject s = {.path = path, .name = name, .provider = provider};
    struct str *kept = ARENA_ARRAY(a, struct str, count + 1);
    if (kept == NULL) {
        return no_memory(path, err);
    }
    for (size_t i = 0; i < count; i++) {
        kept[i] = at[i];
    }
    s.permissions = (struct iam_list){kept, count};
    return VEC_PUSH(&out->list, s) ? ERR_OK : no_memory(path, err);
}

struct names {
    VEC_OF(struct str);
};

static void names_release(struct names *n)
{
    VEC_FREE(n);
}

static bool add_name(struct names *into, struct json_view v, struct arena *a)
{
    struct str name;
    return v.kind != JSON_STRING || (json_text(v, a, &name) && VEC_PUSH(into, name));
}

static enum err_code add_google_role(struct str path, struct json_view root, struct arena *a,
                                     struct iam_subjects *out, struct err *err)
{
    CLEANUP(names_release) struct names names = {0};
    struct json_view list = member(root, "includedPermissions");
    struct json_view key;
    struct json_view value;
    struct str role = STR_EMPTY;
    bool fine =
        member(root, "name").kind != JSON_STRING || json_text(member(root, "name"), a, &role);
    for (struct json_iter it = json_iter_of(list); fine && json_iter_next(&it, &key, &value);) {
        fine = add_name(&names, value, a);
    }
    if (!fine) {
        return no_memory(path, err);
    }
    return add_listed(path, role, IAM_GCP, names.at, names.len, a, out, err);
}

static bool add_groups(struct names *into, struct json_view policy, struct arena *a)
{
    struct json_view groups = member(policy, "permission_groups");
    struct json_view effect = member(policy, "effect");
    struct json_view key;
    struct json_view value;
    if (effect.kind == JSON_STRING && str_eq(str_make(effect.ptr, effect.len), STR("deny"))) {
        return true;
    }
    for (struct json_iter it = json_iter_of(groups);
         groups.kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
        if (!add_name(into, member(value, "name"), a)) {
            return false;
        }
    }
    return true;
}

/* Whom it is about: the mail of a member, the name of a token. */
static bool name_of(struct json_view v, struct arena *a, struct str *out)
{
    struct json_view mail = member(member(v, "user"), "email");
    struct json_view text = mail.kind == JSON_STRING ? mail : member(v, "name");
    *out = STR_EMPTY;
    return text.kind != JSON_STRING || json_text(text, a, out);
}

/* A token or a member: its groups of permissions, and the names of its roles. */
static enum err_code add_token(struct str path, struct json_view v, struct arena *a,
                               struct iam_subjects *out, struct err *err)
{
    CLEANUP(names_release) struct names names = {0};
    struct json_view lists[] = {member(v, "policies"), member(v, "roles")};
    struct json_view key;
    struct json_view value;
    struct str name;
    bool fine = name_of(v, a, &name);
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        for (struct json_iter it = json_iter_of(lists[i]);
             fine && lists[i].kind == JSON_ARRAY && json_iter_next(&it, &key, &value);) {
            fine =
                i == 0 ? add_groups(&names, value, a) : add_name(&names, member(value, "name"), a);
        }
    }
    return fine ? add_listed(path, name, IAM_CLOUDFLARE, names.at, names.len, a, out, err)
                : no_memory(path, err);
}

static enum err_code add_tokens(struct str path, struct json_view list, struct arena *a,
                                struct iam_subjects *out, struct err *err)
{
    struct json_view key;
    struct json_view value;
    enum err_code rc = ERR_OK;
    for (struct json_iter it = json_iter_of(list);
         rc == ERR_OK && json_iter_next(&it, &key, &value);) {
        rc = value.kind == JSON_OBJECT ? add_token(path, value, a, out, err) : ERR_OK;
    }
    return rc;
}

/* ---- which is it ---- */

enum err_code iam_subjects_read(struct str path, struct str text, struct arena *a,
                                struct iam_subjects *out, struct err *err)
{
    struct json_fault fault = {0};
    struct str document;
    text = str_trim(text);
    if (text.len > IAM_DUMP_BYTES_MAX) {
        return err_set(err, ERR_LIMIT, "%.*s: larger than 256 MiB", STR_ARG(str_head(path, 200)));
    }
    if (str_istarts(text, STR("%7B")) && !url_decode(text, a, &text)) {
        return no_memory(path, err);
    }
    if (iam_bindings_are(text)) {
        return iam_bindings_read(path, text, a, out, err);
    }
    if (json_check(text, &fault) != JSON_OK) {
        return err_set(err, ERR_SYNTAX, "%.*s: not JSON at byte %zu: %s",
                       STR_ARG(str_head(path, 200)), fault.offset,
                       fault.reason == NULL ? "too deep" : fault.reason);
    }
    struct json_view root = json_view_of(text);
    if (member(root, "UserDetailList").kind == JSON_ARRAY ||
        member(root, "RoleDetailList").kind == JSON_ARRAY) {
        return iam_account_read(path, text, a, out, err);
    }
    if (member(root, "includedPermissions").kind == JSON_ARRAY) {
        return add_google_role(path, root, a, out, err);
    }
    struct json_view result = member(root, "result");
    if (result.kind == JSON_ARRAY) {
        return add_tokens(path, result, a, out, err);
    }
    struct json_view token = result.kind == JSON_OBJECT ? result : root;
    if (member(token, "policies").kind == JSON_ARRAY || member(token, "roles").kind == JSON_ARRAY) {
        return add_token(path, token, a, out, err);
    }
    struct json_view v = document_in(root);
    if (member(root, "Statement").kind != JSON_ABSENT || v.kind == JSON_ABSENT) {
        return add_policy(path, text, a, out, err);
    }
    if (!json_any_text(v, a, &document)) {
        return no_memory(path, err);
    }
    return add_policy(path, document, a, out, err);
}
