/*
 * contact - what the detections of network contacts share: whose a name is, and telling.
 */
#ifndef DETECT_CONTACT_H
#define DETECT_CONTACT_H

#include "detect/detect.h"
#include "network/beacon.h"

/* Report a contact: one event for each record that is pointed at, together as many as the contact
 * counts. They are about our function when the name is one of ours, else about the client alone.
 * `intel` may be NULL. Values go through SAY(). */
NODISCARD enum err_code contact_say(const struct detect_view *v, const struct traffic_contact *c,
                                    const struct detection *d, enum severity severity,
                                    const struct intel_hit *intel, const char *fmt, ...)
    PRINTF_LIKE(6, 7);

/* The same of a single record: an alert, a feed's hit. `host` may be "". */
struct contact_record {
    struct str host;
    struct str alias_of; /* serverless name that `host` is a CNAME of, or "" */
    struct ip client, server;
    bool has_server;
    bool answered;
    uint64_t count;
    int64_t last_us;
    const struct place *place;
};
NODISCARD enum err_code contact_say_record(const struct detect_view *v,
                                           const struct contact_record *r,
                                           const struct detection *d, enum severity severity,
                                           const struct intel_hit *intel, const char *fmt, ...)
    PRINTF_LIKE(6, 7);

/* Did anything come back? Where only questions are logged, that is not known and counts as yes. */
bool contact_answered(const struct detect_view *v, const struct traffic_contact *c);

/* Our function behind the name; NULL: none of ours. */
const struct function *contact_function(const struct detect_view *v,
                                        const struct traffic_contact *c);
/* A serverless platform's name, or one of our own. */
bool contact_is_serverless(const struct detect_view *v, const struct traffic_contact *c);
/* The client is one of our servers, by --env. */
bool contact_from_server(const struct detect_view *v, const struct traffic_contact *c);
bool contact_from_nat(const struct detect_view *v, const struct traffic_contact *c);
/* A registered process says that this host calls this function. */
const struct process *contact_process(const struct detect_view *v, const struct traffic_contact *c,
                                      const struct function *f);
/* At least half of ten or more clients have contact with this name: an application, not a host. */
bool contact_is_common(const struct detect_view *v, const struct traffic_contact *c);
struct beacon contact_beacon(const struct detect_view *v, const struct traffic_contact *c);
/* "10.9.1.78", in the view's arena; "" without memory. */
struct str contact_client(const struct detect_view *v, const struct traffic_contact *c);
/* The name, or the server's address. */
struct str contact_place(const struct detect_view *v, const struct traffic_contact *c);
/* Days that the contact spans, at least one. */
double contact_days(const struct traffic_contact *c);

#endif
