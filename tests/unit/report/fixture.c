#include "tests/unit/report/fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/mem.h"

#define PUSH(vec, item) assert_true(VEC_PUSH(&(vec), (item)))

struct fixture {
    struct arena arena;
    struct str tail;
    struct result result;
    struct str raw;
};

/* A text of our own making, and one from outside. */
static struct str own(struct fixture *f, const char *text)
{
    struct str s;
    assert_true(arena_dup(&f->arena, str_of(text), &s));
    return s;
}

static struct str out(struct fixture *f, const char *text)
{
    struct str s;
    assert_true(arena_printf(&f->arena, &s, "%s%.*s", text, STR_ARG(f->tail)));
    return s;
}

static int64_t at(const char *text)
{
    int64_t us;
    assert_true(time_parse_rfc3339(str_of(text), &us));
    return us;
}

static struct function_key function(struct fixture *f, const char *name)
{
    return (struct function_key){own(f, "aws"), out(f, "111122223333"), out(f, "eu-west-1"),
                                 out(f, name)};
}

static const struct actor *actor(struct fixture *f, const char *root, const char *person,
                                 enum identity_kind kind)
{
    struct actor *a = ARENA_NEW(&f->arena, struct actor);
    assert_non_null(a);
    a->root = out(f, root);
    a->person = person[0] == '\0' ? STR_EMPTY : out(f, person);
    a->account = out(f, "111122223333");
    a->kind = kind;
    a->resolved = true;
    return a;
}

struct seed {
    const char *time, *service, *action, *address;
    enum event_kind kind;
    enum event_outcome outcome;
};

static struct event *event(struct fixture *f, const struct seed *s, const char *name,
                           const struct actor *a)
{
    static uint64_t offset;
    struct event *e = ARENA_NEW(&f->arena, struct event);
    assert_non_null(e);
    e->time_us = at(s->time);
    e->last_us = e->time_us;
    e->kind = s->kind;
    e->outcome = s->outcome;
    e->source = STR("aws.cloudtrail");
    e->service = out(f, s->service);
    e->name = out(f, s->action);
    e->action = out(f, s->action);
    e->account = out(f, "111122223333");
    e->region = out(f, "eu-west-1");
    e->address = out(f, s->address);
    e->user_agent = out(f, "aws-cli/2.15.0");
    e->error_code = s->outcome == OUTCOME_DENIED ? out(f, "AccessDenied") : STR_EMPTY;
    e->record_id = out(f, "0d1e2f30-0000-4000-8000-00000000abcd");
    e->function = name == NULL ? (struct function_key){0} : function(f, name);
    e->who.kind = IDENTITY_ROLE;
    e->who.principal = out(f, "arn:aws:sts::111122223333:assumed-role/ci-deploy/dana.k");
    e->who.name = out(f, "ci-deploy");
    e->who.role = out(f, "arn:aws:iam::111122223333:role/ci-deploy");
    e->who.session_name = out(f, "dana.k");
    e->who.access_key = out(f, "ASIAQ7ZXCVBN4MLKJHQ3");
    e->actor = a;
    e->count = 1;
    offset = (offset + 1531) % 90000;
    e->origin = (struct origin){.file = 0, .inner = -1, .offset = offset, .length = 1531};
    return e;
}

static const struct detection *detection(struct fixture *f, const char *id, const char *ref,
                                         enum severity severity, enum question q)
{
    struct detection *d = ARENA_NEW(&f->arena, struct detection);
    struct str *techniques = ARENA_ARRAY(&f->arena, struct str, 2);
    assert_true(d != NULL && techniques != NULL);
    techniques[0] = own(f, "T1648");
    techniques[1] = own(f, "T1584.007");
    *d = (struct detection){.id = out(f, id),
                            .ref = own(f, ref),
                            .title = out(f, "Function code replaced outside the pipeline"),
                            .description = out(f, "The code hash is not one that CI built."),
                            .author = out(f, "faaswatch"),
                            .severity = severity,
                            .confidence = 0.9,
                            .question = q,
                            .indicator = KI1,
                            .techniques = techniques,
                            .technique_count = 2,
                            .tactic = own(f, "persistence"),
                            .ours = true};
    return d;
}

