/*
 * aws_securityhub - findings of Security Hub in ASFF or OCSF: verdicts of other tools, used as known alerts.
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
    CLASS,
    INFO,
    TIME,
    CLOUD_ACCOUNT,
    CLOUD_REGION,
    PRODUCT_NAME,
    ENVELOPE_SOURCE,
    ENVELOPE_TYPE,
    ENVELOPE_ACCOUNT,
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
    [CLASS] = "class_uid",
    [INFO] = "finding_info",
    [TIME] = "time",
    [CLOUD_ACCOUNT] = "cloud.account.uid",
    [CLOUD_REGION] = "cloud.region",
    [PRODUCT_NAME] = "metadata.product.name",
    [ENVELOPE_SOURCE] = "source",
    [ENVELOPE_TYPE] = "detail-type",
    [ENVELOPE_ACCOUNT] = "account",
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

/* A finding of OCSF (class 2000 to 2999) whose product is Security Hub. */
static bool is_ocsf(const struct record *r)
{
    struct json_view class = member(r, CLASS);
    struct json_view product = record_view(r, PRODUCT_NAME);
    if (record_view(r, FINDINGS).kind == JSON_ARRAY) {
        return class.kind == JSON_NUMBER && class.len == 4 && class.ptr[0] == '2' &&
               member(r, INFO).kind == JSON_OBJECT;
    }
    return class.kind == JSON_NUMBER && class.len == 4 && class.ptr[0] == '2' &&
           record_view(r, INFO).kind == JSON_OBJECT && product.kind == JSON_STRING &&
           str_eq(str_make(product.ptr, product.len), STR("Security Hub"));
}

static int probe(const struct record *r)
{
    struct json_view source = record_view(r, ENVELOPE_SOURCE);
    if (source.kind == JSON_STRING &&
        str_eq(str_make(source.ptr, source.len), STR("aws.securityhub")) &&
        record_view(r, ENVELOPE_TYPE).kind == JSON_STRING) {
        return 95;
    }
    if (is_ocsf(r)) {
        return 90;
    }
    return member(r, PRODUCT).kind == JSON_STRING && member(r, ACCOUNT).kind == JSON_STRING ? 100
                                                                                            : 0;
}

static bool text(struct json_view v, struct arena *a, struct str *out)
{
    *out = STR_EMPTY;
    return v.kind != JSON_STRING || json_text(v, a, out);
}

/* A time as text, or as milliseconds since 1970. */
static bool time_of(struct json_view v, struct arena *a, int64_t *out)
{
    struct str s = STR_EMPTY;
    int64_t ms;
    if (v.kind == JSON_STRING && !json_text(v, a, &s)) {
        return false;
    }
    if (*out != TIME_NONE) {
        return true;
    }
    if (v.kind == JSON_NUMBER && str_i64(str_make(v.ptr, v.len), &ms) && ms > 0 &&
        ms < INT64_MAX / 1000) {
        *out = ms * 1000;
    } else if (v.kind != JSON_STRING || !time_parse_rfc3339(s, out)) {
        *out = TIME_NONE;
    }
    return true;
}

static struct json_view texts_only(struct json_view v)
{
    return v.kind == JSON_STRING ? v : (struct json_view){0};
}

/* The first of two texts that is there. */
static bool either(struct json_view one, struct json_view other, struct arena *a, struct str *out)
{
    return text(one, a, out) && (out->len > 0 || text(other, a, out));
}

static bool take(const struct record *r, struct arena *a, struct event *e)
{
    struct json_view info = member(r, INFO);
    struct json_view none = {0};
    bool ocsf = info.kind == JSON_OBJECT;
    e->time_us = TIME_NONE;
    bool fine =
        either(member(r, TITLE), ocsf ? json_member(info, STR("title")) : none, a, &e->name) &&
        either(member(r, ID), ocsf ? json_member(info, STR("uid")) : none, a, &e->record_id) &&
        either(member(r, REGION), record_view(r, CLOUD_REGION), a, &e->region) &&
        either(member(r, ACCOUNT), record_view(r, CLOUD_ACCOUNT), a, &e->account) &&
        time_of(texts_only(member(r, UPDATED)), a, &e->time_us) &&
        time_of(texts_only(member(r, CREATED)), a, &e->time_us) &&
        time_of(member(r, TIME), a, &e->time_us) && time_of(record_view(r, TIME), a, &e->time_us);
    return fine && (e->account.len > 0 || text(record_view(r, ENVELOPE_ACCOUNT), a, &e->account));
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
    .summary = "AWS Security Hub findings (ASFF, OCSF)",
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
