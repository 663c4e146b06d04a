/*
 * intel_priv - what the parts of intel share.
 */
#ifndef INTEL_INTEL_PRIV_H
#define INTEL_INTEL_PRIV_H

#include "base/buf.h"
#include "intel/asn.h"
#include "intel/match.h"
#include "intel/wild.h"

#define INTEL_NO_FEED UINT32_MAX /* of entries that are in no feed */

enum { INTEL_FEED_MAX = 512 * 1024 * 1024, INTEL_URL_MAX = 2048 };

struct intel {
    struct arena texts;
    struct {
        VEC_OF(struct feed_info);
    } feeds;
    struct store bad;
    struct store ranges;   /* confidence: how special the service is */
    struct store harmless; /* names and addresses that feeds list by mistake */
    struct wild_list wild;
    struct match_index bad_index;
    struct match_index range_index;
    struct match_index harmless_index;
    struct asn_db *asn; /* NULL: none given */
    bool allow_loaded;
};

bool intel_valid_at(int64_t from_us, int64_t until_us, int64_t at_us);

/* Why an entry says nothing, or "": it is on the allow-list, or covers a provider's whole range. */
struct str intel_harmless(const struct intel *in, const struct store_entry *e);
/* Why nothing is said about this address whatever lists it, or "". */
struct str intel_harmless_ip(const struct intel *in, const struct ip *ip);
/* The most special published range that holds the address, or NULL. */
const struct store_entry *intel_range_entry(const struct intel *in, const struct ip *ip);
/* Fill in what is known to be harmless: content/network/allow.tsv. */
NODISCARD enum err_code intel_load_allow(struct intel *in, struct err *err);

/* Key of a URL entry in `out`, "" when it is none. `host` completes a URL that is only a path. */
NODISCARD bool intel_url_key(struct str host, struct str url, char out[INTEL_URL_MAX],
                             size_t *out_len);

#endif
