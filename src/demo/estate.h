/*
 * estate - an organisation that does not exist, and the CloudTrail of its ordinary days.
 *
 * For the demo, the benchmark and the stories of the tests. Two accounts, a few dozen people on
 * single sign-on, CI over OIDC, on-call, a monitoring vendor, services and functions. Key order,
 * nesting and sizes are those of real CloudTrail; every value is made up: addresses from the
 * documentation ranges (RFC 5737, RFC 3849), account ids of the AWS documentation. The same seed
 * gives the same bytes.
 */
#ifndef DEMO_ESTATE_H
#define DEMO_ESTATE_H

#include <stdint.h>

#include "base/buf.h"

struct estate {
    uint64_t state;       /* of the random numbers */
    unsigned deploys_ppm; /* function deployments by CI, per million events; 0: none at all */
};

void estate_init(struct estate *e, uint64_t seed);

/* A number in [0, below), below > 0. */
uint64_t estate_random(struct estate *e, uint64_t below);

/* Append one ordinary event at `time_us` as one JSON object, without a newline. About 1.5 KB in
 * the mean. */
void estate_event(struct estate *e, int64_t time_us, struct buf *out);

/* Append {"Records":[…]} of ordinary events until it has at least `bytes`, spread evenly over
 * [from_us, until_us). Returns how many. */
unsigned estate_file(struct estate *e, int64_t from_us, int64_t until_us, size_t bytes,
                     struct buf *out);

#endif
