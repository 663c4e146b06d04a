/*
 * CODEOWNERS of GitHub and GitLab: which paths of a repository belong to whom.
 *
 * A path names a function by its last directory: "/functions/pay-api/ @acme/pay" is pay-api's. What
 * matches every path or a kind of file names none. The last line that names a function counts.
 */
#include "context/projects/projects_priv.h"

enum { OWNERS_MAX = 64 };

static bool next_word(struct str *line, struct str *out)
{
    *line = str_trim(*line);
    size_t end = 0;
    while (end < line->len && !chr_is_space(line->ptr[end])) {
        end += line->ptr[end] == '\\' && end + 1 < line->len ? 2 : 1;
    }
    *out = str_head(*line, end);
    *line = str_from(*line, end);
    return out->len > 0;
}

/* The line without its comment; false: it names no path. A section of GitLab is none. */
static bool is_rule(struct str *line)
{
    size_t hash = str_find(*line, STR(" #"));
    *line = str_trim(hash == SIZE_MAX ? *line : str_head(*line, hash));
    return line->len > 0 && line->ptr[0] != '#' && line->ptr[0] != '[' && line->ptr[0] != '^' &&
           line->ptr[0] != '!';
}

bool codeowners_looks(struct str text)
{
    struct str line;
    while (str_cut(&text, '\n', &line)) {
        struct str path, owner;
        if (!is_rule(&line)) {
            continue;
        }
        return next_word(&line, &path) && next_word(&line, &owner) &&
               str_chr(owner, '@') != SIZE_MAX && str_chr(path, ',') == SIZE_MAX &&
               str_chr(path, ':') == SIZE_MAX;
    }
    return false;
}

/* "/functions/pay-api/" and all below -> "pay-api"; a file -> its directory. "" where none is named. */
static struct str function_of(struct str path)
{
    while (path.len > 0 && (path.ptr[path.len - 1] == '*' || path.ptr[path.len - 1] == '/')) {
        path = str_head(path, path.len - 1);
    }
    size_t slash = str_rchr(path, '/');
    struct str last = slash == SIZE_MAX ? path : str_from(path, slash + 1);
    if (str_chr(last, '.') != SIZE_MAX || str_chr(last, '*') != SIZE_MAX) {
        path = slash == SIZE_MAX ? STR_EMPTY : str_head(path, slash);
        slash = str_rchr(path, '/');
        last = slash == SIZE_MAX ? path : str_from(path, slash + 1);
    }
    return str_chr(last, '*') == SIZE_MAX ? last : STR_EMPTY;
}

/* What earlier lines of this file said of the function no longer counts. */
static void forget(struct context *c, size_t from, struct str function)
{
    size_t kept = from;
    for (size_t i = from; i < c->projects.len; i++) {
        struct project *p = &c->projects.at[i];
        if (str_eq(p->project, function)) {
            project_release(p);
        } else {
            c->projects.at[kept++] = *p;
        }
    }
    c->projects.len = kept;
}

static enum err_code add_owner(struct reader *r, struct str function, struct str owner,
                               struct err *err)
{
    struct project p = {.from_us = TIME_NONE, .to_us = TIME_NONE};
    enum err_code rc = reader_keep(r, function, &p.project, err);
    if (rc == ERR_OK) {
        rc = reader_keep(r, STR("code owner"), &p.role, err);
    }
    if (rc == ERR_OK) {
        rc = project_owner(r, owner, false, &p, err);
    }
    if (rc == ERR_OK) {
        rc = reader_add(r, &p.functions, function, err);
    }
    if (rc != ERR_OK) {
        project_release(&p);
        return rc;
    }
    return project_add(r, &p, err);
}

enum err_code codeowners_read(struct reader *r, struct str text, struct err *err)
{
    size_t from = r->c->projects.len;
    struct str line;
    for (r->line = 1; str_cut(&text, '\n', &line); r->line++) {
        struct str path, owner;
        if (!is_rule(&line) || !next_word(&line, &path)) {
            continue;
        }
        struct str function = function_of(path);
        if (function.len == 0) {
            continue;
        }
        forget(r->c, from, function);
        for (int i = 0; i < OWNERS_MAX && next_word(&line, &owner); i++) {
            enum err_code rc = add_owner(r, function, owner, err);
            if (rc != ERR_OK) {
                return rc;
            }
        }
    }
    return ERR_OK;
}
