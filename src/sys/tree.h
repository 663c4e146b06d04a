/*
 * tree - a directory written whole or not at all: filled beside its place, then renamed into it.
 */
#ifndef SYS_TREE_H
#define SYS_TREE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "sys/file.h"

/* Make a new, empty directory beside `path`, for its owner only. `part` takes its name. ERR_IO. */
NODISCARD enum err_code tree_begin(struct str path, char part[FILE_PATH_MAX], struct err *err);
/* A directory inside one that was begun. ERR_IO. */
NODISCARD enum err_code tree_make(struct str path, struct err *err);
/* Give it its name. Where `path` is a directory already: ERR_USAGE, or with `clobber` it takes its
 * place in one step, and the old one is removed. ERR_IO. */
NODISCARD enum err_code tree_end(const char *part, struct str path, bool clobber, struct err *err);
/* Remove a directory and all in it; symbolic links are removed, not followed. What cannot be removed
 * stays. */
void tree_remove(const char *path);

/* Is this a symbolic link? */
bool tree_is_link(struct str path);

#endif
