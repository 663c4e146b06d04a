#include "load.h"

static const char full[] =
    "# what is ours\n"
    "organization: o-abc123\n"
    "accounts:\n"
    "  - {id: 012345678901, alias: pay-prod, kind: prod}\n"
    "  - {id: \"444455556666\", kind: sandbox}\n"
    "  - {id: 777788889999, kind: dev, production: true}\n"
    "  - 123412341234\n"
    "address_ranges:\n"
    "  internal: [10.0.0.0/8]\n"
    "  office: [203.0.113.0/24, 2001:db8::/32]\n"
    "  nat: 203.0.113.7\n"
    "crown_jewels: [pay-*]\n"
    "public_functions: [shop-front]\n"
    "pipelines:\n"
    "  - {name: \"repo:acme/pay:*\", repository: acme/pay, accounts: [012345678901]}\n"
    "  - arn:aws:iam::012345678901:role/deploy\n"
    "vendors:\n"
    "  - {name: Watcher, principals: [\"*watcher*\"], actions: [Get*], layer_accounts: "
    "[464622532012], log_sinks: [x], until: 2026-12-31}\n"
    "exercises:\n"
    "  - {name: red, from: 2026-11-01, to: 2026-11-30, contact: lee, principals: [x], addresses: "
    "[198.51.100.1], scope: [pay-*]}\n"
    "break_glass: [\"*break-glass*\"]\n"
    "shared_accounts: [\"*ops-shared\"]\n"
    "freezes:\n"
    "  - {from: 2026-12-20T00:00+01:00, to: 2027-01-02}\n"
    "standard_changes:\n"
    "  - {template: Deploy function, resources: [pay-*], pipelines: [\"repo:acme/pay:*\"]}\n"
    "change_required: {mode: ticket, accounts: [012345678901]}\n"
    "delays: {aws.cloudtrail: 30m}\n"
    "layer_accounts: [580247275435]\n"
    "thresholds: {invocations_per_minute: 250.5}\n"
    "columns: {changes: {start: Beginn}, people.id: [Mail, UPN]}\n"
    "timezone: {changes: \"+01:00\", export.csv: UTC}\n";

