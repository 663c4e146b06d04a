#include "iam/grant.h"

#include "iam/eval.h"
#include "iam/glob.h"

const char *iam_reach_name(enum iam_reach r)
{
    static const char *const names[] = {"none", "named", "pattern", "any"};
    return (unsigned)r < ARRAY_LEN(names) ? names[r] : "?";
}

/* The rest is a kind and wildcards: all there is of it. Buckets have no kind before the name. */
static bool is_all_of_a_kind(struct str service, struct str rest)
{
    size_t len = rest.len;
    while (len > 0 &&
           (rest.ptr[len - 1] == '*' || rest.ptr[len - 1] == ':' || rest.ptr[len - 1] == '/')) {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        if (!chr_is_alnum(rest.ptr[i]) && rest.ptr[i] != '-') {
            return false;
        }
    }
    return len == 0 || (len < rest.len && rest.ptr[len] != '*' && !str_eq(service, STR("s3")));
}

enum iam_reach iam_reach_of(struct str resource)
{
    struct str field[5] = {0};
    struct str rest = resource;
    for (unsigned i = 0; i < ARRAY_LEN(field); i++) {
        if (!str_cut(&rest, ':', &field[i])) {
            break;
        }
    }
    if (str_chr(resource, '*') == SIZE_MAX && str_chr(resource, '?') == SIZE_MAX &&
        str_find(resource, STR("${")) == SIZE_MAX) {
        return IAM_REACH_NAMED;
    }
    bool any = str_eq(resource, STR("*")) ||
               (str_starts(resource, STR("arn:")) && is_all_of_a_kind(field[2], rest));
    return any ? IAM_REACH_ANY : IAM_REACH_PATTERN;
}

bool iam_deny_covers(const struct iam_statement *deny, struct str pattern)
{
    for (size_t i = 0; i < deny->resources.len; i++) {
        struct str one = deny->resources.at[i];
        if (deny->not_resource ? iam_arns_meet(one, pattern) : iam_glob_covers(one, pattern)) {
            return !deny->not_resource;
        }
    }
    return deny->not_resource;
}

/* ---- one statement ---- */

struct asked {
    const struct iam_holder *holder;
    const struct iam_list *targets;
    struct iam_request request;
    struct iam_scratch *scratch;
};

static bool is_own(struct str pattern)
{
    return str_ifind(pattern, STR("${aws:username}")) != SIZE_MAX ||
           str_ifind(pattern, STR("${aws:userid}")) != SIZE_MAX;
}

/* Variables may become anything. False: out of memory. */
static bool widen(struct str pattern, struct iam_scratch *s, struct str *out)
{
    *out = pattern;
    for (;;) {
        size_t from = str_find(*out, STR("${"));
        size_t len = from == SIZE_MAX ? SIZE_MAX : str_chr(str_from(*out, from), '}');
        if (len == SIZE_MAX) {
            return true;
        }
        struct str rest = str_from(*out, from + len + 1);
        if (!arena_printf(s->arena, out, "%.*s*%.*s", STR_ARG(str_head(*out, from)),
                          STR_ARG(rest))) {
            s->failed = true;
            return false;
        }
    }
}

static bool reaches(const struct asked *q, struct str pattern)
{
    for (size_t i = 0; i < q->targets->len; i++) {
        struct str target = q->targets->at[i];
        if (str_eq(target, STR("*")) ? iam_glob(pattern, target, 0)
                                     : iam_arns_meet(pattern, target)) {
            return true;
        }
    }
    return false;
}

static enum iam_answer conditions_hold(const struct asked *q, const struct iam_policy *p,
                                       const struct iam_statement *s)
{
    enum iam_answer answer = IAM_YES;
    for (size_t i = 0; i < s->condition_count && answer != IAM_NO; i++) {
        answer = iam_and(
            answer, iam_condition_holds(&s->conditions[i], p->variables, &q->request, q->scratch));
    }
    return answer;
}

