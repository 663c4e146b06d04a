#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/report/fixture.h"

extern const struct report_ops report_markdown;

static bool has(const struct buf *text, const char *part)
{
    return str_find(buf_str(text), str_of(part)) != SIZE_MAX;
}

static void test_says(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_markdown, f, &out);
    static const char *const parts[] = {
        ("| **ESCALATE** | P1 | 7f3a90c1 | Code of payments-webhook replaced from a listed address "
         "| E1"),
        "## ESCALATE P1: Code of payments-webhook",
        "- **Q1** legitimate reason? **SUSPICIOUS** (strong)",
        "  - for: no change record names it (+12)",
        "  - coverage: changes partial (3 rows of changes.csv were skipped)",
        "left on 14 November (0, decides alone)",
        "explained by CHG0031187",
        "```sh\naws lambda put-function-concurrency",
        "| L1.1 | suspicious | Review serverless",
        "called × 150",
        "## Posture, no case\n\n- Function code replaced outside the pipeline: 1 of 2",
        "1,204 bytes from byte 88,112 of the file",
    };
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!has(&out, parts[i])) {
            fail_msg("\"%s\" is not in:\n%s", parts[i], out.ptr);
        }
    }
}

/* Outside fences, text from a log makes no markup; tables keep their columns. */
static void test_markup(void **state)
{
    (void)state;
    for (size_t i = 0; fixture_hostile[i] != NULL; i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(str_of(fixture_hostile[i]));
        CLEANUP(buf_free) struct buf out = {0};
        fixture_write(&report_markdown, f, &out);
        struct str rest = buf_str(&out);
        struct str line;
        bool fence = false;
        while (str_cut(&rest, '\n', &line)) {
            if (str_starts(line, STR("```"))) {
                fence = !fence;
            }
            if (fence) {
                continue;
            }
            CLEANUP(buf_free) struct buf bare = {0}; /* without what is escaped */
            for (size_t at = 0; at < line.len; at++) {
                if (line.ptr[at] == '\\') {
                    at++;
                } else {
                    buf_addc(&bare, line.ptr[at]);
                }
            }
            static const char *const never[] = {"<script", "<img",   "<svg",   "<a ",
                                                "<b>",     "](",     "`code`", "http://",
                                                " www.",   "a@evil", "<!--"};
            for (size_t j = 0; j < ARRAY_LEN(never); j++) {
                if (str_find(buf_str(&bare), str_of(never[j])) != SIZE_MAX) {
                    fail_msg("%s in: %.*s", never[j], STR_ARG(line));
                }
            }
        }
        assert_false(fence);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_empty();
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_markdown, f, &out);
    assert_true(has(&out, "No case was made."));
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_markdown);
    fixture_check_secrets(&report_markdown);
    fixture_check_memory(&report_markdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_says),
        cmocka_unit_test(test_markup),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
