/*
 * html - the result as one page that opens from disk: no script, no outside reference, light and
 * dark, good on paper.
 */
#include <string.h>

#include "report/html/html_priv.h"
#include "report/show.h"
#include "report/story.h"

static void summary_rows(struct html *h)
{
    const struct result *r = h->r;
    html_add(h, "<dl class=\"facts\"><dt>window</dt><dd>");
    show_range(&h->made, r->since_us, r->until_us, h->o);
    buf_addc(&h->made, ' ');
    show_text(&h->made, h->o->zone_name);
    html_take(h);
    html_add(h, "</dd><dt>read</dt><dd>");
    show_plural(&h->made, r->file_count, "file", "files");
    buf_add_cstr(&h->made, " · ");
    show_bytes(&h->made, r->bytes_unpacked);
    buf_add_cstr(&h->made, " unpacked · ");
    show_plural(&h->made, r->records, "record", "records");
    html_take(h);
    html_add(h, "</dd><dt>with</dt><dd>");
    for (size_t i = 0; i < r->with.len; i++) {
        buf_add_cstr(&h->made, i == 0 ? "" : " · ");
        show_count(&h->made, r->with.at[i].count);
        buf_addc(&h->made, ' ');
        show_text(&h->made, r->with.at[i].what);
        html_take(h);
    }
    html_add(h, "</dd><dt>without</dt><dd>");
    for (size_t i = 0; i < r->without.len; i++) {
        html_add(h, i == 0 ? "" : "<br>");
        html_text(h, r->without.at[i]);
    }
    html_add(h, "</dd></dl>");
}

/* Cases come in the queue's order: equal decisions are told together, in that order. */
static void counts(struct html *h)
{
    const struct result *r = h->r;
    html_add(h, "<p>");
    show_plural(&h->made, r->cases.len, "case", "cases");
    html_take(h);
    const char *sep = ": ";
    for (size_t i = 0; i < r->cases.len; i++) {
        const char *action = show_action(&r->cases.at[i]->decision);
        size_t same = 0;
        bool told = false;
        for (size_t k = 0; k < r->cases.len && !told; k++) {
            bool equal = strcmp(action, show_action(&r->cases.at[k]->decision)) == 0;
            told = equal && k < i;
            same += equal ? 1 : 0;
        }
        if (!told) {
            buf_printf(h->out, "%s<b>%zu</b> %s", sep, same, action);
            sep = " · ";
        }
    }
    html_add(h, "</p>");
}

static void queue(struct html *h)
{
    const struct result *r = h->r;
    if (r->cases.len == 0) {
        html_add(h, "<p><b>No case.</b> Nothing in what was read asks for a decision; what could "
                    "not be seen is said above and below.</p>");
        return;
    }
    counts(h);
    html_add(
        h,
        "<table class=\"cases\"><tr><th>decision<th>priority<th>case<th>what<th>row<th>due</tr>");
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct case_file *c = r->cases.at[i];
        buf_printf(h->out, "<tr><td><b>%s</b></td><td>%s</td><td><a href=\"#case-",
                   show_action(&c->decision), show_priority(c->decision.priority));
        html_text(h, c->id);
        html_add(h, "\">");
        html_text(h, show_case_id(c->id));
        html_add(h, "</a></td><td>");
        html_text(h, c->title);
        html_add(h, "</td><td>");
        html_text(h, c->decision.row);
        html_add(h, "</td><td>");
        if (c->decision.due_us != TIME_NONE) {
            show_minute(&h->made, c->decision.due_us, h->o);
            html_take(h);
        }
        html_add(h, "</td></tr>");
    }
    html_add(h, "</table>");
}

static void digest(struct html *h)
{
    if (h->r->digest.len == 0) {
        return;
    }
    html_add(h, "<h2>Digest</h2><ul>");
    for (size_t i = 0; i < h->r->digest.len; i++) {
        const struct digest_row *d = &h->r->digest.at[i];
        html_add(h, "<li>");
        show_function(&h->made, &d->function, true);
        buf_add_cstr(&h->made, ": ");
        show_plural(&h->made, d->count, "call", "calls");
        buf_add_cstr(&h->made, " by listed scanners, ");
        show_range(&h->made, d->first_us, d->last_us, h->o);
        html_take(h);
        html_add(h, " <span class=\"dim\">");
        html_text(h, d->row);
        html_add(h, ": ");
        html_text(h, d->clause);
        html_add(h, "</span></li>");
    }
    html_add(h, "</ul>");
}

/* What could be better and is no case. */
static void posture(struct html *h)
{
    size_t count = 0;
    for (size_t i = 0; i < h->r->findings.len; i++) {
        const struct finding *f = h->r->findings.at[i];
        if (!f->detection->is_posture) {
            continue;
        }
        html_add(h, count++ == 0 ? "<h2>Posture, no case</h2><ul><li>" : "<li>");
        html_text(h, f->detection->title);
        html_add(h, ": ");
        html_text(h, f->explain);
        html_add(h, "</li>");
    }
    html_add(h, count > 0 ? "</ul>" : "");
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    struct html h = {.r = r, .o = o, .out = out};
    html_add(&h, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "style-src 'unsafe-inline'\"><meta name=\"viewport\" "
                 "content=\"width=device-width,initial-scale=1\"><title>faaswatch ");
    html_text(&h, r->technique);
    html_add(&h, "</title><style>");
    html_add(&h, html_style);
    html_add(&h, "</style></head><body><h1>faaswatch ");
    html_text(&h, r->version);
    html_add(&h, " · ");
    html_text(&h, r->technique);
    html_add(&h, "</h1>");
    if (r->since.path.len > 0) {
        html_add(&h, "<p>");
        story_since_all(&h.made, r);
        html_take(&h);
        html_add(&h, "</p>");
    }
    queue(&h);
    summary_rows(&h);
    for (size_t i = 0; i < r->cases.len; i++) {
        html_case(&h, r->cases.at[i]);
    }
    digest(&h);
    posture(&h);
    html_inputs(&h);
    html_add(&h, "</body></html>\n");
    bool failed = out->failed || h.made.failed;
    buf_free(&h.made);
    return failed ? err_set(err, ERR_NOMEM, "no memory for the HTML report") : ERR_OK;
}

const struct report_ops report_html = {
    .name = "html",
    .suffix = ".html",
    .summary = "one page that opens from disk, prints, and needs no script",
    .write = write,
};
