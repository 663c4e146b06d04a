/*
 * mem - the only way to the heap.
 *
 * Sizes are checked for overflow and memory comes zeroed; from 2 MiB on it lies in large pages,
 * where the machine has them. Every call here can be made to fail by a test: mem_torture(n) makes
 * the n-th call from now on return NULL, once.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/* Zeroed memory for `count` objects of `size` bytes, or NULL. Zero bytes give a unique pointer. */
NODISCARD void *mem_alloc(size_t count, size_t size);

/* `bytes` bytes that are not zeroed, or NULL. */
NODISCARD void *mem_raw(size_t bytes);

/* Grow or shrink to `count` objects of `size` bytes. New bytes are not zeroed. On failure NULL,
 * and `p` is still valid. */
NODISCARD void *mem_resize(void *p, size_t count, size_t size);

/* NULL is fine. */
void mem_free(void *p);

/* The n-th allocation of this thread from now on fails; 0 switches this off. Also counts for
 * arena_alloc, map and buf, which call down to here, so that a loop over n = 1, 2, 3, ... walks
 * through each way a function can run out of memory. */
void mem_torture(unsigned long n);

/* True when this call is the one that must fail. For allocators that do not end up here. */
bool mem_torture_hits(void);

#endif
