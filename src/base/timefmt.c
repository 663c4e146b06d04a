/*
 * Days to civil dates and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
 * (days_from_civil, civil_from_days); the formulas, not the text.
 */
#include "base/timefmt.h"

#include <stdio.h>
#include <string.h>

static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t time_of_date(int year, int month, int day)
{
    return days_of(year, month, day) * TIME_DAY_US;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Exactly `n` digits off the front of *s. */
static bool take_digits(struct str *s, size_t n, int *out)
{
    int v = 0;
    if (s->len < n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!chr_is_digit(s->ptr[i])) {
            return false;
        }
        v = v * 10 + (s->ptr[i] - '0');
    }
    *s = str_from(*s, n);
    *out = v;
    return true;
}

static bool take_char(struct str *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c) {
        return false;
    }
    *s = str_from(*s, 1);
    return true;
}

static bool take_date(struct str *s, int64_t *out)
{
    int year;
    int month;
    int day;
    if (!take_digits(s, 4, &year) || !take_char(s, '-') || !take_digits(s, 2, &month) ||
        !take_char(s, '-') || !take_digits(s, 2, &day) || year < 1 || month < 1 || month > 12 ||
        day < 1 || day > days_in_month(year, month)) {
        return false;
    }
    *out = time_of_date(year, month, day);
    return true;
}

static bool take_clock(struct str *s, int64_t *out)
{
    int hour;
    int minute;
    int second = 0;
    if (!take_digits(s, 2, &hour) || !take_char(s, ':') || !take_digits(s, 2, &minute) ||
        hour > 23 || minute > 59) {
        return false;
    }
    /* 60 is a leap second; it lands on the next minute. */
    if (take_char(s, ':') && (!take_digits(s, 2, &second) || second > 60)) {
        return false;
    }
    int64_t fraction = 0;
    if (s->len > 0 && s->ptr[0] == '.') {
        *s = str_from(*s, 1);
        int64_t unit = 100000;
        size_t digits = 0;
        for (; s->len > 0 && chr_is_digit(s->ptr[0]); digits++, unit /= 10) {
            fraction += unit * (s->ptr[0] - '0');
            *s = str_from(*s, 1);
        }
        if (digits == 0) {
            return false;
        }
    }
    *out = hour * TIME_HOUR_US + minute * TIME_MINUTE_US + second * TIME_SECOND_US + fraction;
    return true;
}

bool time_parse_offset(struct str s, int64_t *out_us)
{
    if (str_eq(s, STR("Z")) || str_eq(s, STR("z")) || str_ieq(s, STR("UTC"))) {
        *out_us = 0;
        return true;
    }
    bool minus = take_char(&s, '-');
    int hour;
    int minute;
    if ((!minus && !take_char(&s, '+')) || !take_digits(&s, 2, &hour)) {
        return false;
    }
    (void)take_char(&s, ':');
    if (!take_digits(&s, 2, &minute) || s.len != 0 || hour > 23 || minute > 59) {
        return false;
    }
    int64_t us = hour * TIME_HOUR_US + minute * TIME_MINUTE_US;
    *out_us = minus ? -us : us;
    return true;
}

bool time_parse_any(struct str s, int64_t *out, bool *zoned)
{
    int64_t date;
    int64_t clock = 0;
    int64_t offset = 0;
    s = str_trim(s);
    if (!take_date(&s, &date)) {
        return false;
    }
    bool has_zone = false;
    if (s.len > 0) {
        if (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' ')) {
            return false;
        }
        if (!take_clock(&s, &clock)) {
            return false;
        }
        s = str_trim(s);
        if (s.len > 0) {
            has_zone = true;
            if (!time_parse_offset(s, &offset)) {
                return false;
            }
        }
    }
    *out = date + clock - offset;
    *zoned = has_zone;
    return true;
}

static int two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* Do eight bytes fit a form, in which 0 stands for any digit? Xor leaves the value of a digit and
 * nothing of what is equal; what is too much then carries into the top bit of its byte. */
