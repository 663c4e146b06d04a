/*
 * logit - weights of evidence refitted from answered cases.
 *
 * A case's score is its offset and the weights of its items, in decibans; the chance that something is
 * wrong is 1 / (1 + 10^(-score/10)). Fitted is what makes the answers likeliest, pulled towards the
 * weights that an expert gave (a normal prior around each) and kept within bounds:
 *
 *     minimise  -log likelihood + sum over j of (w[j] - prior[j])^2 / (2 spread^2),
 *               low[j] <= w[j] <= high[j]
 *
 * This is strictly convex; coordinates are stepped by the quadratic that lies above it, which cannot
 * overshoot, until none moves by 1e-9. Cost: steps x items of all cases. Pure.
 */
#ifndef FIT_LOGIT_H
#define FIT_LOGIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct logit_row {
    const uint32_t *items; /* columns that count, each once */
    size_t len;
    double offset; /* decibans of what is not fitted */
    bool suspicious;
};

struct logit {
    const struct logit_row *rows;
    size_t row_count;
    const double *prior, *low, *high; /* of `columns` each, decibans */
    size_t columns;
    double spread; /* decibans, above 0 */
};

enum { LOGIT_STEPS_MAX = 20000, LOGIT_BINS = 10 };

/* `w` holds `columns` numbers, `scores` as many as there are rows (scratch). False: no convergence. */
bool logit_fit(const struct logit *m, double *w, double *scores);

double logit_score(const struct logit_row *r, const double *w);
double logit_chance(double score); /* decibans to 0…1 */

/* Mean squared error of the chances: 0 is best, 0.25 is what "one half" gives. */
double logit_brier(const struct logit_row *rows, size_t count, const double *w);

/* Are chances what they say? Cases by chance, in tenths. */
struct logit_bin {
    size_t cases;
    size_t suspicious; /* of them */
    double chance;     /* sum of their chances */
};
void logit_reliability(const struct logit_row *rows, size_t count, const double *w,
                       struct logit_bin bins[LOGIT_BINS]);

#endif
