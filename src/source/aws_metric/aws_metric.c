/*
 * aws_metric - CloudWatch metrics of Lambda: how often functions were called where nobody logs who
 * called. Metric streams, and the answers of get-metric-data and get-metric-statistics.
 */
#include "source/front_door.h"
#include "source/rate.h"

enum field {
    NAMESPACE,
    METRIC_NAME,
    ACCOUNT,
    REGION,
    FUNCTION,
    TIMESTAMP,
    SUM,
    LABEL,
    TIMESTAMPS,
    VALUES,
    DATAPOINTS,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [NAMESPACE] = "namespace",
    [METRIC_NAME] = "metric_name",
    [ACCOUNT] = "account_id",
    [REGION] = "region",
    [FUNCTION] = "dimensions.FunctionName",
    [TIMESTAMP] = "timestamp",
    [SUM] = "value.sum",
    [LABEL] = "Label",
    [TIMESTAMPS] = "Timestamps",
    [VALUES] = "Values",
    [DATAPOINTS] = "Datapoints",
};

static const struct str known[] = {STR_INIT("Invocations"), STR_INIT("Errors"),
                                   STR_INIT("Throttles"), STR_INIT("UrlRequestCount")};

static int probe(const struct record *r)
{
    bool stream = record_view(r, NAMESPACE).kind == JSON_STRING &&
                  record_view(r, METRIC_NAME).kind == JSON_STRING &&
                  record_view(r, SUM).kind == JSON_NUMBER;
    bool data = record_view(r, LABEL).kind == JSON_STRING &&
                record_view(r, TIMESTAMPS).kind == JSON_ARRAY &&
                record_view(r, VALUES).kind == JSON_ARRAY;
    bool statistics =
        record_view(r, LABEL).kind == JSON_STRING && record_view(r, DATAPOINTS).kind == JSON_ARRAY;
    return stream || data || statistics ? 95 : 0;
}

static size_t length_of(struct json_view list)
{
    struct json_iter it = json_iter_of(list);
    struct json_view key;
    struct json_view v;
    size_t n = 0;
    while (n < RATE_POINTS_MAX && json_iter_next(&it, &key, &v)) {
        n++;
    }
    return n;
}

static bool number_of(struct json_view v, double *out)
{
    return v.kind == JSON_NUMBER && str_f64(str_make(v.ptr, v.len), out);
}

static int64_t time_of(struct json_view v)
{
    int64_t us;
    bool zoned;
    return v.kind == JSON_STRING && time_parse_any(str_make(v.ptr, v.len), &us, &zoned) ? us
                                                                                        : TIME_NONE;
}

/* Timestamps and Values side by side, or Datapoints of {Timestamp, Sum}. */
static void add_points(const struct record *r, struct rate *rate)
{
    struct json_iter times = json_iter_of(record_view(r, TIMESTAMPS));
    struct json_iter values = json_iter_of(record_view(r, VALUES));
    struct json_iter points = json_iter_of(record_view(r, DATAPOINTS));
    struct json_view key;
    struct json_view t;
    struct json_view v;
    double value;
    while (record_view(r, TIMESTAMPS).kind == JSON_ARRAY && json_iter_next(&times, &key, &t) &&
           json_iter_next(&values, &key, &v)) {
        if (number_of(v, &value)) {
            rate_add(rate, time_of(t), 0, value);
        }
    }
    while (record_view(r, DATAPOINTS).kind == JSON_ARRAY && json_iter_next(&points, &key, &v)) {
        struct json_view sum = json_member(v, STR("Sum"));
        if (number_of(sum.kind == JSON_ABSENT ? json_member(v, STR("SampleCount")) : sum, &value)) {
            rate_add(rate, time_of(json_member(v, STR("Timestamp"))), 0, value);
        }
    }
}

/* "pay Invocations", "Invocations": what of it is the metric, and what the function. */
static void split_label(struct str label, struct str *metric, struct str *function)
{
    *metric = label;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_ends(label, known[i])) {
            *metric = known[i];
            struct str front = str_trim(str_head(label, label.len - known[i].len));
            *function = function->len > 0 ? *function : front;
        }
    }
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    struct str name = STR_EMPTY;
    struct str label = STR_EMPTY;
    struct str function = STR_EMPTY;
    struct str stamp = STR_EMPTY;
    struct rate rate;
    struct json_view list =
        record_view(r, record_view(r, VALUES).kind == JSON_ARRAY ? VALUES : DATAPOINTS);
    bool fits =
        front_door_text(r, METRIC_NAME, a, &name) && front_door_text(r, LABEL, a, &label) &&
        front_door_text(r, FUNCTION, a, &function) && front_door_text(r, ACCOUNT, a, &e->account) &&
        front_door_text(r, REGION, a, &e->region) && front_door_text(r, TIMESTAMP, a, &stamp);
    split_label(name.len > 0 ? name : label, &name, &function);
    fits = fits && rate_begin(&rate, a, name, list.kind == JSON_ARRAY ? length_of(list) : 1);
    if (!fits) {
        return err_set(err, ERR_LIMIT, "cloudwatch metric: its texts do not fit in %zu bytes",
                       a->limit);
    }
    int64_t ms;
    double value;
    if (str_i64(stamp, &ms) && ms > 0 && ms < INT64_MAX / 1000 &&
        number_of(record_view(r, SUM), &value)) {
        rate_add(&rate, ms * 1000, 60, value);
    }
    add_points(r, &rate);
    e->source = STR("aws.metric");
    e->service = STR("lambda.amazonaws.com");
    e->name = e->action = name;
    e->function = (struct function_key){
        .provider = STR("aws"), .account = e->account, .region = e->region, .name = function};
    return rate_end(&rate, e)
               ? ERR_OK
               : err_set(err, ERR_LIMIT, "cloudwatch metric: its points do not fit in %zu bytes",
                         a->limit);
}

const struct source_ops source_aws_metric = {
    .name = "aws.metric",
    .summary = "AWS CloudWatch metrics of Lambda",
    .reference = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .probe = probe,
    .parse = parse,
    .delay_us = 5 * TIME_MINUTE_US,
};
