/*
 * match_fixture - a change record and an event that cover each other in everything (85 points,
 * M4), and texts that change one thing: "start=2026-11-20T09:00Z|approver=" for the record,
 * "fn=pay-refund|pipeline" for the event. Two records: "…||…".
 */
#ifndef TESTS_CONTEXT_MATCH_FIXTURE_H
#define TESTS_CONTEXT_MATCH_FIXTURE_H

#include "base/buf.h"
#include "context/match.h"
#include "load.h"

static const struct {
    const char *column, *value;
} record_default[] = {
    {"id", "CHG0031337"},
    {"type", "normal"},
    {"state", "implement"},
    {"approval", "approved"},
    {"approved_at", "2026-11-19T15:00Z"},
    {"approver", "lee@example.com"},
    {"start", "2026-11-20T09:00Z"},
    {"end", "2026-11-20T11:00Z"},
    {"created_at", "2026-11-18T10:00Z"},
    {"updated_at", ""},
    {"assignee", "ana@example.com"},
    {"group", ""},
    {"requester", ""},
    {"resources", "pay-checkout"},
    {"service", ""},
    {"text", "Deploy 4.2"},
    {"repository", ""},
    {"commit", ""},
    {"template", ""},
    {"environment", ""},
    {"hashes", ""},
};

/* Value of `key` in "a=b|c=d"; false when it is not there. A key alone has the value "". */
static inline bool override_of(struct str texts, struct str key, struct str *out)
{
    struct str one;
    while (str_cut(&texts, '|', &one)) {
        size_t eq = str_chr(one, '=');
        if (str_eq(str_head(one, eq == SIZE_MAX ? one.len : eq), key)) {
            *out = eq == SIZE_MAX ? STR_EMPTY : str_from(one, eq + 1);
            return true;
        }
    }
    return false;
}

static inline void add_record(struct buf *csv, struct str overrides)
{
    for (size_t i = 0; i < ARRAY_LEN(record_default); i++) {
        struct str value = str_of(record_default[i].value);
        (void)override_of(overrides, str_of(record_default[i].column), &value);
        buf_printf(csv, "%s\"%.*s\"", i > 0 ? "," : "", STR_ARG(value));
    }
    buf_addc(csv, '\n');
}

/* "none" as the only record: there is none. */
static inline void records_csv(struct buf *csv, const char *records)
{
    for (size_t i = 0; i < ARRAY_LEN(record_default); i++) {
        buf_printf(csv, "%s%s", i > 0 ? "," : "", record_default[i].column);
    }
    buf_addc(csv, '\n');
    struct str rest = str_of(records);
    while (!str_eq(rest, STR("none"))) {
        size_t at = str_find(rest, STR("||"));
        add_record(csv, str_head(rest, at == SIZE_MAX ? rest.len : at));
        if (at == SIZE_MAX) {
            return;
        }
        rest = str_from(rest, at + 2);
    }
}

struct event_box {
    struct event e;
    struct actor actor;
    struct attr attrs[8];
};

static inline void put_attr(struct event_box *b, struct str overrides, const char *key,
                            enum event_attr id)
{
    struct str value;
    if (override_of(overrides, str_of(key), &value)) {
        b->attrs[b->e.attr_count++] = (struct attr){.id = id, .value = value};
    }
}

