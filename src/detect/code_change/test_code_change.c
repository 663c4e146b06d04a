#include "context/read.h"
#include "detect/test_google.h"

extern const struct detect_ops detect_code_change;

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

#define HUMAN  "faaswatch.code_changed_by_human"
#define RECORD "faaswatch.code_changed_without_record"
#define ORIGIN "faaswatch.code_hash_unknown"
#define REVERT "faaswatch.code_reverted"
#define SIZE   "faaswatch.code_size_outlier"

static void test_by_human(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum identity_kind kind;
        bool pipeline;
        size_t want;
        bool unresolved;
    } cases[] = {
        {"user", IDENTITY_USER, false, 1, false},
        {"root", IDENTITY_ROOT, false, 1, false},
        {"sso", IDENTITY_SSO, false, 1, false},
        {"federated", IDENTITY_FEDERATED, false, 1, false},
        {"oidc pipeline", IDENTITY_FEDERATED, true, 0, false},
        {"role", IDENTITY_ROLE, false, 0, false},
        {"role, beginning unknown", IDENTITY_ROLE, false, 1, true},
        {"pipeline role, beginning unknown", IDENTITY_ROLE, true, 0, true},
        {"service", IDENTITY_SERVICE, false, 0, false},
        {"pipeline user", IDENTITY_USER, true, 0, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_code_change);
        f.dana.kind = cases[i].kind;
        f.dana.pipeline = cases[i].pipeline;
        f.dana.resolved = !cases[i].unresolved;
        struct event *e = FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A));
        /* What the client calls itself clears nothing. */
        e->user_agent = STR("HashiCorp/1.0 Terraform/1.9.0");
        fx_play(&f, e);
        if (fx_count(&f, HUMAN) != cases[i].want) {
            fail_msg("%s: %zu hits", cases[i].what, fx_count(&f, HUMAN));
        }
        fx_close(&f);
    }
}

static void test_refused_is_lower(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_code_change);
    struct event *e = FX_PLAIN(&f, "UpdateFunctionCode");
    e->outcome = OUTCOME_DENIED;
    e->error_code = STR("AccessDenied");
    assert_int_equal(fx_play(&f, e), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    assert_true(str_starts(fx_last(&f)->explain, STR("Attempt, refused (AccessDenied): ")));
    fx_close(&f);
}

static void test_record(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_code_change);
    f.match.class = MATCH_M0;
    /* No match, and no changes given: unknown, so no hit. */
    fx_play(&f, FX_PLAIN(&f, "UpdateFunctionCode"));
    f.context.given[CONTEXT_CHANGES] = true;
    fx_play(&f, FX_PLAIN(&f, "UpdateFunctionCode"));
    assert_int_equal(fx_count(&f, RECORD), 0);
    f.has_match = true;
    fx_play(&f, FX_PLAIN(&f, "UpdateFunctionCode"));
    fx_play(&f, FX_PLAIN(&f, "CreateFunction"));
    assert_int_equal(fx_count(&f, RECORD), 2);
    fx_play(&f, FX_PLAIN(&f, "UpdateFunctionConfiguration"));
    f.match.class = MATCH_M1;
    fx_play(&f, FX_PLAIN(&f, "UpdateFunctionCode"));
    assert_int_equal(fx_count(&f, RECORD), 2);
    fx_close(&f);
}

/* A pipeline's change beside a record that does not authorise it would be seen by nothing else. */
static void test_near_record(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum match_class class;
        bool pipeline, built;
        size_t want;
    } cases[] = {
        {"near", MATCH_M2, true, false, 1},       {"touches", MATCH_M1, true, false, 1},
        {"authorises", MATCH_M3, true, false, 0}, {"contradicts", MATCH_MR, true, false, 0},
        {"a person", MATCH_M2, false, false, 0},  {"a reviewed build", MATCH_M2, true, true, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        const struct change ch = {.id = STR("CHG1")};
        struct build b = {.reviewed = true, .protected_branch = true};
        char hex[64];
        fx_open(&f, &detect_code_change);
        f.context.given[CONTEXT_CHANGES] = true;
        f.has_match = true;
        f.match = (struct change_match){.class = cases[i].class, .change = &ch};
        f.dana.pipeline = cases[i].pipeline;
        if (cases[i].built) {
            assert_true(hash_normalise(STR(HASH_A), hex));
            struct map_entry *entry = map_put(&f.context.build_index, str_make(hex, sizeof(hex)));
            assert_non_null(entry);
            entry->value = &b;
        }
        fx_play(&f, FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A)));
        if (fx_count(&f, RECORD) != cases[i].want) {
            fail_msg("%s", cases[i].what);
        }
        map_free(&f.context.build_index);
        fx_close(&f);
    }
}

