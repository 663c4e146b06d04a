#include "report/html/html_priv.h"
#include "report/show.h"
#include "report/story.h"

static const char *section_class(const struct decision *d)
{
    if (d->escalate) {
        return "escalate";
    }
    if (str_eq(d->action, STR("hold"))) {
        return "hold";
    }
    return str_starts(d->action, STR("close")) ? "close" : "tasks";
}

static void head(struct html *h, const struct case_file *c)
{
    const struct decision *d = &c->decision;
    buf_printf(h->out, "<section class=\"case %s\" id=\"case-", section_class(d));
    html_text(h, c->id);
    buf_printf(h->out, "\"><h2>%s", show_action(d));
    if (d->escalate) {
        html_add(h, " to ");
        html_text(h, d->to);
    }
    buf_printf(h->out, " %s · ", show_priority(d->priority));
    html_text(h, c->title);
    html_add(h, "</h2><dl class=\"facts\"><dt>case</dt><dd>");
    html_text(h, c->id);
    html_add(h, ", ");
    show_range(&h->made, c->first_us, c->last_us, h->o);
    html_take(h);
    html_add(h, "</dd>");
    if (d->due_us != TIME_NONE) {
        html_add(h, "<dt>due</dt><dd>");
        show_minute(&h->made, d->due_us, h->o);
        html_take(h);
        html_add(h, "</dd>");
    }
    if (c->since.state != CASE_NOT_COMPARED) {
        html_add(h, "<dt>since</dt><dd>");
        story_since(&h->made, c);
        html_take(h);
        html_add(h, "</dd>");
    }
    html_add(h, "<dt>who</dt><dd>");
    story_who(&h->made, c);
    html_take(h);
    html_add(h, "</dd><dt>where</dt><dd>");
    story_where(&h->made, c);
    html_take(h);
    if (c->whose != CASE_NO_FUNCTION) {
        html_add(h, "</dd><dt>whose</dt><dd>");
        html_add(h, case_whose_text(c->whose));
    }
    html_add(h, "</dd><dt>now</dt><dd>");
    story_now(&h->made, c, h->r, h->o);
    html_take(h);
    if (c->calls.len > 0) {
        html_add(h, "</dd><dt>call</dt><dd>");
        story_call(&h->made, c);
        html_take(h);
    }
    if (c->words.len > 0) {
        html_add(h, "</dd><dt>words</dt><dd>");
        story_words(&h->made, c);
        html_take(h);
    }
    html_add(h, "</dd><dt>why</dt><dd><b>");
    html_text(h, d->row);
    html_add(h, "</b>: ");
    html_text(h, d->reason);
    html_add(h, "<blockquote>");
    html_text(h, d->clause);
    html_add(h, "</blockquote></dd>");
    if (d->not_seen.len > 0) {
        html_add(h, "<dt>not seen</dt><dd>");
        for (size_t i = 0; i < d->not_seen.len; i++) {
            html_add(h, i == 0 ? "" : "<br>");
            html_text(h, d->not_seen.at[i]);
        }
        html_add(h, "</dd>");
    }
    html_add(h, "</dl>");
}

static void items(struct html *h, const char *label, const struct item *at, size_t len)
{
    if (len == 0) {
        return;
    }
    buf_printf(h->out, "<div class=\"dim\">%s</div><ul>", label);
    for (size_t i = 0; i < len; i++) {
        buf_printf(h->out, "<li><span class=\"weight\">%+d</span> ", at[i].weight);
        html_text(h, at[i].text);
        html_add(h, " <span class=\"dim\">");
        html_text(h, at[i].group);
        html_add(h, at[i].hard ? ", decides alone" : "");
        html_add(h, at[i].authorises ? ", authorises" : "");
        if (at[i].ref.len > 0) {
            html_add(h, ", rests on ");
            html_text(h, at[i].ref);
        }
        if (at[i].explained_by.len > 0) {
            buf_printf(h->out, ", weighs %+d but is explained by ", at[i].weight_full);
            html_text(h, at[i].explained_by);
        }
        html_add(h, "</span></li>");
    }
    html_add(h, "</ul>");
}

static const char *verdict_class(const struct answer *a)
{
    return a->raised ? verdict_name(a->verdict) : "dim";
}

