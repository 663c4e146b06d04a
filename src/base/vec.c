#include "base/vec.h"

bool vec_grow(void **at, size_t len, size_t *cap, size_t size)
{
    if (len < *cap) {
        return true;
    }
    size_t want = *cap < 8 ? 8 : *cap + *cap / 2;
    void *p = mem_resize(*at, want, size);
    if (p == NULL) {
        return false;
    }
    *at = p;
    *cap = want;
    return true;
}
