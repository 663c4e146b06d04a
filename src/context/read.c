#include "context/read.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "codec/base64.h"

enum { SHOWN_MAX = 40 }; /* bytes of a cell that a message repeats */

enum err_code reader_nomem(const struct reader *r, struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory for %.*s", STR_ARG(r->path));
}

enum err_code reader_keep(struct reader *r, struct str s, struct str *out, struct err *err)
{
    s = str_trim(s);
    if (s.len == 0) {
        *out = STR_EMPTY;
        return ERR_OK;
    }
    return arena_dup(&r->c->arena, s, out) ? ERR_OK : reader_nomem(r, err);
}

enum err_code reader_origin(struct reader *r, struct str *out, struct err *err)
{
    bool done = r->line != 0
                    ? arena_printf(&r->c->arena, out, "%.*s:%" PRIu64, STR_ARG(r->path), r->line)
                    : arena_printf(&r->c->arena, out, "%.*s#%" PRIu64, STR_ARG(r->path), r->record);
    return done ? ERR_OK : reader_nomem(r, err);
}

enum err_code reader_add(struct reader *r, struct str_list *list, struct str s, struct err *err)
{
    struct str kept;
    enum err_code rc = reader_keep(r, s, &kept, err);
    if (rc != ERR_OK || kept.len == 0) {
        return rc;
    }
    return VEC_PUSH(list, kept) ? ERR_OK : reader_nomem(r, err);
}

bool cell_cut(struct str *cell, struct str *out)
{
    while (cell->len > 0) {
        size_t n = 0;
        while (n < cell->len && memchr(";,|\n", cell->ptr[n], 4) == NULL) {
            n++;
        }
        *out = str_trim(str_head(*cell, n));
        *cell = str_from(*cell, n + 1);
        if (out->len > 0) {
            return true;
        }
    }
    return false;
}

enum err_code reader_add_all(struct reader *r, struct str_list *list, struct str cell,
                             struct err *err)
{
    struct str piece;
    enum err_code rc = ERR_OK;
    while (rc == ERR_OK && cell_cut(&cell, &piece)) {
        rc = reader_add(r, list, piece, err);
    }
    return rc;
}

struct str path_base(struct str path)
{
    size_t slash = str_rchr(path, '/');
    return slash == SIZE_MAX ? path : str_from(path, slash + 1);
}

/* The user's zone for this file: by name, by kind, for all. */
static bool zone_of(const struct reader *r, int64_t *offset_us)
{
    const struct map *zones = &r->c->env.timezone;
    const struct str *zone = map_get(zones, path_base(r->path));
    if (zone == NULL) {
        zone = map_get(zones, str_of(context_kind_name(r->kind)));
    }
    if (zone == NULL) {
        zone = map_get(zones, STR("*"));
    }
    return zone != NULL && time_parse_offset(*zone, offset_us);
}

enum err_code reader_time(struct reader *r, const char *what, struct str cell, enum zone_rule rule,
                          int64_t *out, bool *bare_date, struct err *err)
{
    cell = str_trim(cell);
    int64_t us = TIME_NONE;
    bool zoned = true;
    if (cell.len > 0 && !time_parse_any(cell, &us, &zoned)) {
        return err_set(err, ERR_SYNTAX, "%s: '%.*s' is no time (write 2026-11-20 09:12)", what,
                       STR_ARG(str_head(cell, SHOWN_MAX)));
    }
    bool date = cell.len == 10;
    int64_t offset = 0;
    if (!zoned && rule != ZONE_UTC && !(rule == ZONE_DATES_UTC && date)) {
        if (!zone_of(r, &offset)) {
            return err_set(err, ERR_SCHEMA,
                           "%s: '%.*s' has no time zone; give it in --env: timezone: {%s: "
                           "\"+01:00\"} (or under the file's name)",
                           what, STR_ARG(str_head(cell, SHOWN_MAX)), context_kind_name(r->kind));
        }
        us -= offset;
    }
    if (bare_date != NULL) {
        *bare_date = date;
    }
    *out = us;
    return ERR_OK;
}

enum err_code reader_span(struct reader *r, const char *what, struct str cell, enum zone_rule rule,
                          struct span *out, struct err *err)
{
    struct str s = str_trim(cell);
    size_t at = str_chr(s, '/');
    size_t width = 1;
    if (at == SIZE_MAX) {
        at = str_find(s, STR(".."));
        width = 2;
    }
    if (at == SIZE_MAX) {
        return err_set(err, ERR_SYNTAX, "%s: '%.*s' is no span (write from/to)", what,
                       STR_ARG(str_head(s, SHOWN_MAX)));
    }
    struct span span;
    bool bare = false;
    enum err_code rc = reader_time(r, what, str_head(s, at), rule, &span.from_us, NULL, err);
    if (rc == ERR_OK) {
        rc = reader_time(r, what, str_from(s, at + width), rule, &span.to_us, &bare, err);
    }
    if (rc != ERR_OK) {
        return rc;
    }
    if (bare) {
        span.to_us += TIME_DAY_US;
    }
    if (span.from_us != TIME_NONE && span.to_us != TIME_NONE && span.to_us < span.from_us) {
        return err_set(err, ERR_SYNTAX, "%s: '%.*s' ends before it begins", what,
                       STR_ARG(str_head(s, SHOWN_MAX)));
    }
    *out = span;
    return ERR_OK;
}