static struct context *env_of(const char *text)
{
    struct err err = {0};
    struct context *c = context_new();
    assert_non_null(c);
    if (context_load_env_text(c, STR("env.yaml"), str_of(text), &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    return c;
}

static void test_lists(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = env_of(full);
    const struct env *e = &c->env;
    assert_true(e->given);
    same(e->organization, "o-abc123");
    same(e->crown_jewels.at[0], "pay-*");
    same(e->pipelines.at[0].repository, "acme/pay");
    same(e->pipelines.at[0].accounts.at[0], "012345678901");
    same(e->pipelines.at[1].name, "arn:aws:iam::012345678901:role/deploy");
    same(e->vendors.at[0].log_sinks.at[0], "x");
    at_time(e->vendors.at[0].until_us, "2027-01-01T00:00:00Z");
    at_time(e->exercises.at[0].window.to_us, "2026-12-01T00:00:00Z");
    at_time(e->freezes.at[0].from_us, "2026-12-19T23:00:00Z");
    same(e->standard_changes.at[0].template, "Deploy function");
    same(e->layer_accounts.at[0], "580247275435");
    assert_true(env_any(&e->break_glass, STR("arn:aws:iam::1:user/break-glass-1")));
    assert_true(env_any(&e->shared_accounts, STR("OPS-shared")));
}

static void test_accounts(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = env_of(full);
    const struct env *e = &c->env;
    assert_true(env_account_is_ours(e, STR("012345678901")));
    assert_false(env_account_is_ours(e, STR("999999999999")));
    assert_false(env_account_is_ours(e, STR("")));
    assert_true(env_account_is_production(e, STR("012345678901")));
    assert_false(env_account_is_production(e, STR("444455556666")));
    assert_true(env_account_is_production(e, STR("777788889999")));
    assert_true(env_account_is_production(e, STR("999999999999"))); /* unknown */
    assert_true(env_change_required(e, STR("012345678901")));
    assert_false(env_change_required(e, STR("444455556666")));

    CLEANUP(done) struct context *d = env_of("accounts: [{id: 1, kind: dev}, {id: 2}]");
    assert_false(env_change_required(&d->env, STR("1")));
    assert_true(env_change_required(&d->env, STR("2")));
    assert_true(env_change_required(&d->env, STR("3")));
    CLEANUP(done)
    struct context *all = env_of("change_required: all\naccounts: [{id: 1, kind: dev}]");
    assert_true(env_change_required(&all->env, STR("1")));
    CLEANUP(done) struct context *none = env_of("change_required: none");
    assert_false(env_change_required(&none->env, STR("1")));
}

static void test_ranges(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = env_of(full);
    static const struct {
        const char *ip;
        int kind; /* -1: none */
    } rows[] = {
        {"10.1.2.3", RANGE_INTERNAL},
        {"203.0.113.9", RANGE_OFFICE},
        {"2001:db8::9", RANGE_OFFICE},
        {"203.0.113.7", RANGE_NAT},
        {"192.0.2.1", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct ip ip;
        enum range_kind kind = RANGE_KIND_MAX_;
        assert_true(ip_parse(str_of(rows[i].ip), &ip));
        bool in = env_range_of(&c->env, &ip, &kind);
        assert_int_equal(in, rows[i].kind >= 0);
        assert_int_equal(kind, in ? rows[i].kind : (int)RANGE_KIND_MAX_);
    }
}

static void test_values(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = env_of(full);
    const struct env *e = &c->env;
    assert_true(env_delay_us(e, STR("aws.cloudtrail"), 5) == 30 * TIME_MINUTE_US);
    assert_true(env_delay_us(e, STR("other"), 5) == 5);
    assert_true(env_threshold(e, STR("invocations_per_minute"), 1) > 250);
    assert_true(env_threshold(e, STR("other"), 1) < 2);
    const struct str_list *mapped = map_get(&e->columns, STR("people.id"));
    assert_non_null(mapped);
    same(mapped->at[1], "UPN");
    assert_non_null(map_get(&e->columns, STR("changes.start")));
    const struct str *zone = map_get(&e->timezone, STR("export.csv"));
    assert_non_null(zone);
    same(*zone, "UTC");
}

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool want;
    } rows[] = {
        {"pay-*", "pay-checkout", true},
        {"PAY-*", "pay-x", true},
        {"pay-*", "xpay-", false},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"a*b*c", "a--b--b--c", true},
        {"a*b*c", "a--c--b", false},
        {"**a", "bba", true},
        {"*-prod", "a-prod-prod", true},
        {"a", "ab", false},
        {"pay", "pay", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (env_pattern(str_of(rows[i].pattern), str_of(rows[i].text)) != rows[i].want) {
            fail_msg("%s on %s", rows[i].pattern, rows[i].text);
        }
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
        const char *words;
    } rows[] = {
        {"crown_jewel: [a]", ERR_SCHEMA, "env.yaml:1|'crown_jewel'|'crown_jewels'"},
        {"\nvendors:\n  - {name: x, principal: [y]}", ERR_SCHEMA, "env.yaml:3|vendors|principals"},
        {"address_ranges: {home: [10.0.0.0/8]}", ERR_SCHEMA, "'home'|address_ranges"},
        {"address_ranges: {nat: [10.0.0/8]}", ERR_SCHEMA, "10.0.0/8|no address range"},
        {"accounts: [{alias: x}]", ERR_SCHEMA, "needs an id"},
        {"accounts: [{id: 1, production: maybe}]", ERR_SCHEMA, "true or false"},
        {"exercises: [{name: x}]", ERR_SCHEMA, "from and to"},
        {"freezes: [{from: 2026-12-20 09:00, to: 2027-01-02}]", ERR_SCHEMA, "no time zone"},
        {"freezes: [{from: 2026-12-20, to: 2026-12-01}]", ERR_SCHEMA, "later to"},
        {"standard_changes: [{template: x}]", ERR_SCHEMA, "resources and pipelines"},
        {"change_required: sometimes", ERR_SCHEMA, "ticket, all or none"},
        {"delays: {a: soon}", ERR_SCHEMA, "'soon'"},
        {"thresholds: {a: many}", ERR_SCHEMA, "'many'"},
        {"timezone: Europe/Berlin", ERR_SCHEMA, "Europe/Berlin|+01:00"},
        {"columns: {changes.star: x}", ERR_SCHEMA, "'star'|'start'"},
        {"columns: {tickets.start: x}", ERR_SCHEMA, "'tickets'|changes"},
        {"columns: {start: x}", ERR_SCHEMA, "'start'"},
        {"crown_jewels: [[a]]", ERR_SCHEMA, "single value"},
        {"- a", ERR_SCHEMA, "env.yaml:1|keys"},
        {"a: [", ERR_SYNTAX, "env.yaml|line"},
        {"organization: a\norganization: b", ERR_SYNTAX, "env.yaml"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};
        CLEANUP(done) struct context *c = context_new();
        assert_non_null(c);
        enum err_code rc = context_load_env_text(c, STR("env.yaml"), str_of(rows[i].text), &err);
        if (rc != rows[i].code) {
            fail_msg("%s: %s %s", rows[i].text, err_code_name(rc), err.msg);
        }
        struct str rest = str_of(rows[i].words);
        struct str word;
        while (str_cut(&rest, '|', &word)) {
            if (str_find(str_of(err.msg), word) == SIZE_MAX) {
                fail_msg("'%s' does not say '%.*s'", err.msg, STR_ARG(word));
            }
        }
    }
    CLEANUP(done) struct context *empty = env_of("");
    assert_false(empty->env.given); /* nothing was set */
}

static void test_files(void **state)
{
    (void)state;
    struct err err = {0};
    CLEANUP(done) struct context *c = context_new();
    assert_non_null(c);
    assert_int_equal(context_load(c, CONTEXT_CHANGES, STR("tests"), &err), ERR_USAGE);
    assert_true(str_find(str_of(err.msg), STR("folder")) != SIZE_MAX);
    err = (struct err){0};
    assert_int_equal(context_load(c, CONTEXT_CHANGES, STR("no-such-file.csv"), &err), ERR_NOTFOUND);
    assert_true(str_find(str_of(err.msg), STR("no-such-file.csv")) != SIZE_MAX);
}

static void test_torture(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct err err = {0};
        mem_torture(n);
        struct context *c = context_new();
        enum err_code rc =
            c == NULL ? ERR_NOMEM : context_load_env_text(c, STR("e"), str_of(full), &err);
        mem_torture(0);
        context_free(c);
        if (rc == ERR_OK) {
            assert_true(n > 50);
            return;
        }
        assert_true(rc == ERR_NOMEM || rc == ERR_LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),    cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_ranges),   cmocka_unit_test(test_values),
        cmocka_unit_test(test_patterns), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_files),    cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
