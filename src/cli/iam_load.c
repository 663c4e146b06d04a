#include "cli/iam.h"
#include "iam/binding.h"
#include "model/content.h"
#include "sys/file.h"
#include "sys/walk.h"

void iam_work_release(struct iam_work *w)
{
    iam_catalog_free(w->catalog);
    arena_free(&w->arena);
}

static struct str content(const char *path)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (strcmp(content_files[i].path, path) == 0) {
            return str_make(content_files[i].bytes, content_files[i].len);
        }
    }
    return STR_EMPTY;
}

static int no_memory(void)
{
    cli_error("out of memory while permissions were read");
    return CLI_INTERNAL;
}

int iam_work_init(struct iam_work *w)
{
    struct err err = {0};
    enum err_code code = iam_catalog_load(content("iam/actions.tsv"), &w->catalog, &err);
    if (code == ERR_OK) {
        code = iam_paths_load(content("iam/paths.tsv"), content("iam/targets.tsv"), &w->arena,
                              &w->knowledge.paths, &err);
    }
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        return CLI_INTERNAL;
    }
    w->knowledge.catalog = w->catalog;
    return CLI_DONE;
}

static int unreadable(struct iam_work *w, const char *message, struct iam_subjects *out)
{
    struct str text;
    cli_warn("%s", message);
    if (!arena_dup(&w->arena, str_of(message), &text) || !VEC_PUSH(&out->problems, text)) {
        return no_memory();
    }
    return CLI_DONE;
}

static int read_file(struct iam_work *w, struct str path, struct iam_subjects *out)
{
    struct err err = {0};
    CLEANUP(buf_free) struct buf raw = {.max = IAM_DUMP_BYTES_MAX};
    struct str text = STR_EMPTY;
    enum err_code code =
        str_eq(path, STR("-")) ? file_read_stdin(&raw, &err) : file_read(path, &raw, &err);
    if (code == ERR_OK && !arena_dup(&w->arena, buf_str(&raw), &text)) {
        return no_memory();
    }
    size_t told = out->problems.len;
    if (code == ERR_OK) {
        code = iam_subjects_read(path, text, &w->arena, out, &err);
    }
    for (size_t i = told; code == ERR_OK && i < out->problems.len; i++) {
        cli_warn("%.*s", STR_ARG(out->problems.at[i]));
    }
    if (code == ERR_NOMEM) {
        return no_memory();
    }
    return code == ERR_OK ? CLI_DONE : unreadable(w, err.msg, out);
}

static void walk_list_release(struct walk_list *l)
{
    VEC_FREE(l);
}

int iam_read(struct iam_work *w, struct str path, struct iam_subjects *out)
{
    struct err err = {0};
    CLEANUP(walk_list_release) struct walk_list files = {0};
    if (file_kind(path, NULL) != FILE_DIRECTORY) {
        return read_file(w, path, out);
    }
    enum err_code code = walk_files(path, &w->arena, &files, &err);
    if (code != ERR_OK) {
        return code == ERR_NOMEM ? no_memory() : unreadable(w, err.msg, out);
    }
    int status = CLI_DONE;
    for (size_t i = 0; status == CLI_DONE && i < files.len; i++) {
        if (str_iends(files.at[i].path, STR(".json"))) {
            status = read_file(w, files.at[i].path, out);
        }
    }
    return status;
}

int iam_resolve(struct iam_work *w, struct iam_subjects *s)
{
    struct err err = {0};
    size_t told = s->problems.len;
    if (iam_bindings_resolve(s, content("iam/gcp_roles.tsv"), &w->knowledge.paths, &w->arena,
                             &err) != ERR_OK) {
        return no_memory();
    }
    for (size_t i = told; i < s->problems.len; i++) {
        cli_warn("%.*s", STR_ARG(s->problems.at[i]));
    }
    return CLI_DONE;
}

int iam_say(struct iam_work *w, const struct iam_subject *s, struct iam_said *out)
{
    struct err err = {0};
    enum err_code code = ERR_OK;
    out->subject = s;
    if (s->provider != IAM_AWS) {
        code = iam_report_listed(&w->knowledge, s->provider, &s->permissions, &out->report, &err);
    } else {
        code = iam_report_of(&w->knowledge, &s->holder, &w->arena, &out->report, &err);
    }
    if (code == ERR_OK) {
        code = iam_report_member(s, &out->report, &w->arena, &err);
    }
    if (code == ERR_OK && s->open != NULL) {
        code = iam_report_openness(s->open, &w->arena, &out->report, &err);
    }
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        return CLI_INTERNAL;
    }
    return CLI_DONE;
}

const struct iam_way *iam_said_way(const struct iam_said *said, const struct iam_path *p)
{
    for (size_t i = 0; said != NULL && i < said->report.ways.len; i++) {
        if (said->report.ways.at[i].path == p) {
            return &said->report.ways.at[i];
        }
    }
    return NULL;
}

bool iam_said_lists(const struct iam_said *said, struct str permission)
{
    for (size_t i = 0; said != NULL && i < said->subject->permissions.len; i++) {
        if (str_ieq(said->subject->permissions.at[i], permission)) {
            return true;
        }
    }
    return false;
}

bool iam_said_allows(const struct iam_said *said, size_t action)
{
    return said != NULL && said->report.extent.breadth != NULL &&
           said->report.extent.breadth[action] > 0;
}
