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

enum match_window {
    WINDOW_NONE, /* the record has no window, or the event no time */
    WINDOW_OUTSIDE,
    WINDOW_GRACE, /* 30 min either side, 4 h for an emergency */
    WINDOW_INSIDE
};

struct change_match {
    enum match_class class;
    int score;
    const struct change *change; /* NULL for M0 without candidate */
    enum match_window window;
    bool names_nature; /* the record names the layer, grant, URL, trust or permission at stake */
    bool edited_after; /* the record was edited after the event */
    bool retroactive;  /* approved after the event */
    bool actor_matched, artefact_matched, resource_matched;
    struct {
        VEC_OF(struct match_reason);
    } reasons;

    /* private: what the class follows from, besides the score */
    enum match_class ceiling;
    bool emergency; /* an emergency that M2's points lift to M3 */
    bool rejected;  /* rejected or cancelled */
    bool before;    /* approved before the event, by somebody else who is named */
};
void change_match_free(struct change_match *m);

/*
 * Match one change event: the best record that covers it. `incident_open`: an incident on the
 * function was opened before. Texts of reasons live in `a`. Not in judgement.md, on the safe side:
 * M4 needs an approver who is named; a record that only its id points to and whose window is more
 * than 72 h away is at most M2; a function that the record's text names counts like a service; a
 * pattern with fewer than three letters counts like an account.
 */
NODISCARD enum err_code change_match_event(const struct context *c, const struct event *e,
                                           bool incident_open, struct arena *a,
                                           struct change_match *out, struct err *err);

/* The same record also covers `unlike` other things (function and action differ): from
 * MATCH_REUSE_MANY on, 10 points go and the class may fall. Call once, when all is matched. */
enum { MATCH_REUSE_MANY = 5 };
NODISCARD enum err_code change_match_reused(struct change_match *m, size_t unlike, struct arena *a,
                                            struct err *err);

#endif
