#include <stdint.h>

#include "base/map.h"
#include "bundle/bundle.h"
#include "codec/json.h"
#include "sys/tree.h"
#include "sys/walk.h"

enum { MANIFEST_MAX = 256 << 20 };

/* A pack being checked. */
struct check {
    struct bundle_check *out;
    struct str dir;
    struct map listed; /* path -> itself, once it was seen */
    struct buf file;   /* of the evidence, the one read last */
    struct str file_path;
    bool failed; /* no memory */
};

const char *bundle_verdict_name(enum bundle_verdict v)
{
    static const char *const names[] = {"changed", "missing", "additional", "record", "unreadable"};
    return (unsigned)v < ARRAY_LEN(names) ? names[v] : "changed";
}

void bundle_check_free(struct bundle_check *c)
{
    VEC_FREE(&c->faults);
    arena_free(&c->texts);
}

static void fault(struct check *k, enum bundle_verdict v, struct str path, const char *reason)
{
    struct bundle_fault f = {.verdict = v};
    k->failed = !arena_dup(&k->out->texts, path, &f.path) ||
                !arena_dup(&k->out->texts, str_of(reason), &f.reason) ||
                !VEC_PUSH(&k->out->faults, f) || k->failed;
}

/* A manifest is somebody else's text: its paths stay inside the pack. */
static bool path_stays(struct str path)
{
    struct str rest = path;
    struct str part;
    if (path.len == 0 || path.len > 512 || path.ptr[0] == '/' || path.ptr[path.len - 1] == '/') {
        return false;
    }
    while (str_cut(&rest, '/', &part)) {
        if (part.len == 0 || str_eq(part, STR(".")) || str_eq(part, STR(".."))) {
            return false;
        }
    }
    for (size_t i = 0; i < path.len; i++) {
        if ((unsigned char)path.ptr[i] < 0x20 || path.ptr[i] == '\\') {
            return false;
        }
    }
    return true;
}

static struct str text_of(struct check *k, struct json_view object, const char *name)
{
    struct json_view v = json_member(object, str_of(name));
    struct str s = STR_EMPTY;
    if (v.kind == JSON_STRING && !json_text(v, &k->out->texts, &s)) {
        k->failed = true;
    }
    return s;
}

static uint64_t number_of(struct json_view object, const char *name)
{
    struct json_view v = json_member(object, str_of(name));
    uint64_t n;
    return v.kind == JSON_NUMBER && str_u64((struct str){v.ptr, v.len}, &n) ? n : UINT64_MAX;
}

static bool whole_path(struct check *k, struct str path, struct str *out)
{
    bool fine = arena_printf(&k->out->texts, out, "%.*s/%.*s", STR_ARG(k->dir), STR_ARG(path));
    k->failed = k->failed || !fine;
    return fine;
}

/* ---- files ---- */

static void one_file(struct check *k, struct json_view entry)
{
    CLEANUP(buf_free) struct buf bytes = {0};
    struct str path = text_of(k, entry, "path");
    struct str want = text_of(k, entry, "sha256");
    struct str whole;
    char have[DIGEST_HEX + 1];
    if (!path_stays(path)) {
        fault(k, BUNDLE_CHANGED, STR("manifest.json"), "it names a path that is not in the pack");
        return;
    }
    struct map_entry *e = map_intern(&k->listed, &k->out->texts, path);
    if (e == NULL || !whole_path(k, path, &whole)) {
        k->failed = true;
        return;
    }
    if (e->value != NULL) {
        fault(k, BUNDLE_CHANGED, STR("manifest.json"), "it names a file twice");
        return;
    }
    e->value = k;
    struct err err = {0};
    if (tree_is_link(whole)) {
        fault(k, BUNDLE_CHANGED, path, "a symbolic link stands in its place");
    } else if (file_kind(whole, NULL) == FILE_ABSENT) {
        fault(k, BUNDLE_MISSING, path, "in the manifest, but not there");
    } else if (file_read(whole, &bytes, &err) != ERR_OK) {
        fault(k, BUNDLE_UNREADABLE, path, err.msg);
    } else if (!digest_hex_id(buf_str(&bytes), DIGEST_HEX, have)) {
        k->failed = true;
    } else if (!str_eq(want, str_of(have)) || bytes.len != number_of(entry, "bytes")) {
        fault(k, BUNDLE_CHANGED, path, "its SHA-256 is not that of the manifest");
    } else {
        k->out->files++;
    }
}

static enum err_code additional(struct check *k, struct err *err)
{
    struct walk_list list = {0};
    enum err_code rc = walk_files(k->dir, &k->out->texts, &list, err);
    for (size_t i = 0; rc == ERR_OK && i < list.len; i++) {
        struct str path = str_from(list.at[i].path, k->dir.len);
        path = path.len > 0 && path.ptr[0] == '/' ? str_from(path, 1) : path;
        if (!str_eq(path, STR("manifest.json")) && map_find(&k->listed, path) == NULL) {
            fault(k, BUNDLE_ADDITIONAL, path, "there, but not in the manifest");
        }
    }
    VEC_FREE(&list);
    return rc;
}

/* ---- records ---- */

