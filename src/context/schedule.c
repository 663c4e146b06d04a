#include "context/schedule.h"

#include "base/timefmt.h"

enum { FIELDS = 6 };

/* "7", "MON", "JAN" */
static bool word_value(struct str s, unsigned field, uint64_t *out)
{
    static const struct str months[] = {STR_INIT("JAN"), STR_INIT("FEB"), STR_INIT("MAR"),
                                        STR_INIT("APR"), STR_INIT("MAY"), STR_INIT("JUN"),
                                        STR_INIT("JUL"), STR_INIT("AUG"), STR_INIT("SEP"),
                                        STR_INIT("OCT"), STR_INIT("NOV"), STR_INIT("DEC")};
    static const struct str days[] = {STR_INIT("SUN"), STR_INIT("MON"), STR_INIT("TUE"),
                                      STR_INIT("WED"), STR_INIT("THU"), STR_INIT("FRI"),
                                      STR_INIT("SAT")};
    if (str_u64(s, out)) {
        return true;
    }
    const struct str *words = field == 3 ? months : days;
    size_t count = field == 3 ? ARRAY_LEN(months) : field == 4 ? ARRAY_LEN(days) : 0;
    for (size_t i = 0; i < count; i++) {
        if (str_ieq(s, words[i])) {
            *out = i + 1;
            return true;
        }
    }
    return false;
}

/* One element of a field's list: "*", "?", "a", "a-b", each with "/step". */
static bool element_fits(struct str s, unsigned field, uint64_t value)
{
    struct str step_text;
    size_t slash = str_chr(s, '/');
    uint64_t step = 1;
    if (slash != SIZE_MAX) {
        step_text = str_from(s, slash + 1);
        s = str_head(s, slash);
        if (!str_u64(step_text, &step) || step == 0) {
            return false;
        }
    }
    uint64_t from = field == 0 || field == 1 ? 0 : field == 5 ? 1970 : 1;
    uint64_t to = UINT64_MAX;
    if (!str_eq(s, STR("*")) && !str_eq(s, STR("?"))) {
        size_t dash = str_chr(s, '-');
        struct str low = dash == SIZE_MAX ? s : str_head(s, dash);
        if (!word_value(low, field, &from)) {
            return false;
        }
        to = slash == SIZE_MAX ? from : UINT64_MAX;
        if (dash != SIZE_MAX && !word_value(str_from(s, dash + 1), field, &to)) {
            return false;
        }
    }
    return value >= from && value <= to && (value - from) % step == 0;
}

static bool field_fits(struct str list, unsigned field, uint64_t value)
{
    struct str element;
    while (str_cut(&list, ',', &element)) {
        if (element_fits(element, field, value)) {
            return true;
        }
    }
    return false;
}

static bool cron_fits(const struct str field[FIELDS], int64_t at_us)
{
    struct time_parts t = time_split(at_us);
    uint64_t weekday = (uint64_t)(t.weekday + 1) % 7 + 1; /* 0 = Monday to SUN = 1 */
    const uint64_t now[FIELDS] = {(uint64_t)t.minute, (uint64_t)t.hour, (uint64_t)t.day,
                                  (uint64_t)t.month,  weekday,          (uint64_t)t.year};
    for (unsigned i = 0; i < FIELDS; i++) {
        if (!field_fits(field[i], i, now[i])) {
            return false;
        }
    }
    return true;
}

static bool cron_near(struct str inside, int64_t at_us)
{
    struct str field[FIELDS];
    unsigned n = 0;
    struct str word;
    while (str_cut(&inside, ' ', &word)) {
        if (word.len == 0) {
            continue;
        }
        if (n == FIELDS) {
            return false;
        }
        field[n++] = word;
    }
    for (int late = 0; n == FIELDS && late <= SCHEDULE_LATE_MIN; late++) {
        if (cron_fits(field, at_us - late * TIME_MINUTE_US)) {
            return true;
        }
    }
    return false;
}

/* "08:00" to minutes. */
static bool clock_parse(struct str s, int *out)
{
    uint64_t hour;
    uint64_t minute;
    if (s.len != 5 || s.ptr[2] != ':' || !str_u64(str_head(s, 2), &hour) ||
        !str_u64(str_from(s, 3), &minute) || hour > 24 || minute > 59) {
        return false;
    }
    *out = (int)(hour * 60 + minute);
    return true;
}

bool schedule_fits(struct str schedule, int64_t at_us)
{
    struct str s = str_trim(schedule);
    if (s.len == 0) {
        return true;
    }
    if (at_us == TIME_NONE) {
        return false;
    }
    if (str_istarts(s, STR("cron(")) && str_ends(s, STR(")"))) {
        return cron_near(str_head(str_from(s, 5), s.len - 6), at_us);
    }
    if (str_istarts(s, STR("rate(")) && str_ends(s, STR(")"))) {
        return true;
    }
    int from;
    int to;
    if (s.len == 11 && s.ptr[5] == '-' && clock_parse(str_head(s, 5), &from) &&
        clock_parse(str_from(s, 6), &to)) {
        struct time_parts t = time_split(at_us);
        int now = t.hour * 60 + t.minute;
        return from <= to ? now >= from && now < to : now >= from || now < to;
    }
    return false;
}
