/*
 * Files of every shape, cut at every 97th byte, packed and not, and with single bytes changed: all
 * bytes add up, what lies before a cut is found, and a broken record costs no other.
 */
#include "intake_test.h"

enum { RECORDS = 14, CUT_STEP = 97 };

/* A record of its own kind, with what makes records hard to split. */
static void add_record(struct buf *b, unsigned i, bool pretty, bool escaped)
{
    static const char *const notes[] = {
        "plain", "{\\\"Records\\\":[{",  "},{", "\\u007b\\u0022", "\\\\",
        "]}]}",  "\xc3\xa9\xe2\x82\xac",
    };
    CLEANUP(buf_free) struct buf one = {0};
    const char *gap = pretty ? "\r\n   " : "";
    buf_printf(
        &one,
        "{%s\"eventVersion\":%s\"1.08\",%s\"userIdentity\":{\"type\":\"IAMUser\",\"n\":[%u,{}]},"
        "%s\"eventName\":\"Event%u\",%s\"eventSource\":\"lambda.amazonaws.com\","
        "%s\"note\":\"%s\",%s\"requestParameters\":{\"a\":[{\"b\":\"%s\"},{\"b\":null}]}%s}",
        gap, pretty ? " " : "", gap, i, gap, i, gap, gap, notes[i % ARRAY_LEN(notes)], gap,
        notes[(i + 3) % ARRAY_LEN(notes)], gap);
    struct str text = buf_str(&one);
    for (size_t k = 0; k < text.len; k++) {
        char c = text.ptr[k];
        if (escaped && (c == '"' || c == '\\')) {
            buf_addc(b, '\\');
        }
        if (escaped && (unsigned char)c < ' ') {
            continue;
        }
        buf_addc(b, c);
    }
}

static void add_some(struct buf *b, unsigned from, unsigned to, const char *between, bool pretty)
{
    for (unsigned i = from; i < to; i++) {
        buf_add_cstr(b, i == from ? "" : between);
        add_record(b, i, pretty, false);
    }
}

static void make_records(struct buf *b)
{
    buf_add_cstr(b, "{\"Records\":[");
    add_some(b, 0, RECORDS, ",", false);
    buf_add_cstr(b, "]}");
}

static void make_pretty(struct buf *b)
{
    buf_add_cstr(b, "\xef\xbb\xbf{\r\n  \"Records\": [\r\n  ");
    add_some(b, 0, RECORDS, ",\r\n  ", true);
    buf_add_cstr(b, "\r\n  ]\r\n}\r\n");
}

static void make_array(struct buf *b)
{
    buf_add_cstr(b, "[");
    add_some(b, 0, RECORDS, ", ", false);
    buf_add_cstr(b, "]\n");
}

static void make_lines(struct buf *b)
{
    add_some(b, 0, RECORDS, "\n", false);
}

static void make_joined(struct buf *b)
{
    add_some(b, 0, RECORDS, "", false);
}

static void make_pretty_documents(struct buf *b)
{
    add_some(b, 0, RECORDS, "\r\n", true);
}

static void make_envelopes(struct buf *b)
{
    for (unsigned i = 0; i < RECORDS; i += 2) {
        buf_add_cstr(b, "{\"Records\":[");
        add_some(b, i, i + 2, ",", false);
        buf_add_cstr(b, "]}\n");
    }
}

static void make_lookup(struct buf *b)
{
    buf_add_cstr(b, "{\"Events\":[");
    for (unsigned i = 0; i < RECORDS; i++) {
        buf_printf(b, "%s{\"EventId\":\"%u\",\"CloudTrailEvent\":\"", i == 0 ? "" : ",", i);
        add_record(b, i, false, true);
        buf_add_cstr(b, "\",\"Resources\":[]}");
    }
    buf_add_cstr(b, "],\"NextToken\":\"x\"}");
}

static void make_bridge(struct buf *b)
{
    for (unsigned i = 0; i < RECORDS; i++) {
        buf_printf(
            b, "{\"version\":\"0\",\"id\":\"%u\",\"detail-type\":\"AWS API Call\",\"detail\":", i);
        add_record(b, i, false, false);
        buf_add_cstr(b, ",\"region\":\"x\"}\r\n");
    }
}

