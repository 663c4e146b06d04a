/*
 * attribute - what one MISP attribute means for lookups, from JSON or CSV alike.
 */
#ifndef INTEL_MISP_ATTRIBUTE_H
#define INTEL_MISP_ATTRIBUTE_H

#include "intel/intel.h"

/* Of the event, or the object, that attributes belong to. */
struct misp_context {
    struct str info;
    enum intel_class class; /* that its tags and info speak of */
    enum intel_tlp tlp;
    uint8_t confidence;
};

struct misp_attribute {
    struct str type, category, value, comment;
    struct str tags; /* any text that holds them */
    enum intel_tlp tlp;
    bool to_ids, deleted;
    uint64_t offset, line; /* one of them; 0 unknown */
};

/* Add what it says; an attribute of a kind that logs do not show is passed over. */
NODISCARD enum err_code misp_take(const struct misp_attribute *a, const struct misp_context *c,
                                  const struct intel_sink *sink, struct err *err);

#endif
