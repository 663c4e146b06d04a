/*
 * aws_guardduty - findings of GuardDuty: verdicts of another tool, used as known alerts.
 *
 * Keys have a capital in the answer of get-findings, none in EventBridge and exports. An EventBridge
 * envelope whose detail tells nothing is still GuardDuty's.
 */
#include "source/source.h"

enum field {
    TYPE,
    SERVICE,
    ID,
    ACCOUNT,
    REGION,
    CREATED,
    UPDATED,
    SEVERITY,
    PLAIN_FIELDS,
    SERVICE_NAME = 2 * PLAIN_FIELDS, /* behind the same with a capital */
    SERVICE_NAME_CAPITAL,
    ENVELOPE_SOURCE,
    ENVELOPE_TYPE,
    ENVELOPE_ACCOUNT,
    ENVELOPE_TIME,
    FIELD_MAX_
};

/* In the order of the plain ones and then the ones with a capital. */
static const char *const fields[FIELD_MAX_] = {
    [TYPE] = "type",
    [SERVICE] = "service",
    [ID] = "id",
    [ACCOUNT] = "accountId",
    [REGION] = "region",
    [CREATED] = "createdAt",
    [UPDATED] = "updatedAt",
    [SEVERITY] = "severity",
    [PLAIN_FIELDS + TYPE] = "Type",
    [PLAIN_FIELDS + SERVICE] = "Service",
    [PLAIN_FIELDS + ID] = "Id",
    [PLAIN_FIELDS + ACCOUNT] = "AccountId",
    [PLAIN_FIELDS + REGION] = "Region",
    [PLAIN_FIELDS + CREATED] = "CreatedAt",
    [PLAIN_FIELDS + UPDATED] = "UpdatedAt",
    [PLAIN_FIELDS + SEVERITY] = "Severity",
    [SERVICE_NAME] = "service.serviceName",
    [SERVICE_NAME_CAPITAL] = "Service.ServiceName",
    [ENVELOPE_SOURCE] = "source",
    [ENVELOPE_TYPE] = "detail-type",
    [ENVELOPE_ACCOUNT] = "account",
    [ENVELOPE_TIME] = "time",
};

static const struct logsource logsources[] = {{.product = "aws", .service = "guardduty"}};

static bool is(const struct record *r, size_t field, const char *want)
{
    struct json_view v = record_view(r, field);
    return v.kind == JSON_STRING && str_eq(str_make(v.ptr, v.len), str_of(want));
}

static struct json_view either(const struct record *r, enum field f)
{
    struct json_view v = record_view(r, f);
    return v.kind == JSON_ABSENT ? record_view(r, (size_t)PLAIN_FIELDS + f) : v;
}

static int probe(const struct record *r)
{
    if (is(r, ENVELOPE_SOURCE, "aws.guardduty") &&
        record_view(r, ENVELOPE_TYPE).kind == JSON_STRING) {
        return 95;
    }
    bool finding = either(r, TYPE).kind == JSON_STRING && either(r, SERVICE).kind == JSON_OBJECT &&
                   either(r, ID).kind == JSON_STRING && either(r, SEVERITY).kind != JSON_ABSENT;
    bool named = is(r, SERVICE_NAME, "guardduty") || is(r, SERVICE_NAME_CAPITAL, "guardduty");
    return finding && named ? 100 : 0;
}

static bool text(struct json_view v, struct arena *a, struct str *out)
{
    *out = STR_EMPTY;
    return v.kind != JSON_STRING || json_text(v, a, out);
}

static bool take(const struct record *r, struct arena *a, struct event *e)
{
    struct str times[3];
    struct str account;
    if (!text(either(r, TYPE), a, &e->name) || !text(either(r, ID), a, &e->record_id) ||
        !text(either(r, ACCOUNT), a, &e->account) || !text(either(r, REGION), a, &e->region) ||
        !text(record_view(r, ENVELOPE_ACCOUNT), a, &account) ||
        !text(either(r, UPDATED), a, &times[0]) || !text(either(r, CREATED), a, &times[1]) ||
        !text(record_view(r, ENVELOPE_TIME), a, &times[2])) {
        return false;
    }
    e->account = e->account.len > 0 ? e->account : account;
    e->time_us = TIME_NONE;
    for (size_t i = 0; i < ARRAY_LEN(times) && e->time_us == TIME_NONE; i++) {
        if (!time_parse_rfc3339(times[i], &e->time_us)) {
            e->time_us = TIME_NONE;
        }
    }
    return true;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    if (!take(r, a, e)) {
        return err_set(err, ERR_LIMIT, "guardduty finding: its texts do not fit in %zu bytes",
                       a->limit);
    }
    e->action = e->name;
    e->source = STR("aws.guardduty");
    e->service = STR("guardduty.amazonaws.com");
    e->kind = EVENT_OTHER;
    e->duplicate_key = r->json->duplicate;
    return ERR_OK;
}

const struct source_ops source_aws_guardduty = {
    .name = "aws.guardduty",
    .summary = "AWS GuardDuty findings",
    .reference = "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .verdict = true,
    .delay_us = 15 * TIME_MINUTE_US,
};
