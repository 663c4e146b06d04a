/*
 * timefmt - text to and from points in time.
 *
 * A point in time is int64_t microseconds since 1970-01-01T00:00:00Z, without leap seconds. Years
 * 1 to 9999. TIME_NONE means "not known" and sorts before every real time.
 */
#ifndef BASE_TIMEFMT_H
#define BASE_TIMEFMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

#define TIME_NONE INT64_MIN

#define TIME_SECOND_US INT64_C(1000000)
#define TIME_MINUTE_US (60 * TIME_SECOND_US)
#define TIME_HOUR_US   (60 * TIME_MINUTE_US)
#define TIME_DAY_US    (24 * TIME_HOUR_US)

enum { TIME_TEXT_MAX = 32 };

/* From one time to a later one; 0 when it is not later, -1 when one is not known. TIME_NONE is in no
 * sum: a record may have no time. */
static inline int64_t time_gap(int64_t earlier_us, int64_t later_us)
{
    if (earlier_us == TIME_NONE || later_us == TIME_NONE) {
        return -1;
    }
    return later_us > earlier_us ? later_us - earlier_us : 0;
}

/* A time and a span; what is not known stays so. */
static inline int64_t time_shift(int64_t us, int64_t by)
{
    return us == TIME_NONE ? TIME_NONE : us + by;
}

/* RFC 3339 with an offset ("Z", "+02:00", "+0200"); 'T' or one space between date and time;
 * fraction of any length, kept to microseconds. Whole string. */
NODISCARD bool time_parse_rfc3339(struct str s, int64_t *out);

/* As above, and also without an offset ("2026-11-20 09:12:00", seconds optional) or a bare date
 * (midnight). *zoned says whether the text had an offset; without one the result is as if UTC. */
NODISCARD bool time_parse_any(struct str s, int64_t *out, bool *zoned);

/* Fixed offset text to microseconds to subtract: "Z", "UTC", "+02:00", "-0330". */
NODISCARD bool time_parse_offset(struct str s, int64_t *out_us);

/* "2026-11-20T09:12:00Z", with a fraction only when there is one. Returns the length. TIME_NONE
 * gives "". */
size_t time_format(int64_t us, char out[TIME_TEXT_MAX]);

/* Civil parts of a time in UTC. */
struct time_parts {
    int year, month, day, hour, minute, second; /* month and day from 1 */
    int weekday;                                /* 0 = Monday */
};
struct time_parts time_split(int64_t us);

/* Microseconds of a civil date (proleptic Gregorian) at midnight UTC. */
int64_t time_of_date(int year, int month, int day);

#endif
