/* What is known of a Cloudflare Worker before and after each event. */
#include "tests/unit/inventory/world.h"

static struct event *on(struct world *w, const char *action, const char *mail)
{
    struct identity who = {.kind = IDENTITY_USER, .principal = str_of(mail), .account = STR("acc")};
    struct event *e = call(w, "x Y", who);
    e->source = STR("cloudflare.audit_v2");
    e->service = STR("cloudflare.workers");
    e->name = e->action = str_of(action);
    e->account = STR("acc");
    e->function = (struct function_key){STR("cloudflare"), STR("acc"), STR_EMPTY, STR("pay")};
    return e;
}

static bool has(const struct str_list *list, const char *value)
{
    for (size_t i = 0; i < list->len; i++) {
        if (str_eq(list->at[i], str_of(value))) {
            return true;
        }
    }
    return false;
}

static const struct {
    const char *action, *mail;
    struct {
        enum event_attr id;
        const char *value;
    } attrs[4];
} story[] = {
    {"UploadWorker",
     "ci@acme.example",
     {{ATTR_CODE_HASH, "aa"},
      {ATTR_CHANNEL, "wrangler"},
      {ATTR_BINDINGS_SET, ""},
      {ATTR_BINDING, "d1:DB"}}},
    {"UploadWorkerVersion",
     "eve@acme.example",
     {{ATTR_CODE_HASH, "bb"}, {ATTR_CHANNEL, "dash"}, {ATTR_VERSION, "v-2"}}},
    {"DeployWorker", "eve@acme.example", {{ATTR_VERSION, "v-2"}}},
    {"PutWorkerSecret", "eve@acme.example", {{ATTR_SECRET, "KEY"}}},
    {"SetWorkersDev", "eve@acme.example", {{ATTR_STATE, "true"}, {ATTR_PREVIEWS, "false"}}},
    {"CreateWorkerRoute", "eve@acme.example", {{ATTR_ROUTE, "a/*"}}},
    {"SetWorkerSchedules", "eve@acme.example", {{ATTR_SCHEDULE, "* * * * *"}}},
    {"StartWorkerTail", "eve@acme.example", {{ATTR_RESOURCE_ID, "t-1"}}},
    {"UpdateWorkerSettings",
     "eve@acme.example",
     {{ATTR_BINDINGS_SET, ""}, {ATTR_BINDING, "r2_bucket:ALL"}, {ATTR_DESTINATION, "sink"}}},
};

static void tell(struct world *w)
{
    for (size_t i = 0; i < ARRAY_LEN(story); i++) {
        struct event *e = on(w, story[i].action, story[i].mail);
        for (size_t k = 0; k < 4 && story[i].attrs[k].value != NULL; k++) {
            with(w, e, story[i].attrs[k].id, story[i].attrs[k].value);
        }
    }
}

static void test_state(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    tell(&w);
    resolve(&w);
    const struct function *f = NULL;
    for (size_t i = 0; i < w.count; i++) {
        f = inventory_replay(w.inv, &w.event[i]);
        if (i == 1) {
            assert_false(has(&f->before.channels, "dash"));
            assert_true(has(&f->before.authors, "ci@acme.example"));
            assert_true(f->before.bindings_known && has(&f->before.bindings, "d1:DB"));
        }
    }
    assert_true(str_eq(f->text, STR("cloudflare/acc//pay")));
    assert_true(str_eq(f->now.code_hash, STR("bb")) && str_eq(f->now.previous_hash, STR("aa")));
    assert_int_equal(f->now.code_changed_us, w.event[2].time_us);
    assert_true(has(&f->now.channels, "wrangler") && has(&f->now.channels, "dash"));
    assert_true(has(&f->now.versions, "v-2") && has(&f->now.secrets, "KEY"));
    assert_true(f->now.open_known && f->now.open && !f->now.previews);
    assert_true(has(&f->now.routes, "a/*") && has(&f->now.schedules, "* * * * *"));
    assert_true(has(&f->now.tails, "t-1") && has(&f->now.destinations, "sink"));
    assert_false(has(&f->now.bindings, "d1:DB")); /* the list was stated anew */
    assert_true(has(&f->now.bindings, "r2_bucket:ALL"));
    world_free(&w);
}

static void test_taken_back(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    tell(&w);
    struct event *secret = on(&w, "DeleteWorkerSecret", "ana@acme.example");
    with(&w, secret, ATTR_SECRET, "KEY");
    struct event *closed = on(&w, "RemoveWorkersDev", "ana@acme.example");
    with(&w, closed, ATTR_STATE, "false");
    struct event *tail = on(&w, "DeleteWorkerTail", "ana@acme.example");
    with(&w, tail, ATTR_RESOURCE_ID, "t-1");
    on(&w, "SetWorkerSchedules", "ana@acme.example");
    struct event *refused = on(&w, "DeleteWorker", "ana@acme.example");
    refused->outcome = OUTCOME_DENIED;
    resolve(&w);
    const struct function *f = NULL;
    for (size_t i = 0; i < w.count; i++) {
        f = inventory_replay(w.inv, &w.event[i]);
    }
    assert_int_equal(f->now.secrets.len, 0);
    assert_int_equal(f->now.tails.len, 0);
    assert_int_equal(f->now.schedules.len, 0);
    assert_true(f->now.open_known && !f->now.open && !f->now.deleted);
    world_free(&w);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct world w;
        world_init(&w);
        tell(&w);
        resolve(&w);
        mem_torture(n);
        for (size_t i = 0; i < w.count; i++) {
            (void)inventory_replay(w.inv, &w.event[i]);
        }
        mem_torture(0);
        bool out = inventory_out_of_memory(w.inv);
        world_free(&w);
        if (!out) {
            assert_true(n > 1);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state),
        cmocka_unit_test(test_taken_back),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
