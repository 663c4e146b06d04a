#include "report/layout.h"

#include "base/utf8.h"

void layout_pad(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_addc(out, ' ');
    }
}

/* Length of the colour sequence at the front of `s`, or 0. */
static size_t sequence(struct str s)
{
    if (s.len < 3 || s.ptr[0] != '\x1b' || s.ptr[1] != '[') {
        return 0;
    }
    size_t end = str_chr(s, 'm');
    return end == SIZE_MAX ? 0 : end + 1;
}

size_t layout_width(struct str text)
{
    size_t width = 0;
    while (text.len > 0) {
        size_t n = sequence(text);
        if (n == 0) {
            struct str rest = str_from(text, 1);
            size_t esc = str_chr(rest, '\x1b');
            n = esc == SIZE_MAX ? text.len : esc + 1;
            width += utf8_width(str_head(text, n));
        }
        text = str_from(text, n);
    }
    return width;
}

void layout_wrap(struct buf *out, struct str text, size_t width, size_t at, size_t indent)
{
    size_t column = at;
    bool begun = false;
    struct str word;
    while (str_cut(&text, ' ', &word)) {
        if (word.len == 0) {
            continue;
        }
        size_t w = layout_width(word);
        if (begun && column + 1 + w > width && column > indent) {
            buf_addc(out, '\n');
            layout_pad(out, indent);
            column = indent;
        } else if (begun) {
            buf_addc(out, ' ');
            column++;
        }
        buf_add(out, word);
        column += w;
        begun = true;
    }
}
