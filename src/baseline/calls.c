#include "baseline/calls.h"

#include <math.h>
#include <string.h>

enum { HOUR_MINUTES = 60, DAY_HOURS = 24, THURSDAY_HOURS = 72 };
#define HALF_LIFE_DAYS 45.0

static unsigned wrap(int32_t n, int32_t size)
{
    int32_t left = n % size;
    return (unsigned)(left < 0 ? left + size : left);
}

static int32_t floor_div(int32_t n, int32_t by)
{
    return n / by - (n % by < 0 ? 1 : 0);
}

unsigned calls_week_hour(int32_t hour)
{
    return (wrap(hour, CALLS_WEEK_HOURS) + THURSDAY_HOURS) % CALLS_WEEK_HOURS;
}

int32_t calls_newest_day(const struct calls *c)
{
    return floor_div(c->newest_hour, DAY_HOURS);
}

static void clear_hours(struct calls *c, int32_t after, int32_t to)
{
    int32_t from = to - after > CALLS_HOURS ? to - CALLS_HOURS : after;
    for (int32_t h = from + 1; h <= to; h++) {
        c->hour[wrap(h, CALLS_HOURS)] = 0;
    }
}

static void clear_days(struct calls *c, int32_t after, int32_t to)
{
    int32_t from = to - after > CALLS_DAYS ? to - CALLS_DAYS : after;
    for (int32_t d = from + 1; d <= to; d++) {
        c->day[wrap(d, CALLS_DAYS)] = 0;
        c->addresses[wrap(d, CALLS_SKETCH_DAYS)] = (struct sketch){{0}};
    }
}

/* Make `hour` the newest, forgetting what is then too old. */
static void advance(struct calls *c, int32_t hour)
{
    if (!c->any) {
        c->any = true;
        c->first_hour = hour;
        c->newest_hour = hour;
        return;
    }
    c->first_hour = hour < c->first_hour ? hour : c->first_hour;
    if (hour <= c->newest_hour) {
        return;
    }
    int32_t day = floor_div(hour, DAY_HOURS);
    int32_t had = calls_newest_day(c);
    clear_hours(c, c->newest_hour, hour);
    clear_days(c, had, day);
    double keep = exp2((had - day) / HALF_LIFE_DAYS);
    c->total *= keep;
    c->errors *= keep;
    c->newest_hour = hour;
}

static double pairs(double n)
{
    return n * (n - 1);
}

/* The minute, and with it perhaps its hour, is over. */
static void finish_minute(struct calls *c, int64_t next)
{
    c->minute_pairs += pairs(c->minute_calls);
    c->hour_calls += c->minute_calls;
    c->minute_calls = 0;
    if (next / HOUR_MINUTES != c->minute / HOUR_MINUTES) {
        c->hour_pairs += pairs(c->hour_calls);
        c->hour_calls = 0;
    }
    c->minute = next;
}

void calls_add(struct calls *c, int64_t minute, double count, double errors)
{
    int32_t hour = (int32_t)(minute / HOUR_MINUTES);
    advance(c, hour);
    if (hour > c->newest_hour - CALLS_HOURS) {
        c->hour[wrap(hour, CALLS_HOURS)] += (float)count;
    }
    int32_t day = floor_div(hour, DAY_HOURS);
    if (day > calls_newest_day(c) - CALLS_DAYS) {
        c->day[wrap(day, CALLS_DAYS)] += (float)count;
        c->total += count;
        c->errors += errors;
    }
    if (minute > c->minute) {
        finish_minute(c, minute);
    }
    c->minute_calls += minute == c->minute ? count : 0;
}

void calls_add_address(struct calls *c, int32_t day, uint64_t hash)
{
    int32_t newest = calls_newest_day(c);
    if (c->any && day <= newest && day > newest - CALLS_SKETCH_DAYS) {
        sketch_add(&c->addresses[wrap(day, CALLS_SKETCH_DAYS)], hash);
    }
}

