#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/utf8.h"
#include "intake/table.h"

static const char REASON_FEW[] = "fewer fields than the header of its table has columns";
static const char REASON_MANY[] = "more fields than the header of its table has columns";
static const char REASON_QUOTE[] = "a quote that is not closed";
static const char REASON_UTF8[] = "not UTF-8";
static const char REASON_ROOM[] = "a field too large to be looked into";

/* ---- where the fields are ---- */

/* Bits of the bytes in p[0..63] that are `sep`; *high: some byte is not ASCII. */
#ifdef __SSE2__
static inline uint64_t find_64(const char *p, char sep, uint64_t *high)
{
    __m128i want = _mm_set1_epi8(sep);
    uint64_t found = 0;
    *high = 0;
    for (unsigned i = 0; i < 4; i++) {
        __m128i x;
        memcpy(&x, p + (size_t)i * 16, sizeof(x));
        found |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, want)) << (i * 16);
        *high |= (uint64_t)(uint32_t)_mm_movemask_epi8(x) << (i * 16);
    }
    return found;
}
#else
static inline uint64_t find_64(const char *p, char sep, uint64_t *high)
{
    uint64_t found = 0;
    *high = 0;
    for (unsigned i = 0; i < 64; i++) {
        found |= (uint64_t)(p[i] == sep) << i;
        *high |= (uint64_t)((unsigned char)p[i] >> 7) << i;
    }
    return found;
}
#endif

/* The fields of a line without quotes: field i is [start[i], start[i + 1] - 1). Their number; more
 * than `most` are not looked for. *high: some byte is not ASCII. JSON_PADDING bytes behind the line
 * can be read. */
static size_t split_plain(struct str line, char sep, uint32_t *start, size_t most, bool *high)
{
    size_t count = 1;
    uint64_t any = 0;
    start[0] = 0;
    for (size_t i = 0; i < line.len; i += 64) {
        uint64_t above;
        uint64_t found = find_64(line.ptr + i, sep, &above);
        size_t left = line.len - i;
        uint64_t mask = left < 64 ? ((uint64_t)1 << left) - 1 : UINT64_MAX;
        found &= mask;
        any |= above & mask;
        while (found != 0) {
            if (count == most) {
                return count + 1;
            }
            start[count++] = (uint32_t)(i + (unsigned)__builtin_ctzll(found) + 1);
            found &= found - 1;
        }
    }
    *high = any != 0;
    return count;
}

/* The closing quote of a quoted field whose text begins at `i`, or SIZE_MAX. */
static size_t closing_quote(struct str line, size_t i, char sep, enum table_quotes quotes,
                            bool *doubled)
{
    while (i < line.len) {
        const char *q = memchr(line.ptr + i, '"', line.len - i);
        if (q == NULL) {
            return SIZE_MAX;
        }
        i = (size_t)(q - line.ptr);
        if (i + 1 == line.len || line.ptr[i + 1] == sep) {
            return i;
        }
        if (quotes == QUOTES_CSV && line.ptr[i + 1] == '"') {
            *doubled = true;
            i++;
        } else if (quotes == QUOTES_CSV) {
            return SIZE_MAX;
        }
        i++;
    }
    return SIZE_MAX;
}

struct field {
    struct str text;
    bool quoted;
    bool doubled; /* holds doubled quotes */
};

/* The field at *at, which is moved behind its separator; past the end after the last. */
static bool next_field(struct str line, char sep, enum table_quotes quotes, size_t *at,
                       struct field *out)
{
    *out = (struct field){0};
    size_t from = *at;
    if (from < line.len && line.ptr[from] == '"') {
        size_t end = closing_quote(line, from + 1, sep, quotes, &out->doubled);
        if (end == SIZE_MAX) {
            return false;
        }
        out->text = (struct str){line.ptr + from + 1, end - from - 1};
        out->quoted = true;
        *at = end + 2;
        return true;
    }
    const char *next = from < line.len ? memchr(line.ptr + from, sep, line.len - from) : NULL;
    size_t end = next == NULL ? line.len : (size_t)(next - line.ptr);
    out->text = str_head(str_from(line, from), end - from);
    *at = end + 1;
    return true;
}

