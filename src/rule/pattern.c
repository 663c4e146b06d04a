#include "rule/pattern.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "codec/base64.h"

bool pattern_read(struct str value, struct arena *a, struct pattern_draft *out)
{
    char *text = ARENA_ARRAY(a, char, value.len + 1);
    uint8_t *mark = ARENA_ARRAY(a, uint8_t, value.len + 1);
    if (text == NULL || mark == NULL) {
        return false;
    }
    size_t n = 0;
    bool wild = false;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        char next = i + 1 < value.len ? value.ptr[i + 1] : '\0';
        if (c == '\\' && (next == '*' || next == '?' || next == '\\')) {
            c = next;
            i++;
        } else if (c == '*' || c == '?') {
            mark[n] = c == '*' ? MARK_MANY : MARK_ONE;
            wild = true;
        }
        text[n++] = c;
    }
    *out = (struct pattern_draft){{text, n}, wild ? mark : NULL};
    return true;
}

bool pattern_open(struct pattern_draft *d, bool front, bool behind, struct arena *a)
{
    size_t len = d->text.len + (front ? 1 : 0) + (behind ? 1 : 0);
    char *text = ARENA_ARRAY(a, char, len + 1);
    uint8_t *mark = ARENA_ARRAY(a, uint8_t, len + 1);
    if (text == NULL || mark == NULL) {
        return false;
    }
    size_t at = front ? 1 : 0;
    if (d->text.len != 0) {
        memcpy(text + at, d->text.ptr, d->text.len);
        if (d->mark != NULL) {
            memcpy(mark + at, d->mark, d->text.len);
        }
    }
    if (front) {
        text[0] = '*';
        mark[0] = MARK_MANY;
    }
    if (behind) {
        text[len - 1] = '*';
        mark[len - 1] = MARK_MANY;
    }
    *d = (struct pattern_draft){{text, len}, mark};
    return true;
}

bool pattern_is_text(const struct pattern_draft *d)
{
    return d->mark == NULL;
}

static bool take(struct buf *b, struct arena *a, struct pattern_draft *d)
{
    struct str copy = STR_EMPTY;
    bool ok = !b->failed && arena_dup(a, buf_str(b), &copy);
    buf_free(b);
    if (ok) {
        *d = (struct pattern_draft){copy, NULL};
    }
    return ok;
}

bool pattern_base64(struct pattern_draft *d, struct arena *a)
{
    struct buf b;
    buf_init(&b, 0);
    base64_encode(d->text, &b);
    return take(&b, a, d);
}

bool pattern_base64_shift(struct pattern_draft *d, unsigned shift, struct arena *a)
{
    /* A text that begins `shift` bytes into a group of three shares its first output characters
     * with what stands before it, and its last ones with what follows: both are cut off. */
    static const size_t cut_front[3] = {0, 2, 3};
    assert(shift < 3);
    static const size_t cut_behind[3] = {0, 3, 2};
    struct buf plain;
    struct buf coded;
    buf_init(&plain, 0);
    buf_init(&coded, 0);
    for (unsigned i = 0; i < shift; i++) {
        buf_addc(&plain, ' ');
    }
    buf_add(&plain, d->text);
    base64_encode(buf_str(&plain), &coded);
    bool failed = plain.failed || coded.failed;
    size_t behind = cut_behind[plain.len % 3];
    if (!failed) {
        coded.len = coded.len > cut_front[shift] + behind ? coded.len - behind : cut_front[shift];
    }
    struct buf part;
    buf_init(&part, 0);
    part.failed = failed;
    buf_add(&part, str_from(buf_str(&coded), cut_front[shift]));
    buf_free(&plain);
    buf_free(&coded);
    return take(&part, a, d);
}

static void add_unit(struct buf *b, uint32_t unit, bool big_endian)
{
    char high = (char)(unit >> 8 & 0xFF);
    char low = (char)(unit & 0xFF);
    buf_addc(b, big_endian ? high : low);
    buf_addc(b, big_endian ? low : high);
}

bool pattern_utf16(struct pattern_draft *d, bool big_endian, bool mark, struct arena *a)
{
    struct buf b;
    buf_init(&b, 0);
    if (mark) {
        add_unit(&b, 0xFEFF, big_endian);
    }
    struct str rest = d->text;
    uint32_t code;
    while (utf8_next(&rest, &code)) {
        if (code >= 0x10000) {
            add_unit(&b, 0xD800 + ((code - 0x10000) >> 10), big_endian);
            add_unit(&b, 0xDC00 + ((code - 0x10000) & 0x3FF), big_endian);
        } else {
            add_unit(&b, code, big_endian);
        }
    }
    return take(&b, a, d);
}

static const struct str dashes[PATTERN_DASHES] = {
    STR_INIT("-"), STR_INIT("/"), STR_INIT("\xE2\x80\x93"), STR_INIT("\xE2\x80\x94"),
    STR_INIT("\xE2\x80\x95")};

static bool is_word(char c)
{
    return chr_is_digit(c) || (chr_lower(c) >= 'a' && chr_lower(c) <= 'z') || c == '_';
}

