/*
 * What a pattern covers is asked by matching it against names that no policy means on purpose, so
 * that "iam:*", "IAM:**" and "?am:*" are the same.
 */
#include "base/attr.h"
#include "base/buf.h"
#include "detect/arn.h"
#include "detect/policy.h"

/* Services whose whole matters when the service itself is a pattern. IAM first: it is the worst. */
static const struct str services[] = {STR_INIT("iam"), STR_INIT("lambda"), STR_INIT("s3"),
                                      STR_INIT("sts"), STR_INIT("ec2")};

/* All actions of the service that a pattern names: what stands behind the colon is only '*' and
 * '?'. "iam:??" is no whole service, "iam:?*" is. */
static bool whole_service(struct str pattern, struct str *service)
{
    size_t colon = str_chr(pattern, ':');
    struct str behind = colon == SIZE_MAX ? pattern : str_from(pattern, colon + 1);
    bool star = false;
    for (size_t i = 0; i < behind.len; i++) {
        if (behind.ptr[i] != '*' && behind.ptr[i] != '?') {
            return false;
        }
        star = star || behind.ptr[i] == '*';
    }
    *service = colon == SIZE_MAX ? STR("*") : str_head(pattern, colon);
    return star;
}

/* Does a resource pattern cover any resource of the service in this account? */
static bool covers_resources(struct str pattern, struct str service, struct str account)
{
    static const char *const partitions[] = {"aws", "aws-cn", "aws-us-gov"};
    enum { REGION_AND_ACCOUNT, ACCOUNT_ONLY, NEITHER, SHAPES };
    if (policy_glob(pattern, STR("zz9"))) {
        return true;
    }
    for (size_t p = 0; p < ARRAY_LEN(partitions); p++) {
        for (int i = 0; i < SHAPES; i++) {
            CLEANUP(buf_free) struct buf b = {0};
            buf_printf(&b, "arn:%s:%.*s:%s:%.*s:zz9/zz9", partitions[p], STR_ARG(service),
                       i == REGION_AND_ACCOUNT ? "zz-9" : "",
                       STR_ARG(i == NEITHER ? STR_EMPTY : account));
            if (policy_glob(pattern, buf_str(&b))) {
                return true;
            }
        }
    }
    return false;
}

static bool statement_covers(const struct statement *s, struct str service, struct str account,
                             struct arena *a)
{
    struct text_iter it = text_iter_of(s->resource);
    struct str pattern;
    if (s->not_resource.kind != JSON_ABSENT) {
        return true;
    }
    while (text_next(&it, a, &pattern)) {
        if (covers_resources(pattern, service, account)) {
            return true;
        }
    }
    return false;
}

static enum breadth breadth_of_action(const struct statement *s, struct str action,
                                      struct str account, struct arena *a)
{
    struct str service;
    if (!whole_service(action, &service)) {
        return BREADTH_NARROW;
    }
    for (size_t i = 0; i < ARRAY_LEN(services); i++) {
        if (policy_glob(service, services[i]) && statement_covers(s, services[i], account, a)) {
            return i == 0 ? BREADTH_EVERYTHING : BREADTH_SERVICE;
        }
    }
    return statement_covers(s, service, account, a) ? BREADTH_SERVICE : BREADTH_NARROW;
}

/* All but what is listed. Without IAM it is a great deal, but no administrator. */
static enum breadth breadth_of_rest(const struct statement *s, struct str account, struct arena *a)
{
    struct text_iter it = text_iter_of(s->not_action);
    struct str pattern;
    struct str service;
    bool iam = true;
    while (text_next(&it, a, &pattern)) {
        if (str_eq(pattern, STR("*"))) {
            return BREADTH_NARROW; /* all but everything */
        }
        iam = iam && !(whole_service(pattern, &service) && policy_glob(service, STR("iam")));
    }
    if (iam && statement_covers(s, STR("iam"), account, a)) {
        return BREADTH_EVERYTHING;
    }
    return statement_covers(s, STR("lambda"), account, a) ? BREADTH_SERVICE : BREADTH_NARROW;
}

static void widen(struct policy_width *w, enum breadth breadth, struct str action, bool limited)
{
    if (breadth > w->breadth || (breadth == w->breadth && w->limited && !limited)) {
        *w = (struct policy_width){breadth, limited, action};
    }
}

struct policy_width policy_width_of(struct str document, struct str account, struct arena *a)
{
    struct policy_width w = {.breadth = BREADTH_NARROW};
    struct policy_iter it = policy_iter_of(document);
    struct statement s;
    while (policy_next(&it, &s)) {
        bool limited = s.condition.kind == JSON_OBJECT && s.condition.len > 2;
        struct text_iter actions = text_iter_of(s.action);
        struct str action;
        if (!s.allow) {
            continue;
        }
        while (text_next(&actions, a, &action)) {
            widen(&w, breadth_of_action(&s, action, account, a), action, limited);
        }
        if (s.not_action.kind != JSON_ABSENT) {
            widen(&w, breadth_of_rest(&s, account, a), STR_EMPTY, limited);
        }
    }
    return w;
}

/* ---- managed policies ---- */

bool policy_is_admin(struct str arn)
{
    static const struct str names[] = {STR_INIT("AdministratorAccess"), STR_INIT("PowerUserAccess"),
                                       STR_INIT("IAMFullAccess")};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(arn_name(arn), names[i])) {
            return true;
        }
    }
    return false;
}

bool policy_widths_note(struct policy_widths *w, const struct event *e, struct arena *a)
{
    struct str arn = event_attr_get(e, ATTR_POLICY_ARN);
    struct str document = event_attr_get(e, ATTR_POLICY_DOCUMENT);
    bool made =
        str_eq(e->action, STR("CreatePolicy")) || str_eq(e->action, STR("CreatePolicyVersion"));
    if (!made || e->outcome != OUTCOME_OK || document.len == 0 || arn.len == 0) {
        return true;
    }
    enum breadth breadth = policy_width_of(document, e->account, a).breadth;
    struct map_entry *entry = map_put(&w->by_arn, arn);
    if (entry == NULL) {
        return false;
    }
    entry->value = (void *)(uintptr_t)breadth;
    return true;
}

void policy_widths_free(struct policy_widths *w)
{
    map_free(&w->by_arn);
}

enum breadth policy_breadth_given(const struct policy_widths *w, const struct event *e,
                                  struct arena *a)
{
    struct str arn = event_attr_get(e, ATTR_POLICY_ARN);
    struct str document = event_attr_get(e, ATTR_POLICY_DOCUMENT);
    if (document.len > 0) {
        return policy_width_of(document, e->account, a).breadth;
    }
    if (!str_starts(e->action, STR("Attach"))) {
        return BREADTH_NARROW;
    }
    if (str_find(arn, STR(":iam::aws:policy/")) != SIZE_MAX) {
        return policy_is_admin(arn)                         ? BREADTH_EVERYTHING
               : str_ends(arn_name(arn), STR("FullAccess")) ? BREADTH_SERVICE
                                                            : BREADTH_NARROW;
    }
    const void *noted = map_get(&w->by_arn, arn);
    return (enum breadth)(uintptr_t)noted;
}
