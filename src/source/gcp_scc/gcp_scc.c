/*
 * gcp_scc - findings of Google's Security Command Center, as its notifications carry them.
 *
 * They are somebody else's verdicts, not things that happened: counted, and used as known alerts.
 */
#include "source/source.h"

enum field { CONFIG, NAME, CATEGORY, RESOURCE_NAME, EVENT_TIME, CREATE_TIME, PROJECT, FIELD_MAX_ };

static const char *const fields[FIELD_MAX_] = {
    [CONFIG] = "notificationConfigName",       [NAME] = "finding.name",
    [CATEGORY] = "finding.category",           [RESOURCE_NAME] = "finding.resourceName",
    [EVENT_TIME] = "finding.eventTime",        [CREATE_TIME] = "finding.createTime",
    [PROJECT] = "resource.projectDisplayName",
};

static int probe(const struct record *r)
{
    bool finding = record_view(r, CATEGORY).kind == JSON_STRING &&
                   (record_view(r, NAME).kind == JSON_STRING ||
                    record_view(r, RESOURCE_NAME).kind == JSON_STRING);
    return !finding ? 0 : record_view(r, CONFIG).kind == JSON_STRING ? 100 : 70;
}

static bool text(const struct record *r, enum field f, struct arena *a, struct str *out)
{
    struct json_view v = record_view(r, f);
    *out = STR_EMPTY;
    return v.kind != JSON_STRING || json_text(v, a, out);
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    struct str when, made;
    if (!text(r, EVENT_TIME, a, &when) || !text(r, CREATE_TIME, a, &made) ||
        !text(r, CATEGORY, a, &e->name) || !text(r, NAME, a, &e->record_id) ||
        !text(r, PROJECT, a, &e->account)) {
        return err_set(err, ERR_LIMIT, "scc finding: its texts do not fit in %zu bytes", a->limit);
    }
    if (!time_parse_rfc3339(when, &e->time_us) && !time_parse_rfc3339(made, &e->time_us)) {
        e->time_us = TIME_NONE;
    }
    e->action = e->name;
    e->source = STR("gcp.scc");
    e->service = STR("securitycenter.googleapis.com");
    e->kind = EVENT_OTHER;
    e->duplicate_key = r->json->duplicate;
    e->count = 1;
    e->last_us = e->time_us;
    e->origin = r->origin;
    return ERR_OK;
}

const struct source_ops source_gcp_scc = {
    .name = "gcp.scc",
    .summary = "Google Security Command Center findings",
    .reference = "https://cloud.google.com/security-command-center/docs/how-to-notifications",
    .fields = fields,
    .field_count = FIELD_MAX_,
    .probe = probe,
    .parse = parse,
    .verdict = true,
    .delay_us = 15 * TIME_MINUTE_US,
};
