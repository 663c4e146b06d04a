/*
 * arithmetic - how a case was decided, number by number: the items of each event, what counted and
 * why the rest did not, the bars, the walk through the table, and what would change it. Made only
 * when asked for (`triage --explain`); all of it lives in the arena of the case's texts.
 */
#ifndef MODEL_ARITHMETIC_H
#define MODEL_ARITHMETIC_H

#include "model/case_file.h"

enum item_fate {
    FATE_COUNTED,
    FATE_EXPLAINED, /* `why`: what explains it */
    FATE_WEAKER,    /* `why`: the item of its group that counts, or what a word cannot do */
    FATE_REFUSED,   /* the provider refused it: nothing was changed */
    FATE_MAX_
};
const char *item_fate_name(enum item_fate f); /* "counted", "explained", "weaker", "refused" */

struct sum_item {
    struct item item;
    enum item_fate fate;
    struct str why; /* "" for what counted */
};

/* One event, weighed for one part of an answer. */
struct event_sum {
    int64_t time_us;
    struct str action;
    struct str outcome; /* "ok", "denied", "failed" */
    struct str record_id;
    bool decides; /* the worst of its part: the answer is this one's */
    enum verdict verdict;
    int score;
    const struct sum_item *items;
    size_t item_count;
    const struct str *bars; /* why it is not legitimate, one sentence each */
    size_t bar_count;
};

/* Q1 has two parts (changes, use); the other questions have one. */
struct part_sum {
    enum question question;
    struct str part; /* "changes", "use", "permissions", "addresses", "traffic" */
    bool raised;
    struct str raised_by; /* what put the question, or why nothing did */
    enum verdict verdict;
    const struct event_sum *events; /* the deciding one first */
    size_t event_count;
    size_t events_all; /* events of the part; `events` shows the first of them */
};

struct fact_value {
    struct str fact, value, doc;
};

struct row_walk {
    struct str row, text;
    bool fits, decides;
    struct str failed; /* the first condition that does not hold: "n is unraised, not suspicious" */
};

/* One thing that is otherwise, and what would come out then. */
struct what_if {
    struct str what; /* "a change record of class M3 or better named it" */
    struct str then; /* "Q1 legitimate (-20), row E11: close" */
    struct str row;
};

struct arithmetic {
    int suspicious, legitimate, bar; /* thresholds, decibans */
    const struct part_sum *parts;
    size_t part_count;
    const struct fact_value *facts;
    size_t fact_count;
    const struct row_walk *rows;
    size_t row_count;
    const struct what_if *what_ifs;
    size_t what_if_count;
};

#endif
