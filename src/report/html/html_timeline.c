/* The case in time: one lane an entity, a mark an event; hollow marks were refused. */
#include "report/html/html_priv.h"
#include "report/show.h"
#include "report/story.h"

enum { LANES_MAX = 12, LEFT = 210, RIGHT = 960, LANE = 26, TOP = 26, BEATS_MAX = 400 };

struct lane {
    struct str name;
    const struct actor *actor;
};

struct lanes {
    struct lane lane[LANES_MAX];
    size_t len;
    size_t left_out;
};

static void add_lane(struct lanes *l, struct str name, const struct actor *actor)
{
    if (name.len == 0) {
        return;
    }
    for (size_t i = 0; i < l->len; i++) {
        if (str_eq(l->lane[i].name, name)) {
            return;
        }
    }
    if (l->len == LANES_MAX) {
        l->left_out++;
        return;
    }
    l->lane[l->len++] = (struct lane){name, actor};
}

static bool is_in(const struct lane *l, const struct event *e)
{
    return (l->actor != NULL && e->actor == l->actor) ||
           (l->actor == NULL && (str_eq(l->name, e->function.name) || str_eq(l->name, e->address)));
}

static int place(const struct case_file *c, int64_t us)
{
    int64_t span = time_gap(c->first_us, c->last_us);
    if (us == TIME_NONE || span <= 0) {
        return (LEFT + RIGHT) / 2;
    }
    int64_t at = us < c->first_us ? 0 : us - c->first_us;
    at = at > span ? span : at;
    return LEFT + 10 + (int)((double)at / (double)span * (RIGHT - LEFT - 20));
}

static void mark(struct html *h, const struct case_file *c, const struct story_beat *b, size_t lane)
{
    int x = place(c, b->event->time_us);
    int y = TOP + (int)lane * LANE + LANE / 2;
    buf_printf(h->out, "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"5\"><title>",
               b->event->outcome == OUTCOME_OK ? "mark" : "refused", x, y);
    show_second(&h->made, b->event->time_us, h->o);
    buf_addc(&h->made, ' ');
    story_tell(&h->made, c, b);
    html_take(h);
    html_add(h, "</title></circle>");
}

void html_timeline(struct html *h, const struct case_file *c)
{
    struct story s = {0};
    if (!story_of(c, &s)) {
        h->out->failed = true;
        return;
    }
    struct lanes lanes = {0};
    for (size_t i = 0; i < c->actors.len; i++) {
        add_lane(&lanes, c->actors.at[i]->root, c->actors.at[i]);
    }
    for (size_t i = 0; i < c->functions.len; i++) {
        add_lane(&lanes, c->functions.at[i].name, NULL);
    }
    for (size_t i = 0; i < c->addresses.len; i++) {
        add_lane(&lanes, c->addresses.at[i], NULL);
    }
    int height = TOP + (int)lanes.len * LANE + 24;
    buf_printf(h->out,
               "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"events of the case in time\">",
               RIGHT + 10, height);
    for (size_t i = 0; i < lanes.len; i++) {
        int y = TOP + (int)i * LANE + LANE / 2;
        buf_printf(h->out, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/><text x=\"0\" y=\"%d\">",
                   LEFT, y, RIGHT, y, y + 4);
        html_short(h, lanes.lane[i].name, 30);
        html_add(h, "</text>");
        for (size_t b = 0; b < s.len && b < BEATS_MAX; b++) {
            if (is_in(&lanes.lane[i], s.at[b].event)) {
                mark(h, c, &s.at[b], i);
            }
        }
    }
    buf_printf(h->out, "<text class=\"soft\" x=\"%d\" y=\"%d\">", LEFT, height - 6);
    show_minute(&h->made, c->first_us, h->o);
    html_take(h);
    buf_printf(h->out, "</text><text class=\"soft\" x=\"%d\" y=\"%d\" text-anchor=\"end\">", RIGHT,
               height - 6);
    show_minute(&h->made, c->last_us, h->o);
    html_take(h);
    html_add(h, "</text></svg><p class=\"dim\">● done ○ refused or failed</p>");
    if (s.len > BEATS_MAX) {
        buf_printf(h->out, "<p class=\"dim\">The first %d of %zu are drawn, the table has all.</p>",
                   (int)BEATS_MAX, s.len);
    }
    if (lanes.left_out > 0) {
        buf_printf(h->out, "<p class=\"dim\">%zu more entities are not drawn.</p>", lanes.left_out);
    }
    html_add(h, "<details><summary>The same as a table</summary><table><tr><th>time<th>what"
                "<th>from</tr>");
    for (size_t i = 0; i < s.len; i++) {
        html_add(h, "<tr><td>");
        show_second(&h->made, s.at[i].event->time_us, h->o);
        html_take(h);
        html_add(h, "</td><td>");
        story_tell(&h->made, c, &s.at[i]);
        html_take(h);
        html_add(h, "</td><td>");
        html_text(h, s.at[i].event->address);
        html_add(h, "</td></tr>");
    }
    html_add(h, "</table></details>");
    VEC_FREE(&s);
}
