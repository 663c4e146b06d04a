/*
 * arena - memory that is freed all at once.
 *
 * One arena = one lifetime: a process, a set of loaded rules, one record being looked at. Nothing
 * inside is freed alone. Memory comes zeroed. An arena belongs to one thread at a time; once
 * filled, any number of threads may read what is in it.
 *
 * `limit` bounds the bytes that a hostile input can make us hold. Reaching it is not an accident
 * of the machine: the caller reports ERR_LIMIT and drops the record.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *head;
    size_t used;  /* bytes handed out since init or reset, padding included */
    size_t limit; /* most bytes this arena may hand out; 0 means no limit */
};

void arena_init(struct arena *a, size_t limit);
void arena_reset(struct arena *a); /* all that was handed out is now invalid; keeps one block */
void arena_free(struct arena *a);  /* also for CLEANUP(); safe on a zeroed struct */

/* Zeroed memory for `count` objects of `size` bytes, or NULL: the limit was reached, the product
 * overflowed, or memory ran out. `align` is a power of two. */
NODISCARD void *arena_alloc(struct arena *a, size_t count, size_t size, size_t align) NONNULL(1);

/* The same, not cleared: for what is written over at once. */
NODISCARD void *arena_alloc_raw(struct arena *a, size_t count, size_t size, size_t align)
    NONNULL(1);

#define ARENA_NEW(a, type)      ((type *)arena_alloc((a), 1, sizeof(type), _Alignof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type), _Alignof(type)))

/* Copy `s` into the arena. out->ptr is NUL-terminated as a courtesy to C APIs. */
NODISCARD bool arena_dup(struct arena *a, struct str s, struct str *out) NONNULL(1, 3);

/* Formatted text in the arena, NUL-terminated. False when it does not fit. */
NODISCARD bool arena_printf(struct arena *a, struct str *out, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

#endif
