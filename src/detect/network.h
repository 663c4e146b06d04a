/*
 * network - whose network does an address lie in, as far as feeds tell?
 */
#ifndef DETECT_NETWORK_H
#define DETECT_NETWORK_H

#include "baseline/baseline.h"
#include "intel/intel.h"

/* The number of its autonomous system, else the provider whose published range it is; "" where
 * neither is known. A network_namer (baseline.h) by its shape. False: no memory. */
NODISCARD bool network_names_of(const struct intel *intel, const struct ip *ip, struct arena *a,
                                struct network_names *out);
/* The same with intel as `arg`, for struct baseline. */
NODISCARD bool network_namer_of(const void *intel, const struct ip *ip, struct arena *a,
                                struct network_names *out);

#endif
