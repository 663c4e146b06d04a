#include "base/utf8.h"
#include "cli/rules.h"
#include "engine/rule_load.h"

void rules_add_text(struct buf *out, struct str text)
{
    utf8_add_visible(out, text);
}

static int said(enum err_code rc, const struct err *err)
{
    if (rc != ERR_OK) {
        cli_error("%s", err->msg);
        return rc == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    return CLI_DONE;
}

int rules_new(struct rule_set **out)
{
    struct err err = {0};
    return rule_load_new(out, &err) == ERR_OK ? CLI_DONE : said(ERR_NOMEM, &err);
}

int rules_add_pack(struct rule_set *s)
{
    struct err err = {0};
    return rule_load_pack(s, &err) == ERR_OK ? CLI_DONE : said(ERR_NOMEM, &err);
}

int rules_find(struct str path, struct arena *a, struct walk_list *out)
{
    struct err err = {0};
    enum err_code rc = rule_load_find(path, a, out, &err);
    return said(rc, &err);
}

int rules_add_paths(struct rule_set *s, const struct str *paths, size_t count)
{
    struct err err = {0};
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        rc = rule_load_path(s, paths[i], &err);
    }
    return said(rc, &err);
}
