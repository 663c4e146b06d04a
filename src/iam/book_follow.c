/*
 * book_follow - what one IAM call does to the book, and what it newly allows to whom.
 */
#include <stdlib.h>

#include "base/timefmt.h"
#include "iam/book_priv.h"

enum { NAMED_MAX = 5 };

/* Whom a call concerns, with what it might do before. */
struct affected {
    struct principal *p;
    struct iam_report before;
};

struct step {
    struct iam_book *b;
    const struct iam_change_event *e;
    const struct iam_policy *policy; /* that is put or attached; NULL: none, or not known */
    struct group *group;
    struct arena work; /* of the reports */
    struct {
        VEC_OF(struct affected);
    } affected;
};

static void step_release(struct step *s)
{
    for (size_t i = 0; i < s->affected.len; i++) {
        iam_report_free(&s->affected.at[i].before);
    }
    VEC_FREE(&s->affected);
    arena_free(&s->work);
}

static bool is(const struct step *s, const char *action)
{
    return str_eq(s->e->action, str_of(action));
}

/* ---- what is said of one principal ---- */

static bool has_way(const struct iam_report *r, const struct iam_way *w)
{
    for (size_t i = 0; i < r->ways.len; i++) {
        if (r->ways.at[i].path == w->path && r->ways.at[i].answer >= w->answer) {
            return true;
        }
    }
    return false;
}

/* Of each level from the most powerful down, what is newly allowed. */
static bool name_some(struct iam_book *b, const struct iam_report *before,
                      const struct iam_report *after, struct iam_growth *g)
{
    g->some = STR_EMPTY;
    for (unsigned level = IAM_LEVEL_MAX_; level-- > 0;) {
        for (size_t i = 0; i < iam_catalog_count(b->catalog); i++) {
            const struct iam_action *a = iam_catalog_at(b->catalog, i);
            if ((unsigned)a->level != level || after->extent.breadth[i] <= 0 ||
                before->extent.breadth[i] > 0) {
                continue;
            }
            g->newly_allowed++;
            g->newly_by_level[level]++;
            if (g->newly_allowed <= NAMED_MAX &&
                !arena_printf(&b->arena, &g->some, "%.*s%s%.*s", STR_ARG(g->some),
                              g->newly_allowed == 1 ? "" : ", ", STR_ARG(a->name))) {
                return false;
            }
        }
    }
    return true;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *at, size_t n)
{
    qsort(at, n, sizeof(*at), by_value);
    return n % 2 == 1 ? at[n / 2] : (at[n / 2 - 1] + at[n / 2]) / 2;
}

/* Median absolute deviation of the scores it had; 0 where it never moved. */
static double swing_of(const struct principal *p)
{
    double at[SCORES_KEPT];
    size_t n = p->score_count;
    if (n < 3) {
        return 0;
    }
    memcpy(at, p->scores, n * sizeof(at[0]));
    double mid = median(at, n);
    for (size_t i = 0; i < n; i++) {
        at[i] = p->scores[i] > mid ? p->scores[i] - mid : mid - p->scores[i];
    }
    return median(at, n);
}

static enum err_code tell(struct step *s, struct principal *p, const struct iam_report *before,
                          const struct iam_report *after, struct iam_growths *out, struct err *err)
{
    struct iam_growth g = {.name = p->name,
                           .arn = p->arn,
                           .is_role = p->is_role,
                           .score_before = before->extent.score,
                           .score_after = after->extent.score};
    g.jumped = iam_score_jumped(g.score_before, g.score_after) &&
               g.score_after - g.score_before > 3 * swing_of(p);
    book_note_score(p, after->extent.score);
    bool fine = name_some(s->b, before, after, &g);
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
    return !fine || grew ? book_no_memory(err) : ERR_OK;
}

/* ---- whom it concerns ---- */

static enum err_code concern(struct step *s, struct principal *p, struct err *err)
{
    struct affected a = {.p = p};
    if (s->affected.len >= IAM_AFFECTED_MAX) {
        return ERR_OK;
    }
    enum err_code code = book_look(s->b, p, NULL, NULL, &s->work, &a.before, err);
    if (code == ERR_OK && !VEC_PUSH(&s->affected, a)) {
        code = book_no_memory(err);
    }
    if (code != ERR_OK) {
        iam_report_free(&a.before);
    }
    return code;
}

