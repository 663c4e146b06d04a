/*
 * match_priv - the parts of the matcher: points for one record, and what the record names.
 */
#ifndef CONTEXT_MATCH_PRIV_H
#define CONTEXT_MATCH_PRIV_H

#include "context/index.h"
#include "context/match.h"

enum { POINTS_M4 = 85, POINTS_M3 = 65, POINTS_M2 = 45 };

/* What is looked at, the same for all candidates of an event. */
struct matching {
    const struct context *c;
    const struct event *e;
    const struct person *person; /* behind the actor, or NULL */
    bool incident_open;
    struct arena *arena;
    char arn[320];   /* of the function, without partition: "lambda:region:account:function:name" */
    struct str hash; /* of the code that the event deploys, 64 hex digits, or "" */
    char hash_text[64];
};

/* Weigh one record: score, flags, ceiling and reasons of *m, whose change is set. */
NODISCARD enum err_code match_score(const struct matching *mt, struct change_match *m,
                                    struct err *err);

/* A reason of this many points; 0 is for what gives none. */
NODISCARD enum err_code match_reason(const struct matching *mt, struct change_match *m, int score,
                                     struct err *err, const char *fmt, ...) PRINTF_LIKE(5, 6);
/* Not above this class, for a reason. */
NODISCARD enum err_code match_cap(const struct matching *mt, struct change_match *m,
                                  enum match_class ceiling, struct err *err, const char *why);

/* The ceilings of judgement.md 3, after the points are known. */
NODISCARD enum err_code match_ceilings(const struct matching *mt, struct change_match *m,
                                       struct err *err);

/* The class that follows from score, flags and ceiling. */
enum match_class match_classify(const struct change_match *m);

/* How far the resources of the record cover what the event is about. */
enum match_resource {
    RESOURCE_NONE,
    RESOURCE_ACCOUNT, /* only the account, the environment, or a pattern that fits all */
    RESOURCE_SERVICE, /* prefix, service, or named in the text */
    RESOURCE_EXACT
};
enum match_resource match_resource_of(const struct matching *mt, const struct change *ch,
                                      bool *names_others);

/* Is the record about the same function in another account or region, or about another of our
 * accounts or environments and not this one? */
bool match_names_elsewhere(const struct matching *mt, const struct change *ch);

/* Is this the actor: by person, else by the very same name? */
bool match_is_actor(const struct matching *mt, struct str who);

/* Does a word stand in the record's text, resources or service? Whole, case folded; '-' and '_'
 * belong to a word. */
bool match_names(const struct change *ch, struct str word);
/* Does the record name all that is at stake in the event (and is anything at stake)? */
bool match_names_nature(const struct matching *mt, const struct change *ch);

/* Does text that the actor wrote hold the id of this record? */
bool match_typed(const struct event *e, const struct change *ch);
/* The texts that the actor wrote, one after another; *at begins at 0. */
NODISCARD bool match_written(const struct event *e, size_t *at, struct str *out);

#endif
