/*
 * table - which calls matter, what kind of thing each is, and what is taken out of it.
 *
 * One table a service, a row a call: normalised action, kind, the takes, and what is more than
 * moving a field. A pair (service, action) that has no row is EVENT_OTHER and only its envelope
 * is read. To cover another call, add its row; to take another field, a line in fields.def and
 * one in the row's takes.
 */
#ifndef SOURCE_CLOUDTRAIL_TABLE_H
#define SOURCE_CLOUDTRAIL_TABLE_H

#include "source/cloudtrail/extract.h"

struct ct_row {
    struct str action;
    enum event_kind kind;
    const struct ct_take *takes;
    size_t take_count;
    void (*more)(struct ct_extract *x); /* may be NULL */
};

struct ct_service {
    struct str name; /* eventSource */
    const struct ct_row *rows;
    size_t row_count;
    void (*subject)(struct ct_extract *x); /* sets the function of any call; may be NULL */
};

/* clang-format off */
#define CT_ROW(action, kind, takes, more) {STR_INIT(action), EVENT_##kind, takes, ARRAY_LEN(takes), more}
#define CT_SERVICE(name, rows, subject) {STR_INIT(name), rows, ARRAY_LEN(rows), subject}
/* clang-format on */

/* The services of one area. */
struct ct_area {
    const struct ct_service *services;
    size_t count;
};
extern const struct ct_area ct_area_lambda;
extern const struct ct_area ct_area_identity; /* iam, sts, sign-in */
extern const struct ct_area ct_area_trigger;
extern const struct ct_area ct_area_logging;
extern const struct ct_area ct_area_deploy;
extern const struct ct_area ct_area_use; /* what function's roles are abused for */

/* The row of a pair, or NULL; *out_service is set with it. `action` is normalised. */
const struct ct_row *ct_row_find(struct str service, struct str action,
                                 const struct ct_service **out_service);

#endif
