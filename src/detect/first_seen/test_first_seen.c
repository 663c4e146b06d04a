#include "detect/network.h"
#include "detect/test_usual.h"

extern const struct detect_ops detect_first_seen;

static const char chrome[] = "Mozilla/5.0 (X11; Linux x86_64) Chrome/130";

static struct event *change_of(struct fx *f, const char *address, const char *agent,
                               const char *runtime)
{
    struct event *e = FX_EVENT(f, "UpdateFunctionCode", {ATTR_RUNTIME, str_of(runtime)},
                               FX_ATTR(ARCHITECTURE, "x86_64"), FX_ATTR(PACKAGE, "Zip"));
    e->address = str_of(address);
    assert_true(ip_parse(e->address, &e->ip));
    e->user_agent = str_of(agent);
    return e;
}

static struct event *change(struct fx *f, const char *address, const char *agent)
{
    return change_of(f, address, agent, "python3.12");
}

/* Dana changes something four times a day, on working days from 8 to 11, with the command line. */
static void learn(struct fx *f, struct baseline *b, int64_t days)
{
    int64_t today = f->now_us / TIME_DAY_US;
    for (int64_t d = today - days; d < today; d++) {
        for (int64_t h = 8; h < 12 && (d + 3) % 7 < 5; h++) {
            struct event *e = change(f, "198.51.100.7", "aws-cli/2.1 md/Botocore#1");
            e->time_us = e->last_us = d * TIME_DAY_US + h * TIME_HOUR_US;
            assert_int_equal(baseline_learn(b, e), ERR_OK);
        }
        covered_mark(&b->covered, (int32_t)d);
    }
}

struct stage {
    struct fx f;
    struct baseline b;
};

static void open(struct stage *s, int64_t days)
{
    fx_open(&s->f, &detect_first_seen);
    baseline_init(&s->b);
    learn(&s->f, &s->b, days);
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:00:00Z"), &s->f.now_us)); /* a Friday */
    s->f.baseline = &s->b;
}

static void done(struct stage *s)
{
    fx_close(&s->f);
    baseline_free(&s->b);
}

