/*
 * The inside of first_seen.
 */
#ifndef DETECT_FIRST_SEEN_H
#define DETECT_FIRST_SEEN_H

#include "detect/own.h"
#include "detect/tools.h"

enum seen_detection {
    SEEN_NETWORK,
    SEEN_BLOCK,
    SEEN_REGION,
    SEEN_RUNTIME,
    SEEN_TOOL,
    SEEN_HOUR,
    SEEN_DETECTIONS
};
extern const struct detection seen_detections[SEEN_DETECTIONS];

enum seen_threshold { SEEN_DAYS, SEEN_COUNT, SEEN_CHANCE };
double seen_threshold(const struct detect_view *v, enum seen_threshold t);

struct seen_state {
    struct map told; /* what was told, of whom: once is enough */
};

/* There is enough history of this kind, and not too many values to remember. */
bool seen_enough(const struct detect_view *v, const struct values *values, enum value_kind kind);
/* *out NULL: never seen. ERR_NOMEM. */
NODISCARD enum err_code seen_find(const struct detect_view *v, const struct values *values,
                                  enum value_kind kind, struct str text, const struct value **out);
/* Report `text`, unless the same was told of `who` before. */
NODISCARD enum err_code seen_say(struct seen_state *s, const struct detect_view *v,
                                 enum seen_detection d, enum severity severity, struct str who,
                                 struct str what, struct str text);

NODISCARD enum err_code seen_look_account(struct seen_state *s, const struct detect_view *v,
                                          const struct habit *h);
NODISCARD enum err_code seen_look_network(struct seen_state *s, const struct detect_view *v,
                                          const struct habit *h);
NODISCARD enum err_code seen_look_tool(struct seen_state *s, const struct detect_view *v,
                                       const struct habit *h);
NODISCARD enum err_code seen_look_hour(struct seen_state *s, const struct detect_view *v,
                                       const struct habit *h);

#endif
