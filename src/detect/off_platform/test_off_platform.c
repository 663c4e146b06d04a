#include "detect/test_google.h"

extern const struct detect_ops detect_off_platform;

#define RANGES                                                                                     \
    "{\"syncToken\":\"1\",\"createDate\":\"2026-11-20-00-00-00\",\"prefixes\":[{\"ip_prefix\":"    \
    "\"198.51.100.0/25\",\"region\":\"eu-west-1\",\"service\":\"EC2\","                            \
    "\"network_border_group\":\"eu-west-1\"},{\"ip_prefix\":\"198.51.100.128/25\",\"region\":"     \
    "\"us-east-1\",\"service\":\"EC2\",\"network_border_group\":\"us-east-1\"}],"                  \
    "\"ipv6_prefixes\":[]}"

#define LAMBDA "aws-sdk-nodejs/2 exec-env/AWS_Lambda_nodejs20.x"
#define CLI    "aws-cli/2.17.20"

static struct event *at(struct fx *f, struct event *e, const char *address, const char *agent)
{
    (void)f;
    e->address = str_of(address);
    assert_true(address[0] == '\0' || ip_parse(e->address, &e->ip));
    e->user_agent = str_of(agent);
    return e;
}

/* A call by a session of the role of "pay". */
static struct event *call(struct fx *f, const char *session, const char *address, const char *agent)
{
    struct event *e = FX_PLAIN(f, "GetCallerIdentity");
    e->kind = EVENT_READ;
    e->service = STR("sts.amazonaws.com");
    e->function = (struct function_key){0};
    e->actor = NULL;
    e->who = (struct identity){.kind = IDENTITY_ROLE,
                               .role = STR("arn:aws:iam::111122223333:role/pay"),
                               .session_name = str_of(session),
                               .access_key = STR("ASIAPAY")};
    return at(f, e, address, agent);
}

