/*
 * faaswatch playbook fit: weights from closed cases, and how good they are on those held back.
 */
#include <math.h>

#include "base/mem.h"
#include "cli/playbook.h"
#include "codec/json_write.h"
#include "model/content.h"
#include "playbook/check.h"
#include "sys/file.h"

enum { PLAYBOOK_BYTES_MAX = 4 * 1024 * 1024, ANSWERS_MIN = 8, SPREAD_MAX = 20 };

/* One run. Arrays are of `columns`, `book->item_count` or `answers.len`. */
struct fitting {
    struct buf text;
    struct playbook *book;
    int *column;  /* of each item, or -1 */
    size_t *item; /* of each column */
    double *prior, *low, *high, *fitted;
    int *weights; /* of each item, after the fit */
    size_t columns;
    struct answered_list answers;
    struct logit_row *rows; /* those that are fitted, then those held back */
    size_t fit_count, held_count;
    double *scores;
    struct arena arena;
};

static void fitting_free(struct fitting *f)
{
    buf_free(&f->text);
    playbook_free(f->book);
    answered_list_free(&f->answers);
    arena_free(&f->arena);
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory for the fit");
}

static enum err_code load_book(struct str path, struct fitting *f, struct err *err)
{
    enum err_code rc = ERR_OK;
    buf_init(&f->text, PLAYBOOK_BYTES_MAX);
    if (path.len > 0) {
        rc = file_read(path, &f->text, err);
    }
    for (size_t i = 0; path.len == 0 && content_files[i].path != NULL; i++) {
        if (str_eq(str_of(content_files[i].path), STR("playbooks/T1584.007.yaml"))) {
            buf_add(&f->text, str_make(content_files[i].bytes, content_files[i].len));
        }
    }
    return rc               ? rc
           : f->text.failed ? no_memory(err)
                            : playbook_load(buf_str(&f->text), &f->book, err);
}

/* ---- bounds ---- */

/* Hard items stay what they are, what weighs nothing tells, and words have a bound of their own. */
static bool is_fitted(const struct playbook_item *it)
{
    return !it->hard && it->weight != 0 && !str_eq(it->group, STR("attest"));
}

/* Half to twice the expert's weight, and of the same kind as it is: what authorises goes on reaching
 * "legitimate", what does not never does alone; what alone bars or is suspicious stays so, and what is
 * not does not become so. */
static void bounds_of(const struct playbook *p, const struct playbook_item *it, double *low,
                      double *high)
{
    double w = it->weight;
    if (w < 0) {
        *low = it->authorises ? 1.5 * w : fmax(2 * w, p->legitimate + 1);
        *high = it->authorises ? fmin(w / 2, p->legitimate) : w / 2;
        return;
    }
    const int steps[] = {p->bar, p->suspicious};
    *low = fmax(1, w / 2);
    *high = 2 * w;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (it->weight >= steps[i]) {
            *low = fmax(*low, steps[i]);
        } else {
            *high = fmin(*high, steps[i] - 1);
        }
    }
}

static enum err_code make_columns(struct fitting *f, struct err *err)
{
    size_t n = f->book->item_count;
    f->column = ARENA_ARRAY(&f->arena, int, n + 1);
    f->weights = ARENA_ARRAY(&f->arena, int, n + 1);
    f->item = ARENA_ARRAY(&f->arena, size_t, n + 1);
    f->prior = ARENA_ARRAY(&f->arena, double, n + 1);
    f->low = ARENA_ARRAY(&f->arena, double, n + 1);
    f->high = ARENA_ARRAY(&f->arena, double, n + 1);
    f->fitted = ARENA_ARRAY(&f->arena, double, n + 1);
    if (f->column == NULL || f->weights == NULL || f->item == NULL || f->prior == NULL ||
        f->low == NULL || f->high == NULL || f->fitted == NULL) {
        return no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        const struct playbook_item *it = &f->book->items[i];
        f->weights[i] = it->weight;
        f->column[i] = -1;
        if (is_fitted(it)) {
            size_t c = f->columns++;
            f->column[i] = (int)c;
            f->item[c] = i;
            f->prior[c] = it->weight;
            bounds_of(f->book, it, &f->low[c], &f->high[c]);
        }
    }
    return ERR_OK;
}

/* ---- cases ---- */

