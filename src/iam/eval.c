#include "iam/eval.h"

#include "iam/glob.h"

const char *iam_reason_text(enum iam_reason r)
{
    static const char *const texts[IAM_REASON_MAX_] = {
        [IAM_ALLOWED] = "allowed",
        [IAM_DENIED] = "denied",
        [IAM_NOT_GRANTED] = "granted by no policy of the identity",
        [IAM_NOT_IN_BOUNDARY] = "outside the permissions boundary",
        [IAM_NOT_IN_SESSION] = "outside the session's policy",
        [IAM_NOT_IN_ORGANISATION] = "outside what the organisation allows",
        [IAM_NOT_BY_RESOURCE] = "not granted by the resource's own policy",
    };
    return (unsigned)r < IAM_REASON_MAX_ ? texts[r] : "?";
}

/* ---- one statement ---- */

bool iam_statement_has_action(const struct iam_statement *s, struct str action)
{
    bool listed = false;
    for (size_t i = 0; i < s->actions.len && !listed; i++) {
        listed = iam_glob(s->actions.at[i], action, IAM_GLOB_FOLD);
    }
    return listed != s->not_action;
}

static enum iam_answer resource_matches(const struct iam_statement *s, bool variables,
                                        const struct iam_request *r, struct iam_scratch *scratch)
{
    enum iam_answer listed = IAM_NO;
    if (!s->has_resource) {
        return IAM_YES; /* a trust policy: the resource is the role that has it */
    }
    for (size_t i = 0; i < s->resources.len && listed != IAM_YES; i++) {
        struct str want = s->resources.at[i];
        bool filled = false;
        enum iam_answer one = IAM_YES;
        if (variables) {
            one = iam_fill_in(want, r, true, scratch, &want, &filled);
        }
        if (one == IAM_YES && !iam_glob(want, r->resource, filled ? IAM_GLOB_ESCAPED : 0)) {
            one = IAM_NO;
        }
        listed = iam_or(listed, one);
    }
    return s->not_resource ? iam_not(listed) : listed;
}

enum iam_answer iam_statement_matches(const struct iam_statement *s, const struct iam_policy *p,
                                      const struct iam_request *r, struct iam_scratch *scratch)
{
    if (!iam_statement_has_action(s, r->action)) {
        return IAM_NO;
    }
    enum iam_answer answer = resource_matches(s, p->variables, r, scratch);
    for (size_t i = 0; i < s->condition_count && answer != IAM_NO; i++) {
        answer = iam_and(answer, iam_condition_holds(&s->conditions[i], p->variables, r, scratch));
    }
    return answer;
}

/* ---- principals ---- */

static bool is_account(struct str text, struct str account)
{
    if (account.len == 0) {
        return false;
    }
    if (str_eq(text, account)) {
        return true;
    }
    size_t at = str_find(text, STR(":iam::"));
    struct str rest = at == SIZE_MAX ? STR_EMPTY : str_from(text, at + STR(":iam::").len);
    return str_starts(rest, account) && str_eq(str_from(rest, account.len), STR(":root"));
}

static bool lists(const struct iam_list *list, struct str text)
{
    for (size_t i = 0; text.len > 0 && i < list->len; i++) {
        if (str_eq(list->at[i], text)) {
            return true;
        }
    }
    return false;
}

static bool lists_account(const struct iam_list *list, struct str account)
{
    for (size_t i = 0; i < list->len; i++) {
        if (is_account(list->at[i], account)) {
            return true;
        }
    }
    return false;
}

/* NotPrincipal leaves out only whom it names whole: session, role or user, and account. */
static enum iam_naming left_out(const struct iam_statement *s, const struct iam_caller *c)
{
    const struct iam_list *aws = &s->principals[IAM_PRINCIPAL_AWS];
    bool named = lists(aws, STR("*")) || lists(&s->principals[IAM_PRINCIPAL_SERVICE], c->service) ||
                 lists(&s->principals[IAM_PRINCIPAL_FEDERATED], c->federated) ||
                 lists(&s->principals[IAM_PRINCIPAL_CANONICAL], c->canonical);
    if (c->account.len > 0 && !named) {
        named = lists_account(aws, c->account) && (c->arn.len == 0 || lists(aws, c->arn)) &&
                (c->session.len == 0 || lists(aws, c->session));
    }
    return named ? IAM_UNNAMED : IAM_NAMED_ROLE;
}

