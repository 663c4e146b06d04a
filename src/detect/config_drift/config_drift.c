/*
 * config_drift - D10 to D13: the configuration of an existing function moved away from what it
 * was: entry point and runtime, execution role, network, time and memory.
 *
 * All of it compares an event with what was known before; what was not known is not compared.
 */
#include "detect/arn.h"
#include "detect/detect.h"
#include "detect/tools.h"

enum { ENTRY_CHANGED, ROLE_SWAPPED, NETWORK_CHANGED, RESOURCES_JUMPED };

/* D13: what turns a function into a place to compute for others. */
enum { TIMEOUT_LEAST, TIMEOUT_RAISE, MEMORY_RAISE };
static const struct detect_threshold thresholds[] = {
    [TIMEOUT_LEAST] = {STR_INIT("timeout_seconds"), 300, 1, 900},
    [TIMEOUT_RAISE] = {STR_INIT("timeout_factor"), 2, 1, 900},
    [MEMORY_RAISE] = {STR_INIT("memory_factor"), 4, 1, 100},
};

static const struct str techniques_entry[] = {STR_INIT("T1546")};
static const struct str techniques_role[] = {STR_INIT("T1098.003")};
static const struct str techniques_network[] = {STR_INIT("T1562.007")};
static const struct str techniques_resources[] = {STR_INIT("T1496")};

static const struct detection detections[] = {
    [ENTRY_CHANGED] = {.id = STR_INIT("faaswatch.entry_changed"),
                       .ref = STR_INIT("D10"),
                       .title = STR_INIT("Handler or runtime of a function changed"),
                       .description = STR_INIT("Another entry point runs first, or another "
                                               "runtime. Refactoring looks the same."),
                       .severity = SEVERITY_MEDIUM,
                       .confidence = 0.5,
                       .question = Q1,
                       .indicator = KI1,
                       .entity = ENTITY_FUNCTION,
                       .techniques = techniques_entry,
                       .technique_count = ARRAY_LEN(techniques_entry),
                       .tactic = STR_INIT("persistence"),
                       .ours = true},
    [ROLE_SWAPPED] = {.id = STR_INIT("faaswatch.role_swapped"),
                      .ref = STR_INIT("D11"),
                      .title = STR_INIT("Execution role of a function swapped"),
                      .description = STR_INIT("A function runs with another role than before. "
                                              "Whether it may do more needs IAM data."),
                      .severity = SEVERITY_MEDIUM,
                      .confidence = 0.6,
                      .question = Q1,
                      .indicator = KI1,
                      .entity = ENTITY_FUNCTION,
                      .techniques = techniques_role,
                      .technique_count = ARRAY_LEN(techniques_role),
                      .tactic = STR_INIT("privilege-escalation"),
                      .ours = true},
    [NETWORK_CHANGED] = {.id = STR_INIT("faaswatch.network_changed"),
                         .ref = STR_INIT("D12"),
                         .title = STR_INIT("Function taken out of its network"),
                         .description = STR_INIT("A function left its VPC or changed its security "
                                                 "groups, and with them what limits its traffic."),
                         .severity = SEVERITY_MEDIUM,
                         .confidence = 0.5,
                         .question = Q1,
                         .indicator = KI1,
                         .entity = ENTITY_FUNCTION,
                         .techniques = techniques_network,
                         .technique_count = ARRAY_LEN(techniques_network),
                         .tactic = STR_INIT("defense-evasion"),
                         .ours = true},
    [RESOURCES_JUMPED] = {.id = STR_INIT("faaswatch.resources_jumped"),
                          .ref = STR_INIT("D13"),
                          .title = STR_INIT("Timeout or memory of a function jumped"),
                          .description = STR_INIT("A function may run much longer or with much "
                                                  "more memory than before, as mining needs."),
                          .severity = SEVERITY_MEDIUM,
                          .confidence = 0.4,
                          .question = Q1,
                          .indicator = KI1,
                          .entity = ENTITY_FUNCTION,
                          .techniques = techniques_resources,
                          .technique_count = ARRAY_LEN(techniques_resources),
                          .tactic = STR_INIT("impact"),
                          .ours = true},
};

/* ---- D10 ---- */

/* "python3.12" and "python3.13" are one family: letters up to the first digit. */
static struct str family(struct str runtime)
{
    size_t n = 0;
    while (n < runtime.len && !chr_is_digit(runtime.ptr[n])) {
        n++;
    }
    return str_head(runtime, n);
}

/* "app.handler" is in module "app". */
static struct str module(struct str handler)
{
    size_t dot = str_rchr(handler, '.');
    return dot == SIZE_MAX ? handler : str_head(handler, dot);
}

static enum err_code look_at_entry(const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct function_state *was = &v->function->before;
    struct str handler = event_attr_get(e, ATTR_HANDLER);
    struct str runtime = event_attr_get(e, ATTR_RUNTIME);
    bool moved = handler.len > 0 && was->handler.len > 0 && !str_eq(handler, was->handler);
    bool other = runtime.len > 0 && was->runtime.len > 0 && !str_eq(runtime, was->runtime);
    if (moved) {
        return detect_say(v, &detections[ENTRY_CHANGED], SEVERITY_MEDIUM,
                          "handler of %.*s went from %.*s to %.*s%s, set by %.*s",
                          SAY(e->function.name), SAY(was->handler), SAY(handler),
                          str_eq(module(handler), module(was->handler)) ? "" : ", another module",
                          SAY(event_who(e)));
    }
    if (other) {
        bool upgrade = str_eq(family(runtime), family(was->runtime));
        return detect_say(v, &detections[ENTRY_CHANGED], upgrade ? SEVERITY_LOW : SEVERITY_MEDIUM,
                          "runtime of %.*s went from %.*s to %.*s, set by %.*s",
                          SAY(e->function.name), SAY(was->runtime), SAY(runtime),
                          SAY(event_who(e)));
    }
    return ERR_OK;
}

