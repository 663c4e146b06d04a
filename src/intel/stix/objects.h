/*
 * objects - the objects of a STIX feed one after the other, without a tree: of a bundle, of a TAXII
 * envelope, of an array, or several of these in a row (pages put together, JSON lines).
 *
 * An object that is no JSON is told and passed over; reading goes on with the next that is.
 */
#ifndef INTEL_STIX_OBJECTS_H
#define INTEL_STIX_OBJECTS_H

#include "codec/json.h"
#include "intel/intel.h"

/* Texts live while it is told; empty where the object has none. */
struct stix_object {
    uint64_t offset;
    struct str type, id, name, description;
    struct str modified; /* for TLP markings and others without: created */
    struct str pattern, pattern_type;
    struct str sighting_of;
    struct json_view markings, labels, kinds, phases; /* arrays */
    int64_t from_us, until_us;                        /* TIME_NONE */
    uint64_t count;                                   /* of a sighting; at least 1 */
    enum intel_tlp tlp;                               /* of a marking */
    uint8_t confidence;                               /* 50 when not told */
    bool revoked;
    bool bad_time; /* valid_from or valid_until is no time, or ends before it begins */
};

struct stix_walk {
    struct str text;       /* with JSON_PADDING behind it */
    struct arena *scratch; /* emptied before each object */
    void *arg;
    enum err_code (*fn)(void *arg, const struct stix_object *o);
    void (*fault)(void *arg, uint64_t offset, const char *reason); /* may be NULL */
};

/* ERR_SYNTAX: the text is no JSON from its first byte on. What fn returns ends the walk. */
NODISCARD enum err_code stix_walk(const struct stix_walk *w, struct err *err);

#endif
