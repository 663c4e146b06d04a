#include "context/ticket.h"
#include "match_fixture.h"

enum { ANY = -1000 };

/* One row a sentence of judgement.md 3, at least. */
static const struct {
    const char *what;
    const char *records, *event, *env;
    bool builds, incident;
    enum match_class class;
    int score;
} rows[] = {
    /* scores */
    {"all fits", "", "", NULL, false, false, MATCH_M4, 85},
    {"ticket id in the session name", "", "session=CHG0031337-deploy", NULL, false, false, MATCH_M4,
     100},
    {"ticket id, other resource: 0", "resources=pay-refund", "session=CHG0031337", NULL, false,
     false, MATCH_M1, 35},
    {"ticket id, outside the window: 0", "", "session=CHG0031337|time=2026-11-20T15:00:00Z", NULL,
     false, false, MATCH_M3, 70},
    {"ticket id alone", "assignee=|resources=|text=x", "session=CHG0031337", NULL, false, false,
     MATCH_M0, 25},
    {"ticket id of no record", "none", "session=CHG0031337", NULL, false, false, MATCH_M0, 0},
    {"resource by prefix", "resources=pay-*", "", NULL, false, false, MATCH_M3, 70},
    {"resource by ARN", "resources=arn:aws:lambda:eu-west-1:111122223333:function:pay-checkout", "",
     NULL, false, false, MATCH_M4, 85},
    {"resource by ARN with alias",
     "resources=arn:aws:lambda:eu-west-1:111122223333:function:pay-checkout:live", "", NULL, false,
     false, MATCH_M4, 85},
    {"ARN of another account",
     "resources=arn:aws:lambda:eu-west-1:444455556666:function:pay-checkout", "", NULL, false,
     false, MATCH_M1, 35},
    {"resource with a made suffix", "", "fn=pay-checkout-AB12CD", NULL, false, false, MATCH_M3, 70},
    {"resource by service", "resources=|service=pay", "", NULL, false, false, MATCH_M3, 70},
    {"resource by text", "resources=|text=Deploy pay-checkout 4.2", "", NULL, false, false,
     MATCH_M3, 70},
    {"resource by account", "resources=111122223333", "", NULL, false, false, MATCH_M2, 60},
    {"resource by environment", "resources=|environment=production", "",
     "accounts: [{id: 111122223333, kind: prod}]", false, false, MATCH_M2, 60},
    {"a pattern for everything is the account", "resources=*", "", NULL, false, false, MATCH_M2,
     60},
    {"actor is implementer by name", "assignee=Ana Ruiz", "", NULL, false, false, MATCH_M4, 85},
    {"actor is implementer by login", "assignee=ana.r",
     "actor=arn:aws:iam::111122223333:user/ANA.R", NULL, false, false, MATCH_M4, 85},
    {"actor in the group", "assignee=bo@example.com|group=Pay-Team", "", NULL, false, false,
     MATCH_M2, 75},
    {"actor is requester", "assignee=|requester=ana@example.com", "", NULL, false, false, MATCH_M2,
     70},
    {"a role of the implementer's name is not he", "assignee=deploy",
     "isrole|actor=arn:aws:iam::111122223333:role/deploy", NULL, false, false, MATCH_M2, 60},
    {"shared account", "", "shared", NULL, false, false, MATCH_M2, 60},
    {"unresolved chain", "", "unresolved", NULL, false, false, MATCH_M2, 60},
    {"no actor", "", "nobody", NULL, false, false, MATCH_M2, 60},
    {"pipeline bound by its subject", "assignee=|repository=https://github.com/acme/pay.git",
     "pipeline|actor=repo:acme/pay:ref:refs/heads/main", NULL, false, false, MATCH_M2, 80},
    {"pipeline of another repository", "assignee=|repository=acme/pay",
     "pipeline|actor=repo:acme/pay-fork:ref:refs/heads/main", NULL, false, false, MATCH_M2, 60},
    {"pipeline bound by --env", "assignee=|repository=acme/pay",
     "pipeline|isrole|actor=arn:aws:iam::111122223333:role/ci",
     "pipelines: [{name: \"*role/ci\", repository: acme/pay}]", false, false, MATCH_M2, 80},
    {"pipeline bound elsewhere", "assignee=|repository=acme/pay",
     "pipeline|isrole|actor=arn:aws:iam::111122223333:role/ci",
     "pipelines: [{name: \"*role/ci\", repository: acme/pay, accounts: [999999999999]}]", false,
     false, MATCH_M2, 60},
    {"artefact named", "assignee=|hashes=" BUILT, "hash=" BUILT, NULL, false, false, MATCH_M3, 80},
    {"artefact built for the record", "id=CHG0000009|assignee=", "hash=" BUILT, NULL, true, false,
     MATCH_M3, 80},
    {"artefact by commit", "assignee=|commit=0123456789abcdef0123456789abcdef01234567",
     "hash=" BUILT, NULL, true, false, MATCH_M3, 80},
    {"commit of another repository",
     "assignee=|repository=acme/x|commit=0123456789abcdef0123456789abcdef01234567", "hash=" BUILT,
     NULL, true, false, MATCH_M2, 60},
    {"window of more than 8 h", "end=2026-11-20T18:00Z", "", NULL, false, false, MATCH_M3, 78},
    {"window of more than 72 h", "end=2026-11-24T18:00Z", "", NULL, false, false, MATCH_M3, 73},
    {"in the grace", "", "time=2026-11-20T11:30:00Z", NULL, false, false, MATCH_M3, 75},
    {"grace is over", "", "time=2026-11-20T11:30:01Z", NULL, false, false, MATCH_M0, 0},
    {"grace of an emergency", "type=emergency", "time=2026-11-20T15:00:00Z", NULL, false, false,
     MATCH_M3, 75},
    {"text does not fit", "text=Paint the office", "", NULL, false, false, MATCH_M3, 80},
    /* against */
    {"rejected", "approval=rejected", "", NULL, false, false, MATCH_MR, 75},
    {"cancelled", "state=canceled", "", NULL, false, false, MATCH_MR, 75},
    {"rejected, would not be M2", "approval=rejected|resources=pay-*|assignee=|text=x", "", NULL,
     false, false, MATCH_M1, 30},
    {"rejected, but another reaches M3", "id=CHG0000001|approval=rejected||id=CHG0000002", "", NULL,
     false, false, MATCH_M4, 85},
    {"rejected, and another is only M2", "id=CHG0000001|approval=rejected||id=CHG0000002|assignee=",
     "", NULL, false, false, MATCH_MR, 75},
    {"other resource under the same ticket", "resources=pay-refund", "", NULL, false, false,
     MATCH_M1, 35},
    {"one of several resources", "resources=pay-refund;pay-checkout", "", NULL, false, false,
     MATCH_M4, 85},
    /* classes */
    {"M4 needs an approver who is named", "approver=", "", NULL, false, false, MATCH_M3, 85},
    {"M2 by points", "resources=pay-*|approved_at=|state=new|end=2026-11-24T18:00Z", "", NULL,
     false, false, MATCH_M2, 48},
    {"M1: matched, few points", "assignee=|state=new|resources=pay-*|text=x", "", NULL, false,
     false, MATCH_M1, 30},
    {"M0: something is open in the account", "assignee=|resources=111122223333|text=x", "", NULL,
     false, false, MATCH_M0, 30},
    {"M0: nothing", "none", "", NULL, false, false, MATCH_M0, 0},
    {"emergency approved later, actor on call",
     "type=emergency|assignee=bo@example.com|approved_at=2026-11-22T10:00Z|created_at=2026-11-20T"
     "12:00Z|end=2026-11-24T12:00Z|text=x",
     "actor=bo@example.com", NULL, false, false, MATCH_M3, 68},
    {"emergency of 55 points, actor on call",
     "type=emergency|assignee=bo@example.com|approved_at=2026-11-22T10:00Z|resources=pay-*|text=x|"
     "end=2026-11-20T09:30Z",
     "actor=bo@example.com", NULL, false, false, MATCH_M3, 55},
    {"emergency, incident opened before", "type=emergency|approved_at=2026-11-22T10:00Z", "", NULL,
     false, true, MATCH_M3, 85},
    {"emergency, nobody on call, no incident", "type=emergency|approved_at=2026-11-22T10:00Z", "",
     NULL, false, false, MATCH_M2, 85},
    {"emergency, approved after 72 h", "type=emergency|approved_at=2026-11-23T10:00:01Z", "", NULL,
     false, true, MATCH_M2, 85},
    {"emergency approved by the actor",
     "type=emergency|approved_at=2026-11-22T10:00Z|approver=ana@example.com", "", NULL, false, true,
     MATCH_M2, 85},
    {"emergency approved by nobody known",
     "type=emergency|approved_at=2026-11-22T10:00Z|approver=", "", NULL, false, true, MATCH_M2, 85},
    {"emergency by somebody else",
     "type=emergency|approved_at=2026-11-22T10:00Z|assignee=cy@example.com", "", NULL, false, true,
     MATCH_M2, 60},
    {"emergency found by its late approval only",
     "type=emergency|approved_at=2026-11-22T10:00Z|start=2026-11-21T09:00Z|end=2026-11-21T10:00Z",
     "", NULL, false, true, MATCH_M3, 70},
    /* ceilings */
    {"neither actor nor artefact", "assignee=", "session=CHG0031337", NULL, false, false, MATCH_M2,
     75},
    {"only the account, but the artefact", "resources=111122223333|hashes=" BUILT, "hash=" BUILT,
     NULL, false, false, MATCH_M3, 80},
    {"approval not given", "approval=requested", "", NULL, false, false, MATCH_M2, 75},
    {"approval unknown", "approval=", "", NULL, false, false, MATCH_M2, 75},
    {"approved after the event", "approved_at=2026-11-20T10:00:01Z", "", NULL, false, false,
     MATCH_M2, 85},
    {"pipeline code that was not built", "assignee=|repository=acme/pay|hashes=" OTHER,
     "pipeline|actor=repo:acme/pay:ref:x|hash=" OTHER, NULL, true, false, MATCH_M2, 100},
    {"pipeline code that was built", "id=CHG0000009|assignee=|repository=acme/pay",
     "pipeline|actor=repo:acme/pay:ref:x|hash=" BUILT, NULL, true, false, MATCH_M4, 100},
    {"pipeline code of unknown hash", "hashes=" BUILT, "pipeline", NULL, true, false, MATCH_M2,
     ANY},
    {"approver is the actor", "approver=ana.r", "", NULL, false, false, MATCH_M2, 85},
    {"made after the event", "created_at=2026-11-20T10:00:01Z", "", NULL, false, false, MATCH_M2,
     85},
    {"no time of approval, made before", "approved_at=", "", NULL, false, false, MATCH_M3, 85},
    {"no time of approval, made nobody knows when", "approved_at=|created_at=", "", NULL, false,
     false, MATCH_M2, 85},
    {"no time of approval, made after", "approved_at=|created_at=2026-11-20T10:30Z", "", NULL,
     false, false, MATCH_M2, 85},
    {"CI by ticket alone, without builds", "assignee=|repository=acme/pay",
     "pipeline|actor=repo:acme/pay:ref:x|session=CHG0031337", NULL, false, false, MATCH_M2, 95},
    {"standard change, not in --env", "type=standard|template=Deploy", "", NULL, false, false,
     MATCH_M2, 75},
    {"standard change in --env", "type=standard|template=Deploy|approval=|approver=|approved_at=",
     "", "standard_changes: [{template: Deploy, resources: [pay-*], pipelines: [ana@*]}]", false,
     false, MATCH_M4, 85},
    {"standard change, other resource in --env", "type=standard|template=Deploy", "",
     "standard_changes: [{template: Deploy, resources: [shop-*], pipelines: [ana@*]}]", false,
     false, MATCH_M2, 75},
    {"standard change, other pipeline in --env", "type=standard|template=Deploy", "",
     "standard_changes: [{template: Deploy, resources: [pay-*], pipelines: [bo@*]}]", false, false,
     MATCH_M2, 75},
    {"standard change, other template", "type=standard|template=Restart", "",
     "standard_changes: [{template: Deploy, resources: [pay-*], pipelines: [ana@*]}]", false, false,
     MATCH_M2, 75},
    /* the safe side */
    {"an old ticket, typed", "start=2026-01-01T09:00Z|end=2026-01-01T10:00Z", "session=CHG0031337",
     NULL, false, false, MATCH_M2, 70},
    {"a ticket without window, typed", "start=|end=", "session=CHG0031337", NULL, false, false,
     MATCH_M2, 70},
    {"an event without time", "", "time=|session=CHG0031337", NULL, false, false, MATCH_M2, ANY},
    {"a window without end", "end=", "", NULL, false, false, MATCH_M2, 73},
    {"a window without beginning", "start=", "", NULL, false, false, MATCH_M2, 73},
    {"not released for work yet", "state=new", "", NULL, false, false, MATCH_M2, 75},
    {"waiting for approval", "state=awaiting approval", "", NULL, false, false, MATCH_M2, 75},
    {"a state that nobody knows", "state=Parked", "", NULL, false, false, MATCH_M2, 75},
    {"no state", "state=", "", NULL, false, false, MATCH_M2, 75},
    {"abandoned", "state=abandoned", "", NULL, false, false, MATCH_MR, 75},
    {"the approver is the actor, the other way round", "approver=Ruiz, Ana", "", NULL, false, false,
     MATCH_M2, 85},
    {"ARN of another account, named in the text too",
     "resources=arn:aws:lambda:eu-west-1:444455556666:function:pay-checkout|text=Deploy "
     "pay-checkout",
     "", NULL, false, false, MATCH_M2, ANY},
    {"ARN of another region, and the service",
     "resources=arn:aws:lambda:us-east-1:111122223333:function:pay-checkout|service=pay", "", NULL,
     false, false, MATCH_M2, ANY},
    {"key of another account", "resources=aws/444455556666/eu-west-1/pay-checkout|service=pay", "",
     NULL, false, false, MATCH_M2, ANY},
    {"path of another project, named in the text too",
     "resources=projects/acme-lab/locations/eu-west-1/services/pay-checkout|text=Deploy "
     "pay-checkout",
     "provider=gcp|account=acme-shop", NULL, false, false, MATCH_M2, ANY},
    {"path of this project",
     "resources=//run.googleapis.com/projects/acme-shop/locations/eu-west-1/services/pay-checkout",
     "provider=gcp|account=acme-shop", NULL, false, false, MATCH_M4, 85},
    {"path without a region", "resources=namespaces/acme-shop/services/pay-checkout",
     "provider=gcp|account=acme-shop", NULL, false, false, MATCH_M4, 85},
    {"path of another region, and the service",
     "resources=projects/acme-shop/locations/us-east1/functions/pay-checkout|service=pay",
     "provider=gcp|account=acme-shop", NULL, false, false, MATCH_M2, ANY},
    {"path with the project's number", "resources=projects/99112/locations/eu-west-1/jobs/pay-*",
     "provider=gcp|account=acme-shop", NULL, false, false, MATCH_M3, 70},
    {"path of another account's Worker",
     "resources=accounts/bbbb/workers/scripts/pay-checkout|service=pay-checkout",
     "provider=cloudflare|account=aaaa", NULL, false, false, MATCH_M2, ANY},
    {"another project in the text", "resources=pay-checkout|text=Deploy pay-checkout in acme-lab.",
     "provider=gcp|account=acme-shop",
     "accounts: [{id: acme-shop, kind: prod}, {id: acme-lab, kind: dev}]", false, false, MATCH_M2,
     85},
    {"both projects in the text", "text=Deploy to acme-shop after acme-lab",
     "provider=gcp|account=acme-shop",
     "accounts: [{id: acme-shop, kind: prod}, {id: acme-lab, kind: dev}]", false, false, MATCH_M4,
     85},
    {"another account beside the name", "resources=pay-checkout;444455556666", "",
     "accounts: [{id: 111122223333, kind: prod}, {id: 444455556666, kind: dev}]", false, false,
     MATCH_M2, 85},
    {"another account's name beside the name", "resources=pay-checkout;acme-dev", "",
     "accounts: [{id: 111122223333, kind: prod}, {id: 444455556666, alias: acme-dev, kind: dev}]",
     false, false, MATCH_M2, 85},
    {"both accounts beside the name", "resources=pay-checkout;acme-dev;111122223333", "",
     "accounts: [{id: 111122223333, kind: prod}, {id: 444455556666, alias: acme-dev, kind: dev}]",
     false, false, MATCH_M4, 85},
    {"approved for another environment", "environment=staging", "",
     "accounts: [{id: 111122223333, kind: prod}, {id: 444455556666, kind: staging}]", false, false,
     MATCH_M2, 85},
    {"approved for this environment", "environment=Production", "",
     "accounts: [{id: 111122223333, kind: prod}, {id: 444455556666, kind: staging}]", false, false,
     MATCH_M4, 85},
    {"an environment that no account has", "environment=blue", "",
     "accounts: [{id: 111122223333, kind: prod}]", false, false, MATCH_M4, 85},
};

