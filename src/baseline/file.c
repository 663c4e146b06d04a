/*
 * The file form of a baseline: "FWBASE", version, then numbers of 7 bits a byte, functions in order
 * of their text. Runs of hours without calls take two bytes, so that a file is smaller than memory.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "baseline/principals.h"

#define MAGIC "FWBASE"

/* Fractions of metrics and decayed sums are kept to a thousandth. */
#define SCALE 1000.0
#define MOST  9e15

static void put(struct buf *b, uint64_t n)
{
    while (n >= 128) {
        buf_addc(b, (char)(unsigned char)((n & 127U) | 128U));
        n >>= 7;
    }
    buf_addc(b, (char)n);
}

static void put_signed(struct buf *b, int64_t n)
{
    put(b, (uint64_t)n << 1 ^ (uint64_t)(n < 0 ? -1 : 0));
}

static void put_real(struct buf *b, double v)
{
    put_signed(b, llround(fmin(fmax(v * SCALE, -MOST), MOST)));
}

/* How many zeros, then a value that is none, and so on. */
static void put_run(struct buf *b, const float *at, size_t n)
{
    size_t zeros = 0;
    for (size_t i = 0; i < n; i++) {
        if (at[i] > 0 || i + 1 == n) {
            put(b, zeros);
            put_real(b, (double)at[i]);
            zeros = 0;
        } else {
            zeros++;
        }
    }
}

static void put_calls(struct buf *b, const struct calls *c)
{
    put(b, c->any ? 1 : 0);
    if (!c->any) {
        return;
    }
    put_signed(b, c->first_hour);
    put_signed(b, c->newest_hour);
    put_run(b, c->hour, CALLS_HOURS);
    put_run(b, c->day, CALLS_DAYS);
    for (unsigned i = 0; i < CALLS_SKETCH_DAYS; i++) {
        const struct sketch *s = &c->addresses[i];
        bool empty = sketch_count(s) <= 0;
        put(b, empty ? 0 : 1);
        if (!empty) {
            buf_add(b, str_make((const char *)s->packed, sizeof(s->packed)));
        }
    }
    put_real(b, c->total);
    put_real(b, c->errors);
    put_real(b, c->minute_pairs);
    put_real(b, c->hour_pairs);
    put_real(b, c->minute_calls);
    put_real(b, c->hour_calls);
    put_signed(b, c->minute);
}

static void put_values(struct buf *b, const struct values *v)
{
    for (unsigned k = 0; k < VALUE_KIND_MAX_; k++) {
        put_signed(b, v->crowded_day[k]);
    }
    put(b, v->len);
    for (unsigned i = 0; i < v->len; i++) {
        const struct value *one = &v->at[i];
        put(b, one->kind);
        put(b, one->hash);
        put_signed(b, one->first_day);
        put_signed(b, one->last_day);
        put(b, one->days);
        put(b, one->count);
    }
}

static void put_floats(struct buf *b, const float *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        put_real(b, (double)at[i]);
    }
}

static void put_runtime(struct buf *b, const struct runtime *r)
{
    put(b, r->any ? 1 : 0);
    if (!r->any) {
        return;
    }
    put_signed(b, r->first_day);
    put_signed(b, r->newest_day);
    for (unsigned m = 0; m < RUN_METRIC_MAX_; m++) {
        put_run(b, r->at[m], RUN_BUCKETS);
    }
    put_real(b, (double)r->lines);
    put_real(b, (double)r->line_runs);
}

static void put_habit(struct buf *b, const struct habit *h)
{
    put(b, h->any_hour ? 1 : 0);
    put_signed(b, h->first_hour);
    put_signed(b, h->newest_hour);
    put_floats(b, h->bins, HABIT_BINS);
    put_values(b, &h->values);
}

static void put_covered(struct buf *b, const struct covered *c)
{
    put(b, c->any ? 1 : 0);
    put_signed(b, c->first_day);
    put_signed(b, c->newest_day);
    for (size_t i = 0; i < ARRAY_LEN(c->days); i++) {
        put(b, c->days[i]);
    }
}