/* Google Cloud: what set the code, by whatever call; not what an agent then does. */
static void test_google(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_code_change);
    f.context.given[CONTEXT_CHANGES] = true;
    f.has_match = true;
    f.match.class = MATCH_M0;
    fx_play(&f, FX_RUN(&f, "UpdateService", FX_ATTR(INGRESS, "all")));
    assert_int_equal(fx_count(&f, RECORD), 0);
    fx_play(&f, FX_RUN(&f, "ReplaceService", FX_ATTR(CODE_LOCATION, "x@sha256:aa"),
                       FX_ATTR(CODE_HASH, HASH_A)));
    assert_int_equal(fx_count(&f, RECORD), 1);
    struct event *agent = FX_RUN(&f, "ReplaceService", FX_ATTR(CODE_LOCATION, "x@sha256:bb"),
                                 FX_ATTR(CODE_HASH, HASH_B));
    agent->who.kind = IDENTITY_SERVICE;
    fx_play(&f, agent);
    assert_int_equal(fx_count(&f, RECORD), 1);
    fx_play(&f, FX_GOOGLE(&f, "cloudfunctions.googleapis.com", "UpdateFunction",
                          FX_ATTR(CODE_LOCATION, "gs://b/o#2")));
    assert_int_equal(fx_count(&f, RECORD), 2);
    assert_int_equal(fx_count(&f, HUMAN), 2);
    struct event *denied = FX_RUN(&f, "ReplaceService", FX_ATTR(CODE_LOCATION, "x@sha256:cc"));
    denied->outcome = OUTCOME_DENIED;
    fx_play(&f, denied);
    assert_int_equal(fx_count(&f, HUMAN), 3);
    fx_expect_severity(&f, SEVERITY_LOW);
    fx_play(&f, FX_RUN(&f, "CreateService", FX_ATTR(CODE_LOCATION, "x@sha256:dd")));
    assert_int_equal(fx_count(&f, HUMAN), 3);
    fx_close(&f);
}

static void test_origin_without_builds(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_code_change);
    f.dana.pipeline = true;
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A)));
    assert_int_equal(fx_count(&f, ORIGIN), 0); /* nothing to compare with */
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_B)));
    assert_int_equal(fx_count(&f, ORIGIN), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A)));
    assert_int_equal(fx_count(&f, ORIGIN), 1);
    fx_close(&f);
}

static void test_reverted(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_code_change);
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionConfiguration", FX_ATTR(CODE_HASH, HASH_A)));
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_B)));
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_C)));
    assert_int_equal(fx_count(&f, REVERT), 0);
    f.now_us += 23 * TIME_HOUR_US;
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A)));
    assert_int_equal(fx_count(&f, REVERT), 1);
    f.now_us += 25 * TIME_HOUR_US;
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_C)));
    f.now_us += 25 * TIME_HOUR_US;
    fx_play(&f, FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A)));
    assert_int_equal(fx_count(&f, REVERT), 1);
    fx_close(&f);
}

static void test_alias_back(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_code_change);
    fx_play(&f, FX_EVENT(&f, "CreateAlias", FX_ATTR(ALIAS, "live"), FX_ATTR(VERSION, "7")));
    fx_play(&f, FX_EVENT(&f, "UpdateAlias", FX_ATTR(ALIAS, "live"), FX_ATTR(VERSION, "8")));
    fx_play(&f, FX_EVENT(&f, "UpdateAlias", FX_ATTR(ALIAS, "test"), FX_ATTR(VERSION, "7")));
    assert_int_equal(fx_count(&f, REVERT), 0);
    fx_play(&f, FX_EVENT(&f, "UpdateAlias", FX_ATTR(ALIAS, "live"), FX_ATTR(VERSION, "7")));
    assert_int_equal(fx_count(&f, REVERT), 1);
    fx_close(&f);
}

static void test_size(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *sizes[6];
        size_t want;
    } cases[] = {
        {"first size compares with nothing", {"1000"}, 0},
        {"four times is not more than four", {"1000", "3990"}, 0},
        {"five times", {"1000", "5000"}, 1},
        {"shrunk to a fifth", {"5000", "1000"}, 1},
        {"small steps, small history", {"1000", "1010", "1020", "1030", "1040"}, 0},
        {"twice as large after small steps", {"1000", "1010", "1020", "1030", "2000"}, 1},
        {"twice as large is usual here", {"1000", "2000", "1000", "2000", "4000"}, 0},
        {"not a number", {"1000", "many", "-5", "1001"}, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fx f;
        fx_open(&f, &detect_code_change);
        for (size_t n = 0; n < 6 && cases[i].sizes[n] != NULL; n++) {
            struct attr a = {ATTR_CODE_SIZE, str_of(cases[i].sizes[n])};
            fx_play(&f, fx_event(&f, "UpdateFunctionCode", &a, 1));
        }
        if (fx_count(&f, SIZE) != cases[i].want) {
            fail_msg("%s: %zu hits", cases[i].what, fx_count(&f, SIZE));
        }
        fx_close(&f);
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct fx f;
        fx_open(&f, &detect_code_change);
        const struct event *e[] = {
            FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A), FX_ATTR(CODE_SIZE, "9")),
            FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_B),
                     FX_ATTR(CODE_SIZE, "99")),
            FX_EVENT(&f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A)),
            FX_EVENT(&f, "UpdateAlias", FX_ATTR(ALIAS, "live"), FX_ATTR(VERSION, "7")),
        };
        bool failed = false;
        for (size_t i = 0; i < ARRAY_LEN(e); i++) {
            struct detect_view v = fx_view(&f, e[i]);
            v.function = fx_replay(&f, e[i]);
            mem_torture(n);
            enum err_code rc = f.ops->on_event(f.state, &v, NULL);
            mem_torture(0);
            assert_true(rc == ERR_OK || rc == ERR_NOMEM);
            failed = failed || rc == ERR_NOMEM;
        }
        fx_close(&f);
        if (!failed) {
            assert_true(n > 3);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_human), cmocka_unit_test(test_refused_is_lower),
        cmocka_unit_test(test_record),   cmocka_unit_test(test_near_record),
        cmocka_unit_test(test_google),   cmocka_unit_test(test_origin_without_builds),
        cmocka_unit_test(test_reverted), cmocka_unit_test(test_alias_back),
        cmocka_unit_test(test_size),     cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
