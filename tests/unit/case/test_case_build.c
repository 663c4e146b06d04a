#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "case/case_build.h"

static const struct detection on_function = {.id = STR_INIT("t.function"),
                                             .ref = STR_INIT("D14"),
                                             .title = STR_INIT("public URL"),
                                             .severity = SEVERITY_HIGH,
                                             .entity = ENTITY_FUNCTION};
static const struct detection on_actor = {.id = STR_INIT("t.actor"),
                                          .ref = STR_INIT("D32"),
                                          .title = STR_INIT("reconnaissance"),
                                          .severity = SEVERITY_MEDIUM,
                                          .entity = ENTITY_ACTOR};
static const struct detection posture = {.id = STR_INIT("t.posture"),
                                         .title = STR_INIT("posture"),
                                         .severity = SEVERITY_HIGH,
                                         .entity = ENTITY_FUNCTION,
                                         .is_posture = true};
static const struct detection plain = {.id = STR_INIT("t.code"),
                                       .ref = STR_INIT("D03"),
                                       .title = STR_INIT("code changed without a record"),
                                       .severity = SEVERITY_HIGH,
                                       .entity = ENTITY_FUNCTION};

struct stage {
    struct arena arena;
    struct context context;
    struct intel *intel;
    struct finding_list findings;
    struct case_list cases;
    unsigned serial;
};

static void open_stage(struct stage *s)
{
    *s = (struct stage){0};
}

static void close_stage(struct stage *s)
{
    for (size_t i = 0; i < s->cases.len; i++) {
        case_file_free(s->cases.at[i]);
    }
    for (size_t i = 0; i < s->findings.len; i++) {
        finding_free(s->findings.at[i]);
    }
    VEC_FREE(&s->cases);
    VEC_FREE(&s->findings);
    VEC_FREE(&s->context.env.ranges);
    intel_free(s->intel);
    arena_free(&s->arena);
}

static struct str dup_text(struct stage *s, const char *text)
{
    struct str out;
    assert_true(arena_dup(&s->arena, str_of(text), &out));
    return out;
}

/* An event `hours` into the story; "" leaves a name out. */
static struct event *event_at(struct stage *s, int hours, const char *function, const char *actor,
                              const char *key, const char *address)
{
    struct event *e = ARENA_NEW(&s->arena, struct event);
    struct actor *who = ARENA_NEW(&s->arena, struct actor);
    assert_non_null(e);
    assert_non_null(who);
    *who = (struct actor){.root = dup_text(s, actor), .kind = IDENTITY_SSO, .resolved = true};
    e->time_us = e->last_us = hours * TIME_HOUR_US + s->serial * TIME_SECOND_US;
    e->count = 1;
    e->source = STR("aws.cloudtrail");
    e->function = (struct function_key){STR("aws"), STR("111122223333"), STR("eu-west-1"),
                                        dup_text(s, function)};
    e->who.kind = IDENTITY_SSO;
    e->who.access_key = dup_text(s, key);
    e->address = dup_text(s, address);
    e->actor = actor[0] == '\0' ? NULL : who;
    e->origin.offset = ++s->serial;
    assert_true(arena_printf(&s->arena, &e->record_id, "event-%u", s->serial));
    if (address[0] != '\0') {
        assert_true(ip_parse(e->address, &e->ip));
    }
    return e;
}

static struct finding *finding_of(struct stage *s, const struct detection *d, const struct event *e)
{
    struct finding *f = ARENA_NEW(&s->arena, struct finding);
    assert_non_null(f);
    f->detection = d;
    f->severity = d->severity;
    f->first_us = f->last_us = e->time_us;
    f->count = 1;
    f->function = e->function;
    f->actor = e->actor;
    f->entity = e->function.name;
    assert_true(arena_printf(&s->arena, &f->id, "finding-%u", s->serial));
    assert_true(VEC_PUSH(&f->events, e));
    assert_true(e->function.name.len == 0 || VEC_PUSH(&f->functions, e->function));
    assert_true(VEC_PUSH(&s->findings, f));
    return f;
}

