/*
 * cloudtrail_digest - the hourly digest files that CloudTrail writes beside its logs.
 *
 * They say which log files there are and with which hash, not what happened: known, no error, and
 * no event that any stage looks at.
 */
#include "source/source.h"

enum field { ACCOUNT, START, END, BUCKET, LOG_FILES, FIELD_MAX_ };

static const char *const fields[FIELD_MAX_] = {
    [ACCOUNT] = "awsAccountId",  [START] = "digestStartTime", [END] = "digestEndTime",
    [BUCKET] = "digestS3Bucket", [LOG_FILES] = "logFiles",
};

static int probe(const struct record *r)
{
    if (record_view(r, ACCOUNT).kind != JSON_STRING || record_view(r, START).kind != JSON_STRING) {
        return 0;
    }
    bool more = record_view(r, END).kind == JSON_STRING ||
                record_view(r, BUCKET).kind == JSON_STRING ||
                record_view(r, LOG_FILES).kind == JSON_ARRAY;
    return more ? 100 : 0;
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    struct str end = STR_EMPTY;
    struct json_view account = record_view(r, ACCOUNT), view = record_view(r, END);
    out->account = STR_EMPTY;
    if ((account.kind == JSON_STRING && !json_text(account, a, &out->account)) ||
        (view.kind == JSON_STRING && !json_text(view, a, &end))) {
        return err_set(err, ERR_LIMIT, "cloudtrail digest: its texts do not fit in %zu bytes",
                       a->limit);
    }
    if (!time_parse_rfc3339(end, &out->time_us)) {
        out->time_us = TIME_NONE;
    }
    out->source = STR("aws.cloudtrail_digest");
    out->kind = EVENT_OTHER;
    out->count = 1;
    out->last_us = out->time_us;
    out->duplicate_key = r->json->duplicate;
    out->origin = r->origin;
    return ERR_OK;
}

const struct source_ops source_cloudtrail_digest = {
    .name = "aws.cloudtrail_digest",
    .summary = "AWS CloudTrail digest files",
    .reference = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
                 "cloudtrail-log-file-validation-digest-file-structure.html",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .probe = probe,
    .parse = parse,
    .delay_us = 75 * TIME_MINUTE_US,
};
