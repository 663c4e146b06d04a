#include "codec/digest.h"
#include "report/evidence.h"
#include "report/html/html_priv.h"
#include "report/show.h"

static void hash(struct html *h, struct str raw)
{
    uint8_t sum[32];
    if (!digest_sha256(raw, sum)) {
        h->out->failed = true;
        return;
    }
    html_add(h, " · SHA-256 <code>");
    for (size_t i = 0; i < sizeof(sum); i++) {
        buf_printf(h->out, "%02x", sum[i]);
    }
    html_add(h, "</code>");
}

static void record(struct html *h, const struct event *e)
{
    html_add(h, "<details><summary>");
    show_second(&h->made, e->time_us, h->o);
    buf_addc(&h->made, ' ');
    show_text(&h->made, e->name);
    html_take(h);
    html_add(h, " <span class=\"dim\">record ");
    html_text(h, e->record_id);
    html_add(h, "</span></summary><p class=\"dim\">");
    html_text(h, show_path(h->r, e->origin.file));
    buf_printf(h->out, ", %llu bytes at %llu", (unsigned long long)e->origin.length,
               (unsigned long long)e->origin.offset);
    if (e->origin.inner >= 0) {
        buf_printf(h->out, ", message %d in it", (int)e->origin.inner);
    }
    struct str raw = h->o->raw == NULL ? STR_EMPTY : h->o->raw(h->o->raw_arg, e);
    if (raw.len == 0) {
        html_add(h, ": cannot be read again</p></details>");
        return;
    }
    hash(h, raw);
    html_add(h, "</p><pre>");
    html_raw(h, raw);
    html_add(h, "</pre></details>");
}

/* A page must stay readable: of many records a spread is shown, unless more are asked for. */
enum { RECORDS_SHOWN = 5 };

static size_t most_records(const struct report_options *o)
{
    return o->evidence_asked || o->evidence_max < RECORDS_SHOWN ? o->evidence_max : RECORDS_SHOWN;
}

static void records(struct html *h, const struct finding *f)
{
    size_t most = most_records(h->o);
    size_t shown = evidence_count(f->events.len, most);
    for (size_t k = 0; k < shown; k++) {
        record(h, f->events.at[evidence_at(f->events.len, most, k)]);
    }
    if (shown < f->events.len) {
        html_add(h, "<p class=\"dim\">");
        show_plural(&h->made, f->events.len - shown, "more record", "more records");
        html_take(h);
        html_add(h, " in the JSON result, or here with <code>--evidence</code>.</p>");
    }
}

void html_findings(struct html *h, const struct case_file *c)
{
    for (size_t i = 0; i < c->findings.len; i++) {
        const struct finding *f = c->findings.at[i];
        buf_printf(h->out, "<div class=\"card finding\"><b>%s</b> ", severity_name(f->severity));
        html_text(h, f->detection->ref);
        html_add(h, " <b>");
        html_text(h, f->detection->title);
        html_add(h, "</b> × ");
        show_count(&h->made, f->count);
        html_take(h);
        if (f->denied > 0) {
            buf_printf(h->out, " (%llu refused)", (unsigned long long)f->denied);
        }
        html_add(h, "<br>");
        html_text(h, f->explain);
        html_add(h, "<br><span class=\"dim\">");
        for (size_t t = 0; t < f->detection->technique_count; t++) {
            html_text(h, f->detection->techniques[t]);
            html_add(h, " ");
        }
        buf_printf(h->out, "%s</span>", indicator_name(f->detection->indicator));
        records(h, f);
        html_add(h, "</div>");
    }
}