static int by_key(const void *a, const void *b)
{
    const struct map_entry *const *x = a;
    const struct map_entry *const *y = b;
    return str_cmp((*x)->key, (*y)->key);
}

/* The entries in order of their keys: the same file for the same content. NULL: no memory. */
static const struct map_entry **in_order(const struct map *m)
{
    const struct map_entry **order = mem_alloc(m->len + 1, sizeof(struct map_entry *));
    for (size_t i = 0; order != NULL && i < m->len; i++) {
        order[i] = &m->at[i];
    }
    if (order != NULL) {
        qsort(order, m->len, sizeof(struct map_entry *), by_key);
    }
    return order;
}

static void put_usual(struct buf *b, const void *value)
{
    const struct usual *u = value;
    put(b, u->channel);
    put_calls(b, &u->calls);
    put_values(b, &u->values);
    put_runtime(b, &u->runtime);
}

static void put_habit_of(struct buf *b, const void *value)
{
    put_habit(b, value);
}

static void put_values_of(struct buf *b, const void *value)
{
    put_values(b, value);
}

static void put_map(struct buf *out, const struct map *m,
                    void (*one)(struct buf *b, const void *value))
{
    const struct map_entry **order = in_order(m);
    if (order == NULL) {
        out->failed = true;
        return;
    }
    put(out, m->len);
    for (size_t i = 0; i < m->len; i++) {
        put(out, order[i]->key.len);
        buf_add(out, order[i]->key);
        one(out, order[i]->value);
    }
    mem_free(order);
}

void baseline_write(const struct baseline *b, struct buf *out)
{
    buf_add(out, STR(MAGIC));
    put(out, BASELINE_VERSION);
    put_covered(out, &b->covered);
    put(out, b->beyond);
    put_map(out, &b->functions, put_usual);
    put_map(out, &b->actors, put_habit_of);
    put_map(out, &b->accounts, put_habit_of);
    put_map(out, &b->principals, put_values_of);
}

/* ---- reading ---- */

/* Once something is wrong, `why` says what, and all numbers are 0. */
struct reader {
    struct str all;
    size_t at;
    const char *why; /* NULL: nothing is wrong */
};

static bool is_bad(const struct reader *r)
{
    return r->why != NULL;
}

/* The first thing that is wrong counts. */
static void refuse(struct reader *r, bool wrong, const char *why)
{
    r->why = wrong && r->why == NULL ? why : r->why;
}

static uint64_t get(struct reader *r)
{
    uint64_t n = 0;
    for (unsigned shift = 0; !is_bad(r) && shift < 64; shift += 7) {
        if (r->at >= r->all.len) {
            refuse(r, true, "it is cut short");
            return 0;
        }
        unsigned char c = (unsigned char)r->all.ptr[r->at++];
        n |= (uint64_t)(c & 127U) << shift;
        if (c < 128) {
            return n;
        }
    }
    refuse(r, true, "a number is longer than any");
    return 0;
}

static uint64_t get_up_to(struct reader *r, uint64_t most)
{
    uint64_t n = get(r);
    refuse(r, n > most, "a number is larger than may be");
    return is_bad(r) ? 0 : n;
}

