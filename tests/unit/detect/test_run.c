/*
 * Whole runs: the real inventory and all detections, with a matcher that says what the test wants.
 */
#include "detect/test_fixture.h"

static enum err_code never(void *state, const struct detect_view *v, struct err *err)
{
    (void)state;
    (void)v;
    (void)err;
    return ERR_OK;
}

static const struct detect_ops no_ops = {.on_event = never, .state_size = 1};

/* ---- the matcher ---- */

static struct change the_change = {.id = STR_INIT("CHG0000001")};
static unsigned matched_calls;

/* A change record covers the function "covered", and names its layer. */
enum err_code change_match_event(const struct context *c, const struct event *e, bool incident_open,
                                 struct arena *a, struct change_match *out, struct err *err)
{
    (void)c;
    (void)a;
    (void)err;
    matched_calls++;
    *out = (struct change_match){.class = MATCH_M0};
    if (str_eq(e->function.name, STR("covered"))) {
        *out = (struct change_match){
            .class = MATCH_M4, .score = 90, .change = &the_change, .names_nature = true};
    }
    if (incident_open) {
        out->score += 5;
    }
    return ERR_OK;
}

static size_t most_unlike;

enum err_code change_match_reused(struct change_match *m, size_t unlike, struct arena *a,
                                  struct err *err)
{
    (void)a;
    (void)err;
    m->score -= unlike >= MATCH_REUSE_MANY ? 10 : 0;
    most_unlike = unlike > most_unlike ? unlike : most_unlike;
    return ERR_OK;
}

void change_match_free(struct change_match *m)
{
    VEC_FREE(&m->reasons);
}

/* ---- the stage ---- */

#define HASH_A  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define LAYER_X "arn:aws:lambda:eu-west-1:999988887777:layer:helper:1"

struct whole {
    struct fx f;
    struct context *context;
    struct inventory *inventory;
    struct detect_run *run;
    struct event *events[16];
    size_t count;
    struct finding_list findings;
};

static void open_whole(struct whole *w, bool changes)
{
    *w = (struct whole){0};
    fx_open(&w->f, &no_ops);
    w->context = context_new();
    assert_non_null(w->context);
    w->context->given[CONTEXT_CHANGES] = changes;
    w->inventory = inventory_new(w->context);
    assert_non_null(w->inventory);
    w->run = detect_run_new(w->context, NULL, w->inventory);
    assert_non_null(w->run);
}

static void close_whole(struct whole *w)
{
    for (size_t i = 0; i < w->findings.len; i++) {
        finding_free(w->findings.at[i]);
    }
    VEC_FREE(&w->findings);
    detect_run_free(w->run);
    inventory_free(w->inventory);
    context_free(w->context);
    fx_close(&w->f);
}

static void add(struct whole *w, struct event *e)
{
    e->actor = NULL; /* the inventory says who */
    w->events[w->count++] = e;
}

static const struct detection url_rule = {.id = STR_INIT("rule.url"),
                                          .ref = STR_INIT("D14"),
                                          .title = STR_INIT("Public URL"),
                                          .severity = SEVERITY_HIGH,
                                          .entity = ENTITY_FUNCTION};
static const struct detection *const url_hits[] = {&url_rule};

/* Code changed by a person, a foreign layer, a public URL, and back to the old code. */
static void tell_story(struct whole *w)
{
    struct fx *f = &w->f;
    add(w, FX_EVENT(f, "UpdateFunctionConfiguration", FX_ATTR(CODE_HASH, HASH_A),
                    FX_ATTR(LAYERS_SET, "")));
    add(w, FX_EVENT(f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_B)));
    add(w, FX_EVENT(f, "UpdateFunctionConfiguration", FX_ATTR(CODE_HASH, HASH_B),
                    FX_ATTR(LAYERS_SET, ""), FX_ATTR(LAYER, LAYER_X)));
    struct event *url = FX_EVENT(f, "CreateFunctionUrlConfig", FX_ATTR(URL_AUTH, "NONE"));
    url->hits = url_hits;
    url->hit_count = 1;
    add(w, url);
    add(w, FX_EVENT(f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A)));
    struct event *other = FX_EVENT(f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A));
    other->function.name = STR("covered");
    add(w, other);
}

