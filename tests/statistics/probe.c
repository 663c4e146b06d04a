/*
 * probe - the statistics of src/baseline and src/fit for tests/statistics/check.py: reads lines "NAME NUMBERS…",
 * answers each with a line.
 *
 *     poisson COUNT MEAN | tail COUNT MEAN VARIANCE | z VALUE VALUES… | median VALUES…
 *     logit COLUMN SPREAD COLUMNS PRIORS… LOWS… HIGHS… (SUSPICIOUS OFFSET ITEM…)…, an item 0 or 1
 *     ewma VALUES… | cusum Z… | step MEAN RATIO DISPERSION COUNTS… | distinct NUMBER
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "baseline/chart.h"
#include "baseline/sketch.h"
#include "baseline/tail.h"
#include "baseline/values.h"
#include "fit/logit.h"

enum { VALUES = 1000 };

static double distinct(uint64_t n)
{
    struct sketch s = {{0}};
    for (uint64_t i = 0; i < n; i++) {
        char text[32];
        uint64_t hash = 0;
        int len = snprintf(text, sizeof(text), "198.51.%llu", (unsigned long long)i);
        if (!value_hash(str_make(text, (size_t)len), &hash)) {
            exit(EXIT_FAILURE);
        }
        sketch_add(&s, hash);
    }
    return sketch_count(&s);
}

static double chart(struct str name, const double *v, size_t n)
{
    struct ewma e = {0};
    double sum = 0;
    if (str_eq(name, STR("ewma"))) {
        for (size_t i = 0; i < n; i++) {
            (void)ewma_add(&e, v[i]);
        }
        return ewma_limit(&e);
    }
    for (size_t i = 0; str_eq(name, STR("cusum")) && i < n; i++) {
        sum = cusum_next(sum, v[i]);
    }
    for (size_t i = 3; str_eq(name, STR("step")) && i < n; i++) {
        sum = step_next(sum, v[i], v[0], v[1], v[2]);
    }
    return sum;
}

/* Weight of a column after the fit. */
static double fitted(const double *v, size_t n)
{
    enum { COLUMNS = 16, ROWS = 60 };
    static struct logit_row rows[ROWS];
    static uint32_t items[ROWS][COLUMNS];
    double w[COLUMNS];
    double scores[ROWS];
    size_t columns = (size_t)v[2];
    const double *at = v + 3 + 3 * columns;
    size_t count = 0;
    for (; at < v + n && count < ROWS && columns <= COLUMNS; at += columns + 2, count++) {
        rows[count] =
            (struct logit_row){.items = items[count], .offset = at[1], .suspicious = at[0] > 0.5};
        for (uint32_t c = 0; c < columns; c++) {
            if (at[2 + c] > 0.5) {
                items[count][rows[count].len++] = c;
            }
        }
    }
    struct logit m = {.rows = rows,
                      .row_count = count,
                      .prior = v + 3,
                      .low = v + 3 + columns,
                      .high = v + 3 + 2 * columns,
                      .columns = columns,
                      .spread = v[1]};
    return logit_fit(&m, w, scores) ? w[(size_t)v[0]] : -1e9;
}

static double answer(struct str name, double *v, size_t n)
{
    if (str_eq(name, STR("poisson"))) {
        return tail_poisson(v[0], v[1]);
    }
    if (str_eq(name, STR("tail"))) {
        return tail_of(v[0], v[1], v[2]);
    }
    if (str_eq(name, STR("z"))) {
        return robust_z(v[0], v + 1, n - 1, NULL);
    }
    if (str_eq(name, STR("median"))) {
        return median_of(v, n);
    }
    if (str_eq(name, STR("logit"))) {
        return fitted(v, n);
    }
    return str_eq(name, STR("distinct")) ? distinct((uint64_t)v[0]) : chart(name, v, n);
}

int main(void)
{
    static char line[65536];
    static double v[VALUES];
    while (fgets(line, sizeof(line), stdin) != NULL) {
        struct str rest = str_trim(str_of(line));
        struct str name;
        struct str word;
        size_t n = 0;
        if (!str_cut(&rest, ' ', &name)) {
            continue;
        }
        while (n < VALUES && str_cut(&rest, ' ', &word)) {
            if (!str_f64(word, &v[n++])) {
                fprintf(stderr, "no number: %.*s\n", STR_ARG(word));
                return EXIT_FAILURE;
            }
        }
        printf("%.17g\n", answer(name, v, n));
    }
    return EXIT_SUCCESS;
}
