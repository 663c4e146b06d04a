#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/timefmt.h"
#include "base/utf8.h"
#include "report/show.h"
#include "sys/clock.h"
#include "sys/term.h"

#define LINE_EVERY_US (10 * TIME_SECOND_US)

struct progress progress_begin(void)
{
    bool dumb = str_eq(str_of(getenv("TERM")), STR("dumb"));
    int64_t now = clock_mono_us();
    return (struct progress){.bar = term_is_tty(STDERR_FILENO) && !dumb,
                             .width = term_width(STDERR_FILENO),
                             .begun_us = now,
                             .last_us = now};
}

static void draw_bar(struct buf *out, uint64_t done, uint64_t all)
{
    enum { CELLS = 20 };
    unsigned filled = (unsigned)((double)done / (double)all * CELLS);
    filled = filled > CELLS ? CELLS : filled;
    buf_addc(out, '[');
    for (unsigned i = 0; i < CELLS; i++) {
        buf_addc(out, i < filled ? '=' : i == filled ? '>' : ' ');
    }
    buf_add_cstr(out, "] ");
}

/* Add " · part" when there is room: what comes first matters most. */
static void part(struct buf *out, const struct buf *text, unsigned width)
{
    if (utf8_width(buf_str(out)) + 3 + utf8_width(buf_str(text)) <= width) {
        buf_add_cstr(out, " · ");
        buf_add(out, buf_str(text));
    }
}

void progress_line(struct buf *out, const struct progress_now *n, unsigned width, bool bar)
{
    CLEANUP(buf_free) struct buf t = {0};
    if (n->all > 0) {
        double share = (double)n->done / (double)n->all * 100;
        buf_printf(out, "%3.0f %% ", share > 100 ? 100 : share);
    }
    if (n->all > 0 && bar && width >= 60) {
        draw_bar(out, n->done, n->all);
    }
    show_bytes(out, n->done);
    if (n->all > 0) {
        buf_add_cstr(out, " of ");
        show_bytes(out, n->all);
    }
    show_plural(&t, n->events, "event", "events");
    part(out, &t, width);
    double seconds = (double)n->elapsed_us / TIME_SECOND_US;
    if (seconds > 0.5 && n->done > 0) {
        double rate = (double)n->done / seconds;
        buf_reset(&t);
        show_bytes(&t, (uint64_t)rate);
        buf_add_cstr(&t, "/s");
        part(out, &t, width);
        if (n->all > n->done) {
            buf_reset(&t);
            show_span(&t, (int64_t)((double)(n->all - n->done) / rate * TIME_SECOND_US));
            buf_add_cstr(&t, " left");
            part(out, &t, width);
        }
    }
    buf_reset(&t);
    show_plural(&t, n->hits, "hit", "hits");
    part(out, &t, width);
}

void progress_tell(void *arg, uint64_t done, uint64_t all, uint64_t events, uint64_t hits)
{
    struct progress *p = arg;
    int64_t now = clock_mono_us();
    if (!p->bar && now - p->last_us < LINE_EVERY_US) {
        return;
    }
    p->last_us = now;
    struct progress_now n = {done, all, events, hits, now - p->begun_us};
    CLEANUP(buf_free) struct buf line = {0};
    buf_add_cstr(&line, p->bar ? "\r" : "faaswatch: ");
    CLEANUP(buf_free) struct buf text = {0};
    progress_line(&text, &n, p->bar ? p->width - 1 : 100, p->bar);
    buf_add(&line, buf_str(&text));
    buf_add_cstr(&line, p->bar ? "\x1b[K" : "\n");
    (void)fwrite(line.ptr, 1, line.len, stderr);
    (void)fflush(stderr);
    p->drawn = p->bar;
}

void progress_end(struct progress *p)
{
    if (p->drawn) {
        (void)fputs("\r\x1b[K", stderr);
        (void)fflush(stderr);
        p->drawn = false;
    }
}
