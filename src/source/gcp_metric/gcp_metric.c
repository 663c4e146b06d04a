/*
 * gcp_metric - time series of Cloud Monitoring: how often Cloud Run services and functions were
 * called.
 */
#include "source/front_door.h"
#include "source/rate.h"

enum field { TYPE, PROJECT, LOCATION, REGION, SERVICE, FUNCTION, POINTS, FIELD_MAX_ };

static const char *const fields[FIELD_MAX_] = {
    [TYPE] = "metric.type",
    [PROJECT] = "resource.labels.project_id",
    [LOCATION] = "resource.labels.location",
    [REGION] = "resource.labels.region",
    [SERVICE] = "resource.labels.service_name",
    [FUNCTION] = "resource.labels.function_name",
    [POINTS] = "points",
};

static int probe(const struct record *r)
{
    return record_view(r, TYPE).kind == JSON_STRING && record_view(r, POINTS).kind == JSON_ARRAY
               ? 95
               : 0;
}

static int64_t time_of(struct json_view v)
{
    int64_t us;
    return v.kind == JSON_STRING && time_parse_rfc3339(str_make(v.ptr, v.len), &us) ? us
                                                                                    : TIME_NONE;
}

/* {"interval":{"startTime":…,"endTime":…},"value":{"int64Value":"5"}} */
static void add_point(struct rate *rate, struct json_view point)
{
    struct json_view interval = json_member(point, STR("interval"));
    struct json_view value = json_member(point, STR("value"));
    struct json_view number = json_member(value, STR("int64Value"));
    int64_t from = time_of(json_member(interval, STR("startTime")));
    int64_t to = time_of(json_member(interval, STR("endTime")));
    double v;
    if (number.kind == JSON_ABSENT) {
        number = json_member(value, STR("doubleValue"));
    }
    from = from == TIME_NONE ? to : from;
    if ((number.kind == JSON_NUMBER || number.kind == JSON_STRING) &&
        str_f64(str_make(number.ptr, number.len), &v)) {
        uint64_t seconds =
            to != TIME_NONE && to > from ? (uint64_t)((to - from) / TIME_SECOND_US) : 0;
        rate_add(rate, from, seconds, v);
    }
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    struct str type = STR_EMPTY;
    struct str location = STR_EMPTY;
    struct str function = STR_EMPTY;
    struct rate rate;
    size_t points = 0;
    struct json_view key;
    struct json_view point;
    bool fits = front_door_text(r, TYPE, a, &type) && front_door_text(r, PROJECT, a, &e->account) &&
                front_door_text(r, LOCATION, a, &location) &&
                front_door_text(r, REGION, a, &e->region) &&
                front_door_text(r, FUNCTION, a, &function) &&
                (function.len > 0 || front_door_text(r, SERVICE, a, &function));
    struct json_iter it = json_iter_of(record_view(r, POINTS));
    while (points < RATE_POINTS_MAX && json_iter_next(&it, &key, &point)) {
        points++;
    }
    size_t slash = str_rchr(type, '/');
    struct str metric = slash == SIZE_MAX ? type : str_from(type, slash + 1);
    if (!fits || !rate_begin(&rate, a, metric, points)) {
        return err_set(err, ERR_LIMIT, "cloud monitoring: its texts do not fit in %zu bytes",
                       a->limit);
    }
    it = json_iter_of(record_view(r, POINTS));
    while (json_iter_next(&it, &key, &point)) {
        add_point(&rate, point);
    }
    e->region = e->region.len > 0 ? e->region : location;
    e->source = STR("gcp.metric");
    e->service = str_head(type, str_chr(type, '/'));
    e->name = e->action = metric;
    e->function = (struct function_key){
        .provider = STR("gcp"), .account = e->account, .region = e->region, .name = function};
    return rate_end(&rate, e)
               ? ERR_OK
               : err_set(err, ERR_LIMIT, "cloud monitoring: its points do not fit in %zu bytes",
                         a->limit);
}

const struct source_ops source_gcp_metric = {
    .name = "gcp.metric",
    .summary = "Google Cloud Monitoring time series of Cloud Run and Cloud Functions",
    .reference = "https://cloud.google.com/monitoring/api/metrics_gcp",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .probe = probe,
    .parse = parse,
    .delay_us = 5 * TIME_MINUTE_US,
};