static void run_whole(struct whole *w)
{
    struct err err = {0};
    if (detect_run_events(w->run, w->events, w->count, &w->findings, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

static const struct finding *find(const struct whole *w, const char *id)
{
    for (size_t i = 0; i < w->findings.len; i++) {
        if (str_eq(w->findings.at[i]->detection->id, str_of(id))) {
            return w->findings.at[i];
        }
    }
    return NULL;
}

static void test_story(void **state)
{
    (void)state;
    struct whole w;
    open_whole(&w, true);
    tell_story(&w);
    run_whole(&w);
    static const char *const want[] = {
        "faaswatch.code_changed_by_human", "faaswatch.code_changed_without_record",
        "faaswatch.code_reverted",         "faaswatch.layer_added",
        "faaswatch.layer_external",        "rule.url"};
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        if (find(&w, want[i]) == NULL) {
            fail_msg("%s is missing", want[i]);
        }
    }
    const struct finding *record = find(&w, "faaswatch.code_changed_without_record");
    assert_int_equal(record->count, 2); /* and not the function that a record covers */
    assert_true(str_eq(record->function.name, STR("pay")));
    assert_non_null(record->actor);
    const struct change_match *m = detect_match(w.run, w.events[5]);
    assert_non_null(m);
    assert_int_equal(m->class, MATCH_M4);
    for (size_t i = 1; i < w.findings.len; i++) {
        assert_true(finding_cmp(w.findings.at[i - 1], w.findings.at[i]) < 0);
    }
    close_whole(&w);
}

/* Without change records nothing is said about them, and nothing is matched. */
static void test_without_changes(void **state)
{
    (void)state;
    struct whole w;
    open_whole(&w, false);
    matched_calls = 0;
    tell_story(&w);
    run_whole(&w);
    assert_int_equal(matched_calls, 0);
    assert_null(find(&w, "faaswatch.code_changed_without_record"));
    assert_null(detect_match(w.run, w.events[1]));
    close_whole(&w);
}

static void test_any_order(void **state)
{
    (void)state;
    struct str ids[32];
    size_t want = 0;
    CLEANUP(arena_free) struct arena keep = {0};
    for (size_t turn = 0; turn < 12; turn++) {
        struct whole w;
        open_whole(&w, true);
        tell_story(&w);
        for (size_t i = 0; i < w.count; i++) {
            size_t k = (i * 5 + turn) % w.count;
            struct event *e = w.events[i];
            w.events[i] = w.events[k];
            w.events[k] = e;
        }
        run_whole(&w);
        want = turn == 0 ? w.findings.len : want;
        assert_int_equal(w.findings.len, want);
        for (size_t i = 0; i < want; i++) {
            if (turn == 0) {
                assert_true(arena_dup(&keep, w.findings.at[i]->id, &ids[i]));
            }
            assert_true(str_eq(w.findings.at[i]->id, ids[i]));
        }
        close_whole(&w);
    }
}

/* A stack touches two functions; the record names one. Both are covered, but what the record
 * says about the nature of the change counts only where it says it. */
static void test_deployment_shares_a_match(void **state)
{
    (void)state;
    struct whole w;
    open_whole(&w, true);
    struct event *start = FX_EVENT(&w.f, "UpdateStack", FX_ATTR(STACK, "pay-stack"));
    start->service = STR("cloudformation.amazonaws.com");
    start->kind = EVENT_DEPLOY;
    start->function = (struct function_key){0};
    add(&w, start);
    static const char *const names[] = {"covered", "pay"};
    for (size_t i = 0; i < 2; i++) {
        struct event *e = FX_EVENT(&w.f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, HASH_A));
        e->function.name = str_of(names[i]);
        e->who.invoked_by = STR("cloudformation.amazonaws.com");
        add(&w, e);
    }
    run_whole(&w);
    assert_non_null(w.events[1]->deployment);
    assert_ptr_equal(w.events[1]->deployment, w.events[2]->deployment);
    const struct change_match *a = detect_match(w.run, w.events[1]);
    const struct change_match *b = detect_match(w.run, w.events[2]);
    assert_int_equal(a->class, MATCH_M4);
    assert_true(a->names_nature);
    assert_int_equal(b->class, MATCH_M4);
    assert_false(b->names_nature);
    assert_null(find(&w, "faaswatch.code_changed_without_record"));
    const struct finding *human = find(&w, "faaswatch.code_changed_by_human");
    assert_non_null(human);
    assert_int_equal(human->functions.len, 2);
    close_whole(&w);
}

/* An incident on the function counts when it was opened in the three days before. */
static void test_incident(void **state)
{
    (void)state;
    static const struct {
        int hours_before;
        enum alert_status status;
        int want;
    } cases[] = {{1, ALERT_OPEN, 5},
                 {71, ALERT_CLOSED, 5},
                 {73, ALERT_OPEN, 0},
                 {-1, ALERT_OPEN, 0},
                 {1, ALERT_FALSE_POSITIVE, 0}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct whole w;
        open_whole(&w, true);
        struct event *e = FX_PLAIN(&w.f, "UpdateFunctionCode");
        add(&w, e);
        struct alert al = {.time_us = e->time_us - cases[i].hours_before * TIME_HOUR_US,
                           .status = cases[i].status};
        assert_true(VEC_PUSH(&al.functions, STR("pay")));
        assert_true(VEC_PUSH(&w.context->alerts, al));
        run_whole(&w);
        assert_int_equal(detect_match(w.run, e)->score, cases[i].want);
        w.context->alerts.len = 0;
        VEC_FREE(&al.functions);
        close_whole(&w);
    }
}

/* Unlike uses of one record are counted: function or action differ; a deployment is one. */
static void test_reuse(void **state)
{
    (void)state;
    struct whole w;
    open_whole(&w, true);
    static const char *const actions[] = {"UpdateFunctionCode", "UpdateFunctionCode",
                                          "CreateFunctionUrlConfig", "AddPermission"};
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        struct event *e = FX_PLAIN(&w.f, actions[i]);
        e->function.name = STR("covered");
        add(&w, e);
    }
    most_unlike = 0;
    run_whole(&w);
    assert_int_equal(most_unlike, 2);
    close_whole(&w);
}

