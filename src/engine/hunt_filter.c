/*
 * Three folded bytes index a bitmap; where its bit is set, the needles that begin with them are
 * compared. Most places of a log end at the bitmap.
 */
#include "engine/hunt_filter.h"

#include <string.h>

#include "base/mem.h"
#include "base/vec.h"
#include "codec/base64.h"

enum { WINDOW = 3, BITS = 1 << 16 };

struct hunt_filter {
    struct arena texts;
    struct {
        VEC_OF(struct str);
    } needles;
    uint64_t set[BITS / 64];
    bool always; /* a value that cannot be looked for as bytes */
};

static unsigned slot_of(const char *p)
{
    unsigned a = (unsigned char)chr_lower(p[0]);
    unsigned b = (unsigned char)chr_lower(p[1]);
    unsigned c = (unsigned char)chr_lower(p[2]);
    return (a * 0x9e5U + b * 0x3b1U + c * 0x61U) & (BITS - 1);
}

static bool add(struct hunt_filter *f, struct str text)
{
    struct str own;
    if (text.len < WINDOW) {
        f->always = true;
        return true;
    }
    if (!arena_dup(&f->texts, text, &own) || !VEC_PUSH(&f->needles, own)) {
        return false;
    }
    unsigned slot = slot_of(own.ptr);
    f->set[slot / 64] |= (uint64_t)1 << (slot % 64);
    return true;
}

/* Characters that no format escapes. */
static bool is_plain(char c)
{
    return chr_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '@';
}

/* The longest part of a value that stands in a log as it is. */
static struct str plain_part(struct str value)
{
    struct str best = STR_EMPTY;
    size_t from = 0;
    for (size_t i = 0; i <= value.len; i++) {
        if (i == value.len || !is_plain(value.ptr[i])) {
            if (i - from > best.len) {
                best = str_make(value.ptr + from, i - from);
            }
            from = i + 1;
        }
    }
    return best;
}

static int hex_digit(char c)
{
    char l = chr_lower(c);
    return chr_is_digit(l) ? l - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* A hash stands in CloudTrail as base64. */
static bool add_hash(struct hunt_filter *f, struct str hex)
{
    CLEANUP(buf_free) struct buf bytes = {0};
    CLEANUP(buf_free) struct buf text = {0};
    for (size_t i = 0; i + 1 < hex.len; i += 2) {
        int high = hex_digit(hex.ptr[i]);
        int low = hex_digit(hex.ptr[i + 1]);
        if (high < 0 || low < 0) {
            return add(f, plain_part(hex));
        }
        buf_addc(&bytes, (char)(high * 16 + low));
    }
    base64_encode(buf_str(&bytes), &text);
    return !bytes.failed && !text.failed && add(f, plain_part(hex)) &&
           add(f, plain_part(buf_str(&text)));
}

/* Of a name that may differ in k letters, one of k + 1 parts is whole. */
static bool add_parts(struct hunt_filter *f, struct str name)
{
    size_t parts = name.len / 6 + 1;
    size_t len = name.len / parts;
    bool fine = true;
    for (size_t i = 0; fine && i < parts; i++) {
        fine = add(f, plain_part(str_make(name.ptr + i * len, len)));
    }
    return fine;
}

static bool add_mark(struct hunt_filter *f, const struct mark *m)
{
    size_t slash = str_rchr(m->value, '/');
    switch ((unsigned)m->kind) {
    case MARK_CODE_HASH:
        return add_hash(f, m->value);
    case MARK_FUNCTION:
        return add_parts(f, m->value);
    case MARK_ADDRESS: /* a v6 address has many spellings */
        return add(f, str_chr(m->value, ':') == SIZE_MAX ? m->value : STR_EMPTY);
    case MARK_ROLE:
    case MARK_TARGET_ROLE:
        return add(f, plain_part(slash == SIZE_MAX ? m->value : str_from(m->value, slash + 1)));
    default:
        return add(f, plain_part(m->value));
    }
}

struct hunt_filter *hunt_filter_new(const struct mark *marks, size_t count)
{
    struct hunt_filter *f = mem_alloc(1, sizeof(*f));
    /* Letters may be escaped by somebody who hides: such records are all looked into. */
    bool fine = f != NULL && add(f, STR("\\u00")) && add(f, STR("\\x5")) && add(f, STR("\\x4")) &&
                add(f, STR("\\x6")) && add(f, STR("\\x7")) && add(f, STR("\\x3"));
    for (size_t i = 0; fine && i < count; i++) {
        fine = add_mark(f, &marks[i]);
    }
    if (!fine) {
        hunt_filter_free(f);
        return NULL;
    }
    return f;
}

void hunt_filter_free(struct hunt_filter *f)
{
    if (f != NULL) {
        VEC_FREE(&f->needles);
        arena_free(&f->texts);
        mem_free(f);
    }
}

static bool begins(const struct hunt_filter *f, struct str rest)
{
    for (size_t i = 0; i < f->needles.len; i++) {
        if (str_istarts(rest, f->needles.at[i])) {
            return true;
        }
    }
    return false;
}

bool hunt_filter_may(const struct hunt_filter *f, struct str raw)
{
    if (f->always) {
        return true;
    }
    for (size_t i = 0; i + WINDOW <= raw.len; i++) {
        unsigned slot = slot_of(raw.ptr + i);
        if (UNLIKELY((f->set[slot / 64] >> (slot % 64) & 1U) != 0) && begins(f, str_from(raw, i))) {
            return true;
        }
    }
    return false;
}
