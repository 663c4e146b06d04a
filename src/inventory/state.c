/*
 * state - what is known of a function, changed by one event.
 */
#include <string.h>

#include "inventory/inventory_priv.h"

enum { LIST_FIRST = 4 };

/* ---- lists ---- */

bool state_list_has(const struct str_list *list, struct str value)
{
    for (size_t i = 0; i < list->len; i++) {
        if (str_eq(list->at[i], value)) {
            return true;
        }
    }
    return false;
}

/* Older copies of the list see only what they had: growing behind their end is safe. */
bool state_list_add(struct arena *a, struct str_list *list, struct str value, bool once)
{
    if (once && state_list_has(list, value)) {
        return true;
    }
    if (list->len == list->cap) {
        size_t cap = list->cap == 0 ? LIST_FIRST : list->cap * 2;
        struct str *at = ARENA_ARRAY(a, struct str, cap);
        if (at == NULL) {
            return false;
        }
        if (list->len != 0) {
            memcpy(at, list->at, list->len * sizeof(*at));
        }
        list->at = at;
        list->cap = cap;
    }
    list->at[list->len++] = value;
    return true;
}

bool state_list_without(struct arena *a, struct str_list *list, struct str value)
{
    struct str_list left = {0};
    for (size_t i = 0; i < list->len; i++) {
        if (!str_eq(list->at[i], value) && !state_list_add(a, &left, list->at[i], false)) {
            return false;
        }
    }
    *list = left;
    return true;
}

bool state_list_of(struct arena *a, struct str_list *list, const struct event *e,
                   enum event_attr id, bool anew)
{
    struct str_list out = anew ? (struct str_list){0} : *list;
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id == id && !state_list_add(a, &out, e->attrs[i].value, true)) {
            return false;
        }
    }
    *list = out;
    return true;
}

/* ---- single values ---- */

static void text_of(const struct event *e, enum event_attr id, struct str *out)
{
    struct str value = event_attr_get(e, id);
    if (value.len != 0) {
        *out = value;
    }
}

static bool number_of(const struct event *e, enum event_attr id, uint64_t *out)
{
    uint64_t n;
    if (!str_u64(event_attr_get(e, id), &n)) {
        return false;
    }
    *out = n;
    return true;
}

/* ---- code ---- */

/* A change of code whose answer names no hash leaves it unknown. A hash that another call shows
 * tells that the code was changed, but not when or by whom. */
bool state_learn_code(struct arena *a, struct function_state *s, const struct event *e,
                      bool changes_code)
{
    struct str hash = event_attr_get(e, ATTR_CODE_HASH);
    if (hash.len == 0 && !changes_code) {
        return true;
    }
    if (hash.len != 0 && str_eq(hash, s->code_hash)) {
        return true;
    }
    if (s->code_hash.len != 0) {
        s->previous_hash = s->code_hash;
        s->previous_hash_until_us = e->time_us;
    }
    /* An unknown hash that is now told does not mean another change. */
    if (changes_code || s->code_hash.len != 0) {
        s->code_changed_us = changes_code ? e->time_us : TIME_NONE;
        s->code_changed_by = changes_code ? e->actor : NULL;
    }
    s->code_hash = hash;
    return hash.len == 0 || state_list_add(a, &s->hashes, hash, false);
}

/* A number that was published; "$LATEST" is none. */
static bool learn_version(struct arena *a, struct function_state *s, const struct event *e)
{
    struct str version = event_attr_get(e, ATTR_VERSION);
    if (version.len == 0 || !chr_is_digit(version.ptr[0])) {
        return true;
    }
    return state_list_add(a, &s->versions, version, true);
}