static int64_t get_signed(struct reader *r)
{
    uint64_t n = get(r);
    return (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
}

/* Days and hours: so many that no arithmetic on them overflows. */
enum { TIME_NUMBER_MAX = 100 * 1000 * 1000 };

static int32_t get_time(struct reader *r)
{
    int64_t n = get_signed(r);
    refuse(r, n < 0 || n > TIME_NUMBER_MAX, "a time is none");
    return is_bad(r) ? 0 : (int32_t)n;
}

static double get_real(struct reader *r)
{
    int64_t n = get_signed(r);
    return (double)n / SCALE;
}

static double get_count(struct reader *r)
{
    double v = get_real(r);
    refuse(r, v < 0, "a count is below zero");
    return is_bad(r) ? 0 : v;
}

static struct str get_bytes(struct reader *r, size_t n)
{
    refuse(r, n > r->all.len - r->at, "it is cut short");
    struct str s = is_bad(r) ? STR_EMPTY : str_make(r->all.ptr + r->at, n);
    r->at += s.len;
    return s;
}

static void get_run(struct reader *r, float *at, size_t n)
{
    for (size_t i = 0; i < n && !is_bad(r); i++) {
        i += get_up_to(r, n - 1 - i);
        at[i] = (float)get_count(r);
    }
}

static void get_calls(struct reader *r, struct calls *c)
{
    c->any = get_up_to(r, 1) != 0;
    if (!c->any) {
        return;
    }
    c->first_hour = get_time(r);
    c->newest_hour = get_time(r);
    get_run(r, c->hour, CALLS_HOURS);
    get_run(r, c->day, CALLS_DAYS);
    for (unsigned i = 0; i < CALLS_SKETCH_DAYS; i++) {
        if (get_up_to(r, 1) != 0) {
            struct sketch *s = &c->addresses[i];
            struct str bytes = get_bytes(r, sizeof(s->packed));
            memcpy(s->packed, bytes.ptr, bytes.len);
        }
    }
    c->total = get_count(r);
    c->errors = get_count(r);
    c->minute_pairs = get_real(r);
    c->hour_pairs = get_real(r);
    c->minute_calls = get_count(r);
    c->hour_calls = get_count(r);
    c->minute = get_signed(r);
    refuse(r, c->first_hour > c->newest_hour, "what is first comes after what is last");
    refuse(r, c->minute < 0 || c->minute > INT64_C(60) * TIME_NUMBER_MAX, "a time is none");
}

static void get_values(struct reader *r, struct values *v)
{
    for (unsigned k = 0; k < VALUE_KIND_MAX_; k++) {
        v->crowded_day[k] = get_time(r);
    }
    uint64_t n = get_up_to(r, VALUES_MAX);
    for (uint64_t i = 0; i < n && !is_bad(r); i++) {
        struct value *one = &v->at[i];
        one->kind = get_up_to(r, VALUE_KIND_MAX_ - 1) & 0xffU;
        one->hash = get(r);
        one->first_day = get_time(r);
        one->last_day = get_time(r);
        one->days = get_up_to(r, VALUES_DAYS_MAX) & VALUES_DAYS_MAX;
        one->count = (uint32_t)get_up_to(r, UINT32_MAX);
        const struct value *before = i == 0 ? NULL : &v->at[i - 1];
        refuse(r, one->first_day > one->last_day, "what is first comes after what is last");
        refuse(r,
               before != NULL && (before->kind > one->kind ||
                                  (before->kind == one->kind && before->hash >= one->hash)),
               "values are out of order");
    }
    v->len = is_bad(r) ? 0 : (uint32_t)n;
}

static void get_values_of(struct reader *r, void *value)
{
    get_values(r, value);
}

static void get_covered(struct reader *r, struct covered *c)
{
    c->any = get_up_to(r, 1) != 0;
    c->first_day = get_time(r);
    c->newest_day = get_time(r);
    for (size_t i = 0; i < ARRAY_LEN(c->days); i++) {
        c->days[i] = get(r);
    }
    refuse(r, c->first_day > c->newest_day, "what is first comes after what is last");
}

static void get_runtime(struct reader *r, struct runtime *u)
{
    u->any = get_up_to(r, 1) != 0;
    if (!u->any) {
        return;
    }
    u->first_day = get_time(r);
    u->newest_day = get_time(r);
    for (unsigned m = 0; m < RUN_METRIC_MAX_; m++) {
        get_run(r, u->at[m], RUN_BUCKETS);
    }
    u->lines = (float)get_count(r);
    u->line_runs = (float)get_count(r);
    refuse(r, u->first_day > u->newest_day, "what is first comes after what is last");
}

static void get_habit(struct reader *r, void *value)
{
    struct habit *h = value;
    h->any_hour = get_up_to(r, 1) != 0;
    h->first_hour = get_time(r);
    h->newest_hour = get_time(r);
    for (size_t i = 0; i < HABIT_BINS; i++) {
        h->bins[i] = (float)get_count(r);
    }
    get_values(r, &h->values);
    refuse(r, h->first_hour > h->newest_hour, "what is first comes after what is last");
}

static void get_usual(struct reader *r, void *value)
{
    struct usual *u = value;
    u->channel = (uint8_t)get_up_to(r, CHANNEL_MAX_ - 1);
    get_calls(r, &u->calls);
    get_values(r, &u->values);
    get_runtime(r, &u->runtime);
}

struct entities {
    struct map *map;
    size_t most, size;
    void (*one)(struct reader *r, void *value);
};

static enum err_code get_map(struct baseline *b, struct reader *r, const struct entities *of)
{
    uint64_t n = get_up_to(r, of->most);
    for (uint64_t i = 0; i < n && !is_bad(r); i++) {
        struct str key = get_bytes(r, get_up_to(r, 4096));
        if (is_bad(r)) {
            return ERR_OK;
        }
        struct map_entry *entry = map_intern(of->map, &b->arena, key);
        if (entry != NULL && entry->value != NULL) {
            refuse(r, true, "a name is there twice");
            return ERR_OK;
        }
        void *value =
            entry == NULL ? NULL : arena_alloc(&b->arena, 1, of->size, _Alignof(max_align_t));
        if (value == NULL) {
            return ERR_NOMEM;
        }
        entry->value = value;
        of->one(r, value);
    }
    return ERR_OK;
}

static enum err_code get_entities(struct baseline *b, struct reader *r)
{
    const struct entities all[] = {
        {&b->functions, BASELINE_FUNCTIONS_MAX, sizeof(struct usual), get_usual},
        {&b->actors, BASELINE_HABITS_MAX, sizeof(struct habit), get_habit},
        {&b->accounts, BASELINE_HABITS_MAX, sizeof(struct habit), get_habit},
        {&b->principals, BASELINE_PRINCIPALS_MAX, sizeof(struct values), get_values_of}};
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(all); i++) {
        rc = get_map(b, r, &all[i]);
    }
    return rc;
}

