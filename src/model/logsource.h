/*
 * logsource - what Sigma rules call a log, and what the rule engine must know of a source.
 *
 * A source states it (source/source.h), the engine hands the table to the rule set (rule/rule.h):
 * neither folder knows the other.
 */
#ifndef MODEL_LOGSOURCE_H
#define MODEL_LOGSOURCE_H

#include <stdbool.h>
#include <stddef.h>

/* One name under which rules ask for records of a source. NULL: it has no such part. A rule fits
 * when each part that it gives is the same, whatever the case. Where a source holds several kinds
 * of log, `when` is the dotted path of the field that tells them apart and `is` its value (NULL: it
 * is there at all): only such records are then looked at. Several rows may name one log. */
struct logsource {
    const char *product;  /* "aws" */
    const char *service;  /* "cloudtrail" */
    const char *category; /* "dns" */
    const char *when;     /* "event_type", or NULL: every record of the source */
    const char *is;       /* "dns" */
};

enum { RULE_INDEX_FIELDS = 2 };

/* A source as rules see it. */
struct rule_source {
    const char *name; /* "aws.cloudtrail" */
    const struct logsource *logsources;
    size_t logsource_count;
    /* Dotted paths of the fields whose values tell most rules apart (CloudTrail: eventSource,
     * eventName; GCP: protoPayload.serviceName, protoPayload.methodName). NULL: none. */
    const char *index[RULE_INDEX_FIELDS];
    bool decides; /* the index fields are the pair that the scanner decides a record by */
};

#endif
