/*
 * tools - what detections share: reading events, saying what was seen.
 */
#ifndef DETECT_TOOLS_H
#define DETECT_TOOLS_H

#include "detect/detect.h"

/* Report a hit about the view's event with a formatted explanation. Values from the log go
 * through SAY(), which keeps them short. */
NODISCARD enum err_code detect_say(const struct detect_view *v, const struct detection *d,
                                   enum severity severity, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* The same about another event. */
NODISCARD enum err_code detect_say_at(const struct detect_view *v, const struct event *e,
                                      const struct detection *d, enum severity severity,
                                      const char *fmt, ...) PRINTF_LIKE(5, 6);

/* printf arguments for "%.*s": at most 160 bytes of a value, cut between characters. */
#define SAY(s) STR_ARG(detect_cut(s))
struct str detect_cut(struct str s);

/* Inline: nearly all events have another action, and most of them one of another length, which the
 * compiler knows of a literal. */
static inline bool event_is(const struct event *e, struct str service, const char *action)
{
    size_t len = strlen(action);
    return e->action.len == len && memcmp(e->action.ptr, action, len) == 0 &&
           str_eq(e->service, service);
}
static inline bool event_is_lambda(const struct event *e, const char *action)
{
    return event_is(e, STR("lambda.amazonaws.com"), action);
}
bool event_ok(const struct event *e);

/* Calls that look around among functions, one after the other: which kind this is, or
 * EVENT_LOOKS: none. */
enum { EVENT_LOOKS = 10 };
size_t event_look(const struct event *e);

/* Root of the actor, else the principal as recorded, else "somebody". */
struct str event_who(const struct event *e);
/* Key to remember an actor by: the root, else the principal. */
struct str event_actor_key(const struct event *e);
/* A person or the account itself acted, not a service, role of a machine or pipeline. */
bool event_by_human(const struct event *e);

/* Values of an attribute that occurs several times. */
struct attr_iter {
    const struct event *event;
    size_t at;
};
bool attr_next(struct attr_iter *it, enum event_attr id, struct str *out);

/* Number in an attribute; false when absent or not a number. */
bool event_number(const struct event *e, enum event_attr id, uint64_t *out);

bool str_list_has(const struct str_list *l, struct str s);

/* Time between two events; -1 when one of them is undated. */
int64_t time_between(int64_t earlier_us, int64_t later_us);

#endif
