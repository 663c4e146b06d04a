#include "model/arithmetic.h"

#include "base/utf8.h"
#include "report/show.h"
#include "report/terminal/paint.h"

enum { ITEM_TEXT_MAX = 200 };

/* Hand a text that was built to pen_line, and start a new one. */
static void line(const struct pen *p, const char *label, struct buf *text)
{
    pen_line(p, label, buf_str(text));
    p->out->failed = p->out->failed || text->failed;
    buf_reset(text);
}

static void item(const struct pen *p, const struct sum_item *it)
{
    CLEANUP(buf_free) struct buf t = {0};
    const struct item *i = &it->item;
    bool counted = it->fate == FATE_COUNTED;
    buf_printf(&t, counted && i->weight != 0 ? "%+d " : "0 ", i->weight);
    show_text(&t, i->id);
    buf_add_cstr(&t, " [");
    show_text(&t, i->group);
    buf_printf(&t, "%s%s] ", i->hard ? ", hard" : "", i->authorises ? ", authorises" : "");
    show_sentence(&t, i->text, ITEM_TEXT_MAX);
    if (!counted && i->weight_full != 0) {
        buf_printf(&t, " (%+d does not count: ", i->weight_full);
        buf_add_cstr(&t, it->fate == FATE_EXPLAINED ? "explained by "
                         : it->fate == FATE_WEAKER  ? "weaker: "
                                                    : "");
        show_text(&t, it->why);
        buf_addc(&t, ')');
    }
    line(p, "", &t);
}

static void event(const struct pen *p, const struct event_sum *e)
{
    CLEANUP(buf_free) struct buf t = {0};
    show_second(&t, e->time_us, p->o);
    buf_addc(&t, ' ');
    show_text(&t, e->action);
    if (!str_eq(e->outcome, STR("ok"))) {
        buf_addc(&t, ' ');
        show_text(&t, e->outcome);
    }
    buf_printf(&t, ": sum %+d, %s%s", e->score, verdict_name(e->verdict),
               e->decides ? "; decides" : "");
    line(p, "    event", &t);
    for (size_t i = 0; i < e->item_count; i++) {
        item(p, &e->items[i]);
    }
    for (size_t i = 0; i < e->bar_count; i++) {
        show_text(&t, e->bars[i]);
        line(p, i == 0 ? "    bars" : "", &t);
    }
}

static void part(const struct pen *p, const struct part_sum *s)
{
    CLEANUP(buf_free) struct buf t = {0};
    buf_printf(&t, "%s, ", show_question(s->question));
    show_text(&t, s->part);
    buf_printf(&t, ": %s; ", s->raised ? verdict_name(s->verdict) : "not raised");
    show_text(&t, s->raised_by);
    line(p, "  answer", &t);
    for (size_t i = 0; i < s->event_count; i++) {
        event(p, &s->events[i]);
    }
    if (s->events_all > s->event_count) {
        show_plural(&t, s->events_all - s->event_count, "more event", "more events");
        buf_add_cstr(&t, ", none of them worse");
        line(p, "", &t);
    }
}

static void rows(const struct pen *p, const struct arithmetic *a)
{
    CLEANUP(buf_free) struct buf t = {0};
    for (size_t i = 0; i < a->fact_count; i++) {
        buf_add_cstr(&t, i == 0 ? "" : " · ");
        show_text(&t, a->facts[i].fact);
        buf_addc(&t, ' ');
        show_text(&t, a->facts[i].value);
    }
    line(p, "  facts", &t);
    for (size_t i = 0; i < a->row_count; i++) {
        const struct row_walk *r = &a->rows[i];
        show_text(&t, r->row);
        buf_add_cstr(&t, r->decides ? ": decides: " : r->fits ? ": fits too: " : ": no: ");
        show_text(&t, r->fits ? r->text : r->failed);
        line(p, i == 0 ? "  rows" : "", &t);
    }
}

void pen_arithmetic(const struct pen *p, const struct case_file *c)
{
    const struct arithmetic *a = c->arithmetic;
    if (a == NULL) {
        return;
    }
    CLEANUP(buf_free) struct buf t = {0};
    show_text(&t, show_case_id(c->id));
    buf_printf(&t,
               ": suspicious from %+d, legitimate to %+d and nothing unexplained of %+d or more; "
               "of each group the strongest item counts",
               a->suspicious, a->legitimate, a->bar);
    line(p, "explain", &t);
    for (size_t i = 0; i < a->part_count; i++) {
        part(p, &a->parts[i]);
    }
    rows(p, a);
    for (size_t i = 0; i < a->what_if_count; i++) {
        buf_add_cstr(&t, "if ");
        show_text(&t, a->what_ifs[i].what);
        buf_add_cstr(&t, ": ");
        show_text(&t, a->what_ifs[i].then);
        line(p, i == 0 ? "  change" : "", &t);
    }
    buf_addc(p->out, '\n');
}