enum err_code reader_bool(const char *what, struct str cell, bool *out, struct err *err)
{
    static const struct {
        struct str word;
        bool value;
    } words[] = {
        {STR_INIT("true"), true}, {STR_INIT("yes"), true}, {STR_INIT("y"), true},
        {STR_INIT("1"), true},    {STR_INIT("on"), true},  {STR_INIT("false"), false},
        {STR_INIT("no"), false},  {STR_INIT("n"), false},  {STR_INIT("0"), false},
        {STR_INIT("off"), false}, {STR_INIT(""), false},
    };
    cell = str_trim(cell);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_ieq(cell, words[i].word)) {
            *out = words[i].value;
            return ERR_OK;
        }
    }
    return err_set(err, ERR_SYNTAX, "%s: '%.*s' is neither yes nor no", what,
                   STR_ARG(str_head(cell, SHOWN_MAX)));
}

static bool is_hex(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = chr_lower(s.ptr[i]);
        if (!chr_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return s.len > 0;
}

bool hash_normalise(struct str text, char out[64])
{
    static const char digits[] = "0123456789abcdef";
    struct str s = str_trim(text);
    size_t at = str_ifind(s, STR("sha256:"));
    if (at != SIZE_MAX) {
        s = str_from(s, at + 7);
    }
    if (s.len == 64 && is_hex(s)) {
        for (size_t i = 0; i < 64; i++) {
            out[i] = chr_lower(s.ptr[i]);
        }
        return true;
    }
    CLEANUP(buf_free) struct buf bytes = {0};
    buf_init(&bytes, 64);
    if (s.len != 44 || !base64_decode(s, &bytes) || bytes.len != 32) {
        return false;
    }
    for (size_t i = 0; i < 32; i++) {
        unsigned char b = (unsigned char)bytes.ptr[i];
        out[2 * i] = digits[b >> 4];
        out[2 * i + 1] = digits[b & 15];
    }
    return true;
}

enum err_code reader_hash(struct reader *r, const char *what, struct str cell, struct str *out,
                          struct err *err)
{
    char hex[64];
    cell = str_trim(cell);
    if (cell.len == 0) {
        *out = STR_EMPTY;
        return ERR_OK;
    }
    if (!hash_normalise(cell, hex)) {
        return err_set(err, ERR_SYNTAX, "%s: '%.*s' is no SHA-256 in hex or base64", what,
                       STR_ARG(str_head(cell, SHOWN_MAX)));
    }
    return reader_keep(r, str_make(hex, sizeof(hex)), out, err);
}

enum err_code reader_row(struct reader *r, enum err_code rc, const struct err *row_err,
                         struct err *err)
{
    if (rc == ERR_OK) {
        return ERR_OK;
    }
    if (rc != ERR_SYNTAX) {
        if (r->line != 0) {
            return err_set(err, rc, "%.*s:%" PRIu64 ": %s", STR_ARG(r->path), r->line,
                           row_err->msg);
        }
        return err_set(err, rc, "%.*s: %s", STR_ARG(r->path), row_err->msg);
    }
    struct context *c = r->c;
    c->partial[r->kind] = true;
    c->skips++;
    if (c->skipped.len >= CONTEXT_SKIPS_MAX) {
        return ERR_OK;
    }
    struct context_skip skip = {.line = r->line};
    enum err_code kept = reader_keep(r, r->path, &skip.path, err);
    if (kept != ERR_OK) {
        return kept;
    }
    bool done = r->line != 0 ? arena_printf(&c->arena, &skip.reason, "%s", row_err->msg)
                             : arena_printf(&c->arena, &skip.reason, "record %" PRIu64 ": %s",
                                            r->record, row_err->msg);
    return done && VEC_PUSH(&c->skipped, skip) ? ERR_OK : reader_nomem(r, err);
}

enum err_code reader_note(struct reader *r, struct err *err, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct str note;
    if (!arena_printf(&r->c->arena, &note, "%.*s: %s", STR_ARG(r->path), text) ||
        !VEC_PUSH(&r->c->notes, note)) {
        return reader_nomem(r, err);
    }
    return ERR_OK;
}

enum err_code reader_no_format(const struct reader *r, const char *tried, struct err *err)
{
    return err_set(err, ERR_SCHEMA, "%.*s is no file of %s in a known format; tried: %s",
                   STR_ARG(r->path), context_kind_name(r->kind), tried);
}

void reader_newest(struct reader *r, int64_t time_us)
{
    if (time_us > r->c->newest_us[r->kind]) {
        r->c->newest_us[r->kind] = time_us;
    }
}
