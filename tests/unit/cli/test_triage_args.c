#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "cli/parse.h"
#include "cli/progress.h"
#include "cli/triage_args.h"

static const struct cli_command command = {.name = "triage",
                                           .operands = "PATH…",
                                           .options = triage_option_table,
                                           .option_count = TRIAGE_OPTIONS};

/* A directory with one file in it, "there.json". */
static char dir[] = "/tmp/faaswatch-test-XXXXXX";

struct given {
    struct arena arena;
    struct triage_job job;
    struct err err;
    enum err_code code;
};

static void given_free(struct given *g)
{
    triage_job_free(&g->job);
    arena_free(&g->arena);
}

/* Words by spaces; '%' stands for the directory. */
static void give(struct given *g, const char *line)
{
    struct str words[32];
    size_t n = 0;
    struct str rest = str_of(line);
    struct str word;
    while (str_cut(&rest, ' ', &word)) {
        size_t at = str_chr(word, '%');
        if (at != SIZE_MAX) {
            assert_true(arena_printf(&g->arena, &word, "%.*s%s%.*s", STR_ARG(str_head(word, at)),
                                     dir, STR_ARG(str_from(word, at + 1))));
        }
        words[n++] = word;
    }
    struct str *kept = ARENA_ARRAY(&g->arena, struct str, n);
    assert_non_null(kept);
    memcpy(kept, words, n * sizeof(*kept));
    struct cli_args *args = ARENA_NEW(&g->arena, struct cli_args);
    assert_non_null(args);
    bool help;
    assert_int_equal(cli_parse(&command, kept, n, &g->arena, args, &help, NULL), ERR_OK);
    g->code = triage_job_of(args, &g->job, &g->err);
}

struct row {
    const char *line;
    const char *message; /* NULL: accepted */
};

static const struct row rows[] = {
    {"logs", NULL},
    {"-o %/new.json logs", NULL},
    {"-o %/new.ocsf.jsonl -o %/new.md -o - logs", NULL},
    {"-C -o %/there.json logs", NULL},
    {"-o %/there.json logs", "exists; -C overwrites it"},
    {"-o %/new.json -o %/new.json logs", "given twice"},
    {"-C -o %/there.json %/there.json", "would overwrite an input"},
    {"-o %/new.pdf logs", "says no format"},
    {"-o %/no/new.json logs", "there is no directory"},
    {"-o %/ logs", "says no format"},
    {"--jobs 0 logs", "from 1 to"},
    {"--jobs 9999 logs", "from 1 to"},
    {"--tz Europe/Berlin logs", "offset such as +02:00"},
    {"--since 2026-11-21 --until 2026-11-20 logs", "--since must lie before --until"},
    {"--since 2026-11-20 --until 2026-11-20 logs", NULL},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(given_free) struct given g = {0};
        give(&g, rows[i].line);
        if (rows[i].message == NULL) {
            assert_int_equal(g.code, ERR_OK);
        } else if (g.code != ERR_USAGE || strstr(g.err.msg, rows[i].message) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", rows[i].line, g.err.msg, rows[i].message);
        }
    }
}

static void test_values(void **state)
{
    (void)state;
    CLEANUP(given_free) struct given g = {0};
    give(&g, "--intel a --intel b --changes c --people d --env e --since 2026-11-20 "
             "--until 2026-11-20 --tz +02:00 --fail-on high --evidence all --color always "
             "--format json -j 3 -q -o %/x.html logs more");
    assert_int_equal(g.code, ERR_OK);
    const struct triage_job *j = &g.job;
    assert_int_equal(j->engine.path_count, 2);
    assert_int_equal(j->engine.intel.len, 2);
    assert_true(str_eq(j->engine.context[CONTEXT_CHANGES].at[0], STR("c")));
    assert_true(str_eq(j->engine.context[CONTEXT_PEOPLE].at[0], STR("d")));
    assert_int_equal(j->engine.context[CONTEXT_BUILDS].len, 0);
    assert_true(str_eq(j->engine.env, STR("e")));
    assert_int_equal(j->engine.jobs, 3);
    /* A date is a whole day, in the zone that was asked for. */
    assert_int_equal(j->engine.since_us, time_of_date(2026, 11, 20) - 2 * TIME_HOUR_US);
    assert_int_equal(j->engine.until_us, time_of_date(2026, 11, 21) - 2 * TIME_HOUR_US);
    assert_int_equal(j->fail_on, SEVERITY_HIGH);
    assert_false(j->fail_on_escalate);
    assert_true(j->report.evidence_max == SIZE_MAX);
    assert_true(j->report.color);
    assert_true(j->report.quiet);
    assert_string_equal(j->to_stdout->name, "json");
    assert_int_equal(j->outputs.len, 1);
    assert_string_equal(j->outputs.at[0].report->name, "html");
}

