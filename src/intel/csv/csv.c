/*
 * csv - feeds as tables. Columns are found by their usual headers; a table without a header is
 * read by its first row: the column that holds an address or a name is the indicator.
 */
#include "codec/csv.h"

#include "intel/intel.h"

enum { VALUES_MAX = 8 };

struct columns {
    size_t value[VALUES_MAX];
    size_t values;
    size_t class, confidence, from, until, note; /* SIZE_MAX: there is none */
};

static bool header_is(struct str h, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_ieq(h, names[i])) {
            return true;
        }
    }
    return false;
}

#define HEADER_IS(h, ...)                                                                          \
    header_is((h), (const struct str[]){__VA_ARGS__},                                              \
              ARRAY_LEN(((const struct str[]){__VA_ARGS__})))

static bool is_value_header(struct str h)
{
    return HEADER_IS(
        h, STR("indicator"), STR("indicator_value"), STR("value"), STR("ioc"), STR("ioc_value"),
        STR("ip"), STR("ip_address"), STR("ipaddress"), STR("address"), STR("src_ip"),
        STR("dst_ip"), STR("domain"), STR("hostname"), STR("host"), STR("fqdn"), STR("url"),
        STR("uri"), STR("c2"), STR("c2 server"), STR("c2_server"), STR("observable"), STR("cidr"),
        STR("network"), STR("sha256"), STR("sha1"), STR("md5"), STR("hash"), STR("sha256 hash"),
        STR("sha256_hash"), STR("md5_hash"), STR("sha1_hash"), STR("file_hash"), STR("web uri"),
        STR("remote template ip"), STR("remote template url"), STR("distribution url observed"),
        STR("dst"), STR("src"), STR("ipv4"), STR("ipv6"));
}

static void find_columns(const struct csv_row *row, struct columns *c)
{
    *c = (struct columns){.class = SIZE_MAX,
                          .confidence = SIZE_MAX,
                          .from = SIZE_MAX,
                          .until = SIZE_MAX,
                          .note = SIZE_MAX};
    for (size_t i = 0; i < row->count; i++) {
        struct str h = str_trim(row->field[i]);
        if (is_value_header(h)) {
            if (c->values < VALUES_MAX) {
                c->value[c->values++] = i;
            }
        } else if (HEADER_IS(h, STR("class"), STR("category"), STR("threat"), STR("threat_type"),
                             STR("threat type"), STR("tags"), STR("domain use"))) {
            c->class = c->class == SIZE_MAX ? i : c->class;
        } else if (HEADER_IS(h, STR("confidence"), STR("confidence_level"), STR("score"))) {
            c->confidence = i;
        } else if (HEADER_IS(h, STR("valid_from"), STR("from"))) {
            c->from = i;
        } else if (HEADER_IS(h, STR("valid_until"), STR("until"), STR("expires"), STR("expiration"),
                             STR("expiration_date"))) {
            c->until = i;
        } else if (HEADER_IS(h, STR("name"), STR("malware"), STR("family"), STR("description"),
                             STR("note"), STR("comment"))) {
            c->note = c->note == SIZE_MAX ? i : c->note;
        }
    }
}

/* No header: the first column that holds an address or a name; the next is what is said of it. */
static void guess_columns(const struct csv_row *row, struct arena *scratch, struct columns *c)
{
    for (size_t i = 0; i < row->count; i++) {
        struct indicator in;
        if (intel_observable_or_hash(row->field[i], scratch, &in)) {
            c->value[0] = i;
            c->values = 1;
            c->class = c->note = i + 1 < row->count ? i + 1 : SIZE_MAX;
            return;
        }
    }
}

static int probe(struct str path, struct str head)
{
    CLEANUP(csv_close) struct csv csv = {0};
    CLEANUP(arena_free) struct arena scratch = {.limit = 1 << 20};
    struct csv_row row;
    struct columns c;
    struct str first = head;
    size_t line_end = 0;
    /* A leading comment block says nothing about the form. */
    while (first.len > 0 && first.ptr[0] == '#' && (line_end = str_chr(first, '\n')) != SIZE_MAX) {
        first = str_from(first, line_end + 1);
    }
    if (csv_open(&csv, first, 0, &scratch, NULL) != ERR_OK ||
        csv_next(&csv, &row, NULL) != ERR_OK || row.count == 0 || row.fault != NULL) {
        return 0;
    }
    find_columns(&row, &c);
    if (c.values > 0) {
        return row.count > 1 || str_iends(path, STR(".csv")) ? 80 : 40;
    }
    if (row.count < 2) {
        return 0;
    }
    uint64_t lists; /* "203.0.113.7<TAB>8": a list with counts */
    if (row.count == 2 && str_u64(str_trim(row.field[1]), &lists) && lists < 100) {
        return 0;
    }
    guess_columns(&row, &scratch, &c);
    return c.values > 0 ? 60 : 0;
}

