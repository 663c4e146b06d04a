/*
 * entropy - random bytes from the kernel, for the key of hash tables and names of temporary files.
 */
#ifndef SYS_ENTROPY_H
#define SYS_ENTROPY_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/* Fill out[0, len). ERR_IO when the kernel has none, which no supported Linux does. */
NODISCARD enum err_code entropy_fill(void *out, size_t len, struct err *err);

#endif
