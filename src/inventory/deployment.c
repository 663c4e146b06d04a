/*
 * deployment - operations of infrastructure tools: which events are one, and who started it.
 *
 * CloudFormation says itself that it calls on somebody's behalf (invokedBy, sourceIPAddress):
 * nobody else can write that. Such an event belongs to the operation that was started in the
 * account within the two hours before, by the same principal or for the role that acts. When
 * several could have been it and different actors started them, it belongs to none: who did it
 * stays unknown.
 *
 * Terraform calls as whoever runs it, and says so in the user agent only. Its changes are one
 * operation as long as the same session makes them with no half hour between. A user agent
 * groups; it never makes an event anybody else's.
 */
#include <string.h>

#include "inventory/inventory_priv.h"

enum {
    LOOK_BACK = 256, /* operations started before an event that are looked at */
};
#define RUN_US (2 * TIME_HOUR_US)
#define GAP_US (30 * TIME_MINUTE_US)

static const struct str cloudformation = STR_INIT("cloudformation.amazonaws.com");

/* An operation of CloudFormation that somebody started. */
struct operation {
    const struct event *start;
    struct deployment *deployment;
    struct str stack; /* name, or "" */
    struct str role;  /* that CloudFormation acts with, or "" */
};

/* What a change set says that its execution leaves out. */
struct change_set {
    struct str stack, role, tool;
};

struct finder {
    struct inventory *inv;
    struct {
        VEC_OF(struct operation);
    } operations;      /* in order of time */
    size_t started;    /* operations that began at or before the event looked at */
    struct map stacks; /* "account/region/stack" or change set ARN to struct change_set */
    struct map groups; /* session to its latest struct deployment */
    struct arena arena;
};

static void finder_free(struct finder *f)
{
    VEC_FREE(&f->operations);
    map_free(&f->stacks);
    map_free(&f->groups);
    arena_free(&f->arena);
}

/* ---- what an event says ---- */

static bool on_behalf(const struct event *e)
{
    return str_eq(e->who.invoked_by, cloudformation) && e->who.kind != IDENTITY_SERVICE;
}

static bool is_change(const struct event *e)
{
    return e->kind == EVENT_CHANGE || e->kind == EVENT_IDENTITY || e->kind == EVENT_LOGGING;
}

static bool starts(const struct event *e)
{
    static const struct str actions[] = {
        STR_INIT("CreateStack"),          STR_INIT("UpdateStack"),
        STR_INIT("DeleteStack"),          STR_INIT("ExecuteChangeSet"),
        STR_INIT("RollbackStack"),        STR_INIT("ContinueUpdateRollback"),
        STR_INIT("CreateStackInstances"), STR_INIT("UpdateStackInstances"),
        STR_INIT("UpdateStackSet"),       STR_INIT("DeleteStackInstances"),
    };
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (str_eq(e->action, actions[i])) {
            return e->outcome == OUTCOME_OK;
        }
    }
    return false;
}

/* "arn:…:stack/NAME/id" and "NAME" alike; "" when the event names none. */
static struct str stack_name(const struct event *e)
{
    for (size_t i = 0; i < e->attr_count; i++) {
        struct str v = e->attrs[i].value;
        size_t at = str_find(v, STR(":stack/"));
        if (e->attrs[i].id != ATTR_STACK) {
            continue;
        }
        if (at != SIZE_MAX) {
            struct str rest = str_from(v, at + 7);
            return str_head(rest, str_chr(rest, '/'));
        }
        if (!str_starts(v, STR("arn:"))) {
            return v;
        }
    }
    return STR_EMPTY;
}

static struct str change_set_arn(const struct event *e)
{
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id == ATTR_STACK &&
            str_find(e->attrs[i].value, STR(":changeSet/")) != SIZE_MAX) {
            return e->attrs[i].value;
        }
    }
    return STR_EMPTY;
}

