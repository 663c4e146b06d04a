#include "base/utf8.h"
#include "report/html/html_priv.h"
#include "report/mask.h"
#include "report/show.h"

void html_add(struct html *h, const char *markup)
{
    buf_add_cstr(h->out, markup);
}

static void escape(struct buf *out, struct str s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *as = NULL;
        switch (s.ptr[i]) {
        case '&':
            as = "&amp;";
            break;
        case '<':
            as = "&lt;";
            break;
        case '>':
            as = "&gt;";
            break;
        case '"':
            as = "&quot;";
            break;
        case '\'':
            as = "&#39;";
            break;
        default:
            continue;
        }
        buf_add(out, (struct str){s.ptr + from, i - from});
        buf_add_cstr(out, as);
        from = i + 1;
    }
    buf_add(out, str_from(s, from));
}

void html_take(struct html *h)
{
    escape(h->out, buf_str(&h->made));
    h->out->failed = h->out->failed || h->made.failed;
    buf_reset(&h->made);
}

void html_text(struct html *h, struct str s)
{
    show_text(&h->made, s);
    html_take(h);
}

void html_short(struct html *h, struct str s, size_t most)
{
    show_short(&h->made, s, most);
    html_take(h);
}

void html_command(struct html *h, struct str s)
{
    CLEANUP(buf_free) struct buf plain = {0};
    mask_add_command(&plain, s);
    utf8_add_visible(&h->made, buf_str(&plain));
    h->out->failed = h->out->failed || plain.failed;
    html_take(h);
}

void html_raw(struct html *h, struct str s)
{
    CLEANUP(buf_free) struct buf plain = {0};
    mask_add(&plain, s);
    struct str rest = buf_str(&plain);
    struct str line;
    while (str_cut(&rest, '\n', &line)) {
        utf8_add_visible(&h->made, line);
        html_take(h);
        buf_addc(h->out, '\n');
    }
    h->out->failed = h->out->failed || plain.failed;
}