static inline void event_init(struct event_box *b, const char *text)
{
    static const struct {
        const char *key;
        enum event_attr id;
    } attrs[] = {
        {"hash", ATTR_CODE_HASH},
        {"layer", ATTR_LAYER},
        {"layer2", ATTR_LAYER},
        {"principal", ATTR_GRANT_PRINCIPAL},
        {"auth", ATTR_URL_AUTH},
        {"url", ATTR_URL},
        {"role", ATTR_TARGET_ROLE},
        {"user", ATTR_TARGET_USER},
        {"policy", ATTR_POLICY_ARN},
        {"document", ATTR_POLICY_DOCUMENT},
        {"trust", ATTR_TRUST_DOCUMENT},
        {"description", ATTR_DESCRIPTION},
        {"trail", ATTR_TRAIL},
        {"loggroup", ATTR_LOG_GROUP},
        {"pattern", ATTR_TRIGGER_PATTERN},
        {"rule", ATTR_RULE},
        {"source", ATTR_TRIGGER_SOURCE},
        {"destination", ATTR_DESTINATION},
        {"execrole", ATTR_ROLE},
        {"api", ATTR_API},
        {"stack", ATTR_STACK},
        {"check", ATTR_INVOKER_CHECK},
        {"ingress", ATTR_INGRESS},
        {"image", ATTR_CODE_LOCATION},
        {"unaudited", ATTR_AUDIT_GONE},
        {"route", ATTR_ROUTE},
        {"state", ATTR_STATE},
        {"secret", ATTR_SECRET},
        {"cron", ATTR_SCHEDULE},
    };
    struct str o = str_of(text);
    struct str value = STR("2026-11-20T10:00:00Z");
    struct str flag;
    *b = (struct event_box){
        .actor = {.root = STR("ana@example.com"), .kind = IDENTITY_SSO, .resolved = true},
        .e = {.kind = EVENT_CHANGE,
              .action = STR("UpdateFunctionCode"),
              .account = STR("111122223333"),
              .count = 1,
              .function = {.provider = STR("aws"),
                           .account = STR("111122223333"),
                           .region = STR("eu-west-1"),
                           .name = STR("pay-checkout")}}};
    (void)override_of(o, STR("time"), &value);
    b->e.time_us = TIME_NONE;
    assert_true(value.len == 0 || time_parse_rfc3339(value, &b->e.time_us));
    (void)override_of(o, STR("action"), &b->e.action);
    (void)override_of(o, STR("service"), &b->e.service);
    (void)override_of(o, STR("fn"), &b->e.function.name);
    (void)override_of(o, STR("provider"), &b->e.function.provider);
    (void)override_of(o, STR("account"), &b->e.account);
    (void)override_of(o, STR("account"), &b->e.function.account);
    (void)override_of(o, STR("actor"), &b->actor.root);
    (void)override_of(o, STR("session"), &b->e.who.session_name);
    for (size_t i = 0; i < ARRAY_LEN(attrs); i++) {
        put_attr(b, o, attrs[i].key, attrs[i].id);
    }
    b->actor.pipeline = override_of(o, STR("pipeline"), &flag);
    b->actor.shared = override_of(o, STR("shared"), &flag);
    b->actor.resolved = !override_of(o, STR("unresolved"), &flag);
    b->actor.kind = b->actor.pipeline ? IDENTITY_FEDERATED : b->actor.kind;
    b->actor.kind = override_of(o, STR("isrole"), &flag) ? IDENTITY_ROLE : b->actor.kind;
    b->e.kind = override_of(o, STR("iam"), &flag) ? EVENT_IDENTITY : b->e.kind;
    b->e.kind = override_of(o, STR("logging"), &flag) ? EVENT_LOGGING : b->e.kind;
    b->e.attrs = b->attrs;
    b->e.actor = override_of(o, STR("nobody"), &flag) ? NULL : &b->actor;
}

#define PEOPLE                                                                                     \
    "id,other_ids,name,groups,on_call\n"                                                           \
    "ana@example.com,ana.r,Ana Ruiz,pay-team,\n"                                                   \
    "bo@example.com,,Bo Lind,ops,2026-11-20/2026-11-20\n"                                          \
    "lee@example.com,,Lee Ko,,\n"

#define BUILT "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OTHER "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define BUILDS                                                                                     \
    "function,code_sha256,commit,repository,change\n"                                              \
    "pay-checkout," BUILT ",0123456789abcdef0123456789abcdef01234567,acme/pay,CHG0000009\n"

static inline struct context *match_context(const char *env, const char *records, bool builds)
{
    CLEANUP(buf_free) struct buf csv = {0};
    struct err err = {0};
    struct context *c = context_new();
    assert_non_null(c);
    buf_init(&csv, 0);
    records_csv(&csv, records);
    enum err_code rc = ERR_OK;
    if (env != NULL) {
        rc = context_load_env_text(c, STR("env"), str_of(env), &err);
    }
    if (rc == ERR_OK) {
        rc = context_load_text(c, CONTEXT_CHANGES, STR("c.csv"), buf_str(&csv), &err);
    }
    if (rc == ERR_OK) {
        rc = context_load_text(c, CONTEXT_PEOPLE, STR("p.csv"), STR(PEOPLE), &err);
    }
    if (rc == ERR_OK && builds) {
        rc = context_load_text(c, CONTEXT_BUILDS, STR("b.csv"), STR(BUILDS), &err);
    }
    if (rc == ERR_OK) {
        rc = context_finish(c, &err);
    }
    if (rc != ERR_OK || c->skips > 0) {
        fail_msg("%s %s", records, err.msg);
    }
    return c;
}

#endif
