#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "report/layout.h"
#include "report/show.h"
#include "tests/unit/report/fixture.h"

extern const struct report_ops report_terminal;

static bool has(const struct buf *text, const char *part)
{
    return str_find(buf_str(text), str_of(part)) != SIZE_MAX;
}

static void test_says(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    fixture_write(&report_terminal, f, &out);
    if (getenv("FAASWATCH_SHOW") != NULL) {
        (void)fwrite(out.ptr, 1, out.len, stdout);
    }
    static const char *const parts[] = {
        "2 ESCALATE (P1) · 1 to check, due 2026-11-21 04:00 · 1 closed",
        "logs, not complete, to 2026-11-20 23:46 UTC",
        "689,185 records",
        "341 changes (newest 23:55) (some rows skipped)",
        "--iam: permissions of roles and users",
        "ESCALATE to T2 P1 case 7f3a",
        "Dana Kovač (dana.k) as role ci-deploy, key ASIA…Q3, from 185.220.101.34",
        "09:13 UpdateFunctionCode denied · 09:14 code replaced",
        "called × 150",
        "SUSPICIOUS strong",
        "not raised",
        "would decide it: --iam FILE",
        "is explained by CHG0031187",
        "coverage: changes partial (3 rows of changes.csv were skipped)",
        "E1: 185.220.101.34, listed as command and control",
        ("aws lambda put-function-concurrency --function-name payments-webhook "
         "--reserved-concurrent-executions 0"),
        ("call Grace Okoro (grace.o@acme.example), owner of payments · farid.h, on call of "
         "platform · not the actor"),
        "root of 111122223333",
        "to check batch-runner",
        "batch-runner may read every secret (E8, P3, due 2026-11-21 04:00, case 55aa1234, "
        "unchanged)",
        "words grace.o, owner, by phone: Q4 suspicious (does not count: it has expired)",
        "since 1 new · 1 changed",
        "unchanged since yesterday.json · no longer there: case 8899aabb (E9)",
        "changed, was E9: Q3 was unknown, now suspicious; supersedes case 00112233",
        "unchanged, to be reviewed): ",
        "public-site (E2d): 4,210 calls",
        "from byte 88,112 of the file: gzip data ends early",
        "1 record of no known source",
        "status 3: done, but some input could not be read",
    };
    /* Where lines break depends on the width; the words do not. */
    CLEANUP(buf_free) struct buf flat = {0};
    for (size_t at = 0; at < out.len; at++) {
        char c =
            out.ptr[at] == '\n' && at + 1 < out.len && out.ptr[at + 1] == ' ' ? ' ' : out.ptr[at];
        if (c != ' ' || flat.len == 0 || flat.ptr[flat.len - 1] != ' ') {
            buf_addc(&flat, c);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!has(&flat, parts[i])) {
            fail_msg("\"%s\" is not in:\n%s", parts[i], flat.ptr);
        }
    }
    /* The decision comes first. */
    assert_true(str_starts(buf_str(&out), STR("2 ESCALATE")));
}

/* Commands are not broken; every other line fits. */
static void test_widths(void **state)
{
    (void)state;
    static const unsigned widths[] = {60, 80, 100, 132, 200};
    for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
        CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
        CLEANUP(buf_free) struct buf out = {0};
        struct report_options o = fixture_options(f);
        o.width = widths[i];
        o.color = i % 2 == 0;
        fixture_write_with(&report_terminal, f, &o, &out);
        struct str rest = buf_str(&out);
        struct str line;
        while (str_cut(&rest, '\n', &line)) {
            if (layout_width(line) > widths[i] && str_find(line, STR("aws ")) == SIZE_MAX) {
                fail_msg("%u columns: %.*s", widths[i], STR_ARG(line));
            }
        }
    }
}

/* With colours, ESC is followed by nothing but our own sequences, and they all end. */
static void test_color(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR("\x1b[31m\x9b\xc2\x9b"));
    CLEANUP(buf_free) struct buf out = {0};
    struct report_options o = fixture_options(f);
    o.color = true;
    fixture_write_with(&report_terminal, f, &o, &out);
    bool open = false;
    size_t seen = 0;
    for (struct str rest = buf_str(&out); rest.len > 0; rest = str_from(rest, 1)) {
        if (rest.ptr[0] == '\n') {
            assert_false(open);
        }
        if (rest.ptr[0] != '\x1b') {
            continue;
        }
        seen++;
        bool reset = str_starts(rest, STR("\x1b[0m"));
        assert_true(reset || str_starts(rest, STR("\x1b[1m")) || str_starts(rest, STR("\x1b[2m")) ||
                    str_starts(rest, STR("\x1b[1;31m")) || str_starts(rest, STR("\x1b[32m")) ||
                    str_starts(rest, STR("\x1b[33m")) || str_starts(rest, STR("\x1b[36m")));
        open = !reset;
    }
    assert_true(seen > 10);
    assert_true(has(&out, "\\x1b[31m"));
}

