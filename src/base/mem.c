#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>

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

void *mem_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (mem_torture_hits() || __builtin_mul_overflow(count, size, &bytes)) {
        return NULL;
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