static bool learn_settings(struct arena *a, struct function_state *s, const struct event *e)
{
    text_of(e, ATTR_ROLE, &s->role);
    text_of(e, ATTR_RUNTIME, &s->runtime);
    text_of(e, ATTR_HANDLER, &s->handler);
    (void)number_of(e, ATTR_CODE_SIZE, &s->code_size);
    (void)number_of(e, ATTR_TIMEOUT_S, &s->timeout_s);
    (void)number_of(e, ATTR_MEMORY_MB, &s->memory_mb);
    bool ok = state_list_of(a, &s->destinations, e, ATTR_DESTINATION, false);
    if (event_has(e, ATTR_LAYERS_SET)) {
        s->layers_known = true;
        ok = ok && state_list_of(a, &s->layers, e, ATTR_LAYER, true);
    }
    if (event_has(e, ATTR_VPC_SET)) {
        s->vpc_known = true;
        ok = ok && state_list_of(a, &s->subnets, e, ATTR_SUBNET, true) &&
             state_list_of(a, &s->security_groups, e, ATTR_SECURITY_GROUP, true);
    }
    return ok;
}

/* ---- calls ---- */

typedef bool (*apply_fn)(struct arena *a, struct function *f, const struct event *e);

static bool on_create(struct arena *a, struct function *f, const struct event *e)
{
    struct str_list hashes = f->now.hashes, versions = {0};
    f->now = (struct function_state){.created = true,
                                     .created_us = e->time_us,
                                     .code_changed_us = TIME_NONE,
                                     .hashes = hashes,
                                     .versions = versions};
    return state_learn_code(a, &f->now, e, true) && learn_settings(a, &f->now, e) &&
           learn_version(a, &f->now, e) && state_list_of(a, &f->tags, e, ATTR_TAG_KEY, true) &&
           state_list_of(a, &f->labels, e, ATTR_TAG, true);
}

static bool on_code(struct arena *a, struct function *f, const struct event *e)
{
    return state_learn_code(a, &f->now, e, true) && learn_settings(a, &f->now, e) &&
           learn_version(a, &f->now, e);
}

static bool on_settings(struct arena *a, struct function *f, const struct event *e)
{
    return state_learn_code(a, &f->now, e, false) && learn_settings(a, &f->now, e) &&
           learn_version(a, &f->now, e);
}

/* Only a version, or the whole. */
static bool on_delete(struct arena *a, struct function *f, const struct event *e)
{
    if (e->qualifier.len != 0) {
        return state_list_without(a, &f->now.versions, e->qualifier);
    }
    f->now.deleted = true;
    return true;
}

static bool on_url(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    text_of(e, ATTR_URL, &f->now.url);
    text_of(e, ATTR_URL_AUTH, &f->now.url_auth);
    return true;
}

static bool on_url_gone(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    (void)e;
    f->now.url = STR_EMPTY;
    f->now.url_auth = STR_EMPTY;
    return true;
}

static bool on_trigger(struct arena *a, struct function *f, const struct event *e)
{
    return state_list_of(a, &f->now.triggers, e, ATTR_TRIGGER_SOURCE, false);
}

static bool on_destination(struct arena *a, struct function *f, const struct event *e)
{
    return state_list_of(a, &f->now.destinations, e, ATTR_DESTINATION,
                         str_eq(e->action, STR("PutFunctionEventInvokeConfig")));
}

static bool on_destination_gone(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    (void)e;
    f->now.destinations = (struct str_list){0};
    return true;
}

static bool on_concurrency(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    f->now.concurrency_known |= number_of(e, ATTR_CONCURRENCY, &f->now.concurrency);
    return true;
}

static bool on_concurrency_gone(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    (void)e;
    f->now.concurrency = 0;
    f->now.concurrency_known = false;
    return true;
}

static bool on_provisioned(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    f->now.provisioned_known |= number_of(e, ATTR_CONCURRENCY, &f->now.provisioned);
    return true;
}

static bool on_provisioned_gone(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    (void)e;
    f->now.provisioned = 0;
    f->now.provisioned_known = false;
    return true;
}

static bool on_tag(struct arena *a, struct function *f, const struct event *e)
{
    return state_list_of(a, &f->tags, e, ATTR_TAG_KEY, false) &&
           state_list_of(a, &f->labels, e, ATTR_TAG, false);
}

