/*
 * match - which change record, if any, covers an event (judgement.md 3).
 */
#ifndef CONTEXT_MATCH_H
#define CONTEXT_MATCH_H

#include "context/context.h"

enum match_class { MATCH_M0, MATCH_M1, MATCH_M2, MATCH_M3, MATCH_M4, MATCH_MR };
const char *match_class_name(enum match_class c); /* "M3" */

struct match_reason {
    int score;       /* added or taken away; 0 for a ceiling */
    struct str text; /* "actor is the implementer", "ceiling M2: approved after the event" */
};

struct change_match {
    enum match_class class;
    int score;
    const struct change *change; /* NULL for M0 without candidate */
    bool names_nature; /* the record names the layer, grant, URL, trust or permission at stake */
    bool edited_after; /* the record was edited after the event */
    bool retroactive;  /* approved after the event */
    bool actor_matched, artefact_matched, resource_matched;
    struct {
        VEC_OF(struct match_reason);
    } reasons;
};
void change_match_free(struct change_match *m);

/* Match one change event. `incident_open`: an incident on the function was opened before. `reuse`
 * counts unlike events already covered by the same record. Texts of reasons live in `a`. */
NODISCARD enum err_code change_match_event(const struct context *c, const struct event *e,
                                           bool incident_open, struct arena *a,
                                           struct change_match *out, struct err *err);

#endif