static void build(struct stage *s)
{
    struct err err = {0};
    for (size_t i = 0; i < s->cases.len; i++) {
        case_file_free(s->cases.at[i]);
    }
    s->cases.len = 0;
    assert_int_equal(
        case_build(&s->findings, &s->context, s->intel, NULL, &s->arena, &s->cases, &err), ERR_OK);
}

/* Two findings that share one thing, and how many cases that makes. */
static void test_what_joins(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        const char *a[4], *b[4]; /* function, actor, key, address */
        int hours;
        size_t want;
    } rows[] = {
        {"nothing", {"f", "dana", "K1", "203.0.113.1"}, {"g", "erin", "K2", "203.0.113.2"}, 1, 2},
        {"function", {"f", "dana", "K1", "203.0.113.1"}, {"f", "erin", "K2", "203.0.113.2"}, 1, 1},
        {"actor", {"f", "dana", "K1", "203.0.113.1"}, {"g", "dana", "K2", "203.0.113.2"}, 1, 1},
        {"session", {"f", "dana", "K1", "203.0.113.1"}, {"g", "", "K1", "203.0.113.2"}, 1, 1},
        {"address", {"f", "dana", "K1", "203.0.113.1"}, {"g", "erin", "K2", "203.0.113.1"}, 1, 1},
        {"a day apart", {"f", "dana", "", ""}, {"f", "erin", "", ""}, 23, 1},
        {"more than a day", {"f", "dana", "", ""}, {"f", "erin", "", ""}, 25, 2},
        {"no names at all", {"", "", "", ""}, {"", "", "", ""}, 1, 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct stage s;
        open_stage(&s);
        finding_of(&s, &on_function,
                   event_at(&s, 0, rows[i].a[0], rows[i].a[1], rows[i].a[2], rows[i].a[3]));
        finding_of(
            &s, &on_function,
            event_at(&s, rows[i].hours, rows[i].b[0], rows[i].b[1], rows[i].b[2], rows[i].b[3]));
        build(&s);
        if (s.cases.len != rows[i].want) {
            fail_msg("%s: %zu cases", rows[i].what, s.cases.len);
        }
        close_stage(&s);
    }
}

/* Up to five actors share a function and join; the sixth breaks it. Likewise functions of an
 * actor, and actors and functions of an address. */
static void test_limits(void **state)
{
    (void)state;
    static const char *const names[] = {"n1", "n2", "n3", "n4", "n5", "n6"};
    static const struct {
        const char *what;
        bool function_varies, actor_varies;
        const char *address;
    } rows[] = {
        {"actors of a function", false, true, ""},
        {"functions of an actor", true, false, ""},
        {"both of an address", true, true, "203.0.113.1"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (size_t n = 5; n <= 6; n++) {
            struct stage s;
            open_stage(&s);
            for (size_t k = 0; k < n; k++) {
                finding_of(&s, &on_function,
                           event_at(&s, 0, rows[i].function_varies ? names[k] : "f",
                                    rows[i].actor_varies ? names[k] : "dana", "", rows[i].address));
            }
            build(&s);
            if (s.cases.len != (n == 5 ? 1 : 6)) {
                fail_msg("%s, %zu of them: %zu cases", rows[i].what, n, s.cases.len);
            }
            close_stage(&s);
        }
    }
}

static void test_shared_infrastructure(void **state)
{
    (void)state;
    enum what { PLAIN, NAT, PROXY, CI, OFFICE, PROVIDER, PIPELINE, SERVICE };
    static const struct {
        enum what what;
        size_t want;
    } rows[] = {{PLAIN, 1},  {NAT, 2},      {PROXY, 2},    {CI, 2},
                {OFFICE, 1}, {PROVIDER, 2}, {PIPELINE, 2}, {SERVICE, 2}};
    static const enum range_kind kinds[] = {
        [NAT] = RANGE_NAT, [PROXY] = RANGE_PROXY, [CI] = RANGE_CI, [OFFICE] = RANGE_OFFICE};
    static const char ranges[] = "{\"syncToken\":\"1\",\"createDate\":\"2026-11-01-00-00-00\","
                                 "\"prefixes\":[{\"ip_prefix\":\"203.0.113.0/24\",\"region\":"
                                 "\"eu-west-1\",\"service\":\"EC2\",\"network_border_group\":"
                                 "\"eu-west-1\"}],\"ipv6_prefixes\":[]}";
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct stage s;
        open_stage(&s);
        bool by_actor = rows[i].what == PIPELINE || rows[i].what == SERVICE;
        for (int k = 0; k < 2; k++) {
            struct event *e = event_at(&s, 0, k == 0 ? "f" : "g", by_actor || k == 0 ? "x" : "y",
                                       by_actor ? "K" : "", by_actor ? "" : "203.0.113.9");
            struct actor *who = ARENA_NEW(&s.arena, struct actor);
            *who = *e->actor;
            who->pipeline = rows[i].what == PIPELINE;
            who->kind = rows[i].what == SERVICE ? IDENTITY_SERVICE : IDENTITY_ROLE;
            e->actor = who;
            finding_of(&s, &on_function, e);
        }
        if (rows[i].what >= NAT && rows[i].what <= OFFICE) {
            struct env_range r = {.kind = kinds[rows[i].what]};
            assert_true(ip_prefix_parse(STR("203.0.113.0/24"), &r.prefix));
            assert_true(VEC_PUSH(&s.context.env.ranges, r));
        }
        if (rows[i].what == PROVIDER) {
            struct err err = {0};
            s.intel = intel_new();
            assert_non_null(s.intel);
            assert_int_equal(intel_load_text(s.intel, STR("ip-ranges.json"), str_of(ranges), &err),
                             ERR_OK);
            assert_int_equal(intel_finish(s.intel, &err), ERR_OK);
        }
        build(&s);
        if (s.cases.len != rows[i].want) {
            fail_msg("row %zu: %zu cases", i, s.cases.len);
        }
        close_stage(&s);
    }
}

