/*
 * cloudflare_metric - rows of Workers' invocation analytics (GraphQL workersInvocationsAdaptive): how
 * often scripts were called.
 */
#include "source/front_door.h"
#include "source/rate.h"

enum field { SCRIPT, STATUS, TIME, MINUTE, HOUR, REQUESTS, ERRORS, ACCOUNT, FIELD_MAX_ };

static const char *const fields[FIELD_MAX_] = {
    [SCRIPT] = "dimensions.scriptName",
    [STATUS] = "dimensions.status",
    [TIME] = "dimensions.datetime",
    [MINUTE] = "dimensions.datetimeMinute",
    [HOUR] = "dimensions.datetimeHour",
    [REQUESTS] = "sum.requests",
    [ERRORS] = "sum.errors",
    [ACCOUNT] = "accountTag",
};

static int probe(const struct record *r)
{
    return record_view(r, SCRIPT).kind == JSON_STRING &&
                   record_view(r, REQUESTS).kind == JSON_NUMBER
               ? 95
               : 0;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    static const struct {
        enum field field;
        uint64_t seconds;
    } times[] = {{MINUTE, 60}, {HOUR, 3600}, {TIME, 0}};
    struct str script = STR_EMPTY;
    struct str requests = STR_EMPTY;
    struct rate rate;
    double value;
    if (!front_door_text(r, SCRIPT, a, &script) || !front_door_text(r, REQUESTS, a, &requests) ||
        !front_door_text(r, ACCOUNT, a, &e->account) || !rate_begin(&rate, a, STR("requests"), 1)) {
        return err_set(err, ERR_LIMIT, "workers analytics: its texts do not fit in %zu bytes",
                       a->limit);
    }
    for (size_t i = 0; i < ARRAY_LEN(times) && rate.first_us == TIME_NONE; i++) {
        struct json_view v = record_view(r, times[i].field);
        int64_t us;
        if (v.kind == JSON_STRING && time_parse_rfc3339(str_make(v.ptr, v.len), &us) &&
            str_f64(requests, &value)) {
            rate_add(&rate, us, times[i].seconds, value);
        }
    }
    e->source = STR("cloudflare.metric");
    e->service = STR("workers");
    e->name = e->action = STR("requests");
    e->function = (struct function_key){
        .provider = STR("cloudflare"), .account = e->account, .region = STR_EMPTY, .name = script};
    return rate_end(&rate, e) ? ERR_OK
                              : err_set(err, ERR_LIMIT, "workers analytics: no room for a point");
}

const struct source_ops source_cloudflare_metric = {
    .name = "cloudflare.metric",
    .summary = "Cloudflare Workers invocation analytics",
    .reference = "https://developers.cloudflare.com/analytics/graphql-api/",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .probe = probe,
    .parse = parse,
    .delay_us = 10 * TIME_MINUTE_US,
};
