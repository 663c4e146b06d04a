/*
 * sign_in - how people came in, as identity providers saw it: the sign-ins of a person (mail address,
 * login and aliases of --people are one), and what speaks for and against the one that a session in
 * the cloud came by.
 *
 * Filled by inventory_resolve. An actor whom --people does not know is found by the root's text, or,
 * where that is no mail address, by the part of the address before the '@'.
 */
#ifndef INVENTORY_SIGN_IN_H
#define INVENTORY_SIGN_IN_H

#include "inventory/inventory.h"

/* How long before a session its sign-in is looked for; at Google, where a session lasts so long. */
#define SIGN_IN_BEFORE_US        TIME_DAY_US
#define SIGN_IN_BEFORE_GOOGLE_US (14 * TIME_DAY_US)
/* Clocks differ: a sign-in this much after the session's first event is still before it. */
#define SIGN_IN_SKEW_US          (5 * TIME_MINUTE_US)

/* A network is new when none of so many earlier sign-ins, on so many days, came from it. */
enum { SIGN_INS_KNOWN_MIN = 5, SIGN_IN_DAYS_MIN = 3 };

/* Faster than any aeroplane, and further than an address is misplaced by. */
#define TRAVEL_KM_PER_HOUR_MAX 1000.0
#define TRAVEL_KM_MIN          500.0

/* An identity provider's log, and the time it tells of. */
struct sign_in_log {
    struct str source;
    int64_t first_us, last_us;
};

/* From when to when a source of sign-ins has records, of whatever kind; before inventory_resolve.
 * Without it, what counts is its first and last sign-in. False: out of memory. */
NODISCARD bool inventory_note_sign_in_log(struct inventory *inv, struct str source,
                                          int64_t first_us, int64_t last_us);
size_t inventory_sign_in_logs(const struct inventory *inv, const struct sign_in_log **out);

struct sign_in_list {
    VEC_OF(const struct event *);
};
/* The person's sign-ins, in order of time; NULL: none. Also by the name of a session that the
 * provider set ("" or a mail address). */
const struct sign_in_list *inventory_sign_ins(const struct inventory *inv,
                                              const struct actor *actor, struct str session_name);

/* How a session came in that was first seen at `at_us`. */
struct way_in {
    bool covered;      /* some provider's log tells of the time before it */
    struct str source; /* that log, or the sign-in's */
    const struct event
        *sign_in; /* the last one that succeeded before it; NULL: none is in the logs */
    enum { WAY_MFA_UNKNOWN, WAY_MFA_YES, WAY_MFA_NO } mfa; /* of all that belongs to it */
    bool new_network;                                      /* the person never signed in from it */
    const struct event *from; /* the sign-in elsewhere, too shortly before; NULL: none */
    double km;                /* between the two; 0: only the countries are known */
    bool risky;               /* the provider held something against it */
};
struct way_in inventory_way_in(const struct inventory *inv, const struct actor *actor,
                               struct str session_name, int64_t at_us);

/* Did the person sign in from this event's network before it? True too when too little is known. */
bool sign_in_network_known(const struct sign_in_list *list, const struct event *e);
/* Does the event begin, or first show, a session that an identity provider handed out to a person? */
bool sign_in_expected(const struct event *e);

#endif
