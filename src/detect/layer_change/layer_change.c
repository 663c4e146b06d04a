/*
 * layer_change - D07 and D08: a layer was added to a function, or comes from outside.
 *
 * A layer runs inside the function: whoever publishes it can change what the function does.
 */
#include "base/buf.h"
#include "detect/arn.h"
#include "detect/detect.h"
#include "detect/own.h"
#include "detect/tools.h"

enum { LAYER_ADDED, LAYER_EXTERNAL };
enum { LAYERS_TOLD = 5 };

static const struct str techniques_added[] = {STR_INIT("T1546")};
static const struct str techniques_external[] = {STR_INIT("T1525"), STR_INIT("T1195.002")};

static const struct detection detections[] = {
    [LAYER_ADDED] = {.id = STR_INIT("faaswatch.layer_added"),
                     .ref = STR_INIT("D07"),
                     .title = STR_INIT("Layer added to a function"),
                     .description = STR_INIT("A layer that the function did not have before was "
                                             "added. It runs inside the function."),
                     .severity = SEVERITY_MEDIUM,
                     .confidence = 0.5,
                     .question = Q1,
                     .indicator = KI1,
                     .entity = ENTITY_FUNCTION,
                     .techniques = techniques_added,
                     .technique_count = ARRAY_LEN(techniques_added),
                     .tactic = STR_INIT("persistence"),
                     .ours = true},
    [LAYER_EXTERNAL] = {.id = STR_INIT("faaswatch.layer_external"),
                        .ref = STR_INIT("D08"),
                        .title = STR_INIT("Layer from an outside account"),
                        .description = STR_INIT("A function uses a layer that is published by an "
                                                "account that is neither ours nor allowed."),
                        .severity = SEVERITY_HIGH,
                        .confidence = 0.7,
                        .question = Q1,
                        .indicator = KI1,
                        .entity = ENTITY_FUNCTION,
                        .techniques = techniques_external,
                        .technique_count = ARRAY_LEN(techniques_external),
                        .tactic = STR_INIT("persistence"),
                        .ours = true},
};

static bool published_by_aws(struct str account)
{
    static const struct str accounts[] = {
#define PUBLISHER(account, what) STR_INIT(account),
#include "detect/layer_change/publishers.def"
#undef PUBLISHER
    };
    for (size_t i = 0; i < ARRAY_LEN(accounts); i++) {
        if (str_eq(account, accounts[i])) {
            return true;
        }
    }
    return false;
}

/* The layer without its version. */
static struct str without_version(struct str layer)
{
    size_t colon = str_rchr(layer, ':');
    struct arn a;
    return arn_parse(layer, &a) && colon != SIZE_MAX ? str_head(layer, colon) : layer;
}

static bool has_other_version(const struct str_list *layers, struct str layer)
{
    struct str base = without_version(layer);
    for (size_t i = 0; i < layers->len; i++) {
        if (str_eq(without_version(layers->at[i]), base)) {
            return true;
        }
    }
    return false;
}

/* ---- D07 ---- */

/* Compared with the set the function is known to have had; without one there is no answer. */
static enum err_code look_at_added(const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct function_state *before = &v->function->before;
    struct attr_iter it = {e, 0};
    struct str layer;
    struct str told = STR_EMPTY;
    size_t added = 0;
    bool only_versions = true;
    if (!before->layers_known || !event_has(e, ATTR_LAYERS_SET)) {
        return ERR_OK;
    }
    while (attr_next(&it, ATTR_LAYER, &layer)) {
        if (str_list_has(&before->layers, layer)) {
            continue;
        }
        added++;
        if (!has_other_version(&before->layers, layer)) {
            told = only_versions ? layer : told;
            only_versions = false;
        }
        told = told.len == 0 ? layer : told;
    }
    if (added == 0) {
        return ERR_OK;
    }
    if (only_versions) {
        return detect_say(v, &detections[LAYER_ADDED], SEVERITY_LOW,
                          "%.*s uses another version of a layer it had: %.*s, set by %.*s",
                          SAY(e->function.name), SAY(told), SAY(event_who(e)));
    }
    return detect_say(v, &detections[LAYER_ADDED], SEVERITY_MEDIUM,
                      "%.*s gained %zu layer%s, set by %.*s: %.*s", SAY(e->function.name), added,
                      added == 1 ? "" : "s", SAY(event_who(e)), SAY(told));
}

/* ---- D08 ---- */

enum verdict_of_layer { LAYER_OK, LAYER_OF_VENDOR, LAYER_FOREIGN };

static enum verdict_of_layer judge_layer(const struct detect_view *v, struct str layer)
{
    struct str account = arn_account(layer);
    const struct function_state *before = &v->function->before;
    if (account.len == 0 || str_list_has(&before->layers, layer) || own_account(v, account) ||
        published_by_aws(account) || env_any(&v->context->env.layer_accounts, account)) {
        return LAYER_OK;
    }
    if (own_vendor_layer(v, account)) {
        return has_other_version(&before->layers, layer) ? LAYER_OK : LAYER_OF_VENDOR;
    }
    return LAYER_FOREIGN;
}

static enum err_code look_at_external(const struct detect_view *v)
{
    const struct event *e = v->event;
    struct attr_iter it = {e, 0};
    struct str layer;
    struct str vendor = STR_EMPTY;
    size_t foreign = 0;
    CLEANUP(buf_free) struct buf b = {0};
    while (attr_next(&it, ATTR_LAYER, &layer)) {
        enum verdict_of_layer is = judge_layer(v, layer);
        vendor = is == LAYER_OF_VENDOR && vendor.len == 0 ? layer : vendor;
        if (is == LAYER_FOREIGN && foreign++ < LAYERS_TOLD) {
            buf_printf(&b, "%s%.*s", foreign == 1 ? "" : ", ", SAY(layer));
        }
    }
    if (b.failed) {
        return ERR_NOMEM;
    }
    if (foreign > 0) {
        return detect_say(v, &detections[LAYER_EXTERNAL], SEVERITY_HIGH,
                          "%.*s got %zu layer%s of an outside account, set by %.*s: %.*s",
                          SAY(e->function.name), foreign, foreign == 1 ? "" : "s",
                          SAY(event_who(e)), STR_ARG(buf_str(&b)));
    }
    if (vendor.len > 0) {
        return detect_say(v, &detections[LAYER_EXTERNAL], SEVERITY_LOW,
                          "%.*s got its first layer of a vendor in --env, set by %.*s: %.*s",
                          SAY(e->function.name), SAY(event_who(e)), SAY(vendor));
    }
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    const struct event *e = v->event;
    (void)state;
    (void)err;
    if (v->function == NULL || (!event_is_lambda(e, "UpdateFunctionConfiguration") &&
                                !event_is_lambda(e, "CreateFunction"))) {
        return ERR_OK;
    }
    enum err_code rc = look_at_added(v);
    return rc != ERR_OK ? rc : look_at_external(v);
}

const struct detect_ops detect_layer_change = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .on_event = on_event,
};
