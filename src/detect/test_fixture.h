/*
 * A stage for the tests of detections: events of one account, played through one detection. What
 * is known of a function is kept by the few lines below, so that a detection is tested against
 * the contract of inventory.h alone; test_run.c plays whole runs through the real inventory.
 */
#ifndef DETECT_TEST_FIXTURE_H
#define DETECT_TEST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "detect/detect_priv.h"

#define FX_ACCOUNT STR_INIT("111122223333")
#define FX_ATTR(id, text)                                                                          \
    {                                                                                              \
        ATTR_##id, STR_INIT(text)                                                                  \
    }

struct fx {
    const struct detect_ops *ops;
    void *state;
    struct context context;
    struct intel *intel;
    struct function functions[16];
    size_t function_count;
    struct detect_run run; /* holds the hits; its arena is the arena of the test */
    struct actor dana, ci;
    struct change_match match; /* given to the detection when has_match */
    bool has_match;
    const struct baseline *baseline; /* what was usual; NULL: not known */
    int64_t since_us;                /* begin of the window; 0 after fx_open: all is */
    int64_t now_us;
    unsigned serial;
};

static inline void fx_open(struct fx *f, const struct detect_ops *ops)
{
    *f = (struct fx){.ops = ops,
                     .dana = {.root = STR_INIT("dana.k@example.com"),
                              .account = FX_ACCOUNT,
                              .kind = IDENTITY_SSO,
                              .resolved = true},
                     .ci = {.root = STR_INIT("repo:acme/pay:ref:refs/heads/main"),
                            .kind = IDENTITY_FEDERATED,
                            .resolved = true,
                            .pipeline = true}};
    f->state = mem_alloc(1, ops->state_size);
    assert_non_null(f->state);
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:00:00Z"), &f->now_us));
}

static inline void fx_close(struct fx *f)
{
    if (f->ops->release != NULL) {
        f->ops->release(f->state);
    }
    mem_free(f->state);
    VEC_FREE(&f->run.hits);
    arena_free(&f->run.arena);
    intel_free(f->intel);
    for (size_t i = 0; i < f->function_count; i++) {
        VEC_FREE(&f->functions[i].now.layers);
        VEC_FREE(&f->functions[i].before.layers);
        VEC_FREE(&f->functions[i].now.security_groups);
        VEC_FREE(&f->functions[i].before.security_groups);
        VEC_FREE(&f->functions[i].now.subnets);
        VEC_FREE(&f->functions[i].before.subnets);
        VEC_FREE(&f->functions[i].now.hashes);
        VEC_FREE(&f->functions[i].before.hashes);
        VEC_FREE(&f->functions[i].now.triggers);
        VEC_FREE(&f->functions[i].before.triggers);
        VEC_FREE(&f->functions[i].now.destinations);
        VEC_FREE(&f->functions[i].before.destinations);
        VEC_FREE(&f->functions[i].now.channels);
        VEC_FREE(&f->functions[i].before.channels);
        VEC_FREE(&f->functions[i].now.authors);
        VEC_FREE(&f->functions[i].before.authors);
        VEC_FREE(&f->functions[i].now.keys);
        VEC_FREE(&f->functions[i].before.keys);
        VEC_FREE(&f->functions[i].now.bindings);
        VEC_FREE(&f->functions[i].before.bindings);
    }
}

/* A successful call by dana about the function "pay", a minute after the one before. */
static inline struct event *fx_event(struct fx *f, const char *action, const struct attr *attrs,
                                     size_t count)
{
    struct event *e = ARENA_NEW(&f->run.arena, struct event);
    struct attr *copy = ARENA_ARRAY(&f->run.arena, struct attr, count + 1);
    assert_non_null(e);
    assert_non_null(copy);
    for (size_t i = 0; i < count; i++) {
        copy[i] = attrs[i];
    }
    f->now_us += TIME_MINUTE_US;
    f->serial++;
    *e = (struct event){.time_us = f->now_us,
                        .last_us = f->now_us,
                        .kind = EVENT_CHANGE,
                        .source = STR_INIT("aws.cloudtrail"),
                        .service = STR_INIT("lambda.amazonaws.com"),
                        .account = FX_ACCOUNT,
                        .region = STR_INIT("eu-west-1"),
                        .function = {.provider = STR_INIT("aws"),
                                     .account = FX_ACCOUNT,
                                     .region = STR_INIT("eu-west-1"),
                                     .name = STR_INIT("pay")},
                        .who = {.kind = IDENTITY_SSO,
                                .principal = STR_INIT("arn:aws:sts::111122223333:assumed-role/"
                                                      "AWSReservedSSO_Dev_00/dana.k@example.com"),
                                .account = FX_ACCOUNT},
                        .attrs = copy,
                        .attr_count = count,
                        .count = 1,
                        .actor = &f->dana};
    e->name = e->action = str_of(action);
    e->origin.offset = (uint64_t)f->serial * 100;
    e->origin.inner = -1;
    assert_true(arena_printf(&f->run.arena, &e->record_id, "event-%04u", f->serial));
    return e;
}

