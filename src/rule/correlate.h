/*
 * correlate - correlations over the hits of many records.
 *
 * Pass 1 takes note of each hit that some correlation counts: when, by which rules, and the values
 * of the fields that correlations group by or measure (hit_log, one a thread). Pass 2 evaluates all
 * correlations over the merged notes in the order of event time, so that the order of files and
 * records, and records that come late, do not matter.
 *
 * A window ends with each event and reaches back by the timespan, both ends included. A correlation
 * holds where the events of its group in that window fulfil the condition; one match tells the
 * windows that hold and overlap. An event that lacks a group-by field is in no group. Group values
 * and counted values are compared without ASCII case, as Sigma compares text.
 *
 * State is bounded: of more hits than the limit, the newest are kept, and what is let go is counted.
 */
#ifndef RULE_CORRELATE_H
#define RULE_CORRELATE_H

#include "rule/rule.h"

enum { HIT_LOG_MAX = 512 * 1024 };

struct hit_log;

/* Notes of one thread; at most `limit` hits stay (HIT_LOG_MAX where nothing else is known). */
NODISCARD struct hit_log *hit_log_new(const struct rule_set *s, size_t limit);
void hit_log_free(struct hit_log *l);

/* Does any correlation count a hit of the record that this matcher looked at last? */
bool rule_matcher_counted(const struct rule_matcher *m);

/* Note the hits of that record. `ref` is the caller's name of the event and comes back in matches;
 * hits of one moment, values and ref are kept as one. False: no memory. */
NODISCARD bool hit_log_add(struct hit_log *l, struct rule_matcher *m, const struct json_record *r,
                           int64_t time_us, void *ref);

/* Move all notes of `from` into `into`; `from` stays empty. False: no memory. */
NODISCARD bool hit_log_merge(struct hit_log *into, struct hit_log *from);

/* Hits that were let go because of the limit, and hits without a time, that no window has. */
uint64_t hit_log_evicted(const struct hit_log *l);
uint64_t hit_log_undated(const struct hit_log *l);

struct correlation_match {
    const struct detection *detection;
    const struct str *group_names; /* as in group-by */
    const struct str *group_values;
    size_t group_count;
    int64_t first_us; /* of its events */
    int64_t last_us;
    struct str span;   /* the timespan, as the rule has it */
    double measure;    /* what the condition was compared with, in the last window */
    uint64_t events;   /* that the windows have */
    void *const *refs; /* of these, each once, in order of time */
    size_t ref_count;
};

/* What a match points to lives during the call. False: no memory. */
typedef bool (*correlation_fn)(void *arg, const struct correlation_match *m);

/* Evaluate every correlation: matches by correlation, group and time. ERR_NOMEM only. */
NODISCARD enum err_code correlate(const struct rule_set *s, struct hit_log *l, correlation_fn fn,
                                  void *arg, struct err *err);

/* Is there any correlation in the set? */
bool rule_set_correlates(const struct rule_set *s);

#endif
