#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_html;

static void test_says(void **state)
{
    (void)state;
    static const char *const says[] = {
        "<!doctype html>",
        "Content-Security-Policy",
        "default-src 'none'",
        "ESCALATE",
        "The four questions",
        "L1 steps",
        "Containment plan",
        "<svg",
        "SHA-256",
        "What it rests on",
        "Every byte:",
    };
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_html, f, &out);
    for (size_t i = 0; i < ARRAY_LEN(says); i++) {
        if (strstr(out.ptr, says[i]) == NULL) {
            fail_msg("the page lacks '%s'", says[i]);
        }
    }
    assert_null(strstr(out.ptr, "<script"));
}

/* Tags that must be closed are, in order. */
static void check_nesting(const char *page)
{
    static const char *const tags[] = {"section", "div",     "dl",  "ol",  "ul",        "table",
                                       "details", "summary", "pre", "svg", "blockquote"};
    const char *stack[256];
    size_t depth = 0;
    for (const char *p = strchr(page, '<'); p != NULL; p = strchr(p + 1, '<')) {
        bool close = p[1] == '/';
        const char *name = p + (close ? 2 : 1);
        for (size_t t = 0; t < ARRAY_LEN(tags); t++) {
            size_t n = strlen(tags[t]);
            if (strncmp(name, tags[t], n) != 0 || (name[n] != '>' && name[n] != ' ')) {
                continue;
            }
            if (!close) {
                assert_true(depth < ARRAY_LEN(stack));
                stack[depth++] = tags[t];
            } else if (depth == 0 || strcmp(stack[--depth], tags[t]) != 0) {
                fail_msg("</%s> closes what is not open: %.60s", tags[t], p);
            }
        }
    }
    assert_int_equal(depth, 0);
}

/* Text from logs never becomes markup: the number of tags does not depend on it. */
static size_t count_tags(const char *page)
{
    size_t n = 0;
    for (const char *p = strchr(page, '<'); p != NULL; p = strchr(p + 1, '<')) {
        n++;
    }
    return n;
}

static void test_hostile(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *plain = fixture_new(STR("harmless"));
    CLEANUP(buf_free) struct buf calm = {0};
    fixture_write(&report_html, plain, &calm);
    check_nesting(calm.ptr);
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        CLEANUP(buf_free) struct buf out = {0};
        fixture_write(&report_html, f, &out);
        if (count_tags(out.ptr) != count_tags(calm.ptr)) {
            fail_msg("hostile text %zu makes markup: %s", i, fixture_hostile[i]);
        }
        check_nesting(out.ptr);
    }
}

static size_t count_texts(const char *page, const char *text)
{
    size_t n = 0;
    for (const char *p = strstr(page, text); p != NULL; p = strstr(p + 1, text)) {
        n++;
    }
    return n;
}

/* Each case has an anchor of its own, and the table leads there: ids that begin alike, too. */
static void test_anchors(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    struct result *r = fixture_result(f);
    assert_true(r->cases.len >= 2);
    r->cases.at[0]->id = STR("7f3a00000001");
    r->cases.at[1]->id = STR("7f3a00000002");
    fixture_write(&report_html, f, &out);
    assert_int_equal(count_texts(out.ptr, "id=\"case-7f3a00000001\""), 1);
    assert_int_equal(count_texts(out.ptr, "id=\"case-7f3a00000002\""), 1);
    assert_int_equal(count_texts(out.ptr, "href=\"#case-7f3a00000001\""), 1);
    assert_int_equal(count_texts(out.ptr, "href=\"#case-7f3a00000002\""), 1);
}

/* A few records of a finding with many, unless the user says how many. */
static void test_evidence(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    static const struct {
        bool asked;
        size_t most;
        const char *left;
    } rows[] = {{false, 100, "145 more records"},
                {false, 3, "147 more records"},
                {true, 100, "50 more records"},
                {true, 7, "143 more records"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_free) struct buf out = {0};
        struct report_options o = fixture_options(f);
        o.evidence_asked = rows[i].asked;
        o.evidence_max = rows[i].most;
        fixture_write_with(&report_html, f, &o, &out);
        if (strstr(out.ptr, rows[i].left) == NULL) {
            fail_msg("row %zu: the page lacks '%s'", i, rows[i].left);
        }
    }
}

static void test_common(void **state)
{
    (void)state;
    fixture_check_secrets(&report_html);
    fixture_check_visible(&report_html);
    fixture_check_memory(&report_html);
}

static void test_empty(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_empty();
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_html, f, &out);
    assert_non_null(strstr(out.ptr, "No case."));
    check_nesting(out.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says),    cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_anchors), cmocka_unit_test(test_evidence),
        cmocka_unit_test(test_common),  cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
