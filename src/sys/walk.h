/*
 * walk - the files below a directory.
 */
#ifndef SYS_WALK_H
#define SYS_WALK_H

#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/vec.h"

struct walk_file {
    struct str path; /* root, "/", path below root */
    uint64_t size;
};

struct walk_list {
    VEC_OF(struct walk_file);
};

/*
 * Append all files below `root`, in byte order of their paths. Hidden ones too. A symbolic link to
 * a file counts as a file, one to a directory is left alone (no cycles); devices, pipes and sockets
 * are left out. A directory that cannot be listed is appended itself, as if it were a file: whoever
 * opens it gets the error, so it is not lost in silence. Texts live in `a`. The list is the
 * caller's to VEC_FREE.
 * ERR_NOTFOUND or ERR_IO when `root` itself cannot be listed, ERR_NOMEM.
 */
NODISCARD enum err_code walk_files(struct str root, struct arena *a, struct walk_list *out,
                                   struct err *err);

#endif
