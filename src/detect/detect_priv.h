/*
 * The inside of a run, for the files of this folder and their tests.
 */
#ifndef DETECT_DETECT_PRIV_H
#define DETECT_DETECT_PRIV_H

#include "detect/hit.h"

/* How one change event stands to the change records. A deployment has one match for all of its
 * events; what the record names is judged event by event. */
struct matched {
    const struct event *event;
    struct change_match own;   /* owns its reasons */
    struct change_match shown; /* what detect_match gives: own, or that of the deployment */
};

struct detect_run {
    const struct context *context;
    const struct intel *intel;
    struct inventory *inventory;
    const struct traffic *traffic;
    struct iam_book *book;
    struct baseline *baseline;     /* NULL: none is kept */
    struct event **contact_events; /* by contact and place, made when first told of */
    struct arena arena;
    struct hit_list hits;
    struct matched *matched; /* in event_cmp order */
    size_t matched_count;
    void **states; /* one for each of detect_registry */
};

#endif
