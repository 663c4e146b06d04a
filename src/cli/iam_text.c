#include <assert.h>

#include "base/utf8.h"
#include "cli/iam.h"

static void add_name(struct buf *out, const struct iam_subject *s)
{
    utf8_add_visible(out, s->path);
    if (s->name.len > 0) {
        buf_add_cstr(out, "  ");
        utf8_add_visible(out, s->name);
    }
    buf_addc(out, '\n');
}

static void add_way(struct buf *out, const char *mark, const struct iam_way *w)
{
    buf_printf(out, "  %s %-28.*s ", mark, STR_ARG(w->path->id));
    for (size_t i = 0; i < w->path->permissions.len; i++) {
        buf_printf(out, "%s%.*s", i == 0 ? "" : " + ", STR_ARG(w->path->permissions.at[i]));
    }
    buf_printf(out, "\n      %s", iam_path_kind_text(w->path->kind));
    if (w->reach == IAM_REACH_NAMED || w->reach == IAM_REACH_PATTERN) {
        buf_add_cstr(out, w->reach == IAM_REACH_NAMED ? "; only what the policy names"
                                                      : "; only what matches the policy's pattern");
    }
    if (w->answer == IAM_DEPENDS) {
        buf_add_cstr(out, "; depends on ");
        utf8_add_visible(out, w->missing_key);
    }
    buf_addc(out, '\n');
}

static void add_said(struct buf *out, const struct iam_said *said)
{
    const struct iam_report *r = &said->report;
    add_name(out, said->subject);
    for (size_t i = 0; i < r->findings.len; i++) {
        const struct iam_finding *f = &r->findings.at[i];
        buf_printf(out, "  %-8s %.*s: ", severity_name(f->severity), STR_ARG(f->id));
        utf8_add_visible(out, f->text);
        buf_printf(out, " (statement %u", f->statement);
        if (said->subject->name.len > 0) {
            buf_add_cstr(out, " of ");
            utf8_add_visible(out, f->policy);
        }
        buf_add_cstr(out, ")\n");
    }
    for (size_t i = 0; i < r->ways.len; i++) {
        add_way(out, "path", &r->ways.at[i]);
    }
    if (said->subject->provider == IAM_AWS && said->subject->holder.identity.len > 0) {
        buf_printf(out, "  allows %zu actions, score %.0f\n", r->extent.allowed, r->extent.score);
    }
}

void iam_check_text(struct buf *out, const struct iam_said *said, size_t count)
{
    size_t flagged = 0;
    for (size_t i = 0; i < count; i++) {
        bool clean = said[i].report.ways.len == 0 && said[i].report.findings.len == 0;
        flagged += clean ? 0 : 1;
        if (!clean) {
            add_said(out, &said[i]);
            buf_addc(out, '\n');
        }
    }
    buf_printf(out, "%zu of %zu flagged\n", flagged, count);
}

/* ---- diff ---- */

enum { LISTED = 20 };

static void add_actions(struct buf *out, const char *label, const struct iam_said *without,
                        const struct iam_said *with, const struct iam_catalog *c)
{
    size_t count = 0;
    for (size_t i = 0; i < iam_catalog_count(c); i++) {
        if (!iam_said_allows(with, i) || iam_said_allows(without, i)) {
            continue;
        }
        if (count < LISTED) {
            buf_printf(out, "%s%.*s", count == 0 ? label : ", ",
                       STR_ARG(iam_catalog_at(c, i)->name));
        }
        count++;
    }
    for (size_t i = 0; with != NULL && i < with->subject->permissions.len; i++) {
        if (iam_said_lists(without, with->subject->permissions.at[i])) {
            continue;
        }
        if (count < LISTED) {
            buf_add_cstr(out, count == 0 ? label : ", ");
            utf8_add_visible(out, with->subject->permissions.at[i]);
        }
        count++;
    }
    if (count > LISTED) {
        buf_printf(out, " and %zu more", count - LISTED);
    }
    buf_add_cstr(out, count > 0 ? "\n" : "");
}

static void add_ways(struct buf *out, const char *mark, const struct iam_said *without,
                     const struct iam_said *with)
{
    for (size_t i = 0; with != NULL && i < with->report.ways.len; i++) {
        const struct iam_way *w = &with->report.ways.at[i];
        if (iam_said_way(without, w->path) == NULL) {
            add_way(out, mark, w);
        }
    }
}

void iam_diff_text(struct buf *out, const struct iam_change *changes, size_t count,
                   const struct iam_catalog *c)
{
    for (size_t i = 0; i < count; i++) {
        const struct iam_said *before = changes[i].before;
        const struct iam_said *after = changes[i].after;
        double from = before == NULL ? 0 : before->report.extent.score;
        double to = after == NULL ? 0 : after->report.extent.score;
        const struct iam_said *one = after != NULL ? after : before;
        assert(one != NULL);
        add_name(out, one->subject);
        buf_printf(out, "  score %.0f -> %.0f%s\n", from, to,
                   iam_score_jumped(from, to) ? ", up by more than half" : "");
        add_actions(out, "  newly allowed: ", before, after, c);
        add_actions(out, "  no longer allowed: ", after, before, c);
        add_ways(out, "new path", before, after);
        add_ways(out, "gone path", after, before);
        buf_addc(out, '\n');
    }
    if (count == 0) {
        buf_add_cstr(out, "No difference in what is allowed.\n");
    }
}
