#include "baseline/coverage.h"

static unsigned wrap(int32_t day)
{
    return (unsigned)day % COVERED_DAYS;
}

static bool marked(const struct covered *c, int32_t day)
{
    return c->any && day <= c->newest_day && day > c->newest_day - COVERED_DAYS &&
           (c->days[wrap(day) / 64] >> wrap(day) % 64 & 1U) != 0;
}

void covered_mark(struct covered *c, int32_t day)
{
    if (!c->any) {
        *c = (struct covered){.any = true, .first_day = day, .newest_day = day};
    }
    int32_t from = day - c->newest_day > COVERED_DAYS ? day - COVERED_DAYS : c->newest_day;
    for (int32_t d = from + 1; d <= day; d++) {
        c->days[wrap(d) / 64] &= ~(UINT64_C(1) << wrap(d) % 64);
    }
    c->newest_day = day > c->newest_day ? day : c->newest_day;
    c->first_day = day < c->first_day ? day : c->first_day;
    if (day > c->newest_day - COVERED_DAYS) {
        c->days[wrap(day) / 64] |= UINT64_C(1) << wrap(day) % 64;
    }
}

void covered_merge(struct covered *to, const struct covered *from)
{
    for (int32_t d = from->newest_day - COVERED_DAYS + 1; from->any && d <= from->newest_day; d++) {
        if (marked(from, d)) {
            covered_mark(to, d);
        }
    }
    if (from->any && from->first_day < to->first_day) {
        to->first_day = from->first_day;
    }
}

void covered_cut(struct covered *c, int32_t last)
{
    struct covered kept = {.any = false};
    for (int32_t d = c->newest_day - COVERED_DAYS + 1; c->any && d <= last; d++) {
        if (marked(c, d)) {
            covered_mark(&kept, d);
        }
    }
    if (kept.any && c->first_day < kept.first_day) {
        kept.first_day = c->first_day;
    }
    *c = kept;
}

bool covered_has(const struct covered *c, int32_t day)
{
    bool before = false;
    bool after = false;
    for (int32_t d = 0; d <= COVERED_GAP_DAYS; d++) {
        before = before || marked(c, day - d);
    }
    for (int32_t d = 0; d <= COVERED_GAP_DAYS; d++) {
        after = after || marked(c, day + d);
    }
    return marked(c, day) || (before && after);
}

unsigned covered_count(const struct covered *c, int32_t from)
{
    unsigned n = 0;
    int32_t oldest = c->newest_day - COVERED_DAYS + 1;
    for (int32_t d = from > oldest ? from : oldest; c->any && d <= c->newest_day; d++) {
        n += covered_has(c, d) ? 1 : 0;
    }
    return n;
}
