/*
 * What people said about a case, and what is watched: whose word counts, what two of them can do and
 * what they cannot, lower thresholds, and no close while somebody watches.
 */
#include "case_test.h"

#define GOOD_FEED "indicator,class,confidence\n203.0.113.200,c2,90\n"
#define PEOPLE                                                                                     \
    "id,other_ids,name,status\n"                                                                   \
    "grace@example.com,grace.o,Grace O,active\nana@example.com,,Ana P,active\n"                    \
    "left@example.com,,Leo T,terminated\n"
#define HEAD   "case,question,answer,who,channel,at,expires\n"
#define OWNER  "7f3a0000,Q4,legitimate,grace@example.com,phone,,2026-12-31\n"
#define SECOND "7f3a0000,Q4,legitimate,ana@example.com,in person,,2026-12-31\n"

static void give(struct cx *x, enum context_kind kind, const char *csv)
{
    struct err err = {0};
    if (context_load_text(x->context, kind, STR("x.csv"), str_of(csv), &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

/* An approved change; after it, a spike that nothing explains: Q4 is suspicious. */
static void spike(struct cx *x)
{
    cx_init(x);
    x->file.id = STR("7f3a000011112222");
    give(x, CONTEXT_PEOPLE, PEOPLE);
    give(x, CONTEXT_PROJECTS, "project,member,functions\npay,grace@example.com,payments-*\n");
    x->change.approver = STR("ana@example.com");
    struct event *e = cx_event(x, EVENT_CHANGE, "UpdateFunctionCode");
    cx_from(x, e, "198.51.100.7");
    cx_match(x, e, MATCH_M4, false);
    (void)cx_finding(x, e, "D02", Q1, SEVERITY_MEDIUM);
    struct event *calls = cx_event(x, EVENT_INVOKE, "Invoke");
    (void)cx_finding(x, calls, "D46", Q4, SEVERITY_MEDIUM);
    cx_feed(x, GOOD_FEED);
}

static void judge(struct cx *x, const char *attest, const char *watch)
{
    if (attest != NULL) {
        give(x, CONTEXT_ATTEST, attest);
    }
    if (watch != NULL) {
        give(x, CONTEXT_WATCH, watch);
    }
    cx_judge(x);
}

static bool row_is(const struct cx *x, const char *row)
{
    return str_eq(x->file.decision.row, str_of(row));
}

static void test_whose(void **state)
{
    (void)state;
    static const struct {
        const char *row, *refused; /* NULL: it counts */
    } rows[] = {
        {OWNER, NULL},
        {"7f3a0000,Q4,legitimate,Ana P,phone,2026-11-21T10:00:00Z,2026-12-31\n", NULL},
        {"7f3a0000,Q4,legitimate,dana@example.com,phone,,2026-12-31\n", "acted in the case"},
        {"7f3a0000,Q4,legitimate,grace@example.com,mail from dana@example.com,,2026-12-31\n",
         "account of somebody who acted"},
        {"7f3a0000,Q4,legitimate,grace@example.com,slack: Dana,,2026-12-31\n",
         "account of somebody who acted"},
        {"7f3a0000,Q4,legitimate,grace@example.com,call to dana-l.example,,2026-12-31\n", NULL},
        {"7f3a0000,Q4,legitimate,grace@example.com,phone,,2026-11-20T12:00:00Z\n", "expired"},
        {"7f3a0000,Q4,legitimate,nobody@example.com,phone,,2026-12-31\n", "nobody of that name"},
        {"7f3a0000,Q4,legitimate,left@example.com,phone,,2026-12-31\n", "does not work here"},
        {"7f3a0000,Q4,legitimate,grace@example.com,phone,2026-11-20T08:00:00Z,2026-12-31\n",
         "older than the last event"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cx x;
        char csv[512];
        (void)snprintf(csv, sizeof(csv), HEAD "%s", rows[i].row);
        spike(&x);
        judge(&x, csv, NULL);
        assert_int_equal(x.file.words.len, 1);
        const char *why = x.file.words.at[0].refused;
        if (rows[i].refused == NULL ? why != NULL
                                    : why == NULL || strstr(why, rows[i].refused) == NULL) {
            fail_msg("%s: %s", rows[i].row, why != NULL ? why : "counts");
        }
        /* A word that is refused is no item; one that counts makes nothing less than suspicious. */
        assert_int_equal(x.file.answers[Q4].against.len, rows[i].refused == NULL ? 1 : 0);
        assert_int_equal(x.file.answers[Q4].score, 8);
        cx_free(&x);
    }
}

/* What is unknown, a word lowers by little. */
static void test_lowers(void **state)
{
    (void)state;
    struct cx x;
    spike(&x);
    x.detections[1].ref = STR("D39"); /* a new caller: +5 */
    judge(&x, HEAD OWNER, NULL);
    assert_int_equal(x.file.answers[Q4].score, 1);
    assert_int_equal(x.file.answers[Q4].verdict, VERDICT_UNKNOWN);
    cx_free(&x);
}

/* Of another case, it is not told at all. */
static void test_other_case(void **state)
{
    (void)state;
    struct cx x;
    spike(&x);
    judge(&x, HEAD "7f3b0000,Q4,legitimate,grace@example.com,phone,,2026-12-31\n", NULL);
    assert_int_equal(x.file.words.len, 0);
    cx_free(&x);
}

static void test_without_people(void **state)
{
    (void)state;
    struct cx x;
    spike(&x);
    x.context->given[CONTEXT_PEOPLE] = false;
    judge(&x, HEAD OWNER, NULL);
    assert_non_null(x.file.words.at[0].refused);
    cx_free(&x);
}

static void test_denied(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    x.file.id = STR("7f3a000011112222");
    give(&x, CONTEXT_PEOPLE, PEOPLE);
    struct event *e = cx_event(&x, EVENT_CHANGE, "UpdateFunctionCode");
    cx_match(&x, e, MATCH_M2, false);
    (void)cx_finding(&x, e, "D02", Q1, SEVERITY_MEDIUM);
    judge(&x, HEAD "7f3a0000,Q1,suspicious,grace@example.com,phone,,2026-12-31\n", NULL);
    assert_int_equal(x.file.answers[Q1].verdict, VERDICT_SUSPICIOUS);
    assert_true(row_is(&x, "E4"));
    cx_free(&x);
}

/* Owner and approver: the case is held. One of them, or another's approval, or something that
 * nothing explains: it is not. */
static void lone_owner(struct cx *x)
{
    (void)x;
}
static void near_record(struct cx *x)
{
    x->matched[0].own.class = x->matched[0].shown.class = MATCH_M3;
}
static void grant(struct cx *x)
{
    struct event *e = cx_event(x, EVENT_IDENTITY, "AttachRolePolicy");
    cx_match(x, e, MATCH_M4, false);
    (void)cx_finding(x, e, "D55", Q2, SEVERITY_MEDIUM);
}

static void test_attested(void **state)
{
    (void)state;
    static const struct {
        const char *what, *words;
        void (*change)(struct cx *x);
        const char *row;
    } rows[] = {
        {"both", HEAD OWNER SECOND, NULL, "E10"},
        {"the owner alone", HEAD OWNER, lone_owner, "E8"},
        {"the approver alone", HEAD SECOND, NULL, "E8"},
        {"about another question",
         HEAD "7f3a0000,Q1,legitimate,grace@example.com,phone,,2026-12-31\n"
              "7f3a0000,Q1,legitimate,ana@example.com,phone,,2026-12-31\n",
         NULL, "E8"},
        {"through the actor",
         HEAD OWNER "7f3a0000,Q4,legitimate,ana@example.com,from dana@example.com,,2026-12-31\n",
         NULL, "E8"},
        {"a record that is only near", HEAD OWNER SECOND, near_record, "E8"},
        {"a grant that the record does not name",
         HEAD OWNER SECOND "7f3a0000,Q2,legitimate,grace@example.com,phone,,2026-12-31\n"
                           "7f3a0000,Q2,legitimate,ana@example.com,phone,,2026-12-31\n",
         grant, "E8"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cx x;
        spike(&x);
        (void)cx_finding(&x, &x.events[1], "D70", Q4, SEVERITY_LOW); /* 12 beside 8 */
        x.findings[2].confidence = 0.95;
        if (rows[i].change != NULL) {
            rows[i].change(&x);
        }
        judge(&x, rows[i].words, NULL);
        if (!row_is(&x, rows[i].row)) {
            cx_print(&x);
            fail_msg("%s: %.*s, not %s", rows[i].what, STR_ARG(x.file.decision.row), rows[i].row);
        }
        cx_free(&x);
    }
}

static void test_watched(void **state)
{
    (void)state;
    static const struct {
        const char *watch;
        const char *row;
        enum verdict q4;
    } rows[] = {
        {NULL, "E11", VERDICT_UNKNOWN},
        {"entity,until\npayments-webhook,2026-12-31\n", "E9", VERDICT_UNKNOWN},
        {"entity,kind,until\n198.51.100.7,address,2026-12-31\n", "E9", VERDICT_UNKNOWN},
        {"entity,until\npayments-webhook,2026-11-19\n", "E11", VERDICT_UNKNOWN}, /* expired */
        {"entity,until\nother,2026-12-31\n", "E11", VERDICT_UNKNOWN},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cx x;
        spike(&x);
        x.file.findings.len = 1; /* the approved change alone */
        x.file.timeline.len = 1;
        x.event_count = 1;
        judge(&x, NULL, rows[i].watch);
        if (!row_is(&x, rows[i].row)) {
            cx_print(&x);
            fail_msg("%s: %.*s", rows[i].watch, STR_ARG(x.file.decision.row));
        }
        bool watched = !row_is(&x, "E11");
        assert_true(!watched ||
                    str_find(x.file.decision.reason, STR("is watched until")) != SIZE_MAX);
        cx_free(&x);
    }
}

/* A new caller weighs +5: unknown, but suspicious where the function is watched. */
static void test_sharper(void **state)
{
    (void)state;
    for (int watched = 0; watched < 2; watched++) {
        struct cx x;
        cx_init(&x);
        struct event *e = cx_event(&x, EVENT_INVOKE, "Invoke");
        (void)cx_finding(&x, e, "D39", Q4, SEVERITY_MEDIUM);
        judge(&x, NULL, watched != 0 ? "entity,until\npayments-*,2026-12-31\n" : NULL);
        assert_int_equal(x.file.answers[Q4].score, 5);
        assert_int_equal(x.file.answers[Q4].verdict,
                         watched != 0 ? VERDICT_SUSPICIOUS : VERDICT_UNKNOWN);
        cx_free(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whose),          cmocka_unit_test(test_other_case),
        cmocka_unit_test(test_without_people), cmocka_unit_test(test_denied),
        cmocka_unit_test(test_lowers),         cmocka_unit_test(test_attested),
        cmocka_unit_test(test_watched),        cmocka_unit_test(test_sharper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
