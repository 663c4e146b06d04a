/*
 * markdown - the result as a page for a ticket, a pull request or a wiki.
 */
#include "base/utf8.h"
#include "report/mask.h"
#include "report/show.h"
#include "report/story.h"

/* Is this a place where a bare address becomes a link by itself? */
static bool links(struct str s, size_t at)
{
    struct str rest = str_from(s, at);
    return str_starts(rest, STR("://")) || rest.ptr[0] == '@' ||
           (rest.ptr[0] == '.' && at >= 3 && str_iends(str_head(s, at), STR("www")));
}

/* Text that is visible and masked already, so that Markdown takes none of it for markup. */
static void escaped(struct buf *out, struct str s)
{
    static const char special[] = "\\`*_{}[]()#+-!|~&<>$";
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool escape = str_chr(str_of(special), c) != SIZE_MAX;
        /* Plain hyphens and brackets in the middle of a text are common and harmless. */
        bool harmless =
            (c == '-' || c == '+' || c == '(' || c == ')' || c == '{' || c == '}') && i > 0;
        if (c == '<') {
            buf_add_cstr(out, "&lt;");
        } else if (c == '&') {
            buf_add_cstr(out, "&amp;");
        } else if ((escape && !harmless) || links(s, i)) {
            buf_addc(out, '\\');
            buf_addc(out, c);
        } else {
            buf_addc(out, c);
        }
    }
}

static void text(struct buf *out, struct str s)
{
    CLEANUP(buf_free) struct buf seen = {0};
    show_text(&seen, s);
    escaped(out, buf_str(&seen));
    out->failed = out->failed || seen.failed;
}

/* Hand over a text that was made by show_* or story_*, and start a new one. */
static void take(struct buf *out, struct buf *made)
{
    escaped(out, buf_str(made));
    out->failed = out->failed || made->failed;
    buf_reset(made);
}