static void card(struct html *h, const struct answer *a, enum question q)
{
    buf_printf(h->out, "<div class=\"card\"><b>%s</b> %s<br><span class=\"verdict %s\">%s</span>",
               show_question(q), show_asks(q), verdict_class(a), story_verdict(a));
    if (a->raised && a->verdict != VERDICT_UNKNOWN) {
        buf_printf(h->out, " %s", strength_name(a->strength));
    }
    if (a->raised) {
        buf_printf(h->out, " <span class=\"dim\">sum %+d</span>", a->score);
    }
    items(h, "towards suspicious", a->items.at, a->items.len);
    items(h, "against", a->against.at, a->against.len);
    if (a->would_change.len > 0) {
        buf_printf(h->out, "<div><span class=\"dim\">would %s it:</span> ",
                   a->verdict == VERDICT_UNKNOWN ? "decide" : "change");
        html_text(h, a->would_change);
        html_add(h, "</div>");
    }
    for (size_t i = 0; i < a->coverage.len; i++) {
        const struct coverage *v = &a->coverage.at[i];
        buf_printf(h->out, "<div><span class=\"bar\">%s</span> ", coverage_state_name(v->state));
        html_text(h, v->source);
        html_add(h, "</div>");
    }
    html_add(h, "</div>");
}

static void steps(struct html *h, const struct case_file *c)
{
    if (c->steps.len == 0) {
        return;
    }
    html_add(
        h,
        "<h3>L1 steps</h3><table class=\"steps\"><tr><th>step<th>outcome<th>what was found</tr>");
    for (size_t i = 0; i < c->steps.len; i++) {
        const struct step *s = &c->steps.at[i];
        html_add(h, "<tr><td>");
        html_text(h, s->id);
        html_add(h, "<br><span class=\"dim\">");
        html_text(h, s->text);
        html_add(h, "</span></td><td>");
        html_text(h, s->outcome);
        html_add(h, "</td><td>");
        for (size_t k = 0; k < s->rows.len; k++) {
            html_add(h, k == 0 ? "" : "<br>");
            if (s->rows.at[k].time_us != TIME_NONE) {
                show_second(&h->made, s->rows.at[k].time_us, h->o);
                html_take(h);
                html_add(h, " ");
            }
            html_text(h, s->rows.at[k].outcome);
            html_add(h, ": ");
            html_text(h, s->rows.at[k].text);
        }
        html_add(h, "</td></tr>");
    }
    html_add(h, "</table>");
}

static void commands(struct html *h, const char *label, const struct str *at, size_t len)
{
    if (len == 0) {
        return;
    }
    buf_printf(h->out, "<div class=\"dim\">%s</div><pre>", label);
    for (size_t i = 0; i < len; i++) {
        html_command(h, at[i]);
        html_add(h, i + 1 < len ? "\n" : "");
    }
    html_add(h, "</pre>");
}

static void plan(struct html *h, const struct case_file *c)
{
    if (c->plan.len == 0) {
        return;
    }
    html_add(h, "<h3>Containment plan <span class=\"dim\">nothing of it was done</span></h3><ol>");
    for (size_t i = 0; i < c->plan.len; i++) {
        const struct plan_step *p = &c->plan.at[i];
        html_add(h, "<li><b>");
        html_text(h, p->action);
        html_add(h, "</b> ");
        html_text(h, p->target);
        html_add(h, "<br>");
        html_text(h, p->why);
        html_add(h, "<br><span class=\"dim\">breaks:</span> ");
        html_text(h, p->breaks);
        commands(h, "read and keep first", p->before.at, p->before.len);
        commands(h, "do", p->commands.at, p->commands.len);
        commands(h, "undo", p->undo.at, p->undo.len);
        html_add(h, "</li>");
    }
    html_add(h, "</ol>");
}

static void hunts(struct html *h, const struct case_file *c)
{
    if (c->hunts.len == 0) {
        return;
    }
    html_add(h, "<h3>Hunt for the same elsewhere</h3><ul>");
    for (size_t i = 0; i < c->hunts.len; i++) {
        html_add(h, "<li>");
        html_text(h, c->hunts.at[i]);
        html_add(h, "</li>");
    }
    html_add(h, "</ul>");
}

static void arithmetic(struct html *h, const struct case_file *c)
{
    html_add(h, "<details><summary>How the row was picked</summary><p>Rows that fit, the first "
                "decides: ");
    for (size_t i = 0; i < c->decision.rows.len; i++) {
        html_add(h, i == 0 ? "" : ", ");
        html_text(h, c->decision.rows.at[i]);
    }
    html_add(h,
             ". Items of one group count once, by their strongest; groups add, in decibans; "
             "suspicious by the sum or by an item that decides alone, legitimate by the sum with "
             "an item that authorises. --explain shows the sums.</p></details>");
}

void html_case(struct html *h, const struct case_file *c)
{
    head(h, c);
    html_add(h, "<h3>What happened</h3>");
    html_timeline(h, c);
    html_graph(h, c);
    html_add(h, "<h3>The four questions</h3><div class=\"cards\">");
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        card(h, &c->answers[q], (enum question)q);
    }
    html_add(h, "</div>");
    arithmetic(h, c);
    if (c->arithmetic != NULL) {
        html_arithmetic(h, c->arithmetic);
    }
    plan(h, c);
    steps(h, c);
    html_add(h, "<h3>Findings and their records</h3>");
    html_findings(h, c);
    hunts(h, c);
    html_add(h, "</section>");
}
