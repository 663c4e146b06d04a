/*
 * network - what the network sensors saw, from files to contacts.
 */
#ifndef ENGINE_NETWORK_H
#define ENGINE_NETWORK_H

#include "engine/setup.h"
#include "intake/intake.h"
#include "inventory/inventory.h"
#include "network/traffic.h"

/* What tallies ask, answered from the feeds and names of `s`, which must outlive it. */
struct traffic_know network_know(const struct setup *s);

/* Make the names of our functions matter: hosts of all URLs that the events and the
 * lists of functions (--functions) tell. Then, when
 * something that matters was only counted in the scan, read the inputs marked in `has_traffic`
 * again; *tally is then another one. */
NODISCARD enum err_code network_complete(const struct setup *s, const struct triage_options *o,
                                         const struct input_list *inputs, const bool *has_traffic,
                                         struct event *const *events, size_t event_count,
                                         struct tally **tally, struct err *err);

#endif
