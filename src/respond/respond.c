#include "respond/respond.h"

/* Data is leaving: every minute counts more than what the order would keep. */
static bool is_leaking(const struct case_file *c)
{
    static const struct str leaks[] = {STR_INIT("listed.two_way"), STR_INIT("egress.listed"),
                                       STR_INIT("volume.upload")};
    bool leaking = false;
    if (c->answers[Q3].verdict != VERDICT_SUSPICIOUS) {
        return false;
    }
    for (unsigned q = Q3; q <= Q4; q++) {
        const struct answer *a = &c->answers[q];
        for (size_t i = 0; i < a->items.len; i++) {
            for (size_t k = 0; k < ARRAY_LEN(leaks); k++) {
                leaking |= a->items.at[i].weight > 0 && str_eq(a->items.at[i].id, leaks[k]);
            }
        }
    }
    return leaking;
}

static enum err_code plan_phase(struct case_file *c, enum respond_phase phase, struct arena *a,
                                struct err *err)
{
    for (size_t i = 0; respond_registry[i] != NULL; i++) {
        if (respond_registry[i]->phase != phase) {
            continue;
        }
        enum err_code rc = respond_registry[i]->plan(c, a, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

enum err_code respond_plan(struct case_file *c, struct arena *a, struct err *err)
{
    bool stop_first = is_leaking(c);
    enum err_code rc = stop_first ? plan_phase(c, RESPOND_FUNCTION, a, err) : ERR_OK;
    for (unsigned p = 0; rc == ERR_OK && p < RESPOND_PHASE_MAX_; p++) {
        if (p != RESPOND_FUNCTION || !stop_first) {
            rc = plan_phase(c, (enum respond_phase)p, a, err);
        }
    }
    return rc;
}
