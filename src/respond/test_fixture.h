/* A case by hand, for the tests of the actions. */
#ifndef RESPOND_TEST_FIXTURE_H
#define RESPOND_TEST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "respond/respond.h"

enum { FX_EVENTS = 8 };

struct fx {
    struct arena arena;
    struct case_file file;
    struct event events[FX_EVENTS];
    struct attr attrs[FX_EVENTS][8];
    struct actor actor;
};

static inline void fx_init(struct fx *f)
{
    *f = (struct fx){0};
    arena_init(&f->arena, 0);
    f->file.id = STR("7f3a");
    f->actor = (struct actor){.root = STR("arn:aws:iam::111122223333:user/dana"),
                              .account = STR("111122223333"),
                              .kind = IDENTITY_USER,
                              .resolved = true};
    assert_true(VEC_PUSH(&f->file.actors, &f->actor));
}

static inline void fx_free(struct fx *f)
{
    case_file_free(&f->file);
    arena_free(&f->arena);
}

/* A successful Lambda call by dana on payments-webhook; change what differs. */
static inline struct event *fx_event(struct fx *f, const char *action)
{
    size_t n = f->file.timeline.len;
    assert_true(n < FX_EVENTS);
    struct event *e = &f->events[n];
    *e = (struct event){.time_us = 1000000 * (int64_t)(n + 1),
                        .kind = EVENT_CHANGE,
                        .source = STR("aws.cloudtrail"),
                        .service = STR("lambda.amazonaws.com"),
                        .account = STR("111122223333"),
                        .region = STR("eu-west-1"),
                        .actor = &f->actor};
    e->action = e->name = str_of(action);
    e->function = (struct function_key){STR("aws"), STR("111122223333"), STR("eu-west-1"),
                                        STR("payments-webhook")};
    e->who = (struct identity){.kind = IDENTITY_USER,
                               .principal = f->actor.root,
                               .account = f->actor.account,
                               .name = STR("dana"),
                               .access_key = STR("AKIAEXAMPLE00000001")};
    e->attrs = f->attrs[n];
    assert_true(VEC_PUSH(&f->file.timeline, e));
    if (f->file.functions.len == 0) {
        assert_true(VEC_PUSH(&f->file.functions, e->function));
    }
    return e;
}

/* The same on Cloudflare: a change of the Worker checkout-edge. */
static inline struct event *fx_worker(struct fx *f, const char *action)
{
    struct event *e = fx_event(f, action);
    e->source = STR("cloudflare.audit_v2");
    e->service = STR("cloudflare.workers");
    e->account = STR("acc");
    e->function =
        (struct function_key){STR("cloudflare"), STR("acc"), STR_EMPTY, STR("checkout-edge")};
    f->file.functions.at[0] = e->function;
    e->who = (struct identity){.kind = IDENTITY_SERVICE, .principal = STR("cloudflare")};
    return e;
}

static inline void fx_attr(struct fx *f, struct event *e, enum event_attr id, const char *value)
{
    size_t n = (size_t)(e - f->events);
    assert_true(e->attr_count < 8);
    f->attrs[n][e->attr_count++] = (struct attr){id, str_of(value)};
}

static inline bool fx_has(const struct str *at, size_t len, const char *part)
{
    for (size_t i = 0; i < len; i++) {
        if (str_find(at[i], str_of(part)) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

#define FX_HAS(list, part)                                                                         \
    do {                                                                                           \
        if (!fx_has((list).at, (list).len, (part))) {                                              \
            for (size_t fx_i = 0; fx_i < (list).len; fx_i++) {                                     \
                print_message("  %.*s\n", STR_ARG((list).at[fx_i]));                               \
            }                                                                                      \
            fail_msg("no line has: %s", (part));                                                   \
        }                                                                                          \
    } while (0)

/* One action and what is asked of each: it plans for the case that `fill` makes, once a target; it
 * plans nothing when `spoil` took its reason away; it says so when memory runs out. */
struct fx_action {
    const struct respond_ops *ops;
    const char *name;   /* of its first step */
    const char *target; /* of its first step */
    void (*fill)(struct fx *f);
    void (*check)(const struct plan_step *s); /* the commands of its first step */
    void (*spoil)(struct fx *f);
};

static inline void fx_test_plan(void **state)
{
    const struct fx_action *a = *state;
    struct fx f;
    fx_init(&f);
    a->fill(&f);
    assert_int_equal(a->ops->plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_true(f.file.plan.len >= 1);
    const struct plan_step *s = &f.file.plan.at[0];
    assert_true(str_eq(s->action, str_of(a->name)));
    assert_true(str_eq(s->target, str_of(a->target)));
    assert_true(s->why.len > 0 && s->breaks.len > 0);
    a->check(s);
    size_t had = f.file.plan.len;
    assert_int_equal(a->ops->plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_int_equal(f.file.plan.len, had); /* a target once */
    fx_free(&f);
}

static inline void fx_test_nothing_to_do(void **state)
{
    const struct fx_action *a = *state;
    struct fx f;
    fx_init(&f);
    a->fill(&f);
    a->spoil(&f);
    assert_int_equal(a->ops->plan(&f.file, &f.arena, NULL), ERR_OK);
    assert_int_equal(f.file.plan.len, 0);
    fx_free(&f);
}

static inline void fx_test_no_memory(void **state)
{
    const struct fx_action *a = *state;
    for (unsigned long n = 1;; n++) {
        struct fx f;
        fx_init(&f);
        a->fill(&f);
        mem_torture(n);
        enum err_code rc = a->ops->plan(&f.file, &f.arena, NULL);
        mem_torture(0);
        fx_free(&f);
        if (rc == ERR_OK) {
            assert_true(n > 1);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

/* For main. */
static inline int fx_run(const struct fx_action *a)
{
    struct fx_action action = *a;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(fx_test_plan, &action),
        cmocka_unit_test_prestate(fx_test_nothing_to_do, &action),
        cmocka_unit_test_prestate(fx_test_no_memory, &action),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