static struct finding *finding(struct fixture *f, const char *id, const struct detection *d,
                               struct event *const *events, size_t count)
{
    struct finding *x = ARENA_NEW(&f->arena, struct finding);
    assert_non_null(x);
    x->id = own(f, id);
    x->detection = d;
    x->severity = d->severity;
    x->confidence = d->confidence;
    x->first_us = events[0]->time_us;
    x->last_us = events[count - 1]->time_us;
    x->count = count;
    x->function = events[0]->function;
    x->entity = out(f, "aws/111122223333/eu-west-1/payments-webhook");
    x->actor = events[0]->actor;
    x->account = events[0]->account;
    x->region = events[0]->region;
    x->explain = out(f, "dana.k replaced the code of payments-webhook, q3f1… by Zf18…; no build "
                        "has that hash.");
    for (size_t i = 0; i < count; i++) {
        x->denied += events[i]->outcome == OUTCOME_DENIED ? 1 : 0;
        PUSH(x->events, events[i]);
    }
    PUSH(x->addresses, out(f, "185.220.101.34"));
    PUSH(x->hosts, out(f, "x7k2.lambda-url.eu-west-1.on.aws"));
    if (x->function.name.len > 0) {
        PUSH(x->functions, x->function);
    }
    PUSH(f->result.findings, x);
    return x;
}

/* A finding of no case: one for the posture list. */
static void put_posture(struct fixture *f, struct event *const *events)
{
    const struct detection *d =
        detection(f, "faaswatch.code_changers", "D116", SEVERITY_LOW, QUESTION_NONE);
    struct detection *posture = ARENA_NEW(&f->arena, struct detection);
    assert_non_null(posture);
    *posture = *d;
    posture->is_posture = true;
    struct finding *x = finding(f, "e1b2c3d4e5f6", posture, events, 1);
    x->explain = out(f, "1 of 2 that may change the code of payments-webhook did not");
}

static struct item item(struct fixture *f, const char *id, const char *group, int weight,
                        const char *text)
{
    return (struct item){.id = own(f, id),
                         .group = own(f, group),
                         .weight = weight,
                         .weight_full = weight,
                         .text = out(f, text),
                         .ref = out(f, "CHG0031187")};
}

static void answer(struct fixture *f, struct case_file *c, enum question q, enum verdict v,
                   int score)
{
    struct answer *a = &c->answers[q];
    a->question = q;
    a->raised = true;
    a->verdict = v;
    a->strength = v == VERDICT_UNKNOWN ? STRENGTH_WEAK : STRENGTH_STRONG;
    a->score = score;
    a->would_change = v == VERDICT_UNKNOWN
                          ? out(f, "--iam FILE: account authorization details of 111122223333")
                          : STR_EMPTY;
    struct coverage seen = {.source = own(f, "aws.cloudtrail"),
                            .state = COVERAGE_PRESENT,
                            .from_us = at("2026-11-20T00:00:00Z"),
                            .to_us = at("2026-11-20T23:46:00Z"),
                            .note = STR_EMPTY};
    struct coverage missing = {.source = own(f, "changes"),
                               .state = q == Q1 ? COVERAGE_PARTIAL : COVERAGE_ABSENT,
                               .from_us = TIME_NONE,
                               .to_us = TIME_NONE,
                               .note = out(f, "3 rows of changes.csv were skipped")};
    PUSH(a->coverage, seen);
    PUSH(a->coverage, missing);
    if (v == VERDICT_SUSPICIOUS) {
        PUSH(a->items, item(f, "change.none", "change", 12, "no change record names it"));
        struct item hard = item(f, "person.terminated", "person", 0, "left on 14 November");
        hard.hard = true;
        PUSH(a->items, hard);
        struct item explained = item(f, "time.hours", "time", 0, "outside dana.k's hours");
        explained.weight_full = 4;
        explained.explained_by = out(f, "CHG0031187");
        PUSH(a->items, explained);
        PUSH(a->against, item(f, "habit", "habit", -4, "deployed this function 6 times in 90 d"));
    } else if (v == VERDICT_LEGITIMATE) {
        struct item ok = item(f, "change.m4", "change", -25, "CHG0031187 covers it (M4)");
        ok.authorises = true;
        PUSH(a->against, ok);
    }
}

