/*
 * source - turns the records of one log format into events.
 *
 * TO ADD ONE: make src/source/<name>/ with <name>.c (defining `const struct source_ops
 * source_<name>`), test_<name>.c and README.md. Nothing outside that folder changes: the build
 * lists the folders (cmake/registry.cmake).
 *
 * A source is a pure function of its input: no I/O, no state between calls, no clock, no log.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/arena.h"
#include "base/err.h"
#include "codec/json.h"
#include "model/event.h"
#include "model/logsource.h"

/* One record as the scanner left it. */
struct record {
    const struct json_record *json;
    const unsigned *slot; /* slot[i] is the scanner's slot of ops->fields[i] */
    struct origin origin;
};

/* The view of the source's field number `i`. */
static inline struct json_view record_view(const struct record *r, size_t i)
{
    return json_got(r->json, r->slot[i]);
}

/* The little that counting needs of a record that nobody looks into. Texts in the record's buffer. */
struct glance {
    int64_t time_us;
    struct str account, name, record_id;
    struct str caller; /* an address, the name of a service, or "" */
};

struct source_ops {
    const char *name;      /* "aws.cloudtrail": in results and coverage */
    const char *summary;   /* one line for the docs */
    const char *reference; /* the vendor's document of this format */

    /* Paths that probe and parse look at, dotted. One that begins with '=' is a single key with dots
     * in it, as Zeek has them: "=id.orig_h". */
    const char *const *fields;
    size_t field_count;

    /* Indices in `fields` of the two top-level fields that decide whether a record is looked into
     * (CloudTrail: eventSource, eventName), or both 0 when every record is. */
    size_t decide_a, decide_b;

    /* Index of a top-level field that is a string in every record and that records which are decided
     * by a pair do not have, so that nobody waits for the pair; 0 when there is none (so it cannot be
     * the first). */
    size_t settles;

    /* What Sigma rules call this log (model/logsource.h), and the dotted paths of up to two fields
     * that most of its rules name, by which rules are indexed. Both may be left out. Taxonomy names
     * of its fields are in content/mappings/<name>.yaml. */
    const struct logsource *logsources;
    size_t logsource_count;
    const char *index[RULE_INDEX_FIELDS];

    /* How sure are we that this record is ours? 0 = no, 100 = certain. Must work on a shallow
     * record (top-level views only). */
    int (*probe)(const struct record *r);

    /*
     * Fill *out (zeroed by the caller) from a record that probe claimed. Strs point into the
     * record's buffer or into `a`. On a shallow record only the envelope is filled: time,
     * service, name, action, account, region, address, ids, outcome, kind.
     * Never fails for a missing or odd field: what is not there stays empty. Fails with ERR_LIMIT
     * when the arena is full; the record is then a skipped entry.
     */
    enum err_code (*parse)(const struct record *r, struct arena *a, struct event *out,
                           struct err *err);

    /*
     * May be NULL. Most records are only counted: from a shallow one that probe claimed take what
     * parse would have given for it, its kind being EVENT_OTHER. False when that takes more than
     * a glance (a text with escapes, say); it is parsed then.
     */
    bool (*glance)(const struct record *r, struct glance *out);

    /* Does any stage need the whole record of such an event? Constant for a pair. Asked only of a
     * source that decides; others, whose records are all looked into, leave it out. */
    bool (*needs)(struct str decide_a, struct str decide_b);

    /* Its records are verdicts of other tools, not things that happened: besides being counted they
     * are known alerts, as if they had been given with --alerts (engine/verdicts.h). */
    bool verdict;

    /* Its logins are those of people at an identity provider. */
    bool sign_ins;

    /* What an account's logs cannot show as long as they hold no call of a function and no change
     * of the data plane. NULL: nothing is missing then. */
    const char *without_data;

    /* Usual delay until records arrive, in microseconds; a window that ends nearer is `late`. */
    int64_t delay_us;
};

/* All sources of this build, sorted by folder, NULL-terminated. Generated. */
extern const struct source_ops *const source_registry[];

const struct source_ops *source_find(struct str name); /* NULL: none of that name */

/* Ask `paths` for the source's fields; out_slot[i] becomes the slot of fields[i]. */
NODISCARD enum err_code source_add_fields(const struct source_ops *ops, struct json_paths *paths,
                                          unsigned *out_slot, struct err *err);

enum { SOURCES_MAX = 64 };

/* All sources as the rule engine sees them, in the order of source_registry. Returns their number,
 * at most SOURCES_MAX. */
size_t source_rule_table(struct rule_source out[SOURCES_MAX]);

#endif
