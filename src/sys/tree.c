#include "sys/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/entropy.h"

enum { OPEN_DIRECTORIES = 16 };

static enum err_code fail(struct err *err, struct str path, const char *what)
{
    int number = errno;
    if (err != NULL && err->code == ERR_OK) {
        err->os_errno = number;
    }
    return err_set(err, ERR_IO, "%.*s: cannot be %s: %s", STR_ARG(path), what, strerror(number));
}

/* "dir/" and "dir" are one name. */
static struct str without_slash(struct str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/') {
        path.len--;
    }
    return path;
}

enum err_code tree_begin(struct str path, char part[FILE_PATH_MAX], struct err *err)
{
    char name[FILE_PATH_MAX];
    path = without_slash(path);
    if (!file_path(path, name)) {
        return fail(err, path, "made");
    }
    for (int tries = 0; tries < 16; tries++) {
        uint64_t salt;
        enum err_code rc = entropy_fill(&salt, sizeof(salt), err);
        if (rc) {
            return rc;
        }
        int n = snprintf(part, FILE_PATH_MAX, "%s.%016" PRIx64 ".part", name, salt);
        if (n < 0 || n >= FILE_PATH_MAX) {
            errno = ENAMETOOLONG;
            break;
        }
        if (mkdir(part, 0700) == 0) {
            return ERR_OK;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    return fail(err, path, "made");
}

enum err_code tree_make(struct str path, struct err *err)
{
    char name[FILE_PATH_MAX];
    return file_path(path, name) && mkdir(name, 0700) == 0 ? ERR_OK : fail(err, path, "made");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    (void)remove(path); /* what cannot be removed stays */
    return 0;
}

void tree_remove(const char *path)
{
    (void)nftw(path, remove_one, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
}

/* In the place of another one. Where the file system cannot exchange two names, the old one is moved
 * away first: nothing is lost, but for a moment there is none. */
static int take_place(const char *part, const char *name)
{
    char old[FILE_PATH_MAX];
    if (renameat2(AT_FDCWD, part, AT_FDCWD, name, RENAME_EXCHANGE) == 0) {
        tree_remove(part);
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return -1;
    }
    int n = snprintf(old, sizeof(old), "%s.old", part);
    if (n < 0 || (size_t)n >= sizeof(old) || rename(name, old) != 0) {
        return -1;
    }
    if (rename(part, name) != 0) {
        (void)rename(old, name);
        return -1;
    }
    tree_remove(old);
    return 0;
}

enum err_code tree_end(const char *part, struct str path, bool clobber, struct err *err)
{
    char name[FILE_PATH_MAX];
    path = without_slash(path);
    if (!file_path(path, name)) {
        return fail(err, path, "made");
    }
    if (renameat2(AT_FDCWD, part, AT_FDCWD, name, RENAME_NOREPLACE) == 0) {
        return ERR_OK;
    }
    if (errno == EEXIST && !clobber) {
        return err_set(err, ERR_USAGE, "%.*s exists; -C replaces it", STR_ARG(path));
    }
    if (errno == EEXIST) {
        return take_place(part, name) == 0 ? ERR_OK : fail(err, path, "replaced");
    }
    if ((errno == EINVAL || errno == ENOSYS) && file_kind(path, NULL) == FILE_ABSENT &&
        rename(part, name) == 0) {
        return ERR_OK;
    }
    return fail(err, path, "made");
}

bool tree_is_link(struct str path)
{
    char name[FILE_PATH_MAX];
    struct stat st;
    return file_path(path, name) && lstat(name, &st) == 0 && S_ISLNK(st.st_mode);
}
