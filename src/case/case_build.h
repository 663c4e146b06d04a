/*
 * case_build - findings to cases, by the joining rule of design.md 2.
 */
#ifndef CASE_CASE_BUILD_H
#define CASE_CASE_BUILD_H

#include "context/context.h"
#include "detect/detect.h"
#include "intel/intel.h"
#include "model/case_file.h"

struct case_list {
    VEC_OF(struct case_file *);
};

/* Findings of posture detections and cases of only informational and low findings make none.
 * Cases, their texts and titles live in `a`; answers, steps, decision and plan are still empty. */
NODISCARD enum err_code case_build(const struct finding_list *findings, const struct context *c,
                                   const struct intel *intel, const struct inventory *inv,
                                   struct arena *a, struct case_list *out, struct err *err);

#endif
