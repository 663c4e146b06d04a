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

/* The entries in order of their keys; NULL: no memory, which *out tells. */
static const struct map_entry **in_order(const struct map *m, struct buf *out)
{
    const struct map_entry **order = mem_alloc(m->len + 1, sizeof(struct map_entry *));
    if (order == NULL) {
        out->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < m->len; i++) {
        order[i] = &m->at[i];
    }
    qsort(order, m->len, sizeof(struct map_entry *), by_key);
    return order;
}

static void put_principals(struct buf *out, const struct baseline *b)
{
    const struct map_entry **order = in_order(&b->principals, out);
    put(out, b->principals.len);
    for (size_t i = 0; order != NULL && i < b->principals.len; i++) {
        put(out, order[i]->key.len);
        buf_add(out, order[i]->key);
        put_values(out, order[i]->value);
    }
    mem_free(order);
}

void baseline_write(const struct baseline *b, struct buf *out)
{
    const struct map_entry **order = in_order(&b->functions, out);
    if (order == NULL) {
        return;
    }
    buf_add(out, STR(MAGIC));
    put(out, BASELINE_VERSION);
    put_covered(out, &b->covered);
    put(out, b->beyond);
    put(out, b->functions.len);
    for (size_t i = 0; i < b->functions.len; i++) {
        const struct usual *u = order[i]->value;
        put(out, order[i]->key.len);
        buf_add(out, order[i]->key);
        put(out, u->channel);
        put_calls(out, &u->calls);
        put_values(out, &u->values);
    }
    mem_free(order);
    put_principals(out, b);
}

/* ---- reading ---- */

/* Once something is wrong, `failed` is set and all numbers are 0. */
struct reader {
    struct str all;
    size_t at;
    bool failed;
};

static uint64_t get(struct reader *r)
{
    uint64_t n = 0;
    for (unsigned shift = 0; !r->failed && shift < 64; shift += 7) {
        if (r->at >= r->all.len) {
            break;
        }
        unsigned char c = (unsigned char)r->all.ptr[r->at++];
        n |= (uint64_t)(c & 127U) << shift;
        if (c < 128) {
            return n;
        }
    }
    r->failed = true;
    return 0;
}

static uint64_t get_up_to(struct reader *r, uint64_t most)
{
    uint64_t n = get(r);
    r->failed = r->failed || n > most;
    return r->failed ? 0 : n;
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
    r->failed = r->failed || n < 0 || n > TIME_NUMBER_MAX;
    return r->failed ? 0 : (int32_t)n;
}

static double get_real(struct reader *r)
{
    int64_t n = get_signed(r);
    return (double)n / SCALE;
}

static double get_count(struct reader *r)
{
    double v = get_real(r);
    r->failed = r->failed || v < 0;
    return r->failed ? 0 : v;
}

static struct str get_bytes(struct reader *r, size_t n)
{
    r->failed = r->failed || n > r->all.len - r->at;
    struct str s = r->failed ? STR_EMPTY : str_make(r->all.ptr + r->at, n);
    r->at += s.len;
    return s;
}

static void get_run(struct reader *r, float *at, size_t n)
{
    for (size_t i = 0; i < n && !r->failed; i++) {
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
    r->failed = r->failed || c->first_hour > c->newest_hour || c->minute < 0 ||
                c->minute > INT64_C(60) * TIME_NUMBER_MAX;
}

static void get_values(struct reader *r, struct values *v)
{
    for (unsigned k = 0; k < VALUE_KIND_MAX_; k++) {
        v->crowded_day[k] = get_time(r);
    }
    uint64_t n = get_up_to(r, VALUES_MAX);
    for (uint64_t i = 0; i < n && !r->failed; i++) {
        struct value *one = &v->at[i];
        one->kind = (uint8_t)get_up_to(r, VALUE_KIND_MAX_ - 1);
        one->hash = get(r);
        one->first_day = get_time(r);
        one->last_day = get_time(r);
        one->days = (uint32_t)get_up_to(r, UINT32_MAX);
        one->count = (uint32_t)get_up_to(r, UINT32_MAX);
        const struct value *before = i == 0 ? NULL : &v->at[i - 1];
        r->failed = r->failed || one->first_day > one->last_day ||
                    (before != NULL && (before->kind > one->kind ||
                                        (before->kind == one->kind && before->hash >= one->hash)));
    }
    v->len = (uint32_t)n;
}

static void get_covered(struct reader *r, struct covered *c)
{
    c->any = get_up_to(r, 1) != 0;
    c->first_day = get_time(r);
    c->newest_day = get_time(r);
    for (size_t i = 0; i < ARRAY_LEN(c->days); i++) {
        c->days[i] = get(r);
    }
    r->failed = r->failed || c->first_day > c->newest_day;
}

static enum err_code get_functions(struct baseline *b, struct reader *r)
{
    uint64_t n = get_up_to(r, BASELINE_FUNCTIONS_MAX);
    for (uint64_t i = 0; i < n && !r->failed; i++) {
        struct str key = get_bytes(r, get_up_to(r, 4096));
        struct map_entry *entry = r->failed ? NULL : map_intern(&b->functions, &b->arena, key);
        if (r->failed || (entry != NULL && entry->value != NULL)) { /* twice the same */
            r->failed = true;
            return ERR_OK;
        }
        struct usual *u = entry == NULL ? NULL : ARENA_NEW(&b->arena, struct usual);
        if (u == NULL) {
            return ERR_NOMEM;
        }
        entry->value = u;
        u->channel = (uint8_t)get_up_to(r, CHANNEL_MAX_ - 1);
        get_calls(r, &u->calls);
        get_values(r, &u->values);
    }
    return ERR_OK;
}

static enum err_code get_principals(struct baseline *b, struct reader *r)
{
    uint64_t n = get_up_to(r, BASELINE_PRINCIPALS_MAX);
    for (uint64_t i = 0; i < n && !r->failed; i++) {
        struct str key = get_bytes(r, get_up_to(r, 4096));
        struct values *v = NULL;
        if (r->failed || map_find(&b->principals, key) != NULL) { /* twice the same */
            r->failed = true;
            return ERR_OK;
        }
        enum err_code rc = principals_of(b, key, &v);
        if (rc != ERR_OK) {
            return rc;
        }
        get_values(r, v);
    }
    return ERR_OK;
}

static enum err_code read_all(struct baseline *b, struct reader *r, struct err *err)
{
    if (!str_starts(r->all, STR(MAGIC))) {
        return err_set(err, ERR_SYNTAX,
                       "not a baseline; 'faaswatch baseline learn LOGS… -o FILE' writes one");
    }
    r->at = sizeof(MAGIC) - 1;
    uint64_t version = get(r);
    if (!r->failed && version != BASELINE_VERSION) {
        return err_set(err, ERR_UNSUPPORTED,
                       "baseline of version %llu, this program reads %d: learn it anew",
                       (unsigned long long)version, (int)BASELINE_VERSION);
    }
    get_covered(r, &b->covered);
    b->beyond = get(r);
    if (get_functions(b, r) != ERR_OK || get_principals(b, r) != ERR_OK) {
        return err_set(err, ERR_NOMEM, "no memory for the baseline");
    }
    if (r->failed || r->at != r->all.len) {
        return err_set(err, ERR_SYNTAX, "baseline is damaged at byte %zu: learn it anew", r->at);
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
