/*
 * report - what is to be said about a policy or a principal: paths, findings, extent.
 */
#ifndef IAM_REPORT_H
#define IAM_REPORT_H

#include "base/vec.h"
#include "iam/catalog.h"
#include "iam/measure.h"
#include "iam/path.h"
#include "model/detection.h"

/* What checks need; loaded once. */
struct iam_knowledge {
    const struct iam_catalog *catalog;
    struct iam_paths paths;
};

struct iam_finding {
    struct str id; /* "administrator", "service-wide", "not-action", "resource-exposure",
                      "public", "any-identity", "confused-deputy" */
    enum severity severity;
    struct str text; /* one sentence with the values */
    struct str policy;
    unsigned statement; /* number in the policy */
};

struct iam_report {
    struct {
        VEC_OF(struct iam_way);
    } ways; /* in the order of the paths file */
    struct {
        VEC_OF(struct iam_finding);
    } findings; /* in the order of policies and statements */
    struct iam_extent extent;
};
void iam_report_free(struct iam_report *r);

/* What the holder can do. Texts live in `a`. ERR_NOMEM. */
NODISCARD enum err_code iam_report_of(const struct iam_knowledge *k, const struct iam_holder *h,
                                      struct arena *a, struct iam_report *out, struct err *err);

/* Whom a policy with principals lets in: public, any identity of a provider, confused deputy. */
NODISCARD enum err_code iam_report_openness(const struct iam_policy *p, struct arena *a,
                                            struct iam_report *out, struct err *err);

/* Of another provider than AWS: paths whose permissions are all listed. */
NODISCARD enum err_code iam_report_listed(const struct iam_knowledge *k, enum iam_provider provider,
                                          const struct iam_list *permissions,
                                          struct iam_report *out, struct err *err);

#endif