static bool fits(const char *p, const char form[8], const char most[8])
{
    uint64_t text, want, carry;
    memcpy(&text, p, 8);
    memcpy(&want, form, 8);
    memcpy(&carry, most, 8);
    text ^= want;
    return (((text + carry) | text) & 0x8080808080808080U) == 0;
}

/* "2026-11-20T09:12:00Z", the form of nearly every record, without the generality. */
static bool parse_plain(const char *p, int64_t *out)
{
/* 0x7f less what may be left: 9 of a digit, nothing of anything else. */
#define DIGIT "\x76"
#define OTHER "\x7f"
    if (!fits(p, "0000-00-", DIGIT DIGIT DIGIT DIGIT OTHER DIGIT DIGIT OTHER) ||
        !fits(p + 8, "00T00:00", DIGIT DIGIT OTHER DIGIT DIGIT OTHER DIGIT DIGIT) ||
        !fits(p + 12, "0:00:00Z", DIGIT OTHER DIGIT DIGIT OTHER DIGIT DIGIT OTHER)) {
        return false;
    }
#undef DIGIT
#undef OTHER
    int year = two(p) * 100 + two(p + 2);
    int month = two(p + 5);
    int day = two(p + 8);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        two(p + 11) > 23 || two(p + 14) > 59 || two(p + 17) > 59) {
        return false;
    }
    *out = time_of_date(year, month, day) + two(p + 11) * TIME_HOUR_US +
           two(p + 14) * TIME_MINUTE_US + two(p + 17) * TIME_SECOND_US;
    return true;
}

bool time_parse_rfc3339(struct str s, int64_t *out)
{
    if (s.len == 20 && parse_plain(s.ptr, out)) {
        return true;
    }
    bool zoned;
    int64_t us;
    if (s.len < 20 || !time_parse_any(s, &us, &zoned) || !zoned) {
        return false;
    }
    *out = us;
    return true;
}

struct time_parts time_split(int64_t us)
{
    int64_t days = us / TIME_DAY_US;
    int64_t rest = us % TIME_DAY_US;
    if (rest < 0) {
        rest += TIME_DAY_US;
        days--;
    }
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    struct time_parts p;
    p.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    p.month = (int)(mp < 10 ? mp + 3 : mp - 9);
    p.year = (int)(yoe + era * 400 + (p.month <= 2 ? 1 : 0));
    p.hour = (int)(rest / TIME_HOUR_US);
    p.minute = (int)(rest / TIME_MINUTE_US % 60);
    p.second = (int)(rest / TIME_SECOND_US % 60);
    p.weekday = (int)(((days + 3) % 7 + 7) % 7);
    return p;
}

/* `n` digits of v at p, and what is behind them. */
static char *put_digits(char *p, size_t n, unsigned v)
{
    for (size_t i = n; i-- > 0; v /= 10) {
        p[i] = (char)('0' + v % 10);
    }
    return p + n;
}

/* The same with one character behind them. */
static char *put_part(char *p, size_t n, int v, char behind)
{
    p = put_digits(p, n, (unsigned)v);
    *p = behind;
    return p + 1;
}

size_t time_format(int64_t us, char out[TIME_TEXT_MAX])
{
    if (us == TIME_NONE) {
        out[0] = '\0';
        return 0;
    }
    struct time_parts t = time_split(us);
    int fraction = (int)((us % TIME_SECOND_US + TIME_SECOND_US) % TIME_SECOND_US);
    int year = t.year % 10000;
    char *p = out;
    if (year < 0) {
        *p++ = '-';
        year = -year;
    }
    p = put_part(p, p == out || year > 999 ? 4 : 3, year, '-');
    p = put_part(p, 2, t.month, '-');
    p = put_part(p, 2, t.day, 'T');
    p = put_part(p, 2, t.hour, ':');
    p = put_part(p, 2, t.minute, ':');
    p = put_part(p, 2, t.second, fraction == 0 ? 'Z' : '.');
    if (fraction != 0) {
        p = put_part(p, 6, fraction, 'Z');
    }
    *p = '\0';
    return (size_t)(p - out);
}