static enum err_code make_rows(struct fitting *f, struct err *err)
{
    struct answered_list *a = &f->answers;
    size_t suspicious = 0;
    f->rows = ARENA_ARRAY(&f->arena, struct logit_row, a->len + 1);
    f->scores = ARENA_ARRAY(&f->arena, double, a->len + 1);
    if (f->rows == NULL || f->scores == NULL) {
        return no_memory(err);
    }
    for (int held = 0; held < 2; held++) {
        for (size_t i = 0; i < a->len; i++) {
            if (a->at[i].held_back == (held != 0)) {
                f->rows[f->fit_count + f->held_count] = a->at[i].row;
                f->fit_count += held == 0 ? 1 : 0;
                f->held_count += held == 0 ? 0 : 1;
                suspicious += held == 0 && a->at[i].row.suspicious ? 1 : 0;
            }
        }
    }
    if (f->fit_count < ANSWERS_MIN || f->held_count == 0 || suspicious == 0 ||
        suspicious == f->fit_count) {
        return err_set(err, ERR_USAGE,
                       "%zu stories give %zu answers to fit (%zu suspicious) and %zu to hold back; "
                       "it takes %d to fit, of both kinds, and one to hold back: add closed cases",
                       a->stories, f->fit_count, suspicious, f->held_count, (int)ANSWERS_MIN);
    }
    return ERR_OK;
}

static enum err_code fit(struct fitting *f, double spread, struct err *err)
{
    struct logit m = {.rows = f->rows,
                      .row_count = f->fit_count,
                      .prior = f->prior,
                      .low = f->low,
                      .high = f->high,
                      .columns = f->columns,
                      .spread = spread};
    if (!logit_fit(&m, f->fitted, f->scores)) {
        return err_set(err, ERR_LIMIT, "the weights do not settle; give a smaller --spread");
    }
    for (size_t c = 0; c < f->columns; c++) {
        double w = fmin(fmax(round(f->fitted[c]), ceil(f->low[c])), floor(f->high[c]));
        f->weights[f->item[c]] = (int)w;
        f->fitted[c] = w; /* what is measured is what is written */
    }
    return ERR_OK;
}

/* ---- telling ---- */

struct quality {
    struct logit_bin bins[LOGIT_BINS];
    double brier;
};

static struct quality measure(const struct fitting *f, const double *w)
{
    struct quality q;
    const struct logit_row *held = f->rows + f->fit_count;
    logit_reliability(held, f->held_count, w, q.bins);
    q.brier = logit_brier(held, f->held_count, w);
    return q;
}

static void say_bins(struct buf *out, const char *when, const struct quality *q)
{
    buf_printf(out, "%s: Brier score %.4f\n  chance      cases  said  were suspicious\n", when,
               q->brier);
    for (size_t b = 0; b < LOGIT_BINS; b++) {
        const struct logit_bin *bin = &q->bins[b];
        if (bin->cases > 0) {
            buf_printf(out, "  %.1f to %.1f  %5zu  %.2f  %.2f\n", (double)b / LOGIT_BINS,
                       (double)(b + 1) / LOGIT_BINS, bin->cases, bin->chance / (double)bin->cases,
                       (double)bin->suspicious / (double)bin->cases);
        }
    }
}

static void say_text(struct buf *out, const struct fitting *f, const struct quality *before,
                     const struct quality *after)
{
    buf_printf(out, "%zu stories: %zu answers fitted, %zu held back, %zu left out\n",
               f->answers.stories, f->fit_count, f->held_count, f->answers.left_out);
    for (size_t i = 0; i < f->book->item_count; i++) {
        const struct playbook_item *it = &f->book->items[i];
        if (it->weight != f->weights[i]) {
            buf_printf(out, "  %.*s %+d, was %+d\n", STR_ARG(it->id), f->weights[i], it->weight);
        }
    }
    buf_add_cstr(out, "On those held back:\n");
    say_bins(out, "before", before);
    say_bins(out, "after", after);
}

