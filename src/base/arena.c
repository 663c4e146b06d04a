#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

struct arena_block {
    struct arena_block *next;
    size_t cap;
    size_t len;
    unsigned char bytes[];
};

/* What a block holds at first, and at most: with its head it fills a large page (mem_raw). */
enum {
    BLOCK_MIN = 16 * 1024 - 64,
    BLOCK_MAX = (2U << 20) - sizeof(struct arena_block),
};

void arena_init(struct arena *a, size_t limit)
{
    *a = (struct arena){.limit = limit};
}

void arena_reset(struct arena *a)
{
    struct arena_block *keep = a->head;
    if (keep != NULL) {
        struct arena_block *b = keep->next;
        while (b != NULL) {
            struct arena_block *next = b->next;
            mem_free(b);
            b = next;
        }
        keep->next = NULL;
        keep->len = 0;
    }
    a->used = 0;
}

void arena_free(struct arena *a)
{
    arena_reset(a);
    mem_free(a->head);
    a->head = NULL;
}

/* Blocks double, so that a large arena costs few calls and a small one little memory. */
static struct arena_block *grow(struct arena *a, size_t need)
{
    size_t cap = a->head == NULL ? BLOCK_MIN : a->head->cap * 2;
    cap = cap > BLOCK_MAX ? BLOCK_MAX : cap;
    cap = cap < need ? need : cap;
    size_t bytes;
    if (__builtin_add_overflow(cap, sizeof(struct arena_block), &bytes)) {
        return NULL;
    }
    struct arena_block *b = mem_raw(bytes);
    if (b == NULL) {
        return NULL;
    }
    b->cap = cap;
    b->len = 0;
    b->next = a->head;
    a->head = b;
    return b;
}

void *arena_alloc_raw(struct arena *a, size_t count, size_t size, size_t align)
{
    assert(align != 0 && (align & (align - 1)) == 0);

    size_t bytes;
    size_t padded;
    size_t used;
    if (mem_torture_hits() || __builtin_mul_overflow(count, size, &bytes) ||
        __builtin_add_overflow(bytes, align, &padded) ||
        __builtin_add_overflow(a->used, padded, &used) || (a->limit != 0 && used > a->limit)) {
        return NULL;
    }
    struct arena_block *b = a->head;
    if (b == NULL || b->cap - b->len < padded) {
        b = grow(a, padded);
        if (b == NULL) {
            return NULL;
        }
    }
    uintptr_t at = (uintptr_t)&b->bytes[b->len];
    size_t pad = (size_t)(-at & (align - 1));
    unsigned char *p = &b->bytes[b->len + pad];
    b->len += pad + bytes;
    a->used = used;
    return p;
}

void *arena_alloc(struct arena *a, size_t count, size_t size, size_t align)
{
    void *p = arena_alloc_raw(a, count, size, align);
    return p == NULL ? NULL : memset(p, 0, count * size);
}

bool arena_dup(struct arena *a, struct str s, struct str *out)
{
    char *p = arena_alloc_raw(a, s.len + 1, 1, 1);
    if (p == NULL) {
        return false;
    }
    if (s.len > 0) {
        memcpy(p, s.ptr, s.len);
    }
    p[s.len] = '\0';
    *out = (struct str){p, s.len};
    return true;
}

bool arena_printf(struct arena *a, struct str *out, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1, 1, 1);
    if (p != NULL) {
        (void)vsnprintf(p, (size_t)n + 1, fmt, again);
        *out = (struct str){p, (size_t)n};
    }
    va_end(again);
    return p != NULL;
}