static void steps(struct fixture *f, struct case_file *c)
{
    struct step s = {.id = own(f, "L1.1"),
                     .text = own(f, "Review serverless function activity and IAM role logins for "
                                    "legitimacy based on employee roles and current projects."),
                     .outcome = own(f, "suspicious")};
    struct step_row row = {.time_us = c->first_us,
                           .outcome = own(f, "suspicious"),
                           .text = out(f, "dana.k: contractor, left on 14 November"),
                           .ref = out(f, "people.csv:12")};
    PUSH(s.rows, row);
    row.time_us = TIME_NONE;
    row.outcome = own(f, "unknown");
    PUSH(s.rows, row);
    PUSH(c->steps, s);
    struct step second = {.id = own(f, "L1.2"),
                          .text = own(f, "Validate the creation or modification of serverless "
                                         "functions against change management records."),
                          .outcome = own(f, "unknown")};
    PUSH(c->steps, second);
}

static void plan(struct fixture *f, struct case_file *c)
{
    struct plan_step p = {.action = own(f, "stop_function"),
                          .target = out(f, "aws/111122223333/eu-west-1/payments-webhook"),
                          .why = out(f, "its code is not ours"),
                          .breaks = out(f, "stops its callers (stripe-events)")};
    PUSH(p.before, out(f, "aws lambda get-function --function-name payments-webhook"));
    PUSH(p.commands, out(f, "aws lambda put-function-concurrency --function-name "
                            "payments-webhook --reserved-concurrent-executions 0"));
    PUSH(p.undo, out(f, "aws lambda delete-function-concurrency --function-name "
                        "payments-webhook"));
    PUSH(c->plan, p);
    struct plan_step second = {.action = own(f, "revoke_sessions"),
                               .target = out(f, "role ci-deploy"),
                               .why = out(f, "its sessions are in other hands"),
                               .breaks = out(f, "running deployments")};
    PUSH(second.commands, out(f, "aws iam put-role-policy --role-name ci-deploy --policy-name "
                                 "revoke --policy-document file://revoke.json"));
    PUSH(c->plan, second);
    struct call_to owner = {.who = out(f, "grace.o@acme.example"),
                            .name = out(f, "Grace Okoro"),
                            .why = out(f, "owner of payments")};
    PUSH(c->calls, owner);
    struct call_to on_call = {.who = out(f, "farid.h"), .why = out(f, "on call of platform")};
    PUSH(c->calls, on_call);
    PUSH(c->marks, ((struct mark){MARK_ADDRESS, out(f, "185.220.101.34"), true}));
    PUSH(c->marks,
         ((struct mark){MARK_LAYER, out(f, "arn:aws:lambda:eu-west-1:999988887777:layer:x:1"),
                        true}));
    PUSH(c->marks, ((struct mark){MARK_SESSION_NAME, out(f, "dana.k"), false}));
    PUSH(c->hunts, out(f, "faaswatch triage --since 2026-10-20 logs/ | grep 185.220.101.34"));
    c->arithmetic = fixture_arithmetic(&f->arena, f->tail);
}

struct verdict_seed {
    const char *id, *title, *row, *action, *to, *reason, *clause, *due;
    bool escalate;
    int priority;
};

static struct case_file *make_case(struct fixture *f, const struct verdict_seed *s)
{
    struct case_file *c = ARENA_NEW(&f->arena, struct case_file);
    assert_non_null(c);
    c->id = own(f, s->id);
    c->title = out(f, s->title);
    c->decision.row = own(f, s->row);
    c->decision.action = own(f, s->action);
    c->decision.escalate = s->escalate;
    c->decision.to = own(f, s->to);
    c->decision.priority = s->priority;
    c->decision.due_us = s->due == NULL ? TIME_NONE : at(s->due);
    c->decision.reason = out(f, s->reason);
    c->decision.clause = own(f, s->clause);
    c->decision.contain = s->priority == 1;
    PUSH(c->decision.rows, own(f, s->row));
    PUSH(c->decision.rows, own(f, "E9"));
    PUSH(c->decision.not_seen, out(f, "invocations of acme-prod: no Lambda data events"));
    PUSH(f->result.cases, c);
    return c;
}