static struct str cell(const struct csv_row *row, size_t i)
{
    return i < row->count ? str_trim(row->field[i]) : STR_EMPTY;
}

struct state {
    const struct intel_sink *sink;
    struct columns columns;
    enum intel_class class; /* of the file's name */
    struct {                /* the class of the row before: most rows have the same */
        char text[64];
        size_t len;
        enum intel_class class;
    } last;
};

static enum intel_class class_of(struct state *s, struct str text)
{
    if (text.len != s->last.len || memcmp(text.ptr, s->last.text, text.len) != 0) {
        enum intel_class class = intel_class_guess(text);
        if (text.len > sizeof(s->last.text)) {
            return class;
        }
        memcpy(s->last.text, text.ptr, text.len);
        s->last.len = text.len;
        s->last.class = class;
    }
    return s->last.class;
}

/* "high", "70", "0.7", "70%". */
static bool parse_confidence(struct str s, uint8_t *out)
{
    double d;
    if (s.len > 0 && s.ptr[s.len - 1] == '%') {
        s.len--;
    }
    if (str_f64(s, &d) && d >= 0 && d <= 100) {
        bool fraction = d <= 1 && str_chr(s, '.') != SIZE_MAX;
        *out = (uint8_t)(fraction ? d * 100 : d);
        return true;
    }
    static const struct {
        struct str word;
        uint8_t value;
    } words[] = {{STR_INIT("low"), 30}, {STR_INIT("medium"), 55}, {STR_INIT("high"), 85}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_ieq(s, words[i].word)) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

static enum err_code one_row(struct state *s, const struct csv_row *row, struct err *err)
{
    struct indicator base = {.confidence = 50,
                             .from_us = TIME_NONE,
                             .until_us = TIME_NONE,
                             .note = cell(row, s->columns.note)};
    struct str class_text = cell(row, s->columns.class);
    base.class = class_of(s, class_text);
    base.class = base.class == INTEL_UNKNOWN ? s->class : base.class;
    (void)parse_confidence(cell(row, s->columns.confidence), &base.confidence);
    int64_t us;
    bool zoned; /* a feed's time without a zone is UTC, as all feeds seen have it */
    if (time_parse_any(cell(row, s->columns.from), &us, &zoned)) {
        base.from_us = us;
    }
    if (time_parse_any(cell(row, s->columns.until), &us, &zoned)) {
        base.until_us = us;
    }
    bool any = false;
    for (size_t i = 0; i < s->columns.values; i++) {
        struct indicator in = base;
        if (!intel_observable_or_hash(cell(row, s->columns.value[i]), s->sink->texts, &in)) {
            continue;
        }
        any = true;
        enum err_code rc = intel_add_observable(s->sink, &in, err);
        if (rc) {
            return rc;
        }
    }
    if (!any) {
        s->sink->reject(s->sink->arg, row->line, "no address, network, name, URL or hash");
    }
    return ERR_OK;
}

static enum err_code read_csv(struct str path, struct str text, const struct intel_sink *sink,
                              struct str *version, struct err *err)
{
    (void)version;
    CLEANUP(csv_close) struct csv csv = {0};
    struct csv_row row;
    size_t slash = str_rchr(path, '/');
    struct state s = {.sink = sink,
                      .class =
                          intel_class_guess(slash == SIZE_MAX ? path : str_from(path, slash + 1))};
    enum err_code rc = csv_open(&csv, text, 0, sink->texts, err);
    if (rc) {
        return rc;
    }
    csv.comment = '#';
    bool first = true;
    while ((rc = csv_next(&csv, &row, err)) == ERR_OK && row.count > 0) {
        if (row.fault != NULL) {
            sink->reject(sink->arg, row.line, row.fault);
            continue;
        }
        if (first) {
            first = false;
            find_columns(&row, &s.columns);
            if (s.columns.values > 0) {
                continue;
            }
            guess_columns(&row, sink->texts, &s.columns);
            if (s.columns.values == 0) {
                return err_set(err, ERR_SCHEMA,
                               "no column holds an indicator; name one 'indicator', 'ip' or "
                               "'domain'");
            }
        }
        rc = one_row(&s, &row, err);
        if (rc) {
            return rc;
        }
    }
    return rc;
}

const struct intel_ops intel_csv = {
    .name = "csv",
    .summary = "tables with usual headers, or without any",
    .probe = probe,
    .read = read_csv,
};