static void test_low_is_context(void **state)
{
    (void)state;
    struct stage s;
    open_stage(&s);
    struct finding *a = finding_of(&s, &on_function, event_at(&s, 0, "f", "dana", "", ""));
    struct finding *b = finding_of(&s, &on_function, event_at(&s, 1, "g", "erin", "", ""));
    struct finding *bridge = finding_of(&s, &on_function, event_at(&s, 2, "f", "erin", "", ""));
    struct finding *alone = finding_of(&s, &on_function, event_at(&s, 2, "h", "olga", "", ""));
    struct finding *list_item = finding_of(&s, &posture, event_at(&s, 2, "f", "dana", "", ""));
    bridge->severity = SEVERITY_LOW;
    alone->severity = SEVERITY_INFORMATIONAL;
    build(&s);
    /* A low finding goes to one case and never makes two cases one. */
    assert_int_equal(s.cases.len, 2);
    assert_int_equal(s.cases.at[0]->findings.len, 2);
    assert_ptr_equal(s.cases.at[0]->findings.at[0], a);
    assert_ptr_equal(s.cases.at[0]->findings.at[1], bridge);
    assert_int_equal(s.cases.at[1]->findings.len, 1);
    assert_ptr_equal(s.cases.at[1]->findings.at[0], b);
    (void)list_item;
    close_stage(&s);
}

/* A deployment counts as one function; reconnaissance over many functions joins none of them. */
static void test_many_functions(void **state)
{
    (void)state;
    static const char *const names[] = {"n1", "n2", "n3", "n4", "n5", "n6", "n7"};
    struct stage s;
    open_stage(&s);
    struct deployment d = {.id = STR_INIT("stack")};
    struct finding *first = NULL;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct event *e = event_at(&s, 0, names[i], "dana", "", "");
        e->deployment = &d;
        if (first == NULL) {
            first = finding_of(&s, &on_function, e);
        } else {
            assert_true(VEC_PUSH(&first->events, e));
            assert_true(VEC_PUSH(&first->functions, e->function));
        }
    }
    struct event *same_actor = event_at(&s, 1, "other", "dana", "", "");
    finding_of(&s, &on_function, same_actor);
    build(&s);
    assert_int_equal(s.cases.len, 1);

    struct finding *recon = NULL;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct event *e = event_at(&s, 1, names[i], "erin", "", "");
        if (recon == NULL) {
            recon = finding_of(&s, &on_actor, e);
        } else {
            assert_true(VEC_PUSH(&recon->events, e));
            assert_true(VEC_PUSH(&recon->functions, e->function));
        }
    }
    build(&s);
    assert_int_equal(s.cases.len, 2);
    close_stage(&s);
}