/* Length of the dash at `at` that begins a word and does not end one, else 0. */
static size_t dash_at(const struct pattern_draft *d, size_t at)
{
    if (at > 0 && is_word(d->text.ptr[at - 1])) {
        return 0;
    }
    struct str rest = str_from(d->text, at);
    for (size_t i = 0; i < PATTERN_DASHES; i++) {
        if (str_starts(rest, dashes[i])) {
            size_t len = dashes[i].len;
            return rest.len > len && is_word(rest.ptr[len]) ? len : 0;
        }
    }
    return 0;
}

size_t pattern_dashes(const struct pattern_draft *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->text.len; i++) {
        n += dash_at(d, i) != 0 ? 1 : 0;
    }
    return n;
}

bool pattern_dash(const struct pattern_draft *d, unsigned choice, struct arena *a,
                  struct pattern_draft *out)
{
    size_t most = d->text.len + 2 * pattern_dashes(d) + 1;
    char *text = ARENA_ARRAY(a, char, most);
    uint8_t *mark = ARENA_ARRAY(a, uint8_t, most);
    if (text == NULL || mark == NULL) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < d->text.len;) {
        size_t len = dash_at(d, i);
        if (len == 0) {
            mark[n] = d->mark == NULL ? MARK_TEXT : d->mark[i];
            text[n++] = d->text.ptr[i++];
            continue;
        }
        struct str dash = dashes[choice % PATTERN_DASHES];
        choice /= PATTERN_DASHES;
        memcpy(text + n, dash.ptr, dash.len);
        n += dash.len;
        i += len;
    }
    *out = (struct pattern_draft){{text, n}, d->mark == NULL ? NULL : mark};
    return true;
}

struct pattern pattern_of(const struct pattern_draft *d)
{
    struct pattern p = {.kind = PATTERN_EQUAL, .text = d->text};
    if (d->mark == NULL) {
        return p;
    }
    size_t from = 0;
    size_t to = d->text.len;
    while (from < to && d->mark[from] == MARK_MANY) {
        from++;
    }
    while (to > from && d->mark[to - 1] == MARK_MANY) {
        to--;
    }
    if (from == to) {
        p.kind = d->text.len == 0 ? PATTERN_EQUAL : PATTERN_ANYTHING;
        return p;
    }
    for (size_t i = from; i < to; i++) {
        if (d->mark[i] != MARK_TEXT) {
            p.kind = PATTERN_GLOB;
            p.mark = d->mark;
            return p;
        }
    }
    p.text = str_make(d->text.ptr + from, to - from);
    bool front = from > 0;
    bool behind = to < d->text.len;
    if (front) {
        p.kind = behind ? PATTERN_CONTAINS : PATTERN_ENDS;
    } else {
        p.kind = behind ? PATTERN_STARTS : PATTERN_EQUAL;
    }
    return p;
}

static size_t code_point_len(struct str s, size_t at)
{
    size_t n = 1;
    while (at + n < s.len && n < 4 && ((unsigned char)s.ptr[at + n] & 0xC0) == 0x80) {
        n++;
    }
    return n;
}

/* Wildcards by remembering the last `*` only: what an earlier `*` took never has to be tried
 * again, so the work is at most text times pattern. */
static bool glob(const struct pattern *p, struct str text, bool cased)
{
    size_t at = 0;
    size_t i = 0;
    size_t star = SIZE_MAX;
    size_t star_at = 0;
    while (at < text.len) {
        if (i < p->text.len && p->mark[i] == MARK_MANY) {
            star = i++;
            star_at = at;
            continue;
        }
        if (i < p->text.len && p->mark[i] == MARK_ONE) {
            at += code_point_len(text, at);
            i++;
            continue;
        }
        if (i < p->text.len && (cased ? text.ptr[at] == p->text.ptr[i]
                                      : chr_lower(text.ptr[at]) == chr_lower(p->text.ptr[i]))) {
            at++;
            i++;
            continue;
        }
        if (star == SIZE_MAX) {
            return false;
        }
        i = star + 1;
        star_at += code_point_len(text, star_at);
        at = star_at;
    }
    while (i < p->text.len && p->mark[i] == MARK_MANY) {
        i++;
    }
    return i == p->text.len;
}

bool pattern_matches(const struct pattern *p, struct str text, bool cased)
{
    switch (p->kind) {
    case PATTERN_EQUAL:
        return cased ? str_eq(text, p->text) : str_ieq(text, p->text);
    case PATTERN_STARTS:
        return cased ? str_starts(text, p->text) : str_istarts(text, p->text);
    case PATTERN_ENDS:
        return cased ? str_ends(text, p->text) : str_iends(text, p->text);
    case PATTERN_CONTAINS:
        return (cased ? str_find(text, p->text) : str_ifind(text, p->text)) != SIZE_MAX;
    case PATTERN_ANYTHING:
        return true;
    case PATTERN_GLOB:
        return glob(p, text, cased);
    }
    return false;
}