/* Records of one file follow each other in the index: it is read once. */
static bool evidence_file(struct check *k, struct str path)
{
    struct str whole;
    if (str_eq(path, k->file_path) && path.len > 0) {
        return true;
    }
    k->file_path = STR_EMPTY;
    if (!path_stays(path) || !whole_path(k, path, &whole) || tree_is_link(whole) ||
        file_read(whole, &k->file, NULL) != ERR_OK) {
        return false;
    }
    k->file_path = path;
    return true;
}

static void one_record(struct check *k, struct str line)
{
    struct json_view v = {.ptr = line.ptr, .len = (uint32_t)line.len, .kind = JSON_OBJECT};
    struct str path = text_of(k, v, "file");
    uint64_t offset = number_of(v, "offset");
    uint64_t length = number_of(v, "length");
    char have[DIGEST_HEX + 1];
    if (!evidence_file(k, path)) {
        fault(k, BUNDLE_RECORD, path, "the index names a file that cannot be read");
        return;
    }
    if (offset > k->file.len || length > k->file.len - offset) {
        fault(k, BUNDLE_RECORD, path, "a record ends behind the end of the file");
        return;
    }
    struct str bytes = str_head(str_from(buf_str(&k->file), offset), length);
    if (!digest_hex_id(bytes, DIGEST_HEX, have)) {
        k->failed = true;
    } else if (!str_eq(text_of(k, v, "sha256"), str_of(have))) {
        fault(k, BUNDLE_RECORD, path, "a record is not what the index says");
    } else {
        k->out->records++;
    }
}

static bool is_value(struct str text)
{
    struct json_fault why;
    return text.len > 0 && text.len < UINT32_MAX && text.ptr[0] == '{' &&
           json_check(text, &why) == JSON_OK;
}

static void records(struct check *k)
{
    CLEANUP(buf_free) struct buf index = {0};
    struct str whole;
    struct str line;
    if (!whole_path(k, STR("evidence.jsonl"), &whole) || file_read(whole, &index, NULL) != ERR_OK) {
        return; /* told already: missing or unreadable */
    }
    struct str rest = buf_str(&index);
    while (!k->failed && str_cut(&rest, '\n', &line)) {
        if (is_value(line)) {
            one_record(k, line);
        } else {
            fault(k, BUNDLE_RECORD, STR("evidence.jsonl"), "a line of the index is no JSON object");
        }
    }
}

/* ---- the whole ---- */

static enum err_code read_manifest(struct check *k, struct buf *text, struct err *err)
{
    struct str whole;
    text->max = MANIFEST_MAX;
    if (!whole_path(k, STR("manifest.json"), &whole)) {
        return err_set(err, ERR_NOMEM, "no memory for the check");
    }
    if (file_read(whole, text, NULL) != ERR_OK) {
        return err_set(err, ERR_USAGE, "%.*s is no pack: it has no manifest.json that can be read",
                       STR_ARG(k->dir));
    }
    struct str body = str_trim(buf_str(text));
    struct json_view v = {.ptr = body.ptr, .len = (uint32_t)body.len, .kind = JSON_OBJECT};
    if (!is_value(body) || !str_eq(text_of(k, v, "schema"), STR(BUNDLE_SCHEMA))) {
        return err_set(err, ERR_SCHEMA, "%.*s: not a manifest of " BUNDLE_SCHEMA, STR_ARG(whole));
    }
    k->out->pseudonymised = json_member(v, STR("pseudonymised")).kind == JSON_OBJECT;
    return digest_hex_id(buf_str(text), DIGEST_HEX, k->out->manifest)
               ? ERR_OK
               : err_set(err, ERR_NOMEM, "no memory for the check");
}

static enum err_code check(struct check *k, struct err *err)
{
    CLEANUP(buf_free) struct buf text = {0};
    enum err_code rc = read_manifest(k, &text, err);
    if (rc) {
        return rc;
    }
    struct str body = str_trim(buf_str(&text));
    struct json_view v = {.ptr = body.ptr, .len = (uint32_t)body.len, .kind = JSON_OBJECT};
    struct json_view files = json_member(v, STR("files"));
    struct json_view name;
    struct json_view entry;
    if (files.kind != JSON_ARRAY) {
        return err_set(err, ERR_SCHEMA, "%.*s: the manifest lists no files", STR_ARG(k->dir));
    }
    struct json_iter it = json_iter_of(files);
    while (json_iter_next(&it, &name, &entry)) {
        one_file(k, entry);
    }
    rc = additional(k, err);
    records(k);
    return rc;
}

enum err_code bundle_verify(struct str dir, struct bundle_check *out, struct err *err)
{
    struct bundle_check told = {0};
    while (dir.len > 1 && dir.ptr[dir.len - 1] == '/') {
        dir.len--;
    }
    struct check k = {.out = &told, .dir = dir};
    enum err_code rc = check(&k, err);
    if (rc == ERR_OK && k.failed) {
        rc = err_set(err, ERR_NOMEM, "no memory for the check");
    }
    map_free(&k.listed);
    buf_free(&k.file);
    if (rc) {
        bundle_check_free(&told);
        return rc;
    }
    *out = told;
    return ERR_OK;
}
