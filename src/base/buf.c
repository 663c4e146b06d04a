#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_free(struct buf *b)
{
    mem_free(b->ptr);
    *b = (struct buf){.max = b->max};
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    b->failed = false;
    if (b->ptr != NULL) {
        b->ptr[0] = '\0';
    }
}

bool buf_reserve(struct buf *b, size_t more)
{
    size_t need;
    if (b->failed || __builtin_add_overflow(b->len, more, &need) ||
        (b->max != 0 && need > b->max) || __builtin_add_overflow(need, 1U, &need)) {
        b->failed = true;
        return false;
    }
    if (need <= b->cap) {
        return true;
    }
    size_t cap = b->cap < 128 ? 256 : b->cap + b->cap / 2;
    cap = cap < need ? need : cap;
    char *p = mem_resize(b->ptr, cap, 1);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    b->ptr = p;
    b->cap = cap;
    return true;
}

void buf_add(struct buf *b, struct str s)
{
    if (s.len == 0 || !buf_reserve(b, s.len)) {
        return;
    }
    memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
    b->ptr[b->len] = '\0';
}

void buf_addc(struct buf *b, char c)
{
    buf_add(b, (struct str){&c, 1});
}

void buf_add_cstr(struct buf *b, const char *s)
{
    buf_add(b, str_of(s));
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    size_t room = b->failed ? 0 : b->cap - b->len;
    int n = vsnprintf(room == 0 ? NULL : b->ptr + b->len, room, fmt, ap);
    bool fits = n >= 0 && (size_t)n < room && (b->max == 0 || (size_t)n <= b->max - b->len);
    if (fits) { /* as nearly always */
        b->len += (size_t)n;
    } else if (n < 0) {
        b->failed = true;
    } else if (buf_reserve(b, (size_t)n)) {
        (void)vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    if (b->failed && b->ptr != NULL) {
        b->ptr[b->len] = '\0'; /* a piece that did not fit may stand there */
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}
