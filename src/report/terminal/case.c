#include "base/utf8.h"
#include "report/layout.h"
#include "report/mask.h"
#include "report/show.h"
#include "report/story.h"
#include "report/terminal/paint.h"

enum { LABEL = 10, BEATS_MAX = 8, ITEMS_MAX = 4, WIDE = 100, ANSWER = 49 };

void paint(const struct pen *p, struct buf *to, enum paint how, struct str text)
{
    static const char *const codes[] = {"",         "\x1b[1m",  "\x1b[2m", "\x1b[1;31m",
                                        "\x1b[33m", "\x1b[32m", "\x1b[36m"};
    if (!p->o->color || how == PAINT_PLAIN) {
        buf_add(to, text);
        return;
    }
    /* Word by word: a line break between two would else carry the colour into the margin. */
    struct str word;
    bool first = true;
    while (str_cut(&text, ' ', &word)) {
        buf_add_cstr(to, first ? "" : " ");
        buf_add_cstr(to, codes[how]);
        buf_add(to, word);
        buf_add_cstr(to, "\x1b[0m");
        first = false;
    }
}

void pen_line(const struct pen *p, const char *label, struct str text)
{
    if (text.len == 0) {
        return;
    }
    size_t at = utf8_width(str_of(label));
    paint(p, p->out, PAINT_DIM, str_of(label));
    layout_pad(p->out, at < LABEL ? LABEL - at : 1);
    layout_wrap(p->out, text, p->width, at < LABEL ? LABEL : at + 1, LABEL);
    buf_addc(p->out, '\n');
}

/* Hand a text that was built to pen_line, and start a new one. */
static void line(const struct pen *p, const char *label, struct buf *text)
{
    pen_line(p, label, buf_str(text));
    p->out->failed = p->out->failed || text->failed;
    buf_reset(text);
}

static enum paint color_of(const struct answer *a)
{
    if (!a->raised) {
        return PAINT_DIM;
    }
    return a->verdict == VERDICT_SUSPICIOUS   ? PAINT_RED
           : a->verdict == VERDICT_LEGITIMATE ? PAINT_GREEN
                                              : PAINT_YELLOW;
}

/* What the answer could not rest on. */
static void blind(const struct pen *p, const struct answer *a, size_t indent)
{
    CLEANUP(buf_free) struct buf lacks = {0};
    show_blind(&lacks, a);
    p->out->failed = p->out->failed || lacks.failed;
    if (lacks.len > 0) {
        CLEANUP(buf_free) struct buf t = {0};
        buf_printf(&t, "coverage: %.*s", STR_ARG(buf_str(&lacks)));
        layout_pad(p->out, indent);
        layout_wrap(p->out, buf_str(&t), p->width, indent, indent);
        buf_addc(p->out, '\n');
        p->out->failed = p->out->failed || t.failed;
    }
}

static void question(const struct pen *p, const struct answer *a, enum question q)
{
    CLEANUP(buf_free) struct buf head = {0};
    CLEANUP(buf_free) struct buf why = {0};
    bool sure = a->raised && a->verdict != VERDICT_UNKNOWN;
    buf_printf(p->out, "  %s %-24s", show_question(q), show_asks(q));
    paint(p, p->out, color_of(a), str_of(story_verdict(a)));
    buf_printf(&head, "%s%s", story_verdict(a), sure ? " " : "");
    buf_add_cstr(&head, sure ? strength_name(a->strength) : "");
    buf_printf(p->out, "%s%s", sure ? " " : "", sure ? strength_name(a->strength) : "");
    story_answer(&why, a, ITEMS_MAX);
    size_t at = 29 + head.len;
    size_t indent = p->width >= WIDE ? ANSWER : 5;
    p->out->failed = p->out->failed || head.failed || why.failed;
    if (why.len == 0) {
        buf_addc(p->out, '\n');
        blind(p, a, indent);
        return;
    }
    if (p->width < WIDE || at + 1 > indent) {
        buf_addc(p->out, '\n');
        at = 0;
    }
    layout_pad(p->out, indent - at);
    layout_wrap(p->out, buf_str(&why), p->width, indent, indent);
    buf_addc(p->out, '\n');
    blind(p, a, indent);
}

static bool what(const struct pen *p, const struct case_file *c, struct buf *text)
{
    struct story s = {0};
    if (!story_of(c, &s)) {
        return false;
    }
    /* The last beat is kept: it says how far things have gone. */
    size_t left_out = s.len > BEATS_MAX ? s.len - BEATS_MAX : 0;
    int64_t day = c->first_us;
    for (size_t i = 0; i < s.len; i++) {
        if (left_out > 0 && i == BEATS_MAX - 1) {
            buf_add_cstr(text, " · … ");
            show_count(text, left_out);
            buf_add_cstr(text, " more");
            i += left_out;
        }
        buf_add_cstr(text, i == 0 ? "" : " · ");
        show_near(text, s.at[i].event->time_us, day, p->o);
        buf_addc(text, ' ');
        story_tell(text, c, &s.at[i]);
    }
    VEC_FREE(&s);
    return true;
}

/* A command stands alone and is never broken: it is there to be copied. */
static void command(const struct pen *p, const char *label, struct str text)
{
    CLEANUP(buf_free) struct buf plain = {0};
    mask_add_command(&plain, text);
    paint(p, p->out, PAINT_DIM, str_of(label));
    layout_pad(p->out, LABEL - utf8_width(str_of(label)));
    if (p->o->color) {
        buf_add_cstr(p->out, "\x1b[36m");
    }
    utf8_add_visible(p->out, buf_str(&plain));
    buf_add_cstr(p->out, p->o->color ? "\x1b[0m\n" : "\n");
    p->out->failed = p->out->failed || plain.failed;
}

