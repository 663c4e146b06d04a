#include "iam/report.h"

#include "iam/eval.h"
#include "iam/glob.h"

void iam_report_free(struct iam_report *r)
{
    if (r != NULL) {
        VEC_FREE(&r->ways);
        VEC_FREE(&r->findings);
    }
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "out of memory while permissions were checked");
}

/* One statement being looked at. */
struct looking {
    const struct iam_knowledge *k;
    const struct iam_holder *h;
    struct arena *a;
    struct iam_scratch *scratch;
    struct iam_report *out;
    const struct iam_policy *p;
    const struct iam_statement *s;
    uint64_t *bits;
};

static bool say(const struct looking *l, const char *id, enum severity severity, struct str text)
{
    struct iam_finding f = {.id = str_of(id),
                            .severity = severity,
                            .text = text,
                            .policy = l->p->name,
                            .statement = l->s->number};
    return VEC_PUSH(&l->out->findings, f);
}

/* ---- what is given ---- */

static bool reaches_all(const struct iam_statement *s)
{
    for (size_t i = 0; !s->not_resource && i < s->resources.len; i++) {
        if (iam_reach_of(s->resources.at[i]) == IAM_REACH_ANY) {
            return true;
        }
    }
    return s->not_resource;
}

static bool has_star_resource(const struct iam_statement *s)
{
    for (size_t i = 0; i < s->resources.len; i++) {
        if (str_eq(s->resources.at[i], STR("*"))) {
            return !s->not_resource;
        }
    }
    return s->not_resource;
}

static enum severity softened(const struct iam_statement *s, enum severity severity)
{
    return s->condition_count > 0 && severity > SEVERITY_LOW ? severity - 1 : severity;
}

/* Is it taken away again, as a whole? */
static bool is_denied(const struct looking *l, struct str action)
{
    struct iam_list any = {&STR("*"), 1};
    return iam_grant_of(l->h, action, &any, NULL, 0, l->scratch).answer == IAM_NO;
}

/* The highest level among the service's actions that are not denied again. */
static enum iam_level level_of(const struct looking *l, const struct iam_service *s)
{
    enum iam_level level = IAM_LIST;
    for (size_t i = s->first; i < s->first + s->count; i++) {
        const struct iam_action *a = iam_catalog_at(l->k->catalog, i);
        if (a->level > level && !is_denied(l, a->name)) {
            level = a->level;
        }
    }
    return level;
}

static const struct iam_service *service_named(const struct iam_catalog *c, struct str name)
{
    for (size_t i = 0; i < iam_catalog_services(c); i++) {
        if (str_ieq(iam_catalog_service(c, i)->name, name)) {
            return iam_catalog_service(c, i);
        }
    }
    return NULL;
}

/* "lambda:*" with "*": all of a service. */
static bool look_at_service(const struct looking *l, struct str action)
{
    struct str text;
    struct str rest = action;
    struct str name;
    if (!str_cut(&rest, ':', &name) || !str_eq(rest, STR("*"))) {
        return true;
    }
    const struct iam_service *service = service_named(l->k->catalog, name);
    enum iam_level level = service == NULL ? IAM_LIST : level_of(l, service);
    if (level < IAM_WRITE) {
        return true;
    }
    enum severity severity = level == IAM_PERMISSIONS ? SEVERITY_HIGH : SEVERITY_LOW;
    bool rights = str_ieq(name, STR("iam")) || str_ieq(name, STR("sts")) ||
                  str_ieq(name, STR("organizations"));
    return arena_printf(l->a, &text, "allows every action of %.*s on any resource",
                        STR_ARG(str_head(name, 60))) &&
           say(l, "service-wide", softened(l->s, rights ? SEVERITY_CRITICAL : severity), text);
}