static size_t position(const struct policy_list *l, struct str name)
{
    size_t i = 0;
    while (i < l->len && !str_eq(l->at[i]->name, name)) {
        i++;
    }
    return i;
}

static bool holds(const struct principal *p, const struct group *g, struct str policy)
{
    bool has = g == NULL && position(&p->policies, policy) < p->policies.len;
    for (size_t i = 0; !has && i < p->groups.len; i++) {
        const struct group *one = p->groups.at[i];
        has = g != NULL ? one == g : position(&one->policies, policy) < one->policies.len;
    }
    return has;
}

/* All members of a group, or without one all holders of the policy. */
static enum err_code concern_holders(struct step *s, const struct group *g, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < s->b->principals.len; i++) {
        struct principal *p = s->b->principals.at[i].value;
        if (p != NULL && !p->gone && holds(p, g, s->e->policy)) {
            code = concern(s, p, err);
        }
    }
    return code;
}

/* ---- what it does ---- */

static void drop(struct policy_list *l, struct str name)
{
    size_t at = position(l, name);
    if (at < l->len) {
        l->at[at] = l->at[l->len - 1];
        l->len--;
    }
}

/* False: out of memory. */
static bool put(struct policy_list *l, const struct iam_policy *p)
{
    size_t at = position(l, p->name);
    if (at < l->len) {
        l->at[at] = p;
        return true;
    }
    return VEC_PUSH(l, p);
}

static bool change_list(const struct step *s, struct policy_list *l)
{
    if (str_starts(s->e->action, STR("Delete")) || str_starts(s->e->action, STR("Detach"))) {
        drop(l, s->e->policy);
        return true;
    }
    return s->policy == NULL || put(l, s->policy);
}

static void replace_everywhere(const struct step *s)
{
    for (size_t i = 0; i < s->b->principals.len + s->b->groups.len; i++) {
        struct policy_list *l = NULL;
        if (i < s->b->principals.len) {
            struct principal *p = s->b->principals.at[i].value;
            l = p == NULL ? NULL : &p->policies;
        } else {
            struct group *g = s->b->groups.at[i - s->b->principals.len].value;
            l = g == NULL ? NULL : &g->policies;
        }
        size_t at = l == NULL ? 0 : position(l, s->policy->name);
        if (l != NULL && at < l->len) {
            l->at[at] = s->policy;
        }
    }
}

/* In the group or out of it. */
static bool change_membership(const struct step *s, struct principal *p)
{
    size_t i = 0;
    while (i < p->groups.len && p->groups.at[i] != s->group) {
        i++;
    }
    if (is(s, "AddUserToGroup")) {
        return i < p->groups.len || VEC_PUSH(&p->groups, s->group);
    }
    if (i < p->groups.len) {
        p->groups.at[i] = p->groups.at[--p->groups.len];
    }
    return true;
}

static bool change_tags(const struct step *s, struct principal *p)
{
    for (size_t i = 0; i < s->e->tags.len; i++) {
        struct str rest = s->e->tags.at[i];
        struct str key;
        if (str_cut(&rest, '=', &key) && !book_set_tag(s->b, p, key, &rest)) {
            return false;
        }
    }
    for (size_t i = 0; i < s->e->untag.len; i++) {
        if (!book_set_tag(s->b, p, s->e->untag.at[i], NULL)) {
            return false;
        }
    }
    return true;
}

static bool change_principal(const struct step *s, struct principal *p)
{
    if (is(s, "DeleteRole") || is(s, "DeleteUser")) {
        p->gone = true;
        return true;
    }
    if (str_ends(s->e->action, STR("PermissionsBoundary"))) {
        p->boundary = book_policy(s->b, s->e->boundary);
        return true;
    }
    if (str_ends(s->e->action, STR("Group"))) {
        return change_membership(s, p);
    }
    if (str_starts(s->e->action, STR("Tag")) || str_starts(s->e->action, STR("Untag"))) {
        return change_tags(s, p);
    }
    return change_list(s, &p->policies);
}

/* ---- before and after ---- */

