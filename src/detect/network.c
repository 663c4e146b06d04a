#include "detect/network.h"

bool network_names_of(const struct intel *intel, const struct ip *ip, struct arena *a,
                      struct network_names *out)
{
    struct intel_origin origin;
    *out = (struct network_names){STR_EMPTY, STR_EMPTY};
    if (intel == NULL) {
        return true;
    }
    if (intel_origin_of(intel, ip, &origin)) {
        struct str country = str_of(origin.country);
        if (country.len > 0 && !arena_dup(a, country, &out->country)) {
            return false;
        }
        if (origin.asn != 0) {
            return arena_printf(a, &out->system, "AS%u", (unsigned)origin.asn);
        }
    }
    /* "AWS EC2 eu-west-1": people move between regions of one provider. */
    struct str range = intel_range_of(intel, ip);
    out->system = str_head(range, str_chr(range, ' '));
    return true;
}

bool network_namer_of(const void *intel, const struct ip *ip, struct arena *a,
                      struct network_names *out)
{
    return network_names_of(intel, ip, a, out);
}
