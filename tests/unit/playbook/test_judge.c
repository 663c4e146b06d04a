/*
 * Cases to rows: each row of the table by a case that meets it, and the one input that decides.
 */
#include "case_test.h"

#define GOOD_FEED "indicator,class,confidence\n203.0.113.200,c2,90\n"
#define BAD_FEED  "indicator,class,confidence\n198.51.100.7,c2,90\n"
#define SCAN_FEED "indicator,class,confidence\n198.51.100.7,scanner,90\n"

/* ---- cases ---- */

/* Dana changes the code; a record of this class covers it, or none. */
static struct event *change(struct cx *x, enum match_class class)
{
    struct event *e = cx_event(x, EVENT_CHANGE, "UpdateFunctionCode");
    cx_from(x, e, "198.51.100.7");
    cx_match(x, e, class, false);
    (void)cx_finding(x, e, "D02", Q1, SEVERITY_MEDIUM);
    if (class == MATCH_M0) {
        (void)cx_finding(x, e, "D03", Q1, SEVERITY_HIGH);
    }
    return e;
}

static void approved(struct cx *x)
{
    (void)change(x, MATCH_M4);
    cx_feed(x, GOOD_FEED);
}
static void approved_bad_address(struct cx *x)
{
    (void)change(x, MATCH_M4);
    cx_feed(x, BAD_FEED);
}
static void approved_refused_from_bad(struct cx *x)
{
    change(x, MATCH_M4)->outcome = OUTCOME_DENIED;
    x->run.matched_count = 0; /* what was refused is not matched */
    cx_feed(x, BAD_FEED);
}
static void approved_at_the_end(struct cx *x)
{
    change(x, MATCH_M4)->time_us = CX_DAY + 23 * TIME_HOUR_US + 30 * TIME_MINUTE_US;
    x->events[0].last_us = x->events[0].time_us;
    x->change.start_us = TIME_NONE;
    x->change.end_us = TIME_NONE;
    cx_feed(x, GOOD_FEED);
}
static void pending_long_ago(struct cx *x)
{
    approved(x);
    cx_attr(x, &x->events[0], ATTR_PENDING, "");
}
static void pending_lately(struct cx *x)
{
    approved_at_the_end(x);
    cx_attr(x, &x->events[0], ATTR_PENDING, "");
}
static void approved_at_the_beginning(struct cx *x)
{
    approved_at_the_end(x);
    x->events[0].time_us = x->events[0].last_us = CX_DAY + 30 * TIME_MINUTE_US;
}
static void approved_partial_logs(struct cx *x)
{
    approved(x);
    x->source.state = COVERAGE_PARTIAL;
}
static void approved_no_records(struct cx *x)
{
    approved(x);
    x->context->given[CONTEXT_CHANGES] = false;
    x->run.matched_count = 0;
}
static void approved_no_alerts(struct cx *x)
{
    approved(x);
    x->context->given[CONTEXT_ALERTS] = false;
}
static void approved_alert(struct cx *x, const char *address, const char *function,
                           const char *actor)
{
    char csv[256];
    approved(x);
    (void)snprintf(csv, sizeof(csv),
                   "time,kind,addresses,functions,actors\n2026-11-20T08:00Z,ids,%s,%s,%s\n",
                   address, function, actor);
    assert_int_equal(
        context_load_text(x->context, CONTEXT_ALERTS, STR("alerts.csv"), str_of(csv), NULL),
        ERR_OK);
}
static void alert_address(struct cx *x)
{
    approved_alert(x, "198.51.100.7", "", "");
}
static void alert_range(struct cx *x)
{
    approved_alert(x, "198.51.100.0/28", "", "");
}
static void alert_other_range(struct cx *x)
{
    approved_alert(x, "198.51.100.16/28", "", "");
}
static void alert_alias(struct cx *x)
{
    approved_alert(x, "", "arn:aws:lambda:eu-west-1:111122223333:function:payments-webhook:live",
                   "");
}
static void alert_key_text(struct cx *x)
{
    approved_alert(x, "", "aws/111122223333/eu-west-1/payments-webhook", "");
}
static void alert_other_function(struct cx *x)
{
    approved_alert(x, "", "payments", "");
}
static void alert_actor(struct cx *x)
{
    approved_alert(x, "", "", "DANA@example.com");
}
static void approved_no_intel(struct cx *x)
{
    (void)change(x, MATCH_M4);
}
static void approved_other_logging(struct cx *x)
{
    approved(x);
    (void)cx_finding(x, &x->events[0], "D89", QUESTION_NONE, SEVERITY_MEDIUM);
}
static void approved_logging_off(struct cx *x)
{
    approved(x);
    struct event *e = cx_event(x, EVENT_LOGGING, "StopLogging");
    (void)cx_finding(x, e, "D83", QUESTION_NONE, SEVERITY_HIGH);
}
static void approved_logging_refused(struct cx *x)
{
    approved_logging_off(x);
    x->findings[x->finding_count - 1].denied = 1;
    x->events[1].outcome = OUTCOME_DENIED;
}
static void approved_logging_named(struct cx *x)
{
    approved_logging_off(x);
    cx_match(x, &x->events[1], MATCH_M4, true);
}
static void approved_unexplained_high(struct cx *x)
{
    approved(x);
    (void)cx_finding(x, &x->events[0], "D04", Q1, SEVERITY_HIGH);
}
static void approved_foreign_rule(struct cx *x)
{
    approved(x);
    (void)cx_finding(x, &x->events[0], "", QUESTION_NONE, SEVERITY_HIGH);
    x->detections[x->finding_count - 1].ours = false;
}
static void approved_critical(struct cx *x)
{
    approved(x);
    (void)cx_finding(x, &x->events[0], "D42", Q1, SEVERITY_CRITICAL);
}
static void approved_three_high(struct cx *x)
{
    approved(x);
    x->source.state = COVERAGE_PRESENT;
    static const char *const refs[] = {"D42", "D14", "D22"};
    for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
        (void)cx_finding(x, &x->events[0], refs[i], Q1, SEVERITY_HIGH);
    }
    x->detections[x->finding_count - 1].tactic = STR("defense-evasion");
}
static void approved_exercise(struct cx *x)
{
    approved(x);
    assert_int_equal(context_load_env_text(x->context, STR("env.yaml"),
                                           STR("exercises:\n"
                                               "  - name: red autumn\n"
                                               "    contact: grace@example.com\n"
                                               "    from: 2026-11-01\n"
                                               "    to: 2026-11-30\n"
                                               "    principals: [dana@example.com]\n"),
                                           NULL),
                     ERR_OK);
}
static void url_not_named(struct cx *x)
{
    approved(x);
    (void)cx_finding(x, &x->events[0], "D14", Q1, SEVERITY_HIGH);
}
static void url_named(struct cx *x)
{
    struct event *e = cx_event(x, EVENT_CHANGE, "CreateFunctionUrlConfig");
    cx_from(x, e, "198.51.100.7");
    cx_match(x, e, MATCH_M4, true);
    (void)cx_finding(x, e, "D14", Q1, SEVERITY_HIGH);
    cx_feed(x, GOOD_FEED);
}
static void no_record(struct cx *x)
{
    (void)change(x, MATCH_M0);
    cx_feed(x, GOOD_FEED);
}
static void no_record_in_dev(struct cx *x)
{
    no_record(x);
    assert_int_equal(context_load_env_text(x->context, STR("env.yaml"),
                                           STR("accounts:\n  - {id: '111122223333', kind: dev}\n"),
                                           NULL),
                     ERR_OK);
}
static void rejected(struct cx *x)
{
    (void)change(x, MATCH_MR);
    cx_feed(x, GOOD_FEED);
}
static void rejected_in_dev(struct cx *x)
{
    rejected(x);
    assert_int_equal(context_load_env_text(x->context, STR("env.yaml"),
                                           STR("accounts:\n  - {id: '111122223333', kind: dev}\n"),
                                           NULL),
                     ERR_OK);
}
static void rejected_by_root(struct cx *x)
{
    rejected(x);
    x->actor.kind = IDENTITY_ROOT;
}
static void only_near(struct cx *x)
{
    (void)change(x, MATCH_M2);
    cx_feed(x, GOOD_FEED);
}
static void grant(struct cx *x, const char *policy)
{
    struct event *e = cx_event(x, EVENT_IDENTITY, "AttachRolePolicy");
    e->service = STR("iam.amazonaws.com");
    e->function = (struct function_key){0};
    cx_attr(x, e, ATTR_TARGET_ROLE, "pay-exec");
    cx_attr(x, e, ATTR_POLICY_ARN, policy);
    (void)cx_finding(x, e, "D54", Q2, SEVERITY_HIGH);
}
static void no_record_and_grant(struct cx *x)
{
    no_record(x);
    grant(x, "arn:aws:iam::aws:policy/AdministratorAccess");
}
static void near_and_grant(struct cx *x)
{
    only_near(x);
    grant(x, "arn:aws:iam::aws:policy/AdministratorAccess");
}
static void admin_alone(struct cx *x)
{
    grant(x, "arn:aws:iam::aws:policy/AdministratorAccess");
}
static void login_alone(struct cx *x)
{
    struct event *e = cx_event(x, EVENT_IDENTITY, "CreateLoginProfile");
    e->service = STR("iam.amazonaws.com");
    e->function = (struct function_key){0};
    (void)cx_finding(x, e, "D114", Q2, SEVERITY_HIGH);
}
static void login_named(struct cx *x)
{
    approved(x);
    struct event *e = cx_event(x, EVENT_IDENTITY, "CreateLoginProfile");
    e->service = STR("iam.amazonaws.com");
    cx_match(x, e, MATCH_M3, true);
    (void)cx_finding(x, e, "D114", Q2, SEVERITY_HIGH);
}
static void trust_document(struct cx *x)
{
    struct event *e = cx_event(x, EVENT_IDENTITY, "PutRolePolicy");
    e->service = STR("iam.amazonaws.com");
    cx_attr(x, e, ATTR_TARGET_ROLE, "pay-exec");
    cx_attr(x, e, ATTR_POLICY_DOCUMENT,
            "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:Get*\",\"iam:*\"],"
            "\"Resource\":\"*\"}]}");
    (void)cx_finding(x, e, "D55", Q2, SEVERITY_HIGH);
}
static void visitor(struct cx *x)
{
    struct event *e = cx_event(x, EVENT_INVOKE, "InvokeFunctionUrl");
    e->data_event = true;
    e->actor = NULL;
    e->who.kind = IDENTITY_ANONYMOUS;
    x->file.actors.len = 0;
    cx_from(x, e, "198.51.100.7");
    struct finding *f = cx_finding(x, e, "D50", Q3, SEVERITY_HIGH);
    x->detections[x->finding_count - 1].indicator = KI3;
    f->actor = NULL;
    cx_feed(x, SCAN_FEED);
}
static void visitor_at_public_door(struct cx *x)
{
    visitor(x);
    assert_int_equal(context_load_env_text(x->context, STR("env.yaml"),
                                           STR("public_functions: [payments-*]\n"), NULL),
                     ERR_OK);
}
static void visitor_with_credentials(struct cx *x)
{
    visitor_at_public_door(x);
    x->events[0].who.kind = IDENTITY_ROLE;
}
static void visitor_and_change(struct cx *x)
{
    visitor_at_public_door(x);
    struct event *e = cx_event(x, EVENT_CHANGE, "UpdateFunctionConfiguration");
    cx_match(x, e, MATCH_M4, true);
    (void)cx_finding(x, e, "D12", Q1, SEVERITY_MEDIUM);
}
static void answered_c2(struct cx *x)
{
    visitor_at_public_door(x);
    cx_feed(x, BAD_FEED);
}
static void break_glass(struct cx *x)
{
    struct event *e = cx_event(x, EVENT_LOGIN, "ConsoleLogin");
    e->function = (struct function_key){0};
    (void)cx_finding(x, e, "D43", Q1, SEVERITY_MEDIUM);
    assert_int_equal(
        context_load_env_text(x->context, STR("env.yaml"), STR("break_glass: ['dana@*']\n"), NULL),
        ERR_OK);
}
static void person(struct cx *x, const char *csv)
{
    assert_int_equal(
        context_load_text(x->context, CONTEXT_PEOPLE, STR("people.csv"), str_of(csv), NULL),
        ERR_OK);
}
static void leaver(struct cx *x)
{
    approved(x);
    person(x, "id,status,terminated_at\ndana@example.com,terminated,2026-11-14\n");
}
static void leaver_later(struct cx *x)
{
    approved(x);
    person(x, "id,status,terminated_at\ndana@example.com,terminated,2026-11-28\n");
}
static void on_leave(struct cx *x)
{
    approved(x);
    person(x, "id,status,leave_start,leave_end\ndana@example.com,active,2026-11-14,2026-11-28\n");
}
static void on_leave_on_call(struct cx *x)
{
    approved(x);
    person(x, "id,status,leave_start,leave_end,on_call\n"
              "dana@example.com,active,2026-11-14,2026-11-28,2026-11-16/2026-11-22\n");
}
static void calls_of_a_process(struct cx *x)
{
    struct event *e = cx_event(x, EVENT_INVOKE, "Invoke");
    e->data_event = true;
    e->count = 10;
    e->last_us = e->time_us + 5 * TIME_MINUTE_US;
    (void)cx_finding(x, e, "D39", Q4, SEVERITY_MEDIUM);
    assert_int_equal(context_load_text(x->context, CONTEXT_PROCESSES, STR("processes.csv"),
                                       STR("process,function,caller,schedule,max_per_minute\n"
                                           "settlement,payments-*,dana@example.com,"
                                           "cron(10 9 ? * FRI *),20\n"),
                                       NULL),
                     ERR_OK);
}
static void calls_too_many(struct cx *x)
{
    calls_of_a_process(x);
    x->events[0].count = 1000;
}
static void calls_too_late(struct cx *x)
{
    calls_of_a_process(x);
    x->events[0].time_us += 2 * TIME_HOUR_US;
    x->events[0].last_us += 2 * TIME_HOUR_US;
}
static void unresolved(struct cx *x)
{
    approved(x);
    x->actor.resolved = false;
}

