#include "cli/columns.h"

#include <stdio.h>

#include "base/utf8.h"
#include "report/show.h"

enum { GAP = 2 };

struct layout {
    size_t width[COLUMNS_MAX]; /* 0: left out */
    size_t count;
};

static size_t wants(const struct column_of *c, struct str cell)
{
    CLEANUP(buf_free) struct buf shown = {0};
    show_text(&shown, cell);
    size_t w = utf8_width(buf_str(&shown));
    size_t title = utf8_width(str_of(c->title));
    return w > title ? w : title;
}

static size_t total(const struct layout *l)
{
    size_t sum = 0;
    for (size_t i = 0; i < l->count; i++) {
        sum += l->width[i] == 0 ? 0 : l->width[i] + GAP;
    }
    return sum < GAP ? 0 : sum - GAP;
}

/* The widest column that can still give way, or count. */
static size_t widest(const struct layout *l, const struct column_of *columns)
{
    size_t best = l->count;
    for (size_t i = 0; i < l->count; i++) {
        if (l->width[i] > columns[i].least && (best == l->count || l->width[i] > l->width[best])) {
            best = i;
        }
    }
    return best;
}

/* The column to leave out next, or count. */
static size_t dispensable(const struct layout *l, const struct column_of *columns)
{
    size_t best = l->count;
    for (size_t i = 0; i < l->count; i++) {
        if (l->width[i] > 0 && columns[i].rank > 0 &&
            (best == l->count || columns[i].rank > columns[best].rank)) {
            best = i;
        }
    }
    return best;
}

static void fit(struct layout *l, const struct column_of *columns, unsigned width)
{
    struct layout whole = *l;
    for (;;) {
        while (total(l) > width) {
            size_t at = widest(l, columns);
            if (at == l->count) {
                break;
            }
            l->width[at]--;
        }
        size_t out = total(l) > width ? dispensable(l, columns) : l->count;
        if (out == l->count) {
            return;
        }
        whole.width[out] = 0; /* begin anew without it: the others may have their room back */
        *l = whole;
    }
}

static void cell_write(struct buf *out, const struct column_of *c, size_t width, struct str cell,
                       bool last)
{
    CLEANUP(buf_free) struct buf shown = {0};
    show_short(&shown, cell, width);
    size_t have = utf8_width(buf_str(&shown));
    size_t pad = have < width ? width - have : 0;
    for (size_t i = 0; c->right && i < pad; i++) {
        buf_addc(out, ' ');
    }
    buf_add(out, buf_str(&shown));
    for (size_t i = 0; !c->right && !last && i < pad; i++) {
        buf_addc(out, ' ');
    }
    out->failed = out->failed || shown.failed;
}

static void row_write(struct buf *out, const struct layout *l, const struct column_of *columns,
                      const struct str *cells)
{
    size_t last = 0;
    for (size_t i = 0; i < l->count; i++) {
        last = l->width[i] > 0 ? i : last;
    }
    bool first = true;
    for (size_t i = 0; i < l->count; i++) {
        if (l->width[i] == 0) {
            continue;
        }
        buf_add_cstr(out, first ? "" : "  ");
        cell_write(out, &columns[i], l->width[i], cells[i], i == last);
        first = false;
    }
    buf_addc(out, '\n');
}

bool columns_write(struct buf *out, const struct column_of *columns, size_t count,
                   const struct str *cells, size_t rows, unsigned width)
{
    struct layout l = {.count = count > COLUMNS_MAX ? (size_t)COLUMNS_MAX : count};
    struct str titles[COLUMNS_MAX];
    for (size_t i = 0; i < l.count; i++) {
        titles[i] = str_of(columns[i].title);
        l.width[i] = utf8_width(titles[i]);
        for (size_t r = 0; r < rows; r++) {
            size_t w = wants(&columns[i], cells[r * count + i]);
            l.width[i] = w > l.width[i] ? w : l.width[i];
        }
    }
    fit(&l, columns, width);
    row_write(out, &l, columns, titles);
    for (size_t r = 0; r < rows; r++) {
        row_write(out, &l, columns, &cells[r * count]);
    }
    return !out->failed;
}