static bool look_at_width(const struct looking *l)
{
    if (l->s->not_action) {
        return say(l, "not-action", softened(l->s, SEVERITY_HIGH),
                   STR("allows everything but what NotAction lists, new services included"));
    }
    for (size_t i = 0; i < l->s->actions.len; i++) {
        struct str action = l->s->actions.at[i];
        if (str_eq(action, STR("*")) || str_eq(action, STR("*:*"))) {
            return say(l, "administrator", softened(l->s, SEVERITY_CRITICAL),
                       STR("allows every action on any resource"));
        }
        if (!look_at_service(l, action)) {
            return false;
        }
    }
    return true;
}

/* Names the first few; the rest is counted. */
enum { NAMED_MAX = 6 };

static bool look_at_exposure(const struct looking *l)
{
    struct str names = STR_EMPTY;
    size_t count = 0;
    memset(l->bits, 0, iam_catalog_words(l->k->catalog) * sizeof(*l->bits));
    iam_catalog_mark(l->k->catalog, l->s, l->bits);
    for (size_t i = 0; i < iam_catalog_count(l->k->catalog); i++) {
        const struct iam_action *a = iam_catalog_at(l->k->catalog, i);
        if (!iam_marked(l->bits, i) || a->level != IAM_PERMISSIONS ||
            l->out->extent.breadth[i] <= 0) {
            continue;
        }
        count++;
        if (count <= NAMED_MAX && !arena_printf(l->a, &names, "%.*s%s%.*s", STR_ARG(names),
                                                count == 1 ? "" : ", ", STR_ARG(a->name))) {
            return false;
        }
    }
    if (count == 0) {
        return true;
    }
    struct str text;
    return arena_printf(l->a, &text, "can change who may do what, on any resource: %.*s%s",
                        STR_ARG(names), count > NAMED_MAX ? ", …" : "") &&
           say(l, "resource-exposure", softened(l->s, SEVERITY_MEDIUM), text);
}

static bool look_at_statement(const struct looking *l)
{
    if (l->s->effect != IAM_ALLOW || !reaches_all(l->s)) {
        return true;
    }
    if (has_star_resource(l->s) && !look_at_width(l)) {
        return false;
    }
    return look_at_exposure(l);
}

static enum err_code find_ways(const struct iam_knowledge *k, const struct iam_holder *h,
                               struct iam_scratch *scratch, struct iam_report *out, struct err *err)
{
    for (size_t i = 0; i < k->paths.len; i++) {
        struct iam_way w;
        if (k->paths.at[i].provider == IAM_AWS &&
            iam_path_find(&k->paths.at[i], h, scratch, &w) != IAM_NO && !VEC_PUSH(&out->ways, w)) {
            return no_memory(err);
        }
    }
    return scratch->failed ? no_memory(err) : ERR_OK;
}

enum err_code iam_report_of(const struct iam_knowledge *k, const struct iam_holder *h,
                            struct arena *a, struct iam_report *out, struct err *err)
{
    struct iam_scratch scratch = {.arena = a};
    struct looking l = {.k = k, .h = h, .a = a, .scratch = &scratch, .out = out};
    enum err_code code = iam_measure(k->catalog, h, a, &out->extent, err);
    if (code == ERR_OK) {
        code = find_ways(k, h, &scratch, out, err);
    }
    if (code != ERR_OK) {
        return code;
    }
    l.bits = ARENA_ARRAY(a, uint64_t, iam_catalog_words(k->catalog));
    if (l.bits == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < h->identity.len; i++) {
        l.p = h->identity.at[i];
        for (size_t n = 0; n < l.p->statement_count; n++) {
            l.s = &l.p->statements[n];
            if (!look_at_statement(&l)) {
                return no_memory(err);
            }
        }
    }
    return scratch.failed ? no_memory(err) : ERR_OK;
}

/* ---- who is let in ---- */

