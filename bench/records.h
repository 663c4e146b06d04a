/*
 * records - CloudTrail records for measuring: the keys, their order, nesting and sizes of real
 * ones, everything that differs from record to record random but the same for a seed.
 */
#ifndef BENCH_RECORDS_H
#define BENCH_RECORDS_H

#include <stdint.h>

#include "base/buf.h"

/* {"Records":[...]} of `count` records, about 1.3 KB each. `pretty`: a line a member, indented
 * and with CRLF. Failure shows in out->failed. */
void records_make(struct buf *out, uint64_t seed, unsigned count, bool pretty);

#endif
