#include "detect/rule_trigger/pattern.h"
#include "detect/test_fixture.h"

extern const struct detect_ops detect_rule_trigger;

#define IDENTITY "faaswatch.trigger_on_identity"
#define SCHED    "faaswatch.schedule_new"
#define ON_USERS "{\"source\":[\"aws.iam\"],\"detail\":{\"eventName\":[\"CreateUser\"]}}"

static struct event *of_events(struct event *e)
{
    e->service = STR("events.amazonaws.com");
    if (str_eq(e->action, STR("PutRule"))) {
        e->function = (struct function_key){0};
    }
    return e;
}

#define RULE(f, ...)    of_events(FX_EVENT(f, "PutRule", FX_ATTR(RULE, "r"), __VA_ARGS__))
#define TARGETS(f, ...) of_events(FX_EVENT(f, "PutTargets", FX_ATTR(RULE, "r"), __VA_ARGS__))
#define PAY             FX_ATTR(TARGET, "arn:aws:lambda:eu-west-1:111122223333:function:pay")

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        bool want;
    } cases[] = {
        {ON_USERS, true},
        {"{\"source\":[\"aws.ec2\"],\"detail\":{\"eventName\":[\"CreateSecurityGroup\"]}}", true},
        {"{\"source\":[\"aws.iam\"]}", true},
        {"{\"detail\":{\"eventSource\":[\"iam.amazonaws.com\"]}}", true},
        {"{\"detail\":{\"eventName\":[{\"prefix\":\"Create\"}]}}", true},
        {"{\"detail\":{\"eventName\":[{\"suffix\":\"User\"}]}}", true},
        {"{\"detail\":{\"eventName\":[{\"wildcard\":\"*Access*\"}]}}", true},
        {"{\"detail\":{\"eventName\":[{\"equals-ignore-case\":\"createuser\"}]}}", true},
        {"{\"detail\":{\"eventName\":[{\"anything-but\":[\"CreateUser\"]}]}}", true},
        {"{\"source\":[\"aws.iam\"],\"detail\":{\"eventName\":[\"Create\\u0055ser\"]}}", true},
        {"{\"source\":[\"aws.iam\"],\"detail\":{\"eventName\":[\"DeleteUser\"]}}", false},
        {"{\"source\":[\"aws.s3\"],\"detail\":{\"eventName\":[\"CreateBucket\"]}}", false},
        {"{\"source\":[\"my.app\"]}", false},
        {"{\"source\":\"aws.iam\"}", false},
        {"{\"detail-type\":[\"Scheduled Event\"]}", false},
        {"[]", false},
        {"{\"source\":[", false},
        {"", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str what;
        if (pattern_watches_identity(str_of(cases[i].pattern), &what) != cases[i].want) {
            fail_msg("%s", cases[i].pattern);
        }
    }
}

static void test_young_function(void **state)
{
    (void)state;
    for (int young = 0; young < 2; young++) {
        struct fx f;
        fx_open(&f, &detect_rule_trigger);
        fx_play(&f, FX_PLAIN(&f, "CreateFunction"));
        f.now_us += young ? TIME_HOUR_US : 48 * TIME_HOUR_US;
        assert_int_equal(fx_play(&f, RULE(&f, FX_ATTR(TRIGGER_PATTERN, ON_USERS))), 0);
        assert_int_equal(fx_play(&f, TARGETS(&f, PAY)), 1);
        assert_int_equal(fx_count(&f, IDENTITY), 1);
        fx_expect_severity(&f, young ? SEVERITY_CRITICAL : SEVERITY_MEDIUM);
        fx_close(&f);
    }
}

/* The rule is harmless when it gets its target, and is changed afterwards. */
static void test_pattern_comes_later(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_rule_trigger);
    fx_play(&f, RULE(&f, FX_ATTR(TRIGGER_PATTERN, "{\"source\":[\"my.app\"]}")));
    assert_int_equal(fx_play(&f, TARGETS(&f, PAY)), 0);
    struct event *refused = RULE(&f, FX_ATTR(TRIGGER_PATTERN, ON_USERS));
    refused->outcome = OUTCOME_DENIED;
    assert_int_equal(fx_play(&f, refused), 0);
    assert_int_equal(fx_play(&f, RULE(&f, FX_ATTR(TRIGGER_PATTERN, ON_USERS))), 1);
    assert_true(str_eq(fx_last(&f)->event->function.name, STR("pay")));
    fx_close(&f);
}

static void test_no_function_no_hit(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_rule_trigger);
    fx_play(&f, RULE(&f, FX_ATTR(TRIGGER_PATTERN, ON_USERS)));
    struct event *queue = TARGETS(&f, FX_ATTR(TARGET, "arn:aws:sqs:eu-west-1:111122223333:q"));
    queue->function = (struct function_key){0};
    assert_int_equal(fx_play(&f, queue), 0);
    fx_close(&f);
}

static void test_schedule(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        bool given;
        enum match_class class;
        size_t want;
        enum severity severity;
    } cases[] = {
        {"no records given", false, MATCH_M0, 1, SEVERITY_LOW},
        {"no record covers it", true, MATCH_M0, 1, SEVERITY_MEDIUM},
        {"a record covers it", true, MATCH_M3, 0, SEVERITY_LOW},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_rule_trigger);
        f.context.given[CONTEXT_CHANGES] = f.has_match = cases[i].given;
        f.match.class = cases[i].class;
        fx_play(&f, RULE(&f, FX_ATTR(SCHEDULE, "rate(5 minutes)")));
        fx_play(&f, TARGETS(&f, PAY));
        fx_play(&f, TARGETS(&f, PAY)); /* the same schedule again is no news */
        if (fx_count(&f, SCHED) != cases[i].want) {
            fail_msg("%s: %zu hits", cases[i].what, fx_count(&f, SCHED));
        }
        if (cases[i].want > 0) {
            fx_expect_severity(&f, cases[i].severity);
        }
        fx_close(&f);
    }
}

static void test_scheduler(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_rule_trigger);
    struct event *e = FX_EVENT(&f, "CreateSchedule", FX_ATTR(RULE, "nightly"),
                               FX_ATTR(SCHEDULE, "cron(0 3 * * ? *)"), PAY);
    e->service = STR("scheduler.amazonaws.com");
    assert_int_equal(fx_play(&f, e), 1);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_young_function),
        cmocka_unit_test(test_pattern_comes_later),
        cmocka_unit_test(test_no_function_no_hit),
        cmocka_unit_test(test_schedule),
        cmocka_unit_test(test_scheduler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
