#include "fit/logit.h"

#include <math.h>

#define NATS_PER_DECIBAN 0.23025850929940457 /* ln(10) / 10 */
#define STILL            1e-9                /* decibans: below this nothing moves */

double logit_score(const struct logit_row *r, const double *w)
{
    double score = r->offset;
    for (size_t i = 0; i < r->len; i++) {
        score += w[r->items[i]];
    }
    return score;
}

double logit_chance(double score)
{
    return 1 / (1 + exp(-score * NATS_PER_DECIBAN));
}

/* Slope of the likelihood's part, and how many cases the column is in. */
static double slope_of(const struct logit *m, uint32_t column, const double *scores, size_t *in)
{
    double slope = 0;
    *in = 0;
    for (size_t r = 0; r < m->row_count; r++) {
        const struct logit_row *row = &m->rows[r];
        for (size_t i = 0; i < row->len; i++) {
            if (row->items[i] == column) {
                slope += logit_chance(scores[r]) - (row->suspicious ? 1 : 0);
                (*in)++;
            }
        }
    }
    return slope * NATS_PER_DECIBAN;
}

static void move(const struct logit *m, uint32_t column, double by, double *scores)
{
    for (size_t r = 0; r < m->row_count; r++) {
        for (size_t i = 0; i < m->rows[r].len; i++) {
            scores[r] += m->rows[r].items[i] == column ? by : 0;
        }
    }
}

/* One coordinate down the quadratic above it: the logistic curve bends by a quarter at most. */
static double step(const struct logit *m, uint32_t column, double *w, double *scores)
{
    size_t in;
    double pull = 1 / (m->spread * m->spread);
    double slope = slope_of(m, column, scores, &in) + (w[column] - m->prior[column]) * pull;
    double bend = pull + 0.25 * NATS_PER_DECIBAN * NATS_PER_DECIBAN * (double)in;
    double to = w[column] - slope / bend;
    to = fmin(fmax(to, m->low[column]), m->high[column]);
    double by = to - w[column];
    if (in > 0 && fabs(by) > 0) {
        move(m, column, by, scores);
    }
    w[column] = to;
    return fabs(by);
}

bool logit_fit(const struct logit *m, double *w, double *scores)
{
    for (size_t c = 0; c < m->columns; c++) {
        w[c] = fmin(fmax(m->prior[c], m->low[c]), m->high[c]);
    }
    for (size_t r = 0; r < m->row_count; r++) {
        scores[r] = logit_score(&m->rows[r], w);
    }
    for (size_t n = 0; n < LOGIT_STEPS_MAX; n++) {
        double most = 0;
        for (size_t c = 0; c < m->columns; c++) {
            most = fmax(most, step(m, (uint32_t)c, w, scores));
        }
        if (most < STILL) {
            return true;
        }
    }
    return false;
}

double logit_brier(const struct logit_row *rows, size_t count, const double *w)
{
    double sum = 0;
    for (size_t r = 0; r < count; r++) {
        double miss = logit_chance(logit_score(&rows[r], w)) - (rows[r].suspicious ? 1 : 0);
        sum += miss * miss;
    }
    return count == 0 ? 0 : sum / (double)count;
}

void logit_reliability(const struct logit_row *rows, size_t count, const double *w,
                       struct logit_bin bins[LOGIT_BINS])
{
    for (size_t b = 0; b < LOGIT_BINS; b++) {
        bins[b] = (struct logit_bin){0};
    }
    for (size_t r = 0; r < count; r++) {
        double chance = logit_chance(logit_score(&rows[r], w));
        size_t b = (size_t)(chance * LOGIT_BINS);
        b = b < LOGIT_BINS ? b : LOGIT_BINS - 1;
        bins[b].cases++;
        bins[b].suspicious += rows[r].suspicious ? 1 : 0;
        bins[b].chance += chance;
    }
}