static void explain(const struct change_match *m)
{
    for (size_t i = 0; i < m->reasons.len; i++) {
        print_message("  %+d %.*s\n", m->reasons.at[i].score, STR_ARG(m->reasons.at[i].text));
    }
}

static void test_rows(void **state)
{
    (void)state;
    size_t bad = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(arena_free) struct arena a = {0};
        CLEANUP(change_match_free) struct change_match m = {0};
        struct event_box b;
        CLEANUP(done)
        struct context *c = match_context(rows[i].env, rows[i].records, rows[i].builds);
        event_init(&b, rows[i].event);
        assert_int_equal(change_match_event(c, &b.e, rows[i].incident, &a, &m, NULL), ERR_OK);
        if (m.class != rows[i].class || (rows[i].score != ANY && m.score != rows[i].score)) {
            print_message("%s: got %s %d, want %s %d\n", rows[i].what, match_class_name(m.class),
                          m.score, match_class_name(rows[i].class), rows[i].score);
            explain(&m);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

static void match_one(const char *records, const char *event, struct arena *a, struct context **c,
                      struct change_match *m)
{
    struct event_box b;
    *c = match_context(NULL, records, false);
    event_init(&b, event);
    assert_int_equal(change_match_event(*c, &b.e, false, a, m, NULL), ERR_OK);
}

static void test_what_is_told(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    CLEANUP(done) struct context *c = NULL;
    CLEANUP(change_match_free) struct change_match m = {0};
    match_one("updated_at=2026-11-20T12:00Z|approved_at=2026-11-20T12:00Z", "", &a, &c, &m);
    same(m.change->id, "CHG0031337");
    assert_true(m.edited_after && m.retroactive && m.actor_matched && m.resource_matched);
    assert_false(m.artefact_matched);
    assert_int_equal(m.window, WINDOW_INSIDE);
    int sum = 0;
    bool ceiling = false;
    for (size_t i = 0; i < m.reasons.len; i++) {
        sum += m.reasons.at[i].score;
        ceiling =
            ceiling || str_eq(m.reasons.at[i].text, STR("ceiling M2: approved after the event"));
    }
    assert_int_equal(sum, m.score);
    assert_true(ceiling);
    assert_string_equal(match_class_name(MATCH_MR), "MR");
}

static void test_reuse(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena a = {0};
    CLEANUP(done) struct context *c = NULL;
    CLEANUP(change_match_free) struct change_match m = {0};
    match_one("", "", &a, &c, &m);
    assert_int_equal(change_match_reused(&m, MATCH_REUSE_MANY - 1, &a, NULL), ERR_OK);
    assert_int_equal(m.score, 85);
    assert_int_equal(change_match_reused(&m, MATCH_REUSE_MANY, &a, NULL), ERR_OK);
    assert_int_equal(m.score, 75);
    assert_int_equal(m.class, MATCH_M3);
    struct change_match none = {0};
    assert_int_equal(change_match_reused(&none, 100, &a, NULL), ERR_OK);
    assert_int_equal(none.score, 0);
}

/* The best of many, found without looking at all; ties are told by id. */
static void test_many_records(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf records = {0};
    buf_init(&records, 0);
    buf_add_cstr(&records, "id=CHG0099999|end=2027-01-01T00:00Z");
    for (int i = 0; i < 2000; i++) {
        buf_printf(&records,
                   "||id=CHG%07d|start=20%02d-%02d-%02dT09:00Z|end=20%02d-%02d-%02dT10:30Z", i,
                   20 + i % 8, 1 + i % 12, 1 + i % 28, 20 + i % 8, 1 + i % 12, 1 + i % 28);
    }
    buf_add_cstr(&records, "||id=CHG5000002||id=CHG5000001");
    CLEANUP(arena_free) struct arena a = {0};
    CLEANUP(done) struct context *c = NULL;
    CLEANUP(change_match_free) struct change_match m = {0};
    match_one(records.ptr, "", &a, &c, &m);
    assert_int_equal(m.class, MATCH_M4);
    same(m.change->id, "CHG5000001");
}

static void test_tickets(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } texts[] = {
        {"CHG0031337", "CHG0031337 "},
        {"deploy-CHG0031337-x", "CHG0031337 "},
        {"CHG003133", ""},      /* 6 digits */
        {"CHG00313371234", ""}, /* 11 digits */
        {"XCHG0031337", ""},    /* inside a word */
        {"x_CHG0031337", ""},
        {"RITM0012345 INC0012345,PRB0012345/CTASK0012345",
         "RITM0012345 INC0012345 PRB0012345 CTASK0012345 "},
        {"OPS-123", "OPS-123 "},
        {"fix OPS-123: MY-CHG-12", "OPS-123 CHG-12 "},
        {"ops-123", ""},
        {"O-123", ""},         /* one letter */
        {"OPS-1234567", ""},   /* 7 digits */
        {"ABCDEFGHIJK-1", ""}, /* 11 letters */
        {"see #42 and x#7", "#42 #7 "},
        {"#1234567", ""},
        {"s3/0123456789abcdef0123456789abcdef01234567.zip",
         "0123456789abcdef0123456789abcdef01234567 "},
        {"0123456789abcdef0123456789abcdef012345678", ""},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        CLEANUP(buf_free) struct buf got = {0};
        buf_init(&got, 0);
        size_t at = 0;
        struct str id;
        while (ticket_next(str_of(texts[i].text), &at, &id)) {
            buf_printf(&got, "%.*s ", STR_ARG(id));
        }
        if (!str_eq(buf_str(&got), str_of(texts[i].want))) {
            fail_msg("%s: %.*s", texts[i].text, STR_ARG(buf_str(&got)));
        }
    }
}

static void test_torture(void **state)
{
    (void)state;
    struct event_box b;
    event_init(&b, "session=CHG0031337");
    CLEANUP(done)
    struct context *c =
        match_context(NULL, "updated_at=2026-11-21T00:00Z||id=CHG2|assignee=", false);
    for (unsigned long n = 1;; n++) {
        CLEANUP(arena_free) struct arena a = {0};
        CLEANUP(change_match_free) struct change_match m = {0};
        struct err err = {0};
        mem_torture(n);
        enum err_code rc = change_match_event(c, &b.e, false, &a, &m, &err);
        mem_torture(0);
        if (rc == ERR_OK) {
            assert_true(n > 10);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),    cmocka_unit_test(test_what_is_told),
        cmocka_unit_test(test_reuse),   cmocka_unit_test(test_many_records),
        cmocka_unit_test(test_tickets), cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
