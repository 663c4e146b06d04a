#include "sys/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sys/file.h"

struct walk {
    struct arena *arena;
    struct walk_list *out;
    struct {
        VEC_OF(struct str);
    } todo; /* directories still to be listed */
};

static bool join(struct arena *a, struct str dir, const char *name, struct str *out)
{
    bool slash = dir.len > 0 && dir.ptr[dir.len - 1] == '/';
    return arena_printf(a, out, "%.*s%s%s", STR_ARG(dir), slash ? "" : "/", name);
}

/* Put one directory entry where it belongs. False on no memory. */
static bool take(struct walk *w, DIR *d, struct str dir, const struct dirent *entry)
{
    const char *name = entry->d_name;
    struct stat st = {0};
    struct str path;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        return true;
    }
    if (entry->d_type == DT_DIR) {
        return join(w->arena, dir, name, &path) && VEC_PUSH(&w->todo, path);
    }
    if (fstatat(dirfd(d), name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        return true; /* gone since it was listed */
    }
    if (S_ISDIR(st.st_mode)) {
        return join(w->arena, dir, name, &path) && VEC_PUSH(&w->todo, path);
    }
    if (S_ISLNK(st.st_mode) && fstatat(dirfd(d), name, &st, 0) != 0) {
        st = (struct stat){.st_mode = S_IFREG}; /* dangling: opening it tells */
    }
    if (!S_ISREG(st.st_mode)) {
        return true;
    }
    struct walk_file file = {.size = st.st_size > 0 ? (uint64_t)st.st_size : 0};
    return join(w->arena, dir, name, &file.path) && VEC_PUSH(w->out, file);
}

static enum err_code list_dir(struct walk *w, struct str dir, struct err *err)
{
    char name[FILE_PATH_MAX];
    DIR *d = file_path(dir, name) ? opendir(name) : NULL;
    if (d == NULL) {
        int why = errno;
        return err_set(err,
                       why == ENOENT   ? ERR_NOTFOUND
                       : why == ENOMEM ? ERR_NOMEM
                                       : ERR_IO,
                       "%.*s: cannot be listed: %s", STR_ARG(dir), strerror(why));
    }
    enum err_code rc = ERR_OK;
    while (!rc) {
        errno = 0;
        const struct dirent *entry = readdir(d);
        if (entry == NULL) {
            if (errno != 0) {
                rc = err_set(err, ERR_IO, "%.*s: cannot be listed: %s", STR_ARG(dir),
                             strerror(errno));
            }
            break;
        }
        if (!take(w, d, dir, entry)) {
            rc = err_set(err, ERR_NOMEM, "%.*s: no memory to list it", STR_ARG(dir));
        }
    }
    (void)closedir(d);
    return rc;
}

static int by_path(const void *a, const void *b)
{
    const struct walk_file *x = a;
    const struct walk_file *y = b;
    return str_cmp(x->path, y->path);
}

enum err_code walk_files(struct str root, struct arena *a, struct walk_list *out, struct err *err)
{
    struct walk w = {.arena = a, .out = out};
    size_t first = out->len;
    enum err_code rc = list_dir(&w, root, err);
    while (!rc && w.todo.len > 0) {
        struct str dir = w.todo.at[--w.todo.len];
        rc = list_dir(&w, dir, NULL);
        if (rc == ERR_IO || rc == ERR_NOTFOUND) {
            rc = ERR_OK;
            if (!VEC_PUSH(out, ((struct walk_file){.path = dir}))) {
                rc = ERR_NOMEM;
            }
        }
        if (rc) {
            (void)err_set(err, rc, "%.*s: no memory to list it", STR_ARG(dir));
        }
    }
    VEC_FREE(&w.todo);
    if (!rc && out->len > first) {
        qsort(out->at + first, out->len - first, sizeof(*out->at), by_path);
    }
    return rc;
}
