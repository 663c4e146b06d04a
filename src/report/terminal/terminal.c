/*
 * terminal - the summary a person reads: what to do first, then why.
 */
#include "report/layout.h"
#include "report/show.h"
#include "report/story.h"
#include "report/terminal/paint.h"

enum { LIST_MAX = 12, WIDTH_MIN = 60, WIDTH_MOST = 240 };

enum pile { PILE_ESCALATE, PILE_STILL, PILE_CHECK, PILE_PENDING, PILE_CLOSED, PILES_ };

static enum pile pile_of(const struct case_file *c)
{
    const struct decision *d = &c->decision;
    if (d->escalate) {
        /* What T2 has already, as it was told: a line. */
        return c->since.state == CASE_UNCHANGED ? PILE_STILL : PILE_ESCALATE;
    }
    if (str_eq(d->action, STR("close"))) {
        return PILE_CLOSED;
    }
    return str_eq(d->action, STR("close-pending")) ? PILE_PENDING : PILE_CHECK;
}

static size_t count(const struct result *r, enum pile pile)
{
    size_t n = 0;
    for (size_t i = 0; i < r->cases.len; i++) {
        n += pile_of(r->cases.at[i]) == pile ? 1 : 0;
    }
    return n;
}

/* Hand a text that was built to pen_line, and start a new one. */
static void line(const struct pen *p, const char *label, struct buf *text)
{
    pen_line(p, label, buf_str(text));
    p->out->failed = p->out->failed || text->failed;
    buf_reset(text);
}

/* "logs complete to 23:46 UTC": the source that ends first decides. */
static void logs_to(const struct pen *p, struct buf *t)
{
    int64_t first_end = TIME_NONE;
    bool complete = true;
    for (size_t i = 0; i < p->r->sources.len; i++) {
        const struct source_seen *s = &p->r->sources.at[i];
        if (s->account.len == 0 && s->last_us != TIME_NONE && !s->verdicts) {
            complete = complete && s->state == COVERAGE_PRESENT;
            first_end = first_end == TIME_NONE || s->last_us < first_end ? s->last_us : first_end;
        }
    }
    if (first_end != TIME_NONE) {
        buf_add_cstr(t, complete && p->r->skipped.len == 0 ? " · logs complete to "
                                                           : " · logs, not complete, to ");
        show_minute(t, first_end, p->o);
        buf_addc(t, ' ');
        show_text(t, p->o->zone_name);
    }
}

/* The earliest deadline of those to check. */
static int64_t first_due(const struct result *r)
{
    int64_t due = TIME_NONE;
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct decision *d = &r->cases.at[i]->decision;
        bool sooner = due == TIME_NONE || d->due_us < due;
        if (!d->escalate && d->due_us != TIME_NONE && sooner) {
            due = d->due_us;
        }
    }
    return due;
}

static void counts(const struct pen *p)
{
    CLEANUP(buf_free) struct buf t = {0};
    CLEANUP(buf_free) struct buf part = {0};
    const struct result *r = p->r;
    size_t escalate = count(r, PILE_ESCALATE) + count(r, PILE_STILL);
    size_t check = count(r, PILE_CHECK);
    show_count(&part, escalate);
    buf_add_cstr(&part, " ESCALATE");
    if (escalate > 0) {
        /* Cases are in order of priority. */
        buf_printf(&part, " (%s)", show_priority(r->cases.at[0]->decision.priority));
    }
    paint(p, &t, escalate > 0 ? PAINT_RED : PAINT_PLAIN, buf_str(&part));
    p->out->failed = p->out->failed || part.failed;
    buf_reset(&part);
    show_count(&part, check);
    buf_add_cstr(&part, " to check");
    if (check > 0 && first_due(r) != TIME_NONE) {
        buf_add_cstr(&part, ", due ");
        show_minute(&part, first_due(r), p->o);
    }
    buf_add_cstr(&t, " · ");
    paint(p, &t, check > 0 ? PAINT_YELLOW : PAINT_PLAIN, buf_str(&part));
    buf_add_cstr(&t, " · ");
    show_count(&t, count(r, PILE_CLOSED));
    buf_add_cstr(&t, " closed");
    if (count(r, PILE_PENDING) > 0) {
        buf_add_cstr(&t, " · ");
        show_count(&t, count(r, PILE_PENDING));
        buf_add_cstr(&t, " to close when complete");
    }
    logs_to(p, &t);
    layout_wrap(p->out, buf_str(&t), p->width, 0, 2);
    buf_addc(p->out, '\n');
    p->out->failed = p->out->failed || t.failed || part.failed;
    buf_reset(&t);
    story_since_all(&t, r);
    line(p, "since", &t);
}