/* The tool in front of CloudFormation, as far as it shows. */
static struct str tool_of(const struct event *e)
{
    struct str template = event_attr_get(e, ATTR_TEMPLATE);
    if (str_ifind(e->user_agent, STR("aws-cdk")) != SIZE_MAX ||
        str_starts(e->who.name, STR("cdk-")) ||
        str_find(event_attr_get(e, ATTR_ROLE), STR(":role/cdk-")) != SIZE_MAX ||
        str_eq(stack_name(e), STR("CDKToolkit"))) {
        return STR("CDK");
    }
    if (str_ifind(e->user_agent, STR("aws-sam-cli")) != SIZE_MAX) {
        return STR("SAM");
    }
    if (str_ifind(e->user_agent, STR("serverless")) != SIZE_MAX ||
        str_find(template, STR("/serverless/")) != SIZE_MAX) {
        return STR("Serverless");
    }
    return STR("CloudFormation");
}

static bool is_terraform(const struct event *e)
{
    return str_find(e->user_agent, STR("Terraform")) != SIZE_MAX ||
           str_find(e->user_agent, STR("terraform-provider")) != SIZE_MAX;
}

/* ---- deployments ---- */

static struct deployment *begin(struct finder *f, const struct event *e, struct str tool,
                                struct str what)
{
    char when[TIME_TEXT_MAX];
    time_format(e->time_us, when);
    struct deployment *d = ARENA_NEW(&f->inv->arena, struct deployment);
    if (d == NULL ||
        !arena_printf(&f->inv->arena, &d->id, "%.*s %.*s/%.*s/%.*s at %s", STR_ARG(tool),
                      STR_ARG(e->account), STR_ARG(e->region), STR_ARG(what), when)) {
        return NULL;
    }
    d->tool = tool;
    d->actor = e->actor;
    d->first_us = e->time_us;
    d->last_us = e->time_us;
    return d;
}

static void join(struct event *e, struct deployment *d)
{
    e->deployment = d;
    e->actor = d->actor;
    d->last_us = e->last_us > d->last_us ? e->last_us : d->last_us;
    d->events++;
}

/* ---- CloudFormation ---- */

static bool stack_key(struct finder *f, const struct event *e, struct str *out)
{
    return arena_printf(&f->arena, out, "%.*s/%.*s/%.*s", STR_ARG(e->account), STR_ARG(e->region),
                        STR_ARG(stack_name(e)));
}

static bool note_change_set(struct finder *f, const struct event *e)
{
    struct str key;
    struct change_set *c = ARENA_NEW(&f->arena, struct change_set);
    if (c == NULL || !stack_key(f, e, &key)) {
        return false;
    }
    *c = (struct change_set){stack_name(e), event_attr_get(e, ATTR_ROLE), tool_of(e)};
    struct str keys[] = {key, change_set_arn(e)};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct map_entry *m = keys[i].len == 0 ? NULL : map_put(&f->stacks, keys[i]);
        if (m == NULL && keys[i].len != 0) {
            return false;
        }
        if (m != NULL) {
            m->value = c;
        }
    }
    return true;
}

static bool start_operation(struct finder *f, struct event *e)
{
    struct str key;
    if (!stack_key(f, e, &key)) {
        return false;
    }
    struct operation op = {
        .start = e, .stack = stack_name(e), .role = event_attr_get(e, ATTR_ROLE)};
    struct str tool = tool_of(e);
    const struct change_set *c = map_get(&f->stacks, change_set_arn(e));
    c = c != NULL ? c : map_get(&f->stacks, key);
    if (c != NULL) {
        op.stack = op.stack.len != 0 ? op.stack : c->stack;
        op.role = op.role.len != 0 ? op.role : c->role;
        tool = str_eq(tool, STR("CloudFormation")) ? c->tool : tool;
    }
    op.deployment = begin(f, e, tool, op.stack);
    if (op.deployment == NULL || !VEC_PUSH(&f->operations, op)) {
        return false;
    }
    join(e, op.deployment);
    return true;
}

/* How surely an event is of an operation. */
enum fit { FIT_NONE, FIT_SERVICE_ROLE, FIT_SAME, FIT_NAMED };

static enum fit fit_of(const struct operation *op, const struct event *e)
{
    bool same = (e->who.principal.len != 0 && str_eq(op->start->who.principal, e->who.principal)) ||
                (op->role.len != 0 && str_eq(op->role, e->who.role));
    bool service = op->role.len == 0 && str_eq(e->who.session_name, STR("AWSCloudFormation"));
    if (!same && !service) {
        return FIT_NONE;
    }
    bool named = op->stack.len != 0 && str_starts(e->function.name, op->stack);
    return named && same ? FIT_NAMED : same ? FIT_SAME : FIT_SERVICE_ROLE;
}