static void put_finding(struct case_file *c, struct finding *x)
{
    PUSH(c->findings, x);
    c->severity = x->severity > c->severity ? x->severity : c->severity;
    for (size_t i = 0; i < x->events.len; i++) {
        PUSH(c->timeline, x->events.at[i]);
    }
    if (c->first_us == 0 || x->first_us < c->first_us) {
        c->first_us = x->first_us;
    }
    c->last_us = x->last_us > c->last_us ? x->last_us : c->last_us;
    if (c->functions.len == 0 && x->function.name.len > 0) {
        PUSH(c->functions, x->function);
    }
    if (c->actors.len == 0 && x->actor != NULL) {
        PUSH(c->actors, x->actor);
        PUSH(c->addresses, x->addresses.at[0]);
    }
}

static void escalated(struct fixture *f)
{
    const struct actor *dana =
        actor(f, "arn:aws:iam::111122223333:user/dana.k", "Dana Kovač", IDENTITY_USER);
    const char *name = "payments-webhook";
    struct event *take[] = {
        event(f,
              &(struct seed){"2026-11-20T09:12:00Z", "sts.amazonaws.com", "AssumeRole",
                             "185.220.101.34", EVENT_ASSUME, OUTCOME_OK},
              NULL, dana)};
    struct event *code[] = {
        event(f,
              &(struct seed){"2026-11-20T09:13:10Z", "lambda.amazonaws.com", "UpdateFunctionCode",
                             "185.220.101.34", EVENT_CHANGE, OUTCOME_DENIED},
              name, dana),
        event(f,
              &(struct seed){"2026-11-20T09:14:00Z", "lambda.amazonaws.com", "UpdateFunctionCode",
                             "185.220.101.34", EVENT_CHANGE, OUTCOME_OK},
              name, dana)};
    struct event *url[] = {
        event(f,
              &(struct seed){"2026-11-20T09:15:00Z", "lambda.amazonaws.com",
                             "CreateFunctionUrlConfig", "185.220.101.34", EVENT_CHANGE, OUTCOME_OK},
              name, dana)};
    struct event *calls[150];
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        calls[i] = event(f,
                         &(struct seed){"2026-11-20T09:16:00Z", "lambda.amazonaws.com", "Invoke",
                                        "2001:db8::7:1", EVENT_INVOKE, OUTCOME_OK},
                         name, dana);
        calls[i]->time_us += (int64_t)i * 10 * TIME_SECOND_US;
        calls[i]->origin.inner = (int32_t)(i % 3) - 1;
    }
    struct case_file *c = make_case(
        f, &(struct verdict_seed){.id = "7f3a90c1d2e4",
                                  .title = "Code of payments-webhook replaced from a listed "
                                           "address",
                                  .row = "E1",
                                  .action = "escalate",
                                  .to = "T2",
                                  .reason = "185.220.101.34, listed as command and control, "
                                            "changed payments-webhook",
                                  .clause = "Escalation is also necessary if communication with "
                                            "known malicious IPs or domains is detected.",
                                  .escalate = true,
                                  .priority = 1});
    put_finding(c,
                finding(f, "a1b2c3d4e5f6",
                        detection(f, "faaswatch.role_taken", "D29", SEVERITY_MEDIUM, Q1), take, 1));
    put_finding(c, finding(f, "b1b2c3d4e5f6",
                           detection(f, "faaswatch.code_changed", "D03", SEVERITY_CRITICAL, Q1),
                           code, 2));
    put_finding(c, finding(f, "c1b2c3d4e5f6",
                           detection(f, "faaswatch.function_url_public", "D14", SEVERITY_HIGH, Q3),
                           url, 1));
    put_finding(c, finding(f, "d1b2c3d4e5f6",
                           detection(f, "faaswatch.called", "D52", SEVERITY_LOW, Q4), calls,
                           ARRAY_LEN(calls)));
    put_posture(f, url);
    answer(f, c, Q1, VERDICT_SUSPICIOUS, 23);
    answer(f, c, Q2, VERDICT_UNKNOWN, 0);
    answer(f, c, Q3, VERDICT_SUSPICIOUS, 40);
    c->answers[Q4].question = Q4;
    steps(f, c);
    plan(f, c);
}

