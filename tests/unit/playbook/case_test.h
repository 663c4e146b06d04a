/*
 * A case by hand: events, findings and what the organisation knows, judged by the real engine. The
 * match of each change is set, so that the tests are about judgement and not about the matcher.
 */
#ifndef TESTS_UNIT_PLAYBOOK_CASE_TEST_H
#define TESTS_UNIT_PLAYBOOK_CASE_TEST_H

#include "detect/detect_priv.h"
#include "playbook_test.h"

enum { CX_MAX = 12 };

struct cx {
    struct arena arena;
    struct playbook *book;
    struct context *context;
    struct intel *intel;
    struct detect_run run;
    struct matched matched[CX_MAX];
    struct change change;
    struct actor actor;
    struct event events[CX_MAX];
    struct attr attrs[CX_MAX][6];
    size_t event_count;
    const struct event *all[CX_MAX];
    struct detection detections[CX_MAX];
    struct finding findings[CX_MAX];
    struct finding *list[CX_MAX];
    size_t finding_count;
    struct source_seen source;
    struct source_seen second; /* a log besides, when it has records */
    struct source_seen sources[2];
    struct case_file file;
    const struct previous *previous;
    struct case_file *const *cases;
    struct judge judge;
};

/* Friday 2026-11-20, 09:14 UTC; the window is that day. */
#define CX_DAY  time_of_date(2026, 11, 20)
#define CX_TIME (CX_DAY + 9 * TIME_HOUR_US + 14 * TIME_MINUTE_US)

/* All sources are given and say nothing; each test takes away or adds the deciding one. */
static inline void cx_init(struct cx *x)
{
    *x = (struct cx){0};
    arena_init(&x->arena, 0);
    x->book = shipped_playbook();
    x->context = context_new();
    x->intel = intel_new();
    assert_non_null(x->context);
    assert_non_null(x->intel);
    assert_int_equal(context_load_text(x->context, CONTEXT_PEOPLE, STR("people.csv"),
                                       STR("id,status\ndana@example.com,active\n"), NULL),
                     ERR_OK);
    for (unsigned k = 0; k < CONTEXT_KIND_MAX_; k++) {
        x->context->given[k] = true;
    }
    x->change = (struct change){.id = STR("CHG0031187"),
                                .type = CHANGE_NORMAL,
                                .start_us = CX_TIME - TIME_HOUR_US,
                                .end_us = CX_TIME + TIME_HOUR_US};
    x->actor = (struct actor){.root = STR("dana@example.com"),
                              .account = STR("111122223333"),
                              .kind = IDENTITY_SSO,
                              .resolved = true};
    x->source = (struct source_seen){.source = STR("aws.cloudtrail"),
                                     .records = 10,
                                     .first_us = CX_DAY,
                                     .last_us = CX_DAY + TIME_DAY_US,
                                     .state = COVERAGE_PRESENT};
    x->file.id = STR("7f3a");
    assert_true(VEC_PUSH(&x->file.actors, &x->actor));
}

static inline void cx_feed(struct cx *x, const char *csv)
{
    assert_int_equal(intel_load_text(x->intel, STR("feed.csv"), str_of(csv), NULL), ERR_OK);
}

static inline void cx_free(struct cx *x)
{
    for (size_t i = 0; i < x->finding_count; i++) {
        finding_free(&x->findings[i]);
    }
    case_file_free(&x->file);
    intel_free(x->intel);
    context_free(x->context);
    playbook_free(x->book);
    arena_free(&x->arena);
}

static inline struct event *cx_event(struct cx *x, enum event_kind kind, const char *action)
{
    size_t n = x->event_count++;
    assert_true(n < CX_MAX);
    struct event *e = &x->events[n];
    *e = (struct event){.time_us = CX_TIME + (int64_t)n * TIME_MINUTE_US,
                        .kind = kind,
                        .source = STR("aws.cloudtrail"),
                        .service = STR("lambda.amazonaws.com"),
                        .account = STR("111122223333"),
                        .region = STR("eu-west-1"),
                        .count = 1,
                        .actor = &x->actor};
    e->action = e->name = str_of(action);
    e->last_us = e->time_us;
    e->origin.offset = n;
    e->attrs = x->attrs[n];
    e->function = (struct function_key){STR("aws"), STR("111122223333"), STR("eu-west-1"),
                                        STR("payments-webhook")};
    x->all[n] = e;
    assert_true(VEC_PUSH(&x->file.timeline, e));
    if (x->file.functions.len == 0) {
        assert_true(VEC_PUSH(&x->file.functions, e->function));
    }
    return e;
}

