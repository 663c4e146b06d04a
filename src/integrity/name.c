#include "integrity/name.h"

#include "base/timefmt.h"

/* "20261120T0100Z" or "20261120T010000Z" */
static bool compact_time(struct str s, int64_t *out)
{
    uint64_t part[6] = {0};
    static const struct {
        unsigned char at, len;
    } of[] = {{0, 4}, {4, 2}, {6, 2}, {9, 2}, {11, 2}, {13, 2}};
    if ((s.len != 14 && s.len != 16) || s.ptr[8] != 'T' || s.ptr[s.len - 1] != 'Z') {
        return false;
    }
    for (size_t i = 0; i < (s.len == 16 ? 6U : 5U); i++) {
        if (!str_u64(str_make(s.ptr + of[i].at, of[i].len), &part[i])) {
            return false;
        }
    }
    if (part[0] < 1970 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31 ||
        part[3] > 23 || part[4] > 59 || part[5] > 59) {
        return false;
    }
    *out = time_of_date((int)part[0], (int)part[1], (int)part[2]) +
           (int64_t)part[3] * TIME_HOUR_US + (int64_t)part[4] * TIME_MINUTE_US +
           (int64_t)part[5] * TIME_SECOND_US;
    return true;
}

/* Cut "_XXXX" off the end. */
static bool cut_tail(struct str *s, struct str *out)
{
    size_t at = str_rchr(*s, '_');
    if (at == SIZE_MAX) {
        return false;
    }
    *out = str_from(*s, at + 1);
    *s = str_head(*s, at);
    return true;
}

static bool drop_end(struct str *s, struct str end)
{
    if (!str_ends(*s, end)) {
        return false;
    }
    *s = str_head(*s, s->len - end.len);
    return true;
}

static bool drop_start(struct str *s, struct str start)
{
    if (!str_starts(*s, start)) {
        return false;
    }
    *s = str_from(*s, start.len);
    return true;
}

/* `file` is what stands behind the account and the word for the kind. */
static struct name digest_name(struct str file)
{
    struct name n = {.kind = NAME_DIGEST};
    struct str rest = file;
    struct str time;
    n.backfill = drop_end(&rest, STR("_backfill"));
    if (!cut_tail(&rest, &time) || !compact_time(time, &n.time_us) || rest.len == 0) {
        return (struct name){0};
    }
    n.chain = rest;
    return n;
}

static struct name log_name(struct str file)
{
    struct name n = {.kind = NAME_LOG};
    struct str unique;
    struct str time;
    struct str rest = file;
    if (!cut_tail(&rest, &unique) || !cut_tail(&rest, &time) || !compact_time(time, &n.time_us)) {
        n.time_us = TIME_NONE;
    }
    return n;
}

struct name name_of(struct str key)
{
    struct str rest = key;
    struct str folder[4]; /* the last four: REGION/YYYY/MM/DD */
    struct str file;
    size_t slash = str_rchr(rest, '/');
    if (slash == SIZE_MAX) {
        return (struct name){0};
    }
    file = str_from(rest, slash + 1);
    rest = str_head(rest, slash);
    for (size_t i = 4; i-- > 0;) {
        slash = str_rchr(rest, '/');
        if (slash == SIZE_MAX) {
            return (struct name){0};
        }
        folder[i] = str_from(rest, slash + 1);
        rest = str_head(rest, slash);
    }
    bool digest = drop_end(&rest, STR("/CloudTrail-Digest"));
    if (!digest && !drop_end(&rest, STR("/CloudTrail"))) {
        return (struct name){0};
    }
    slash = str_rchr(rest, '/');
    struct str account = slash == SIZE_MAX ? rest : str_from(rest, slash + 1);
    bool usual = (drop_end(&file, STR(".json.gz")) || drop_end(&file, STR(".json"))) &&
                 drop_start(&file, account) &&
                 drop_start(&file, digest ? STR("_CloudTrail-Digest_") : STR("_CloudTrail_"));
    struct name n = {.kind = digest ? NAME_OTHER : NAME_LOG, .time_us = TIME_NONE};
    if (usual) {
        n = digest ? digest_name(file) : log_name(file);
    }
    n.account = account;
    n.region = folder[0];
    return n;
}