/* ---- D11 ---- */

/* A request may name the role where a response has its ARN. */
static bool same_role(struct str a, struct str b)
{
    struct arn x;
    struct arn y;
    if (arn_parse(a, &x) && arn_parse(b, &y)) {
        return str_eq(a, b);
    }
    return str_eq(arn_name(a), arn_name(b));
}

static enum err_code look_at_role(const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str role = event_attr_get(e, ATTR_ROLE);
    struct str was = v->function->before.role;
    if (role.len == 0 || was.len == 0 || same_role(role, was)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[ROLE_SWAPPED], SEVERITY_MEDIUM,
                      "%.*s runs as %.*s and ran as %.*s before, set by %.*s",
                      SAY(e->function.name), SAY(role), SAY(was), SAY(event_who(e)));
}

/* ---- D12 ---- */

static size_t count_attr(const struct event *e, enum event_attr id)
{
    struct attr_iter it = {e, 0};
    struct str value;
    size_t n = 0;
    while (attr_next(&it, id, &value)) {
        n++;
    }
    return n;
}

static bool same_set(const struct event *e, enum event_attr id, const struct str_list *was)
{
    struct attr_iter it = {e, 0};
    struct str value;
    if (count_attr(e, id) != was->len) {
        return false;
    }
    while (attr_next(&it, id, &value)) {
        if (!str_list_has(was, value)) {
            return false;
        }
    }
    return true;
}

static enum err_code look_at_network(const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct function_state *was = &v->function->before;
    if (!event_has(e, ATTR_VPC_SET) || !was->vpc_known || was->subnets.len == 0) {
        return ERR_OK;
    }
    if (count_attr(e, ATTR_SUBNET) == 0) {
        return detect_say(v, &detections[NETWORK_CHANGED], SEVERITY_MEDIUM,
                          "%.*s was taken out of its VPC (%zu subnets before) by %.*s: it reaches "
                          "the internet past the network's controls",
                          SAY(e->function.name), was->subnets.len, SAY(event_who(e)));
    }
    if (!same_set(e, ATTR_SECURITY_GROUP, &was->security_groups)) {
        return detect_say(v, &detections[NETWORK_CHANGED], SEVERITY_MEDIUM,
                          "security groups of %.*s changed (%zu before, %zu now), set by %.*s",
                          SAY(e->function.name), was->security_groups.len,
                          count_attr(e, ATTR_SECURITY_GROUP), SAY(event_who(e)));
    }
    return ERR_OK;
}

/* ---- D13 ---- */

static enum err_code look_at_resources(const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct function_state *was = &v->function->before;
    uint64_t timeout = 0;
    uint64_t memory = 0;
    bool longer =
        event_number(e, ATTR_TIMEOUT_S, &timeout) && was->timeout_s > 0 &&
        (double)timeout >= detect_threshold(v, &thresholds[TIMEOUT_LEAST]) &&
        (double)timeout >= (double)was->timeout_s * detect_threshold(v, &thresholds[TIMEOUT_RAISE]);
    bool larger =
        event_number(e, ATTR_MEMORY_MB, &memory) && was->memory_mb > 0 &&
        (double)memory >= (double)was->memory_mb * detect_threshold(v, &thresholds[MEMORY_RAISE]);
    if (longer) {
        return detect_say(v, &detections[RESOURCES_JUMPED], SEVERITY_MEDIUM,
                          "timeout of %.*s went from %llu to %llu s, set by %.*s",
                          SAY(e->function.name), (unsigned long long)was->timeout_s,
                          (unsigned long long)timeout, SAY(event_who(e)));
    }
    if (larger) {
        return detect_say(v, &detections[RESOURCES_JUMPED], SEVERITY_MEDIUM,
                          "memory of %.*s went from %llu to %llu MiB, set by %.*s",
                          SAY(e->function.name), (unsigned long long)was->memory_mb,
                          (unsigned long long)memory, SAY(event_who(e)));
    }
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    (void)state;
    (void)err;
    /* UpdateFunctionCode answers with the whole configuration, and so shows drift that happened
     * where no log was kept. */
    if (v->function == NULL || !v->function->before.known ||
        (!event_is_lambda(v->event, "UpdateFunctionConfiguration") &&
         !event_is_lambda(v->event, "UpdateFunctionCode"))) {
        return ERR_OK;
    }
    enum err_code rc = look_at_entry(v);
    rc = rc != ERR_OK ? rc : look_at_role(v);
    rc = rc != ERR_OK ? rc : look_at_network(v);
    return rc != ERR_OK ? rc : look_at_resources(v);
}

const struct detect_ops detect_config_drift = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = 1,
    .on_event = on_event,
};