static void open_stage(struct fx *f, bool ranges)
{
    struct err err = {0};
    fx_open(f, &detect_off_platform);
    f->run.inventory = inventory_new(&f->context);
    f->intel = intel_new();
    assert_non_null(f->run.inventory);
    assert_non_null(f->intel);
    if (ranges) {
        assert_int_equal(intel_load_text(f->intel, STR("ip-ranges.json"), STR(RANGES), &err),
                         ERR_OK);
    }
    assert_int_equal(intel_finish(f->intel, &err), ERR_OK);
    struct event *made =
        FX_EVENT(f, "CreateFunction", FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/pay"));
    assert_non_null(inventory_replay(f->run.inventory, made));
}

static void close_stage(struct fx *f)
{
    inventory_free(f->run.inventory);
    fx_close(f);
}

#define SURE  "faaswatch.role_off_platform"
#define DOUBT "faaswatch.role_off_platform_doubtful"

static void test_places(void **state)
{
    (void)state;
    static const struct {
        const char *what, *session, *address, *agent;
        bool ranges;
        const char *id; /* NULL: nothing */
        enum severity severity;
    } rows[] = {
        {"outside", "pay", "203.0.113.9", CLI, true, SURE, SEVERITY_CRITICAL},
        {"outside, in disguise", "pay", "203.0.113.9", LAMBDA, true, SURE, SEVERITY_CRITICAL},
        {"the cloud, same region", "pay", "198.51.100.7", CLI, true, NULL, 0},
        {"the cloud, another region", "pay", "198.51.100.200", CLI, true, DOUBT, SEVERITY_LOW},
        {"an endpoint", "pay", "10.0.0.7", CLI, true, NULL, 0},
        {"a service", "pay", "", CLI, true, NULL, 0},
        {"no ranges given", "pay", "203.0.113.9", CLI, false, DOUBT, SEVERITY_LOW},
        {"no ranges given, as Lambda", "pay", "203.0.113.9", LAMBDA, false, NULL, 0},
        {"somebody else's session", "dana", "203.0.113.9", CLI, true, NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        open_stage(&f, rows[i].ranges);
        size_t n = fx_play(&f, call(&f, rows[i].session, rows[i].address, rows[i].agent));
        if (n != (rows[i].id == NULL ? 0 : 1)) {
            fail_msg("%s: %zu hits", rows[i].what, n);
        }
        if (rows[i].id != NULL) {
            if (fx_count(&f, rows[i].id) != 1) {
                fail_msg("%s: %.*s", rows[i].what, STR_ARG(fx_last(&f)->detection->id));
            }
            fx_expect_severity(&f, rows[i].severity);
        }
        close_stage(&f);
    }
}

static void test_nat(void **state)
{
    (void)state;
    struct fx f;
    open_stage(&f, true);
    struct env_range nat = {.kind = RANGE_NAT};
    assert_true(ip_prefix_parse(STR("203.0.113.9/32"), &nat.prefix));
    assert_true(VEC_PUSH(&f.context.env.ranges, nat));
    assert_int_equal(fx_play(&f, call(&f, "pay", "203.0.113.9", CLI)), 0);
    f.context.env.ranges.at[0].kind = RANGE_OFFICE; /* no way out of the cloud */
    assert_int_equal(fx_play(&f, call(&f, "pay", "203.0.113.9", CLI)), 1);
    VEC_FREE(&f.context.env.ranges);
    close_stage(&f);
}

/* Nobody knows the function, but Lambda took up the role for it. */
static void test_issued(void **state)
{
    (void)state;
    struct fx f;
    open_stage(&f, true);
    struct event *e =
        FX_EVENT(&f, "AssumeRole", FX_ATTR(ISSUED_KEY, "ASIANEW"), FX_ATTR(SESSION_NAME, "web"));
    e->kind = EVENT_ASSUME;
    e->service = STR("sts.amazonaws.com");
    e->who = (struct identity){.kind = IDENTITY_SERVICE, .invoked_by = STR("lambda.amazonaws.com")};
    assert_int_equal(fx_play(&f, at(&f, e, "", "")), 0);
    e = call(&f, "web", "203.0.113.9", CLI);
    e->who.access_key = STR("ASIANEW");
    e->who.role = STR("arn:aws:iam::111122223333:role/web");
    e->outcome = OUTCOME_DENIED; /* it was refused, but the credentials are out */
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_HIGH);
    close_stage(&f);
}

/* What the client calls itself weighs only where it changes, and then little. */
static void test_agent(void **state)
{
    (void)state;
    struct fx f;
    open_stage(&f, true);
    assert_int_equal(fx_play(&f, call(&f, "pay", "198.51.100.7", CLI)), 0);
    assert_int_equal(fx_play(&f, call(&f, "pay", "198.51.100.7", LAMBDA)), 0);
    assert_int_equal(fx_play(&f, call(&f, "pay", "198.51.100.7", CLI)), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    close_stage(&f);
}

static void test_google(void **state)
{
    (void)state;
    static const struct {
        const char *address, *key, *principal;
        size_t hits;
    } rows[] = {{"203.0.113.9", "", "fn@acme.iam.gserviceaccount.com", 1},
                {"203.0.113.9", "k1", "fn@acme.iam.gserviceaccount.com", 0},
                {"203.0.113.9", "", "ana@example.com", 0},
                {"198.51.100.7", "", "fn@acme.iam.gserviceaccount.com", 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct err err = {0};
        fx_open(&f, &detect_off_platform);
        f.run.inventory = inventory_new(&f.context);
        f.intel = intel_new();
        assert_int_equal(
            intel_load_text(f.intel, STR("cloud.json"),
                            STR("{\"syncToken\":\"1\",\"creationTime\":\"2026-11-20T00:00:00\","
                                "\"prefixes\":[{\"ipv4Prefix\":\"198.51.100.0/24\",\"service\":"
                                "\"Google Cloud\",\"scope\":\"europe-west1\"}]}"),
                            &err),
            ERR_OK);
        assert_int_equal(intel_finish(f.intel, &err), ERR_OK);
        struct event *e =
            FX_RUN(&f, "CreateService", FX_ATTR(ROLE, "fn@acme.iam.gserviceaccount.com"));
        assert_non_null(inventory_replay(f.run.inventory, e));
        e = FX_RUN(&f, "GetService", {0});
        e->kind = EVENT_READ;
        e->who = (struct identity){.kind = IDENTITY_ROLE,
                                   .principal = str_of(rows[i].principal),
                                   .role = STR("fn@acme.iam.gserviceaccount.com"),
                                   .access_key = str_of(rows[i].key)};
        assert_int_equal(fx_play(&f, at(&f, e, rows[i].address, "curl")), rows[i].hits);
        close_stage(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places), cmocka_unit_test(test_nat),    cmocka_unit_test(test_issued),
        cmocka_unit_test(test_agent),  cmocka_unit_test(test_google),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
