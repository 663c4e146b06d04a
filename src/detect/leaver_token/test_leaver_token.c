#include "detect/test_fixture.h"

extern const struct detect_ops detect_leaver_token;

static struct event *use(struct fx *f, const struct actor *who, const char *address,
                         const char *tool, int64_t before_us)
{
    struct event *e = FX_PLAIN(f, "UpdateFunctionCode");
    e->actor = who;
    e->who = (struct identity){.kind = IDENTITY_USER,
                               .principal = who->root,
                               .access_key = STR("AKIAEXAMPLE"),
                               .account = STR("111122223333")};
    e->address = str_of(address);
    assert_true(ip_parse(e->address, &e->ip));
    e->user_agent = str_of(tool);
    e->time_us = e->last_us = f->now_us - before_us;
    return e;
}

static void test_token(void **state)
{
    (void)state;
    static const struct {
        const char *address, *tool;
        bool since; /* the earlier use is history of the window, after the owner left */
        int64_t earlier_us;
        size_t hits;
    } rows[] = {
        {"192.0.2.7", "aws-cli/2.17 x", false, 40 * TIME_DAY_US, 1},
        {"192.0.2.9", "aws-cli/2.18", false, 40 * TIME_DAY_US, 1},     /* the same network, tool */
        {"192.0.2.7", "curl/8", false, 40 * TIME_DAY_US, 0},           /* another tool */
        {"203.0.113.7", "aws-cli/2.17 x", false, 40 * TIME_DAY_US, 0}, /* not CI's */
        {"192.0.2.7", "aws-cli/2.17 x", false, 10 * TIME_DAY_US, 0},   /* no history */
        {"192.0.2.7", "aws-cli/2.17 x", true, 10 * TIME_DAY_US, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct actor gone = {.root = STR("arn:aws:iam::111122223333:user/gone"),
                             .kind = IDENTITY_USER,
                             .resolved = true};
        fx_open(&f, &detect_leaver_token);
        struct context *c = context_new();
        assert_non_null(c);
        assert_int_equal(context_load_env_text(c, STR("env.yaml"),
                                               STR("address_ranges: {ci: [192.0.2.0/24]}"), NULL),
                         ERR_OK);
        assert_int_equal(context_load_text(c, CONTEXT_PEOPLE, STR("p.csv"),
                                           STR("id,other_ids,status,terminated_at\n"
                                               "gone@example.com,gone,terminated,2026-10-20\n"),
                                           NULL),
                         ERR_OK);
        assert_int_equal(context_finish(c, NULL), ERR_OK);
        f.context = *c;
        f.since_us = rows[i].since ? f.now_us - TIME_DAY_US : TIME_NONE;
        assert_int_equal(
            fx_play(&f, use(&f, &gone, "192.0.2.7", "aws-cli/2.17 x", rows[i].earlier_us)), 0);
        size_t hits = fx_play(&f, use(&f, &gone, rows[i].address, rows[i].tool, 0));
        if (hits != rows[i].hits) {
            fail_msg("row %zu: %zu hits", i, hits);
        }
        /* Others, sessions and who still works here are not asked about. */
        assert_int_equal(fx_play(&f, use(&f, &f.dana, rows[i].address, rows[i].tool, 0)), 0);
        struct event *session = use(&f, &gone, "192.0.2.7", "aws-cli/2.17 x", 0);
        session->who.access_key = STR("ASIAEXAMPLE");
        assert_int_equal(fx_play(&f, session), 0);
        fx_close(&f);
        context_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_token)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
