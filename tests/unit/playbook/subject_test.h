/*
 * A subject by hand: an event of an ordinary day with all sources present; each test changes the
 * one thing it is about.
 */
#ifndef TESTS_UNIT_PLAYBOOK_SUBJECT_TEST_H
#define TESTS_UNIT_PLAYBOOK_SUBJECT_TEST_H

#include "playbook/evidence.h"
#include "playbook_test.h"

enum { SX_FINDINGS = 6, SX_ADDRESSES = 3 };

struct sx {
    struct arena arena;
    struct event event;
    struct actor actor;
    enum coverage_state states[NEED_MAX_];
    struct change change;
    struct change_match match;
    struct person person;
    struct build build;
    struct process process;
    struct env_vendor vendor;
    struct alert alert;
    struct intel_hit hit;
    struct detection detections[SX_FINDINGS];
    struct finding findings[SX_FINDINGS];
    const struct finding *list[SX_FINDINGS];
    struct subject_address addresses[SX_ADDRESSES];
    struct subject s;
};

/* Friday 2026-11-20 09:14 UTC. */
#define SX_TIME (time_of_date(2026, 11, 20) + 9 * TIME_HOUR_US + 14 * TIME_MINUTE_US)

static inline void sx_init(struct sx *x)
{
    *x = (struct sx){0};
    arena_init(&x->arena, 0);
    for (unsigned i = 0; i < NEED_MAX_; i++) {
        x->states[i] = COVERAGE_PRESENT;
    }
    x->actor = (struct actor){.root = STR("dana@example.com"),
                              .account = STR("111122223333"),
                              .kind = IDENTITY_SSO,
                              .resolved = true};
    x->event = (struct event){
        .time_us = SX_TIME,
        .last_us = SX_TIME,
        .kind = EVENT_CHANGE,
        .outcome = OUTCOME_OK,
        .source = STR("aws.cloudtrail"),
        .service = STR("lambda.amazonaws.com"),
        .action = STR("UpdateFunctionCode"),
        .account = STR("111122223333"),
        .region = STR("eu-west-1"),
        .actor = &x->actor,
        .count = 1,
        .function = {STR("aws"), STR("111122223333"), STR("eu-west-1"), STR("payments-webhook")}};
    x->change = (struct change){.id = STR("CHG0031187"),
                                .start_us = SX_TIME - TIME_HOUR_US,
                                .end_us = SX_TIME + TIME_HOUR_US};
    x->person = (struct person){.id = STR("dana@example.com"),
                                .status = PERSON_ACTIVE,
                                .terminated_us = TIME_NONE,
                                .hours_from = 9,
                                .hours_to = 17};
    x->build =
        (struct build){.commit = STR("abc"), .repository = STR("o/r"), .branch = STR("main")};
    x->process = (struct process){.process = STR("nightly settlement")};
    x->vendor = (struct env_vendor){.name = STR("posture")};
    x->alert = (struct alert){.id = STR("INC1"), .text = STR("callback seen")};
    x->hit =
        (struct intel_hit){.best = {.value = STR("198.51.100.7"), .class = INTEL_C2}, .feeds = 1};
    x->s = (struct subject){.event = &x->event,
                            .findings = x->list,
                            .states = x->states,
                            .addresses = x->addresses,
                            .person = &x->person,
                            .change_required = true};
}

static inline void sx_free(struct sx *x)
{
    arena_free(&x->arena);
}

static inline void sx_match(struct sx *x, enum match_class class, bool names)
{
    x->match = (struct change_match){
        .class = class, .score = 90, .change = class == MATCH_M0 ? NULL : &x->change};
    x->match.names_nature = names;
    x->s.match = &x->match;
}

static inline struct finding *sx_finding(struct sx *x, const char *ref, enum question question,
                                         enum severity severity)
{
    size_t n = x->s.finding_count++;
    assert_true(n < SX_FINDINGS);
    x->detections[n] = (struct detection){.id = str_of(ref),
                                          .ref = str_of(ref),
                                          .title = str_of(ref),
                                          .severity = severity,
                                          .question = question,
                                          .ours = true};
    x->findings[n] = (struct finding){.id = str_of(ref),
                                      .detection = &x->detections[n],
                                      .severity = severity,
                                      .confidence = 0.8,
                                      .explain = str_of(ref)};
    x->list[n] = &x->findings[n];
    return &x->findings[n];
}

static inline struct subject_address *sx_address(struct sx *x, const char *text)
{
    size_t n = x->s.address_count++;
    assert_true(n < SX_ADDRESSES);
    x->addresses[n] = (struct subject_address){.text = str_of(text)};
    return &x->addresses[n];
}

static inline struct subject_address *sx_listed(struct sx *x, enum intel_class class,
                                                uint8_t confidence)
{
    struct subject_address *at = sx_address(x, "198.51.100.7");
    x->hit.best.class = class;
    x->hit.best.confidence = confidence;
    at->hit = &x->hit;
    return at;
}

/* Weigh one part; release with weighing_release. */
static inline struct weighing sx_weigh(struct sx *x, const struct playbook *p, enum part part)
{
    struct weighing w;
    weighing_init(&w, p, &x->s, part, &x->arena);
    weighing_collect(&w);
    weighing_sum(&w);
    assert_false(w.failed);
    return w;
}

#endif
