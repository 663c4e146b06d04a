#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/entropy.h"

/* Read this much more at a time when the size is not known. */
enum { READ_STEP = 256 * 1024 };

bool file_path(struct str path, char out[FILE_PATH_MAX])
{
    if (path.len >= FILE_PATH_MAX || memchr(path.ptr, '\0', path.len) != NULL) {
        errno = path.len >= FILE_PATH_MAX ? ENAMETOOLONG : EINVAL;
        return false;
    }
    memcpy(out, path.ptr, path.len);
    out[path.len] = '\0';
    return true;
}

static enum err_code fail(struct err *err, struct str path, const char *doing)
{
    int why = errno;
    enum err_code code = why == ENOENT || why == ENOTDIR ? ERR_NOTFOUND : ERR_IO;
    err_set_at(err, code, "%.*s: cannot be %s: %s", STR_ARG(path), doing, strerror(why));
    if (err != NULL) {
        err->os_errno = why;
    }
    return code;
}

enum err_code file_open(struct str path, int *out_fd, struct err *err)
{
    char name[FILE_PATH_MAX];
    if (!file_path(path, name)) {
        return fail(err, path, "opened");
    }
    int fd;
    do {
        fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    } while (fd < 0 && errno == EINTR);
    if (fd < 0) {
        return fail(err, path, "opened");
    }
    *out_fd = fd;
    return ERR_OK;
}

enum err_code file_read_fd(int fd, struct str name, struct buf *out, struct err *err)
{
    buf_reset(out);
    for (;;) {
        /* The first read takes what memory is there from the last file, usually all of it. */
        size_t room = out->cap > out->len + 1 ? out->cap - out->len - 1 : 0;
        if (room == 0) {
            size_t step = out->len < READ_STEP ? READ_STEP : out->len;
            if (out->max != 0 && step > out->max - out->len) {
                step = out->max - out->len + 1; /* one byte more shows that there is more */
            }
            size_t max = out->max;
            out->max = 0;
            bool grown = buf_reserve(out, step);
            out->max = max;
            if (!grown) {
                return err_set(err, ERR_NOMEM, "%.*s: no memory to read it", STR_ARG(name));
            }
            room = out->cap - out->len - 1;
        }
        ssize_t n = read(fd, out->ptr + out->len, room);
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return fail(err, name, "read");
        }
        out->len += (size_t)n;
        out->ptr[out->len] = '\0';
        if (out->max != 0 && out->len > out->max) {
            return err_set(err, ERR_LIMIT, "%.*s: larger than %zu bytes, the most that is read",
                           STR_ARG(name), out->max);
        }
        if (n == 0) {
            return ERR_OK;
        }
    }
}

enum err_code file_read(struct str path, struct buf *out, struct err *err)
{
    int fd;
    enum err_code rc = file_open(path, &fd, err);
    if (rc) {
        return rc;
    }
    rc = file_read_fd(fd, path, out, err);
    (void)close(fd);
    return rc;
}

enum err_code file_read_stdin(struct buf *out, struct err *err)
{
    return file_read_fd(STDIN_FILENO, STR("standard input"), out, err);
}

enum err_code file_write_fd(int fd, struct str name, struct str data, struct err *err)
{
    while (data.len > 0) {
        ssize_t n = write(fd, data.ptr, data.len);
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return fail(err, name, "written");
        }
        data = str_from(data, (size_t)n);
    }
    return ERR_OK;
}

enum file_kind file_kind(struct str path, uint64_t *out_size)
{
    char name[FILE_PATH_MAX];
    struct stat st;
    if (!file_path(path, name) || stat(name, &st) != 0) {
        return FILE_ABSENT;
    }
    if (out_size != NULL) {
        *out_size = st.st_size > 0 ? (uint64_t)st.st_size : 0;
    }
    return S_ISREG(st.st_mode) ? FILE_REGULAR : S_ISDIR(st.st_mode) ? FILE_DIRECTORY : FILE_OTHER;
}

static enum err_code write_in_place(struct str path, const char *name, struct str data,
                                    struct err *err)
{
    int fd = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return fail(err, path, "opened for writing");
    }
    enum err_code rc = file_write_fd(fd, path, data, err);
    if (close(fd) != 0 && !rc) {
        rc = fail(err, path, "written");
    }
    return rc;
}

static int create_beside(const char *name, char out[FILE_PATH_MAX])
{
    for (int tries = 0; tries < 16; tries++) {
        uint64_t salt;
        if (entropy_fill(&salt, sizeof(salt), NULL)) {
            return -1;
        }
        int n = snprintf(out, FILE_PATH_MAX, "%s.%016" PRIx64 ".part", name, salt);
        if (n < 0 || n >= FILE_PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd >= 0 || errno != EEXIST) {
            return fd;
        }
    }
    return -1;
}

/* Give the finished file its name. Without `clobber` the name must be free at that very moment. */
static int move_into_place(const char *from, const char *to, bool clobber)
{
    if (clobber) {
        return rename(from, to);
    }
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return 0;
    }
    if (errno != EINVAL && errno != ENOSYS) {
        return -1;
    }
    if (link(from, to) != 0) { /* file systems without RENAME_NOREPLACE */
        return -1;
    }
    return unlink(from);
}

static enum err_code exists(struct err *err, struct str path)
{
    return err_set(err, ERR_USAGE, "%.*s: exists already; --clobber writes over it", STR_ARG(path));
}

static enum err_code write_beside(struct str path, const char *name, struct str data, bool clobber,
                                  struct err *err)
{
    char part[FILE_PATH_MAX];
    int fd = create_beside(name, part);
    if (fd < 0) {
        return fail(err, path, "created");
    }
    enum err_code rc = file_write_fd(fd, path, data, err);
    if (!rc && fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP) {
        rc = fail(err, path, "written");
    }
    if (close(fd) != 0 && !rc) {
        rc = fail(err, path, "written");
    }
    if (!rc && move_into_place(part, name, clobber) != 0) {
        rc = errno == EEXIST ? exists(err, path) : fail(err, path, "renamed into place");
    }
    if (rc) {
        (void)unlink(part);
    }
    return rc;
}

enum err_code file_write(struct str path, struct str data, bool clobber, struct err *err)
{
    char name[FILE_PATH_MAX];
    if (!file_path(path, name)) {
        return fail(err, path, "created");
    }
    enum file_kind kind = file_kind(path, NULL);
    if (kind == FILE_DIRECTORY) {
        return err_set(err, ERR_USAGE, "%.*s: is a directory; name a file in it", STR_ARG(path));
    }
    if (kind == FILE_OTHER) {
        return write_in_place(path, name, data, err);
    }
    if (kind == FILE_ABSENT) {
        return write_beside(path, name, data, clobber, err);
    }
    if (!clobber) {
        return exists(err, path);
    }
    char *real = realpath(name, NULL);
    if (real == NULL) {
        return fail(err, path, "resolved");
    }
    enum err_code rc = write_beside(path, real, data, true, err);
    free(real); /* realpath's own allocation */
    return rc;
}
