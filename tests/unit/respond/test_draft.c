/*
 * Commands to copy: nothing from a log gets out of its quotes, and the plan has its order.
 */
#include "respond/draft.h"
#include "respond/test_fixture.h"

static struct str one_line(struct fx *f, struct draft *d, struct str value)
{
    draft_begin(d, &f->file, &f->arena, "test", value);
    DRAFT_COMMAND(d, "aws lambda get-function --function-name {} --region {}", value,
                  STR("eu-west-1"));
    assert_false(d->failed);
    assert_int_equal(d->step.commands.len, 1);
    return d->step.commands.at[0];
}

static void test_quoting(void **state)
{
    (void)state;
    static const struct {
        const char *value, *line;
    } rows[] = {
        {"pay", "aws lambda get-function --function-name 'pay' --region 'eu-west-1'"},
        {"a b", "aws lambda get-function --function-name 'a b' --region 'eu-west-1'"},
        {"x'; rm -rf ~; '",
         "aws lambda get-function --function-name 'x'\\''; rm -rf ~; '\\''' --region 'eu-west-1'"},
        {"$(id)`id`", "aws lambda get-function --function-name '$(id)`id`' --region 'eu-west-1'"},
        {"-x", "aws lambda get-function --function-name='-x' --region 'eu-west-1'"},
        {"{}", "aws lambda get-function --function-name '{}' --region 'eu-west-1'"},
        {"caf\xc3\xa9",
         "aws lambda get-function --function-name 'caf\xc3\xa9' --region 'eu-west-1'"},
    };
    struct fx f;
    fx_init(&f);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct draft d;
        struct str line = one_line(&f, &d, str_of(rows[i].value));
        if (!str_eq(line, str_of(rows[i].line))) {
            fail_msg("%s: %.*s", rows[i].value, STR_ARG(line));
        }
        VEC_FREE(&d.step.commands);
    }
    fx_free(&f);
}

static void test_unsafe_values(void **state)
{
    (void)state;
    static const struct str values[] = {
        STR_INIT(""),
        STR_INIT("a\nb"),
        STR_INIT("a\x1b[31m"),
        STR_INIT("a\0b"),
        STR_INIT("\xff\xfe"),
        STR_INIT("file:///etc/passwd"),
        STR_INIT("fileb://x"),
        STR_INIT("HTTP://evil/x"),
        STR_INIT("a\xe2\x80\xae"
                 "b"),
        STR_INIT("\xc2\x85x"),
    };
    struct fx f;
    fx_init(&f);
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct draft d;
        struct str line = one_line(&f, &d, values[i]);
        assert_true(str_starts(line, STR("# aws lambda get-function: ")));
        assert_int_equal(str_chr(line, '\n'), SIZE_MAX);
        VEC_FREE(&d.step.commands);
    }
    fx_free(&f);
}

static void attack(struct fx *f)
{
    struct event *e = fx_event(f, "UpdateFunctionCode");
    fx_attr(f, e, ATTR_ROLE, "arn:aws:iam::111122223333:role/pay-exec");
    e = fx_event(f, "CreateFunctionUrlConfig");
    fx_attr(f, e, ATTR_URL_AUTH, "NONE");
    e = fx_event(f, "StopLogging");
    e->service = STR("cloudtrail.amazonaws.com");
    fx_attr(f, e, ATTR_TRAIL, "org");
}

static size_t place_of(const struct case_file *c, const char *action)
{
    for (size_t i = 0; i < c->plan.len; i++) {
        if (str_eq(c->plan.at[i].action, str_of(action))) {
            return i;
        }
    }
    fail_msg("no step %s", action);
    return 0;
}

static void test_order(void **state)
{
    (void)state;
    static const char *const order[] = {"preserve_evidence", "key_inactive",    "url_private",
                                        "function_stop",     "role_quarantine", "logging_restore"};
    struct fx f;
    fx_init(&f);
    attack(&f);
    assert_int_equal(respond_plan(&f.file, &f.arena, NULL), ERR_OK);
    for (size_t i = 1; i < ARRAY_LEN(order); i++) {
        assert_true(place_of(&f.file, order[i - 1]) < place_of(&f.file, order[i]));
    }
    fx_free(&f);
}

static void test_leaking_stops_first(void **state)
{
    (void)state;
    struct fx f;
    fx_init(&f);
    attack(&f);
    struct answer *a = &f.file.answers[Q3];
    a->verdict = VERDICT_SUSPICIOUS;
    struct item it = {.id = STR("listed.two_way"), .weight = 25, .weight_full = 25, .hard = true};
    assert_true(VEC_PUSH(&a->items, it));
    assert_int_equal(respond_plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_int_equal(place_of(&f.file, "function_stop"), 0);
    fx_free(&f);
}

static void test_many_targets(void **state)
{
    (void)state;
    struct fx f;
    fx_init(&f);
    for (int i = 0; i < 100; i++) {
        char name[16];
        struct draft d;
        struct str target;
        (void)snprintf(name, sizeof(name), "f%d", i);
        assert_true(arena_dup(&f.arena, str_of(name), &target));
        draft_begin(&d, &f.file, &f.arena, "function_stop", target);
        DRAFT_COMMAND(&d, "aws lambda get-policy --function-name {}", target);
        assert_int_equal(draft_end(&d, NULL), ERR_OK);
    }
    assert_int_equal(f.file.plan.len, DRAFT_STEPS_MAX);
    fx_free(&f);
}

static void test_names(void **state)
{
    (void)state;
    struct str layer;
    struct str version;
    assert_true(str_eq(draft_name(STR("arn:aws:iam::1:role/a/b")), STR("b")));
    assert_true(str_eq(draft_name(STR("b")), STR("b")));
    assert_true(draft_layer(STR("arn:aws:lambda:r:1:layer:x:12"), &layer, &version));
    assert_true(str_eq(version, STR("12")));
    assert_false(draft_layer(STR("x"), &layer, &version));
    assert_true(
        draft_role_is_fixed(STR("arn:aws:iam::1:role/aws-service-role/l/AWSServiceRoleForX")));
    assert_false(draft_role_is_fixed(STR("arn:aws:iam::1:role/mine")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quoting),      cmocka_unit_test(test_unsafe_values),
        cmocka_unit_test(test_order),        cmocka_unit_test(test_leaking_stops_first),
        cmocka_unit_test(test_many_targets), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