static bool has_key(const struct iam_statement *s, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < s->condition_count; i++) {
        for (size_t k = 0; k < count; k++) {
            struct str key = str_of(keys[k]);
            bool tail = key.ptr[0] == ':'; /* "token.actions.githubusercontent.com:sub" */
            if (tail ? str_iends(s->conditions[i].key, key) : str_ieq(s->conditions[i].key, key)) {
                return true;
            }
        }
    }
    return false;
}

static bool look_at_principals(const struct looking *l)
{
    static const char *const whose[] = {
        "aws:SourceAccount",    "aws:SourceArn",         "aws:SourceOrgID",
        "aws:SourceOrgPaths",   "aws:PrincipalOrgID",    "aws:PrincipalArn",
        "aws:PrincipalAccount", "aws:PrincipalOrgPaths", "aws:SourceVpce",
        "aws:SourceVpc",        "aws:SourceIp",          "lambda:FunctionUrlAuthType",
        "kms:CallerAccount"};
    static const char *const subject[] = {":sub", ":amr", "SAML:sub", "SAML:namequalifier"};
    const struct iam_list *aws = &l->s->principals[IAM_PRINCIPAL_AWS];
    bool tied = has_key(l->s, whose, ARRAY_LEN(whose));
    struct str text;
    for (size_t i = 0; !tied && i < aws->len; i++) {
        if (str_eq(aws->at[i], STR("*"))) {
            return say(l, "public", SEVERITY_CRITICAL,
                       STR("lets anybody in: the principal is \"*\" and no condition says whose"));
        }
    }
    const struct iam_list *providers = &l->s->principals[IAM_PRINCIPAL_FEDERATED];
    for (size_t i = 0; i < providers->len; i++) {
        bool saml = str_find(providers->at[i], STR(":saml-provider/")) != SIZE_MAX;
        if (!saml && !has_key(l->s, subject, ARRAY_LEN(subject)) &&
            (!arena_printf(l->a, &text,
                           "lets in every identity of %.*s: no condition on its subject",
                           STR_ARG(str_head(providers->at[i], 120))) ||
             !say(l, "any-identity", SEVERITY_HIGH, text))) {
            return false;
        }
    }
    const struct iam_list *services = &l->s->principals[IAM_PRINCIPAL_SERVICE];
    bool assume = iam_statement_has_action(l->s, STR("sts:AssumeRole"));
    for (size_t i = 0; !tied && !assume && i < services->len; i++) {
        if (!arena_printf(l->a, &text,
                          "lets %.*s in on behalf of any account: aws:SourceAccount or "
                          "aws:SourceArn is due",
                          STR_ARG(str_head(services->at[i], 80))) ||
            !say(l, "confused-deputy", SEVERITY_MEDIUM, text)) {
            return false;
        }
    }
    return true;
}

enum err_code iam_report_openness(const struct iam_policy *p, struct arena *a,
                                  struct iam_report *out, struct err *err)
{
    for (size_t i = 0; i < p->statement_count; i++) {
        struct looking l = {.a = a, .out = out, .p = p, .s = &p->statements[i]};
        if (l.s->effect != IAM_ALLOW || !l.s->has_principal) {
            continue;
        }
        bool fine = l.s->not_principal ? say(&l, "public", SEVERITY_CRITICAL,
                                             STR("lets in everybody but whom NotPrincipal lists"))
                                       : look_at_principals(&l);
        if (!fine) {
            return no_memory(err);
        }
    }
    return ERR_OK;
}

enum err_code iam_report_listed(const struct iam_knowledge *k, enum iam_provider provider,
                                const struct iam_list *permissions, struct iam_report *out,
                                struct err *err)
{
    for (size_t i = 0; i < k->paths.len; i++) {
        const struct iam_path *p = &k->paths.at[i];
        struct iam_way w = {.path = p, .answer = IAM_YES, .reach = IAM_REACH_ANY};
        if (p->provider == provider && iam_path_in(p, permissions) && !VEC_PUSH(&out->ways, w)) {
            return no_memory(err);
        }
    }
    return ERR_OK;
}