static inline void cx_attr(struct cx *x, struct event *e, enum event_attr id, const char *value)
{
    size_t n = (size_t)(e - x->events);
    assert_true(e->attr_count < 6);
    x->attrs[n][e->attr_count++] = (struct attr){id, str_of(value)};
}

static inline void cx_from(struct cx *x, struct event *e, const char *address)
{
    e->address = str_of(address);
    assert_true(ip_parse(e->address, &e->ip));
    assert_true(VEC_PUSH(&x->file.addresses, e->address));
}

static inline void cx_match(struct cx *x, const struct event *e, enum match_class class, bool names)
{
    struct change_match m = {
        .class = class, .score = 90, .change = class == MATCH_M0 ? NULL : &x->change};
    m.names_nature = names;
    assert_true(x->run.matched_count < CX_MAX);
    x->matched[x->run.matched_count++] = (struct matched){.event = e, .own = m, .shown = m};
}

/* A finding of our pack on one event. */
static inline struct finding *cx_finding(struct cx *x, struct event *e, const char *ref,
                                         enum question question, enum severity severity)
{
    size_t n = x->finding_count++;
    assert_true(n < CX_MAX);
    bool log = question == QUESTION_NONE;
    x->detections[n] = (struct detection){.id = str_of(ref),
                                          .ref = str_of(ref),
                                          .title = str_of(ref),
                                          .severity = severity,
                                          .question = question,
                                          .indicator = log              ? LS
                                                       : question == Q2 ? KI4
                                                                        : KI1,
                                          .tactic = STR("persistence"),
                                          .ours = true};
    struct finding *f = &x->findings[n];
    *f = (struct finding){.id = str_of(ref),
                          .detection = &x->detections[n],
                          .severity = severity,
                          .confidence = 0.9,
                          .first_us = e->time_us,
                          .last_us = e->last_us,
                          .count = 1,
                          .function = e->function,
                          .actor = e->actor,
                          .account = e->account,
                          .explain = str_of(ref)};
    assert_true(VEC_PUSH(&f->events, e));
    assert_true(VEC_PUSH(&x->file.findings, f));
    x->list[n] = f;
    return f;
}

static inline enum err_code cx_try(struct cx *x, struct err *err)
{
    x->file.first_us = x->event_count > 0 ? x->events[0].time_us : CX_TIME;
    x->file.last_us = x->event_count > 0 ? x->events[x->event_count - 1].last_us : CX_TIME;
    x->run.matched = x->matched;
    x->sources[0] = x->source;
    x->sources[1] = x->second;
    x->judge = (struct judge){.playbook = x->book,
                              .context = x->context,
                              .intel = x->intel,
                              .run = &x->run,
                              .sources = x->sources,
                              .source_count = x->second.records > 0 ? 2 : 1,
                              .since_us = CX_DAY,
                              .until_us = CX_DAY + TIME_DAY_US,
                              .findings = x->list,
                              .finding_count = x->finding_count,
                              .events = x->all,
                              .event_count = x->event_count,
                              .previous = x->previous,
                              .cases = x->cases,
                              .intel_given = true};
    return playbook_judge(&x->judge, &x->file, &x->arena, err);
}

static inline void cx_judge(struct cx *x)
{
    struct err err = {0};
    assert_int_equal(intel_finish(x->intel, NULL), ERR_OK);
    assert_int_equal(context_finish(x->context, NULL), ERR_OK);
    if (cx_try(x, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

static inline void cx_print(const struct cx *x)
{
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        const struct answer *a = &x->file.answers[q];
        print_message("  Q%u %s %s score %d; %.*s\n", q + 1, a->raised ? "raised" : "not raised",
                      verdict_name(a->verdict), a->score, STR_ARG(a->would_change));
        for (size_t i = 0; i < a->items.len; i++) {
            print_message("    %+d %.*s [%.*s]\n", a->items.at[i].weight,
                          STR_ARG(a->items.at[i].text), STR_ARG(a->items.at[i].explained_by));
        }
        for (size_t i = 0; i < a->against.len; i++) {
            print_message("    %+d %.*s\n", a->against.at[i].weight,
                          STR_ARG(a->against.at[i].text));
        }
    }
    print_message("  %.*s P%d: %.*s\n", STR_ARG(x->file.decision.row), x->file.decision.priority,
                  STR_ARG(x->file.decision.reason));
}

#endif
