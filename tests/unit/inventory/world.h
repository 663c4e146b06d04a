/*
 * world - events as the CloudTrail source makes them, for the tests of the inventory.
 */
#ifndef TESTS_INVENTORY_WORLD_H
#define TESTS_INVENTORY_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "inventory/inventory.h"

enum { WORLD_EVENTS = 64, WORLD_ATTRS = 8, NOON_S = 1795176000 };

#define ACCOUNT "111122223333"
#define OTHER   "999988887777"

struct world {
    struct context *context;
    struct inventory *inv;
    struct event event[WORLD_EVENTS];
    struct attr attr[WORLD_EVENTS][WORLD_ATTRS];
    struct event *order[WORLD_EVENTS];
    size_t count;
};

static inline void world_init(struct world *w)
{
    *w = (struct world){.context = context_new()};
    assert_non_null(w->context);
    w->inv = inventory_new(w->context);
    assert_non_null(w->inv);
}

static inline void world_free(struct world *w)
{
    inventory_free(w->inv);
    context_free(w->context);
}

/* A successful call, a minute after the one before. `call` is "service Action". */
static inline struct event *call(struct world *w, const char *call_text, struct identity who)
{
    assert_true(w->count < WORLD_EVENTS);
    struct event *e = &w->event[w->count];
    struct str text = str_of(call_text), service;
    assert_true(str_cut(&text, ' ', &service));
    static char names[WORLD_EVENTS][64];
    int n = snprintf(names[w->count], sizeof(names[0]), "%.*s.amazonaws.com", STR_ARG(service));
    *e = (struct event){
        .time_us = (NOON_S + (int64_t)w->count * 60) * TIME_SECOND_US,
        .kind = EVENT_CHANGE,
        .source = STR("aws.cloudtrail"),
        .service = str_make(names[w->count], (size_t)n),
        .name = text,
        .action = text,
        .account = STR(ACCOUNT),
        .region = STR("eu-west-1"),
        .who = who,
        .attrs = w->attr[w->count],
        .count = 1,
    };
    if (str_eq(service, STR("sts"))) {
        e->kind = EVENT_ASSUME;
    } else if (str_eq(service, STR("iam"))) {
        e->kind = EVENT_IDENTITY;
    } else if (str_eq(service, STR("cloudformation"))) {
        e->kind = EVENT_DEPLOY;
    }
    e->last_us = e->time_us;
    e->origin.offset = w->count;
    w->order[w->count] = e;
    w->count++;
    return e;
}

static inline void with(struct world *w, struct event *e, enum event_attr id, const char *value)
{
    size_t i = (size_t)(e - w->event);
    assert_true(e->attr_count < WORLD_ATTRS);
    w->attr[i][e->attr_count++] = (struct attr){id, str_of(value)};
}

static inline void about(struct event *e, const char *function)
{
    e->function = (struct function_key){.provider = STR("aws"),
                                        .account = e->account,
                                        .region = e->region,
                                        .name = str_of(function)};
}

static inline void resolve(struct world *w)
{
    struct err err = {0};
    assert_int_equal(inventory_resolve(w->inv, w->order, w->count, &err), ERR_OK);
}

/* ---- identities ---- */

static inline struct identity user(const char *name, const char *arn, const char *key)
{
    return (struct identity){.kind = IDENTITY_USER,
                             .principal = str_of(arn),
                             .account = STR(ACCOUNT),
                             .name = str_of(name),
                             .access_key = str_of(key)};
}

static inline struct identity session(const char *arn, const char *role, const char *name,
                                      const char *session_name, const char *key)
{
    return (struct identity){.kind = IDENTITY_ROLE,
                             .principal = str_of(arn),
                             .account = STR(ACCOUNT),
                             .name = str_of(name),
                             .role = str_of(role),
                             .session_name = str_of(session_name),
                             .access_key = str_of(key)};
}

static inline struct identity service(const char *host)
{
    return (struct identity){
        .kind = IDENTITY_SERVICE, .principal = str_of(host), .invoked_by = str_of(host)};
}

static inline void expect_actor(const char *what, const struct event *e, const char *root,
                                enum identity_kind kind, bool resolved)
{
    assert_non_null(e->actor);
    if (!str_eq(e->actor->root, str_of(root)) || e->actor->kind != kind ||
        e->actor->resolved != resolved) {
        fail_msg("%s: actor %.*s (%s, %s), want %s (%s)", what, STR_ARG(e->actor->root),
                 identity_kind_name(e->actor->kind), e->actor->resolved ? "resolved" : "open", root,
                 identity_kind_name(kind));
    }
}

#endif