static void read_line(const struct pen *p)
{
    CLEANUP(buf_free) struct buf t = {0};
    const struct result *r = p->r;
    show_plural(&t, r->file_count, "file", "files");
    buf_add_cstr(&t, " · ");
    show_bytes(&t, r->bytes_read);
    buf_add_cstr(&t, ", ");
    show_bytes(&t, r->bytes_unpacked);
    buf_add_cstr(&t, " unpacked · ");
    show_plural(&t, r->records, "record", "records");
    if (r->pruned_files > 0) {
        buf_add_cstr(&t, " · ");
        show_plural(&t, r->pruned_files, "older file", "older files");
        buf_add_cstr(&t, " left out");
    }
    line(p, "read", &t);
}

static void with_line(const struct pen *p)
{
    CLEANUP(buf_free) struct buf t = {0};
    for (size_t i = 0; i < p->r->with.len; i++) {
        const struct with_input *w = &p->r->with.at[i];
        buf_add_cstr(&t, i == 0 ? "" : " · ");
        show_count(&t, w->count);
        buf_addc(&t, ' ');
        show_text(&t, w->what);
        if (w->newest_us != TIME_NONE) {
            buf_add_cstr(&t, " (newest ");
            show_near(&t, w->newest_us, p->r->since_us, p->o);
            buf_addc(&t, ')');
        }
        buf_add_cstr(&t, w->partial ? " (some rows skipped)" : "");
    }
    line(p, "with", &t);
    for (size_t i = 0; i < p->r->without.len; i++) {
        buf_add_cstr(&t, i == 0 ? "" : " · ");
        show_short(&t, p->r->without.at[i], 160);
    }
    line(p, "without", &t);
}

static void head(const struct pen *p)
{
    CLEANUP(buf_free) struct buf t = {0};
    buf_add_cstr(&t, "faaswatch ");
    show_text(&t, p->r->version);
    buf_add_cstr(&t, " · ");
    show_text(&t, p->r->technique);
    if (p->r->since_us != TIME_NONE) {
        buf_add_cstr(&t, " · window ");
        show_range(&t, p->r->since_us, p->r->until_us, p->o);
        buf_addc(&t, ' ');
        show_text(&t, p->o->zone_name);
    }
    layout_wrap(p->out, buf_str(&t), p->width, 0, 2);
    buf_addc(p->out, '\n');
    p->out->failed = p->out->failed || t.failed;
    read_line(p);
    with_line(p);
    buf_addc(p->out, '\n');
}

static void pile(const struct pen *p, enum pile which, const char *label)
{
    size_t shown = 0;
    size_t total = count(p->r, which);
    for (size_t i = 0; i < p->r->cases.len && shown < LIST_MAX; i++) {
        if (pile_of(p->r->cases.at[i]) == which) {
            pen_entry(p, shown == 0 ? label : "", p->r->cases.at[i]);
            shown++;
        }
    }
    if (total > shown) {
        CLEANUP(buf_free) struct buf t = {0};
        buf_add_cstr(&t, "and ");
        show_count(&t, total - shown);
        buf_add_cstr(&t, " more: --format json lists all");
        line(p, "", &t);
    }
}

static void digest(const struct pen *p)
{
    CLEANUP(buf_free) struct buf t = {0};
    for (size_t i = 0; i < p->r->digest.len && i < LIST_MAX; i++) {
        const struct digest_row *d = &p->r->digest.at[i];
        show_function(&t, &d->function, false);
        buf_add_cstr(&t, " (");
        show_text(&t, d->row);
        buf_add_cstr(&t, "): ");
        show_plural(&t, d->count, "call", "calls");
        buf_add_cstr(&t, " by listed scanners at an approved public door, ");
        show_range(&t, d->first_us, d->last_us, p->o);
        line(p, i == 0 ? "digest" : "", &t);
    }
}

/* What could be better and is no case: the first few. */
static void posture(const struct pen *p)
{
    size_t count = 0;
    for (size_t i = 0; i < p->r->findings.len; i++) {
        const struct finding *f = p->r->findings.at[i];
        if (!f->detection->is_posture) {
            continue;
        }
        if (count < LIST_MAX) {
            CLEANUP(buf_free) struct buf t = {0};
            show_text(&t, f->explain);
            buf_add_cstr(&t, " (");
            show_text(&t, f->detection->ref);
            buf_addc(&t, ')');
            line(p, count == 0 ? "posture" : "", &t);
        }
        count++;
    }
}

/* Findings of no case are told by number: low, informational, or posture. */
static void loose(const struct pen *p)
{
    size_t in_cases = 0;
    for (size_t i = 0; i < p->r->cases.len; i++) {
        in_cases += p->r->cases.at[i]->findings.len;
    }
    if (p->r->findings.len > in_cases) {
        CLEANUP(buf_free) struct buf t = {0};
        show_plural(&t, p->r->findings.len - in_cases, "finding", "findings");
        buf_add_cstr(&t, " of no case: low, informational or posture; --format csv lists them");
        line(p, "also", &t);
    }
}

static size_t path_width(const struct pen *p)
{
    return p->width > 130 ? 110 : p->width > 80 ? 60 : p->width - 20;
}

