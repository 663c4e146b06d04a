#include "detect/test_fixture.h"
#include "inventory/sign_in.h"

extern const struct detect_ops detect_sign_in_missing;

static const struct actor dana = {
    .root = STR_INIT("Dana.K@example.com"), .kind = IDENTITY_SSO, .resolved = true};

static struct event *sign_in(struct fx *f, int64_t before_us, enum event_outcome outcome)
{
    struct event *e = FX_PLAIN(f, "Login");
    e->kind = EVENT_LOGIN;
    e->sign_in = true;
    e->source = STR("okta.system");
    e->account = STR_EMPTY;
    e->function = (struct function_key){0};
    e->who =
        (struct identity){.kind = IDENTITY_SSO, .principal = dana.root, .session_name = dana.root};
    e->outcome = outcome;
    e->time_us = e->last_us = f->now_us - before_us;
    return e;
}

static struct event *session(struct fx *f)
{
    struct event *e = FX_PLAIN(f, "UpdateFunctionCode");
    e->who.session_name = STR("dana.k@example.com");
    e->who.access_key = STR("ASIA1");
    return e;
}

static size_t play(struct fx *f, struct event **events, size_t count, int64_t covered_us)
{
    struct inventory *inv = inventory_new(&f->context);
    assert_non_null(inv);
    if (covered_us > 0) {
        assert_true(inventory_note_sign_in_log(inv, STR("okta.system"), f->now_us - covered_us,
                                               f->now_us + TIME_HOUR_US));
    }
    assert_int_equal(inventory_resolve(inv, events, count, NULL), ERR_OK);
    f->run.inventory = inv;
    for (size_t i = 0; i < count; i++) {
        (void)fx_play(f, events[i]);
    }
    size_t hits = fx_finish(f);
    inventory_free(inv);
    return hits;
}

static void test_sessions(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        int64_t before_us; /* of the sign-in; 0: none */
        enum event_outcome outcome;
        int64_t covered_us;
        size_t hits;
        enum severity severity;
    } rows[] = {
        {"signed in", TIME_HOUR_US, OUTCOME_OK, 2 * TIME_DAY_US, 0, SEVERITY_HIGH},
        {"no sign-in", 0, OUTCOME_OK, 2 * TIME_DAY_US, 1, SEVERITY_LOW},
        {"refused", TIME_HOUR_US, OUTCOME_DENIED, 2 * TIME_DAY_US, 1, SEVERITY_HIGH},
        {"long ago", 30 * TIME_HOUR_US, OUTCOME_OK, 2 * TIME_DAY_US, 1, SEVERITY_HIGH},
        {"log too short", 0, OUTCOME_OK, TIME_HOUR_US, 0, SEVERITY_HIGH},
        {"no log", 0, OUTCOME_OK, 0, 0, SEVERITY_HIGH},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        struct event *events[3];
        size_t count = 0;
        fx_open(&f, &detect_sign_in_missing);
        if (rows[i].before_us > 0) {
            events[count++] = sign_in(&f, rows[i].before_us, rows[i].outcome);
        }
        events[count++] = session(&f);
        events[count++] = session(&f); /* of the same key: one session */
        size_t hits = play(&f, events, count, rows[i].covered_us);
        if (hits != rows[i].hits) {
            fail_msg("%s: %zu hits", rows[i].what, hits);
        }
        if (hits > 0) {
            fx_expect_severity(&f, rows[i].severity);
        }
        fx_close(&f);
    }
}

/* CI, users and services do not come through an identity provider. */
static void test_others(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_sign_in_missing);
    struct event *user = session(&f);
    user->who = (struct identity){.kind = IDENTITY_USER,
                                  .principal = STR("arn:aws:iam::111122223333:user/dana"),
                                  .account = STR("111122223333")};
    struct event *ci = session(&f);
    ci->who.kind = IDENTITY_FEDERATED;
    ci->who.subject = STR("repo:acme/pay:ref:refs/heads/main");
    struct event *refused = session(&f);
    refused->outcome = OUTCOME_DENIED;
    struct event *events[] = {user, ci, refused};
    assert_int_equal(play(&f, events, ARRAY_LEN(events), 2 * TIME_DAY_US), 0);
    fx_close(&f);
}