static enum iam_answer denied_in(const struct asked *q, const struct iam_policy_set *set,
                                 struct str pattern)
{
    enum iam_answer answer = IAM_NO;
    for (size_t i = 0; set != NULL && i < set->len; i++) {
        const struct iam_policy *p = set->at[i];
        for (size_t k = 0; k < p->statement_count && answer != IAM_YES; k++) {
            const struct iam_statement *s = &p->statements[k];
            if (s->effect == IAM_DENY && iam_statement_has_action(s, q->request.action) &&
                iam_deny_covers(s, pattern)) {
                answer = iam_or(answer, conditions_hold(q, p, s));
            }
        }
    }
    return answer;
}

static enum iam_answer denied(const struct asked *q, struct str pattern)
{
    enum iam_answer answer = iam_or(denied_in(q, &q->holder->identity, pattern),
                                    denied_in(q, q->holder->boundary, pattern));
    for (size_t i = 0; i < q->holder->level_count && answer != IAM_YES; i++) {
        answer = iam_or(answer, denied_in(q, &q->holder->levels[i], pattern));
    }
    return answer;
}

static void better(struct iam_grant *best, struct iam_grant g)
{
    if (g.answer > best->answer ||
        (g.answer == best->answer && (g.reach > best->reach || (best->own && !g.own)))) {
        *best = g;
    }
}

static void look_at(const struct asked *q, const struct iam_policy *p,
                    const struct iam_statement *s, struct iam_grant *best)
{
    struct str any = STR("*");
    struct iam_list everything = {&any, 1};
    const struct iam_list *resources = s->not_resource ? &everything : &s->resources;
    enum iam_answer holds = conditions_hold(q, p, s);
    for (size_t i = 0; holds != IAM_NO && i < resources->len; i++) {
        struct str raw = resources->at[i];
        struct str pattern;
        if (!widen(raw, q->scratch, &pattern) || !reaches(q, pattern)) {
            continue;
        }
        enum iam_answer answer = iam_and(holds, iam_not(denied(q, raw)));
        if (answer != IAM_NO) {
            better(best, (struct iam_grant){.answer = answer,
                                            .reach = iam_reach_of(raw),
                                            .own = is_own(raw),
                                            .policy = p,
                                            .by = s});
        }
    }
}

static struct iam_grant granted(const struct asked *q, const struct iam_policy_set *set)
{
    struct iam_grant best = {.missing_key = STR_EMPTY};
    for (size_t i = 0; i < set->len; i++) {
        const struct iam_policy *p = set->at[i];
        for (size_t k = 0; k < p->statement_count; k++) {
            const struct iam_statement *s = &p->statements[k];
            if (s->effect == IAM_ALLOW && iam_statement_has_action(s, q->request.action)) {
                look_at(q, p, s, &best);
            }
        }
    }
    return best;
}

/* Those of the call first: they stand for more. What does not fit is not known. */
static size_t merge_keys(const struct iam_holder *h, const struct iam_key *keys, size_t count,
                         struct iam_key *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < count && n < room; i++) {
        out[n++] = keys[i];
    }
    for (size_t i = 0; i < h->key_count && n < room; i++) {
        out[n++] = h->keys[i];
    }
    return n;
}

struct iam_grant iam_grant_of(const struct iam_holder *h, struct str action,
                              const struct iam_list *targets, const struct iam_key *keys,
                              size_t key_count, struct iam_scratch *s)
{
    struct iam_key all[IAM_HOLDER_KEYS_MAX + 1];
    size_t count = merge_keys(h, keys, key_count, all, ARRAY_LEN(all));
    struct asked q = {.holder = h,
                      .targets = targets,
                      .request = {.action = action, .keys = all, .key_count = count},
                      .scratch = s};
    s->missing_key = STR_EMPTY;
    struct iam_grant g = granted(&q, &h->identity);
    if (h->boundary != NULL) {
        g.answer = iam_and(g.answer, granted(&q, h->boundary).answer);
    }
    for (size_t i = 0; i < h->level_count; i++) {
        g.answer = iam_and(g.answer, granted(&q, &h->levels[i]).answer);
    }
    if (g.answer == IAM_NO) {
        return (struct iam_grant){.missing_key = STR_EMPTY};
    }
    g.missing_key = g.answer == IAM_DEPENDS ? s->missing_key : STR_EMPTY;
    return g;
}