static const struct {
    const char *what;
    void (*make)(struct cx *x);
    const char *row;
    int priority;
    const char *answers; /* of Q1 to Q4: s l ? and - for not raised */
    const char *reason;  /* is in it */
} rows[] = {
    {"approved change closes", approved, "E11", 0, "l-l-", "CHG0031187"},
    {"until the window's end it waits", approved_at_the_end, "E12", 0, "l-l-", "CHG0031187"},
    {"an operation that never ended", pending_long_ago, "E9", 4, "l-l-",
     "has begun, and its end is not in the logs"},
    {"an operation whose end may still come", pending_lately, "E12", 0, "l-l-", "CHG0031187"},
    {"before the logs begin", approved_at_the_beginning, "E9", 4, "l-l-", "the logs begin"},
    {"damaged logs", approved_partial_logs, "E9", 4, "l-l-", "not complete"},
    {"no change records given", approved_no_records, "E9", 4, "?-l-", "give --changes"},
    {"an open alert about the address", alert_address, "E2", 2, "l-s-",
     "an open incident or alert"},
    {"an open alert about its range", alert_range, "E2", 2, "l-s-", "an open incident or alert"},
    {"an open alert about another range", alert_other_range, "E11", 0, "l-l-", "CHG0031187"},
    {"an open alert about the function's alias", alert_alias, "E2", 2, "l-s-",
     "an open incident or alert"},
    {"an open alert about the function, by its key", alert_key_text, "E2", 2, "l-s-",
     "an open incident or alert"},
    {"an open alert about another function", alert_other_function, "E11", 0, "l-l-", "CHG0031187"},
    {"an open alert about the actor", alert_actor, "E2", 2, "l-s-", "an open incident or alert"},
    {"no alerts given", approved_no_alerts, "E9", 4, "l-?-", "give --alerts"},
    {"no feeds given", approved_no_intel, "E9", 4, "l-?-", "give --intel"},
    {"actor unknown", unresolved, "E9", 4, "?-l-", "session"},
    {"listed address in the control plane", approved_bad_address, "E1", 1, "l-s-",
     "198.51.100.7, command and control, confidence 90"},
    {"and refused", approved_refused_from_bad, "E2", 3, "?-s-", "198.51.100.7"},
    {"other logging finding bars", approved_other_logging, "E9", 4, "l-l-", "D89"},
    {"logging off", approved_logging_off, "E6", 2, "l-l-", "D83"},
    {"logging off, refused", approved_logging_refused, "E9", 4, "l-l-", "D83"},
    {"logging off, named by a record", approved_logging_named, "E11", 0, "l-l-", "CHG0031187"},
    {"unknown code is not explained", approved_unexplained_high, "E9", 4, "?-l-", "D04"},
    {"a foreign rule bars", approved_foreign_rule, "E9", 4, "l-l-", "nothing explains"},
    {"critical and unexplained", approved_critical, "E4b", 2, "?-l-", "D42"},
    {"three high of two tactics", approved_three_high, "E4b", 2, "?-l-", "chain of serious"},
    {"an exercise is not closed", approved_exercise, "E9", 4, "l-l-", "exercise red autumn"},
    {"a URL that is not named", url_not_named, "E9", 4, "?-l-", "D14"},
    {"a URL that is named", url_named, "E11", 0, "l-l-", "CHG0031187"},
    {"no record", no_record, "E4", 2, "s-l-", "no change record covers it"},
    {"no record, none required", no_record_in_dev, "E9", 4, "--l-", "no answer covers: D02"},
    {"rejected", rejected, "E4", 2, "s-l-", "rejected or cancelled"},
    {"rejected, outside production", rejected_in_dev, "E4", 3, "s-l-", "rejected"},
    {"rejected, by root", rejected_by_root, "E4", 1, "s-l-", "rejected"},
    {"a record that is only near", only_near, "E9", 4, "?-l-", "an approval of CHG0031187"},
    {"no record, and a grant", no_record_and_grant, "E3", 1, "ssl-", "no change record"},
    {"near record, and a grant", near_and_grant, "E5", 2, "?sl-", "D54"},
    {"administrator for a role", admin_alone, "E5", 2, "-s--", "D54"},
    {"identities at will, in a document", trust_document, "E5", 2, "-s--", "D55"},
    {"login for another", login_alone, "E8", 3, "-s--", "D114"},
    {"login for another, named", login_named, "E11", 0, "lll-", "CHG0031187"},
    {"scanner, function not public", visitor, "E2", 2, "--s-", "scanner"},
    {"scanner at a public door", visitor_at_public_door, "E2d", 0, "--s-", "scanner"},
    {"a scanner's address, but the call is signed", visitor_with_credentials, "E2", 2, "--s-",
     "scanner"},
    {"scanner, and a change that week", visitor_and_change, "E2", 2, "l-s-", "scanner"},
    {"command and control at the door", answered_c2, "E1", 1, "--s-", "command and control"},
    {"break-glass login", break_glass, "E4", 2, "s---", "break-glass"},
    {"a leaver", leaver, "E4", 2, "s-l-", "had left"},
    {"leaves next week", leaver_later, "E11", 0, "l-l-", "CHG0031187"},
    {"on leave", on_leave, "E9", 4, "?-l-", "not expected at work"},
    {"on leave, on call", on_leave_on_call, "E11", 0, "l-l-", "CHG0031187"},
    {"calls of a process", calls_of_a_process, "E11", 0, "---l", "settlement"},
    {"too many calls", calls_too_many, "E9", 4, "---?", "Q4 is open"},
    {"calls at another time", calls_too_late, "E9", 4, "---?", "Q4 is open"},
};

