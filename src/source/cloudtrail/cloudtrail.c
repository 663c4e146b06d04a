/*
 * cloudtrail - AWS CloudTrail management, data and Insight events.
 *
 * Fields follow the vendor's "CloudTrail record contents" page. What a record says beyond its
 * envelope is decided by the tables of table.h; a pair of eventSource and eventName without a
 * row is read by its top level only.
 */
#include <string.h>

#include "source/cloudtrail/envelope.h"
#include "source/cloudtrail/extract.h"
#include "source/cloudtrail/identity.h"
#include "source/cloudtrail/table.h"
#include "source/cloudtrail/text.h"

static const char *const fields[CT_FIELD_MAX_] = {
#define CT_FIELD(id, path) [CT_##id] = path,
#include "source/cloudtrail/fields.def"
#undef CT_FIELD
};

/* ---- probe ---- */

static bool is_string(const struct record *r, enum ct_field f)
{
    return record_view(r, f).kind == JSON_STRING;
}

static struct str raw_string(const struct record *r, enum ct_field f)
{
    struct json_view v = record_view(r, f);
    return v.kind == JSON_STRING ? (struct str){v.ptr, v.len} : STR_EMPTY;
}

/* Insight records name no call at the top level. */
static int probe_insight(const struct record *r)
{
    bool insight = record_view(r, CT_INSIGHT).kind == JSON_OBJECT ||
                   str_eq(raw_string(r, CT_EVENT_CATEGORY), STR("Insight"));
    return insight && (is_string(r, CT_EVENT_VERSION) || is_string(r, CT_RECIPIENT)) ? 90 : 0;
}

static int probe(const struct record *r)
{
    struct str service = raw_string(r, CT_EVENT_SOURCE);
    if (!is_string(r, CT_EVENT_NAME)) {
        return probe_insight(r);
    }
    /* Notifications of S3, SQS and others have the same key names. */
    if (str_starts(service, STR("aws:"))) {
        return 0;
    }
    if (str_ends(service, STR(".amazonaws.com"))) {
        return is_string(r, CT_EVENT_VERSION) ? 100 : 90;
    }
    /* A tool dropped or masked fields: what is left must still look like one of ours. */
    int marks = (service.len != 0) + is_string(r, CT_EVENT_TYPE) + is_string(r, CT_EVENT_VERSION) +
                is_string(r, CT_RECIPIENT) + is_string(r, CT_REGION) +
                (record_view(r, CT_WHO).kind == JSON_OBJECT) +
                (is_string(r, CT_EVENT_ID) && is_string(r, CT_REQUEST_ID));
    return marks >= 3 ? 60 : 0;
}

/* ---- parse ---- */

static void omitted(struct ct_extract *x)
{
    if (json_truth(ct_view(x->r, CT_RP_OMITTED)) == 1) {
        ct_mark(x, ATTR_OMITTED, ct_str(x, CT_RP_OMITTED_REASON));
    }
}

static enum err_code keep(struct ct_extract *x, struct err *err)
{
    if (!x->full && x->count != 0) {
        struct attr *attrs = ARENA_ARRAY(x->a, struct attr, x->count);
        x->full = attrs == NULL;
        if (attrs != NULL) {
            memcpy(attrs, x->attr, x->count * sizeof(*attrs));
            x->e->attrs = attrs;
            x->e->attr_count = x->count;
        }
    }
    if (x->full) {
        return err_set(err, ERR_LIMIT, "cloudtrail record: its fields do not fit in %zu bytes",
                       x->a->limit);
    }
    return ERR_OK;
}

static enum err_code whole(const struct record *r, struct arena *a, struct event *e,
                           struct err *err)
{
    const struct ct_service *service = NULL;
    const struct ct_row *row = ct_row_find(e->service, e->action, &service);
    struct ct_extract x; /* its room for attributes is large, and need not be cleared */
    x.r = r;
    x.a = a;
    x.e = e;
    x.count = 0;
    x.full = false;
    e->kind = row == NULL ? EVENT_OTHER : row->kind;
    ct_identity(&x);
    omitted(&x);
    if (row != NULL) {
        if (service->subject != NULL) {
            service->subject(&x);
        }
        ct_take_all(&x, row->takes, row->take_count);
        if (row->more != NULL) {
            row->more(&x);
        }
    }
    return keep(&x, err);
}

static enum err_code parse(const struct record *r, struct arena *a, struct event *out,
                           struct err *err)
{
    enum err_code rc = ct_envelope(r, a, out, err);
    if (rc != ERR_OK || r->json->shallow) {
        return rc;
    }
    return whole(r, a, out, err);
}

static bool needs(struct str service, struct str name)
{
    const struct ct_service *s = NULL;
    return ct_row_find(service, ct_action(name), &s) != NULL;
}

static const struct logsource logsources[] = {{.product = "aws", .service = "cloudtrail"}};

const struct source_ops source_cloudtrail = {
    .name = "aws.cloudtrail",
    .summary = "AWS CloudTrail management, data and Insight events",
    .reference = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
                 "cloudtrail-event-reference-record-contents.html",
    .fields = fields,
    .field_count = CT_FIELD_MAX_,
    .decide_a = CT_EVENT_SOURCE,
    .decide_b = CT_EVENT_NAME,
    .logsources = logsources,
    .logsource_count = ARRAY_LEN(logsources),
    .index = {"eventSource", "eventName"},
    .probe = probe,
    .parse = parse,
    .glance = ct_glance,
    .needs = needs,
    .without_data = "no data events: calls of functions are not seen here",
    .delay_us = 15 * TIME_MINUTE_US,
};
