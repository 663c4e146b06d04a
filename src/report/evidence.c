#include "report/evidence.h"

#include <stdint.h>

size_t evidence_count(size_t total, size_t most)
{
    return total < most ? total : most;
}

size_t evidence_at(size_t total, size_t most, size_t i)
{
    size_t n = evidence_count(total, most);
    if (n < 2 || n == total) {
        return i;
    }
    /* Whole steps, then the rest spread: no product of two large numbers. */
    size_t step = (total - 1) / (n - 1);
    size_t rest = (total - 1) % (n - 1);
    return i * step + (size_t)((double)i * (double)rest / (double)(n - 1));
}