static char letter(const struct answer *a)
{
    if (!a->raised) {
        return '-';
    }
    return a->verdict == VERDICT_SUSPICIOUS ? 's' : a->verdict == VERDICT_LEGITIMATE ? 'l' : '?';
}

static void test_rows(void **state)
{
    (void)state;
    size_t bad = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cx x;
        cx_init(&x);
        rows[i].make(&x);
        cx_judge(&x);
        const struct decision *d = &x.file.decision;
        char got[QUESTION_MAX_ + 1] = {0};
        for (unsigned q = 0; q < QUESTION_MAX_; q++) {
            got[q] = letter(&x.file.answers[q]);
        }
        if (!str_eq(d->row, str_of(rows[i].row)) || d->priority != rows[i].priority ||
            strcmp(got, rows[i].answers) != 0 ||
            str_find(d->reason, str_of(rows[i].reason)) == SIZE_MAX) {
            printf("%s: wanted %s P%d %s '%s', got %.*s P%d %s\n", rows[i].what, rows[i].row,
                   rows[i].priority, rows[i].answers, rows[i].reason, STR_ARG(d->row), d->priority,
                   got);
            cx_print(&x);
            bad++;
        }
        cx_free(&x);
    }
    assert_int_equal(bad, 0);
}

static void test_every_row_is_met(void **state)
{
    (void)state;
    /* E7 needs findings of traffic or permissions beside an open reason without a path to
     * administrator; E10 needs attestations, which nothing gives yet. */
    static const char *const elsewhere[] = {"E7", "E10"};
    struct playbook *p = shipped_playbook();
    for (size_t r = 0; r < p->table.count; r++) {
        bool met = false;
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
            met |= str_eq(p->table.rows[r].id, str_of(rows[i].row));
        }
        for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++) {
            met |= str_eq(p->table.rows[r].id, str_of(elsewhere[i]));
        }
        if (!met) {
            fail_msg("no case meets %.*s", STR_ARG(p->table.rows[r].id));
        }
    }
    playbook_free(p);
}