/* With builds given, code that none of them made is of unknown origin. */
static void test_builds(void **state)
{
    (void)state;
    static const char *const hashes[] = {HASH_A, HASH_B};
    for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
        struct whole w;
        struct err err = {0};
        open_whole(&w, false);
        struct build b = {.function = STR("pay"), .code_sha256 = STR(HASH_A)};
        assert_true(VEC_PUSH(&w.context->builds, b));
        w.context->given[CONTEXT_BUILDS] = true;
        assert_int_equal(context_finish(w.context, &err), ERR_OK);
        struct attr a = {ATTR_CODE_HASH, str_of(hashes[i])};
        add(&w, fx_event(&w.f, "UpdateFunctionCode", &a, 1));
        run_whole(&w);
        const struct finding *f = find(&w, "faaswatch.code_hash_unknown");
        assert_int_equal(f != NULL, i == 1);
        assert_true(f == NULL || f->severity == SEVERITY_HIGH);
        close_whole(&w);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    struct whole w;
    open_whole(&w, true);
    run_whole(&w);
    assert_int_equal(w.findings.len, 0);
    close_whole(&w);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct whole w;
        struct err err = {0};
        open_whole(&w, true);
        tell_story(&w);
        mem_torture(n);
        struct detect_run *again = detect_run_new(w.context, NULL, w.inventory);
        enum err_code rc = ERR_NOMEM;
        if (again != NULL) {
            rc = detect_run_events(again, w.events, w.count, &w.findings, &err);
        }
        mem_torture(0);
        assert_int_equal(err.code, again == NULL ? ERR_OK : rc);
        assert_true(rc == ERR_OK || w.findings.len == 0);
        size_t found = w.findings.len;
        for (size_t i = 0; i < w.findings.len; i++) {
            finding_free(w.findings.at[i]);
        }
        w.findings.len = 0;
        detect_run_free(again);
        close_whole(&w);
        if (rc == ERR_OK) {
            assert_true(n > 40 && found > 4);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_story),     cmocka_unit_test(test_without_changes),
        cmocka_unit_test(test_any_order), cmocka_unit_test(test_deployment_shares_a_match),
        cmocka_unit_test(test_incident),  cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_builds),    cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
