/*
 * queries - the marks of the cases as queries for logs that are elsewhere: Athena, BigQuery, Splunk,
 * KQL. Every value is a literal of its language.
 */
#include "report/hunt_fields.h"
#include "report/report.h"
#include "report/show.h"

/* Inside a literal: `twice` are doubled, `slashed` get a backslash. */
static void literal(struct buf *out, struct str v, char quote, bool twice, bool slashed)
{
    buf_addc(out, quote);
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];
        if (c == '`') { /* it would end the block of the page */
            c = '_';
        }
        if (slashed && (c == '\\' || c == quote)) {
            buf_addc(out, '\\');
        }
        buf_addc(out, c);
        if (twice && c == quote) {
            buf_addc(out, c);
        }
    }
    buf_addc(out, quote);
}

static void stamp(struct buf *out, int64_t us)
{
    char text[TIME_TEXT_MAX];
    (void)time_format(us / TIME_SECOND_US * TIME_SECOND_US, text);
    buf_add_cstr(out, text);
}

static bool is_of(const struct hunt_field *f, const struct mark *m, enum hunt_log log)
{
    return f->kind == m->kind && f->log == log;
}

/* ---- languages ---- */

static void athena(struct buf *out, const struct mark *m, struct str v, int64_t from, int64_t to)
{
    buf_add_cstr(out, "SELECT eventtime, recipientaccountid, awsregion, eventname, "
                      "useridentity.arn, sourceipaddress, eventid\nFROM cloudtrail_logs\nWHERE "
                      "eventtime >= '");
    stamp(out, from);
    buf_add_cstr(out, "' AND eventtime < '");
    stamp(out, to);
    buf_add_cstr(out, "'\n  AND (");
    const char *between = "";
    for (size_t i = 0; i < hunt_field_count; i++) {
        const struct hunt_field *f = &hunt_fields[i];
        if (is_of(f, m, HUNT_CLOUDTRAIL) && f->athena != NULL) {
            buf_printf(out, f->match == HUNT_EQUALS ? "%s%s = " : "%sstrpos(%s, ", between,
                       f->athena);
            literal(out, v, '\'', true, false);
            buf_add_cstr(out, f->match == HUNT_EQUALS ? "" : ") > 0");
            between = " OR ";
        }
    }
    buf_add_cstr(out, ")\nORDER BY eventtime\n");
}

/* Audit logs in BigQuery: any field, since exports differ in what they flatten. */
static void bigquery(struct buf *out, struct str v, int64_t from, int64_t to)
{
    buf_add_cstr(out, "SELECT timestamp, resource, protopayload_auditlog.methodName, "
                      "protopayload_auditlog.authenticationInfo.principalEmail\nFROM "
                      "`PROJECT.DATASET.cloudaudit_googleapis_com_*` AS t\nWHERE timestamp >= "
                      "TIMESTAMP('");
    stamp(out, from);
    buf_add_cstr(out, "') AND timestamp < TIMESTAMP('");
    stamp(out, to);
    buf_add_cstr(out, "')\n  AND STRPOS(TO_JSON_STRING(t), ");
    literal(out, v, '\'', false, true);
    buf_add_cstr(out, ") > 0\nORDER BY timestamp\n");
}

static void splunk(struct buf *out, const struct mark *m, struct str v, int64_t from, int64_t to)
{
    buf_printf(out, "search index=* sourcetype=\"aws:cloudtrail\" earliest=%lld latest=%lld\n",
               (long long)(from / TIME_SECOND_US), (long long)(to / TIME_SECOND_US));
    const char *between = "| where ";
    for (size_t i = 0; i < hunt_field_count; i++) {
        const struct hunt_field *f = &hunt_fields[i];
        if (is_of(f, m, HUNT_CLOUDTRAIL)) {
            bool equals = f->match == HUNT_EQUALS;
            CLEANUP(buf_free) struct buf like = {0};
            /* '%' and '_' of the value match more than themselves: nothing is missed. */
            buf_printf(&like, "%s%.*s%s", equals ? "" : "%", STR_ARG(v),
                       f->match == HUNT_CONTAINS ? "%" : "");
            buf_printf(out, equals ? "%s'%s'=" : "%slike('%s', ", between, f->path);
            literal(out, buf_str(&like), '"', false, true);
            buf_add_cstr(out, equals ? "" : ")");
            out->failed = out->failed || like.failed;
            between = " OR ";
        }
    }
    buf_add_cstr(out, "\n| table _time recipientAccountId awsRegion eventName userIdentity.arn "
                      "sourceIPAddress eventID\n");
}

