#include "engine/rule_load.h"

#include "base/mem.h"
#include "model/content.h"
#include "source/source.h"
#include "sys/file.h"

enum { RULE_FILE_MAX = 4 * 1024 * 1024 };

static bool is_rule_file(struct str path)
{
    return str_iends(path, STR(".yml")) || str_iends(path, STR(".yaml"));
}

static enum err_code add_mappings(struct rule_set *s, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (const struct content *c = content_files; rc == ERR_OK && c->path != NULL; c++) {
        struct str path = str_of(c->path);
        if (str_starts(path, STR("mappings/"))) {
            rc = rule_set_map(s, path, str_make(c->bytes, c->len), err);
        }
    }
    return rc;
}

enum err_code rule_load_new(struct rule_set **out, struct err *err)
{
    struct rule_set *s = rule_set_new();
    if (s == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for rules");
    }
    struct rule_source table[SOURCES_MAX];
    enum err_code rc = rule_set_sources(s, table, source_rule_table(table), err);
    rc = rc ? rc : add_mappings(s, err);
    if (rc) {
        rule_set_free(s);
        return rc;
    }
    *out = s;
    return ERR_OK;
}

enum err_code rule_load_pack(struct rule_set *s, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (const struct content *c = content_files; rc == ERR_OK && c->path != NULL; c++) {
        struct str path = str_of(c->path);
        if (str_starts(path, STR("rules/")) && is_rule_file(path)) {
            rc = rule_set_add(s, path, str_make(c->bytes, c->len), true, err);
        }
    }
    return rc;
}

enum err_code rule_load_find(struct str path, struct arena *a, struct walk_list *out,
                             struct err *err)
{
    uint64_t size = 0;
    if (file_kind(path, &size) != FILE_DIRECTORY) {
        struct walk_file one = {.path = path, .size = size};
        return VEC_PUSH(out, one) ? ERR_OK : err_set(err, ERR_NOMEM, "out of memory");
    }
    size_t kept = out->len;
    size_t from = kept;
    enum err_code rc = walk_files(path, a, out, err);
    for (size_t i = from; rc == ERR_OK && i < out->len; i++) {
        if (is_rule_file(out->at[i].path)) {
            out->at[kept++] = out->at[i];
        }
    }
    out->len = kept;
    return rc;
}

static bool is_placeholders(struct str path)
{
    size_t slash = str_rchr(path, '/');
    struct str name = slash == SIZE_MAX ? path : str_from(path, slash + 1);
    return str_istarts(name, STR("placeholders.y"));
}

static void files_done(struct walk_list *files)
{
    VEC_FREE(files);
}

enum err_code rule_load_path(struct rule_set *s, struct str path, struct err *err)
{
    CLEANUP(arena_free) struct arena texts = {0};
    CLEANUP(buf_free) struct buf text = {.max = RULE_FILE_MAX};
    CLEANUP(files_done) struct walk_list files = {0};
    enum err_code rc = rule_load_find(path, &texts, &files, err);
    /* Rules are read with the values of their placeholders. */
    for (unsigned pass = 0; pass < 2; pass++) {
        for (size_t i = 0; rc == ERR_OK && i < files.len; i++) {
            if (is_placeholders(files.at[i].path) == (pass == 0)) {
                rc = file_read(files.at[i].path, &text, err);
                rc = rc ? rc : rule_set_add(s, files.at[i].path, buf_str(&text), false, err);
            }
        }
    }
    return rc;
}
