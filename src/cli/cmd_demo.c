#include <stdio.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/timefmt.h"
#include "cli/cli.h"
#include "demo/estate.h"
#include "demo/pack.h"
#include "model/content.h"
#include "sys/file.h"

enum { QUIET_FILES = 40, QUIET_BYTES = 60000 };

struct writing {
    struct arena texts;
    struct buf plain;
    struct buf packed;
    struct str dir;
    struct err err;
};

static void writing_done(struct writing *w)
{
    buf_free(&w->plain);
    buf_free(&w->packed);
    arena_free(&w->texts);
}

static bool path_in(struct writing *w, struct str name, struct str *out)
{
    return arena_printf(&w->texts, out, "%.*s/%.*s", STR_ARG(w->dir), STR_ARG(name));
}

/* Make a directory and those above it. */
static bool make_dirs(struct writing *w, struct str path)
{
    for (size_t i = 1; i <= path.len; i++) {
        struct str part;
        if (i < path.len && path.ptr[i] != '/') {
            continue;
        }
        if (!arena_dup(&w->texts, str_head(path, i), &part)) {
            return false;
        }
        if (mkdir(part.ptr, 0755) != 0 && file_kind(part, NULL) != FILE_DIRECTORY) {
            (void)err_set(&w->err, ERR_IO, "%.*s: cannot make this directory", STR_ARG(part));
            return false;
        }
    }
    return true;
}

static bool write_packed(struct writing *w, struct str logs, const char *name)
{
    struct str path;
    return arena_printf(&w->texts, &path, "%.*s/%s", STR_ARG(logs), name) &&
           pack_gzip(buf_str(&w->plain), &w->packed) &&
           file_write(path, buf_str(&w->packed), true, &w->err) == ERR_OK;
}

/* An ordinary day, in files as a trail delivers them. */
static bool write_quiet(struct writing *w, struct str logs)
{
    struct estate e;
    estate_init(&e, 1584007);
    e.deploys_ppm = 0;
    int64_t day = time_of_date(2026, 11, 20);
    int64_t step = TIME_DAY_US / QUIET_FILES;
    for (int i = 0; i < QUIET_FILES; i++) {
        char name[96];
        buf_reset(&w->plain);
        (void)estate_file(&e, day + i * step, day + (i + 1) * step, QUIET_BYTES, &w->plain);
        (void)snprintf(name, sizeof(name),
                       "111122223333_CloudTrail_eu-west-1_20261120T%04dZ.json.gz",
                       i * 60 * 24 / QUIET_FILES / 60 * 100 + i * 60 * 24 / QUIET_FILES % 60);
        if (!write_packed(w, logs, name)) {
            return false;
        }
    }
    return true;
}

/* content/demo: what happened that day, and what the organisation knows of it. */
static bool write_content(struct writing *w, struct str logs)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        struct str path = str_of(content_files[i].path);
        if (!str_starts(path, STR("demo/"))) {
            continue;
        }
        struct str name = str_from(path, 5);
        struct str text = str_make(content_files[i].bytes, content_files[i].len);
        struct str to;
        if (str_ends(name, STR(".jsonl"))) {
            buf_reset(&w->plain);
            buf_add(&w->plain, text);
            if (!write_packed(w, logs,
                              "111122223333_CloudTrail_eu-west-1_20261120T1200Z_x.json.gz")) {
                return false;
            }
        } else if (!path_in(w, name, &to) || file_write(to, text, true, &w->err) != ERR_OK) {
            return false;
        }
    }
    return true;
}

static bool write_samples(struct writing *w, struct str *logs)
{
    return path_in(w, STR("logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20"), logs) &&
           make_dirs(w, *logs) && write_quiet(w, *logs) && write_content(w, *logs);
}

/* The very command a user would type, so that the demo cannot drift from the program. */
static int triage_samples(struct writing *w)
{
    static const struct {
        const char *option;
        const char *file;
    } rows[] = {{"", "logs"},
                {"--env", "env.yaml"},
                {"--changes", "changes.csv"},
                {"--people", "people.csv"},
                {"--builds", "builds.csv"},
                {"--intel", "feed.csv"},
                {"-o", "report.html"},
                {"-o", "report.json"}};
    char *argv[2 + 2 * ARRAY_LEN(rows) + 2];
    int n = 0;
    static char program[] = "faaswatch";
    static char command[] = "triage";
    static char clobber[] = "--clobber";
    argv[n++] = program;
    argv[n++] = command;
    (void)printf("$ faaswatch triage");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str option;
        struct str path;
        if (!arena_dup(&w->texts, str_of(rows[i].option), &option) ||
            !path_in(w, str_of(rows[i].file), &path)) {
            return CLI_INTERNAL;
        }
        (void)printf("%s%s %s", i == 0 ? "" : " ", rows[i].option, path.ptr);
        if (option.len > 0) {
            argv[n++] = (char *)(uintptr_t)option.ptr;
        }
        argv[n++] = (char *)(uintptr_t)path.ptr;
    }
    argv[n++] = clobber;
    argv[n] = NULL;
    (void)printf(" --clobber\n\n");
    (void)fflush(stdout);
    return cli_main(n, argv);
}

static int run(const struct cli_args *args)
{
    CLEANUP(writing_done)
    struct writing w = {.dir = args->operand_count > 0 ? args->operands[0] : STR("faaswatch-demo")};
    struct str logs;
    if (args->operand_count > 1) {
        cli_error("demo takes one directory, not %zu", args->operand_count);
        return CLI_USAGE;
    }
    if (!write_samples(&w, &logs)) {
        cli_error("%s", w.err.msg[0] == '\0' ? "no memory" : w.err.msg);
        return w.err.code == ERR_IO || w.err.code == ERR_NOTFOUND ? CLI_USAGE : CLI_INTERNAL;
    }
    int status = triage_samples(&w);
    if (status != CLI_DONE) {
        return status;
    }
    (void)printf("\nThe report: %.*s/report.html\n"
                 "Try next:\n"
                 "  take away --changes or --people and see which answers become unknown\n"
                 "  faaswatch rules list            what is looked for\n"
                 "  faaswatch triage --help         your own logs\n",
                 STR_ARG(w.dir));
    return CLI_DONE;
}

const struct cli_command cli_demo = {
    .name = "demo",
    .summary = "write sample logs, triage them, say what to try next",
    .operands = "[DIR]",
    .details =
        "Writes the logs of an invented organisation's day and what it knows of it (changes, "
        "people, builds, a feed) below DIR, by default faaswatch-demo, and triages them. "
        "Nothing in them is real. Files of an earlier demo there are replaced.",
    .run = run,
};
