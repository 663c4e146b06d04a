/*
 * From one run to the next: a result as `triage --format json` writes it is what --previous reads,
 * and the same evidence gives the same cases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/parse.h"
#include "cli/triage_args.h"
#include "sys/file.h"

#define STORY FW_SOURCE_DIR "/tests/stories/no_ticket/"

static const struct cli_command command = {.name = "triage",
                                           .operands = "PATH…",
                                           .options = triage_option_table,
                                           .option_count = TRIAGE_OPTIONS};

struct run {
    struct arena arena;
    struct triage_job job;
    struct triage *t;
};

static void run_free(struct run *r)
{
    triage_free(r->t);
    triage_job_free(&r->job);
    arena_free(&r->arena);
}

static const struct result *run(struct run *r, const char *previous, bool with_changes)
{
    struct str words[16] = {STR("--env"),     STR(STORY "env.yaml"),
                            STR("--people"),  STR(STORY "people.csv"),
                            STR("--jobs"),    STR("1"),
                            STR(STORY "logs")};
    size_t n = 7;
    struct cli_args args;
    struct err err = {0};
    bool help;
    if (previous != NULL) {
        words[n++] = STR("--previous");
        words[n++] = str_of(previous);
    }
    if (with_changes) {
        words[n++] = STR("--changes");
        words[n++] = STR(STORY "changes.csv");
    }
    if (cli_parse(&command, words, n, &r->arena, &args, &help, &err) != ERR_OK ||
        triage_job_of(&args, &r->job, &err) != ERR_OK ||
        triage_run(&r->job.engine, &r->t, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    return triage_result(r->t);
}

static void test_round_trip(void **state)
{
    (void)state;
    CLEANUP(run_free) struct run first = {0};
    CLEANUP(run_free) struct run again = {0};
    CLEANUP(run_free) struct run other = {0};
    CLEANUP(buf_free) struct buf json = {0};
    char path[] = "/tmp/faaswatch-previous-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    const struct result *r = run(&first, NULL, true);
    assert_true(r->cases.len > 0);
    assert_int_equal(r->cases.at[0]->since.state, CASE_NOT_COMPARED);
    assert_int_equal(report_find(STR("json"))->write(r, &first.job.report, &json, NULL), ERR_OK);
    assert_int_equal(file_write(str_of(path), buf_str(&json), true, NULL), ERR_OK);

    const struct result *same = run(&again, path, true);
    assert_int_equal(same->since.unchanged, r->cases.len);
    assert_int_equal(same->since.fresh + same->since.changed + same->since.gone.len, 0);
    assert_true(str_eq(same->cases.at[0]->id, r->cases.at[0]->id));

    const struct result *less = run(&other, path, false);
    assert_int_equal(less->since.changed, r->cases.len);
    assert_true(less->cases.at[0]->since.changes.len > 0);
    assert_int_equal(unlink(path), 0);
}

static void test_refused(void **state)
{
    (void)state;
    CLEANUP(run_free) struct run r = {0};
    struct str words[] = {STR("--previous"), STR(STORY "story.json"), STR(STORY "logs")};
    struct cli_args args;
    struct err err = {0};
    bool help;
    assert_int_equal(cli_parse(&command, words, 3, &r.arena, &args, &help, &err), ERR_OK);
    assert_int_equal(triage_job_of(&args, &r.job, &err), ERR_OK);
    assert_int_equal(triage_run(&r.job.engine, &r.t, &err), ERR_SCHEMA);
    assert_non_null(strstr(err.msg, "no result of triage"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
