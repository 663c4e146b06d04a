#include "intake_test.h"

#define R1  "{\"eventVersion\":\"1.08\",\"eventName\":\"One\",\"x\":{\"y\":[1,2]}}"
#define R2  "{\"eventVersion\":\"1.08\",\"eventName\":\"Two\"}"
#define R3  "{\"awsRegion\":\"eu-west-1\",\"eventName\":\"Three\"}"
#define U1  "{\"something\":\"else\"}"
#define BAD "{\"eventVersion\":\"1.08\",\"eventName\":\"B\xff\"}"
#define LOOKUP                                                                                     \
    "{\"EventId\":\"1\",\"CloudTrailEvent\":\"{\\\"eventName\\\":\\\"One\\\",\\\"a\\\":"           \
    "\\\"\\\\\\\"q\\\"}\"}"
#define BRIDGE(d) "{\"version\":\"0\",\"detail-type\":\"AWS API Call\",\"detail\":" d ",\"z\":1}"

/* A log entry, as the framer is to know one, that the test's source takes. */
#define ENTRY "{\"insertId\":\"1\",\"eventName\":\"One\"}"
#define PUBSUB(data)                                                                               \
    "{\"message\":{\"data\":\"" data "\",\"messageId\":\"7\"},\"subscription\":\"s\"}"
#define DATA "eyJldmVudE5hbWUiOiJPbmUifQ==" /* {"eventName":"One"} */

