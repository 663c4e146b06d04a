/*
 * vec - arrays that grow.
 *
 *     struct { VEC_OF(struct skipped); } list = {0};
 *     if (!VEC_PUSH(&list, entry)) { ... no memory ... }
 *     for (size_t i = 0; i < list.len; i++) use(&list.at[i]);
 *     VEC_FREE(&list);
 *
 * A pointer into `at` is valid until the next push.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/mem.h"

/* clang-format off */
#define VEC_OF(type) type *at; size_t len; size_t cap
/* clang-format on */

/* Room for one more of `size` bytes. False on no memory; the array stays as it was. */
NODISCARD bool vec_grow(void **at, size_t len, size_t *cap, size_t size);

#define VEC_PUSH(v, item)                                                                          \
    (vec_grow((void **)&(v)->at, (v)->len, &(v)->cap, sizeof(*(v)->at)) &&                         \
     (((v)->at[(v)->len++] = (item)), true))

#define VEC_FREE(v) (mem_free((v)->at), (v)->at = NULL, (v)->len = 0, (v)->cap = 0)

#endif
