#include <string.h>

#include "bundle/bundle_priv.h"
#include "sys/tree.h"

enum { PAGE_WIDTH = 100 };

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory for the pack");
}

/* What is written when names are replaced; evidence comes with its names replaced already. */
static enum err_code replace_names(struct packer *p, const char *path, struct str *text,
                                   struct buf *out, struct err *err)
{
    struct pseudonyms *names = p->job->pseudonyms;
    if (names == NULL || str_starts(str_of(path), STR("evidence/"))) {
        return ERR_OK;
    }
    pseudonym_json(names, *text, out);
    *text = buf_str(out);
    return names->failed || out->failed ? no_memory(err) : ERR_OK;
}

enum err_code pack_file(struct packer *p, const char *path, struct str text, struct err *err)
{
    CLEANUP(buf_free) struct buf other = {0};
    enum err_code rc = replace_names(p, path, &text, &other, err);
    if (rc) {
        return rc;
    }
    struct bundle_file f = {.bytes = text.len};
    struct str whole;
    if (!arena_printf(&p->texts, &whole, "%s/%s", p->part, path) ||
        !arena_dup(&p->texts, str_of(path), &f.path) ||
        !digest_hex_id(text, DIGEST_HEX, f.sha256) || !VEC_PUSH(&p->files, f)) {
        return no_memory(err);
    }
    return file_write(whole, text, false, err);
}

static enum err_code folder(struct packer *p, const char *name, struct err *err)
{
    struct str whole;
    return arena_printf(&p->texts, &whole, "%s/%s", p->part, name) ? tree_make(whole, err)
                                                                   : no_memory(err);
}

/* ---- reports ---- */

static enum err_code report(struct packer *p, const struct result *r, const struct report_ops *ops,
                            const char *base, struct err *err)
{
    CLEANUP(buf_free) struct buf text = {0};
    struct report_options o = *p->job->report;
    struct str path;
    o.color = false;
    o.quiet = false;
    o.width = PAGE_WIDTH;
    enum err_code rc = ops->write(r, &o, &text, err);
    if (rc) {
        return rc;
    }
    return arena_printf(&p->texts, &path, "%s%s", base, ops->suffix)
               ? pack_file(p, path.ptr, buf_str(&text), err)
               : no_memory(err);
}

/* All forms but the one for the prompt. */
static enum err_code reports(struct packer *p, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && report_registry[i] != NULL; i++) {
        struct str suffix = str_of(report_registry[i]->suffix);
        bool json = str_ends(suffix, STR("json")) || str_ends(suffix, STR("jsonl"));
        /* Pages shorten and escape names: with names replaced there is only what is JSON. */
        if (strcmp(report_registry[i]->name, "terminal") != 0 &&
            (json || p->job->pseudonyms == NULL)) {
            rc = report(p, p->job->result, report_registry[i], "report", err);
        }
    }
    return rc;
}

/* A case by itself: the result with only it and its findings. */
static enum err_code one_case(struct packer *p, struct case_file *c, struct err *err)
{
    static const char *const forms[] = {"json", "cacao"};
    struct result one = *p->job->result;
    struct str base;
    one.cases.at = &c;
    one.cases.len = 1;
    one.findings.at = c->findings.at;
    one.findings.len = c->findings.len;
    one.digest.len = 0;
    if (!arena_printf(&p->texts, &base, "cases/%.*s", STR_ARG(c->id))) {
        return no_memory(err);
    }
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(forms); i++) {
        const struct report_ops *ops = report_find(str_of(forms[i]));
        rc = ops == NULL ? ERR_OK : report(p, &one, ops, base.ptr, err);
    }
    return rc;
}

static enum err_code cases(struct packer *p, struct err *err)
{
    const struct result *r = p->job->result;
    enum err_code rc = folder(p, "cases", err);
    for (size_t i = 0; rc == ERR_OK && i < r->cases.len; i++) {
        rc = one_case(p, r->cases.at[i], err);
    }
    return rc;
}

/* ---- the whole ---- */

enum err_code bundle_check(struct str dir, bool clobber, struct err *err)
{
    CLEANUP(buf_free) struct buf path = {0};
    CLEANUP(buf_free) struct buf text = {.max = 4096};
    enum file_kind kind = file_kind(dir, NULL);
    if (kind == FILE_ABSENT) {
        return ERR_OK;
    }
    if (kind != FILE_DIRECTORY || !clobber) {
        return err_set(err, ERR_USAGE, "--bundle %.*s exists%s", STR_ARG(dir),
                       kind == FILE_DIRECTORY ? "; -C replaces it" : " and is no directory");
    }
    buf_printf(&path, "%.*s/manifest.json", STR_ARG(dir));
    enum err_code rc = path.failed ? ERR_NOMEM : file_read(buf_str(&path), &text, NULL);
    /* Longer than a page is fine: the schema stands at its top. */
    if ((rc == ERR_OK || rc == ERR_LIMIT) &&
        str_find(buf_str(&text), STR("\"" BUNDLE_SCHEMA "\"")) != SIZE_MAX) {
        return ERR_OK;
    }
    return err_set(
        err, ERR_USAGE,
        "--bundle %.*s is a directory, but no pack of faaswatch; nothing else is replaced",
        STR_ARG(dir));
}

static enum err_code fill(struct packer *p, struct bundle_told *told, struct err *err)
{
    enum err_code rc = reports(p, err);
    rc = rc ? rc : cases(p, err);
    rc = rc ? rc : folder(p, "evidence", err);
    rc = rc ? rc : pack_evidence(p, err);
    rc = rc ? rc : pack_manifest(p, told->manifest, err);
    for (size_t i = 0; i < p->lost.len; i++) {
        told->left_out += p->lost.at[i].records;
    }
    told->records = p->records;
    told->files = p->files.len;
    return rc;
}

enum err_code bundle_write(const struct bundle_job *j, struct bundle_told *out, struct err *err)
{
    char part[FILE_PATH_MAX];
    struct packer p = {.job = j, .part = part};
    struct bundle_told told = {0};
    enum err_code rc = bundle_check(j->dir, j->clobber, err);
    rc = rc ? rc : tree_begin(j->dir, part, err);
    if (rc) {
        return rc;
    }
    rc = fill(&p, &told, err);
    rc = rc ? rc : tree_end(part, j->dir, j->clobber, err);
    if (rc) {
        tree_remove(part);
    } else {
        *out = told;
    }
    VEC_FREE(&p.files);
    VEC_FREE(&p.lost);
    arena_free(&p.texts);
    return rc;
}
