/*
 * Lines that are known without a header. The names are the vendors' own.
 */
#include <string.h>

#include "base/utf8.h"
#include "intake/table.h"
#include "intake/table_gateway.h"

/* docs.aws.amazon.com: "VPC Flow Logs: flow log records", the default format (version 2) */
static const char vpc_flow[] =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status";

/* docs.aws.amazon.com: "Access logs for your Application Load Balancer", access log entries */
static const char alb[] =
    "type time elb client:port target:port request_processing_time target_processing_time "
    "response_processing_time elb_status_code target_status_code received_bytes sent_bytes request "
    "user_agent ssl_cipher ssl_protocol target_group_arn trace_id domain_name chosen_cert_arn "
    "matched_rule_priority request_creation_time actions_executed redirect_url error_reason "
    "target:port_list target_status_code_list classification classification_reason conn_trace_id";

/* docs.aws.amazon.com: "Access logs for your Classic Load Balancer", access log entries */
static const char elb[] =
    "time elb client:port backend:port request_processing_time backend_processing_time "
    "response_processing_time elb_status_code backend_status_code received_bytes sent_bytes "
    "request user_agent ssl_cipher ssl_protocol";

/* docs.suricata.io: "fast.log"; Snort writes the same. EVE's names, in the order of the line. */
static const char fast[] =
    "timestamp alert.gid alert.signature_id alert.rev alert.signature alert.category "
    "alert.severity proto src_ip src_port dest_ip dest_port";

/* docs.aws.amazon.com: "Exporting log data to Amazon S3": a time and what was logged. The names are
 * those of a log event. */
static const char export[] = "timestamp message";

/* docs.aws.amazon.com: "aws logs tail", format detailed */
static const char tail[] = "timestamp logStreamName message";

/* docs.aws.amazon.com: "Set up CloudWatch logging for REST APIs", examples of formats. The names are
 * those of the JSON one, in the order of enum gateway_field. */
static const char gateway[] = "ip caller user requestTime httpMethod resourcePath status requestId";

enum shape {
    SHAPE_VPC_FLOW,
    SHAPE_ALB,
    SHAPE_ELB,
    SHAPE_FAST,
    SHAPE_EXPORT,
    SHAPE_TAIL,
    SHAPE_GATEWAY
};

static const struct {
    const char *columns;
    bool nested; /* names are dotted paths */
    bool grows;
} shapes[TABLE_SHAPES] = {
    [SHAPE_VPC_FLOW] = {vpc_flow, false, false},
    [SHAPE_ALB] = {alb, false, true},
    [SHAPE_ELB] = {elb, false, true},
    [SHAPE_FAST] = {fast, true, false},
    [SHAPE_EXPORT] = {export, false, false},
    [SHAPE_TAIL] = {tail, false, false},
    [SHAPE_GATEWAY] = {gateway, false, false},
};

/* ---- which shape ---- */

static bool is_stamp(struct str s)
{
    return s.len >= 19 && chr_is_digit(s.ptr[0]) && s.ptr[4] == '-' && s.ptr[10] == 'T';
}

static bool is_digits(struct str s, size_t len)
{
    uint64_t v;
    return s.len == len && str_u64(s, &v);
}

/* The first `n` fields between blanks; fewer when there are fewer. */
static size_t front(struct str line, struct str *out, size_t n)
{
    size_t i = 0;
    while (i < n && str_cut(&line, ' ', &out[i])) {
        i++;
    }
    return i;
}

static bool has_port(struct str s)
{
    size_t colon = str_rchr(s, ':');
    uint64_t port;
    return colon != SIZE_MAX && str_u64(str_from(s, colon + 1), &port) && port <= UINT16_MAX;
}

static bool is_vpc_flow(struct str line)
{
    struct str f[14];
    return front(line, f, 14) == 14 && str_eq(f[0], STR("2")) && is_digits(f[1], 12) &&
           str_starts(f[2], STR("eni-")) &&
           (str_eq(f[12], STR("ACCEPT")) || str_eq(f[12], STR("REJECT")) ||
            str_eq(f[12], STR("-"))) &&
           (str_starts(f[13], STR("OK")) || str_starts(f[13], STR("NODATA")) ||
            str_starts(f[13], STR("SKIPDATA")));
}

