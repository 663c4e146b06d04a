/* Who used which role on which function from where: four columns, a line for each pair seen in one
 * event. */
#include "report/html/html_priv.h"
#include "report/show.h"

enum {
    COLUMNS = 4,
    ROWS_MAX = 8,
    EDGES_MAX = 64,
    WIDTH = 225,
    BOX = 200,
    ROW = 40,
    NAME_MAX_ = 24
};

struct column {
    struct str at[ROWS_MAX];
    size_t len;
};

struct graph {
    struct column column[COLUMNS];
    struct edge {
        unsigned column; /* from this one to the next */
        size_t from, to;
    } edges[EDGES_MAX];
    size_t edge_count;
    bool cut; /* more was seen than fits */
};

static size_t node(struct graph *g, unsigned column, struct str name)
{
    struct column *c = &g->column[column];
    for (size_t i = 0; i < c->len; i++) {
        if (str_eq(c->at[i], name)) {
            return i;
        }
    }
    if (name.len == 0) {
        return SIZE_MAX;
    }
    if (c->len == ROWS_MAX) {
        g->cut = true;
        return SIZE_MAX;
    }
    c->at[c->len] = name;
    return c->len++;
}

static void edge(struct graph *g, unsigned column, size_t from, size_t to)
{
    if (from == SIZE_MAX || to == SIZE_MAX) {
        return;
    }
    for (size_t i = 0; i < g->edge_count; i++) {
        const struct edge *e = &g->edges[i];
        if (e->column == column && e->from == from && e->to == to) {
            return;
        }
    }
    if (g->edge_count == EDGES_MAX) {
        g->cut = true;
        return;
    }
    g->edges[g->edge_count++] = (struct edge){column, from, to};
}

static struct str last_part(struct str arn)
{
    size_t slash = str_rchr(arn, '/');
    return slash == SIZE_MAX ? arn : str_from(arn, slash + 1);
}

static void add_event(struct graph *g, const struct event *e)
{
    struct str target = e->function.name.len > 0 ? e->function.name : e->action;
    size_t who = e->actor == NULL ? SIZE_MAX : node(g, 0, e->actor->root);
    size_t role = node(g, 1, e->who.role.len > 0 ? last_part(e->who.role) : STR("own credentials"));
    size_t what = node(g, 2, target);
    size_t from = node(g, 3, e->address);
    edge(g, 0, who, role);
    edge(g, 1, role, what);
    edge(g, 2, what, from);
}

static int box_y(size_t row)
{
    return 24 + (int)row * ROW;
}

void html_graph(struct html *h, const struct case_file *c)
{
    static const char *const heads[COLUMNS] = {"who", "role", "function or call", "address"};
    struct graph g = {0};
    for (size_t i = 0; i < c->timeline.len; i++) {
        add_event(&g, c->timeline.at[i]);
    }
    size_t rows = 0;
    for (unsigned i = 0; i < COLUMNS; i++) {
        rows = g.column[i].len > rows ? g.column[i].len : rows;
    }
    buf_printf(
        h->out,
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"who, role, function, address\">",
        COLUMNS * WIDTH, box_y(rows) + 6);
    for (size_t i = 0; i < g.edge_count; i++) {
        const struct edge *e = &g.edges[i];
        int x = (int)e->column * WIDTH + BOX;
        int y1 = box_y(e->from) + 14;
        int y2 = box_y(e->to) + 14;
        buf_printf(h->out, "<path d=\"M%d %dC%d %d %d %d %d %d\"/>", x, y1, x + 12, y1,
                   x + WIDTH - BOX - 12, y2, x + WIDTH - BOX, y2);
    }
    for (unsigned col = 0; col < COLUMNS; col++) {
        int x = (int)col * WIDTH;
        buf_printf(h->out, "<text class=\"soft\" x=\"%d\" y=\"14\">%s</text>", x, heads[col]);
        for (size_t i = 0; i < g.column[col].len; i++) {
            buf_printf(h->out,
                       "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"28\" rx=\"5\"/>"
                       "<text x=\"%d\" y=\"%d\"><title>",
                       x, box_y(i), BOX, x + 8, box_y(i) + 18);
            html_text(h, g.column[col].at[i]);
            html_add(h, "</title>");
            html_short(h, g.column[col].at[i], NAME_MAX_);
            html_add(h, "</text>");
        }
    }
    html_add(h, "</svg>");
    if (g.cut) {
        html_add(h, "<p class=\"dim\">More was seen than is drawn.</p>");
    }
}