enum iam_naming iam_statement_names(const struct iam_statement *s, const struct iam_caller *c)
{
    const struct iam_list *aws = &s->principals[IAM_PRINCIPAL_AWS];
    if (s->not_principal) {
        return left_out(s, c);
    }
    if (lists(&s->principals[IAM_PRINCIPAL_SERVICE], c->service) ||
        lists(&s->principals[IAM_PRINCIPAL_FEDERATED], c->federated) ||
        lists(&s->principals[IAM_PRINCIPAL_CANONICAL], c->canonical) || lists(aws, c->session)) {
        return IAM_NAMED_SELF;
    }
    if (lists(aws, c->arn)) {
        return c->session.len == 0 ? IAM_NAMED_SELF : IAM_NAMED_ROLE;
    }
    if (lists(aws, STR("*"))) {
        return IAM_NAMED_ROLE;
    }
    return lists_account(aws, c->account) ? IAM_NAMED_ACCOUNT : IAM_UNNAMED;
}

/* ---- sets ---- */

struct found {
    enum iam_answer answer;
    const struct iam_policy *policy;
    const struct iam_statement *by;
};

static void take(struct found *f, enum iam_answer answer, const struct iam_policy *p,
                 const struct iam_statement *s)
{
    if (answer > f->answer) {
        *f = (struct found){answer, p, s};
    }
}

static void look_into(struct found *f, const struct iam_policy *p, enum iam_effect effect,
                      const struct iam_request *r, struct iam_scratch *scratch)
{
    for (size_t i = 0; i < p->statement_count && f->answer != IAM_YES; i++) {
        const struct iam_statement *s = &p->statements[i];
        if (s->effect == effect) {
            take(f, iam_statement_matches(s, p, r, scratch), p, s);
        }
    }
}

static struct found look(const struct iam_policy_set *set, enum iam_effect effect,
                         const struct iam_request *r, struct iam_scratch *scratch)
{
    struct found f = {0};
    for (size_t i = 0; set != NULL && i < set->len; i++) {
        look_into(&f, set->at[i], effect, r, scratch);
    }
    return f;
}

/* What the resource's policy says to the caller, by statements that name it at least so. */
static struct found look_at_resource(const struct iam_policies *p, enum iam_effect effect,
                                     enum iam_naming least, const struct iam_request *r,
                                     struct iam_scratch *scratch)
{
    struct found f = {0};
    for (size_t i = 0; p->resource != NULL && i < p->resource->statement_count; i++) {
        const struct iam_statement *s = &p->resource->statements[i];
        /* Deny with NotPrincipal spares nobody who has a permissions boundary (IAM User Guide,
         * "Permissions boundaries for IAM entities"). */
        bool spares_none = effect == IAM_DENY && s->not_principal && p->boundary != NULL;
        if (s->effect == effect && (spares_none || iam_statement_names(s, &r->caller) >= least)) {
            take(&f, iam_statement_matches(s, p->resource, r, scratch), p->resource, s);
        }
    }
    return f;
}

static struct found denied(const struct iam_policies *p, const struct iam_request *r,
                           struct iam_scratch *scratch)
{
    struct found f = look_at_resource(p, IAM_DENY, IAM_NAMED_ACCOUNT, r, scratch);
    const struct iam_policy_set *const sets[] = {&p->identity, p->boundary, p->session};
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        struct found one = look(sets[i], IAM_DENY, r, scratch);
        take(&f, one.answer, one.policy, one.by);
    }
    for (size_t i = 0; i < p->level_count; i++) {
        struct found one = look(&p->levels[i], IAM_DENY, r, scratch);
        take(&f, one.answer, one.policy, one.by);
    }
    return f;
}

/* ---- the whole ---- */