static void test_open_reason_and_permissions(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    only_near(&x);
    struct event *e = cx_event(&x, EVENT_IDENTITY, "CreateLoginProfile");
    (void)cx_finding(&x, e, "D114", Q2, SEVERITY_HIGH);
    cx_judge(&x);
    assert_true(str_eq(x.file.decision.row, STR("E7")));
    assert_int_equal(x.file.decision.priority, 3);
    cx_free(&x);
}

static void test_decision_is_told(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    no_record_and_grant(&x);
    cx_judge(&x);
    const struct decision *d = &x.file.decision;
    assert_true(d->escalate && d->contain);
    assert_true(str_eq(d->to, STR("T2")));
    assert_true(str_starts(d->clause, STR("Escalate to T2 if there are indications")));
    assert_int_equal(d->due_us, CX_DAY + TIME_DAY_US + 15 * TIME_MINUTE_US);
    assert_true(x.file.plan.len > 0);
    assert_true(x.file.hunts.len > 0);
    assert_int_equal(d->rows.len, 3); /* E3, E4, E5 */
    cx_free(&x);

    cx_init(&x);
    approved(&x);
    cx_judge(&x);
    d = &x.file.decision;
    assert_int_equal(d->due_us, TIME_NONE);
    assert_int_equal(x.file.plan.len, 0);
    assert_true(str_eq(d->not_seen.at[0],
                       STR("invocations not logged (Lambda data events absent in account "
                           "111122223333)")));
    cx_free(&x);
}