static void other_cases(struct fixture *f)
{
    const struct actor *root = actor(f, "arn:aws:iam::111122223333:root", "", IDENTITY_ROOT);
    const struct actor *ci =
        actor(f, "repo:acme/orders:ref:refs/heads/main", "", IDENTITY_FEDERATED);
    struct event *stop[] = {
        event(f,
              &(struct seed){"2026-11-20T11:00:00Z", "cloudtrail.amazonaws.com", "StopLogging",
                             "203.0.113.9", EVENT_LOGGING, OUTCOME_OK},
              NULL, root)};
    struct event *grant[] = {
        event(f,
              &(struct seed){"2026-11-20T09:41:00Z", "iam.amazonaws.com", "AttachRolePolicy",
                             "198.51.100.4", EVENT_IDENTITY, OUTCOME_OK},
              NULL, ci)};
    struct event *deploy[] = {
        event(f,
              &(struct seed){"2026-11-20T15:30:00Z", "lambda.amazonaws.com", "UpdateFunctionCode",
                             "198.51.100.4", EVENT_CHANGE, OUTCOME_OK},
              "orders-export", ci)};
    struct event *late[] = {
        event(f,
              &(struct seed){"2026-11-20T23:40:00Z", "lambda.amazonaws.com", "UpdateFunctionCode",
                             "198.51.100.4", EVENT_CHANGE, OUTCOME_OK},
              "thumbs", ci)};
    struct case_file *c = make_case(
        f, &(struct verdict_seed){.id = "21c0aa34ffee",
                                  .title = "Trail stopped by root",
                                  .row = "E6",
                                  .action = "escalate",
                                  .to = "T2",
                                  .reason = "the trail of acme-prod was stopped and no change "
                                            "names it",
                                  .clause = "Escalate to T2 if there are indications of "
                                            "unauthorized changes.",
                                  .escalate = true,
                                  .priority = 2});
    put_finding(c, finding(f, "e1b2c3d4e5f6",
                           detection(f, "faaswatch.trail_stopped", "D83", SEVERITY_CRITICAL, Q1),
                           stop, 1));
    answer(f, c, Q1, VERDICT_UNKNOWN, 6);
    c = make_case(f, &(struct verdict_seed){.id = "55aa12345678",
                                            .title = "batch-runner may read every secret",
                                            .row = "E8",
                                            .action = "tasks",
                                            .to = "L1",
                                            .reason = "role batch-runner may now read every "
                                                      "secret",
                                            .clause = "Validate against change management.",
                                            .due = "2026-11-21T04:00:00Z",
                                            .priority = 3});
    put_finding(c, finding(f, "f1b2c3d4e5f6",
                           detection(f, "faaswatch.policy_attached", "D57", SEVERITY_HIGH, Q2),
                           grant, 1));
    answer(f, c, Q2, VERDICT_UNKNOWN, 4);
    c = make_case(f, &(struct verdict_seed){.id = "99bb00000001",
                                            .title = "orders-export deployed",
                                            .row = "E11",
                                            .action = "close",
                                            .to = "none",
                                            .reason = "CHG0031187 (M4) covers the change",
                                            .clause = "Validate against change management."});
    put_finding(c, finding(f, "01b2c3d4e5f6",
                           detection(f, "faaswatch.code_changed", "D03", SEVERITY_MEDIUM, Q1),
                           deploy, 1));
    answer(f, c, Q1, VERDICT_LEGITIMATE, -25);
    c = make_case(f, &(struct verdict_seed){.id = "99bb00000002",
                                            .title = "thumbs deployed",
                                            .row = "E12",
                                            .action = "close-pending",
                                            .to = "none",
                                            .reason = "CHG0031190 (M3) covers it; the window ends "
                                                      "6 min later",
                                            .clause = "Validate against change management."});
    put_finding(c, finding(f, "02b2c3d4e5f6",
                           detection(f, "faaswatch.code_changed", "D03", SEVERITY_MEDIUM, Q1), late,
                           1));
    answer(f, c, Q1, VERDICT_LEGITIMATE, -20);
}

