/*
 * Vendors on an ordinary day: what --env names is quiet, and each step beyond it is not.
 */
#include "case_test.h"

#define ENV                                                                                        \
    "vendors:\n"                                                                                   \
    "  - {name: posture, principals: [\"arn:aws:iam::111122223333:role/posture\"],\n"              \
    "     actions: [ListFunctions, GetFunction], until: 2026-12-31}\n"                             \
    "  - {name: loose, principals: [\"arn:aws:iam::111122223333:role/loose\"]}\n"                  \
    "  - {name: gone, principals: [\"arn:aws:iam::111122223333:role/gone\"],\n"                    \
    "     actions: [GetFunction], until: 2026-01-31}\n"

static bool has(const struct answer *a, const char *id, bool explained)
{
    for (size_t i = 0; i < a->items.len; i++) {
        if (str_eq(a->items.at[i].id, str_of(id))) {
            return (a->items.at[i].explained_by.len > 0) == explained;
        }
    }
    return false;
}

static void judged(struct cx *x, const char *role, enum event_kind kind, const char *action)
{
    struct err err = {0};
    cx_init(x);
    if (context_load_env_text(x->context, STR("env.yaml"), STR(ENV), &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    x->actor.root = str_of(role);
    x->actor.kind = IDENTITY_ROLE;
    struct event *e = cx_event(x, kind, action);
    e->read_only = kind == EVENT_READ;
    if (kind == EVENT_CHANGE) {
        cx_match(x, e, MATCH_M2, false);
        (void)cx_finding(x, e, "D02", Q1, SEVERITY_MEDIUM);
    } else {
        (void)cx_finding(x, e, "D32", Q1, SEVERITY_MEDIUM);
    }
    cx_judge(x);
}

static void test_vendors(void **state)
{
    (void)state;
    static const struct {
        const char *what, *role;
        enum event_kind kind;
        const char *action;
        bool quiet, writes;
    } rows[] = {
        {"reads what it may", "posture", EVENT_READ, "GetFunction", true, false},
        {"reads something else", "posture", EVENT_READ, "GetSecretValue", false, false},
        {"changes code", "posture", EVENT_CHANGE, "UpdateFunctionCode", false, true},
        {"names no actions", "loose", EVENT_READ, "GetFunction", false, false},
        {"is there no longer", "gone", EVENT_READ, "GetFunction", false, false},
        {"somebody else", "other", EVENT_CHANGE, "UpdateFunctionCode", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cx x;
        char arn[96];
        (void)snprintf(arn, sizeof(arn), "arn:aws:iam::111122223333:role/%s", rows[i].role);
        judged(&x, arn, rows[i].kind, rows[i].action);
        const struct answer *a = &x.file.answers[Q1];
        bool looked = rows[i].kind == EVENT_READ;
        if (a->raised == rows[i].quiet || has(a, "vendor.writes", false) != rows[i].writes ||
            (looked && !rows[i].quiet && !has(a, "way.recon", false))) {
            cx_print(&x);
            fail_msg("%s", rows[i].what);
        }
        cx_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_vendors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