static const struct {
    const char *what;
    const char *text;
    uint64_t records, unrecognised, skipped; /* records nobody knew; skipped entries */
    uint64_t framing;
} shapes[] = {
    {"nothing", "", 0, 0, 0, 0},
    {"white space only", " \r\n\t\n", 0, 0, 0, 5},
    {"records", "{\"Records\":[" R1 "," R2 "]}", 2, 0, 0, 15},
    {"records, empty", "{\"Records\":[]}", 0, 0, 0, 14},
    {"records, newline", "{ \"Records\" : [\r\n" R1 ",\r\n" R2 "\r\n]\r\n}\r\n", 2, 0, 0, 28},
    {"records are not first", "{\"a\":{\"b\":[1]},\"Records\":[" R1 "]}", 1, 0, 0, 28},
    {"an escaped key", "{\"a\":1,\"Rec\\u006frds\":[" R1 "]}", 1, 0, 0, 25},
    {"records twice", "{\"Records\":[" R1 "],\"Records\":[" R2 "],\"n\":null}", 2, 0, 0, 36},
    {"records null, then a list", "{\"Records\":null,\"Records\":[" R2 "]}", 1, 0, 0, 29},
    {"an array", "[" R1 "," R3 "]", 2, 0, 0, 3},
    {"arrays in arrays", "[[" R1 "],[" R3 "," R2 "]]", 3, 0, 0, 8},
    {"envelopes in an array", "[{\"Records\":[" R1 "]},{\"Records\":[" R2 "]}]", 2, 0, 0, 31},
    {"lines", R1 "\n" R2 "\n", 2, 0, 0, 2},
    {"lines, CRLF, no last newline", R1 "\r\n" R3, 2, 0, 0, 2},
    {"one after another", R1 R2 "{\"Records\":[" R3 "]}" R1, 4, 0, 0, 14},
    {"byte order mark", "\xef\xbb\xbf" R1, 1, 0, 0, 3},
    {"pretty", "{\n  \"awsRegion\": \"x\",\n  \"eventName\": \"One\"\n}\n", 1, 0, 0, 1},
    {"nobody's", U1 "\n" R1 "\n" U1, 1, 2, 0, 2},
    {"numbers in an array", "[1,\"a\",null," R1 "]", 1, 3, 0, 5},
    {"lookup events", "{\"Events\":[" LOOKUP "," LOOKUP "],\"NextToken\":\"a\"}", 2, 0, 0, 30},
    {"lookup events, a list", "[" LOOKUP "]", 1, 0, 0, 2},
    {"lookup events, lines", LOOKUP "\n" LOOKUP "\n", 2, 0, 0, 2},
    {"a lookup event decoded", "{\"EventId\":\"1\",\"CloudTrailEvent\":" R2 "}", 1, 0, 0, 0},
    {"a lookup event that is broken", "{\"EventId\":\"1\",\"CloudTrailEvent\":\"{x\"}", 0, 0, 1, 0},
    {"bridge", BRIDGE(R1) "\n" BRIDGE("{}"), 1, 1, 0, 1},
    {"bridge, no object", BRIDGE("7"), 0, 1, 0, 0},
    {"control", "{\"messageType\":\"CONTROL_MESSAGE\",\"logEvents\":[{\"message\":\"hi\"}]}", 0, 0,
     0, 64},
    {"broken in the middle", "{\"Records\":[" R1 "," BAD "," R2 "]}", 2, 0, 1, 16},
    {"broken first", "{\"Records\":[" BAD "," R2 "]}", 1, 0, 1, 15},
    {"broken last", "{\"Records\":[" R1 "," BAD "]}", 1, 0, 1, 15},
    {"a broken line", R1 "\n" BAD "\n" R2 "\n", 2, 0, 1, 3},
    {"a line cut in a string", R1 "\n{\"eventVersion\":\"1.0\n" R2 "\n", 2, 0, 1, 2},
    {"a record cut in a string", "[" R1 ",{\"eventVersion\":\"1.0," R2 "," R3 "]", 3, 0, 1, 4},
    {"a document cut, another behind",
     "{\"Records\":[" R1 ",{\"eventVersion\":\"1.0"
     "{\"Records\":[" R2 "]}",
     2, 0, 1, 27},
    {"text before", "# a comment {\n" R1 "\n", 1, 1, 0, 2},
    {"text only", "source,time\na,b\n", 0, 0, 1, 0},
    {"an extra bracket", "[" R1 "}," R2 "]", 2, 0, 1, 3},
    {"not closed", "{\"Records\":[" R1, 1, 0, 1, 12},
    {"cut in a record", "{\"Records\":[" R1 ",{\"eventVersion\":\"1", 1, 0, 1, 13},
    {"a list by another name", "{\"events\":[" R1 "," R2 "]}", 2, 0, 0, 14},
    {"an answer of an API", "{\"result\":[" R1 "," R2 "],\"success\":true}", 2, 0, 0, 29},
    {"an answer, results last", "{\"success\":true,\"errors\":[],\"result\":[" R1 "]}", 1, 0, 0,
     40},
    {"an answer without results", "{\"success\":true,\"result\":[]}", 0, 1, 0, 0},
    {"results of something else", "{\"result\":[" U1 "]}", 0, 1, 0, 0},
    {"an answer that is cut", "{\"result\":[" R1 ",{\"eventVersion\":\"1", 1, 0, 1, 12},
    {"a broken envelope", "{\"Records\":x[" R1 "," R2 "]}", 2, 0, 2, 1},
    {"a bracket lost", "[" R1 ",\"eventVersion\":\"1\",\"a\":{\"b\":[1]}}," R2 "]", 2, 0, 1, 3},
    {"a word between", "[" R1 ", what ,{\"b\":1}]", 1, 1, 1, 5},
    {"two commas", "[" R1 ",," R2 ",]", 2, 0, 0, 5},
    {"an answer of GraphQL",
     "{\"data\":{\"viewer\":{\"accounts\":[{\"workersInvocationsAdaptive\":[" R1 "," R2
     "]},{\"a\":1,\"workersInvocationsAdaptive\":[" R3 "]}]},\"x\":1},\"errors\":null}\n" R1,
     4, 0, 0, 130},
    {"an answer of GraphQL without rows", "{\"data\":{\"viewer\":{\"accounts\":[]}},\"e\":[]}", 0,
     0, 0, 42},
    {"an answer of GraphQL about something else",
     "{\"data\":{\"viewer\":{\"accounts\":[" U1 "]}},\"e\":[]}", 0, 1, 0, 42},
    {"an answer of GraphQL that failed", "{\"data\":null,\"errors\":[" U1 "]}", 0, 1, 0, 0},
    {"a page of entries", "{\"entries\":[" ENTRY "," ENTRY "],\"nextPageToken\":\"x\"}", 2, 0, 0,
     35},
    {"entries behind a token", "{\"nextPageToken\":\"x\",\"entries\":[" ENTRY "]}", 1, 0, 0, 34},
    {"entries of somebody else", "{\"entries\":[{\"name\":1}]}", 0, 1, 0, 0},
    {"a push", PUBSUB(DATA), 1, 0, 0, 0},
    {"pushes, lines", PUBSUB(DATA) "\n" PUBSUB(DATA) "\n", 2, 0, 0, 2},
    {"a page of Graph",
     "{\"@odata.context\":\"x\",\"value\":[{\"id\":\"1\",\"eventName\":\"One\"}]}", 1, 0, 0, 33},
    {"values of another kind", "{\"value\":[{\"x\":1}]}", 0, 1, 0, 0},
    {"an export of Azure Monitor", "{\"records\":[{\"time\":\"1\",\"eventName\":\"One\"}]}", 1, 0,
     0, 14},
    {"a page of reports", "{\"kind\":\"k\",\"items\":[{\"id\":7,\"eventName\":\"One\"}]}", 1, 0, 0,
     23},
    {"a pull", "{\"receivedMessages\":[" PUBSUB(DATA) "]}", 1, 0, 0, 23},
    {"a push of text", PUBSUB("aGk="), 0, 1, 0, 0},
    {"a push of no base64", PUBSUB("{}"), 0, 1, 0, 0},
    {"a message of somebody else", "{\"message\":{\"data\":\"" DATA "\"}}", 0, 1, 0, 0},
    {"a cloud event", "{\"specversion\":\"1.0\",\"data\":" R3 "}", 1, 0, 0, 0},
    {"record separators", "\x1e" R1 "\n\x1e" R2 "\n", 2, 0, 0, 4},
};

