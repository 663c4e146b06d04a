#include "baseline/tail.h"

#include <math.h>
#include <stdbool.h>

enum { STEPS_MAX = 10000 };
#define NEAR 1e-14
#define TINY 1e-300

static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign); /* lgamma writes a global */
}

/* P(a, x) by its series, for x < a + 1. */
static double gamma_series(double a, double x)
{
    double term = 1 / a;
    double sum = term;
    for (int i = 1; i < STEPS_MAX && term > sum * NEAR; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return sum * exp(a * log(x) - x - log_gamma(a));
}

static double not_zero(double v)
{
    return fabs(v) < TINY ? TINY : v;
}

/* Q(a, x) = 1 - P by its continued fraction (Lentz), for x >= a + 1. */
static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a;
    double c = 1 / TINY;
    double d = 1 / not_zero(b);
    double h = d;
    for (int i = 1; i < STEPS_MAX; i++) {
        double an = -i * (i - a);
        b += 2;
        d = 1 / not_zero(an * d + b);
        c = not_zero(b + an / c);
        h *= d * c;
        if (fabs(d * c - 1) < NEAR) {
            break;
        }
    }
    return h * exp(a * log(x) - x - log_gamma(a));
}

/* Large arguments need as many steps as the root of them: beyond, the normal distribution is as
 * good. */
#define LARGE 1e7

static double normal_above(double z)
{
    return erfc(z / sqrt(2)) / 2;
}

double tail_poisson(double count, double mean)
{
    if (!isfinite(count) || !isfinite(mean) || count <= 0) {
        return 1;
    }
    if (mean <= 0) {
        return 0;
    }
    if (mean > LARGE) {
        return normal_above((count - 0.5 - mean) / sqrt(mean));
    }
    return mean < count + 1 ? gamma_series(count, mean) : 1 - gamma_fraction(count, mean);
}

/* The continued fraction of the incomplete beta function. */
static double beta_fraction(double a, double b, double x)
{
    double c = 1;
    double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
    double h = d;
    for (int m = 1; m < STEPS_MAX; m++) {
        double am = a + 2.0 * m;
        double even = m * (b - m) * x / ((am - 1) * am);
        d = 1 / not_zero(1 + even * d);
        c = not_zero(1 + even / c);
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / (am * (am + 1));
        d = 1 / not_zero(1 + odd * d);
        c = not_zero(1 + odd / c);
        h *= d * c;
        if (fabs(d * c - 1) < NEAR) {
            break;
        }
    }
    return h;
}

/* I_x(a, b); `y` is 1 - x, given apart so that a small one keeps its digits. */
static double beta_of(double a, double b, double x, double y)
{
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log(y));
    bool near = x < (a + 1) / (a + b + 2);
    return near ? front * beta_fraction(a, b, x) / a : 1 - front * beta_fraction(b, a, y) / b;
}

double tail_of(double count, double mean, double variance)
{
    if (!isfinite(variance) || !isfinite(count) || !isfinite(mean) || count <= 0) {
        return 1;
    }
    if (mean <= 0 || variance <= TAIL_DISPERSED * mean) {
        return tail_poisson(count, mean);
    }
    if (mean > LARGE) {
        return normal_above((count - 0.5 - mean) / sqrt(variance));
    }
    double r = mean * mean / (variance - mean);
    return beta_of(count, r, mean / (r + mean), r / (r + mean));
}
