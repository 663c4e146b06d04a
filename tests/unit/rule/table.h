/* The sources that tests of rules know: CloudTrail as it is, and three made ones. */
#ifndef TESTS_RULE_TABLE_H
#define TESTS_RULE_TABLE_H

#include "rule/rule.h"

static const struct logsource table_cloudtrail[] = {{.product = "aws", .service = "cloudtrail"}};
static const struct logsource table_audit[] = {{.product = "gcp", .service = "gcp.audit"}};
static const struct logsource table_sensor[] = {
    {.product = "sensor", .service = "dns", .category = "dns", .when = "event_type", .is = "dns"},
    {.product = "sensor",
     .service = "http",
     .category = "proxy",
     .when = "event_type",
     .is = "http"},
    {.product = "sensor", .service = "all"}};
static const struct logsource table_proxy[] = {{.product = "box", .category = "proxy"}};

static const struct rule_source table_sources[] = {
    {.name = "aws.cloudtrail",
     .logsources = table_cloudtrail,
     .logsource_count = ARRAY_LEN(table_cloudtrail),
     .index = {"eventSource", "eventName"},
     .decides = true},
    {.name = "gcp.audit",
     .logsources = table_audit,
     .logsource_count = ARRAY_LEN(table_audit),
     .index = {"protoPayload.serviceName", "protoPayload.methodName"}},
    {.name = "sensor",
     .logsources = table_sensor,
     .logsource_count = ARRAY_LEN(table_sensor),
     .index = {"event_type"}},
    {.name = "box", .logsources = table_proxy, .logsource_count = ARRAY_LEN(table_proxy)},
    {.name = "quiet"}};

/* A set that knows them; NULL on no memory. */
static inline struct rule_set *table_set(void)
{
    struct err err = {0};
    struct rule_set *s = rule_set_new();
    if (s != NULL && rule_set_sources(s, table_sources, ARRAY_LEN(table_sources), &err) != ERR_OK) {
        rule_set_free(s);
        return NULL;
    }
    return s;
}

#endif