static void test_steps(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    leaver(&x);
    struct event *login = cx_event(&x, EVENT_LOGIN, "ConsoleLogin");
    cx_from(&x, login, "198.51.100.9");
    x.file.timeline.len--; /* it is in the run, not in the case */
    cx_judge(&x);
    assert_int_equal(x.file.steps.len, 3);
    const struct step *logins = &x.file.steps.at[0];
    assert_true(str_eq(logins->id, STR("L1.1")));
    assert_true(str_eq(logins->outcome, STR("suspicious")));
    assert_int_equal(logins->rows.len, 2);
    assert_true(str_find(logins->rows.at[1].text, STR("ConsoleLogin")) != SIZE_MAX);
    const struct step *changes = &x.file.steps.at[1];
    assert_true(str_eq(changes->outcome, STR("legitimate")));
    assert_true(str_find(changes->rows.at[0].text, STR("M4 CHG0031187")) != SIZE_MAX);
    const struct step *feeds = &x.file.steps.at[2];
    assert_true(str_find(feeds->rows.at[0].text, STR("in no feed")) != SIZE_MAX);
    cx_free(&x);
}

/* Whose addresses are, and which files are bad, says nothing about who calls. */
static void test_feeds_without_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        enum coverage_state want;
    } feeds[] = {
        {"ips-v4", "192.0.2.0/24\n", COVERAGE_ABSENT},
        {"hashes.txt", "ec5aedf5ecc6bdadd4120932170d1b10f6cfa175cfda22951dfd882928ab279b\n",
         COVERAGE_ABSENT},
        {"bad.txt", "192.0.2.1\n", COVERAGE_PRESENT},
    };
    for (size_t i = 0; i < ARRAY_LEN(feeds); i++) {
        struct cx x;
        cx_init(&x);
        no_record_and_grant(&x);
        intel_free(x.intel);
        x.intel = intel_new();
        assert_int_equal(
            intel_load_text(x.intel, str_of(feeds[i].name), str_of(feeds[i].text), NULL), ERR_OK);
        cx_judge(&x);
        const struct answer *a = &x.file.answers[Q3];
        bool found = false;
        for (size_t k = 0; k < a->coverage.len; k++) {
            found = found || (str_find(a->coverage.at[k].source, STR("intel")) != SIZE_MAX &&
                              a->coverage.at[k].state == feeds[i].want);
        }
        if (!found) {
            fail_msg("%s", feeds[i].name);
        }
        cx_free(&x);
    }
}