/* The dump is of later: it has what this call made. What was it like without? */
static enum err_code look_back(struct step *s, struct affected *a, const struct iam_report *after,
                               struct err *err)
{
    bool same = a->before.extent.score <= after->extent.score &&
                a->before.extent.score >= after->extent.score &&
                a->before.ways.len == after->ways.len;
    bool membership = is(s, "AddUserToGroup");
    if (!same || (s->policy == NULL && !membership) || s->e->time_us == TIME_NONE ||
        s->e->time_us >= s->b->as_of_us) {
        return ERR_OK;
    }
    iam_report_free(&a->before);
    a->before = (struct iam_report){0};
    return book_look(s->b, a->p, s->policy, membership ? s->group : NULL, &s->work, &a->before,
                     err);
}

static enum err_code compare(struct step *s, struct iam_growths *out, struct err *err)
{
    enum err_code code = ERR_OK;
    for (size_t i = 0; code == ERR_OK && i < s->affected.len; i++) {
        struct affected *a = &s->affected.at[i];
        CLEANUP(iam_report_free) struct iam_report after = {0};
        if (a->p->gone) {
            continue;
        }
        code = book_look(s->b, a->p, NULL, NULL, &s->work, &after, err);
        code = code ? code : look_back(s, a, &after, err);
        code = code ? code : tell(s, a->p, &a->before, &after, out, err);
    }
    return code;
}

/* ---- documents ---- */

/* A document that AWS took and we cannot read changes nothing here. */
static enum err_code read_document(struct step *s, struct str name, struct str document,
                                   struct err *err)
{
    struct err why = {0};
    struct str text;
    struct iam_policy *p = ARENA_NEW(&s->b->arena, struct iam_policy);
    if (p == NULL || !arena_dup(&s->b->arena, name, &name) ||
        !arena_dup(&s->b->arena, document, &text)) {
        return book_no_memory(err);
    }
    enum err_code code = iam_policy_parse(name, text, &s->b->arena, p, &why);
    if (code == ERR_NOMEM) {
        return book_no_memory(err);
    }
    s->policy = code == ERR_OK ? p : NULL;
    return ERR_OK;
}

/* The slot of the version that the call names (a new policy's is the first); NULL: out of memory. */
static struct slot *version_slot(const struct step *s)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str key;
    struct str version = s->e->version.len > 0 ? s->e->version : STR("v1");
    return arena_printf(&a, &key, "%.*s@%.*s", STR_ARG(s->e->policy), STR_ARG(version))
               ? book_slot(s->b, key)
               : NULL;
}

/* A managed policy is made, or has other contents. */
static enum err_code follow_policy(struct step *s, struct err *err)
{
    struct slot *version = version_slot(s);
    enum err_code code = ERR_OK;
    if (version == NULL) {
        return book_no_memory(err);
    }
    if (is(s, "SetDefaultPolicyVersion")) {
        s->policy = version->policy;
        if (s->policy == NULL && version->document.len > 0) {
            code = read_document(s, s->e->policy, version->document, err);
        }
    }
    if (code != ERR_OK || s->policy == NULL) {
        return code;
    }
    version->policy = s->policy;
    if (is(s, "CreatePolicyVersion") && str_eq(s->e->is_default, STR("false"))) {
        return ERR_OK;
    }
    struct slot *slot = book_slot(s->b, s->e->policy);
    if (slot == NULL) {
        return book_no_memory(err);
    }
    slot->policy = s->policy;
    code = concern_holders(s, NULL, err);
    if (code == ERR_OK) {
        replace_everywhere(s);
    }
    return code;
}

/* ---- principals and groups ---- */

static enum err_code make_principal(struct step *s, struct err *err)
{
    bool is_role = s->e->role.len > 0;
    struct principal *p =
        book_begin(s->b, s->e->account, is_role, is_role ? s->e->role : s->e->user);
    if (p == NULL || !change_tags(s, p)) {
        return book_no_memory(err);
    }
    p->boundary = book_policy(s->b, s->e->boundary);
    return ERR_OK;
}

static enum err_code follow_principal(struct step *s, struct err *err)
{
    bool is_role = s->e->role.len > 0;
    struct principal *p =
        book_principal(s->b, s->e->account, is_role, is_role ? s->e->role : s->e->user);
    if (p == NULL || (str_ends(s->e->action, STR("Group")) && s->group == NULL)) {
        return ERR_OK;
    }
    enum err_code code = concern(s, p, err);
    return code == ERR_OK && !change_principal(s, p) ? book_no_memory(err) : code;
}