static bool is_alb(struct str line)
{
    static const struct str types[] = {
        STR_INIT("http"),  STR_INIT("https"), STR_INIT("h2"),
        STR_INIT("grpcs"), STR_INIT("ws"),    STR_INIT("wss"),
    };
    struct str f[12];
    bool known = false;
    if (front(line, f, 12) < 12) {
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        known = known || str_eq(f[0], types[i]);
    }
    return known && is_stamp(f[1]) && str_starts(f[2], STR("app/")) && has_port(f[3]);
}

static bool is_elb(struct str line)
{
    struct str f[11];
    double seconds;
    return front(line, f, 11) == 11 && is_stamp(f[0]) && has_port(f[2]) && str_f64(f[4], &seconds);
}

static bool is_fast(struct str line)
{
    return line.len > 24 && chr_is_digit(line.ptr[0]) && line.ptr[2] == '/' &&
           str_find(line, STR(" [**] [")) != SIZE_MAX && str_find(line, STR(" -> ")) != SIZE_MAX;
}

/* "2026-11-20T09:12:00.123Z something" */
static bool is_export(struct str line)
{
    return line.len > 25 && is_stamp(line) && line.ptr[19] == '.' && line.ptr[23] == 'Z' &&
           line.ptr[24] == ' ';
}

/* "2026-11-20T09:12:00.123000+00:00 STREAM something" */
static bool is_tail(struct str line)
{
    return line.len > 33 && is_stamp(line) && line.ptr[19] == '.' &&
           str_starts(str_from(line, 26), STR("+00:00 ")) &&
           str_chr(str_from(line, 33), ' ') != SIZE_MAX;
}

bool table_shape_is_log(int shape)
{
    return shape == SHAPE_EXPORT || shape == SHAPE_TAIL;
}

int table_shape_of(struct str line)
{
    struct str f[GATEWAY_FIELDS];
    if (line.len == 0 || !table_shape_may(line.ptr[0])) {
        return -1;
    }
    return is_vpc_flow(line)              ? SHAPE_VPC_FLOW
           : is_alb(line)                 ? SHAPE_ALB
           : is_elb(line)                 ? SHAPE_ELB
           : is_fast(line)                ? SHAPE_FAST
           : is_export(line)              ? SHAPE_EXPORT
           : is_tail(line)                ? SHAPE_TAIL
           : table_gateway_split(line, f) ? SHAPE_GATEWAY
                                          : -1;
}

bool table_shape_may(char first)
{
    return chr_is_digit(first) || first == 'h' || first == 'g' || first == 'w' || first == '<';
}

/* ---- columns ---- */

static int slot_of(const struct json_scanner *s, struct str name, bool nested)
{
    size_t dot = nested ? str_chr(name, '.') : SIZE_MAX;
    struct str keys[2] = {str_head(name, dot),
                          dot == SIZE_MAX ? STR_EMPTY : str_from(name, dot + 1)};
    return json_scanner_slot(s, keys, dot == SIZE_MAX ? 1 : 2);
}

void table_shape_set(struct table *t, const struct json_scanner *s, int shape)
{
    struct str names = str_of(shapes[shape].columns);
    struct str name;
    table_reset(t);
    t->sep = ' ';
    t->quotes = QUOTES_SPACED;
    t->grows = shapes[shape].grows;
    while (str_cut(&names, ' ', &name)) {
        int slot = slot_of(s, name, shapes[shape].nested);
        if (slot >= 0) {
            t->column[t->wanted++] =
                (struct table_column){.index = t->count, .slot = (int16_t)slot};
        }
        t->count++;
    }
    t->active = true;
}

/* ---- fast.log ---- */

/* Take what stands before `mark` off the front of *s, and the mark. */
static bool cut_before(struct str *s, struct str mark, struct str *out)
{
    size_t at = str_find(*s, mark);
    if (at == SIZE_MAX) {
        return false;
    }
    *out = str_head(*s, at);
    *s = str_from(*s, at + mark.len);
    return true;
}