static bool on_untag(struct arena *a, struct function *f, const struct event *e)
{
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id == ATTR_TAG_KEY && !state_list_without(a, &f->tags, e->attrs[i].value)) {
            return false;
        }
    }
    return true;
}

static const struct {
    struct str action;
    apply_fn apply;
} lambda_calls[] = {
    {STR_INIT("CreateFunction"), on_create},
    {STR_INIT("CreateWebFunction"), on_create},
    {STR_INIT("UpdateFunctionCode"), on_code},
    {STR_INIT("CreateWebFunctionRevision"), on_code},
    {STR_INIT("UpdateFunctionConfiguration"), on_settings},
    {STR_INIT("PublishVersion"), on_settings},
    {STR_INIT("DeleteFunction"), on_delete},
    {STR_INIT("DeleteWebFunction"), on_delete},
    {STR_INIT("CreateFunctionUrlConfig"), on_url},
    {STR_INIT("UpdateFunctionUrlConfig"), on_url},
    {STR_INIT("CreateWebFunctionEndpoint"), on_url},
    {STR_INIT("UpdateWebFunctionEndpoint"), on_url},
    {STR_INIT("DeleteFunctionUrlConfig"), on_url_gone},
    {STR_INIT("DeleteWebFunctionEndpoint"), on_url_gone},
    {STR_INIT("CreateEventSourceMapping"), on_trigger},
    {STR_INIT("UpdateEventSourceMapping"), on_trigger},
    {STR_INIT("PutFunctionEventInvokeConfig"), on_destination},
    {STR_INIT("UpdateFunctionEventInvokeConfig"), on_destination},
    {STR_INIT("DeleteFunctionEventInvokeConfig"), on_destination_gone},
    {STR_INIT("PutFunctionConcurrency"), on_concurrency},
    {STR_INIT("DeleteFunctionConcurrency"), on_concurrency_gone},
    {STR_INIT("PutProvisionedConcurrencyConfig"), on_provisioned},
    {STR_INIT("DeleteProvisionedConcurrencyConfig"), on_provisioned_gone},
    {STR_INIT("TagResource"), on_tag},
    {STR_INIT("UntagResource"), on_untag},
};
/* ---- Google Cloud ---- */

/* Is it the code that was set? A mask that does not name it says that it was not. */
static bool sets_code(const struct event *e)
{
    struct str mask = event_attr_get(e, ATTR_UPDATE_MASK);
    bool named = mask.len == 0 || str_ifind(mask, STR("source")) != SIZE_MAX ||
                 str_ifind(mask, STR("build")) != SIZE_MAX ||
                 str_ifind(mask, STR("template")) != SIZE_MAX ||
                 str_ifind(mask, STR("container")) != SIZE_MAX || str_eq(mask, STR("*"));
    return named && event_has(e, ATTR_CODE_LOCATION);
}

static bool on_google_settings(struct arena *a, struct function *f, const struct event *e)
{
    struct function_state *s = &f->now;
    struct str revision = event_attr_get(e, ATTR_VERSION);
    struct str hash = event_attr_get(e, ATTR_CODE_HASH);
    /* A digest that stays is no other code; a tag can mean anything. */
    bool code = sets_code(e) && (hash.len == 0 || !str_eq(hash, s->code_hash));
    text_of(e, ATTR_URL, &s->url);
    text_of(e, ATTR_INGRESS, &s->ingress);
    text_of(e, ATTR_INVOKER_CHECK, &s->invoker_check);
    text_of(e, ATTR_DEFAULT_URL, &s->default_url);
    text_of(e, ATTR_CODE_LOCATION, &s->code_location);
    return state_learn_code(a, s, e, code) && learn_settings(a, s, e) &&
           state_list_of(a, &s->triggers, e, ATTR_TRIGGER_SOURCE, false) &&
           (revision.len == 0 || state_list_add(a, &s->versions, revision, true));
}