static void test_same_twice(void **state)
{
    (void)state;
    struct cx a;
    struct cx b;
    cx_init(&a);
    cx_init(&b);
    no_record_and_grant(&a);
    no_record_and_grant(&b);
    cx_judge(&a);
    cx_judge(&b);
    assert_true(str_eq(a.file.decision.reason, b.file.decision.reason));
    assert_int_equal(a.file.plan.len, b.file.plan.len);
    assert_int_equal(a.file.hunts.len, b.file.hunts.len);
    for (size_t i = 0; i < a.file.hunts.len; i++) {
        assert_true(str_eq(a.file.hunts.at[i], b.file.hunts.at[i]));
    }
    cx_free(&a);
    cx_free(&b);
}

static void test_long_and_hostile_text(void **state)
{
    (void)state;
    static char text[20000];
    memset(text, '\'', sizeof(text) - 1);
    struct cx x;
    cx_init(&x);
    no_record_and_grant(&x);
    x.events[0].function.name = str_of(text);
    x.events[0].action = str_of(text);
    x.file.functions.at[0].name = str_of(text);
    x.findings[0].explain = str_of(text);
    x.actor.root = str_of(text);
    cx_judge(&x);
    assert_true(x.file.decision.reason.len < 5000);
    assert_true(str_eq(x.file.decision.row, STR("E3")));
    cx_free(&x);
}

