/* Sequences for the tests of detections: a word whose letters are events, a minute apart. */
#ifndef DETECT_TEST_SEQUENCE_H
#define DETECT_TEST_SEQUENCE_H

#include "detect/test_google.h"

struct sq_row {
    const char *word; /* a letter is an event, '.' a break, '!' what follows is of one second */
    size_t evidence;  /* records of the finding; 0: there is none */
    enum severity severity;
};

typedef struct event *(*sq_make)(struct fx *f, char letter);
/* What the test sets up before a row; may be NULL. */
typedef void (*sq_set)(struct fx *f);

static inline void sq_window(struct fx *f, const char *name, const char *minutes)
{
    static struct str value;
    struct map_entry *m = map_put(&f->context.env.thresholds, str_of(name));
    assert_non_null(m);
    value = str_of(minutes);
    m->value = &value;
}

/* Hits of the finding, each record once, in order. */
static inline size_t sq_evidence(const struct fx *f, enum severity *severity)
{
    size_t n = 0;
    *severity = SEVERITY_INFORMATIONAL;
    for (size_t i = 0; i < f->run.hits.len; i++) {
        bool again = false;
        for (size_t k = 0; k < i; k++) {
            again = again || f->run.hits.at[k].event == f->run.hits.at[i].event;
        }
        n += again ? 0 : 1;
        *severity = f->run.hits.at[i].severity > *severity ? f->run.hits.at[i].severity : *severity;
    }
    return n;
}

static inline void sq_play_row(const struct detect_ops *ops, const struct sq_row *row, sq_make make,
                               sq_set set, const struct inventory *inventory)
{
    struct fx f;
    bool together = false;
    fx_open(&f, ops);
    f.run.inventory = (struct inventory *)(uintptr_t)inventory;
    if (set != NULL) {
        set(&f);
    }
    for (const char *c = row->word; *c != '\0'; c++) {
        if (*c == '!') {
            together = true;
        } else if (*c == '.') {
            f.now_us += 40 * TIME_MINUTE_US;
        } else {
            f.now_us -= together ? TIME_MINUTE_US : 0;
            struct event *e = make(&f, *c);
            assert_non_null(e);
            (void)fx_play(&f, e);
        }
    }
    (void)fx_finish(&f);
    enum severity got;
    size_t evidence = sq_evidence(&f, &got);
    if (evidence != row->evidence || (evidence > 0 && got != row->severity)) {
        fail_msg("%s: %zu records, want %zu; severity %s, want %s", row->word, evidence,
                 row->evidence, severity_name(got), severity_name(row->severity));
    }
    map_free(&f.context.env.thresholds);
    VEC_FREE(&f.context.env.ranges);
    VEC_FREE(&f.context.env.accounts);
    fx_close(&f);
}

static inline void sq_play(const struct detect_ops *ops, const struct sq_row *rows, size_t count,
                           sq_make make, sq_set set)
{
    for (size_t i = 0; i < count; i++) {
        sq_play_row(ops, &rows[i], make, set, NULL);
    }
}

/* Another address than the fixture's, in another network. */
static inline struct event *sq_from(struct event *e, const char *address)
{
    e->address = str_of(address);
    assert_true(ip_parse(e->address, &e->ip));
    return e;
}

static inline void sq_range(struct fx *f, const char *prefix, enum range_kind kind)
{
    struct env_range r = {.kind = kind};
    assert_true(ip_prefix_parse(str_of(prefix), &r.prefix));
    assert_true(VEC_PUSH(&f->context.env.ranges, r));
}

#endif
