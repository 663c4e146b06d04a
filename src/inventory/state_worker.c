/*
 * state_worker - what is known of a Cloudflare Worker, changed by one event.
 *
 * The actions are those of the audit log's second version (source/cloudflare_audit_v2/calls.def);
 * the first version's are given the same names.
 */
#include "inventory/inventory_priv.h"

static bool learn_making(struct arena *a, struct function_state *s, const struct event *e)
{
    struct str author = event_attr_get(e, ATTR_AUTHOR);
    author = author.len != 0 ? author : e->who.principal;
    return state_list_of(a, &s->channels, e, ATTR_CHANNEL, false) &&
           (author.len == 0 || state_list_add(a, &s->authors, author, true)) &&
           (e->who.access_key.len == 0 || state_list_add(a, &s->keys, e->who.access_key, true));
}

static bool learn_bindings(struct arena *a, struct function_state *s, const struct event *e)
{
    if (!event_has(e, ATTR_BINDINGS_SET)) {
        return true;
    }
    s->bindings_known = true;
    return state_list_of(a, &s->bindings, e, ATTR_BINDING, true);
}

static bool on_upload(struct arena *a, struct function *f, const struct event *e)
{
    struct function_state *s = &f->now;
    return state_learn_code(a, s, e, true) && learn_making(a, s, e) && learn_bindings(a, s, e) &&
           state_list_of(a, &s->versions, e, ATTR_VERSION, false) &&
           state_list_of(a, &s->destinations, e, ATTR_DESTINATION, false);
}

static bool on_deploy(struct arena *a, struct function *f, const struct event *e)
{
    struct function_state *s = &f->now;
    s->code_changed_us = e->time_us;
    s->code_changed_by = e->actor;
    return learn_making(a, s, e) && state_list_of(a, &s->versions, e, ATTR_VERSION, false);
}

static bool on_delete(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    (void)e;
    f->now.deleted = true;
    return true;
}

static bool on_settings(struct arena *a, struct function *f, const struct event *e)
{
    return learn_bindings(a, &f->now, e) &&
           state_list_of(a, &f->now.destinations, e, ATTR_DESTINATION, false);
}

static bool on_secret(struct arena *a, struct function *f, const struct event *e)
{
    return state_list_of(a, &f->now.secrets, e, ATTR_SECRET, false);
}

static bool on_secret_gone(struct arena *a, struct function *f, const struct event *e)
{
    return state_list_without(a, &f->now.secrets, event_attr_get(e, ATTR_SECRET));
}

static bool on_open(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    f->now.open_known = true;
    if (event_has(e, ATTR_STATE)) {
        f->now.open = event_attr_is(e, ATTR_STATE, STR("true"));
    }
    if (event_has(e, ATTR_PREVIEWS)) {
        f->now.previews = event_attr_is(e, ATTR_PREVIEWS, STR("true"));
    }
    return true;
}

static bool on_route(struct arena *a, struct function *f, const struct event *e)
{
    return state_list_of(a, &f->now.routes, e, ATTR_ROUTE, false);
}

static bool on_schedules(struct arena *a, struct function *f, const struct event *e)
{
    return state_list_of(a, &f->now.schedules, e, ATTR_SCHEDULE, true);
}

static bool on_tail(struct arena *a, struct function *f, const struct event *e)
{
    return state_list_of(a, &f->now.tails, e, ATTR_RESOURCE_ID, false);
}

static bool on_tail_gone(struct arena *a, struct function *f, const struct event *e)
{
    return state_list_without(a, &f->now.tails, event_attr_get(e, ATTR_RESOURCE_ID));
}

static const struct {
    struct str action;
    bool (*apply)(struct arena *a, struct function *f, const struct event *e);
} calls[] = {
    {STR_INIT("UploadWorker"), on_upload},
    {STR_INIT("UploadWorkerVersion"), on_upload},
    {STR_INIT("DeployWorker"), on_deploy},
    {STR_INIT("DeleteWorker"), on_delete},
    {STR_INIT("UpdateWorkerSettings"), on_settings},
    {STR_INIT("PutWorkerSecret"), on_secret},
    {STR_INIT("DeleteWorkerSecret"), on_secret_gone},
    {STR_INIT("SetWorkersDev"), on_open},
    {STR_INIT("RemoveWorkersDev"), on_open},
    {STR_INIT("CreateWorkerRoute"), on_route},
    {STR_INIT("UpdateWorkerRoute"), on_route},
    {STR_INIT("AttachWorkerDomain"), on_route},
    {STR_INIT("SetWorkerSchedules"), on_schedules},
    {STR_INIT("StartWorkerTail"), on_tail},
    {STR_INIT("DeleteWorkerTail"), on_tail_gone},
};

bool state_apply_worker(struct arena *a, struct function *f, const struct event *e)
{
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        if (str_eq(e->action, calls[i].action)) {
            return calls[i].apply(a, f, e);
        }
    }
    return true;
}