static void test_what_a_case_says(void **state)
{
    (void)state;
    struct stage s;
    open_stage(&s);
    struct event *early =
        event_at(&s, 0, "payments-webhook", "dana.k@example.com", "K1", "203.0.113.1");
    struct event *late =
        event_at(&s, 3, "payments-webhook", "dana.k@example.com", "K2", "203.0.113.2");
    finding_of(&s, &plain, early);
    struct finding *f = finding_of(&s, &on_function, early);
    assert_true(VEC_PUSH(&f->events, late));
    f->last_us = late->time_us;
    build(&s);
    assert_int_equal(s.cases.len, 1);
    const struct case_file *c = s.cases.at[0];
    assert_true(str_eq(c->title, STR("payments-webhook: public URL by dana.k")));
    assert_int_equal(c->severity, SEVERITY_HIGH);
    assert_int_equal(c->timeline.len, 2);
    assert_ptr_equal(c->timeline.at[0], early);
    assert_int_equal(c->functions.len, 1);
    assert_int_equal(c->actors.len, 1);
    assert_int_equal(c->addresses.len, 2);
    assert_true(c->first_us == early->time_us && c->last_us == late->time_us);
    struct str id = c->id;
    /* More evidence later on leaves the id as it is. */
    finding_of(&s, &on_function, event_at(&s, 5, "payments-webhook", "erin", "", ""));
    build(&s);
    assert_int_equal(s.cases.len, 1);
    assert_true(str_eq(s.cases.at[0]->id, id));
    close_stage(&s);
}

/* The order of the findings changes neither the groups nor the ids. */
static void test_order(void **state)
{
    (void)state;
    static const char *const functions[] = {"a", "b", "b", "c", "d", "a"};
    static const char *const actors[] = {"u", "v", "w", "w", "x", "y"};
    struct stage s;
    open_stage(&s);
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        finding_of(&s, &on_function, event_at(&s, (int)i, functions[i], actors[i], "", ""));
    }
    build(&s);
    assert_int_equal(s.cases.len, 3);
    struct str ids[3];
    for (size_t i = 0; i < 3; i++) {
        ids[i] = s.cases.at[i]->id;
    }
    for (size_t turn = 1; turn < 6; turn++) {
        struct finding *last = s.findings.at[5];
        for (size_t i = 5; i > 0; i--) {
            s.findings.at[i] = s.findings.at[i - 1];
        }
        s.findings.at[0] = last;
        build(&s);
        assert_int_equal(s.cases.len, 3);
        for (size_t i = 0; i < 3; i++) {
            bool found = false;
            for (size_t k = 0; k < 3; k++) {
                found = found || str_eq(s.cases.at[i]->id, ids[k]);
            }
            assert_true(found);
        }
    }
    close_stage(&s);
}

static void test_no_memory(void **state)
{
    (void)state;
    struct stage s;
    open_stage(&s);
    finding_of(&s, &on_function, event_at(&s, 0, "f", "dana", "K", "203.0.113.1"));
    finding_of(&s, &on_function, event_at(&s, 0, "g", "erin", "L", "203.0.113.2"));
    for (unsigned long n = 1;; n++) {
        struct case_list out = {0};
        struct err err = {0};
        mem_torture(n);
        enum err_code rc = case_build(&s.findings, &s.context, NULL, NULL, &s.arena, &out, &err);
        mem_torture(0);
        assert_int_equal(out.len, rc == ERR_OK ? 2 : 0);
        assert_int_equal(err.code, rc);
        for (size_t i = 0; i < out.len; i++) {
            case_file_free(out.at[i]);
        }
        VEC_FREE(&out);
        if (rc == ERR_OK) {
            assert_true(n > 10);
            break;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
    close_stage(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_joins),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_shared_infrastructure),
        cmocka_unit_test(test_low_is_context),
        cmocka_unit_test(test_many_functions),
        cmocka_unit_test(test_what_a_case_says),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