static void skipped(const struct pen *p)
{
    CLEANUP(buf_free) struct buf t = {0};
    const struct result *r = p->r;
    for (size_t i = 0; i < r->skipped.len && i < LIST_MAX; i++) {
        const struct skipped *s = &r->skipped.at[i];
        show_bytes(&t, s->length);
        buf_add_cstr(&t, ": ");
        show_short(&t, show_path(r, s->file), path_width(p));
        buf_add_cstr(&t, " from byte ");
        show_count(&t, s->offset);
        buf_add_cstr(&t, s->file_bytes ? " of the file: " : " unpacked: ");
        show_text(&t, str_of(s->reason));
        line(p, i == 0 ? "skipped" : "", &t);
    }
    if (r->skipped.len > LIST_MAX) {
        buf_add_cstr(&t, "and ");
        show_plural(&t, r->skipped.len - LIST_MAX, "more place", "more places");
        buf_add_cstr(&t, ": --format json lists all");
        line(p, "", &t);
    }
    uint64_t records = 0;
    for (size_t i = 0; i < r->unrecognised.len; i++) {
        records += r->unrecognised.at[i].records;
    }
    if (records > 0) {
        show_plural(&t, records, "record", "records");
        buf_add_cstr(&t, " of no known source, ");
        show_bytes(&t, r->unrecognised_bytes);
        line(p, "unknown", &t);
    }
}

static void status(const struct pen *p)
{
    static const char *const words[] = {NULL, "1: done, and something is at or above --fail-on",
                                        NULL, "3: done, but some input could not be read", NULL};
    size_t n = (size_t)p->o->status;
    if (n < ARRAY_LEN(words) && words[n] != NULL) {
        pen_line(p, "status", str_of(words[n]));
    }
}

/* Nothing was found: one calm line, with what was looked at and what was not. */
static void nothing(const struct pen *p)
{
    CLEANUP(buf_free) struct buf t = {0};
    const struct result *r = p->r;
    if (r->records == 0) {
        buf_add_cstr(&t, "Nothing could be looked at: no record of a known source in ");
        show_plural(&t, r->file_count, "file", "files");
        buf_addc(&t, '.');
    } else {
        buf_add_cstr(&t, "Nothing found in ");
        show_plural(&t, r->records, "record", "records");
        for (size_t i = 0, n = 0; i < r->sources.len; i++) {
            if (r->sources.at[i].account.len == 0) {
                buf_add_cstr(&t, n++ == 0 ? " of " : ", ");
                show_text(&t, r->sources.at[i].source);
            }
        }
        if (r->since_us != TIME_NONE) {
            buf_add_cstr(&t, ", ");
            show_range(&t, r->since_us, r->until_us, p->o);
            buf_addc(&t, ' ');
            show_text(&t, p->o->zone_name);
        }
        buf_addc(&t, '.');
    }
    for (size_t i = 0; i < r->with.len; i++) {
        if (r->with.at[i].hides) {
            buf_addc(&t, ' ');
            show_count(&t, r->with.at[i].count);
            buf_addc(&t, ' ');
            show_text(&t, r->with.at[i].what);
            buf_addc(&t, '.');
        }
    }
    for (size_t i = 0; i < r->without.len; i++) {
        buf_add_cstr(&t, i == 0 ? " Not looked at: " : "; ");
        show_short(&t, r->without.at[i], 160);
    }
    buf_add_cstr(&t, r->without.len > 0 ? "." : "");
    layout_wrap(p->out, buf_str(&t), p->width, 0, 0);
    buf_addc(p->out, '\n');
    p->out->failed = p->out->failed || t.failed;
}

static void whole(const struct pen *p)
{
    const struct result *r = p->r;
    if (r->findings.len == 0 && r->digest.len == 0) {
        nothing(p);
    } else if (p->o->quiet) {
        counts(p);
        buf_addc(p->out, '\n');
    } else {
        counts(p);
        head(p);
    }
    for (size_t i = 0; i < r->cases.len; i++) {
        if (pile_of(r->cases.at[i]) == PILE_ESCALATE) {
            pen_case(p, r->cases.at[i]);
        }
    }
    pile(p, PILE_STILL, "still T2");
    pile(p, PILE_CHECK, "to check");
    pile(p, PILE_PENDING, "pending");
    pile(p, PILE_CLOSED, "closed");
    for (size_t i = 0; i < r->cases.len; i++) {
        pen_arithmetic(p, r->cases.at[i]);
    }
    if (!p->o->quiet) {
        digest(p);
        posture(p);
        loose(p);
        skipped(p);
    }
    status(p);
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    size_t width = o->width < WIDTH_MIN ? WIDTH_MIN : o->width > WIDTH_MOST ? WIDTH_MOST : o->width;
    struct pen p = {.out = out, .r = r, .o = o, .width = width};
    whole(&p);
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the terminal report") : ERR_OK;
}

const struct report_ops report_terminal = {
    .name = "terminal",
    .suffix = ".txt",
    .summary = "the summary that a person reads",
    .write = write,
};
