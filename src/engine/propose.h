/*
 * propose - settings (--env) that the logs suggest, for a person to accept or throw away.
 *
 * Nothing here is a fact: whoever took over a pipeline looks like one. Each proposal carries what
 * it rests on, and what --env has already is not proposed again.
 */
#ifndef ENGINE_PROPOSE_H
#define ENGINE_PROPOSE_H

#include "engine/estate.h"

enum proposal_kind {
    PROPOSE_ACCOUNT,
    PROPOSE_ORGANIZATION,
    PROPOSE_PIPELINE,      /* CI subjects, roles and service accounts that change functions */
    PROPOSE_RANGE,         /* addresses that many people come from: NAT, office */
    PROPOSE_VENDOR,        /* other accounts that act here */
    PROPOSE_LAYER_ACCOUNT, /* other accounts whose layers run here */
    PROPOSE_PUBLIC,        /* functions that anybody may call */
    PROPOSE_KIND_MAX_
};

enum {
    PROPOSE_PEOPLE_MIN = 5,  /* that come from one address */
    PROPOSE_CHANGES_MIN = 3, /* of functions, by a role or service account */
    PROPOSE_ACTIONS_MAX = 12
};

struct proposal {
    enum proposal_kind kind;
    struct str value;        /* id, name, address; any bytes */
    struct str why;          /* what was seen */
    struct str_list actions; /* of a vendor; more than PROPOSE_ACTIONS_MAX are not listed */
    uint64_t count;
    int64_t first_us, last_us;
};

struct proposal_list {
    VEC_OF(struct proposal);
};

/* By kind, then most evidence first, then by value. Texts live as long as `a` and the estate. */
NODISCARD enum err_code propose(const struct estate *e, struct arena *a, struct proposal_list *out,
                                struct err *err);
void proposals_free(struct proposal_list *list);

#endif
