/*
 * worker_route_off - take a route or domain away from a Worker (C3).
 */
#include "respond/cloudflare.h"

static void route(struct draft *d, const struct event *e)
{
    struct str zone = cf_part(d, event_attr_get(e, ATTR_ZONE));
    struct str id = event_attr_get(e, ATTR_RESOURCE_ID);
    struct str body =
        cf_json(d, (const struct cf_member[3]){{"pattern", event_attr_get(e, ATTR_ROUTE)},
                                               {"script", e->function.name}});
    DRAFT_READ(d, CF_CALL("GET") "/zones/{}/workers/routes", zone);
    if (id.len > 0) {
        DRAFT_COMMAND(d, CF_CALL("DELETE") "/zones/{}/workers/routes/{}", zone, cf_part(d, id));
    } else {
        /* The answer, which has the id, is not in every log. */
        DRAFT_COMMAND(d,
                      "ROUTE=$(" CF_CALL("GET") "'/zones/'{}'/workers/routes' | jq -r --argjson r "
                                                "{} '.result[] | select(.pattern == $r.pattern "
                                                "and .script == $r.script) | .id')",
                      zone, body);
        DRAFT_COMMAND(d, CF_CALL("DELETE") "/zones/{}/workers/routes/\"$ROUTE\"", zone);
    }
    DRAFT_UNDO_LINE(d, CF_CALL("POST") "/zones/{}/workers/routes --data {}", zone, body);
}

static void domain(struct draft *d, const struct event *e)
{
    struct str account = cf_part(d, e->account);
    struct str id = event_attr_get(e, ATTR_RESOURCE_ID);
    struct str body =
        cf_json(d, (const struct cf_member[3]){{"hostname", event_attr_get(e, ATTR_HOST)},
                                               {"service", e->function.name},
                                               {"zone_id", event_attr_get(e, ATTR_ZONE)}});
    DRAFT_READ(d, CF_CALL("GET") "/accounts/{}/workers/domains", account);
    if (id.len > 0) {
        DRAFT_COMMAND(d, CF_CALL("DELETE") "/accounts/{}/workers/domains/{}", account,
                      cf_part(d, id));
    } else {
        DRAFT_COMMAND(d,
                      "DOMAIN=$(" CF_CALL("GET") "'/accounts/'{}'/workers/domains' | jq -r "
                                                 "--argjson d {} '.result[] | select(.hostname == "
                                                 "$d.hostname) | .id')",
                      account, body);
        DRAFT_COMMAND(d, CF_CALL("DELETE") "/accounts/{}/workers/domains/\"$DOMAIN\"", account);
    }
    DRAFT_UNDO_LINE(d, CF_CALL("PUT") "/accounts/{}/workers/domains --data {}", account, body);
}

static enum err_code off(struct case_file *c, const struct event *e, struct arena *a,
                         struct err *err)
{
    struct str pattern = event_attr_get(e, ATTR_ROUTE);
    struct draft d;
    draft_begin(&d, c, a, "worker_route_off", pattern);
    draft_why(&d, "%.*s put %.*s in front of %.*s", STR_ARG(e->action), STR_ARG(e->function.name),
              STR_ARG(pattern));
    draft_breaks(&d, "visitors there: their requests go to the origin; see first that it is safe "
                     "to reach");
    if (cf_did(e, "AttachWorkerDomain")) {
        domain(&d, e);
    } else {
        route(&d, e);
    }
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (cf_did(e, "CreateWorkerRoute") || cf_did(e, "UpdateWorkerRoute") ||
            cf_did(e, "AttachWorkerDomain")) {
            rc = off(c, e, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_worker_route_off;
const struct respond_ops respond_worker_route_off = {
    .name = "worker_route_off",
    .summary = "take a route or domain away from a Worker",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
