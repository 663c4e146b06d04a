#include "base/utf8.h"
#include "cli/rules.h"
#include "model/content.h"
#include "sys/file.h"

void rules_add_text(struct buf *out, struct str text)
{
    utf8_add_visible(out, text);
}

int rules_add_pack(struct rule_set *s)
{
    for (const struct content *c = content_files; c->path != NULL; c++) {
        struct str path = str_of(c->path);
        struct err err = {0};
        if (str_starts(path, STR("rules/")) && str_ends(path, STR(".yml")) &&
            rule_set_add(s, path, str_make(c->bytes, c->len), true, &err) != ERR_OK) {
            cli_error("%s", err.msg);
            return CLI_INTERNAL;
        }
    }
    return CLI_DONE;
}

static bool is_rule_file(struct str path)
{
    return str_iends(path, STR(".yml")) || str_iends(path, STR(".yaml"));
}

int rules_find(struct str path, struct arena *a, struct walk_list *out)
{
    struct err err = {0};
    uint64_t size = 0;
    if (file_kind(path, &size) != FILE_DIRECTORY) {
        struct walk_file one = {.path = path, .size = size};
        if (!VEC_PUSH(out, one)) {
            cli_error("out of memory");
            return CLI_INTERNAL;
        }
        return CLI_DONE;
    }
    size_t from = out->len;
    enum err_code rc = walk_files(path, a, out, &err);
    if (rc != ERR_OK) {
        cli_error("%s", err.msg);
        return rc == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    size_t kept = from;
    for (size_t i = from; i < out->len; i++) {
        if (is_rule_file(out->at[i].path)) {
            out->at[kept++] = out->at[i];
        }
    }
    out->len = kept;
    return CLI_DONE;
}

static int add_file(struct rule_set *s, struct str path, struct buf *text)
{
    struct err err = {0};
    enum err_code rc = file_read(path, text, &err);
    if (rc == ERR_OK) {
        rc = rule_set_add(s, path, buf_str(text), false, &err);
    }
    if (rc != ERR_OK) {
        cli_error("%s", err.msg);
        return rc == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    return CLI_DONE;
}

int rules_add_paths(struct rule_set *s, const struct str *paths, size_t count)
{
    CLEANUP(arena_free) struct arena texts = {0};
    CLEANUP(buf_free) struct buf text = {0};
    struct walk_list files = {0};
    int status = CLI_DONE;
    for (size_t i = 0; status == CLI_DONE && i < count; i++) {
        status = rules_find(paths[i], &texts, &files);
    }
    for (size_t i = 0; status == CLI_DONE && i < files.len; i++) {
        status = add_file(s, files.at[i].path, &text);
    }
    VEC_FREE(&files);
    return status;
}