/* ---- one field ---- */

static size_t digits(const char *p, size_t len, size_t i)
{
    while (i < len && chr_is_digit(p[i])) {
        i++;
    }
    return i;
}

/* Is this a number as JSON has it? */
static bool is_number(const char *p, size_t len)
{
    size_t from = len > 0 && p[0] == '-' ? 1 : 0;
    size_t i = digits(p, len, from);
    if (i == from || (p[from] == '0' && i > from + 1)) {
        return false;
    }
    if (i < len && p[i] == '.') {
        from = i + 1;
        i = digits(p, len, from);
        if (i == from) {
            return false;
        }
    }
    if (i < len && (p[i] == 'e' || p[i] == 'E')) {
        from = i + 1;
        from += from < len && (p[from] == '-' || p[from] == '+') ? 1 : 0;
        i = digits(p, len, from);
        if (i == from) {
            return false;
        }
    }
    return i == len;
}

static bool is_text(struct str s, const char *p, size_t len)
{
    return len == s.len && len > 0 && p[0] == s.ptr[0] && memcmp(p, s.ptr, len) == 0;
}

static void add_element(char *out, size_t *at, struct str e, bool number)
{
    static const char hex[] = "0123456789abcdef";
    if (number && is_number(e.ptr, e.len)) {
        memcpy(out + *at, e.ptr, e.len);
        *at += e.len;
        return;
    }
    out[(*at)++] = '"';
    for (size_t i = 0; i < e.len; i++) {
        unsigned char c = (unsigned char)e.ptr[i];
        if (c == '"' || c == '\\') {
            out[(*at)++] = '\\';
            out[(*at)++] = (char)c;
        } else if (c < 0x20) {
            memcpy(out + *at, "\\u00", 4);
            out[*at + 4] = hex[c >> 4];
            out[*at + 5] = hex[c & 15];
            *at += 6;
        } else {
            out[(*at)++] = (char)c;
        }
    }
    out[(*at)++] = '"';
}

/* A set or vector, "a,b", as the JSON array that it is elsewhere. */
static bool list_view(const struct table *t, bool numbers, struct str text, struct arena *a,
                      struct json_view *out)
{
    /* An element of n bytes needs 6 n + 3, and one is n + 1 at least with what ends it. */
    char *room = ARENA_ARRAY(a, char, text.len * 6 + 16);
    if (room == NULL || text.len > UINT32_MAX / 8) {
        return false;
    }
    size_t at = 0;
    room[at++] = '[';
    struct str rest = text;
    for (bool more = text.len > 0; more;) {
        size_t cut = str_find(rest, t->set_sep);
        struct str e = cut == SIZE_MAX ? rest : str_head(rest, cut);
        if (at > 1) {
            room[at++] = ',';
        }
        if (is_text(t->unset, e.ptr, e.len)) {
            memcpy(room + at, "null", 4);
            at += 4;
        } else {
            add_element(room, &at, is_text(t->empty, e.ptr, e.len) ? STR_EMPTY : e, numbers);
        }
        more = cut != SIZE_MAX;
        rest = more ? str_from(rest, cut + t->set_sep.len) : STR_EMPTY;
    }
    room[at++] = ']';
    *out = (struct json_view){.ptr = room, .len = (uint32_t)at, .kind = JSON_ARRAY};
    return true;
}

static inline void set(struct json_record *out, int slot, struct json_view v)
{
    out->view[slot] = v;
    out->have[(unsigned)slot / 64] |= (uint64_t)1 << ((unsigned)slot % 64);
}