static void kql(struct buf *out, const struct mark *m, struct str v, int64_t from, int64_t to)
{
    buf_add_cstr(out, "AWSCloudTrail\n| where TimeGenerated between (datetime(");
    stamp(out, from);
    buf_add_cstr(out, ") .. datetime(");
    stamp(out, to);
    buf_add_cstr(out, "))\n");
    const char *between = "| where ";
    for (size_t i = 0; i < hunt_field_count; i++) {
        const struct hunt_field *f = &hunt_fields[i];
        if (is_of(f, m, HUNT_CLOUDTRAIL) && f->kql != NULL) {
            buf_printf(out, "%s%s %s ", between, f->kql,
                       f->match == HUNT_EQUALS ? "=="
                       : f->match == HUNT_ENDS ? "endswith_cs"
                                               : "contains_cs");
            literal(out, v, '"', false, true);
            between = " or ";
        }
    }
    buf_add_cstr(out, "\n| project TimeGenerated, RecipientAccountId, AWSRegion, EventName, "
                      "UserIdentityArn, SourceIpAddress\n");
}

static void dns(struct buf *out, struct str v, int64_t from, int64_t to)
{
    buf_printf(out, "```spl\nsearch index=* tag=dns earliest=%lld latest=%lld\n| where query=",
               (long long)(from / TIME_SECOND_US), (long long)(to / TIME_SECOND_US));
    literal(out, v, '"', false, true);
    buf_add_cstr(out, "\n```\n\n```kusto\nDnsEvents\n| where TimeGenerated between (datetime(");
    stamp(out, from);
    buf_add_cstr(out, ") .. datetime(");
    stamp(out, to);
    buf_add_cstr(out, "))\n| where Name =~ ");
    literal(out, v, '"', false, true);
    buf_add_cstr(out, "\n```\n\n");
}

/* ---- the page ---- */

static bool has(const struct mark *m, enum hunt_log log)
{
    for (size_t i = 0; i < hunt_field_count; i++) {
        if (is_of(&hunt_fields[i], m, log)) {
            return true;
        }
    }
    return false;
}

static void mark(struct buf *out, const struct case_file *c, const struct mark *m)
{
    CLEANUP(buf_free) struct buf aws = {0};
    CLEANUP(buf_free) struct buf plain = {0};
    int64_t from;
    int64_t to;
    hunt_window(c, &from, &to);
    buf_printf(out, "### %s\n\n", mark_kind_name(m->kind));
    if (!hunt_value(m, HUNT_GCP_AUDIT, &plain) || !hunt_value(m, HUNT_CLOUDTRAIL, &aws)) {
        buf_add_cstr(out, "A value that cannot be written in a query.\n\n");
    } else if (has(m, HUNT_DNS)) {
        dns(out, buf_str(&plain), from, to);
    } else if (has(m, HUNT_CLOUDTRAIL)) {
        buf_add_cstr(out, "Athena\n\n```sql\n");
        athena(out, m, buf_str(&aws), from, to);
        buf_add_cstr(out, "```\n\nSplunk\n\n```spl\n");
        splunk(out, m, buf_str(&aws), from, to);
        buf_add_cstr(out, "```\n\nKQL\n\n```kusto\n");
        kql(out, m, buf_str(&aws), from, to);
        buf_add_cstr(out, "```\n\n");
    }
    if (plain.len > 0) {
        buf_add_cstr(out, "BigQuery\n\n```sql\n");
        bigquery(out, buf_str(&plain), from, to);
        buf_add_cstr(out, "```\n\n");
    }
    out->failed = out->failed || aws.failed || plain.failed;
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    (void)o;
    buf_add_cstr(out, "# Hunts\n\nTable and index names are those of the vendors' documents; put "
                      "yours in their place.\n\n");
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct case_file *c = r->cases.at[i];
        buf_add_cstr(out, "## Case ");
        show_text(out, show_case_id(c->id));
        buf_add_cstr(out, "\n\n");
        for (size_t k = 0; k < c->marks.len; k++) {
            mark(out, c, &c->marks.at[k]);
        }
    }
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the queries") : ERR_OK;
}

const struct report_ops report_queries = {
    .name = "queries",
    .suffix = ".queries.md",
    .summary = "queries for Athena, BigQuery, Splunk and KQL that find the marks elsewhere",
    .write = write,
};
