/*
 * result - all that a triage found out; what every report is made from.
 */
#ifndef MODEL_RESULT_H
#define MODEL_RESULT_H

#include "model/case_file.h"

struct skipped {
    uint32_t file;
    uint64_t offset;
    uint64_t length;
    bool file_bytes;    /* offset and length count in the file, not in what it unpacks to */
    const char *reason; /* static text */
    uint64_t records;   /* records known to be lost; 0 when nobody can tell */
};

struct unrecognised {
    uint32_t file;
    uint64_t records;
    uint64_t bytes;
    uint64_t first_offset;
    const char *reason; /* static text */
};

struct feed_info {
    struct str path;
    struct str kind; /* format folder */
    uint64_t indicators;
    uint64_t valid; /* at the end of the window */
    uint64_t expired;
    uint64_t rejected; /* entries that are no indicator */
    struct str
        rejected_first; /* the first few: "line 3: no address, network, name or URL", or "" */
    uint64_t set_aside; /* indicators that are on the allow-list, so never a hit */
    struct str set_aside_first; /* "workers.dev: platform of many tenants", or "" */
    struct str version;         /* date or version the feed states, or "" */
    struct str marking;         /* strictest of its entries: "TLP:AMBER", or "" */
    uint64_t addresses;         /* of them addresses and names: what callers are looked up in */
    bool is_range;              /* tells whose addresses are, not which are bad */
};

/* One source as seen: `records` events between first and last, per account where that matters. */
struct source_seen {
    struct str source;
    struct str account; /* "" for the total of a source */
    bool verdicts;      /* alerts of other tools: that there were none lately says nothing */
    uint64_t records;
    int64_t first_us;
    int64_t last_us;
    enum coverage_state state;
    struct str note;
    /* Are calls of this account's functions logged? Only of sources that tell of changes. */
    bool calls_known;
    enum coverage_state calls;
    struct str calls_note;
    int64_t gap_from_us, gap_to_us; /* silent, though usually never; both 0: no */
};

struct digest_row { /* ordinary visitors at public doors, told in a line each */
    struct function_key function;
    struct str row;
    struct str clause;
    uint64_t count;
    int64_t first_us;
    int64_t last_us;
};

struct with_input {  /* "with 341 change records (newest 23:55)" */
    struct str what; /* "rules", "changes", "people", … */
    uint64_t count;
    int64_t newest_us;
    bool partial; /* rows were skipped */
    bool hides;   /* a count of what was hidden: told also where nothing was found */
};

struct gone_case { /* of an earlier result, and no longer there */
    struct str id, title, row;
};

struct since_tally { /* --previous */
    struct str path; /* "": not given */
    size_t fresh, changed, unchanged;
    struct {
        VEC_OF(struct gone_case);
    } gone;
};

struct result {
    struct str version;
    struct str technique; /* "T1584.007" */
    int64_t since_us;     /* window */
    int64_t until_us;

    struct str *paths; /* of the inputs, by index of file */
    size_t file_count;
    uint64_t bytes_read, bytes_unpacked, records, events, duplicates;
    uint64_t record_bytes, framing_bytes, unrecognised_bytes, skipped_bytes;
    size_t pruned_files;
    uint64_t rule_stops; /* times that a rule's regular expression hit its limits: no match */
    struct {
        VEC_OF(struct skipped);
    } skipped;
    struct {
        VEC_OF(struct unrecognised);
    } unrecognised;
    struct {
        VEC_OF(struct source_seen);
    } sources;
    struct {
        VEC_OF(struct feed_info);
    } feeds;
    struct {
        VEC_OF(struct with_input);
    } with;
    struct {
        VEC_OF(struct str);
    } without; /* "--iam: permissions", one a missing input */
    struct {
        VEC_OF(struct str);
    } notes; /* rules not loaded, extra columns, … */

    struct {
        VEC_OF(struct finding *);
    } findings; /* finding_cmp order */
    struct {
        VEC_OF(struct case_file *);
    } cases; /* case_file_cmp order */
    struct {
        VEC_OF(struct digest_row);
    } digest;
    struct since_tally since;
};

void result_free(struct result *r); /* its arrays, findings and cases too */

#endif
