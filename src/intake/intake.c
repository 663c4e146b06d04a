#include "intake/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "intake/account.h"
#include "intake/intake_priv.h"
#include "sys/file.h"

const struct intake_limits intake_limits_default = {
    .whole_bytes = (size_t)24 << 20,
    .record_bytes = (size_t)16 << 20,
    .file_bytes = UINT64_C(64) << 30,
    .ratio = 2000,
    .zip_members = 10000,
};

struct intake *intake_new(const struct intake_limits *limits)
{
    struct intake *in = mem_alloc(1, sizeof(*in));
    if (in == NULL) {
        return NULL;
    }
    in->limits = *limits;
    if (!unpack_init(&in->unpack, &in->limits) || !framer_init(&in->framer, &in->limits)) {
        intake_free(in);
        return NULL;
    }
    return in;
}

void intake_free(struct intake *in)
{
    if (in == NULL) {
        return;
    }
    unpack_free(&in->unpack);
    framer_free(&in->framer);
    mem_free(in);
}

/* ---- records ---- */

static size_t take_records(void *arg, const struct window *w)
{
    struct intake *in = arg;
    size_t used = framer_take(&in->framer, w);
    in->unpack.stop = in->framer.failed;
    return used;
}

static enum err_code run(struct intake *in, int fd, uint64_t size, const struct str *bytes,
                         uint32_t index, struct json_scanner *scanner,
                         const struct intake_sink *sink, struct account *acc, struct err *err)
{
    framer_begin(&in->framer, index, scanner, sink, acc);
    in->unpack.file = index;
    in->unpack.acc = acc;
    in->unpack.arg = in;
    in->unpack.take = take_records;
    enum err_code rc = unpack_run(&in->unpack, fd, size, bytes);
    if (rc || in->framer.failed) {
        return err_set(err, ERR_NOMEM, "no memory to read an input");
    }
    return ERR_OK;
}

static const char *why_not_opened(int os_errno)
{
    switch (os_errno) {
    case EACCES:
    case EPERM:
        return "cannot be opened: permission denied";
    case ENOENT:
    case ENOTDIR:
        return "cannot be opened: it is gone";
    case ELOOP:
        return "cannot be opened: too many symbolic links";
    case EMFILE:
    case ENFILE:
        return "cannot be opened: too many open files";
    default:
        return "cannot be opened";
    }
}

/* Size of an open file, UINT64_MAX when it is a pipe or device. False: a directory. */
static bool size_of(int fd, uint64_t *out)
{
    struct stat st;
    *out = UINT64_MAX;
    if (fstat(fd, &st) == 0) {
        if (S_ISDIR(st.st_mode)) {
            return false;
        }
        if (S_ISREG(st.st_mode) && st.st_size > 0) {
            *out = (uint64_t)st.st_size;
        }
    }
    return true;
}

static enum err_code not_read(struct account *acc, uint32_t index, const char *reason,
                              struct err *err)
{
    struct skipped s = {.file = index, .file_bytes = true, .reason = reason};
    if (!account_skip(acc, &s)) {
        return err_set(err, ERR_NOMEM, "no memory to read an input");
    }
    return ERR_OK;
}

enum err_code intake_file(struct intake *in, const struct input *file, uint32_t index,
                          struct json_scanner *scanner, const struct intake_sink *sink,
                          struct account *acc, struct err *err)
{
    int fd = STDIN_FILENO;
    bool own = !str_eq(file->path, STR("-"));
    struct err why = {0};
    if (own && file_open(file->path, &fd, &why)) {
        return not_read(acc, index, why_not_opened(why.os_errno), err);
    }
    uint64_t size;
    enum err_code rc = size_of(fd, &size)
                           ? run(in, fd, size, NULL, index, scanner, sink, acc, err)
                           : not_read(acc, index, "a directory that cannot be listed", err);
    if (own) {
        (void)close(fd);
    }
    return rc;
}

enum err_code intake_bytes(struct intake *in, struct str bytes, uint32_t index,
                           struct json_scanner *scanner, const struct intake_sink *sink,
                           struct account *acc, struct err *err)
{
    return run(in, -1, bytes.len, &bytes, index, scanner, sink, acc, err);
}

/* Is the file's beginning in memory? A read that may not wait tells. */
static bool is_cached(const struct input *file)
{
    int fd;
    if (str_eq(file->path, STR("-")) || file_open(file->path, &fd, NULL)) {
        return true; /* nothing to fetch; intake_file says what is wrong with it */
    }
    char byte;
    struct iovec to = {.iov_base = &byte, .iov_len = 1};
    bool cached = preadv2(fd, &to, 1, 0, RWF_NOWAIT) >= 0;
    (void)close(fd);
    return cached;
}

void intake_ahead(const struct input *files, size_t count)
{
    /* Opening every file twice costs as much as reading it from memory: look at two first. */
    if (count == 0 || (is_cached(&files[0]) && is_cached(&files[count - 1]))) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        int fd;
        if (str_eq(files[i].path, STR("-")) || file_open(files[i].path, &fd, NULL)) {
            continue;
        }
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED);
        (void)close(fd);
    }
}
