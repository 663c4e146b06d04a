/*
 * manifest - what the pack holds, what it was made with, and what is not in it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "bundle/bundle_priv.h"
#include "codec/hex.h"
#include "codec/json_write.h"
#include "model/content.h"
#include "report/json_parts.h"
#include "sys/file.h"
#include "sys/walk.h"

static void count(struct json_writer *w, const char *name, uint64_t v)
{
    json_parts_u64(w, name, v);
}

/* A hash is no secret, whatever it looks like. */
static void hash(struct json_writer *w, const char *name, const char *hex)
{
    json_key(w, str_of(name));
    json_str(w, str_of(hex));
}

/* ---- what the decision was made with ---- */

static bool finish(struct digest *d, char hex[DIGEST_HEX + 1])
{
    uint8_t sum[DIGEST_BYTES];
    if (!digest_end(d, sum)) {
        return false;
    }
    hex_write(sum, DIGEST_BYTES, hex);
    hex[DIGEST_HEX] = '\0';
    return true;
}

/* Built-in content below a folder: names and bytes in one hash. */
static bool content_hash(struct str folder, char hex[DIGEST_HEX + 1], uint64_t *files)
{
    struct digest *d = digest_begin();
    if (d == NULL) {
        return false;
    }
    *files = 0;
    for (const struct content *c = content_files; c->path != NULL; c++) {
        if (str_starts(str_of(c->path), folder)) {
            digest_add(d, str_of(c->path));
            digest_add(d, (struct str){"\0", 1});
            digest_add(d, (struct str){c->bytes, c->len});
            ++*files;
        }
    }
    return finish(d, hex);
}

/* A file, or all files of a directory: then paths below it and hashes in one hash. */
static enum err_code input_hash(struct str path, char hex[DIGEST_HEX + 1], uint64_t *files,
                                struct err *err)
{
    CLEANUP(arena_free) struct arena texts = {0};
    CLEANUP(buf_free) struct buf bytes = {0};
    struct walk_list list = {0};
    enum err_code rc = ERR_OK;
    *files = 1;
    if (file_kind(path, NULL) != FILE_DIRECTORY) {
        rc = file_read(path, &bytes, err);
        if (rc == ERR_OK && !digest_hex_id(buf_str(&bytes), DIGEST_HEX, hex)) {
            rc = err_set(err, ERR_NOMEM, "no memory for hashes");
        }
        return rc;
    }
    rc = walk_files(path, &texts, &list, err);
    struct digest *d = rc ? NULL : digest_begin();
    for (size_t i = 0; rc == ERR_OK && d != NULL && i < list.len; i++) {
        char one[DIGEST_HEX + 1];
        rc = file_read(list.at[i].path, &bytes, err);
        if (rc == ERR_OK && digest_hex_id(buf_str(&bytes), DIGEST_HEX, one)) {
            digest_add(d, str_from(list.at[i].path, path.len));
            digest_add(d, (struct str){one, DIGEST_HEX + 1});
        }
    }
    *files = list.len;
    VEC_FREE(&list);
    if (rc) {
        digest_drop(d);
        return rc;
    }
    return d != NULL && finish(d, hex) ? ERR_OK : err_set(err, ERR_NOMEM, "no memory for hashes");
}

static enum err_code inputs(struct packer *p, struct json_writer *w, struct err *err)
{
    json_key(w, STR("inputs"));
    json_array_begin(w);
    for (size_t i = 0; i < p->job->input_count; i++) {
        const struct bundle_input *in = &p->job->inputs[i];
        char hex[DIGEST_HEX + 1] = "";
        uint64_t files = 0;
        struct err why = {0};
        enum err_code rc = input_hash(in->path, hex, &files, &why);
        if (rc == ERR_NOMEM) {
            return err_set(err, rc, "%s", why.msg);
        }
        json_object_begin(w);
        json_parts_str(w, "option", str_of(in->option));
        json_parts_str(w, "path", in->path);
        count(w, "files", files);
        if (rc == ERR_OK) {
            hash(w, "sha256", hex);
        } else {
            json_parts_str(w, "unread", str_of(why.msg));
        }
        json_object_end(w);
    }
    json_array_end(w);
    return ERR_OK;
}

static bool content(struct json_writer *w)
{
    static const char *const folders[] = {"rules/", "playbooks/", "mappings/"};
    bool fine = true;
    json_key(w, STR("content"));
    json_array_begin(w);
    for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
        char hex[DIGEST_HEX + 1] = "";
        uint64_t files = 0;
        fine = content_hash(str_of(folders[i]), hex, &files) && fine;
        json_object_begin(w);
        json_parts_str(w, "folder", str_head(str_of(folders[i]), str_of(folders[i]).len - 1));
        json_parts_str(w, "version", STR(FW_VERSION));
        count(w, "files", files);
        hash(w, "sha256", hex);
        json_object_end(w);
    }
    json_array_end(w);
    return fine;
}

