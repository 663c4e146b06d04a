#include <stdlib.h>
#include <unistd.h>

#include "detect/test_fixture.h"
#include "tests/unit/intel/mmdb.h"

extern const struct detect_ops detect_hidden_caller;

static void with_feed(struct fx *f, const char *text)
{
    struct err err = {0};
    f->intel = intel_new();
    assert_non_null(f->intel);
    if (intel_load_text(f->intel, STR("feed.csv"), str_of(text), &err) != ERR_OK ||
        intel_finish(f->intel, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

static struct event *call(struct fx *f, const char *address)
{
    struct event *e = FX_PLAIN(f, "Invoke");
    e->kind = EVENT_INVOKE;
    e->address = str_of(address);
    assert_true(ip_parse(e->address, &e->ip));
    return e;
}

static void test_tor(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_hidden_caller);
    with_feed(&f, "ip,class,confidence\n203.0.113.7,tor,90\n203.0.113.8,c2,90\n");
    assert_int_equal(fx_play(&f, call(&f, "203.0.113.7")), 1);
    fx_expect_severity(&f, SEVERITY_MEDIUM);
    assert_true(str_find(fx_last(&f)->explain, STR("anonymiser")) != SIZE_MAX);
    assert_int_equal(fx_play(&f, call(&f, "203.0.113.8")), 0); /* D50 */
    assert_int_equal(fx_play(&f, call(&f, "203.0.113.9")), 0);
    assert_int_equal(fx_play(&f, call(&f, "10.0.0.1")), 0);
    struct event *e = call(&f, "203.0.113.7");
    e->kind = EVENT_CHANGE;
    assert_int_equal(fx_play(&f, e), 0); /* D50 */
    struct str open = call(&f, "203.0.113.7")->function.name;
    assert_true(VEC_PUSH(&f.context.env.public_functions, open));
    assert_int_equal(fx_play(&f, call(&f, "203.0.113.7")), 1);
    fx_expect_severity(&f, SEVERITY_LOW);
    VEC_FREE(&f.context.env.public_functions);
    fx_close(&f);
}

/* The autonomous system says as much where a database is given. */
static void test_system(void **state)
{
    (void)state;
    static const struct {
        uint32_t asn;
        size_t findings;
    } rows[] = {{9009, 1}, {64500, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char dir[] = "/tmp/faaswatch-test-XXXXXX";
        char path[64];
        struct err err = {0};
        struct fx f;
        fx_open(&f, &detect_hidden_caller);
        f.intel = intel_new();
        assert_non_null(mkdtemp(dir));
        (void)snprintf(path, sizeof(path), "%s/asn.mmdb", dir);
        assert_true(mmdb_make(path, rows[i].asn, "M247 Europe SRL", "RO"));
        enum err_code rc = intel_load(f.intel, str_of(path), &err);
        (void)unlink(path);
        (void)rmdir(dir);
        assert_true(rc == ERR_OK || rc == ERR_UNSUPPORTED);
        if (rc == ERR_OK) {
            assert_int_equal(intel_finish(f.intel, &err), ERR_OK);
            assert_int_equal(fx_play(&f, call(&f, "203.0.113.7")), rows[i].findings);
        }
        if (rc == ERR_OK && rows[i].findings > 0) {
            assert_true(str_find(fx_last(&f)->explain,
                                 STR("of AS9009 M247 Europe SRL (vpn), RO, called")) != SIZE_MAX);
        }
        fx_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tor),
        cmocka_unit_test(test_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
