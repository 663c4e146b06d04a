#include "source/zeek/text.h"

#include <string.h>

#include "base/utf8.h"

static int hex_of(char c)
{
    char l = chr_lower(c);
    return chr_is_digit(c) ? c - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* The byte of the \xHH at `i`, or -1. */
static int escaped_byte(struct str s, size_t i)
{
    if (s.len - i < 4 || s.ptr[i + 1] != 'x') {
        return -1;
    }
    int high = hex_of(s.ptr[i + 2]);
    int low = hex_of(s.ptr[i + 3]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static struct str decode(struct str s, char *out, int most)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '\\') {
            out[n++] = s.ptr[i];
            continue;
        }
        int byte = escaped_byte(s, i);
        if (byte >= 0 && byte <= most) {
            out[n++] = (char)byte;
            i += 3;
        } else {
            out[n++] = '\\';
            i += i + 1 < s.len && s.ptr[i + 1] == '\\' ? 1 : 0;
        }
    }
    return (struct str){out, n};
}

struct str zeek_text(struct net *n, struct json_view v)
{
    struct str s = net_view_text(n, v);
    if (!n->r->json->table || s.len == 0 || memchr(s.ptr, '\\', s.len) == NULL) {
        return s;
    }
    char *room = ARENA_ARRAY(n->a, char, s.len);
    if (room == NULL) {
        n->full = true;
        return STR_EMPTY;
    }
    struct str all = decode(s, room, 0xff);
    return utf8_fault(all) == SIZE_MAX ? all : decode(s, room, 0x7f);
}