static void shapes_with(bool one_scan)
{
    struct bench_ b = bench_make_with(NULL, one_scan);
    int bad = 0;
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        bench_run(&b, str_of(shapes[i].text), shapes[i].what);
        uint64_t unrecognised = 0;
        for (size_t k = 0; k < b.acc.unrecognised.len; k++) {
            unrecognised += b.acc.unrecognised.at[k].records;
        }
        if (b.acc.records != shapes[i].records || unrecognised != shapes[i].unrecognised ||
            b.acc.skipped.len != shapes[i].skipped || b.acc.framing_bytes != shapes[i].framing) {
            for (size_t k = 0; k < b.acc.skipped.len; k++) {
                printf("  skipped %llu+%llu: %s\n", (unsigned long long)b.acc.skipped.at[k].offset,
                       (unsigned long long)b.acc.skipped.at[k].length, b.acc.skipped.at[k].reason);
            }
            bad++;
            printf("%s: %llu records, %llu unrecognised, %zu skipped, %llu framing\n",
                   shapes[i].what, (unsigned long long)b.acc.records,
                   (unsigned long long)unrecognised, b.acc.skipped.len,
                   (unsigned long long)b.acc.framing_bytes);
        }
        /* Every record stands where it says. */
        for (size_t k = 0; k < b.seen.len; k++) {
            const struct origin *o = &b.seen.at[k].origin;
            assert_int_equal(o->file, 7);
            assert_int_equal(shapes[i].text[o->offset], '{');
            assert_int_equal(shapes[i].text[o->offset + o->length - 1], '}');
        }
    }
    assert_int_equal(bad, 0);
    bench_free(&b);
}

static void test_shapes(void **state)
{
    (void)state;
    shapes_with(false);
    shapes_with(true);
}

/* The same, packed: one member, a member for each half, a member for each byte. */
static void test_shapes_packed(void **state)
{
    (void)state;
    struct bench_ b = bench_make(NULL);
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
        struct str text = str_of(shapes[i].text);
        size_t steps[] = {text.len + 1, text.len / 2 + 1, 1};
        for (size_t s = 0; s < ARRAY_LEN(steps); s++) {
            CLEANUP(buf_free) struct buf packed = {0};
            for (size_t at = 0; at == 0 || at < text.len; at += steps[s]) {
                add_gzip(&packed, str_head(str_from(text, at), steps[s]));
            }
            bench_run(&b, buf_str(&packed), shapes[i].what);
            assert_int_equal(b.acc.records, shapes[i].records);
            assert_int_equal(b.acc.framing_bytes, shapes[i].framing);
            assert_int_equal(b.acc.skipped.len, shapes[i].skipped);
            assert_int_equal(b.acc.bytes_unpacked, text.len);
            assert_int_equal(b.acc.bytes_read, packed.len);
        }
    }
    bench_free(&b);
}

static const char payload[] =
    "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\",\"logGroup\":\"g\",\"logEvents\":["
    "{\"id\":\"a\",\"message\":\"{\\\"eventName\\\":\\\"One\\\"}\\n\"},"
    "{\"id\":\"b\",\"message\":\"START RequestId: 1\\n\"},"
    "{\"id\":\"c\",\"message\":\"{\\\"eventVersion\\\":\\\"1.08\\\",\\\"eventNa\"},"
    "{\"id\":\"d\",\"nothing\":1},"
    "{\"id\":\"e\",\"message\":\"{\\\"other\\\":1}\"},"
    "{\"id\":\"f\",\"message\":\"{\\\"eventName\\\":\\\"Two\\\"}\"}]}";

