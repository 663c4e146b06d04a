#include "codec/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

struct json_writer json_writer_of(struct buf *out, unsigned indent)
{
    return (struct json_writer){.out = out, .indent = indent};
}

static uint64_t level_bit(const struct json_writer *w)
{
    return w->depth == 0 ? 0 : (uint64_t)1 << (w->depth - 1);
}

static void new_line(struct json_writer *w)
{
    if (w->indent == 0) {
        return;
    }
    buf_addc(w->out, '\n');
    for (unsigned i = 0; i < w->depth * w->indent; i++) {
        buf_addc(w->out, ' ');
    }
}

/* What stands between the last thing written and the next member or element. */
static void separate(struct json_writer *w)
{
    uint64_t bit = level_bit(w);
    if (bit == 0) {
        return;
    }
    if ((w->filled & bit) != 0) {
        buf_addc(w->out, ',');
    }
    w->filled |= bit;
    new_line(w);
}

static void before_value(struct json_writer *w)
{
    if (w->keyed) {
        w->keyed = false;
        return;
    }
    assert((w->objects & level_bit(w)) == 0); /* a member needs its key first */
    separate(w);
}

static void begin(struct json_writer *w, bool object)
{
    before_value(w);
    assert(w->depth < JSON_WRITER_DEPTH_MAX);
    w->depth++;
    uint64_t bit = level_bit(w);
    w->objects = object ? w->objects | bit : w->objects & ~bit;
    w->filled &= ~bit;
    buf_addc(w->out, object ? '{' : '[');
}

static void end(struct json_writer *w, bool object)
{
    uint64_t bit = level_bit(w);
    assert(bit != 0 && !w->keyed && ((w->objects & bit) != 0) == object);
    bool filled = (w->filled & bit) != 0;
    w->depth--;
    if (filled) {
        new_line(w);
    }
    buf_addc(w->out, object ? '}' : ']');
}

void json_object_begin(struct json_writer *w)
{
    begin(w, true);
}

void json_object_end(struct json_writer *w)
{
    end(w, true);
}

void json_array_begin(struct json_writer *w)
{
    begin(w, false);
}

void json_array_end(struct json_writer *w)
{
    end(w, false);
}

static void add_control(struct buf *out, unsigned char c)
{
    static const char names[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    if (c < sizeof(names) && names[c] != 0) {
        buf_add(out, (struct str){(char[]){'\\', names[c]}, 2});
    } else {
        buf_printf(out, "\\u%04x", (unsigned)c);
    }
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void json_add_escaped(struct buf *out, struct str s)
{
    while (s.len > 0) {
        size_t run = 0;
        while (run < s.len && is_plain((unsigned char)s.ptr[run])) {
            run++;
        }
        buf_add(out, str_head(s, run));
        s = str_from(s, run);
        if (s.len == 0) {
            return;
        }
        unsigned char c = (unsigned char)s.ptr[0];
        if (c >= 0x80) {
            uint32_t code;
            if (utf8_next(&s, &code) && utf8_is_unsafe(code)) {
                buf_printf(out, "\\u%04x", (unsigned)code);
            } else {
                utf8_add(out, code);
            }
            continue;
        }
        if (c < 0x20 || c == 0x7f) {
            add_control(out, c);
        } else {
            buf_add(out, (struct str){(char[]){'\\', (char)c}, 2});
        }
        s = str_from(s, 1);
    }
}

static void add_quoted(struct buf *out, struct str s)
{
    buf_addc(out, '"');
    json_add_escaped(out, s);
    buf_addc(out, '"');
}

void json_key(struct json_writer *w, struct str key)
{
    assert((w->objects & level_bit(w)) != 0 && !w->keyed);
    separate(w);
    add_quoted(w->out, key);
    buf_add(w->out, w->indent == 0 ? STR(":") : STR(": "));
    w->keyed = true;
}

void json_str(struct json_writer *w, struct str s)
{
    before_value(w);
    add_quoted(w->out, s);
}

static void add_number(struct json_writer *w, uint64_t v, bool minus)
{
    char text[24];
    size_t at = sizeof(text);
    do {
        text[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v != 0);
    if (minus) {
        text[--at] = '-';
    }
    before_value(w);
    buf_add(w->out, str_make(text + at, sizeof(text) - at));
}

void json_u64(struct json_writer *w, uint64_t v)
{
    add_number(w, v, false);
}

void json_i64(struct json_writer *w, int64_t v)
{
    add_number(w, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, v < 0);
}

void json_f64(struct json_writer *w, double v)
{
    if (!isfinite(v)) {
        json_nil(w);
        return;
    }
    before_value(w);
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof(text), "%.*g", digits, v);
        double back = strtod(text, NULL);
        if (memcmp(&back, &v, sizeof(v)) == 0) {
            break;
        }
    }
    buf_add_cstr(w->out, text);
}

void json_bool(struct json_writer *w, bool v)
{
    before_value(w);
    buf_add(w->out, v ? STR("true") : STR("false"));
}

void json_nil(struct json_writer *w)
{
    before_value(w);
    buf_add(w->out, STR("null"));
}

void json_raw(struct json_writer *w, struct str json)
{
    before_value(w);
    buf_add(w->out, json);
}