static void next(const struct pen *p, const struct case_file *c)
{
    if (c->plan.len == 0) {
        return;
    }
    CLEANUP(buf_free) struct buf t = {0};
    const struct plan_step *s = &c->plan.at[0];
    for (size_t i = 0; i < s->action.len; i++) {
        buf_addc(&t, s->action.ptr[i] == '_' ? ' ' : s->action.ptr[i]);
    }
    buf_addc(&t, ' ');
    show_last(&t, s->target, 60);
    if (s->why.len > 0) {
        buf_add_cstr(&t, ": ");
        show_sentence(&t, s->why, 120);
    }
    if (s->breaks.len > 0) {
        buf_add_cstr(&t, "; ");
        show_sentence(&t, s->breaks, 120);
    }
    line(p, "  next", &t);
    for (size_t i = 0; i < s->commands.len; i++) {
        command(p, "", s->commands.at[i]);
    }
    if (s->undo.len > 0) {
        command(p, "  undo", s->undo.at[0]);
    }
    if (c->plan.len > 1) {
        buf_add_cstr(&t, "then ");
        show_plural(&t, c->plan.len - 1, "more step", "more steps");
        buf_add_cstr(&t, ", with what to keep first and how to undo: -o report.html");
        line(p, "", &t);
    }
}

static void headline(const struct pen *p, const struct case_file *c)
{
    CLEANUP(buf_free) struct buf t = {0};
    CLEANUP(buf_free) struct buf decided = {0};
    buf_printf(&decided, "%s to ", show_action(&c->decision));
    show_text(&decided, c->decision.to);
    paint(p, &t, PAINT_RED, buf_str(&decided));
    buf_printf(&t, "  %s", show_priority(c->decision.priority));
    buf_add_cstr(&t, "  case ");
    show_text(&t, show_case_id(c->id));
    buf_add_cstr(&t, "  ");
    show_range(&t, c->first_us, c->last_us, p->o);
    if (c->decision.due_us != TIME_NONE) {
        buf_add_cstr(&t, "  due ");
        show_near(&t, c->decision.due_us, c->last_us, p->o);
    }
    buf_add(p->out, buf_str(&t));
    buf_add_cstr(p->out, "\n  ");
    CLEANUP(buf_free) struct buf title = {0};
    show_sentence(&title, c->title, 200);
    CLEANUP(buf_free) struct buf bold = {0};
    paint(p, &bold, PAINT_BOLD, buf_str(&title));
    layout_wrap(p->out, buf_str(&bold), p->width, 2, 2);
    buf_addc(p->out, '\n');
    p->out->failed = p->out->failed || t.failed || decided.failed || title.failed || bold.failed;
}

static void reasons(const struct pen *p, const struct decision *d)
{
    CLEANUP(buf_free) struct buf t = {0};
    show_text(&t, d->row);
    buf_add_cstr(&t, ": ");
    show_sentence(&t, d->reason, 600);
    if (d->clause.len > 0) {
        buf_add_cstr(&t, " (playbook: “");
        show_sentence(&t, d->clause, 300);
        buf_add_cstr(&t, "”)");
    }
    line(p, "  why", &t);
    for (size_t i = 0; i < d->not_seen.len; i++) {
        buf_add_cstr(&t, i == 0 ? "" : " · ");
        show_sentence(&t, d->not_seen.at[i], 160);
    }
    line(p, "  unseen", &t);
}

void pen_case(const struct pen *p, const struct case_file *c)
{
    CLEANUP(buf_free) struct buf t = {0};
    headline(p, c);
    story_since(&t, c);
    line(p, "  since", &t);
    story_where(&t, c);
    line(p, "  where", &t);
    story_who(&t, c);
    line(p, "  who", &t);
    if (!what(p, c, &t)) {
        p->out->failed = true;
    }
    line(p, "  what", &t);
    buf_add_cstr(&t, case_whose_text(c->whose));
    line(p, "  whose", &t);
    story_now(&t, c, p->r, p->o);
    line(p, "  now", &t);
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        question(p, &c->answers[q], (enum question)q);
    }
    story_against(&t, c);
    line(p, "  against", &t);
    story_words(&t, c);
    line(p, "  words", &t);
    reasons(p, &c->decision);
    next(p, c);
    story_call(&t, c);
    line(p, "  call", &t);
    buf_addc(p->out, '\n');
}

void pen_entry(const struct pen *p, const char *label, const struct case_file *c)
{
    CLEANUP(buf_free) struct buf t = {0};
    const struct decision *d = &c->decision;
    show_sentence(&t, c->title, 160);
    buf_add_cstr(&t, " (");
    show_text(&t, d->row);
    if (d->priority > 0) {
        buf_printf(&t, ", %s", show_priority(d->priority));
    }
    if (d->due_us != TIME_NONE) {
        buf_add_cstr(&t, ", due ");
        show_minute(&t, d->due_us, p->o);
    }
    buf_add_cstr(&t, ", case ");
    show_text(&t, show_case_id(c->id));
    buf_add_cstr(&t, c->since.state != CASE_NOT_COMPARED ? ", " : "");
    buf_add_cstr(&t, case_since_name(c->since.state));
    buf_add_cstr(&t, d->review ? ", to be reviewed" : "");
    buf_add_cstr(&t, "): ");
    show_sentence(&t, d->reason, 400);
    for (size_t i = 0; i < d->not_seen.len && i < 2; i++) {
        buf_add_cstr(&t, i == 0 ? "; not seen: " : ", ");
        show_sentence(&t, d->not_seen.at[i], 120);
    }
    line(p, label, &t);
}
