/*
 * table - which calls matter, what kind of thing each is, and what is taken out of it.
 *
 * One table a service, a row a call by its action: the method's name without service, package and
 * version, so that a row covers all versions of an API. A call without a row is EVENT_OTHER and
 * only its envelope is read. To cover another call, add its row.
 */
#ifndef SOURCE_GCP_AUDIT_TABLE_H
#define SOURCE_GCP_AUDIT_TABLE_H

#include "source/gcp_audit/extract.h"

struct gcp_row {
    struct str action;
    enum event_kind kind;
    const struct gcp_take *takes;
    size_t take_count;
    void (*more)(struct gcp_extract *x); /* may be NULL */
};

struct gcp_service {
    struct str name; /* serviceName */
    const struct gcp_row *rows;
    size_t row_count;
    void (*subject)(struct gcp_extract *x); /* sets the function of any call; may be NULL */
};

/* clang-format off */
#define GCP_ROW(action, kind, takes, more) {STR_INIT(action), EVENT_##kind, takes, ARRAY_LEN(takes), more}
#define GCP_SERVICE(name, rows, subject) {STR_INIT(name), rows, ARRAY_LEN(rows), subject}
/* clang-format on */

struct gcp_area {
    const struct gcp_service *services;
    size_t count;
};
extern const struct gcp_area gcp_area_functions;
extern const struct gcp_area gcp_area_run;
extern const struct gcp_area gcp_area_trigger; /* builds, Eventarc, gateways, schedules */
extern const struct gcp_area gcp_area_identity;
extern const struct gcp_area gcp_area_logging; /* sinks, exclusions, buckets */

/* The row of a call, or NULL; *out_service is set with it. */
const struct gcp_row *gcp_row_find(struct str service, struct str action,
                                   const struct gcp_service **out_service);

/* The method's name without package, service and version: "google.cloud.run.v1.Services.
 * ReplaceService" and "/Services.ReplaceService" give ReplaceService. Where methods are verbs of a
 * collection, both are kept: "storage.objects.create" gives objects.create. A view of `method`, or
 * static. */
struct str gcp_action(struct str method);

#endif
