#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_stix;

static json_t *load(struct fixture *f)
{
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_stix, f, &out);
    json_t *bundle = json_loadb(out.ptr, out.len, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(bundle);
    return bundle;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));
    return s == NULL ? "" : s;
}

static size_t count(const json_t *bundle, const char *type)
{
    size_t n = 0;
    size_t i;
    json_t *object;
    json_array_foreach(json_object_get(bundle, "objects"), i, object)
    {
        n += strcmp(text_of(object, "type"), type) == 0 ? 1 : 0;
    }
    return n;
}

/* Every id once, and every reference to an object of the bundle. */
static void check_references(const json_t *bundle)
{
    const json_t *objects = json_object_get(bundle, "objects");
    json_t *ids = json_object();
    size_t i;
    json_t *object;
    json_array_foreach(objects, i, object)
    {
        assert_null(json_object_get(ids, text_of(object, "id")));
        json_object_set_new(ids, text_of(object, "id"), json_true());
    }
    json_array_foreach(objects, i, object)
    {
        const char *sighted = text_of(object, "sighting_of_ref");
        size_t k;
        json_t *ref;
        assert_true(sighted[0] == '\0' || json_object_get(ids, sighted) != NULL);
        json_array_foreach(json_object_get(object, "object_refs"), k, ref)
        {
            assert_non_null(json_object_get(ids, json_string_value(ref)));
        }
    }
    json_decref(ids);
}

static void test_marks(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    json_t *bundle = load(f);
    /* Two of the three marks of the fixture are not ours. */
    assert_int_equal(count(bundle, "indicator"), 2);
    assert_int_equal(count(bundle, "sighting"), 1);
    assert_int_equal(count(bundle, "ipv4-addr"), 1);
    assert_true(count(bundle, "grouping") > 0);
    check_references(bundle);
    json_decref(bundle);
}

/* A case that closes tells nobody anything. */
static void test_closed(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    struct result *r = fixture_result(f);
    for (size_t i = 0; i < r->cases.len; i++) {
        r->cases.at[i]->decision.action = STR("close");
    }
    json_t *bundle = load(f);
    assert_int_equal(json_array_size(json_object_get(bundle, "objects")), 1);
    json_decref(bundle);
}

static void test_hostile(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        json_t *bundle = load(f);
        check_references(bundle);
        json_decref(bundle);
    }
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_stix);
    fixture_check_secrets(&report_stix);
    fixture_check_memory(&report_stix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_closed),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
