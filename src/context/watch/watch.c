/* The watch list: what is judged more sharply, until when. */
#include "context/table.h"

enum { ENTITY, UNTIL, KIND, FROM, WHY, WHO, COLUMNS };

static const struct column columns[COLUMNS] = {
    [ENTITY] = {"entity", "what|name|value", true, false},
    [UNTIL] = {"until", "expires|expires_at|valid_until", true, false},
    [KIND] = {"kind", "type", false, false},
    [FROM] = {"from", "since|added", false, false},
    [WHY] = {"why", "reason|text|comment", false, false},
    [WHO] = {"who", "added_by|owner", false, false},
};

static enum err_code read_kind(struct str cell, enum watch_kind *out, struct err *err)
{
    for (unsigned k = 0; k < WATCH_KIND_MAX_; k++) {
        if (str_ieq(cell, str_of(watch_kind_name((enum watch_kind)k)))) {
            *out = (enum watch_kind)k;
            return ERR_OK;
        }
    }
    if (cell.len == 0) {
        *out = WATCH_ANY;
        return ERR_OK;
    }
    return err_set(err, ERR_SYNTAX, "kind: '%.*s' is not any, function, actor, role or address",
                   STR_ARG(str_head(cell, 40)));
}

static enum err_code read_row(struct reader *r, const struct row *row, struct err *err)
{
    struct watched w = {.from_us = TIME_NONE, .until_us = TIME_NONE};
    bool is_date = false;
    enum err_code rc = read_kind(str_trim(row->cell[KIND]), &w.kind, err);
    rc = rc ? rc
            : reader_time(r, "until", row->cell[UNTIL], ZONE_DATES_UTC, &w.until_us, &is_date, err);
    rc = rc ? rc : reader_time(r, "from", row->cell[FROM], ZONE_DATES_UTC, &w.from_us, NULL, err);
    rc = rc ? rc : reader_keep(r, row->cell[ENTITY], &w.entity, err);
    rc = rc ? rc : reader_keep(r, row->cell[WHY], &w.why, err);
    rc = rc ? rc : reader_keep(r, row->cell[WHO], &w.who, err);
    if (rc == ERR_OK && (w.entity.len == 0 || w.until_us == TIME_NONE)) {
        rc =
            err_set(err, ERR_SYNTAX, "entity and until must be given: nothing is watched for ever");
    }
    w.until_us += rc == ERR_OK && is_date ? TIME_DAY_US : 0; /* that day still counts */
    w.is_range = rc == ERR_OK && ip_prefix_parse(w.entity, &w.prefix);
    rc = rc ? rc : reader_origin(r, &w.origin, err);
    if (rc == ERR_OK && !VEC_PUSH(&r->c->watched, w)) {
        rc = reader_nomem(r, err);
    }
    return rc;
}

static enum err_code read_watched(struct context *c, struct str path, struct str text,
                                  struct err *err)
{
    static const struct table table = {columns, COLUMNS, read_row};
    struct reader r = {.c = c, .kind = CONTEXT_WATCH, .path = path};
    return table_read_csv(&r, &table, text, err);
}

extern const struct context_ops context_watch;
const struct context_ops context_watch = {
    .kind = CONTEXT_WATCH,
    .summary = "watched entities: CSV with a header line",
    .columns = columns,
    .column_count = COLUMNS,
    .read = read_watched,
};
