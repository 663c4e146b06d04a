/*
 * hunt_fields - where a mark stands in the logs of the clouds and networks, for generated rules and
 * queries.
 */
#ifndef REPORT_HUNT_FIELDS_H
#define REPORT_HUNT_FIELDS_H

#include "base/buf.h"
#include "model/case_file.h"

enum hunt_log { HUNT_CLOUDTRAIL, HUNT_GCP_AUDIT, HUNT_DNS };
enum hunt_match { HUNT_EQUALS, HUNT_ENDS, HUNT_CONTAINS };

struct hunt_field {
    enum mark_kind kind;
    enum hunt_log log;
    enum hunt_match match;
    const char *path;   /* native, dotted: Sigma and Splunk */
    const char *athena; /* expression over AWS's table for CloudTrail; NULL: none */
    const char *kql;    /* expression over AWSCloudTrail; NULL: none */
};
extern const struct hunt_field hunt_fields[];
extern const size_t hunt_field_count;

/* The mark's value as that log has it (a hash as base64). False: it cannot be written in a query: it
 * holds control characters, or a mark of secrets that were masked. */
bool hunt_value(const struct mark *m, enum hunt_log log, struct buf *out);

/* Where to look: from 30 days before the case to a day after it. */
void hunt_window(const struct case_file *c, int64_t *from_us, int64_t *to_us);

#endif
