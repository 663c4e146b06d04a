/*
 * stix_parts - STIX 2.1 objects from marks, cases and what was seen of them; for the report and for
 * the sightings of a hunt.
 *
 * Ids are UUIDs of what an object names, times are those of the logs: the same input gives the same
 * bundle. Each object is written once, however often it is asked for.
 */
#ifndef REPORT_STIX_PARTS_H
#define REPORT_STIX_PARTS_H

#include "base/arena.h"
#include "base/map.h"
#include "codec/json_write.h"
#include "model/result.h"

enum { STIX_ID_MAX = 96 };

struct stix {
    struct json_writer w;
    struct arena texts;
    struct map written; /* ids */
    bool failed;        /* no memory */
};

/* Open the bundle; `name` tells bundles apart. Writes the identity of faaswatch. */
void stix_begin(struct stix *s, struct buf *out, struct str name);
/* Close it. False: no memory. Frees what the writer held. */
NODISCARD bool stix_end(struct stix *s);

/* Who made the objects: also `created_by` elsewhere (CACAO). */
extern const char stix_own_identity[];

/* "indicator--<uuid>" of a name. */
void stix_id(struct stix *s, const char *type, struct str name, char out[STIX_ID_MAX]);
/* The same without a writer. False: no memory. */
NODISCARD bool stix_id_of(const char *type, struct str name, char out[STIX_ID_MAX]);

/* STIX takes milliseconds; TIME_NONE becomes 1970. */
enum { STIX_TIME_MAX = 40 };
void stix_time(int64_t us, char out[STIX_TIME_MAX]);

/* What a mark means to others, as a pattern: "[ipv4-addr:value = '203.0.113.7']". False: it has no
 * such form (a value that is none of its kind). */
bool stix_pattern(const struct mark *m, struct buf *out);

/* How sure, and since when. */
struct stix_claim {
    struct str source; /* case id */
    struct str title;
    bool malicious;  /* else only anomalous */
    int64_t from_us; /* valid from */
};

/* An indicator for the mark; its id into `out`. False: the mark has no pattern, nothing written. */
bool stix_indicator(struct stix *s, const struct mark *m, const struct stix_claim *claim,
                    char out[STIX_ID_MAX]);

/* The address, name or file that a mark is, as an observable. False: it is none of these. */
bool stix_observable(struct stix *s, const struct mark *m, char out[STIX_ID_MAX]);

/* Where something was seen: an account of a provider, a sensor. */
void stix_place(struct stix *s, struct str name, char out[STIX_ID_MAX]);

struct stix_sight {
    uint64_t count;
    int64_t first_us, last_us;
    struct str place; /* "" unknown */
    struct str note;
};

/* A sighting of an indicator, with the observed data when the mark is an observable. `out` takes its
 * id. */
void stix_sighting(struct stix *s, const struct mark *m, const char *indicator,
                   const struct stix_sight *seen, char out[STIX_ID_MAX]);

/* ATT&CK techniques of a detection, e.g. T1584.007. */
void stix_technique(struct stix *s, struct str technique, char out[STIX_ID_MAX]);

#endif