/* Field [p, p + len) of a column. False when there is no room for it. */
static inline bool put(const struct table *t, const struct table_column *c, const char *p,
                       size_t len, struct arena *a, struct json_record *out)
{
    if (is_text(t->unset, p, len) || json_has(out, (unsigned)c->slot)) {
        return true; /* not told; or the first column of two with one name counts */
    }
    struct json_view v = {.ptr = p, .len = (uint32_t)len, .kind = JSON_STRING};
    if (t->zeek && is_text(t->empty, p, len)) {
        v.len = 0;
        len = 0;
    }
    switch (c->type) {
    case COLUMN_NUMBER:
        v.kind = is_number(p, len) ? JSON_NUMBER : JSON_STRING;
        break;
    case COLUMN_BOOL:
        if (len == 1 && p[0] == 'T') {
            v = (struct json_view){.ptr = "true", .len = 4, .kind = JSON_TRUE};
        } else if (len == 1 && p[0] == 'F') {
            v = (struct json_view){.ptr = "false", .len = 5, .kind = JSON_FALSE};
        }
        break;
    case COLUMN_TEXTS:
    case COLUMN_NUMBERS:
        if (!list_view(t, c->type == COLUMN_NUMBERS, (struct str){p, len}, a, &v)) {
            return false;
        }
        break;
    default:
        break;
    }
    set(out, c->slot, v);
    return true;
}

static bool put_field(const struct table *t, const struct table_column *c, const struct field *f,
                      struct arena *a, struct json_record *out)
{
    if (!f->quoted) {
        return put(t, c, f->text.ptr, f->text.len, a, out);
    }
    struct str text = f->text;
    if (f->doubled) {
        char *copy = ARENA_ARRAY(a, char, text.len);
        if (copy == NULL) {
            return false;
        }
        size_t n = 0;
        for (size_t i = 0; i < text.len; i++) {
            copy[n++] = text.ptr[i];
            i += text.ptr[i] == '"' ? 1 : 0; /* the other one */
        }
        text = (struct str){copy, n};
    }
    return put(t, c, text.ptr, text.len, a, out);
}

/* ---- one line ---- */

void table_record_begin(struct str line, struct json_record *out)
{
    memset(out->have, 0, sizeof(out->have));
    out->start = line.ptr;
    out->len = line.len;
    out->shallow = false;
    out->table = true;
    out->duplicate = false;
    out->duplicate_key = STR_EMPTY;
}

static const char *plain_record(struct table *t, struct str line, struct arena *a,
                                struct json_record *out)
{
    uint32_t *start = t->start;
    bool high = false;
    size_t count = split_plain(line, t->sep, start, t->count, &high);
    if (count != t->count) {
        return count < t->count ? REASON_FEW : REASON_MANY;
    }
    if (high && utf8_fault(line) != SIZE_MAX) {
        return REASON_UTF8;
    }
    start[count] = (uint32_t)line.len + 1;
    for (size_t i = 0; i < t->wanted; i++) {
        const struct table_column *c = &t->column[i];
        uint32_t from = start[c->index];
        if (!put(t, c, line.ptr + from, start[c->index + 1] - 1 - from, a, out)) {
            return REASON_ROOM;
        }
    }
    return NULL;
}

static const char *quoted_record(const struct table *t, struct str line, struct arena *a,
                                 struct json_record *out)
{
    size_t at = 0;
    size_t column = 0;
    size_t wanted = 0;
    for (; at <= line.len; column++) {
        struct field f;
        if (column == t->count) {
            if (t->grows) {
                break;
            }
            return REASON_MANY;
        }
        if (!next_field(line, t->sep, t->quotes, &at, &f)) {
            return REASON_QUOTE;
        }
        if (wanted < t->wanted && t->column[wanted].index == column &&
            !put_field(t, &t->column[wanted++], &f, a, out)) {
            return REASON_ROOM;
        }
    }
    if (column < t->count && !t->grows) {
        return REASON_FEW;
    }
    return utf8_fault(line) == SIZE_MAX ? NULL : REASON_UTF8;
}

const char *table_record(struct table *t, struct str line, struct arena *a, struct json_record *out)
{
    if (UNLIKELY(t->undecided)) {
        t->sep = str_chr(line, '\t') == SIZE_MAX ? ' ' : '\t';
        t->quotes = t->sep == '\t' ? QUOTES_NONE : QUOTES_SPACED;
        t->undecided = false;
    }
    table_record_begin(line, out);
    if (t->path.len > 0 && t->path_slot >= 0) {
        set(out, t->path_slot,
            (struct json_view){
                .ptr = t->path.ptr, .len = (uint32_t)t->path.len, .kind = JSON_STRING});
    }
    return t->quotes == QUOTES_NONE ? plain_record(t, line, a, out)
                                    : quoted_record(t, line, a, out);
}
