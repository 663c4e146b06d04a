/*
 * sequence - steps that follow each other within a window, for what has one key: an actor, a
 * function, a role, an access key.
 *
 * Events come in order of time, so late records do not matter. Times of audit logs are whole
 * seconds: the events of one second are held until it is over, and offered to step 0 first, then to
 * step 1, so that they are in order whatever their record ids say. One event may be two steps.
 *
 * Of each key the latest way to each step is kept (the latest begin leaves most of the window). At
 * most 2 × SEQUENCE_KEYS keys are known; of more, those looked at longest ago are let go.
 *
 * A sequence that is complete is reported at each of its events, so that the finding has the
 * evidence of every step in order; it is folded by the entity and actor of the step `lead`.
 */
#ifndef DETECT_SEQUENCE_H
#define DETECT_SEQUENCE_H

#include "detect/detect.h"

enum { SEQUENCE_STEPS = 5, SEQUENCE_KEYS = 32 * 1024, SEQUENCE_HELD = 4096 };

/* One event, held until its second is over: what was known when it came. */
struct sequence_step {
    struct detect_view view;
    struct str role; /* ARN of the function's role then, or "" */
};

struct sequence;

struct sequence_ops {
    const struct detection *detection;
    const struct detect_threshold *window; /* in minutes */
    size_t steps;
    size_t lead;
    size_t tells_from;   /* step from which on it is told; the last, or earlier with `early` */
    enum severity early; /* of one that is not complete */
    /* May the event be a step at all? Cheap: asked of every event. */
    bool (*may)(void *state, const struct detect_view *v);
    /* Offer the event as step number `step`: call sequence_put for each key under which it is one. */
    enum err_code (*offer)(struct sequence *s, void *state, const struct sequence_step *e,
                           size_t step);
    /* "made a role, gave it everything and ran a function with it" */
    const char *story;
};

struct sequence_chain {
    /* to[i]: the latest way to step i; its events 0..i, NULL: there is none. */
    const struct event *to[SEQUENCE_STEPS][SEQUENCE_STEPS];
    const struct event *told[SEQUENCE_STEPS]; /* the last that was told, without its last event */
    size_t told_steps;
};

/* Zeroed is empty. First member of a detection's state. */
struct sequence {
    const struct sequence_ops *ops;
    struct {
        VEC_OF(struct sequence_step);
    } held;
    struct map chains[2];   /* key -> struct sequence_chain; [1]: the older half */
    struct arena arenas[2]; /* of their texts and chains */
    struct arena scratch;   /* of keys being put together */
};

/* The on_event and finish of a detection that is one sequence. */
NODISCARD enum err_code sequence_event(struct sequence *s, const struct sequence_ops *ops,
                                       void *state, const struct detect_view *v);
NODISCARD enum err_code sequence_finish(struct sequence *s, const struct sequence_ops *ops,
                                        void *state, const struct detect_view *v);
void sequence_free(struct sequence *s);

/* A key of its kind, of one or two texts, of which `b` may be "" and may be no text; valid until the
 * call of `offer` returns. Keys are made of nearly every event, so not by printf. */
NODISCARD bool sequence_key(struct sequence *s, struct str *out, const char *kind, struct str a,
                            struct str b);

/* The event is step `step` of what has the key. With `from`, the way to it is that of another key
 * (a role's, which is now a function's); "" : the same. An empty key is none. With `severity`, the
 * finding is told so, else as the detection says (SEVERITY_MAX_). */
NODISCARD enum err_code sequence_put(struct sequence *s, const struct sequence_step *e, size_t step,
                                     struct str from, struct str key, enum severity severity);

/* The event that was step `of` on the latest way to `step` of the key; NULL: none, or too long ago
 * for `e` to follow. */
const struct event *sequence_at(const struct sequence *s, const struct sequence_step *e,
                                size_t step, size_t of, struct str key);

#endif