static void inputs(struct fixture *f)
{
    struct result *r = &f->result;
    struct str *paths = ARENA_ARRAY(&f->arena, struct str, 2);
    assert_non_null(paths);
    paths[0] = out(f, "logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20/"
                      "111122223333_CloudTrail_eu-west-1_20261120T0915Z_x.json.gz");
    paths[1] = out(f, "logs/notes.txt");
    r->version = own(f, "0.1.0");
    r->technique = own(f, "T1584.007");
    r->since_us = at("2026-11-20T00:00:00Z");
    r->until_us = at("2026-11-21T00:00:00Z");
    r->paths = paths;
    r->file_count = 2;
    r->bytes_read = 121000000;
    r->bytes_unpacked = 1000000000;
    r->records = 689185;
    r->events = 689180;
    r->duplicates = 5;
    r->record_bytes = 990000000;
    r->framing_bytes = 9998774;
    r->unrecognised_bytes = 22;
    r->skipped_bytes = 1204;
    PUSH(r->sources, ((struct source_seen){.source = own(f, "aws.cloudtrail"),
                                           .account = STR_EMPTY,
                                           .records = 689185,
                                           .first_us = at("2026-11-20T00:00:02Z"),
                                           .last_us = at("2026-11-20T23:46:11Z"),
                                           .state = COVERAGE_PRESENT,
                                           .note = out(f, "no data events of Lambda")}));
    PUSH(r->with, ((struct with_input){own(f, "rules"), 212, TIME_NONE, false, false}));
}

static void extra_inputs(struct fixture *f)
{
    struct result *r = &f->result;
    PUSH(r->skipped, ((struct skipped){.file = 0,
                                       .offset = 88112,
                                       .length = 1204,
                                       .file_bytes = true,
                                       .reason = "gzip data ends early"}));
    PUSH(r->skipped, ((struct skipped){.file = 1,
                                       .offset = 10,
                                       .length = 1204,
                                       .reason = "a comma or a bracket is missing",
                                       .records = 1}));
    PUSH(r->unrecognised, ((struct unrecognised){1, 1, 22, 0, "JSON, but of no known source"}));
    PUSH(r->feeds, ((struct feed_info){.path = out(f, "feeds/c2.csv"),
                                       .kind = own(f, "csv"),
                                       .indicators = 14217,
                                       .valid = 14000,
                                       .expired = 217,
                                       .version = out(f, "2026-11-19")}));
    PUSH(r->with, ((struct with_input){own(f, "indicators"), 14217, TIME_NONE, false, false}));
    PUSH(r->with,
         ((struct with_input){own(f, "changes"), 341, at("2026-11-20T23:55:00Z"), true, false}));
    PUSH(r->without, own(f, "--iam: permissions of roles and users"));
    PUSH(r->without, own(f, "network logs"));
    PUSH(r->notes, out(f, "changes.csv: column u_extra is ignored"));
    PUSH(r->digest, ((struct digest_row){.function = function(f, "public-site"),
                                         .row = own(f, "E2d"),
                                         .clause = own(f, "known malicious IPs"),
                                         .count = 4210,
                                         .first_us = at("2026-11-20T00:10:00Z"),
                                         .last_us = at("2026-11-20T23:01:00Z")}));
}

static struct fixture *begin(struct str tail)
{
    struct fixture *f = mem_alloc(1, sizeof(*f));
    assert_non_null(f);
    assert_true(arena_dup(&f->arena, tail, &f->tail));
    inputs(f);
    return f;
}

struct fixture *fixture_empty(void)
{
    return begin(STR_EMPTY);
}

struct fixture *fixture_new(struct str tail)
{
    struct fixture *f = begin(tail);
    f->raw = out(f, "{\"eventName\":\"UpdateFunctionCode20150331v2\",\"userAgent\":\"x\"} ");
    extra_inputs(f);
    escalated(f);
    other_cases(f);
    fixture_since(&f->result, &f->arena, tail);
    return f;
}

void fixture_free(struct fixture *f)
{
    if (f != NULL) {
        result_free(&f->result);
        arena_free(&f->arena);
        mem_free(f);
    }
}

void fixture_done(struct fixture **f)
{
    fixture_free(*f);
}

struct result *fixture_result(struct fixture *f)
{
    return &f->result;
}

static struct str raw(void *arg, const struct event *e)
{
    (void)e;
    return ((struct fixture *)arg)->raw;
}

struct report_options fixture_options(struct fixture *f)
{
    return (struct report_options){.width = 100,
                                   .zone_name = STR("UTC"),
                                   .evidence_max = 100,
                                   .status = 3,
                                   .raw = raw,
                                   .raw_arg = f};
}
