/*
 * join - which findings belong together.
 *
 * Two findings are one case when they share a function, an actor, a session (access key) or an
 * address within 24 h. An entity does not join when more than five actors or functions share it
 * in the findings, when it is an address of a provider's range or of a proxy, NAT or CI range of
 * --env, or when it is the actor (or a session) of a pipeline or a service. A finding about an
 * actor, an address or an account that touched more than five functions does not join by them.
 *
 * Only findings of medium and above join and make a case. Informational and low ones never connect
 * two cases: each goes, as context, to the first case it shares an entity with.
 */
#ifndef CASE_JOIN_H
#define CASE_JOIN_H

#include "context/context.h"
#include "detect/detect.h"
#include "intel/intel.h"

#define JOIN_WINDOW_US (24 * TIME_HOUR_US)
enum { JOIN_SHARED_MAX = 5 };

#define JOIN_NO_CASE SIZE_MAX

/* Sets group[i] for each finding: the index of the first finding of its case, or JOIN_NO_CASE. */
NODISCARD enum err_code join_findings(const struct finding_list *findings, const struct context *c,
                                      const struct intel *intel, size_t *group, struct err *err);

#endif
