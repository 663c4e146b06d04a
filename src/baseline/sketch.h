/*
 * sketch - how many different values were there? HyperLogLog with 128 registers of 4 bits.
 *
 * 64 bytes. Standard error 9 % (1.04 / sqrt(128)); small numbers are counted by empty registers.
 * Registers end at 15, so that numbers beyond some millions read low. Adding and merging depend on
 * no order. Flajolet et al. 2007.
 */
#ifndef BASELINE_SKETCH_H
#define BASELINE_SKETCH_H

#include <stdint.h>

#include "base/str.h"

enum { SKETCH_REGISTERS = 128 };

struct sketch {
    uint8_t packed[SKETCH_REGISTERS / 2];
};

/* A value by its value_hash (baseline/values.h): the same in every run, and hard to aim. */
void sketch_add(struct sketch *s, uint64_t hash);
/* As if all of `from` had been added. */
void sketch_merge(struct sketch *to, const struct sketch *from);
/* Estimated number of different values. Cost: the registers. */
double sketch_count(const struct sketch *s);

#endif
