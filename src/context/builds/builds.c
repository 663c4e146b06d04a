/* What CI built: CSV, or JSON lines (also a list, or {"builds": [...]}). */
#include "context/jtree.h"
#include "context/table.h"

#define FORMATS "CSV with a header line, JSON lines, a JSON list"

enum {
    FUNCTION,
    HASH,
    SIGNED,
    IMAGE,
    COMMIT,
    REPOSITORY,
    BRANCH,
    CHANGE,
    BUILT_AT,
    REVIEWED,
    PROTECTED,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [FUNCTION] = {"function", "function_name|lambda|service", true, false},
    [HASH] = {"code_sha256", "hash|sha256|code_hash|artifact_sha256|artefact_sha256", false, false},
    [SIGNED] = {"signed_sha256", "signed_hash", false, false},
    [IMAGE] = {"image_digest", "digest|image", false, false},
    [COMMIT] = {"commit", "commit_sha|sha|git_sha|revision", false, false},
    [REPOSITORY] = {"repository", "repo", false, false},
    [BRANCH] = {"branch", "ref", false, false},
    [CHANGE] = {"change", "change_id|ticket", false, false},
    [BUILT_AT] = {"built_at", "build_time|created_at|timestamp|time", false, false},
    [REVIEWED] = {"reviewed", "review|approved", false, false},
    [PROTECTED] = {"protected_branch", "protected", false, false},
};

static enum err_code read_texts(struct reader *r, const struct row *row, struct build *b,
                                struct err *err)
{
    const struct {
        unsigned column;
        struct str *to;
    } texts[] = {
        {FUNCTION, &b->function}, {COMMIT, &b->commit}, {REPOSITORY, &b->repository},
        {BRANCH, &b->branch},     {CHANGE, &b->change},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        enum err_code rc = reader_keep(r, row->cell[texts[i].column], texts[i].to, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_hashes(struct reader *r, const struct row *row, struct build *b,
                                 struct err *err)
{
    const struct {
        unsigned column;
        struct str *to;
    } hashes[] = {{HASH, &b->code_sha256}, {SIGNED, &b->signed_sha256}, {IMAGE, &b->image_digest}};
    bool any = false;
    for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
        enum err_code rc = reader_hash(r, columns[hashes[i].column].name,
                                       row->cell[hashes[i].column], hashes[i].to, err);
        if (rc != ERR_OK) {
            return rc;
        }
        any = any || hashes[i].to->len > 0;
    }
    return any ? ERR_OK : err_set(err, ERR_SYNTAX, "the build has no hash");
}

static enum err_code read_row(struct reader *r, const struct row *row, struct err *err)
{
    struct build b = {0};
    enum err_code rc = read_texts(r, row, &b, err);
    if (rc == ERR_OK) {
        rc = read_hashes(r, row, &b, err);
    }
    if (rc == ERR_OK) {
        rc = reader_time(r, "built_at", row->cell[BUILT_AT], ZONE_NEEDED, &b.built_us, NULL, err);
    }
    if (rc == ERR_OK) {
        rc = reader_bool("reviewed", row->cell[REVIEWED], &b.reviewed, err);
    }
    if (rc == ERR_OK) {
        rc = reader_bool("protected_branch", row->cell[PROTECTED], &b.protected_branch, err);
    }
    if (rc == ERR_OK && b.function.len == 0) {
        rc = err_set(err, ERR_SYNTAX, "the build names no function");
    }
    if (rc != ERR_OK) {
        return rc;
    }
    reader_newest(r, b.built_us);
    return VEC_PUSH(&r->c->builds, b) ? ERR_OK : reader_nomem(r, err);
}

static const struct table table = {columns, COLUMNS, read_row};

/* The first object shows whether the file is one of builds; after that a bad one is its own. */
static enum err_code read_object(struct reader *r, const json_t *object, struct err *err)
{
    struct err row_err = {0};
    enum err_code rc = ERR_SYNTAX;
    if (json_is_object(object)) {
        rc = table_read_object(r, &table, object, &row_err);
    } else {
        err_set_at(&row_err, ERR_SYNTAX, "not an object");
    }
    if (rc == ERR_SCHEMA && r->record > 1 && jtree_get(object, "function") == NULL) {
        rc = ERR_SYNTAX;
    }
    return reader_row(r, rc, &row_err, err);
}

static enum err_code read_doc(struct reader *r, const json_t *root, void *arg, struct err *err)
{
    (void)arg;
    const json_t *list = json_is_array(root) ? root : jtree_get(root, "builds");
    if (!json_is_array(list)) {
        r->record++;
        return read_object(r, root, err);
    }
    r->line = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        r->record++;
        enum err_code rc = read_object(r, json_array_get(list, i), err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

/* A hash in any of the three columns will do. */
static enum err_code check_hash_column(struct reader *r, struct str text, struct err *err)
{
    static const unsigned hashes[] = {HASH, SIGNED, IMAGE};
    CLEANUP(csv_close) struct csv csv = {0};
    struct csv_row head;
    enum err_code rc = csv_open(&csv, text, 0, &r->c->arena, err);
    if (rc == ERR_OK) {
        rc = csv_next(&csv, &head, err);
    }
    if (rc != ERR_OK) {
        return err_wrap(err, rc, "%.*s", STR_ARG(r->path));
    }
    if (head.fault != NULL || head.count == 0) {
        return ERR_OK; /* table_read_csv says what is wrong */
    }
    for (size_t h = 0; h < head.count; h++) {
        for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
            if (column_claims(r, &columns[hashes[i]], head.field[h])) {
                return ERR_OK;
            }
        }
    }
    return err_set(err, ERR_SCHEMA,
                   "%.*s has no column for a hash (code_sha256, signed_sha256 or image_digest); "
                   "name it in --env: columns: {builds.code_sha256: <header>}",
                   STR_ARG(r->path));
}

static enum err_code read_builds(struct context *c, struct str path, struct str text,
                                 struct err *err)
{
    struct reader r = {.c = c, .kind = CONTEXT_BUILDS, .path = path};
    if (jtree_looks(text)) {
        return jtree_each(&r, text, read_doc, NULL, err);
    }
    enum err_code rc = check_hash_column(&r, text, err);
    return rc == ERR_OK ? table_read_csv(&r, &table, text, err) : rc;
}

extern const struct context_ops context_builds;
const struct context_ops context_builds = {
    .kind = CONTEXT_BUILDS,
    .summary = "builds: " FORMATS,
    .columns = columns,
    .column_count = COLUMNS,
    .read = read_builds,
};
