#include "detect/test_fixture.h"

extern const struct detect_ops detect_source_silent;

static const struct attr facts[] = {
    FX_ATTR(DESCRIPTION, "aws.cloudtrail: no records from 09:00 to 12:00")};

static void tells_the_gap(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_source_silent);
    struct event *e = FX_PLAIN(&f, "SourceSilent");
    e->kind = EVENT_LOGGING;
    e->service = STR("faaswatch");
    e->attrs = facts;
    e->attr_count = ARRAY_LEN(facts);
    assert_int_equal(fx_play(&f, e), 1);
    assert_int_equal(fx_count(&f, "faaswatch.source_silent"), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    fx_close(&f);
}

/* A record that merely says so is somebody's text. */
static void believes_no_record(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_source_silent);
    struct event *e = FX_PLAIN(&f, "SourceSilent");
    e->kind = EVENT_LOGGING;
    assert_int_equal(fx_play(&f, e), 0);
    struct event *other = FX_PLAIN(&f, "SourceSilent");
    other->kind = EVENT_OTHER;
    other->service = STR("faaswatch");
    assert_int_equal(fx_play(&f, other), 0);
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tells_the_gap),
                                       cmocka_unit_test(believes_no_record)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
