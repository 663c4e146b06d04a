#include "detect/fold.h"
#include "detect/sequence.h"
#include "detect/test_fixture.h"
#include "detect/tools.h"

/* First "Begin", then "End", by who the session's name says. */
static const struct detection on_pair = {.id = STR_INIT("t.pair"),
                                         .ref = STR_INIT("SQ99"),
                                         .title = STR_INIT("Begin, then end"),
                                         .severity = SEVERITY_HIGH,
                                         .entity = ENTITY_FUNCTION};
static const struct detect_threshold window = {STR_INIT("pair_minutes"), 60, 1, 100};

static bool may(void *state, const struct detect_view *v)
{
    (void)state;
    return v->event->who.session_name.len > 0;
}

static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *e,
                           size_t step)
{
    (void)state;
    return str_eq(e->view.event->action, step == 0 ? STR("Begin") : STR("End"))
               ? sequence_put(s, e, step, STR_EMPTY, e->view.event->who.session_name, SEVERITY_MAX_)
               : ERR_OK;
}

static const struct sequence_ops ops = {.detection = &on_pair,
                                        .window = &window,
                                        .steps = 2,
                                        .lead = 1,
                                        .tells_from = 1,
                                        .may = may,
                                        .offer = offer,
                                        .story = "began and ended"};

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    (void)err;
    return sequence_event(state, &ops, state, v);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    (void)err;
    return sequence_finish(state, &ops, state, v);
}

static void release(void *state)
{
    sequence_free(state);
}

static const struct detect_ops pair = {.detections = &on_pair,
                                       .detection_count = 1,
                                       .state_size = sizeof(struct sequence),
                                       .on_event = on_event,
                                       .finish = finish,
                                       .release = release};

static struct event *step(struct fx *f, const char *action, const char *key)
{
    struct event *e = FX_PLAIN(f, action);
    e->who.session_name = str_of(key);
    return e;
}

/* ---- one finding of several functions and actors ---- */

static void test_folds_by_lead(void **state)
{
    (void)state;
    struct fx f;
    struct finding_list l = {0};
    fx_open(&f, &pair);
    struct event *a = step(&f, "Begin", "k");
    struct event *b = step(&f, "End", "k");
    a->actor = &f.ci;
    a->function.name = STR("other");
    (void)fx_play(&f, a);
    (void)fx_play(&f, b);
    assert_int_equal(fx_finish(&f), 2);
    assert_int_equal(fold_hits(&f.run.hits, &f.run.arena, &l, NULL), ERR_OK);
    assert_int_equal(l.len, 1);
    const struct finding *g = l.at[0];
    assert_ptr_equal(g->actor, &f.dana);
    assert_true(str_eq(g->entity, STR("aws/111122223333/eu-west-1/pay")));
    assert_int_equal(g->events.len, 2);
    assert_ptr_equal(g->events.at[0], a);
    assert_ptr_equal(g->events.at[1], b);
    assert_int_equal(g->functions.len, 2);
    assert_true(str_starts(g->explain, STR("dana.k@example.com began and ended: 2026-11-20T")));
    assert_true(str_find(g->explain, STR("Begin of other by repo:acme/pay")) != SIZE_MAX);
    finding_free(l.at[0]);
    VEC_FREE(&l);
    fx_close(&f);
}

/* ---- windows ---- */

static void test_latest_begin_counts(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &pair);
    (void)fx_play(&f, step(&f, "Begin", "k"));
    f.now_us += 50 * TIME_MINUTE_US;
    struct event *b = step(&f, "Begin", "k");
    (void)fx_play(&f, b);
    f.now_us += 50 * TIME_MINUTE_US;
    (void)fx_play(&f, step(&f, "End", "k"));
    assert_int_equal(fx_finish(&f), 2);
    assert_ptr_equal(f.run.hits.at[0].event, b);
    fx_close(&f);
}

static void test_undated_is_none(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &pair);
    struct event *a = step(&f, "Begin", "k");
    a->time_us = a->last_us = TIME_NONE;
    (void)fx_play(&f, a);
    (void)fx_play(&f, step(&f, "End", "k"));
    assert_int_equal(fx_finish(&f), 0);
    fx_close(&f);
}

/* ---- bounds ---- */

/* The same key lives on; of those looked at once, the oldest go. */
static void test_keys_are_bounded(void **state)
{
    (void)state;
    struct fx f;
    char text[24];
    fx_open(&f, &pair);
    struct sequence *s = f.state;
    (void)fx_play(&f, step(&f, "Begin", "first"));
    for (unsigned i = 0; i < 3U * SEQUENCE_KEYS; i++) {
        (void)snprintf(text, sizeof(text), "flood-%u", i);
        struct event *e = step(&f, "Begin", "");
        f.now_us -= TIME_MINUTE_US - TIME_SECOND_US / 100;
        e->time_us = e->last_us = f.now_us;
        assert_true(arena_dup(&f.run.arena, str_of(text), &e->who.session_name));
        (void)fx_play(&f, e);
        assert_true(s->chains[0].len <= SEQUENCE_KEYS && s->chains[1].len <= SEQUENCE_KEYS);
        assert_true(s->held.len <= SEQUENCE_HELD);
    }
    f.now_us -= TIME_MINUTE_US;
    (void)fx_play(&f, step(&f, "End", "first"));
    (void)fx_play(&f, step(&f, "End", text));
    assert_int_equal(fx_finish(&f), 2); /* of the last of the flood */
    fx_close(&f);
}

static void test_no_memory(void **state)
{
    (void)state;
    struct fx f;
    for (unsigned long n = 1;; n++) {
        fx_open(&f, &pair);
        struct event *e[] = {step(&f, "Begin", "k"), step(&f, "Other", "k"), step(&f, "End", "k")};
        enum err_code rc = ERR_OK;
        mem_torture(n);
        for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(e); i++) {
            struct detect_view v = fx_view(&f, e[i]);
            rc = pair.on_event(f.state, &v, NULL);
        }
        struct detect_view v = fx_view(&f, NULL);
        rc = rc ? rc : pair.finish(f.state, &v, NULL);
        mem_torture(0);
        fx_close(&f);
        if (rc == ERR_OK) {
            assert_true(n > 8);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folds_by_lead),   cmocka_unit_test(test_latest_begin_counts),
        cmocka_unit_test(test_undated_is_none), cmocka_unit_test(test_keys_are_bounded),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