static void json_quality(struct json_writer *w, const char *key, const struct quality *q)
{
    json_key(w, str_of(key));
    json_object_begin(w);
    json_key(w, STR("brier"));
    json_f64(w, q->brier);
    json_key(w, STR("reliability"));
    json_array_begin(w);
    for (size_t b = 0; b < LOGIT_BINS; b++) {
        json_object_begin(w);
        json_key(w, STR("from"));
        json_f64(w, (double)b / LOGIT_BINS);
        json_key(w, STR("cases"));
        json_u64(w, q->bins[b].cases);
        json_key(w, STR("chance"));
        json_f64(w, q->bins[b].cases > 0 ? q->bins[b].chance / (double)q->bins[b].cases : 0);
        json_key(w, STR("suspicious"));
        json_u64(w, q->bins[b].suspicious);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}

static void say_json(struct buf *out, const struct fitting *f, const struct quality *before,
                     const struct quality *after)
{
    struct json_writer w = json_writer_of(out, 2);
    json_object_begin(&w);
    const struct {
        const char *key;
        size_t value;
    } counts[] = {{"stories", f->answers.stories},
                  {"fitted", f->fit_count},
                  {"held_back", f->held_count},
                  {"left_out", f->answers.left_out}};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        json_key(&w, str_of(counts[i].key));
        json_u64(&w, counts[i].value);
    }
    json_key(&w, STR("weights"));
    json_array_begin(&w);
    for (size_t i = 0; i < f->book->item_count; i++) {
        json_object_begin(&w);
        json_key(&w, STR("item"));
        json_str(&w, f->book->items[i].id);
        json_key(&w, STR("before"));
        json_i64(&w, f->book->items[i].weight);
        json_key(&w, STR("after"));
        json_i64(&w, f->weights[i]);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_quality(&w, "before", before);
    json_quality(&w, "after", after);
    json_object_end(&w);
    buf_addc(out, '\n');
}

static enum err_code write_book(const struct cli_args *args, const struct fitting *f,
                                struct err *err)
{
    CLEANUP(buf_free) struct buf out = {0};
    CLEANUP(playbook_faults_free) struct playbook_faults faults = {0};
    struct str path = cli_get(args, "output");
    if (path.len == 0) {
        return ERR_OK;
    }
    enum err_code rc = playbook_reweigh(buf_str(&f->text), f->book, f->weights, &out, err);
    rc = rc ? rc : playbook_check(buf_str(&out), &faults, err);
    if (rc == ERR_OK && faults.len > 0) {
        rc = err_set(err, ERR_SCHEMA, "line %u: %.*s", faults.at[0].line,
                     STR_ARG(str_head(faults.at[0].message, 200)));
    }
    return rc ? rc : file_write(path, buf_str(&out), cli_given(args, "clobber"), err);
}

static enum err_code run(const struct cli_args *args, struct fitting *f, struct buf *out,
                         struct err *err)
{
    uint64_t spread = 0;
    struct str dir = args->operands[1];
    if (!str_u64(cli_get(args, "spread"), &spread) || spread == 0 || spread > SPREAD_MAX) {
        return err_set(err, ERR_USAGE, "--spread takes a number from 1 to %d", (int)SPREAD_MAX);
    }
    if (cli_given(args, "output") && !cli_given(args, "clobber") &&
        file_kind(cli_get(args, "output"), NULL) != FILE_ABSENT) {
        return err_set(err, ERR_USAGE, "-o %.*s exists; -C overwrites it",
                       STR_ARG(cli_get(args, "output")));
    }
    enum err_code rc = load_book(cli_get(args, "playbook"), f, err);
    rc = rc ? rc : make_columns(f, err);
    rc = rc ? rc
            : answered_read(dir, cli_get(args, "playbook"), f->book, f->column, &f->answers, err);
    rc = rc ? rc : make_rows(f, err);
    rc = rc ? rc : fit(f, (double)spread, err);
    rc = rc ? rc : write_book(args, f, err);
    if (rc) {
        return rc;
    }
    struct quality before = measure(f, f->prior);
    struct quality after = measure(f, f->fitted);
    if (str_eq(cli_get(args, "format"), STR("json"))) {
        say_json(out, f, &before, &after);
    } else {
        say_text(out, f, &before, &after);
    }
    return out->failed ? no_memory(err) : ERR_OK;
}

int playbook_fit_run(const struct cli_args *args)
{
    CLEANUP(fitting_free) struct fitting f = {0};
    CLEANUP(buf_free) struct buf out = {0};
    struct err err = {0};
    enum err_code code = run(args, &f, &out, &err);
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        return code == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    return cli_print(buf_str(&out)) ? CLI_DONE : CLI_INTERNAL;
}