static enum err_code read_all(struct baseline *b, struct reader *r, struct err *err)
{
    if (!str_starts(r->all, STR(MAGIC))) {
        return err_set(err, ERR_SYNTAX,
                       "not a baseline; 'faaswatch baseline learn LOGS… -o FILE' writes one");
    }
    r->at = sizeof(MAGIC) - 1;
    uint64_t version = get(r);
    if (!is_bad(r) && version != BASELINE_VERSION) {
        return err_set(err, ERR_UNSUPPORTED,
                       "baseline of version %llu, this program reads %d: learn it anew",
                       (unsigned long long)version, (int)BASELINE_VERSION);
    }
    get_covered(r, &b->covered);
    b->beyond = get(r);
    if (get_entities(b, r) != ERR_OK) {
        return err_set(err, ERR_NOMEM, "no memory for the baseline");
    }
    refuse(r, r->at != r->all.len, "there is more than belongs to it");
    if (is_bad(r)) {
        return err_set(err, ERR_SYNTAX, "baseline is damaged at byte %zu, %s: learn it anew", r->at,
                       r->why);
    }
    return ERR_OK;
}

enum err_code baseline_read(struct baseline *b, struct str text, struct err *err)
{
    struct reader r = {.all = text};
    baseline_init(b);
    enum err_code rc = read_all(b, &r, err);
    if (rc != ERR_OK) {
        baseline_free(b);
        baseline_init(b);
    }
    return rc;
}