static void make_payloads(struct buf *b)
{
    for (unsigned i = 0; i < RECORDS; i += 2) {
        buf_add_cstr(
            b,
            "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"g\",\"owner\":\"1\",\"logEvents\":[");
        for (unsigned k = i; k < i + 2; k++) {
            buf_printf(b, "%s{\"id\":\"%u\",\"message\":\"", k == i ? "" : ",", k);
            add_record(b, k, false, true);
            buf_add_cstr(b, "\"},{\"id\":\"t\",\"message\":\"REPORT RequestId\\tx\\n\"}");
        }
        buf_add_cstr(b, "]}");
    }
}

static void make_mixed(struct buf *b)
{
    buf_add_cstr(b, "\xef\xbb\xbf\n{\"Records\":[");
    add_some(b, 0, 3, ",", false);
    buf_add_cstr(b, "]}[");
    add_some(b, 3, 6, ",\n", true);
    buf_add_cstr(b, "]\n");
    add_some(b, 6, RECORDS, "\n", false);
    buf_add_cstr(b, "\n{\"nobody\":\"knows\"}\n");
}

static const struct {
    const char *name;
    void (*make)(struct buf *b);
    bool plain; /* records stand as they are, one after another */
} shapes[] = {
    {"records", make_records, true},     {"pretty records", make_pretty, true},
    {"array", make_array, true},         {"lines", make_lines, true},
    {"joined", make_joined, true},       {"pretty documents", make_pretty_documents, true},
    {"envelopes", make_envelopes, true}, {"lookup", make_lookup, false},
    {"bridge", make_bridge, false},      {"payloads", make_payloads, false},
    {"mixed", make_mixed, true},
};

struct whole { /* what is in the file as it was */
    struct seen_record at[RECORDS];
    size_t len;
};

static struct whole remember(struct bench_ *b, struct str text, const char *name)
{
    struct whole w = {0};
    bench_run(b, text, name);
    if (b->seen.len != RECORDS || b->acc.skipped.len != 0) {
        fail_msg("%s: %zu records, %zu skipped: %s", name, b->seen.len, b->acc.skipped.len,
                 b->acc.skipped.len == 0 ? "" : b->acc.skipped.at[0].reason);
    }
    memcpy(w.at, b->seen.at, sizeof(w.at));
    w.len = b->seen.len;
    return w;
}

/* All records that end before `cut` are there, in order, and nothing else is. */
static void check_cut(const struct bench_ *b, const struct whole *w, uint64_t cut, const char *name)
{
    assert_true(b->seen.len <= w->len);
    for (size_t i = 0; i < w->len; i++) {
        bool complete = w->at[i].origin.offset + w->at[i].origin.length <= cut;
        if (complete && i >= b->seen.len) {
            fail_msg("%s cut at %llu: record %zu is lost", name, (unsigned long long)cut, i);
        }
        if (i < b->seen.len) {
            assert_true(b->seen.at[i].name_hash == w->at[i].name_hash);
            assert_true(b->seen.at[i].origin.offset < cut);
        }
    }
}

static void test_cut(void **state)
{
    (void)state;
    struct bench_ b = bench_make(NULL);
    for (size_t s = 0; s < ARRAY_LEN(shapes); s++) {
        CLEANUP(buf_free) struct buf text = {0};
        shapes[s].make(&text);
        assert_false(text.failed);
        struct whole w = remember(&b, buf_str(&text), shapes[s].name);
        for (size_t cut = 0; cut < text.len; cut += CUT_STEP) {
            bench_run(&b, str_head(buf_str(&text), cut), shapes[s].name);
            check_cut(&b, &w, cut, shapes[s].name);
            assert_int_equal(b.acc.bytes_unpacked, cut);
        }
    }
    bench_free(&b);
}

