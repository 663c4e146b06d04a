#include "baseline/sketch.h"

#include <math.h>

enum { RANK_MAX = 15, INDEX_BITS = 7 };

static unsigned at(const struct sketch *s, unsigned i)
{
    unsigned both = s->packed[i / 2];
    return both >> (i % 2 * 4) & 15U;
}

static void raise_to(struct sketch *s, unsigned i, unsigned rank)
{
    if (at(s, i) < rank) {
        unsigned keep = s->packed[i / 2] & (i % 2 == 0 ? 0xf0U : 0x0fU);
        s->packed[i / 2] = (uint8_t)(keep | rank << (i % 2 * 4));
    }
}

void sketch_add(struct sketch *s, uint64_t hash)
{
    unsigned index = (unsigned)(hash & (SKETCH_REGISTERS - 1));
    uint64_t rest = hash >> INDEX_BITS;
    unsigned rank = rest == 0 ? RANK_MAX : (unsigned)__builtin_ctzll(rest) + 1;
    raise_to(s, index, rank > RANK_MAX ? RANK_MAX : rank);
}

void sketch_merge(struct sketch *to, const struct sketch *from)
{
    for (unsigned i = 0; i < SKETCH_REGISTERS; i++) {
        raise_to(to, i, at(from, i));
    }
}

double sketch_count(const struct sketch *s)
{
    double sum = 0;
    unsigned empty = 0;
    for (unsigned i = 0; i < SKETCH_REGISTERS; i++) {
        sum += ldexp(1, -(int)at(s, i));
        empty += at(s, i) == 0 ? 1 : 0;
    }
    double m = SKETCH_REGISTERS;
    double raw = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    return raw <= 2.5 * m && empty > 0 ? m * log(m / empty) : raw;
}
