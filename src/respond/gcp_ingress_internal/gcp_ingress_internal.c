/*
 * gcp_ingress_internal - let a service be reached from inside only (G2), where it was opened in
 * the case.
 */
#include "respond/google.h"

/* Opened: anyone is let in, or it can be reached from anywhere by a change of that alone. */
static bool opens(const struct event *e)
{
    struct str mask = event_attr_get(e, ATTR_UPDATE_MASK);
    bool ingress =
        event_attr_is(e, ATTR_INGRESS, STR("all")) && str_ifind(mask, STR("ingress")) != SIZE_MAX;
    bool url = event_attr_is(e, ATTR_DEFAULT_URL, STR("on")) &&
               str_ifind(mask, STR("defaultUri")) != SIZE_MAX;
    return ingress || url || event_attr_is(e, ATTR_INVOKER_CHECK, STR("off")) ||
           event_attr_is(e, ATTR_GRANT_PRINCIPAL, STR("allUsers")) ||
           event_attr_is(e, ATTR_GRANT_PRINCIPAL, STR("allAuthenticatedUsers"));
}

static enum err_code one(struct case_file *c, const struct function_key *f, struct arena *a,
                         struct err *err)
{
    struct draft d;
    struct str name = STR_EMPTY;
    draft_begin(&d, c, a, "gcp_ingress_internal", f->name);
    d.failed = d.failed || !google_service_name(f, a, &name);
    draft_why(&d, "%.*s was opened: who calls it now can come from anywhere", STR_ARG(f->name));
    draft_breaks(&d, "all callers from outside the project's networks, load balancers too");
    DRAFT_READ(&d, "gcloud run services describe {} --region {} --project {} --format=export", name,
               f->region, f->account);
    DRAFT_COMMAND(&d, "gcloud run services update {} --ingress internal --region {} --project {}",
                  name, f->region, f->account);
    if (google_is_function(c, f)) {
        draft_note(&d, DRAFT_COMMANDS,
                   "a function sets its own ingress again with the next deployment: set "
                   "ingressSettings there too");
    }
    DRAFT_UNDO_LINE(&d, "gcloud run services update {} --ingress all --region {} --project {}",
                    name, f->region, f->account);
    draft_note(&d, DRAFT_UNDO, "or what was read before");
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        rc = google_is_service(e) && opens(e) ? one(c, &e->function, a, err) : ERR_OK;
    }
    return rc;
}

extern const struct respond_ops respond_gcp_ingress_internal;
const struct respond_ops respond_gcp_ingress_internal = {
    .name = "gcp_ingress_internal",
    .summary = "let a Cloud Run service be reached from inside only",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
