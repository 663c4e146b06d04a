/*
 * abusech - the CSV exports of abuse.ch: URLhaus, ThreatFox, Feodo Tracker, SSLBL, MalwareBazaar.
 *
 * Their header is a comment ("# id,dateadded,url,…") or a row; what a column is for follows from
 * its name, whichever of the exports it is.
 */
#include "codec/csv.h"
#include "intel/intel.h"

enum role {
    NONE,
    VALUE, /* an observable */
    SHA256_HASH,
    SHA1_HASH,
    MD5_HASH,
    CERT_HASH, /* SSLBL: of a certificate */
    JA3_HASH,
    PORT,   /* of the address beside it */
    KIND,   /* ThreatFox: "ip:port", "sha256_hash", … */
    THREAT, /* what it is used for */
    NAME,   /* of the malware */
    CONFIDENCE,
    STATUS, /* of the host: online or not; of today, so nothing follows for the past */
    TAGS
};

static const struct {
    struct str name;
    enum role role;
} columns[] = {
    {STR_INIT("url"), VALUE},
    {STR_INIT("ioc_value"), VALUE},
    {STR_INIT("dst_ip"), VALUE},
    {STR_INIT("dstip"), VALUE},
    {STR_INIT("dst_port"), PORT},
    {STR_INIT("dstport"), PORT},
    {STR_INIT("ioc_type"), KIND},
    {STR_INIT("sha256_hash"), SHA256_HASH},
    {STR_INIT("sha1_hash"), SHA1_HASH},
    {STR_INIT("md5_hash"), MD5_HASH},
    {STR_INIT("sha1"), CERT_HASH},
    {STR_INIT("ja3_md5"), JA3_HASH},
    {STR_INIT("threat"), THREAT},
    {STR_INIT("threat_type"), THREAT},
    {STR_INIT("listingreason"), NAME},
    {STR_INIT("malware_printable"), NAME},
    {STR_INIT("malware"), NAME},
    {STR_INIT("signature"), NAME},
    {STR_INIT("confidence_level"), CONFIDENCE},
    {STR_INIT("url_status"), STATUS},
    {STR_INIT("c2_status"), STATUS},
    {STR_INIT("tags"), TAGS},
};

static enum role role_of(struct str header)
{
    header = str_trim(header);
    while (header.len > 0 &&
           (header.ptr[0] == '#' || header.ptr[0] == ' ' || header.ptr[0] == '"')) {
        header = str_from(header, 1);
    }
    while (header.len > 0 && header.ptr[header.len - 1] == '"') {
        header.len--;
    }
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (str_ieq(header, columns[i].name)) {
            return columns[i].role;
        }
    }
    return NONE;
}

enum { COLUMNS_MAX = 24 };

struct layout {
    uint8_t role[COLUMNS_MAX];
    size_t count;
};

static bool is_value(enum role r)
{
    return r >= VALUE && r <= JA3_HASH;
}

/* The columns that a line names, comment or not. False: it names none that holds a value. */
static bool layout_of(struct str line, struct layout *out)
{
    struct layout l = {.count = 0};
    struct str cell;
    bool any = false;
    size_t known = 0;
    while (l.count < COLUMNS_MAX && str_cut(&line, ',', &cell)) {
        enum role r = role_of(cell);
        known += r != NONE ? 1 : 0;
        any = any || is_value(r);
        l.role[l.count++] = (uint8_t)r;
    }
    if (!any || known < 2 || l.count < 3) {
        return false;
    }
    *out = l;
    return true;
}

/* The header is the last line of the opening comment, or the first below it. */
static bool find_layout(struct str text, struct layout *out, uint64_t *line_no, size_t *at)
{
    struct str line;
    struct str rest = text;
    for (uint64_t n = 1; n < 64 && str_cut(&rest, '\n', &line); n++) {
        bool comment = line.len > 0 && line.ptr[0] == '#';
        if (layout_of(line, out)) {
            *line_no = n;
            *at = (size_t)(rest.ptr - text.ptr);
            return true;
        }
        if (!comment && str_trim(line).len > 0) {
            return false;
        }
    }
    return false;
}

static int probe(struct str path, struct str head)
{
    struct layout l;
    uint64_t line;
    size_t at;
    (void)path;
    return find_layout(head, &l, &line, &at) ? (head.ptr[0] == '#' ? 97 : 85) : 0;
}

struct state {
    const struct intel_sink *sink;
    struct layout layout;
    enum intel_class class; /* of the export, where rows say nothing */
    uint64_t first_line;    /* lines above the rows */
};

static struct str cell(const struct state *s, const struct csv_row *row, enum role role)
{
    for (size_t i = 0; i < s->layout.count && i < row->count; i++) {
        struct str text = str_trim(row->field[i]);
        if (s->layout.role[i] == (uint8_t)role && text.len > 0 && !str_ieq(text, STR("None")) &&
            !str_ieq(text, STR("n/a"))) {
            return text;
        }
    }
    return STR_EMPTY;
}

static bool read_value(const struct state *s, enum role role, struct str text, struct str kind,
                       struct indicator *in)
{
    static const enum intel_kind kinds[] = {[SHA256_HASH] = INTEL_SHA256,
                                            [SHA1_HASH] = INTEL_SHA1,
                                            [MD5_HASH] = INTEL_MD5,
                                            [CERT_HASH] = INTEL_CERT,
                                            [JA3_HASH] = INTEL_JA3};
    if (role != VALUE) {
        return intel_fingerprint(kinds[role], text, s->sink->texts, in);
    }
    return str_ends(kind, STR("_hash")) ? intel_observable_or_hash(text, s->sink->texts, in)
                                        : intel_observable(text, s->sink->texts, in);
}