static void test_quiet(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    struct report_options o = fixture_options(f);
    o.quiet = true;
    fixture_write_with(&report_terminal, f, &o, &out);
    assert_false(has(&out, "689,185 records"));
    assert_false(has(&out, "gzip data ends early"));
    assert_true(has(&out, "case 7f3a"));
}

static void test_nothing(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_empty();
    CLEANUP(buf_free) struct buf out = {0};
    struct report_options o = fixture_options(f);
    o.status = 0;
    o.width = 300;
    fixture_write_with(&report_terminal, f, &o, &out);
    assert_string_equal(out.ptr, "Nothing found in 689,185 records of aws.cloudtrail, 2026-11-20 "
                                 "00:00 – 2026-11-21 00:00 UTC.\n");
    /* What was hidden is told all the same. */
    buf_reset(&out);
    struct with_input hidden = {.what = STR("records hidden by exclusion \"x\""),
                                .count = 7,
                                .newest_us = TIME_NONE,
                                .hides = true};
    assert_true(VEC_PUSH(&fixture_result(f)->with, hidden));
    fixture_write_with(&report_terminal, f, &o, &out);
    assert_true(has(&out, "7 records hidden by exclusion \"x\"."));
    /* Nothing read is not nothing found. */
    buf_reset(&out);
    fixture_result(f)->records = 0;
    fixture_write_with(&report_terminal, f, &o, &out);
    assert_true(str_starts(buf_str(&out), STR("Nothing could be looked at")));
}

static void test_zone(void **state)
{
    (void)state;
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    struct report_options o = fixture_options(f);
    o.zone_us = 2 * TIME_HOUR_US;
    o.zone_name = STR("+02:00");
    fixture_write_with(&report_terminal, f, &o, &out);
    assert_true(has(&out, "11:14 code replaced"));
    assert_true(has(&out, "02:00 – 2026-11-21 02:00 +02:00"));
}

static void test_explains(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "explain",
        "suspicious from +8, legitimate to -15",
        "Q1, changes: suspicious; D02",
        "sum +12, suspicious; decides",
        "+12 change.none [change] no change record covers it",
        "(+4 does not count: explained by CHG0031187 (M4))",
        "(+6 does not count: weaker: nature.control)",
        "bars  the beginning of the session",
        "1 more event, none of them worse",
        "E3: no: n is unraised, not suspicious",
        "E4: decides: unauthorised change",
        "if an approved change record (M4) named what was done: Q1 (changes) legitimate (-25)"};
    CLEANUP(fixture_done) struct fixture *f = fixture_new(STR_EMPTY);
    CLEANUP(buf_free) struct buf out = {0};
    struct report_options o = fixture_options(f);
    o.width = 200;
    fixture_write_with(&report_terminal, f, &o, &out);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!has(&out, parts[i])) {
            fail_msg("\"%s\" is not in:\n%s", parts[i], out.ptr);
        }
    }
}

static void test_habits(void **state)
{
    (void)state;
    fixture_check_visible(&report_terminal);
    fixture_check_secrets(&report_terminal);
    fixture_check_memory(&report_terminal);
}

/* A sentence loses its end, a name its middle. */
static void test_cuts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t most;
        const char *sentence, *name;
    } rows[] = {
        {"no record covers it", 19, "no record covers it", "no record covers it"},
        {"no record covers it", 12, "no record …", "no re…ers it"},
        {"größer noch lang", 8, "größer …", "grö…lang"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_free) struct buf a = {0};
        CLEANUP(buf_free) struct buf b = {0};
        show_sentence(&a, str_of(rows[i].text), rows[i].most);
        show_short(&b, str_of(rows[i].text), rows[i].most);
        assert_true(str_eq(buf_str(&a), str_of(rows[i].sentence)));
        assert_true(str_eq(buf_str(&b), str_of(rows[i].name)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cuts),     cmocka_unit_test(test_says),
        cmocka_unit_test(test_widths),   cmocka_unit_test(test_color),
        cmocka_unit_test(test_quiet),    cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_zone),     cmocka_unit_test(test_habits),
        cmocka_unit_test(test_explains),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