/* "192.0.2.1:80", "2001:db8::1:80" (Suricata puts no brackets), or an address alone. Protocols
 * without ports have none, so a colon in an address of theirs is the address's. */
static void cut_port(struct str s, bool ported, struct str *ip, struct str *port)
{
    size_t colon = ported ? str_rchr(s, ':') : SIZE_MAX;
    *ip = str_head(s, colon);
    *port = colon == SIZE_MAX ? STR_EMPTY : str_from(s, colon + 1);
}

/* MM/DD/YYYY-HH:MM:SS.ffffff  [**] [1:2:3] text [**] [Classification: c] [Priority: 1] {TCP} a -> b
 */
static bool split_fast(struct str line, struct str f[12])
{
    struct str rest = line;
    struct str ids;
    struct str marks;
    if (!cut_before(&rest, STR("[**] ["), &f[0]) || !cut_before(&rest, STR("] "), &ids) ||
        !cut_before(&rest, STR(" [**] "), &f[4]) || !cut_before(&rest, STR("{"), &marks) ||
        !cut_before(&rest, STR("} "), &f[7])) {
        return false;
    }
    f[0] = str_trim(f[0]);
    if (str_ends(f[0], STR("]"))) { /* "[Drop] [**]" of an IPS stands before the mark */
        f[0] = str_head(f[0], str_chr(f[0], ' '));
    }
    if (!str_cut(&ids, ':', &f[1]) || !str_cut(&ids, ':', &f[2])) {
        return false;
    }
    f[3] = ids;
    struct str unused;
    struct str from = marks;
    f[5] = STR_EMPTY;
    f[6] = STR_EMPTY;
    if (cut_before(&from, STR("[Classification: "), &unused)) {
        (void)cut_before(&from, STR("]"), &f[5]);
    }
    from = marks;
    if (cut_before(&from, STR("[Priority: "), &unused)) {
        (void)cut_before(&from, STR("]"), &f[6]);
    }
    struct str client;
    if (!cut_before(&rest, STR(" -> "), &client)) {
        return false;
    }
    bool ported = str_eq(f[7], STR("TCP")) || str_eq(f[7], STR("UDP")) || str_eq(f[7], STR("SCTP"));
    cut_port(client, ported, &f[8], &f[9]);
    cut_port(str_trim(rest), ported, &f[10], &f[11]);
    return true;
}

/* Lay out fields that were split by hand. */
static const char *fields_record(const struct table *t, struct str line, const struct str *f,
                                 struct json_record *out)
{
    if (utf8_fault(line) != SIZE_MAX) {
        return "not UTF-8";
    }
    table_record_begin(line, out);
    for (size_t i = 0; i < t->wanted; i++) {
        unsigned slot = (unsigned)t->column[i].slot;
        struct str s = f[t->column[i].index];
        if (s.len > 0) {
            out->view[slot] =
                (struct json_view){.ptr = s.ptr, .len = (uint32_t)s.len, .kind = JSON_STRING};
            out->have[slot / 64] |= (uint64_t)1 << (slot % 64);
        }
    }
    return NULL;
}

const char *table_shape_record(struct table *t, int shape, struct str line, struct arena *a,
                               struct json_record *out)
{
    struct str f[12];
    switch (shape) {
    case SHAPE_FAST:
        return split_fast(line, f) ? fields_record(t, line, f, out)
                                   : "not a whole line of fast.log";
    case SHAPE_EXPORT:
        f[0] = str_head(line, 24);
        f[1] = str_from(line, 25);
        return fields_record(t, line, f, out);
    case SHAPE_TAIL:
        f[0] = str_head(line, 32);
        f[1] = str_from(line, 33);
        f[2] = str_from(f[1], str_chr(f[1], ' ') + 1);
        f[1] = str_head(f[1], str_chr(f[1], ' '));
        return fields_record(t, line, f, out);
    case SHAPE_GATEWAY:
        return table_gateway_split(line, f) ? fields_record(t, line, f, out)
                                            : "not a whole line of an access log";
    default:
        return table_record(t, line, a, out);
    }
}
