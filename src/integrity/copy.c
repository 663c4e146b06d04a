#include "integrity/copy.h"

#include "sys/walk.h"

static const struct str meta_suffix = STR_INIT(".meta.json");

void copy_free(struct copy *c)
{
    VEC_FREE(&c->files);
    map_free(&c->by_key);
}

/* "…/AWSLogs/1111" -> "AWSLogs/1111/"; "" when the directory is not below one. */
static struct str inside(struct str dir)
{
    struct str word = STR("AWSLogs");
    for (size_t at = 0; at + word.len <= dir.len; at++) {
        bool begins = at == 0 || dir.ptr[at - 1] == '/';
        bool ends = at + word.len == dir.len || dir.ptr[at + word.len] == '/';
        if (begins && ends && str_starts(str_from(dir, at), word)) {
            return str_from(dir, at);
        }
    }
    return STR_EMPTY;
}

static bool add(struct copy *c, struct str path, struct str key)
{
    struct copied f = {.path = path, .key = key, .name = name_of(key)};
    f.metadata = str_ends(key, meta_suffix);
    if (f.metadata) {
        f.name = (struct name){0};
    }
    if (!VEC_PUSH(&c->files, f)) {
        return false;
    }
    struct map_entry *e = map_put(&c->by_key, key);
    if (e == NULL) {
        return false;
    }
    e->value = (void *)(uintptr_t)c->files.len;
    return true;
}

enum err_code copy_list(struct str dir, struct arena *a, struct copy *out, struct err *err)
{
    struct walk_list files = {0};
    struct str root = dir;
    while (root.len > 1 && root.ptr[root.len - 1] == '/') {
        root.len--;
    }
    enum err_code rc = walk_files(root, a, &files, err);
    if (rc != ERR_OK) {
        VEC_FREE(&files);
        return rc;
    }
    *out = (struct copy){.dir = dir};
    struct str front = inside(root);
    for (size_t i = 0; rc == ERR_OK && i < files.len; i++) {
        struct str path = files.at[i].path;
        struct str key = str_from(path, root.len + (path.len > root.len ? 1 : 0));
        if (front.len > 0 && !arena_printf(a, &key, "%.*s/%.*s", STR_ARG(front), STR_ARG(key))) {
            rc = ERR_NOMEM;
        }
        if (rc == ERR_OK && !add(out, path, key)) {
            rc = ERR_NOMEM;
        }
    }
    VEC_FREE(&files);
    if (rc != ERR_OK) {
        copy_free(out);
        return err_set(err, rc, "no memory for the list of objects");
    }
    return ERR_OK;
}

struct copied *copy_find(const struct copy *c, struct str key)
{
    const struct map_entry *e = map_find(&c->by_key, key);
    return e == NULL ? NULL : &c->files.at[(uintptr_t)e->value - 1];
}
