/*
 * html_arithmetic - how the case was decided: events with their items, rows of the table, what would
 * change it.
 */
#include "model/arithmetic.h"
#include "report/html/html_priv.h"
#include "report/show.h"

static void item(struct html *h, const struct sum_item *it)
{
    buf_printf(h->out, "<tr><td>%+d</td><td>", it->item.weight);
    html_text(h, it->item.id);
    html_add(h, "</td><td>");
    html_text(h, it->item.group);
    html_add(h, it->item.hard ? ", decides alone" : "");
    html_add(h, it->item.authorises ? ", authorises" : "");
    html_add(h, "</td><td>");
    html_text(h, it->item.text);
    if (it->fate != FATE_COUNTED) {
        buf_printf(h->out, " <span class=\"dim\">%+d does not count, %s: ", it->item.weight_full,
                   item_fate_name(it->fate));
        html_text(h, it->why);
        html_add(h, "</span>");
    }
    html_add(h, "</td></tr>");
}

static void event(struct html *h, const struct event_sum *e)
{
    html_add(h, "<p>");
    show_second(&h->made, e->time_us, h->o);
    html_take(h);
    html_add(h, " ");
    html_text(h, e->action);
    html_add(h, " ");
    html_text(h, e->outcome);
    buf_printf(h->out, ": <b>%+d</b>, %s%s</p>", e->score, verdict_name(e->verdict),
               e->decides ? "; decides" : "");
    if (e->item_count > 0) {
        html_add(h, "<table><tr><th>weight<th>item<th>group<th>what</tr>");
        for (size_t i = 0; i < e->item_count; i++) {
            item(h, &e->items[i]);
        }
        html_add(h, "</table>");
    }
    for (size_t i = 0; i < e->bar_count; i++) {
        html_add(h, i == 0 ? "<ul>" : "");
        html_add(h, "<li>");
        html_text(h, e->bars[i]);
        html_add(h, "</li>");
        html_add(h, i + 1 == e->bar_count ? "</ul>" : "");
    }
}

static void part(struct html *h, const struct part_sum *s)
{
    buf_printf(h->out, "<h4>%s, %.*s: %s</h4><p class=\"dim\">", show_question(s->question),
               STR_ARG(s->part), s->raised ? verdict_name(s->verdict) : "not raised");
    html_text(h, s->raised_by);
    html_add(h, "</p>");
    for (size_t i = 0; i < s->event_count; i++) {
        event(h, &s->events[i]);
    }
}

void html_arithmetic(struct html *h, const struct arithmetic *a)
{
    buf_printf(h->out,
               "<details><summary>The arithmetic</summary><p>Suspicious from %+d, legitimate to "
               "%+d and nothing unexplained of %+d or more; of each group the strongest item "
               "counts.</p>",
               a->suspicious, a->legitimate, a->bar);
    for (size_t i = 0; i < a->part_count; i++) {
        part(h, &a->parts[i]);
    }
    html_add(h, "<h4>Rows</h4><table><tr><th>row<th>what came out</tr>");
    for (size_t i = 0; i < a->row_count; i++) {
        const struct row_walk *r = &a->rows[i];
        html_add(h, "<tr><td>");
        html_text(h, r->row);
        html_add(h, r->decides ? "</td><td><b>decides</b>: "
                    : r->fits  ? "</td><td>fits too: "
                               : "</td><td>no: ");
        html_text(h, r->fits ? r->text : r->failed);
        html_add(h, "</td></tr>");
    }
    html_add(h, "</table><h4>What would change it</h4><ul>");
    for (size_t i = 0; i < a->what_if_count; i++) {
        html_add(h, "<li>if ");
        html_text(h, a->what_ifs[i].what);
        html_add(h, ": ");
        html_text(h, a->what_ifs[i].then);
        html_add(h, "</li>");
    }
    html_add(h, "</ul></details>");
}
