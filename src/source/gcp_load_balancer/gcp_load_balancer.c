/*
 * gcp_load_balancer - external Application Load Balancers: who called what stands behind them.
 *
 * The log names a backend service, not the function: a call is told as one of a function only when
 * the backend's name is also the function's, as tools that make both usually have it.
 */
#include <string.h>

#include "source/http_call.h"

static const char *const fields[] = {LOG_ENTRY_PATHS};

static int probe(const struct record *r)
{
    struct json_view type = log_entry_get(log_entry_view(r, LE_JSON), "@type");
    struct str text = {type.ptr, type.len};
    if (type.kind == JSON_STRING && str_ends(text, STR("LoadBalancerLogEntry"))) {
        return 100;
    }
    return log_entry_resource_is(r, "http_load_balancer") ||
                   log_entry_resource_is(r, "http_external_regional_lb_rule")
               ? 90
               : 0;
}

static bool add(struct event *e, struct arena *a, enum event_attr id, struct str value)
{
    struct attr *attrs = ARENA_ARRAY(a, struct attr, e->attr_count + 1);
    if (value.len == 0 || attrs == NULL) {
        return value.len == 0;
    }
    if (e->attr_count != 0) {
        memcpy(attrs, e->attrs, e->attr_count * sizeof(*attrs));
    }
    attrs[e->attr_count++] = (struct attr){id, value};
    e->attrs = attrs;
    return true;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    enum err_code rc = log_entry_envelope(r, "gcp.load_balancer", a, e, err);
    if (rc != ERR_OK) {
        return rc;
    }
    struct json_view labels = log_entry_get(log_entry_view(r, LE_RESOURCE), "labels");
    struct str door = STR_EMPTY, backend = STR_EMPTY, blocked = STR_EMPTY;
    bool fits =
        log_entry_text(log_entry_get(labels, "forwardingRuleName"), a, &door) &&
        log_entry_text(log_entry_get(labels, "backendServiceName"), a, &backend) &&
        log_entry_text(log_entry_get(log_entry_view(r, LE_JSON), "enforcedSecurityPolicy.outcome"),
                       a, &blocked) &&
        http_call(log_entry_view(r, LE_HTTP), a, e) && add(e, a, ATTR_FRONT_DOOR, door);
    if (!fits) {
        return err_set(err, ERR_LIMIT, "gcp load balancer: its texts do not fit in %zu bytes",
                       a->limit);
    }
    e->service = STR("loadbalancing.googleapis.com");
    e->name = e->action = STR("request");
    if (str_ieq(blocked, STR("DENY"))) {
        e->outcome = OUTCOME_DENIED;
    }
    if (backend.len == 0) {
        e->kind = EVENT_OTHER; /* answered at the door: no function was called */
        return ERR_OK;
    }
    e->function =
        (struct function_key){.provider = STR("gcp"),
                              .account = e->account,
                              .region = str_eq(e->region, STR("global")) ? STR_EMPTY : e->region,
                              .name = backend};
    return ERR_OK;
}

const struct source_ops source_gcp_load_balancer = {
    .name = "gcp.load_balancer",
    .summary = "Google Cloud external Application Load Balancer logs",
    .reference = "https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring",
    .fields = fields,
    .field_count = ARRAY_LEN(fields),
    .probe = probe,
    .parse = parse,
    .delay_us = 5 * TIME_MINUTE_US,
};
