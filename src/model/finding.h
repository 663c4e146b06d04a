/*
 * finding - one hit of a detection, folded: the same detection, entity and actor within the
 * window is one finding with first, last, count and its events.
 */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include "base/vec.h"
#include "model/detection.h"
#include "model/event.h"

struct intel_hit; /* intel/intel.h */

struct finding {
    struct str id; /* hash of what it names: the same in every run; 12 hex digits */
    const struct detection *detection;
    enum severity severity; /* may differ from the detection's: a denied attempt is lower */
    bool explained;         /* all of it, by what answers its question: it is told as low then */
    double confidence;
    int64_t first_us;
    int64_t last_us;
    uint64_t count;               /* records that hit */
    uint64_t denied;              /* of these, refused by the provider */
    struct function_key function; /* name "" when it is about no function */
    struct str entity;            /* text of the entity it is folded by */
    const struct actor *actor;    /* NULL: nobody is named */
    struct str account;
    struct str region;
    struct str explain; /* one or two sentences, for a person; what was seen, with values */

    /* The events, in event_cmp order. An aggregate event stands for several records. */
    struct {
        VEC_OF(const struct event *);
    } events;
    struct {
        VEC_OF(struct str);
    } addresses; /* distinct, in order of first sight */
    struct {
        VEC_OF(struct str);
    } hosts;
    struct {
        VEC_OF(const struct intel_hit *);
    } intel;
    struct {
        VEC_OF(struct function_key);
    } functions; /* of a folded deployment, else one */
};

/* Finding order in all output: severity down, first_us, detection id, id. */
int finding_cmp(const struct finding *a, const struct finding *b);
void finding_free(struct finding *f); /* its arrays */

#endif
