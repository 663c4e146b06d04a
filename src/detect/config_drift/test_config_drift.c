#include "detect/test_fixture.h"

extern const struct detect_ops detect_config_drift;

/* Two events, and what the second gives. */
static void test_drift(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        struct attr before[4], after[4];
        const char *id; /* NULL: nothing */
        enum severity severity;
    } cases[] = {
        {"handler in another module",
         {FX_ATTR(HANDLER, "app.handler")},
         {FX_ATTR(HANDLER, "wrap.main")},
         "faaswatch.entry_changed",
         SEVERITY_MEDIUM},
        {"same handler", {FX_ATTR(HANDLER, "a.b")}, {FX_ATTR(HANDLER, "a.b")}, NULL, 0},
        {"handler not known before", {FX_ATTR(TIMEOUT_S, "3")}, {FX_ATTR(HANDLER, "a.b")}, NULL, 0},
        {"runtime upgrade",
         {FX_ATTR(RUNTIME, "python3.12")},
         {FX_ATTR(RUNTIME, "python3.13")},
         "faaswatch.entry_changed",
         SEVERITY_LOW},
        {"another runtime",
         {FX_ATTR(RUNTIME, "python3.12")},
         {FX_ATTR(RUNTIME, "provided.al2023")},
         "faaswatch.entry_changed",
         SEVERITY_MEDIUM},
        {"another role",
         {FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/pay")},
         {FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/admin")},
         "faaswatch.role_swapped",
         SEVERITY_MEDIUM},
        {"same role by name",
         {FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/pay")},
         {FX_ATTR(ROLE, "pay")},
         NULL,
         0},
        {"same name in another account",
         {FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/pay")},
         {FX_ATTR(ROLE, "arn:aws:iam::999988887777:role/pay")},
         "faaswatch.role_swapped",
         SEVERITY_MEDIUM},
        {"out of the VPC",
         {FX_ATTR(VPC_SET, ""), FX_ATTR(SUBNET, "subnet-1"), FX_ATTR(SECURITY_GROUP, "sg-1")},
         {FX_ATTR(VPC_SET, "")},
         "faaswatch.network_changed",
         SEVERITY_MEDIUM},
        {"other security group",
         {FX_ATTR(VPC_SET, ""), FX_ATTR(SUBNET, "subnet-1"), FX_ATTR(SECURITY_GROUP, "sg-1")},
         {FX_ATTR(VPC_SET, ""), FX_ATTR(SUBNET, "subnet-1"), FX_ATTR(SECURITY_GROUP, "sg-2")},
         "faaswatch.network_changed",
         SEVERITY_MEDIUM},
        {"into a VPC",
         {FX_ATTR(VPC_SET, "")},
         {FX_ATTR(VPC_SET, ""), FX_ATTR(SUBNET, "subnet-1"), FX_ATTR(SECURITY_GROUP, "sg-1")},
         NULL,
         0},
        {"network not stated",
         {FX_ATTR(VPC_SET, ""), FX_ATTR(SUBNET, "subnet-1")},
         {FX_ATTR(TIMEOUT_S, "3")},
         NULL,
         0},
        {"timeout to the maximum",
         {FX_ATTR(TIMEOUT_S, "30")},
         {FX_ATTR(TIMEOUT_S, "900")},
         "faaswatch.resources_jumped",
         SEVERITY_MEDIUM},
        {"timeout doubled, but short",
         {FX_ATTR(TIMEOUT_S, "30")},
         {FX_ATTR(TIMEOUT_S, "60")},
         NULL,
         0},
        {"timeout long before", {FX_ATTR(TIMEOUT_S, "300")}, {FX_ATTR(TIMEOUT_S, "599")}, NULL, 0},
        {"memory fourfold",
         {FX_ATTR(MEMORY_MB, "512")},
         {FX_ATTR(MEMORY_MB, "2048")},
         "faaswatch.resources_jumped",
         SEVERITY_MEDIUM},
        {"memory threefold", {FX_ATTR(MEMORY_MB, "512")}, {FX_ATTR(MEMORY_MB, "1536")}, NULL, 0},
        {"not a number",
         {FX_ATTR(MEMORY_MB, "512")},
         {FX_ATTR(MEMORY_MB, "99999999999999999999")},
         NULL,
         0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_config_drift);
        size_t first = fx_play(&f, fx_event(&f, "UpdateFunctionConfiguration", cases[i].before, 4));
        size_t second = fx_play(&f, fx_event(&f, "UpdateFunctionConfiguration", cases[i].after, 4));
        if (first != 0 || second != (cases[i].id == NULL ? 0 : 1)) {
            fail_msg("%s: %zu and %zu hits", cases[i].what, first, second);
        }
        if (cases[i].id != NULL) {
            assert_true(str_eq(fx_last(&f)->detection->id, str_of(cases[i].id)));
            fx_expect_severity(&f, cases[i].severity);
        }
        fx_close(&f);
    }
}

/* A refused call changes nothing, but is told as an attempt, one level lower. */
static void test_attempt(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_config_drift);
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", FX_ATTR(HANDLER, "app.handler")));
    for (int i = 0; i < 2; i++) {
        struct event *e =
            FX_EVENT(&f, "UpdateFunctionConfiguration", FX_ATTR(HANDLER, "wrap.main"));
        e->outcome = OUTCOME_DENIED;
        e->error_code = STR("AccessDenied");
        assert_int_equal(fx_play(&f, e), 1);
        fx_expect_severity(&f, SEVERITY_LOW);
    }
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drift),
        cmocka_unit_test(test_attempt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
