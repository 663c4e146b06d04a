#include "respond/test_fixture.h"

extern const struct respond_ops respond_ids_rule;

static struct detection detection = {.id = STR_INIT("faaswatch.beacon"), .ref = STR_INIT("D70")};
static struct finding finding;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "contact");
    e->kind = EVENT_TRAFFIC;
    e->function = (struct function_key){0};
    e->address = STR("10.9.1.78");
    fx_attr(f, e, ATTR_URL, "x1.evil.workers.dev");
    fx_attr(f, e, ATTR_PLATFORM, "cloudflare");
    VEC_FREE(&finding.events);
    finding = (struct finding){.detection = &detection, .severity = SEVERITY_HIGH};
    assert_true(VEC_PUSH(&finding.events, (const struct event *)e));
    assert_true(VEC_PUSH(&f->file.findings, &finding));
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands,
           "printf 'drop tls $HOME_NET any -> any any (msg:\"faaswatch case\"; tls.sni; "
           "content:\"%s\"; nocase; endswith; sid:%s; rev:1;)\\n' "
           "'x1.evil.workers.dev' '");
    FX_HAS(s->commands, "Intel::DOMAIN\\tfaaswatch\\n' 'x1.evil.workers.dev'");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    finding.severity = SEVERITY_LOW;
    (void)f;
}

/* A name that is none never comes into a command. */
static void test_hostile(void **state)
{
    (void)state;
    struct fx f;
    fx_init(&f);
    fill(&f);
    f.attrs[0][0].value = STR("x';reboot;'.workers.dev");
    assert_int_equal(respond_ids_rule.plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_int_equal(f.file.plan.len, 0);
    fx_free(&f);
}

static int run_hostile(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_ids_rule,
        .name = "ids_rule",
        .target = "x1.evil.workers.dev",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    int rc = fx_run(&action) + run_hostile();
    VEC_FREE(&finding.events);
    return rc;
}
