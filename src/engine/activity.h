/*
 * activity - in which spans of time a source had records at all, in under 200 bytes.
 *
 * One bit a slot of time; slots begin as 5 minutes and double when the whole does not fit. What
 * comes out depends on the times noted, never on their order, so workers may share them.
 */
#ifndef ENGINE_ACTIVITY_H
#define ENGINE_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/timefmt.h"

enum { ACTIVITY_SLOTS = 1024 };
#define ACTIVITY_SLOT_US (5 * TIME_MINUTE_US)

struct activity {
    uint64_t bits[ACTIVITY_SLOTS / 64]; /* slot number modulo ACTIVITY_SLOTS */
    int64_t first, last;                /* slots; valid when `any` */
    int64_t now_us;                     /* begin of the slot noted last: most records are in it */
    uint8_t shift;                      /* a slot is ACTIVITY_SLOT_US << shift */
    bool any;
};

void activity_note_slot(struct activity *a, int64_t time_us); /* as activity_note, the long way */

/* Undated records are none. */
static inline void activity_note(struct activity *a, int64_t time_us)
{
    if (!a->any || time_us < a->now_us ||
        time_us - a->now_us >= ACTIVITY_SLOT_US * (INT64_C(1) << a->shift)) {
        activity_note_slot(a, time_us);
    }
}
void activity_merge(struct activity *into, const struct activity *from);

/* Slots with records and slots in all, of those that lie in [from_us, to_us). */
struct activity_share {
    uint64_t active, all;
};
struct activity_share activity_in(const struct activity *a, int64_t from_us, int64_t to_us);

/* The longest run of empty slots between records, in time, and how long the next one is. Of two
 * that are as long, the earlier. False: there is none. */
struct activity_gap {
    int64_t from_us, to_us;
    int64_t next_us; /* 0: no other */
};
bool activity_longest_gap(const struct activity *a, struct activity_gap *out);

int64_t activity_slot_us(const struct activity *a);

#endif
