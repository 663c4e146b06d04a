#include "engine/activity.h"

#include <string.h>

int64_t activity_slot_us(const struct activity *a)
{
    return ACTIVITY_SLOT_US * (INT64_C(1) << a->shift);
}

static bool has(const struct activity *a, int64_t slot)
{
    size_t at = (size_t)((uint64_t)slot % ACTIVITY_SLOTS);
    return (a->bits[at / 64] >> (at % 64) & 1U) != 0;
}

static void put(struct activity *a, int64_t slot)
{
    size_t at = (size_t)((uint64_t)slot % ACTIVITY_SLOTS);
    a->bits[at / 64] |= UINT64_C(1) << (at % 64);
}

/* Division that rounds down: times before 1970 are times too. */
static int64_t floor_div(int64_t x, int64_t by)
{
    return x / by - (x % by < 0 ? 1 : 0);
}

/* Slots of twice the length. */
static void coarsen(struct activity *a)
{
    struct activity old = *a;
    memset(a->bits, 0, sizeof(a->bits));
    for (int64_t s = old.first; s <= old.last; s++) {
        if (has(&old, s)) {
            put(a, floor_div(s, 2));
        }
    }
    a->first = floor_div(old.first, 2);
    a->last = floor_div(old.last, 2);
    a->shift++;
    a->now_us = a->first * activity_slot_us(a);
}

void activity_note_slot(struct activity *a, int64_t time_us)
{
    if (time_us == TIME_NONE) {
        return;
    }
    int64_t slot = floor_div(time_us, activity_slot_us(a));
    if (!a->any) {
        a->any = true;
        a->first = a->last = slot;
    }
    int64_t first = slot < a->first ? slot : a->first;
    int64_t last = slot > a->last ? slot : a->last;
    for (; last - first >= ACTIVITY_SLOTS; last = floor_div(last, 2)) {
        coarsen(a);
        slot = floor_div(slot, 2);
        first = floor_div(first, 2);
    }
    a->first = first;
    a->last = last;
    a->now_us = slot * activity_slot_us(a);
    put(a, slot);
}

void activity_merge(struct activity *into, const struct activity *from)
{
    struct activity other = *from;
    if (!other.any) {
        return;
    }
    while (into->any && other.shift < into->shift) {
        coarsen(&other);
    }
    while (into->any && into->shift < other.shift) {
        coarsen(into);
    }
    if (!into->any) {
        *into = other;
        return;
    }
    for (int64_t s = other.first; s <= other.last; s++) {
        if (has(&other, s)) {
            activity_note_slot(into, s * activity_slot_us(&other));
        }
    }
}

struct activity_share activity_in(const struct activity *a, int64_t from_us, int64_t to_us)
{
    struct activity_share share = {0};
    int64_t slot_us = activity_slot_us(a);
    int64_t from = floor_div(from_us + slot_us - 1, slot_us);
    int64_t to = floor_div(to_us, slot_us);
    if (to <= from) {
        return share;
    }
    share.all = (uint64_t)(to - from);
    for (int64_t s = from > a->first ? from : a->first; a->any && s < to && s <= a->last; s++) {
        share.active += has(a, s) ? 1 : 0;
    }
    return share;
}

bool activity_longest_gap(const struct activity *a, struct activity_gap *out)
{
    int64_t longest = 0;
    int64_t next = 0;
    int64_t begin = 0;
    int64_t run = 0;
    for (int64_t s = a->first; a->any && s <= a->last; s++) {
        if (!has(a, s)) {
            run++;
            continue;
        }
        if (run > longest) {
            next = longest;
            longest = run;
            begin = s - run;
        } else if (run > next) {
            next = run;
        }
        run = 0;
    }
    int64_t slot_us = activity_slot_us(a);
    *out = (struct activity_gap){begin * slot_us, (begin + longest) * slot_us, next * slot_us};
    return longest > 0;
}