#define FX_EVENT(f, action, ...)                                                                   \
    fx_event((f), (action), (const struct attr[]){__VA_ARGS__},                                    \
             sizeof((const struct attr[]){__VA_ARGS__}) / sizeof(struct attr))
#define FX_PLAIN(f, action) fx_event((f), (action), NULL, 0)

/* ---- what is known of a function ---- */

static inline void fx_copy_list(struct str_list *to, const struct str_list *from)
{
    to->len = 0;
    for (size_t i = 0; i < from->len; i++) {
        assert_true(VEC_PUSH(to, from->at[i]));
    }
}

static inline void fx_learn_list(const struct event *e, enum event_attr id, bool whole,
                                 struct str_list *list)
{
    list->len = whole ? 0 : list->len;
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id == id) {
            assert_true(VEC_PUSH(list, e->attrs[i].value));
        }
    }
}

static inline void fx_learn_text(const struct event *e, enum event_attr id, struct str *out)
{
    *out = event_has(e, id) ? event_attr_get(e, id) : *out;
}

static inline void fx_learn_number(const struct event *e, enum event_attr id, uint64_t *out)
{
    uint64_t n;
    *out = str_u64(event_attr_get(e, id), &n) ? n : *out;
}

static inline void fx_learn(struct function_state *now, const struct event *e)
{
    struct str hash = event_attr_get(e, ATTR_CODE_HASH);
    now->known = true;
    if (str_eq(e->action, STR("CreateFunction"))) {
        now->created = true;
        now->created_us = e->time_us;
    }
    if (hash.len > 0 && !str_eq(hash, now->code_hash)) {
        now->previous_hash = now->code_hash;
        now->previous_hash_until_us = e->time_us;
        now->code_hash = hash;
        assert_true(VEC_PUSH(&now->hashes, hash));
    }
    if (event_has(e, ATTR_CODE_LOCATION)) {
        now->code_changed_us = e->time_us;
    }
    fx_learn_text(e, ATTR_ROLE, &now->role);
    fx_learn_text(e, ATTR_RUNTIME, &now->runtime);
    fx_learn_text(e, ATTR_HANDLER, &now->handler);
    fx_learn_text(e, ATTR_INGRESS, &now->ingress);
    fx_learn_text(e, ATTR_INVOKER_CHECK, &now->invoker_check);
    fx_learn_text(e, ATTR_DEFAULT_URL, &now->default_url);
    fx_learn_number(e, ATTR_TIMEOUT_S, &now->timeout_s);
    fx_learn_number(e, ATTR_MEMORY_MB, &now->memory_mb);
    if (event_has(e, ATTR_LAYERS_SET)) {
        now->layers_known = true;
        fx_learn_list(e, ATTR_LAYER, true, &now->layers);
    }
    if (event_has(e, ATTR_VPC_SET)) {
        now->vpc_known = true;
        fx_learn_list(e, ATTR_SUBNET, true, &now->subnets);
        fx_learn_list(e, ATTR_SECURITY_GROUP, true, &now->security_groups);
    }
    fx_learn_list(e, ATTR_TRIGGER_SOURCE, false, &now->triggers);
    fx_learn_list(e, ATTR_DESTINATION, false, &now->destinations);
    fx_learn_list(e, ATTR_CHANNEL, false, &now->channels);
    fx_learn_list(e, ATTR_AUTHOR, false, &now->authors);
    if (e->who.access_key.len > 0) {
        assert_true(VEC_PUSH(&now->keys, e->who.access_key));
    }
    if (event_has(e, ATTR_BINDINGS_SET)) {
        now->bindings_known = true;
        fx_learn_list(e, ATTR_BINDING, true, &now->bindings);
    }
}