/* An allowance and what bounds it. */
struct side {
    enum iam_answer answer;
    enum iam_reason reason; /* why it is not IAM_YES */
    struct found by;
};

static void bound(struct side *s, enum iam_answer within, enum iam_reason reason)
{
    if (within < s->answer) {
        s->answer = within;
        s->reason = reason;
    }
}

static void bound_by_sets(struct side *side, const struct iam_policies *p,
                          const struct iam_request *r, struct iam_scratch *scratch)
{
    if (p->boundary != NULL) {
        bound(side, look(p->boundary, IAM_ALLOW, r, scratch).answer, IAM_NOT_IN_BOUNDARY);
    }
    if (p->session != NULL) {
        bound(side, look(p->session, IAM_ALLOW, r, scratch).answer, IAM_NOT_IN_SESSION);
    }
}

static struct side identity_side(const struct iam_policies *p, const struct iam_request *r,
                                 struct iam_scratch *scratch)
{
    struct side side = {.by = look(&p->identity, IAM_ALLOW, r, scratch)};
    side.answer = side.by.answer;
    side.reason = IAM_NOT_GRANTED;
    bound_by_sets(&side, p, r, scratch);
    return side;
}

static struct side resource_side(const struct iam_policies *p, enum iam_naming least,
                                 const struct iam_request *r, struct iam_scratch *scratch)
{
    struct side side = {.by = look_at_resource(p, IAM_ALLOW, least, r, scratch)};
    side.answer = side.by.answer;
    side.reason = IAM_NOT_BY_RESOURCE;
    return side;
}

static struct side better(struct side a, struct side b)
{
    return b.answer > a.answer ? b : a;
}

static struct side worse(struct side a, struct side b)
{
    return b.answer < a.answer ? b : a;
}

static struct side allowed(const struct iam_policies *p, const struct iam_request *r,
                           struct iam_scratch *scratch)
{
    bool foreign = r->account.len > 0 && !str_eq(r->account, r->caller.account);
    bool service = r->caller.service.len > 0 || r->caller.federated.len > 0;
    struct side identity = identity_side(p, r, scratch);
    struct side named = resource_side(p, IAM_NAMED_ACCOUNT, r, scratch);
    if (service) {
        return resource_side(p, IAM_NAMED_ROLE, r, scratch); /* it has no identity policies */
    }
    if (foreign) {
        return worse(identity, named);
    }
    struct side self = resource_side(p, IAM_NAMED_SELF, r, scratch);
    struct side role = resource_side(p, IAM_NAMED_ROLE, r, scratch);
    bound_by_sets(&role, p, r, scratch);
    struct side all = better(self, role);
    return p->resource_rules ? better(all, worse(identity, named)) : better(identity, all);
}

enum err_code iam_evaluate(const struct iam_policies *p, const struct iam_request *r,
                           struct arena *a, struct iam_decision *out, struct err *err)
{
    struct iam_scratch scratch = {.arena = a, .missing_key = STR_EMPTY};
    struct found deny = denied(p, r, &scratch);
    struct side side = allowed(p, r, &scratch);
    for (size_t i = 0; i < p->level_count; i++) {
        bound(&side, look(&p->levels[i], IAM_ALLOW, r, &scratch).answer, IAM_NOT_IN_ORGANISATION);
    }
    if (scratch.failed) {
        return err_set(err, ERR_NOMEM, "out of memory while policies were evaluated");
    }
    struct iam_decision d = {.answer = iam_and(side.answer, iam_not(deny.answer)),
                             .missing_key = STR_EMPTY};
    if (d.answer < side.answer) {
        d.reason = IAM_DENIED;
        d.policy = deny.policy;
        d.by = deny.by;
    } else if (side.answer == IAM_NO) {
        d.reason = side.reason;
    } else {
        d.reason = IAM_ALLOWED;
        d.policy = side.by.policy;
        d.by = side.by.by;
    }
    if (d.answer == IAM_DEPENDS) {
        d.missing_key = scratch.missing_key;
    }
    *out = d;
    return ERR_OK;
}