static void test_empty_case(void **state)
{
    (void)state;
    struct cx x;
    cx_init(&x);
    x.file.actors.len = 0;
    cx_judge(&x);
    assert_true(str_eq(x.file.decision.row, STR("E9")));
    cx_free(&x);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct cx x;
        cx_init(&x);
        no_record_and_grant(&x);
        assert_int_equal(intel_finish(x.intel, NULL), ERR_OK);
        assert_int_equal(context_finish(x.context, NULL), ERR_OK);
        mem_torture(n);
        enum err_code rc = cx_try(&x, NULL);
        mem_torture(0);
        cx_free(&x);
        if (rc == ERR_OK) {
            assert_true(n > 20);
            return;
        }
        assert_int_equal(rc, ERR_NOMEM);
    }
}

/* Everything, and identities at will, however it is written. */
static void test_admin_spellings(void **state)
{
    (void)state;
    static const struct {
        const char *action, *resource;
        bool admin;
    } spellings[] = {
        {"*", "*", true},
        {"*:*", "*", true},
        {"**", "**", true},
        {"iam:*", "*", true},
        {"IAM:*", "*", true},
        {"i*m:*", "*", true},
        {"i?m:*", "*", true},
        {"iam:Put*", "*", false},
        {"iam:Get*", "*", false},
        {"s3:*", "*", false},
        {"*", "arn:aws:s3:::x", false},
        {"", "*", false},
        {"iam:CreateAccessKey", "*", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        struct cx x;
        char doc[256];
        cx_init(&x);
        (void)snprintf(
            doc, sizeof(doc),
            "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"%s\"}]}",
            spellings[i].action, spellings[i].resource);
        struct event *e = cx_event(&x, EVENT_IDENTITY, "PutRolePolicy");
        e->service = STR("iam.amazonaws.com");
        cx_attr(&x, e, ATTR_TARGET_ROLE, "pay-exec");
        cx_attr(&x, e, ATTR_POLICY_DOCUMENT, doc);
        (void)cx_finding(&x, e, "D55", Q2, SEVERITY_HIGH);
        cx_judge(&x);
        if (str_eq(x.file.decision.row, STR("E5")) != spellings[i].admin) {
            fail_msg("%s on %s: %.*s", spellings[i].action, spellings[i].resource,
                     STR_ARG(x.file.decision.row));
        }
        cx_free(&x);
    }
}

/* Who can be asked: owners and whoever is on call now; nobody who acted, left or is away. */
static void test_call(void **state)
{
    (void)state;
    static const char people[] =
        "id,name,groups,status,terminated_at,leave_start,leave_end,on_call\n"
        "grace@example.com,Grace Okoro,pay,active,,,,\n"
        "hal@example.com,Hal,pay,active,,2026-11-19,2026-11-25,\n"
        "ida@example.com,Ida,pay,terminated,2026-11-01,,,\n"
        "dana@example.com,Dana,pay,active,,,,2026-11-20/2026-11-21\n"
        "farid@example.com,Farid,platform,active,,,,2026-11-20/2026-11-21\n"
        "gus@example.com,Gus,platform,active,,,,2026-11-10/2026-11-12\n";
    static const char projects[] = "project,member,functions,to\n"
                                   "payments,grace@example.com,payments-*,\n"
                                   "payments,hal@example.com,payments-*,\n"
                                   "payments,ida@example.com,payments-*,\n"
                                   "payments,dana@example.com,payments-*,\n"
                                   "payments,joe@example.com,payments-*,2026-11-01\n"
                                   "payments,kim@example.com,payments-*,\n"
                                   "mail,lou@example.com,mail-*,\n";
    static const char *const want[][3] = {
        {"grace@example.com", "Grace Okoro", "owner of payments"},
        {"kim@example.com", "", "owner of payments"},
        {"farid@example.com", "Farid", "on call of platform"},
    };
    struct cx x;
    cx_init(&x);
    (void)change(&x, MATCH_M0);
    context_free(x.context);
    x.context = context_new();
    assert_non_null(x.context);
    assert_int_equal(
        context_load_text(x.context, CONTEXT_PEOPLE, STR("p.csv"), str_of(people), NULL), ERR_OK);
    assert_int_equal(
        context_load_text(x.context, CONTEXT_PROJECTS, STR("pr.csv"), str_of(projects), NULL),
        ERR_OK);
    x.context->given[CONTEXT_CHANGES] = true;
    cx_judge(&x);
    assert_int_equal(x.file.calls.len, ARRAY_LEN(want));
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        const struct call_to *k = &x.file.calls.at[i];
        assert_true(str_eq(k->who, str_of(want[i][0])));
        assert_true(str_eq(k->name, str_of(want[i][1])));
        assert_true(str_eq(k->why, str_of(want[i][2])));
    }
    cx_free(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call),
        cmocka_unit_test(test_admin_spellings),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_row_is_met),
        cmocka_unit_test(test_open_reason_and_permissions),
        cmocka_unit_test(test_decision_is_told),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_feeds_without_addresses),
        cmocka_unit_test(test_same_twice),
        cmocka_unit_test(test_long_and_hostile_text),
        cmocka_unit_test(test_empty_case),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