static void test_defaults(void **state)
{
    (void)state;
    CLEANUP(given_free) struct given g = {0};
    give(&g, "-o %/x.ocsf.jsonl logs");
    assert_int_equal(g.code, ERR_OK);
    assert_string_equal(g.job.to_stdout->name, "terminal");
    assert_string_equal(g.job.outputs.at[0].report->name, "ocsf");
    assert_true(g.job.engine.since_us == TIME_NONE && g.job.engine.until_us == TIME_NONE);
    assert_int_equal(g.job.fail_on, SEVERITY_MAX_);
    assert_int_equal(g.job.report.evidence_max, 100);
    assert_int_equal(g.job.engine.jobs, 0);
}

/* The names of --format are those of the registry. */
static void test_formats(void **state)
{
    (void)state;
    const char *choices = NULL;
    for (size_t i = 0; i < TRIAGE_OPTIONS; i++) {
        const struct cli_option *o = &triage_option_table[i];
        choices = strcmp(o->name, "format") == 0 ? o->choices : choices;
    }
    assert_non_null(choices);
    size_t n = 0;
    for (; report_registry[n] != NULL; n++) {
        assert_true(cli_in_choices(choices, str_of(report_registry[n]->name)));
    }
    struct str rest = str_of(choices);
    struct str choice;
    while (str_cut(&rest, '|', &choice)) {
        assert_non_null(report_find(choice));
        n--;
    }
    assert_int_equal(n, 0);
}

static void test_found(void **state)
{
    (void)state;
    struct detection d = {.severity = SEVERITY_MEDIUM};
    struct finding f = {.detection = &d, .severity = SEVERITY_MEDIUM};
    struct case_file c = {.decision = {.escalate = true}};
    struct result r = {0};
    assert_true(VEC_PUSH(&r.findings, &f) && VEC_PUSH(&r.cases, &c));
    struct triage_job j = {.fail_on = SEVERITY_MAX_};
    assert_false(triage_job_found(&j, &r));
    j.fail_on = SEVERITY_HIGH;
    assert_false(triage_job_found(&j, &r));
    j.fail_on = SEVERITY_MEDIUM;
    assert_true(triage_job_found(&j, &r));
    j = (struct triage_job){.fail_on = SEVERITY_MAX_, .fail_on_escalate = true};
    assert_true(triage_job_found(&j, &r));
    c.decision.escalate = false;
    assert_false(triage_job_found(&j, &r));
    assert_false(triage_incomplete(&r));
    struct with_input w = {.partial = true};
    assert_true(VEC_PUSH(&r.with, w));
    assert_true(triage_incomplete(&r));
    VEC_FREE(&r.with);
    VEC_FREE(&r.findings);
    VEC_FREE(&r.cases);
}

static void test_progress(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf out = {0};
    struct progress_now n = {121000000, 195000000, 689185, 12, 2 * TIME_SECOND_US};
    progress_line(&out, &n, 120, true);
    assert_string_equal(out.ptr, " 62 % [============>       ] 121 MB of 195 MB · 689,185 events · "
                                 "60 MB/s · 1 s left · 12 hits");
    /* Less room: whole parts are left out. */
    buf_reset(&out);
    progress_line(&out, &n, 40, true);
    assert_string_equal(out.ptr, " 62 % 121 MB of 195 MB · 689,185 events");
    /* Standard input: nobody knows how much is to come. */
    buf_reset(&out);
    n.all = 0;
    progress_line(&out, &n, 120, true);
    assert_string_equal(out.ptr, "121 MB · 689,185 events · 60 MB/s · 12 hits");
    /* At the very beginning and when a file grew: no division by zero, no 140 %. */
    buf_reset(&out);
    n = (struct progress_now){20, 10, 1, 1, 0};
    progress_line(&out, &n, 120, true);
    assert_string_equal(out.ptr, "100 % [====================] 20 bytes of 10 bytes · 1 event · "
                                 "1 hit");
}

static void test_no_memory(void **state)
{
    (void)state;
    bool done = false;
    for (unsigned long n = 1; !done; n++) {
        CLEANUP(given_free) struct given g = {0};
        struct cli_args args = {0};
        const struct str words[] = {STR("--intel"), STR("a"),  STR("--changes"),
                                    STR("b"),       STR("-o"), STR("/tmp/faaswatch-not-there.json"),
                                    STR("logs")};
        bool help;
        assert_int_equal(cli_parse(&command, words, ARRAY_LEN(words), &g.arena, &args, &help, NULL),
                         ERR_OK);
        mem_torture(n);
        enum err_code code = triage_job_of(&args, &g.job, &g.err);
        mem_torture(0);
        assert_true(code == ERR_OK || code == ERR_NOMEM);
        done = code == ERR_OK;
    }
}

static int begin(void **state)
{
    (void)state;
    char path[64];
    if (mkdtemp(dir) == NULL || snprintf(path, sizeof(path), "%s/there.json", dir) < 0) {
        return -1;
    }
    FILE *f = fopen(path, "w");
    return f == NULL ? -1 : fclose(f);
}

static int end(void **state)
{
    (void)state;
    char path[64];
    (void)snprintf(path, sizeof(path), "%s/there.json", dir);
    (void)unlink(path);
    return rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),      cmocka_unit_test(test_values),
        cmocka_unit_test(test_defaults),  cmocka_unit_test(test_formats),
        cmocka_unit_test(test_found),     cmocka_unit_test(test_progress),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