double calls_of_hour(const struct calls *c, int32_t hour)
{
    bool kept = c->any && hour <= c->newest_hour && hour > c->newest_hour - CALLS_HOURS;
    return kept ? (double)c->hour[wrap(hour, CALLS_HOURS)] : 0;
}

double calls_of_day(const struct calls *c, int32_t day)
{
    int32_t newest = calls_newest_day(c);
    bool kept = c->any && day <= newest && day > newest - CALLS_DAYS;
    return kept ? (double)c->day[wrap(day, CALLS_DAYS)] : 0;
}

double calls_addresses(const struct calls *c, int32_t day)
{
    int32_t newest = calls_newest_day(c);
    bool kept = c->any && day <= newest && day > newest - CALLS_SKETCH_DAYS;
    return kept ? sketch_count(&c->addresses[wrap(day, CALLS_SKETCH_DAYS)]) : 0;
}

double calls_clump(const struct calls *c)
{
    double in_minutes = c->minute_pairs + pairs(c->minute_calls);
    double in_hours = c->hour_pairs + pairs(c->hour_calls + c->minute_calls);
    double clump = in_hours > 0 ? in_minutes / in_hours * HOUR_MINUTES : 1;
    return fmin(fmax(clump, 1), HOUR_MINUTES);
}

/* Minutes and hours that are not finished end here: what goes on belongs to neither. */
static void finish(struct calls *c)
{
    c->minute_pairs += pairs(c->minute_calls);
    c->hour_pairs += pairs(c->hour_calls + c->minute_calls);
    c->minute_calls = 0;
    c->hour_calls = 0;
}

void calls_merge(struct calls *to, const struct calls *from)
{
    struct calls in = *from;
    if (!in.any) {
        return;
    }
    finish(&in);
    finish(to);
    advance(to, in.newest_hour);
    to->first_hour = in.first_hour < to->first_hour ? in.first_hour : to->first_hour;
    for (int32_t h = in.newest_hour - CALLS_HOURS + 1; h <= in.newest_hour; h++) {
        if (h > to->newest_hour - CALLS_HOURS) {
            to->hour[wrap(h, CALLS_HOURS)] += (float)calls_of_hour(&in, h);
        }
    }
    int32_t newest = calls_newest_day(&in);
    int32_t limit = calls_newest_day(to);
    for (int32_t d = newest - CALLS_DAYS + 1; d <= newest; d++) {
        if (d > limit - CALLS_DAYS) {
            to->day[wrap(d, CALLS_DAYS)] += (float)calls_of_day(&in, d);
        }
        if (d > newest - CALLS_SKETCH_DAYS && d > limit - CALLS_SKETCH_DAYS) {
            sketch_merge(&to->addresses[wrap(d, CALLS_SKETCH_DAYS)],
                         &in.addresses[wrap(d, CALLS_SKETCH_DAYS)]);
        }
    }
    double keep = exp2((newest - limit) / HALF_LIFE_DAYS);
    to->total += in.total * keep;
    to->errors += in.errors * keep;
    to->minute_pairs += in.minute_pairs;
    to->hour_pairs += in.hour_pairs;
    to->minute = in.minute > to->minute ? in.minute : to->minute;
}

void calls_cut(struct calls *c, int32_t hour)
{
    if (!c->any || hour > c->newest_hour) {
        return;
    }
    if (hour <= c->first_hour) {
        *c = (struct calls){.any = false};
        return;
    }
    int32_t day = floor_div(hour, DAY_HOURS);
    double forgotten = 0;
    for (int32_t h = hour; h <= c->newest_hour; h++) {
        if (floor_div(h, DAY_HOURS) == day) {
            forgotten += calls_of_hour(c, h);
        }
    }
    double left = fmax(0, calls_of_day(c, day) - forgotten);
    clear_hours(c, hour - 1, c->newest_hour);
    clear_days(c, hour % DAY_HOURS == 0 ? day - 1 : day, calls_newest_day(c));
    if (hour % DAY_HOURS != 0 && day > calls_newest_day(c) - CALLS_DAYS) {
        c->day[wrap(day, CALLS_DAYS)] = (float)left;
    }
    c->newest_hour = hour - 1;
}
