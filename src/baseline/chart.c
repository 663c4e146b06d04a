#include "baseline/chart.h"

#include <math.h>
#include <stdlib.h>

double ewma_limit(const struct ewma *e)
{
    return e->mean + EWMA_WIDTH * sqrt(e->variance) * sqrt(EWMA_WEIGHT / (2 - EWMA_WEIGHT));
}

bool ewma_add(struct ewma *e, double value)
{
    bool above = e->seen >= EWMA_WARM && value > ewma_limit(e);
    if (above) {
        e->run++;
        return e->run >= EWMA_RUN;
    }
    double away = value - e->mean;
    e->run = 0;
    if (e->seen == 0) {
        e->mean = value;
    } else {
        e->mean += EWMA_WEIGHT * away;
        e->variance = EWMA_WEIGHT * away * away + (1 - EWMA_WEIGHT) * e->variance;
    }
    e->seen += e->seen < EWMA_WARM ? 1 : 0;
    return false;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

double median_of(double *values, size_t n)
{
    if (n == 0) {
        return 0;
    }
    qsort(values, n, sizeof(*values), by_value);
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double robust_z(double value, double *values, size_t n, double *median)
{
    double middle = median_of(values, n);
    for (size_t i = 0; i < n; i++) {
        values[i] = fabs(values[i] - middle);
    }
    double mad = median_of(values, n);
    if (median != NULL) {
        *median = middle;
    }
    return n == 0 ? 0 : (value - middle) / (1.4826 * mad + fmax(1, 0.05 * middle));
}

double cusum_next(double sum, double z)
{
    return fmax(0, sum + z - CUSUM_SLACK);
}

double step_next(double sum, double count, double mean, double ratio, double dispersion)
{
    return fmax(0, sum + (count * log(ratio) - (ratio - 1) * mean) / dispersion);
}

double step_limit(double every, double mean, double dispersion)
{
    return fmax(3, log(fmax(every * mean / dispersion * 0.9, 1)));
}