static void test_cut_packed(void **state)
{
    (void)state;
    struct bench_ b = bench_make(NULL);
    for (size_t s = 0; s < ARRAY_LEN(shapes); s++) {
        CLEANUP(buf_free) struct buf text = {0};
        CLEANUP(buf_free) struct buf packed = {0};
        shapes[s].make(&text);
        struct whole w = remember(&b, buf_str(&text), shapes[s].name);
        size_t half = text.len / 2;
        add_gzip(&packed, str_head(buf_str(&text), half));
        add_gzip(&packed, str_from(buf_str(&text), half));
        assert_int_equal(remember(&b, buf_str(&packed), shapes[s].name).len, w.len);
        uint64_t before = 0;
        for (size_t cut = 0; cut < packed.len; cut += CUT_STEP) {
            bench_run(&b, str_head(buf_str(&packed), cut), shapes[s].name);
            check_cut(&b, &w, b.acc.bytes_unpacked, shapes[s].name);
            assert_true(b.acc.bytes_unpacked >= before); /* more file, more text */
            before = b.acc.bytes_unpacked;
            bool told = false;
            for (size_t i = 0; i < b.acc.skipped.len; i++) {
                told = told || b.acc.skipped.at[i].file_bytes;
            }
            assert_true(told || cut == 0);
        }
        assert_true(before > half);
    }
    bench_free(&b);
}

/* One byte is changed, anywhere: at most one record is lost. */
static void test_one_byte(void **state)
{
    (void)state;
    static const char bytes[] = {'"', '{', '}', '[', ']', ',', ':', '\\', 'x', '\n', '\0', '\xff'};
    struct bench_ b = bench_make(NULL);
    for (size_t s = 0; s < ARRAY_LEN(shapes); s++) {
        CLEANUP(buf_free) struct buf text = {0};
        shapes[s].make(&text);
        struct whole w = remember(&b, buf_str(&text), shapes[s].name);
        for (size_t at = 0; at < text.len; at++) {
            char was = text.ptr[at];
            text.ptr[at] = bytes[at % sizeof(bytes)];
            bench_run(&b, buf_str(&text), shapes[s].name);
            size_t lost = 0;
            for (size_t i = 0, k = 0; i < w.len; i++) {
                size_t j = k;
                while (j < b.seen.len && b.seen.at[j].name_hash != w.at[i].name_hash) {
                    j++;
                }
                lost += j == b.seen.len;
                k = j < b.seen.len ? j + 1 : k;
            }
            if (shapes[s].plain && lost > 1) {
                for (size_t k = 0; k < b.acc.skipped.len; k++) {
                    printf("  %llu+%llu %s\n", (unsigned long long)b.acc.skipped.at[k].offset,
                           (unsigned long long)b.acc.skipped.at[k].length,
                           b.acc.skipped.at[k].reason);
                }
                fail_msg("%s: '%c' for '%c' at %zu loses %zu records: %.*s", shapes[s].name,
                         text.ptr[at], was, at, lost, 60, text.ptr + (at < 30 ? 0 : at - 30));
            }
            text.ptr[at] = was;
        }
    }
    bench_free(&b);
}

/* Many bytes are changed: whatever comes of it, it adds up. */
static void test_many_bytes(void **state)
{
    (void)state;
    struct bench_ b = bench_make(NULL);
    uint64_t random = 88172645463325252U;
    for (unsigned round = 0; round < 4000; round++) {
        CLEANUP(buf_free) struct buf text = {0};
        CLEANUP(buf_free) struct buf packed = {0};
        shapes[round % ARRAY_LEN(shapes)].make(&text);
        bool pack = round % 3 == 0;
        if (pack) {
            add_gzip(&packed, buf_str(&text));
        }
        struct buf *target = pack ? &packed : &text;
        for (unsigned k = 0; k <= round % 5; k++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            target->ptr[random % target->len] = (char)(random >> 40);
        }
        bench_run(&b, buf_str(target), shapes[round % ARRAY_LEN(shapes)].name);
    }
    bench_free(&b);
}

/* However often brackets go wrong, the entries that say so stay few: they are memory. */
static void test_entries_bounded(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "{\"Records\":[", "]{}", "{", "[", "}", "]", "{\"a\":", "[x", "\"a\":", "]}{\"Records\":[{",
    };
    struct bench_ b = bench_make(NULL);
    for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
        CLEANUP(buf_free) struct buf text = {0};
        buf_add_cstr(&text, "{\"Records\":[");
        while (text.len < 1U << 20) {
            buf_add_cstr(&text, patterns[i]);
        }
        bench_run(&b, buf_str(&text), patterns[i]);
        if (b.acc.skipped.len > 200) {
            fail_msg("%s: %zu skipped entries from 1 MiB", patterns[i], b.acc.skipped.len);
        }
    }
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_cut_packed),
        cmocka_unit_test(test_one_byte),
        cmocka_unit_test(test_many_bytes),
        cmocka_unit_test(test_entries_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
