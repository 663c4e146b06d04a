#include "report/html/html_priv.h"
#include "report/show.h"

enum { ROWS_SHOWN = 200 };

static void more(struct html *h, size_t len, unsigned columns)
{
    if (len > ROWS_SHOWN) {
        buf_printf(h->out, "<tr><td colspan=\"%u\">%zu more are in the JSON result</td></tr>",
                   columns, len - ROWS_SHOWN);
    }
}

static void sources(struct html *h)
{
    html_add(h, "<h3>Sources</h3><table><tr><th>source<th>account<th>state<th>records<th>from – "
                "to<th>note</tr>");
    for (size_t i = 0; i < h->r->sources.len && i < ROWS_SHOWN; i++) {
        const struct source_seen *s = &h->r->sources.at[i];
        html_add(h, "<tr><td>");
        html_text(h, s->source);
        html_add(h, "</td><td>");
        html_text(h, s->account);
        buf_printf(h->out, "</td><td><span class=\"bar\">%s</span></td><td>",
                   coverage_state_name(s->state));
        show_count(&h->made, s->records);
        html_take(h);
        html_add(h, "</td><td>");
        show_range(&h->made, s->first_us, s->last_us, h->o);
        html_take(h);
        html_add(h, "</td><td>");
        html_text(h, s->note);
        html_add(h, "</td></tr>");
    }
    more(h, h->r->sources.len, 6);
    html_add(h, "</table>");
}

static void skipped(struct html *h)
{
    if (h->r->skipped.len == 0) {
        return;
    }
    html_add(h, "<h3>Not read</h3><table><tr><th>file<th>bytes<th>at<th>why</tr>");
    for (size_t i = 0; i < h->r->skipped.len && i < ROWS_SHOWN; i++) {
        const struct skipped *s = &h->r->skipped.at[i];
        html_add(h, "<tr><td>");
        html_text(h, show_path(h->r, s->file));
        html_add(h, "</td><td>");
        show_count(&h->made, s->length);
        html_take(h);
        html_add(h, "</td><td>");
        show_count(&h->made, s->offset);
        html_take(h);
        html_add(h, s->file_bytes ? " of the file" : " unpacked");
        html_add(h, "</td><td>");
        html_text(h, str_of(s->reason));
        html_add(h, "</td></tr>");
    }
    more(h, h->r->skipped.len, 4);
    html_add(h, "</table>");
}

static void unrecognised(struct html *h)
{
    if (h->r->unrecognised.len == 0) {
        return;
    }
    html_add(h, "<h3>Of no known source</h3><table><tr><th>file<th>records<th>why</tr>");
    for (size_t i = 0; i < h->r->unrecognised.len && i < ROWS_SHOWN; i++) {
        const struct unrecognised *u = &h->r->unrecognised.at[i];
        html_add(h, "<tr><td>");
        html_text(h, show_path(h->r, u->file));
        html_add(h, "</td><td>");
        show_count(&h->made, u->records);
        html_take(h);
        html_add(h, "</td><td>");
        html_text(h, str_of(u->reason));
        html_add(h, "</td></tr>");
    }
    more(h, h->r->unrecognised.len, 3);
    html_add(h, "</table>");
}

/* A count's first case, behind it. */
static void told(struct html *h, struct str first)
{
    if (first.len > 0) {
        html_add(h, " (");
        html_text(h, first);
        html_add(h, ")");
    }
}

static void feeds(struct html *h)
{
    if (h->r->feeds.len == 0) {
        return;
    }
    html_add(h, "<h3>Feeds</h3><table><tr><th>feed<th>indicators<th>valid<th>expired<th>rejected"
                "<th>set aside<th>marking<th>version</tr>");
    for (size_t i = 0; i < h->r->feeds.len && i < ROWS_SHOWN; i++) {
        const struct feed_info *f = &h->r->feeds.at[i];
        html_add(h, "<tr><td>");
        html_text(h, f->path);
        buf_printf(h->out, "</td><td>%llu</td><td>%llu</td><td>%llu</td><td>%llu",
                   (unsigned long long)f->indicators, (unsigned long long)f->valid,
                   (unsigned long long)f->expired, (unsigned long long)f->rejected);
        told(h, f->rejected_first);
        buf_printf(h->out, "</td><td>%llu", (unsigned long long)f->set_aside);
        told(h, f->set_aside_first);
        html_add(h, "</td><td>");
        html_text(h, f->marking);
        html_add(h, "</td><td>");
        html_text(h, f->version);
        html_add(h, "</td></tr>");
    }
    more(h, h->r->feeds.len, 8);
    html_add(h, "</table>");
}

static void notes(struct html *h)
{
    if (h->r->notes.len == 0) {
        return;
    }
    html_add(h, "<h3>Notes</h3><ul>");
    for (size_t i = 0; i < h->r->notes.len && i < ROWS_SHOWN; i++) {
        html_add(h, "<li>");
        html_text(h, h->r->notes.at[i]);
        html_add(h, "</li>");
    }
    html_add(h, "</ul>");
}

void html_inputs(struct html *h)
{
    const struct result *r = h->r;
    html_add(h, "<h2>What it rests on</h2>");
    sources(h);
    buf_printf(h->out,
               "<p>Every byte: %llu in records + %llu framing + %llu of no known source + %llu not "
               "read = %llu unpacked.</p>",
               (unsigned long long)r->record_bytes, (unsigned long long)r->framing_bytes,
               (unsigned long long)r->unrecognised_bytes, (unsigned long long)r->skipped_bytes,
               (unsigned long long)r->bytes_unpacked);
    skipped(h);
    unrecognised(h);
    feeds(h);
    notes(h);
}
