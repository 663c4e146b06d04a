/*
 * aws_securityhub - findings of Security Hub in ASFF: verdicts of other tools, used as known alerts.
 *
 * EventBridge carries a list of them under `findings`; the results of an insight are only counted.
 */
#include "source/source.h"

enum field {
    PRODUCT,
    ACCOUNT,
    ID,
    TITLE,
    CREATED,
    UPDATED,
    REGION,
    FINDINGS,
    ENVELOPE_SOURCE,
    ENVELOPE_TYPE,
    ENVELOPE_ACCOUNT,
    ENVELOPE_TIME,
    FIELD_MAX_
};

static const char *const fields[FIELD_MAX_] = {
    [PRODUCT] = "ProductArn",
    [ACCOUNT] = "AwsAccountId",
    [ID] = "Id",
    [TITLE] = "Title",
    [CREATED] = "CreatedAt",
    [UPDATED] = "UpdatedAt",
    [REGION] = "Region",
    [FINDINGS] = "findings",
    [ENVELOPE_SOURCE] = "source",
    [ENVELOPE_TYPE] = "detail-type",
    [ENVELOPE_ACCOUNT] = "account",
    [ENVELOPE_TIME] = "time",
};

static const struct logsource logsources[] = {{.product = "aws", .service = "securityhub"}};

/* The finding: the record, or the first of its list. JSON_ABSENT: there is none. */
static struct json_view member(const struct record *r, enum field f)
{
    struct json_view list = record_view(r, FINDINGS);
    struct json_view key;
    struct json_view first;
    if (list.kind != JSON_ARRAY) {
        return record_view(r, f);
    }
    struct json_iter it = json_iter_of(list);
    return json_iter_next(&it, &key, &first) ? json_member(first, str_of(fields[f]))
                                             : (struct json_view){0};
}

static int probe(const struct record *r)
{
    struct json_view source = record_view(r, ENVELOPE_SOURCE);
    if (source.kind == JSON_STRING &&
        str_eq(str_make(source.ptr, source.len), STR("aws.securityhub")) &&
        record_view(r, ENVELOPE_TYPE).kind == JSON_STRING) {
        return 95;
    }
    return member(r, PRODUCT).kind == JSON_STRING && member(r, ACCOUNT).kind == JSON_STRING ? 100
                                                                                            : 0;
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
    if (!text(member(r, TITLE), a, &e->name) || !text(member(r, ID), a, &e->record_id) ||
        !text(member(r, ACCOUNT), a, &e->account) || !text(member(r, REGION), a, &e->region) ||
        !text(record_view(r, ENVELOPE_ACCOUNT), a, &account) ||
        !text(member(r, UPDATED), a, &times[0]) || !text(member(r, CREATED), a, &times[1]) ||
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
        return err_set(err, ERR_LIMIT, "security hub finding: its texts do not fit in %zu bytes",
                       a->limit);
    }
    e->action = e->name;
    e->source = STR("aws.securityhub");
    e->service = STR("securityhub.amazonaws.com");
    e->kind = EVENT_OTHER;
    e->duplicate_key = r->json->duplicate;
    return ERR_OK;
}

const struct source_ops source_aws_securityhub = {
    .name = "aws.securityhub",
    .summary = "AWS Security Hub findings (ASFF)",
    .reference = "https://docs.aws.amazon.com/securityhub/latest/userguide/"
                 "securityhub-findings-format-syntax.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .probe = probe,
    .parse = parse,
    .verdict = true,
    .delay_us = 15 * TIME_MINUTE_US,
};