/* A command in a fence longer than any run of backticks in it. */
static void command(struct buf *out, struct str s)
{
    CLEANUP(buf_free) struct buf plain = {0};
    CLEANUP(buf_free) struct buf seen = {0};
    mask_add_command(&plain, s);
    utf8_add_visible(&seen, buf_str(&plain));
    size_t longest = 2;
    size_t run = 0;
    for (size_t i = 0; i < seen.len; i++) {
        run = seen.ptr[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    CLEANUP(buf_free) struct buf fence = {0};
    for (size_t i = 0; i <= longest; i++) {
        buf_addc(&fence, '`');
    }
    buf_printf(out, "%.*ssh\n", STR_ARG(buf_str(&fence)));
    buf_add(out, buf_str(&seen));
    buf_printf(out, "\n%.*s\n", STR_ARG(buf_str(&fence)));
    out->failed = out->failed || plain.failed || seen.failed || fence.failed;
}

static void head(struct buf *out, const struct result *r, const struct report_options *o)
{
    CLEANUP(buf_free) struct buf t = {0};
    buf_add_cstr(out, "# faaswatch triage, ");
    text(out, r->technique);
    buf_add_cstr(out, "\n\n| | |\n|---|---|\n| window | ");
    show_range(&t, r->since_us, r->until_us, o);
    buf_addc(&t, ' ');
    show_text(&t, o->zone_name);
    take(out, &t);
    buf_add_cstr(out, " |\n| read | ");
    show_plural(&t, r->file_count, "file", "files");
    buf_add_cstr(&t, ", ");
    show_bytes(&t, r->bytes_unpacked);
    buf_add_cstr(&t, " unpacked, ");
    show_plural(&t, r->records, "record", "records");
    take(out, &t);
    buf_add_cstr(out, " |\n| with | ");
    for (size_t i = 0; i < r->with.len; i++) {
        buf_add_cstr(&t, i == 0 ? "" : ", ");
        show_count(&t, r->with.at[i].count);
        buf_addc(&t, ' ');
        show_text(&t, r->with.at[i].what);
    }
    take(out, &t);
    buf_add_cstr(out, " |\n| without | ");
    for (size_t i = 0; i < r->without.len; i++) {
        buf_add_cstr(&t, i == 0 ? "" : "; ");
        show_text(&t, r->without.at[i]);
    }
    take(out, &t);
    buf_add_cstr(out, " |\n");
    if (r->since.path.len > 0) {
        buf_add_cstr(out, "| since | ");
        story_since_all(&t, r);
        take(out, &t);
        buf_add_cstr(out, " |\n");
    }
    buf_addc(out, '\n');
}

static void overview(struct buf *out, const struct result *r, const struct report_options *o)
{
    CLEANUP(buf_free) struct buf t = {0};
    if (r->cases.len == 0) {
        buf_add_cstr(out, "No case was made.\n\n");
        return;
    }
    buf_add_cstr(out, "| decision | priority | case | what | row | due |\n"
                      "|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct case_file *c = r->cases.at[i];
        buf_printf(out, "| **%s** | %s | ", show_action(&c->decision),
                   show_priority(c->decision.priority));
        text(out, show_case_id(c->id));
        buf_add_cstr(out, " | ");
        text(out, c->title);
        buf_add_cstr(out, " | ");
        text(out, c->decision.row);
        buf_add_cstr(out, " | ");
        if (c->decision.due_us != TIME_NONE) {
            show_minute(&t, c->decision.due_us, o);
            take(out, &t);
        }
        buf_add_cstr(out, " |\n");
    }
    buf_addc(out, '\n');
}

static void items(struct buf *out, const struct answer *a)
{
    CLEANUP(buf_free) struct buf t = {0};
    for (unsigned side = 0; side < 2; side++) {
        const struct item *at = side == 0 ? a->items.at : a->against.at;
        size_t len = side == 0 ? a->items.len : a->against.len;
        for (size_t i = 0; i < len; i++) {
            buf_printf(out, "  - %s ", side == 0 ? "for:" : "against:");
            text(out, at[i].text);
            buf_printf(&t, at[i].weight == 0 ? " (%d%s%s" : " (%+d%s%s", at[i].weight,
                       at[i].hard ? ", decides alone" : "", at[i].authorises ? ", authorises" : "");
            if (at[i].explained_by.len > 0) {
                buf_add_cstr(&t, ", explained by ");
                show_text(&t, at[i].explained_by);
            }
            buf_addc(&t, ')');
            take(out, &t);
            buf_addc(out, '\n');
        }
    }
    if (a->would_change.len > 0) {
        buf_add_cstr(out, a->verdict == VERDICT_UNKNOWN ? "  - would decide it: "
                                                        : "  - would change it: ");
        text(out, a->would_change);
        buf_addc(out, '\n');
    }
}

static void questions(struct buf *out, const struct case_file *c)
{
    CLEANUP(buf_free) struct buf blind = {0};
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        const struct answer *a = &c->answers[q];
        buf_printf(out, "- **%s** %s **%s**", show_question((enum question)q),
                   show_asks((enum question)q), story_verdict(a));
        if (a->raised && a->verdict != VERDICT_UNKNOWN) {
            buf_printf(out, " (%s)", strength_name(a->strength));
        }
        buf_addc(out, '\n');
        items(out, a);
        show_blind(&blind, a);
        out->failed = out->failed || blind.failed;
        if (blind.len > 0) {
            buf_add_cstr(out, "  - coverage: ");
            take(out, &blind);
            buf_addc(out, '\n');
        }
    }
    buf_addc(out, '\n');
}

static void timeline(struct buf *out, const struct case_file *c, const struct report_options *o)
{
    struct story s = {0};
    CLEANUP(buf_free) struct buf t = {0};
    if (!story_of(c, &s)) {
        out->failed = true;
        return;
    }
    buf_add_cstr(out, "| time | what | from |\n|---|---|---|\n");
    for (size_t i = 0; i < s.len; i++) {
        buf_add_cstr(out, "| ");
        show_second(&t, s.at[i].event->time_us, o);
        take(out, &t);
        buf_add_cstr(out, " | ");
        story_tell(&t, c, &s.at[i]);
        take(out, &t);
        buf_add_cstr(out, " | ");
        text(out, s.at[i].event->address);
        buf_add_cstr(out, " |\n");
    }
    buf_addc(out, '\n');
    VEC_FREE(&s);
}

static void steps(struct buf *out, const struct case_file *c)
{
    if (c->steps.len == 0) {
        return;
    }
    buf_add_cstr(out, "| step | outcome | |\n|---|---|---|\n");
    for (size_t i = 0; i < c->steps.len; i++) {
        const struct step *s = &c->steps.at[i];
        buf_add_cstr(out, "| ");
        text(out, s->id);
        buf_add_cstr(out, " | ");
        text(out, s->outcome);
        buf_add_cstr(out, " | ");
        text(out, s->text);
        for (size_t j = 0; j < s->rows.len; j++) {
            buf_add_cstr(out, "<br>");
            text(out, s->rows.at[j].text);
        }
        buf_add_cstr(out, " |\n");
    }
    buf_addc(out, '\n');
}

static void commands(struct buf *out, const char *label, const struct str *at, size_t len)
{
    if (len > 0) {
        buf_printf(out, "%s:\n\n", label);
    }
    for (size_t i = 0; i < len; i++) {
        command(out, at[i]);
        buf_addc(out, '\n');
    }
}

static void plan(struct buf *out, const struct case_file *c)
{
    for (size_t i = 0; i < c->plan.len; i++) {
        const struct plan_step *p = &c->plan.at[i];
        buf_printf(out, "#### %zu. ", i + 1);
        text(out, p->action);
        buf_addc(out, ' ');
        text(out, p->target);
        buf_add_cstr(out, "\n\nWhy: ");
        text(out, p->why);
        buf_add_cstr(out, ". Breaks: ");
        text(out, p->breaks);
        buf_add_cstr(out, ".\n\n");
        commands(out, "Keep first", p->before.at, p->before.len);
        commands(out, "Do", p->commands.at, p->commands.len);
        commands(out, "Undo", p->undo.at, p->undo.len);
    }
}

static void findings(struct buf *out, const struct case_file *c)
{
    for (size_t i = 0; i < c->findings.len; i++) {
        const struct finding *f = c->findings.at[i];
        buf_printf(out, "- %s ", severity_name(f->severity));
        text(out, f->detection->ref);
        buf_add_cstr(out, " **");
        text(out, f->detection->title);
        buf_add_cstr(out, "** × ");
        show_count(out, f->count);
        buf_add_cstr(out, ": ");
        text(out, f->explain);
        buf_addc(out, '\n');
    }
    buf_addc(out, '\n');
}

static void one_case(struct buf *out, const struct case_file *c, const struct report_options *o)
{
    CLEANUP(buf_free) struct buf t = {0};
    buf_printf(out, "## %s%s%s: ", show_action(&c->decision), c->decision.priority > 0 ? " " : "",
               show_priority(c->decision.priority));
    text(out, c->title);
    buf_add_cstr(out, "\n\nCase ");
    text(out, c->id);
    buf_add_cstr(out, ", ");
    show_range(&t, c->first_us, c->last_us, o);
    take(out, &t);
    buf_add_cstr(out, ", ");
    story_where(&t, c);
    take(out, &t);
    buf_add_cstr(out, ". Who: ");
    story_who(&t, c);
    take(out, &t);
    if (c->whose != CASE_NO_FUNCTION) {
        buf_printf(out, ". Whose: %s", case_whose_text(c->whose));
    }
    if (c->calls.len > 0) {
        buf_add_cstr(out, ". Call: ");
        story_call(&t, c);
        take(out, &t);
    }
    if (c->since.state != CASE_NOT_COMPARED) {
        buf_add_cstr(out, ".\n\n**Since** ");
        story_since(&t, c);
        take(out, &t);
    }
    if (c->words.len > 0) {
        buf_add_cstr(out, ".\n\n**Words** ");
        story_words(&t, c);
        take(out, &t);
    }
    buf_add_cstr(out, ".\n\n**Why** ");
    text(out, c->decision.row);
    buf_add_cstr(out, ": ");
    text(out, c->decision.reason);
    buf_add_cstr(out, "\n\n> ");
    text(out, c->decision.clause);
    buf_add_cstr(out, "\n\n");
    questions(out, c);
    timeline(out, c, o);
    buf_add_cstr(out, "### Findings\n\n");
    findings(out, c);
    steps(out, c);
    if (c->plan.len > 0) {
        buf_add_cstr(out, "### Containment, nothing of it done\n\n");
        plan(out, c);
    }
}

/* What could be better and is no case. */
static void posture(struct buf *out, const struct result *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->findings.len; i++) {
        const struct finding *f = r->findings.at[i];
        if (!f->detection->is_posture) {
            continue;
        }
        buf_add_cstr(out, count++ == 0 ? "\n## Posture, no case\n\n- " : "- ");
        text(out, f->detection->title);
        buf_add_cstr(out, ": ");
        text(out, f->explain);
        buf_addc(out, '\n');
    }
}

