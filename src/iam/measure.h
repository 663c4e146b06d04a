/*
 * measure - how much policies allow, as a number that grows with it.
 *
 * Score = sum over the actions of the catalogue of weight(level) x breadth. Weight: list 1, read 2,
 * tagging 3, write 6, permissions management 10. Breadth: 1 for each resource that is named, 3 for
 * each pattern, 6 for any, and at most 6 an action. A condition on address, organisation, VPC
 * endpoint or MFA halves. NotAction and NotResource count for what they leave in; a deny takes away
 * what it surely covers. No unit; compare a principal with itself.
 */
#ifndef IAM_MEASURE_H
#define IAM_MEASURE_H

#include "iam/catalog.h"
#include "iam/grant.h"

struct iam_extent {
    double score;
    size_t allowed;        /* actions */
    const double *breadth; /* by action of the catalogue; 0: not allowed */
};

/* Memory in `a`: about 9 bytes an action, and 20 for a statement while it works. ERR_NOMEM. */
NODISCARD enum err_code iam_measure(const struct iam_catalog *c, const struct iam_holder *h,
                                    struct arena *a, struct iam_extent *out, struct err *err);

/* Is the score up by more than half? Needs no history; a principal that had nothing: any is. */
bool iam_score_jumped(double before, double after);

#endif
