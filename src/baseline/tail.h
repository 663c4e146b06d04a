/*
 * tail - how unlikely are so many calls?
 *
 * Counts may be fractions: metrics are spread evenly over their bucket. Cost of each: at most some
 * hundred steps. Means are at least 0; what is not finite counts as certain (1).
 */
#ifndef BASELINE_TAIL_H
#define BASELINE_TAIL_H

/* Probability (0 to 1) of `count` or more calls where `mean` are usual and calls are independent:
 * the regularised lower incomplete gamma function P(count, mean).
 * Source: Press et al., Numerical Recipes 6.2; SciPy: poisson.sf(count - 1, mean). */
double tail_poisson(double count, double mean);

/* The same where counts vary more than independent calls do: `variance` > `mean`, negative binomial
 * with r = mean^2 / (variance - mean), the regularised incomplete beta function I(count, r).
 * With variance <= TAIL_DISPERSED * mean it is tail_poisson.
 * Source: Press et al. 6.4; SciPy: nbinom.sf(count - 1, r, r / (r + mean)). */
double tail_of(double count, double mean, double variance);

/* var/mean from which on a Poisson distribution does not do. */
#define TAIL_DISPERSED 1.5

#endif