static void test_log_messages(void **state)
{
    (void)state;
    struct bench_ b = bench_make(NULL);
    CLEANUP(buf_free) struct buf twice = {0};
    buf_printf(&twice, "\n%s%s", payload, payload);
    bench_run(&b, buf_str(&twice), "payloads");
    assert_int_equal(b.acc.records, 4);
    static const int32_t inner[] = {0, 5, 0, 5};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(b.seen.at[i].origin.inner, inner[i]);
        assert_int_equal(b.seen.at[i].origin.offset, i < 2 ? 1 : 1 + strlen(payload));
        assert_int_equal(b.seen.at[i].origin.length, strlen(payload));
    }
    assert_int_equal(b.acc.skipped.len, 2);      /* the record that was cut */
    assert_int_equal(b.acc.unrecognised.len, 2); /* lines, and a log event without a message */

    /* Cut in the fourth message: the others count all the same. */
    size_t cut = (size_t)(strstr(payload, "nothing") - payload);
    bench_run(&b, (struct str){payload, cut}, "cut payload");
    assert_int_equal(b.acc.records, 1);
    assert_int_equal(b.seen.at[0].origin.inner, 0);
    bench_free(&b);
}

static void test_verdicts(void **state)
{
    (void)state;
    struct bench_ b = bench_make(NULL);
    b.force = INTAKE_REFUSED;
    bench_run(&b, STR("[" R1 "," R2 "]"), "refused");
    assert_int_equal(b.acc.skipped.len, 2);
    assert_int_equal(b.acc.skipped.at[0].records, 1);
    assert_string_equal(b.acc.skipped.at[0].reason, "forced");
    b.force = INTAKE_UNRECOGNISED;
    bench_run(&b, STR("[" R1 "," R2 "]"), "unrecognised");
    assert_int_equal(b.acc.unrecognised.len, 1);
    assert_int_equal(b.acc.unrecognised.at[0].records, 2);
    assert_int_equal(b.acc.unrecognised.at[0].first_offset, 1);
    bench_run(&b, STR("{\"awsAccountId\":\"1\",\"digestS3Object\":\"a\"}"), "digest");
    assert_non_null(strstr(b.acc.unrecognised.at[0].reason, "digest"));
    bench_free(&b);
}

static void test_encodings(void **state)
{
    (void)state;
    static const struct {
        struct str text;
        const char *reason;
    } rows[] = {
        {STR_INIT("\xff\xfe{\0\"\0"), "UTF-16"}, {STR_INIT("\xfe\xff\0{\0\""), "UTF-16"},
        {STR_INIT("{\0\"\0a\0"), "UTF-16"},      {STR_INIT("\0[\0{"), "UTF-16"},
        {STR_INIT("BZh91AY"), "bzip2"},          {STR_INIT("\xfd\x37zXZ\0"), "xz"},
        {STR_INIT("PAR1"), "Parquet"},
    };
    struct bench_ b = bench_make(NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bench_run(&b, rows[i].text, rows[i].reason);
        assert_int_equal(b.acc.skipped.len, 1);
        assert_int_equal(b.acc.skipped.at[0].length, rows[i].text.len);
        assert_non_null(strstr(b.acc.skipped.at[0].reason, rows[i].reason));
    }
    /* A few zero bytes are padding, many are a loss. */
    CLEANUP(buf_free) struct buf padded = {0};
    buf_add_cstr(&padded, R1 "\n");
    assert_true(buf_reserve(&padded, 100000));
    memset(padded.ptr + padded.len, 0, 100000);
    padded.len += 1000;
    bench_run(&b, buf_str(&padded), "padding");
    assert_int_equal(b.acc.records, 1);
    assert_int_equal(b.acc.skipped.len, 0);
    padded.len += 99000;
    bench_run(&b, buf_str(&padded), "zeros");
    assert_int_equal(b.acc.skipped.len, 1);
    assert_int_equal(b.acc.skipped_bytes, 100000 - 65536);
    bench_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),       cmocka_unit_test(test_shapes_packed),
        cmocka_unit_test(test_log_messages), cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_encodings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