static void tail(struct buf *out, const struct result *r, const struct report_options *o)
{
    CLEANUP(buf_free) struct buf t = {0};
    if (r->digest.len > 0) {
        buf_add_cstr(out, "## Digest\n\n");
    }
    for (size_t i = 0; i < r->digest.len; i++) {
        buf_add_cstr(out, "- ");
        show_function(&t, &r->digest.at[i].function, true);
        buf_add_cstr(&t, ": ");
        show_plural(&t, r->digest.at[i].count, "call", "calls");
        buf_add_cstr(&t, ", ");
        show_range(&t, r->digest.at[i].first_us, r->digest.at[i].last_us, o);
        take(out, &t);
        buf_addc(out, '\n');
    }
    posture(out, r);
    if (r->skipped.len > 0) {
        buf_add_cstr(out, "\n## Not read\n\n");
    }
    for (size_t i = 0; i < r->skipped.len; i++) {
        buf_add_cstr(out, "- ");
        text(out, show_path(r, r->skipped.at[i].file));
        buf_add_cstr(out, ": ");
        show_bytes(&t, r->skipped.at[i].length);
        buf_add_cstr(&t, " from byte ");
        show_count(&t, r->skipped.at[i].offset);
        buf_add_cstr(&t, r->skipped.at[i].file_bytes ? " of the file, " : " unpacked, ");
        show_text(&t, str_of(r->skipped.at[i].reason));
        take(out, &t);
        buf_addc(out, '\n');
    }
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    head(out, r, o);
    overview(out, r, o);
    for (size_t i = 0; i < r->cases.len; i++) {
        one_case(out, r->cases.at[i], o);
    }
    tail(out, r, o);
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the Markdown report") : ERR_OK;
}

const struct report_ops report_markdown = {
    .name = "markdown",
    .suffix = ".md",
    .summary = "a page for a ticket, a pull request or a wiki",
    .write = write,
};