static enum err_code follow_group(struct step *s, struct err *err)
{
    if (is(s, "CreateGroup")) {
        return book_begin_group(s->b, s->e->account, s->e->group) == NULL ? book_no_memory(err)
                                                                          : ERR_OK;
    }
    if (s->group == NULL) {
        return ERR_OK;
    }
    enum err_code code = concern_holders(s, s->group, err);
    if (code != ERR_OK) {
        return code;
    }
    if (is(s, "DeleteGroup")) {
        s->group->gone = true;
        return ERR_OK;
    }
    return change_list(s, &s->group->policies) ? ERR_OK : book_no_memory(err);
}

/* ---- which call ---- */

enum about { ABOUT_NOTHING, ABOUT_POLICY, ABOUT_NEW, ABOUT_PRINCIPAL, ABOUT_GROUP };

static enum about about_of(const struct iam_change_event *e)
{
    static const struct {
        const char *action;
        enum about about;
    } rows[] = {
        {"CreatePolicy", ABOUT_POLICY},
        {"CreatePolicyVersion", ABOUT_POLICY},
        {"SetDefaultPolicyVersion", ABOUT_POLICY},
        {"CreateRole", ABOUT_NEW},
        {"CreateUser", ABOUT_NEW},
        {"DeleteRole", ABOUT_PRINCIPAL},
        {"DeleteUser", ABOUT_PRINCIPAL},
        {"PutRolePolicy", ABOUT_PRINCIPAL},
        {"PutUserPolicy", ABOUT_PRINCIPAL},
        {"DeleteRolePolicy", ABOUT_PRINCIPAL},
        {"DeleteUserPolicy", ABOUT_PRINCIPAL},
        {"AttachRolePolicy", ABOUT_PRINCIPAL},
        {"AttachUserPolicy", ABOUT_PRINCIPAL},
        {"DetachRolePolicy", ABOUT_PRINCIPAL},
        {"DetachUserPolicy", ABOUT_PRINCIPAL},
        {"PutRolePermissionsBoundary", ABOUT_PRINCIPAL},
        {"PutUserPermissionsBoundary", ABOUT_PRINCIPAL},
        {"DeleteRolePermissionsBoundary", ABOUT_PRINCIPAL},
        {"DeleteUserPermissionsBoundary", ABOUT_PRINCIPAL},
        {"AddUserToGroup", ABOUT_PRINCIPAL},
        {"RemoveUserFromGroup", ABOUT_PRINCIPAL},
        {"TagRole", ABOUT_PRINCIPAL},
        {"TagUser", ABOUT_PRINCIPAL},
        {"UntagRole", ABOUT_PRINCIPAL},
        {"UntagUser", ABOUT_PRINCIPAL},
        {"CreateGroup", ABOUT_GROUP},
        {"DeleteGroup", ABOUT_GROUP},
        {"PutGroupPolicy", ABOUT_GROUP},
        {"DeleteGroupPolicy", ABOUT_GROUP},
        {"AttachGroupPolicy", ABOUT_GROUP},
        {"DetachGroupPolicy", ABOUT_GROUP},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (str_eq(e->action, str_of(rows[i].action))) {
            bool named = rows[i].about == ABOUT_GROUP    ? e->group.len > 0
                         : rows[i].about == ABOUT_POLICY ? e->policy.len > 0
                                                         : e->role.len > 0 || e->user.len > 0;
            return named ? rows[i].about : ABOUT_NOTHING;
        }
    }
    return ABOUT_NOTHING;
}

enum err_code iam_book_follow(struct iam_book *b, const struct iam_change_event *e,
                              struct iam_growths *out, struct err *err)
{
    enum about about = about_of(e);
    if (about == ABOUT_NOTHING) {
        return ERR_OK;
    }
    CLEANUP(step_release)
    struct step s = {.b = b,
                     .e = e,
                     .policy = book_policy(b, e->policy),
                     .group = book_group(b, e->account, e->group)};
    enum err_code code =
        e->document.len > 0 ? read_document(&s, e->policy, e->document, err) : ERR_OK;
    if (code != ERR_OK) {
        return code;
    }
    switch (about) {
    case ABOUT_POLICY:
        code = follow_policy(&s, err);
        break;
    case ABOUT_NEW:
        code = make_principal(&s, err);
        break;
    case ABOUT_PRINCIPAL:
        code = follow_principal(&s, err);
        break;
    case ABOUT_GROUP:
        code = follow_group(&s, err);
        break;
    case ABOUT_NOTHING:
    default:
        break;
    }
    return code ? code : compare(&s, out, err);
}