/* IAM and the edge are in one region, whatever region the stack is in. */
static bool is_global(const struct event *e)
{
    return str_eq(e->service, STR("iam.amazonaws.com")) ||
           str_eq(e->service, STR("cloudfront.amazonaws.com"));
}

static const struct operation *operation_of(const struct finder *f, const struct event *e)
{
    const struct operation *best = NULL;
    enum fit best_fit = FIT_NONE;
    bool disputed = false;
    size_t first = f->started > LOOK_BACK ? f->started - LOOK_BACK : 0;
    for (size_t i = f->started; i > first; i--) {
        const struct operation *op = &f->operations.at[i - 1];
        if (time_gap(op->start->time_us, e->time_us) > RUN_US) {
            break;
        }
        if (!str_eq(op->start->account, e->account) ||
            (!is_global(e) && !str_eq(op->start->region, e->region))) {
            continue;
        }
        enum fit fit = fit_of(op, e);
        if (fit > best_fit) {
            best = op;
            best_fit = fit;
            disputed = false;
        } else if (fit == best_fit && fit != FIT_NONE &&
                   op->deployment->actor != best->deployment->actor) {
            disputed = true;
        }
    }
    return disputed ? NULL : best;
}

/* ---- sessions ---- */

static bool group_event(struct finder *f, struct event *e, struct str tool)
{
    struct str session = e->who.access_key.len != 0 ? e->who.access_key : e->who.principal;
    struct str key;
    if (!arena_printf(&f->arena, &key, "%.*s %.*s %.*s", STR_ARG(tool), STR_ARG(e->account),
                      STR_ARG(session))) {
        return false;
    }
    struct map_entry *m = map_put(&f->groups, key);
    if (m == NULL) {
        return false;
    }
    struct deployment *d = m->value;
    bool apart = d == NULL || (d->last_us == TIME_NONE) != (e->time_us == TIME_NONE) ||
                 time_gap(d->last_us, e->time_us) > GAP_US;
    if (apart || d->actor != e->actor) {
        d = begin(f, e, tool, session);
        if (d == NULL) {
            return false;
        }
        m->value = d;
    }
    join(e, d);
    return true;
}

/* CloudFormation's events whose start is not in the input, or disputed: one by one session. */
static bool group_orphan(struct finder *f, struct event *e)
{
    struct str tool = str_starts(e->who.name, STR("cdk-")) ? STR("CDK") : STR("CloudFormation");
    return group_event(f, e, tool);
}

/* ---- all ---- */

/* Starts first: in the same second their changes may stand before them. */
static bool start(struct finder *f, struct event *e)
{
    if (e->time_us == TIME_NONE || on_behalf(e) || !str_eq(e->service, cloudformation) ||
        e->kind != EVENT_DEPLOY) {
        return true;
    }
    if (str_eq(e->action, STR("CreateChangeSet")) && e->outcome == OUTCOME_OK) {
        return note_change_set(f, e);
    }
    return !starts(e) || start_operation(f, e);
}

static bool place(struct finder *f, struct event *e)
{
    if (e->time_us == TIME_NONE || !is_change(e)) {
        return true;
    }
    if (!on_behalf(e)) {
        return !is_terraform(e) || group_event(f, e, STR("Terraform"));
    }
    while (f->started < f->operations.len &&
           f->operations.at[f->started].start->time_us <= e->time_us) {
        f->started++;
    }
    const struct operation *op = operation_of(f, e);
    if (op == NULL) {
        return group_orphan(f, e);
    }
    join(e, op->deployment);
    return true;
}

bool deployment_find_all(struct inventory *inv, struct event **events, size_t count)
{
    CLEANUP(finder_free) struct finder f = {.inv = inv};
    arena_init(&f.arena, 0);
    for (size_t i = 0; i < count; i++) {
        if (!start(&f, events[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!place(&f, events[i])) {
            return false;
        }
    }
    return true;
}