/* Copies the state but keeps the target's own lists. */
static inline void fx_copy_state(struct function_state *to, const struct function_state *from)
{
    struct function_state keep = *to;
    *to = *from;
    to->layers = keep.layers;
    to->security_groups = keep.security_groups;
    to->subnets = keep.subnets;
    to->hashes = keep.hashes;
    to->triggers = keep.triggers;
    to->destinations = keep.destinations;
    to->channels = keep.channels;
    to->authors = keep.authors;
    to->keys = keep.keys;
    to->bindings = keep.bindings;
    fx_copy_list(&to->layers, &from->layers);
    fx_copy_list(&to->security_groups, &from->security_groups);
    fx_copy_list(&to->subnets, &from->subnets);
    fx_copy_list(&to->hashes, &from->hashes);
    fx_copy_list(&to->triggers, &from->triggers);
    fx_copy_list(&to->destinations, &from->destinations);
    fx_copy_list(&to->channels, &from->channels);
    fx_copy_list(&to->authors, &from->authors);
    fx_copy_list(&to->keys, &from->keys);
    fx_copy_list(&to->bindings, &from->bindings);
}

static inline struct function *fx_replay(struct fx *f, const struct event *e)
{
    struct function *fn = NULL;
    if (e->function.name.len == 0) {
        return NULL;
    }
    for (size_t i = 0; i < f->function_count; i++) {
        if (function_key_eq(&f->functions[i].key, &e->function)) {
            fn = &f->functions[i];
        }
    }
    if (fn == NULL) {
        assert_true(f->function_count < 16);
        fn = &f->functions[f->function_count++];
        fn->key = e->function;
        fn->now.code_changed_us = TIME_NONE;
        assert_true(function_key_text(&fn->key, &f->run.arena, &fn->text));
    }
    fx_copy_state(&fn->before, &fn->now);
    if (e->outcome == OUTCOME_OK && e->kind == EVENT_CHANGE) {
        fx_learn(&fn->now, e);
    }
    return fn;
}

/* ---- playing ---- */

static inline struct detect_view fx_view(struct fx *f, const struct event *e)
{
    return (struct detect_view){.event = e,
                                .context = &f->context,
                                .intel = f->intel,
                                .baseline = f->baseline,
                                .since_us = f->since_us,
                                .match = f->has_match ? &f->match : NULL,
                                .book = f->run.book,
                                .inventory = f->run.inventory,
                                .arena = &f->run.arena,
                                .run = &f->run};
}

/* Play an event; returns how many hits it made. */
static inline size_t fx_play(struct fx *f, const struct event *e)
{
    size_t had = f->run.hits.len;
    struct detect_view v = fx_view(f, e);
    v.function = fx_replay(f, e);
    assert_int_equal(f->ops->on_event(f->state, &v, NULL), ERR_OK);
    return f->run.hits.len - had;
}

static inline size_t fx_finish(struct fx *f)
{
    size_t had = f->run.hits.len;
    struct detect_view v = fx_view(f, NULL);
    assert_int_equal(f->ops->finish(f->state, &v, NULL), ERR_OK);
    return f->run.hits.len - had;
}

/* How many hits a detection made so far. */
static inline size_t fx_count(const struct fx *f, const char *id)
{
    size_t n = 0;
    for (size_t i = 0; i < f->run.hits.len; i++) {
        n += str_eq(f->run.hits.at[i].detection->id, str_of(id)) ? 1 : 0;
    }
    return n;
}

static inline const struct hit *fx_last(const struct fx *f)
{
    assert_true(f->run.hits.len > 0);
    return &f->run.hits.at[f->run.hits.len - 1];
}

static inline void fx_expect_severity(const struct fx *f, enum severity want)
{
    if (fx_last(f)->severity != want) {
        fail_msg("severity %s, want %s: %.*s", severity_name(fx_last(f)->severity),
                 severity_name(want), STR_ARG(fx_last(f)->explain));
    }
}

#endif
