/*
 * rows_logging - logging.googleapis.com: where logs go, what is left out, how long they are kept.
 */
#include "source/gcp_audit/table.h"

static const struct gcp_take sink_takes[] = {
    {ATTR_TRAIL, GCP_LAST, {NULL}, {"sink.name", "sinkName"}},
    {ATTR_DESTINATION, GCP_TEXT, {"destination"}, {"sink.destination"}},
    {ATTR_FILTER, GCP_TEXT, {NULL}, {"sink.filter"}},
    {ATTR_UPDATE_MASK, GCP_TEXT, {NULL}, {"updateMask"}},
};
static const struct gcp_take exclusion_takes[] = {
    {ATTR_TRAIL, GCP_LAST, {NULL}, {"exclusion.name", "name"}},
    {ATTR_FILTER, GCP_TEXT, {NULL}, {"exclusion.filter"}},
};
static const struct gcp_take bucket_takes[] = {
    {ATTR_TRAIL, GCP_LAST, {NULL}, {"name", "bucketId"}},
    {ATTR_RETENTION_DAYS, GCP_NUMBER, {"retentionDays"}, {"bucket.retentionDays"}},
    {ATTR_UPDATE_MASK, GCP_TEXT, {NULL}, {"updateMask"}},
};

static void add_state(struct gcp_extract *x, const char *path)
{
    int disabled = json_truth(log_entry_get(x->request, path));
    if (disabled != -1) {
        gcp_add(x, ATTR_STATE, disabled == 1 ? STR("DISABLED") : STR("ENABLED"));
    }
}

static void sink_more(struct gcp_extract *x)
{
    add_state(x, "sink.disabled");
    /* What a sink leaves out is as gone for its reader as with an exclusion of its own. */
    struct json_view list = log_entry_get(x->request, "sink.exclusions"), key, one;
    struct json_iter it = json_iter_of(list);
    while (list.kind == JSON_ARRAY && x->count < GCP_ATTRS_MAX && json_iter_next(&it, &key, &one)) {
        gcp_add_joined(x, ATTR_FILTER, STR("not "), "", gcp_get(x, one, "filter"));
    }
    if (!gcp_added(x, ATTR_TRAIL)) {
        gcp_add(x, ATTR_TRAIL, gcp_part(x->resource, "sinks"));
    }
}

static void exclusion_more(struct gcp_extract *x)
{
    add_state(x, "exclusion.disabled");
    if (!gcp_added(x, ATTR_TRAIL)) {
        gcp_add(x, ATTR_TRAIL, gcp_part(x->resource, "exclusions"));
    }
}

static const struct gcp_row rows[] = {
    GCP_ROW("CreateSink", LOGGING, sink_takes, sink_more),
    GCP_ROW("UpdateSink", LOGGING, sink_takes, sink_more),
    GCP_ROW("DeleteSink", LOGGING, sink_takes, sink_more),
    GCP_ROW("CreateExclusion", LOGGING, exclusion_takes, exclusion_more),
    GCP_ROW("UpdateExclusion", LOGGING, exclusion_takes, exclusion_more),
    GCP_ROW("DeleteExclusion", LOGGING, exclusion_takes, exclusion_more),
    GCP_ROW("CreateBucket", LOGGING, bucket_takes, NULL),
    GCP_ROW("UpdateBucket", LOGGING, bucket_takes, NULL),
    GCP_ROW("DeleteBucket", LOGGING, bucket_takes, NULL),
    GCP_ROW("UndeleteBucket", LOGGING, bucket_takes, NULL),
};

static const struct gcp_service services[] = {
    GCP_SERVICE("logging.googleapis.com", rows, NULL),
};
const struct gcp_area gcp_area_logging = {services, ARRAY_LEN(services)};