static bool on_google_create(struct arena *a, struct function *f, const struct event *e)
{
    struct str_list hashes = f->now.hashes;
    f->now = (struct function_state){
        .created = true, .created_us = e->time_us, .code_changed_us = TIME_NONE, .hashes = hashes};
    return on_google_settings(a, f, e) && state_list_of(a, &f->tags, e, ATTR_TAG_KEY, true) &&
           state_list_of(a, &f->labels, e, ATTR_TAG, true);
}

/* Everybody may call it, or no longer. */
static bool on_google_policy(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    for (size_t i = 0; i < e->attr_count; i++) {
        struct str v = e->attrs[i].value;
        bool all = str_iends(v, STR("allUsers")) || str_iends(v, STR("allAuthenticatedUsers"));
        if (all && e->attrs[i].id == ATTR_GRANT_PRINCIPAL) {
            f->now.url_auth = STR("NONE");
        } else if (all && e->attrs[i].id == ATTR_GRANT_GONE) {
            f->now.url_auth = STR("IAM");
        }
    }
    return true;
}

static bool on_google_delete(struct arena *a, struct function *f, const struct event *e)
{
    (void)a;
    (void)e;
    f->now.deleted = true;
    return true;
}

static const struct {
    struct str action;
    apply_fn apply;
} google_calls[] = {
    {STR_INIT("CreateFunction"), on_google_create},
    {STR_INIT("CreateService"), on_google_create},
    {STR_INIT("CreateJob"), on_google_create},
    {STR_INIT("CreateWorkerPool"), on_google_create},
    {STR_INIT("UpdateFunction"), on_google_settings},
    {STR_INIT("ReplaceService"), on_google_settings},
    {STR_INIT("UpdateService"), on_google_settings},
    {STR_INIT("ServiceStatus"), on_google_settings},
    {STR_INIT("ReplaceJob"), on_google_settings},
    {STR_INIT("UpdateJob"), on_google_settings},
    {STR_INIT("ReplaceWorkerPool"), on_google_settings},
    {STR_INIT("UpdateWorkerPool"), on_google_settings},
    {STR_INIT("DeleteFunction"), on_google_delete},
    {STR_INIT("DeleteService"), on_google_delete},
    {STR_INIT("DeleteJob"), on_google_delete},
    {STR_INIT("DeleteWorkerPool"), on_google_delete},
    {STR_INIT("SetIamPolicy"), on_google_policy},
};
static const struct {
    struct str action;
    apply_fn apply;
} edge_calls[] = {
    {STR_INIT("CreateFunction"), on_create},
    {STR_INIT("UpdateFunction"), on_code},
    {STR_INIT("DeleteFunction"), on_delete},
};

static apply_fn find(const struct event *e)
{
    if (str_starts(e->service, STR("lambda"))) {
        for (size_t i = 0; i < ARRAY_LEN(lambda_calls); i++) {
            if (str_eq(e->action, lambda_calls[i].action)) {
                return lambda_calls[i].apply;
            }
        }
    } else if (str_eq(e->service, STR("cloudfront.amazonaws.com"))) {
        for (size_t i = 0; i < ARRAY_LEN(edge_calls); i++) {
            if (str_eq(e->action, edge_calls[i].action)) {
                return edge_calls[i].apply;
            }
        }
    } else if (str_eq(e->service, STR("run.googleapis.com")) ||
               str_eq(e->service, STR("cloudfunctions.googleapis.com"))) {
        for (size_t i = 0; i < ARRAY_LEN(google_calls); i++) {
            if (str_eq(e->action, google_calls[i].action)) {
                return google_calls[i].apply;
            }
        }
    } else if (event_has(e, ATTR_TRIGGER_SOURCE)) {
        return on_trigger; /* a topic's subscription */
    }
    return NULL;
}

bool state_apply(struct inventory *inv, struct function *f, const struct event *e)
{
    if (str_eq(e->service, STR("cloudflare.workers"))) {
        f->now.known = true;
        return state_apply_worker(&inv->arena, f, e);
    }
    apply_fn apply = find(e);
    if (apply != NULL && !apply(&inv->arena, f, e)) {
        return false;
    }
    f->now.known = true;
    return true;
}
