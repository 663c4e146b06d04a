/*
 * scan_record - what happens to one record in pass 1.
 */
#ifndef ENGINE_SCAN_RECORD_H
#define ENGINE_SCAN_RECORD_H

#include "engine/ray_join.h"
#include "engine/request_join.h"
#include "engine/scan.h"
#include "engine/verdicts.h"

enum { PAIR_CACHE = 4096, ADDRESS_CACHE = 1024, PENDING_MAX = 64 };

/* One thread's state. */
struct scan_worker {
    const struct setup *setup;
    struct seen_set *copies;       /* shared: of records that are looked into */
    struct hash_set passed;        /* of records that nobody needs; united at the end */
    uint64_t pending[PENDING_MAX]; /* hashes on their way to `passed` */
    size_t pending_count;
    int64_t until_us;
    uint64_t key;
    struct intake *intake;
    struct json_scanner *scanner;      /* asks scan_wanted */
    struct json_scanner *deep_scanner; /* extracts everything */
    struct json_record *deep;          /* result of deep_scanner */
    struct rule_matcher *matcher;
    struct hit_log *hit_log;
    struct arena scratch; /* one record's */
    struct arena texts;   /* the worker's: pairs, addresses, accounts */
    struct keeper keeper;
    struct ray_book rays;
    struct verdict_book verdicts;
    struct request_book requests;
    struct account account;
    struct tally *tally;
    bool saw_traffic; /* in the file being read */
    struct pair {
        struct str a, b;
        bool needs; /* the record is looked into */
        bool kept;  /* and kept, whether a rule hits or not */
        bool rules; /* some rule may match it, if only by its top level */
    } pairs[PAIR_CACHE];
    struct pair odd_pair;    /* one that is not cached */
    const struct pair *pair; /* of the record being scanned, once asked; else NULL */
    struct address_seen {
        struct str text;
        bool listed;
    } addresses[ADDRESS_CACHE];
    struct {
        VEC_OF(struct seen_account);
    } seen;
    size_t last_seen;
    struct recognised last;
    uint64_t events;
    uint64_t duplicates;
    struct odd_times odd_times;
    uint64_t hits; /* for the progress line */
    bool no_memory;
};

/* json_wanted_fn: is a record with this pair looked into? */
bool scan_wanted(void *worker, struct str a, struct str b);

/* Put the pending hashes into `passed`. */
void scan_flush(struct scan_worker *w);

/* intake_sink.record */
enum intake_verdict scan_record(void *worker, const struct intake_record *r, const char **reason);

#endif
