/*
 * foreign - the contacts of a case with somebody else's hosts, for the actions against them.
 */
#ifndef RESPOND_FOREIGN_H
#define RESPOND_FOREIGN_H

#include "respond/respond.h"

struct contact_iter {
    const struct case_file *file;
    enum severity least; /* only of findings as severe as this */
    bool foreign;        /* only with a name, and not with functions of ours */
    size_t finding, event;
};
/* The next event, NULL at the end. */
const struct event *contact_next(struct contact_iter *it);

/* The name a contact was with; "" only an address, or a text that is no host name. */
struct str contact_host(const struct event *e);

#endif
