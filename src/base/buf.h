/*
 * buf - text or bytes that grow, up to a maximum given at the start.
 *
 * Adding never fails half: on no memory or too large, the buf is marked `failed`, keeps what it
 * had, and ignores what follows. A writer adds freely and looks at `failed` once at the end.
 * buf.ptr is NUL-terminated whenever it is not NULL.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t max; /* most bytes; 0 means no limit */
    bool failed;
};

void buf_init(struct buf *b, size_t max);
void buf_free(struct buf *b);  /* also for CLEANUP() */
void buf_reset(struct buf *b); /* empty again, memory kept, `failed` cleared */

/* Room for at least `more` bytes beyond len. False (and failed) when there cannot be. */
bool buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, struct str s);
void buf_addc(struct buf *b, char c);
void buf_add_cstr(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

static inline struct str buf_str(const struct buf *b)
{
    return (struct str){b->ptr == NULL ? "" : b->ptr, b->len};
}

#endif
