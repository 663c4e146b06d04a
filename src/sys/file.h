/*
 * file - whole files in, whole files out.
 *
 * Paths are strs and may not hold a NUL. Errors name the path and what to do where that is known.
 */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* Read a whole file (regular, pipe, device) into *out, over what was in it; its memory is reused.
 * out->max bounds the size (0: none): ERR_LIMIT. ERR_NOTFOUND, ERR_IO, ERR_NOMEM. On failure
 * what *out holds is undefined, but it is valid to reuse or free. */
NODISCARD enum err_code file_read(struct str path, struct buf *out, struct err *err);

/* The same for an open descriptor, from where it stands. `name` is for messages. */
NODISCARD enum err_code file_read_fd(int fd, struct str name, struct buf *out, struct err *err);

/* Standard input, to its end. */
NODISCARD enum err_code file_read_stdin(struct buf *out, struct err *err);

/* Open for reading; the caller closes. ERR_NOTFOUND, ERR_IO. */
NODISCARD enum err_code file_open(struct str path, int *out_fd, struct err *err);

/* Write all of `data` to a descriptor. */
NODISCARD enum err_code file_write_fd(int fd, struct str name, struct str data, struct err *err);

/*
 * Write a file whole or not at all: beside it under another name, synced, then renamed. A file
 * that exists is ERR_USAGE unless `clobber`. A symbolic link is followed. A device or pipe is
 * written to as it is.
 */
NODISCARD enum err_code file_write(struct str path, struct str data, bool clobber, struct err *err);

enum file_kind { FILE_ABSENT, FILE_REGULAR, FILE_DIRECTORY, FILE_OTHER };

/* What a path is, links followed; *out_size (may be NULL) is its size in bytes. FILE_ABSENT also
 * when it cannot be looked at; errno then says why. */
enum file_kind file_kind(struct str path, uint64_t *out_size);

/* A path as a C string. False when it holds a NUL or is too long; errno is set. */
enum { FILE_PATH_MAX = 4096 };
NODISCARD bool file_path(struct str path, char out[FILE_PATH_MAX]);

#endif
