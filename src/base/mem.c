#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* From this size on memory lies in large pages: a fault a small page costs more than what is then
 * written there. */
enum { LARGE = 2 * 1024 * 1024 };

static _Thread_local unsigned long countdown;

void mem_torture(unsigned long n)
{
    countdown = n;
}

bool mem_torture_hits(void)
{
    if (LIKELY(countdown == 0)) {
        return false;
    }
    return --countdown == 0;
}

static void *large(size_t bytes)
{
    void *p = NULL;
    if (posix_memalign(&p, LARGE, bytes) != 0) {
        return NULL;
    }
    (void)madvise(p, bytes / LARGE * LARGE, MADV_HUGEPAGE); /* where it is not taken, no harm */
    return p;
}

void *mem_raw(size_t bytes)
{
    if (mem_torture_hits()) {
        return NULL;
    }
    return bytes >= LARGE ? large(bytes) : malloc(bytes == 0 ? 1 : bytes);
}

void *mem_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (mem_torture_hits() || __builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
    }
    if (bytes >= LARGE) {
        void *p = large(bytes);
        return p == NULL ? NULL : memset(p, 0, bytes);
    }
    return calloc(1, bytes == 0 ? 1 : bytes);
}

void *mem_resize(void *p, size_t count, size_t size)
{
    size_t bytes;
    if (mem_torture_hits() || __builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
    }
    return realloc(p, bytes == 0 ? 1 : bytes);
}

void mem_free(void *p)
{
    free(p);
}