/* ---- the way in ---- */

struct at {
    double hours; /* before now */
    const char *address, *operator_, *place, *mfa, *id;
};

static struct way_in way(const struct at *rows, size_t count)
{
    struct fx f;
    struct event *events[16];
    fx_open(&f, &detect_sign_in_missing);
    for (size_t i = 0; i < count; i++) {
        struct attr attrs[] = {{ATTR_OPERATOR, str_of(rows[i].operator_)},
                               {ATTR_PLACE, str_of(rows[i].place)},
                               {ATTR_MFA, str_of(rows[i].mfa)},
                               {ATTR_SIGN_IN, str_of(rows[i].id)}};
        struct attr *kept = ARENA_ARRAY(&f.run.arena, struct attr, ARRAY_LEN(attrs));
        assert_non_null(kept);
        memcpy(kept, attrs, sizeof(attrs));
        events[i] = sign_in(&f, 0, OUTCOME_OK);
        events[i]->attrs = kept;
        events[i]->attr_count = ARRAY_LEN(attrs);
        events[i]->address = str_of(rows[i].address);
        assert_true(ip_parse(events[i]->address, &events[i]->ip));
        assert_true(time_parse_rfc3339(STR("2026-11-20T09:00:00Z"), &events[i]->time_us));
        events[i]->time_us -= (int64_t)(rows[i].hours * (double)TIME_HOUR_US);
    }
    struct inventory *inv = inventory_new(&f.context);
    assert_non_null(inv);
    assert_int_equal(inventory_resolve(inv, events, count, NULL), ERR_OK);
    int64_t now;
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:00:00Z"), &now));
    struct way_in w = inventory_way_in(inv, &dana, STR_EMPTY, now);
    assert_non_null(w.sign_in);
    inventory_free(inv);
    fx_close(&f);
    return w;
}

static void test_way(void **state)
{
    (void)state;
    static const char berlin[] = "52.5000,13.4000";
    static const char tokyo[] = "35.7000,139.7000";
    const struct at usual[] = {{120, "198.51.100.7", "AS1", berlin, "Yes", "a"},
                               {100, "198.51.100.7", "AS1", berlin, "Yes", "b"},
                               {75, "198.51.100.7", "AS1", berlin, "Yes", "c"},
                               {50, "198.51.100.7", "AS1", berlin, "Yes", "d"},
                               {25, "198.51.100.7", "AS1", berlin, "Yes", "e"},
                               {1, "198.51.100.9", "", berlin, "No", "f"}};
    struct way_in w = way(usual, ARRAY_LEN(usual));
    assert_false(w.new_network);
    assert_null(w.from);
    assert_int_equal(w.mfa, WAY_MFA_NO);

    struct at far[ARRAY_LEN(usual)];
    memcpy(far, usual, sizeof(far));
    far[4] = (struct at){2, "198.51.100.7", "AS1", berlin, "Yes", "e"};
    far[5] = (struct at){1, "203.0.113.9", "AS2", tokyo, "No", "f"};
    w = way(far, ARRAY_LEN(far));
    assert_non_null(w.from);
    assert_true(w.km > 8000 && w.km < 10000);
    assert_false(w.new_network); /* four sign-ins before are too few to say */
    far[4] = usual[4];
    w = way(far, ARRAY_LEN(far));
    assert_true(w.new_network);
    assert_null(w.from); /* a day is long enough for the way */

    /* The second factor is a record of its own. */
    const struct at both[] = {{1, "198.51.100.7", "AS1", "", "Yes", "f"},
                              {0.9, "198.51.100.7", "AS1", "", "No", "f"}};
    w = way(both, ARRAY_LEN(both));
    assert_int_equal(w.mfa, WAY_MFA_YES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