static void test_matches(void **state)
{
    (void)state;
    static const struct {
        const char *what, *address, *agent, *region, *id, *runtime;
        int64_t hour;
        enum severity severity;
    } rows[] = {
        {"as always", "198.51.100.7", "aws-cli/2.1", "eu-west-1", NULL, "python3.12", 9, 0},
        {"a newer version of all", "198.51.200.9", "aws-cli/2.9 os/macos", "eu-west-1", NULL,
         "python3.14", 10, 0},
        {"another block", "203.0.113.9", "aws-cli/2.1", "eu-west-1", "new_block", "python3.12", 9,
         SEVERITY_LOW},
        {"a private address", "10.0.0.9", "aws-cli/2.1", "eu-west-1", NULL, "python3.12", 9, 0},
        {"IPv6", "2001:db8::1", "aws-cli/2.1", "eu-west-1", "new_block", "python3.12", 9,
         SEVERITY_LOW},
        {"another tool", "198.51.100.7", chrome, "eu-west-1", "new_tool", "python3.12", 9,
         SEVERITY_MEDIUM},
        {"the same on Kali", "198.51.100.7", "aws-cli/2.1 6.1.0-kali5-amd64", "eu-west-1",
         "new_tool", "python3.12", 9, SEVERITY_HIGH},
        {"another region", "198.51.100.7", "aws-cli/2.1", "me-south-1", "new_region", "python3.12",
         9, SEVERITY_HIGH},
        {"another runtime", "198.51.100.7", "aws-cli/2.1", "eu-west-1", "new_runtime",
         "provided.al2023", 9, SEVERITY_LOW},
        {"at night", "198.51.100.7", "aws-cli/2.1", "eu-west-1", "odd_hour", "python3.12", 2,
         SEVERITY_LOW},
        {"an hour earlier", "198.51.100.7", "aws-cli/2.1", "eu-west-1", NULL, "python3.12", 7, 0},
        {"an hour later", "198.51.100.7", "aws-cli/2.1", "eu-west-1", NULL, "python3.12", 12, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct stage s;
        char id[64];
        open(&s, 70);
        struct event *e = change_of(&s.f, rows[i].address, rows[i].agent, rows[i].runtime);
        e->time_us = e->last_us =
            e->time_us / TIME_DAY_US * TIME_DAY_US + rows[i].hour * TIME_HOUR_US;
        e->function.region = str_of(rows[i].region);
        size_t hits = fx_play(&s.f, e);
        if (hits != (rows[i].id == NULL ? 0U : 1U)) {
            fail_msg("%s: %zu hits", rows[i].what, hits);
        }
        if (hits > 0) {
            snprintf(id, sizeof(id), "faaswatch.%s", rows[i].id);
            assert_int_equal(fx_count(&s.f, id), 1);
            fx_expect_severity(&s.f, rows[i].severity);
            assert_int_equal(fx_play(&s.f, e), 0); /* once */
        }
        done(&s);
    }
}

/* Too little history, none, another actor, history of long ago: unknown, so nothing. */
static void test_unknown(void **state)
{
    (void)state;
    for (int64_t days = 5; days <= 14; days += 9) {
        struct stage s;
        open(&s, days);
        struct event *e = change(&s.f, "203.0.113.9", chrome);
        e->function.region = STR("me-south-1");
        size_t want = days < 14 ? 0 : 3; /* too few hours for odd_hour */
        assert_int_equal(fx_play(&s.f, e), want);
        done(&s);
    }
    struct stage s;
    open(&s, 70);
    struct event *e = change(&s.f, "203.0.113.9", chrome);
    e->actor = &s.f.ci;
    assert_int_equal(fx_play(&s.f, e), 0);
    s.f.since_us = e->time_us + 1; /* history is not judged */
    e->actor = &s.f.dana;
    assert_int_equal(fx_play(&s.f, e), 0);
    s.f.since_us = 0;
    s.f.baseline = NULL;
    assert_int_equal(fx_play(&s.f, e), 0);
    s.f.baseline = &s.b;
    e->time_us += INT64_C(100) * TIME_DAY_US;
    assert_int_equal(fx_count(&s.f, "faaswatch.new_tool"), 0);
    assert_int_equal(fx_play(&s.f, e), 0);
    done(&s);
}

/* Thresholds of --env. */
static void test_thresholds(void **state)
{
    (void)state;
    struct stage s;
    open(&s, 70);
    struct str many = STR("1000");
    struct map_entry *entry = map_put(&s.f.context.env.thresholds, STR("first_seen_count"));
    assert_non_null(entry);
    entry->value = &many;
    struct event *e = change(&s.f, "203.0.113.9", chrome);
    assert_int_equal(fx_play(&s.f, e), 0);
    map_free(&s.f.context.env.thresholds);
    assert_int_equal(fx_play(&s.f, e), 2);
    done(&s);
}

/* Ranges of ours are never new; a vendor's actor is asked about elsewhere. */
static void test_own_range(void **state)
{
    (void)state;
    struct stage s;
    open(&s, 70);
    struct env_range r = {.kind = RANGE_OFFICE};
    assert_true(ip_prefix_parse(STR("203.0.113.0/24"), &r.prefix));
    assert_true(VEC_PUSH(&s.f.context.env.ranges, r));
    assert_int_equal(fx_play(&s.f, change(&s.f, "203.0.113.9", "aws-cli/2.1")), 0);
    VEC_FREE(&s.f.context.env.ranges);
    done(&s);
}

/* Somebody who changes one thing from there first, to be known later, is told at low only once; a
 * night of it does not make nights usual. */
static void test_trained(void **state)
{
    (void)state;
    struct stage s;
    open(&s, 70);
    struct event *e = change(&s.f, "203.0.113.9", "aws-cli/2.1");
    e->time_us = e->time_us / TIME_DAY_US * TIME_DAY_US + 2 * TIME_HOUR_US - 3 * TIME_DAY_US;
    assert_int_equal(baseline_learn(&s.b, e), ERR_OK);
    e->time_us += 3 * TIME_DAY_US;
    assert_int_equal(fx_play(&s.f, e), 2);
    assert_int_equal(fx_count(&s.f, "faaswatch.new_block"), 1);
    assert_int_equal(fx_count(&s.f, "faaswatch.odd_hour"), 1);
    assert_int_equal(s.f.run.hits.at[0].severity, SEVERITY_LOW);
    done(&s);
}

/* A provider's range says whose network it is, once the history was learnt with it. */
static void test_systems(void **state)
{
    (void)state;
    struct stage s;
    struct err err = {0};
    fx_open(&s.f, &detect_first_seen);
    baseline_init(&s.b);
    s.f.intel = intel_new();
    assert_non_null(s.f.intel);
    static const char ranges[] =
        "{\"syncToken\":\"1\",\"createDate\":\"2026-11-01-00-00-00\",\"prefixes\":["
        "{\"ip_prefix\":\"198.51.100.0/24\",\"region\":\"eu-west-1\",\"service\":\"EC2\","
        "\"network_border_group\":\"eu-west-1\"}],\"ipv6_prefixes\":[]}";
    assert_int_equal(intel_load_text(s.f.intel, STR("ip-ranges.json"), str_of(ranges), &err),
                     ERR_OK);
    assert_int_equal(intel_finish(s.f.intel, &err), ERR_OK);
    s.b.namer = network_namer_of;
    s.b.namer_arg = s.f.intel;
    learn(&s.f, &s.b, 70);
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:00:00Z"), &s.f.now_us));
    s.f.baseline = &s.b;
    assert_int_equal(fx_play(&s.f, change(&s.f, "198.51.100.200", "aws-cli/2.1")), 0);
    assert_int_equal(fx_play(&s.f, change(&s.f, "203.0.113.9", "aws-cli/2.1")), 1);
    assert_int_equal(fx_count(&s.f, "faaswatch.new_block"), 1);
    done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),    cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_thresholds), cmocka_unit_test(test_own_range),
        cmocka_unit_test(test_trained),    cmocka_unit_test(test_systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
