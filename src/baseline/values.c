#include "baseline/values.h"

#include <string.h>

#include "codec/digest.h"

bool value_hash(struct str text, uint64_t *out)
{
    uint8_t sum[DIGEST_BYTES];
    if (!digest_sha256(text, sum)) {
        return false;
    }
    uint64_t hash = 0;
    for (unsigned i = 0; i < 8; i++) {
        hash = hash << 8 | sum[i];
    }
    *out = hash;
    return true;
}

static bool is_before(const struct value *v, unsigned kind, uint64_t hash)
{
    return v->kind != kind ? v->kind < kind : v->hash < hash;
}

static unsigned place_of(const struct values *v, unsigned kind, uint64_t hash)
{
    unsigned low = 0;
    unsigned high = v->len;
    while (low < high) {
        unsigned mid = (low + high) / 2;
        if (is_before(&v->at[mid], kind, hash)) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static bool is_there(const struct values *v, unsigned at, unsigned kind, uint64_t hash)
{
    return at < v->len && v->at[at].kind == kind && v->at[at].hash == hash;
}

static void remove_at(struct values *v, unsigned i)
{
    v->len--;
    memmove(&v->at[i], &v->at[i + 1], (v->len - i) * sizeof(v->at[0]));
}

/* Would b rather give way than a? */
static bool is_weaker(const struct value *b, const struct value *a)
{
    if (b->days != a->days) {
        return b->days < a->days;
    }
    return b->count != a->count ? b->count < a->count : b->last_day < a->last_day;
}

static void make_room(struct values *v, int32_t day)
{
    unsigned weakest = 0;
    for (unsigned i = 1; i < v->len; i++) {
        weakest = is_weaker(&v->at[i], &v->at[weakest]) ? i : weakest;
    }
    int32_t *crowded = &v->crowded_day[v->at[weakest].kind];
    *crowded = day > *crowded ? day : *crowded;
    remove_at(v, weakest);
}

static void drop_old(struct values *v, int32_t day)
{
    for (unsigned i = v->len; i-- > 0;) {
        if (v->at[i].last_day < day - VALUES_KEEP_DAYS) {
            remove_at(v, i);
        }
    }
}

static uint32_t add_up(uint64_t a, uint64_t b)
{
    return a > UINT32_MAX - b || b > UINT32_MAX ? UINT32_MAX : (uint32_t)(a + b);
}

static void put(struct values *v, const struct value *in)
{
    unsigned i = place_of(v, in->kind, in->hash);
    if (is_there(v, i, in->kind, in->hash)) {
        struct value *to = &v->at[i];
        uint32_t days = to->days + in->days - (in->first_day == to->last_day ? 1U : 0U);
        to->days = days > VALUES_DAYS_MAX ? VALUES_DAYS_MAX : days & VALUES_DAYS_MAX;
        to->count = add_up(to->count, in->count);
        to->first_day = in->first_day < to->first_day ? in->first_day : to->first_day;
        to->last_day = in->last_day > to->last_day ? in->last_day : to->last_day;
        return;
    }
    if (v->len == VALUES_MAX) {
        drop_old(v, in->last_day);
    }
    if (v->len == VALUES_MAX) {
        make_room(v, in->last_day);
    }
    i = place_of(v, in->kind, in->hash);
    memmove(&v->at[i + 1], &v->at[i], (v->len - i) * sizeof(v->at[0]));
    v->at[i] = *in;
    v->len++;
}

void values_add(struct values *v, enum value_kind kind, uint64_t hash, int32_t day, uint64_t count)
{
    unsigned i = place_of(v, kind, hash);
    if (is_there(v, i, kind, hash) && day <= v->at[i].last_day) {
        v->at[i].count = add_up(v->at[i].count, count);
        v->at[i].first_day = day < v->at[i].first_day ? day : v->at[i].first_day;
        return;
    }
    put(v, &(struct value){.hash = hash,
                           .first_day = day,
                           .last_day = day,
                           .days = 1,
                           .count = add_up(0, count),
                           .kind = (unsigned)kind & 0xffU});
}

void values_merge(struct values *to, const struct values *from)
{
    for (unsigned i = 0; i < from->len; i++) {
        put(to, &from->at[i]);
    }
    for (unsigned k = 0; k < VALUE_KIND_MAX_; k++) {
        int32_t day = from->crowded_day[k];
        to->crowded_day[k] = day > to->crowded_day[k] ? day : to->crowded_day[k];
    }
}

const struct value *values_find(const struct values *v, enum value_kind kind, uint64_t hash,
                                int32_t day)
{
    unsigned i = place_of(v, kind, hash);
    bool found = is_there(v, i, kind, hash) && v->at[i].last_day >= day - VALUES_KEEP_DAYS;
    return found ? &v->at[i] : NULL;
}

struct values_sum values_sum(const struct values *v, enum value_kind kind, int32_t day)
{
    struct values_sum sum = {.first_day = day,
                             .crowded = v->crowded_day[kind] >= day - VALUES_KEEP_DAYS};
    for (unsigned i = 0; i < v->len; i++) {
        const struct value *one = &v->at[i];
        if (one->kind == kind && one->last_day >= day - VALUES_KEEP_DAYS) {
            sum.count += one->count;
            sum.different++;
            sum.first_day = one->first_day < sum.first_day ? one->first_day : sum.first_day;
        }
    }
    return sum;
}

void values_cut(struct values *v, int32_t day)
{
    for (unsigned i = v->len; i-- > 0;) {
        struct value *one = &v->at[i];
        one->last_day = one->last_day >= day ? day - 1 : one->last_day;
        if (one->first_day >= day) {
            remove_at(v, i);
        }
    }
}