static void feeds(struct packer *p, struct json_writer *w)
{
    const struct result *r = p->job->result;
    json_key(w, STR("feeds"));
    json_array_begin(w);
    for (size_t i = 0; i < r->feeds.len; i++) {
        json_object_begin(w);
        json_parts_str(w, "path", r->feeds.at[i].path);
        json_parts_str(w, "kind", r->feeds.at[i].kind);
        json_parts_str(w, "version", r->feeds.at[i].version);
        count(w, "indicators", r->feeds.at[i].indicators);
        json_object_end(w);
    }
    json_array_end(w);
}

/* ---- what is in it ---- */

/* false, or with which key: its id, not the key. */
static void pseudonymised(struct packer *p, struct json_writer *w)
{
    const struct pseudonyms *names = p->job->pseudonyms;
    json_key(w, STR("pseudonymised"));
    if (names == NULL) {
        json_bool(w, false);
        return;
    }
    json_object_begin(w);
    hash(w, "key_id", names->key_id);
    json_parts_str(
        w, "replaced",
        STR("persons, mail addresses, accounts and projects of the house, its addresses and "
            "host names, access key and principal ids"));
    json_parts_str(
        w, "kept",
        STR("names of functions, roles and log groups; addresses, names and hashes that are "
            "not of the house"));
    json_object_end(w);
}

static void evidence(struct packer *p, struct json_writer *w)
{
    json_key(w, STR("evidence"));
    json_object_begin(w);
    json_parts_str(
        w, "form",
        p->job->pseudonyms == NULL
            ? STR("records byte for byte as in the logs, secrets included")
            : STR("copies of records with names replaced and secrets masked; not what the "
                  "logs hold byte for byte"));
    count(w, "records", p->records);
    json_key(w, STR("left_out"));
    json_array_begin(w);
    for (size_t i = 0; i < p->lost.len; i++) {
        json_object_begin(w);
        json_parts_str(w, "path", p->lost.at[i].path);
        count(w, "records", p->lost.at[i].records);
        json_parts_str(w, "reason", p->lost.at[i].reason);
        json_object_end(w);
    }
    json_array_end(w);
    json_parts_str(
        w, "again",
        STR("faaswatch triage evidence/ with the inputs below and the window above gives "
            "the same answers for these cases; counts of folded calls, rates, coverage "
            "and other cases are those of the records that are here"));
    json_object_end(w);
}

static int by_path(const void *a, const void *b)
{
    const struct bundle_file *x = a;
    const struct bundle_file *y = b;
    return str_cmp(x->path, y->path);
}

static void files(struct packer *p, struct json_writer *w)
{
    if (p->files.len > 1) {
        qsort(p->files.at, p->files.len, sizeof(*p->files.at), by_path);
    }
    json_key(w, STR("files"));
    json_array_begin(w);
    for (size_t i = 0; i < p->files.len; i++) {
        json_object_begin(w);
        json_parts_str(w, "path", p->files.at[i].path);
        count(w, "bytes", p->files.at[i].bytes);
        hash(w, "sha256", p->files.at[i].sha256);
        json_object_end(w);
    }
    json_array_end(w);
}

enum err_code pack_manifest(struct packer *p, char hex[DIGEST_HEX + 1], struct err *err)
{
    const struct result *r = p->job->result;
    CLEANUP(buf_free) struct buf text = {0};
    struct json_writer w = json_writer_of(&text, 1);
    json_object_begin(&w);
    json_parts_str(&w, "schema", STR(BUNDLE_SCHEMA));
    json_parts_str(&w, "version", r->version);
    json_parts_str(&w, "technique", r->technique);
    json_parts_window(&w, r);
    pseudonymised(p, &w);
    evidence(p, &w);
    bool fine = content(&w);
    feeds(p, &w);
    enum err_code rc = inputs(p, &w, err);
    if (rc) {
        return rc;
    }
    files(p, &w);
    json_object_end(&w);
    buf_addc(&text, '\n');
    if (!fine || text.failed || !digest_hex_id(buf_str(&text), DIGEST_HEX, hex)) {
        return err_set(err, ERR_NOMEM, "no memory for the manifest");
    }
    return pack_file(p, "manifest.json", buf_str(&text), err);
}