/* Where an address was told with its port, it is meant with it; ThreatFox writes "ip:port". */
static struct str port_of(const struct state *s, const struct csv_row *row, struct str value)
{
    struct str port = cell(s, row, PORT);
    size_t colon = str_rchr(value, ':');
    if (port.len == 0 && str_eq(cell(s, row, KIND), STR("ip:port")) && colon != SIZE_MAX) {
        port = str_from(value, colon + 1);
    }
    return port;
}

static enum err_code add_value(const struct state *s, const struct csv_row *row, enum role role,
                               struct str text, const struct indicator *base, bool *any,
                               struct err *err)
{
    struct indicator in = *base;
    struct str port = port_of(s, row, text);
    if (!read_value(s, role, text, cell(s, row, KIND), &in)) {
        return ERR_OK;
    }
    *any = true;
    /* A C2 server is one as a whole; the port is told, and is no condition. */
    if (in.kind == INTEL_IP && port.len > 0 &&
        !arena_printf(s->sink->texts, &in.note, "%.*s%sport %.*s", STR_ARG(in.note),
                      in.note.len > 0 ? ", " : "", STR_ARG(port))) {
        return err_set(err, ERR_LIMIT, "the feed is too large");
    }
    return intel_add_observable(s->sink, &in, err);
}

static enum err_code one_row(const struct state *s, const struct csv_row *row, struct err *err)
{
    struct indicator base = {.confidence = 75, .from_us = TIME_NONE, .until_us = TIME_NONE};
    uint64_t n;
    bool any = false;
    struct str threat = cell(s, row, THREAT);
    base.note = cell(s, row, NAME);
    base.note = base.note.len > 0 ? base.note : cell(s, row, TAGS);
    base.note = base.note.len > 0 ? base.note : threat;
    if (str_u64(cell(s, row, CONFIDENCE), &n) && n <= 100) {
        base.confidence = (uint8_t)n;
    }
    base.class = str_eq(threat, STR("botnet_cc")) ? INTEL_C2 : intel_class_guess(threat);
    base.class = base.class == INTEL_UNKNOWN ? intel_class_guess(base.note) : base.class;
    base.class = base.class == INTEL_UNKNOWN ? s->class : base.class;
    for (size_t i = 0; i < s->layout.count && i < row->count; i++) {
        enum role role = (enum role)s->layout.role[i];
        if (!is_value(role) || row->field[i].len == 0) {
            continue;
        }
        enum err_code rc = add_value(s, row, role, str_trim(row->field[i]), &base, &any, err);
        if (rc) {
            return rc;
        }
    }
    if (!any) {
        s->sink->reject(s->sink->arg, row->line + s->first_line,
                        "no address, name, URL or hash in its column");
    }
    return ERR_OK;
}

/* "# Last updated: 2026-11-20 08:15:03 UTC #": the time, always UTC */
static struct str version_of(struct str text)
{
    struct str head = str_head(text, 2048);
    size_t at = str_ifind(head, STR("last updated:"));
    if (at == SIZE_MAX) {
        return STR_EMPTY;
    }
    struct str line = str_from(head, at + 13);
    size_t end = str_chr(line, '\n');
    line = str_trim(end == SIZE_MAX ? line : str_head(line, end));
    int64_t us;
    bool zoned;
    return time_parse_any(str_head(line, 19), &us, &zoned) ? str_head(line, 19)
                                                           : str_head(line, 40);
}

/* Which export it is tells what its entries are. */
static enum intel_class class_of(const struct layout *l, struct str text)
{
    for (size_t i = 0; i < l->count; i++) {
        if (l->role[i] == CERT_HASH || l->role[i] == PORT || l->role[i] == JA3_HASH) {
            return INTEL_C2;
        }
    }
    struct str head = str_head(text, 2048);
    return str_ifind(head, STR("feodo")) != SIZE_MAX ? INTEL_C2 : INTEL_MALWARE;
}

static enum err_code read_abusech(struct str path, struct str text, const struct intel_sink *sink,
                                  struct str *version, struct err *err)
{
    struct state s = {.sink = sink};
    size_t at;
    (void)path;
    if (!find_layout(text, &s.layout, &s.first_line, &at)) {
        return err_set(err, ERR_SCHEMA, "no header that abuse.ch writes");
    }
    CLEANUP(csv_close) struct csv csv = {0};
    struct csv_row row;
    s.class = class_of(&s.layout, text);
    *version = version_of(text);
    enum err_code rc = csv_open(&csv, str_from(text, at), ',', sink->texts, err);
    csv.comment = '#';
    while (rc == ERR_OK && (rc = csv_next(&csv, &row, err)) == ERR_OK && row.count > 0) {
        if (row.fault != NULL) {
            sink->reject(sink->arg, row.line + s.first_line, row.fault);
            continue;
        }
        rc = one_row(&s, &row, err);
    }
    return rc;
}

const struct intel_ops intel_abusech = {
    .name = "abusech",
    .summary = "CSV of abuse.ch: URLhaus, ThreatFox, Feodo Tracker, SSLBL, MalwareBazaar",
    .probe = probe,
    .read = read_abusech,
};
