/* What a scan finds, flags and refuses; all three variants must say the same. */
#include "json_help.h"

enum {
    SLOT_A,
    SLOT_B,
    SLOT_O,   /* o: raw */
    SLOT_OX,  /* o.x */
    SLOT_OYZ, /* o.y.z */
    SLOT_L,   /* l.k, and l may be an array */
    SLOT_LONG,
    SLOT_QUOTE,
    SLOTS
};

static const char *const slot_paths[SLOTS] = {
    [SLOT_A] = "a",
    [SLOT_B] = "b",
    [SLOT_O] = "o",
    [SLOT_OX] = "o.x",
    [SLOT_OYZ] = "o.y.z",
    [SLOT_L] = "l.k",
    [SLOT_LONG] = "aKeyThatIsLongerThanThirtyTwoBytesForSure",
    [SLOT_QUOTE] = "q\"\\q",
};

static struct json_paths *open_paths(void)
{
    struct json_paths *p = json_paths_new();
    assert_non_null(p);
    for (unsigned i = 0; i < SLOTS; i++) {
        unsigned slot = 99;
        assert_int_equal(json_paths_add_dotted(p, str_of(slot_paths[i]), &slot, NULL), ERR_OK);
        assert_int_equal(slot, i);
    }
    return p;
}

/* "a=x o={...} l@1=[...]": what was found, in the order of slots. */
static void describe(const struct json_record *r, struct buf *out)
{
    buf_reset(out);
    for (unsigned i = 0; i < SLOTS; i++) {
        struct json_view v = json_got(r, i);
        if (v.kind == JSON_ABSENT) {
            continue;
        }
        buf_printf(out, "%s%s", out->len > 0 ? " " : "", slot_paths[i]);
        if (v.through > 0) {
            buf_printf(out, "@%u", v.through);
        }
        buf_printf(out, "%s%.*s", v.escaped ? "~" : "=", (int)v.len, v.ptr);
    }
    if (r->duplicate) {
        buf_printf(out, " twice:%.*s", STR_ARG(r->duplicate_key));
    }
}

static const struct {
    const char *text;
    const char *want;
} good[] = {
    {"{}", ""},
    {"{\"a\":\"x\",\"b\":1}", "a=x b=1"},
    {" \r\n\t{ \"a\" \t:\r\n \"x\" , \"b\" :\t-1.5e+3 \n}", "a=x b=-1.5e+3"},
    {"{\"a\":true,\"b\":false}", "a=true b=false"},
    {"{\"a\":null,\"b\":\"\"}", "a=null b="},
    {"{\"a\":\"\\\"x\\\\\",\"b\":\"\\\\\"}", "a~\\\"x\\\\ b~\\\\"},
    {"{\"o\":{\"x\":1,\"y\":{\"z\":[1,{\"z\":2}]}}}",
     "o={\"x\":1,\"y\":{\"z\":[1,{\"z\":2}]}} o.x=1 o.y.z=[1,{\"z\":2}]"},
    {"{\"o\":{ }}", "o={ }"},
    {"{\"o\":[]}", "o=[] o.x@1=[] o.y.z@1=[]"},
    {"{\"o\":{\"y\":[{\"z\":1}]}}", "o={\"y\":[{\"z\":1}]} o.y.z@2=[{\"z\":1}]"},
    {"{\"l\":[{\"k\":1},{\"k\":2}],\"l2\":[]}", "l.k@1=[{\"k\":1},{\"k\":2}]"},
    {"{\"l\":{\"k\":[]}}", "l.k=[]"},
    {"{\"o\":\"text\",\"l\":3}", "o=text"},
    /* what is not wanted is skipped, whatever stands in it */
    {"{\"n\":{\"a\":\"no\",\"t\":\"}]\\\"{[\"},\"a\":\"yes\"}", "a=yes"},
    {"{\"n\":[[[],{}],\"]\"],\"a\":1}", "a=1"},
    /* keys that are written otherwise */
    {"{\"\\u0061\":1}", "a=1"},
    {"{\"\\u006f\":{\"\\u0078\":2}}", "o={\"\\u0078\":2} o.x=2"},
    {"{\"aKeyThatIsLongerThanThirtyTwoBytesForSure\":1}",
     "aKeyThatIsLongerThanThirtyTwoBytesForSure=1"},
    {"{\"aKeyThatIsLongerThanThirtyTwoBytesForSur\\u0065\":1}",
     "aKeyThatIsLongerThanThirtyTwoBytesForSure=1"},
    {"{\"q\\\"\\\\q\":1}", "q\"\\q=1"},
    {"{\"q\\u0022\\u005cq\":1}", "q\"\\q=1"},
    /* the first counts */
    {"{\"a\":1,\"a\":2}", "a=1 twice:a"},
    {"{\"a\":1,\"\\u0061\":2}", "a=1 twice:\\u0061"},
    {"{\"z\":1,\"a\":1,\"z\":2}", "a=1 twice:z"},
    {"{\"\\u007a\":1,\"a\":1,\"z\":2}", "a=1 twice:z"},
    {"{\"o\":{\"x\":1},\"o\":{\"x\":2,\"y\":{\"z\":3}}}", "o={\"x\":1} o.x=1 twice:o"},
    {"{\"o\":{\"x\":1,\"x\":2}}", "o={\"x\":1,\"x\":2} o.x=1 twice:x"},
    {"{\"o\":{\"y\":1,\"y\":{\"z\":3}}}", "o={\"y\":1,\"y\":{\"z\":3}} twice:y"},
    {"{\"o\":{\"w\":1,\"w\":2}}", "o={\"w\":1,\"w\":2}"},
    {"{\"n\":{\"a\":1,\"a\":2}}", ""},
    {"{\"a\":1,\"z\":2,\"z\":3,\"a\":4}", "a=1 twice:z"},
    /* other than objects */
    {"[{\"a\":1}]", ""},
    {"\"text\"", ""},
    {"12", ""},
    {"null", ""},
};

static void test_good(void **state)
{
    (void)state;
    struct json_paths *paths = open_paths();
    struct trio t;
    trio_open(&t, paths, SLOTS);
    CLEANUP(buf_free) struct buf got = {0};
    for (int round = 0; round < 3; round++) { /* the second time, keys are known */
        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
            size_t len = strlen(good[i].text);
            char *text = padded_copy(good[i].text, len, "\"0 "[round]);
            const struct scanned *s = trio_scan(&t, good[i].text, text, len, 0);
            if (s->status != JSON_OK) {
                fail_msg("%s: %s at %zu", good[i].text, s->fault.reason, s->fault.offset);
            }
            describe(&s->record, &got);
            assert_string_equal(got.ptr == NULL ? "" : got.ptr, good[i].want);
            assert_int_equal(s->used, len);
            assert_ptr_equal(s->record.start + s->record.len, text + len);
            free(text);
        }
    }
    trio_close(&t);
    json_paths_free(paths);
}

static const struct {
    const char *text;
    enum json_status status;
    size_t offset;
} bad[] = {
    {"", JSON_CUT, 0},
    {"  ", JSON_CUT, 2},
    {"{", JSON_CUT, 1},
    {"{\"a\"", JSON_CUT, 4},
    {"{\"a\":tr", JSON_CUT, 7},
    {"{\"a\":trx", JSON_BAD, 7},
    {"{\"a\":nul}", JSON_BAD, 8},
    {"{\"a\":1", JSON_CUT, 6},
    {"{\"a\":1,", JSON_CUT, 7},
    {"{\"a\":1,}", JSON_BAD, 7},
    {"{\"a\":1 2}", JSON_BAD, 7},
    {"{\"a\":01}", JSON_BAD, 6},
    {"{\"a\":1.}", JSON_BAD, 7},
    {"{\"a\":-}", JSON_BAD, 6},
    {"{\"a\":1e}", JSON_BAD, 7},
    {"{\"a\":+1}", JSON_BAD, 5},
    {"{\"a\":.5}", JSON_BAD, 5},
    {"{\"a\":}", JSON_BAD, 5},
    {"{\"a\" 1}", JSON_BAD, 5},
    {"{a:1}", JSON_BAD, 1},
    {"{,}", JSON_BAD, 1},
    {"{\"a\":\"x", JSON_CUT, 7},
    {"{\"a\":\"x\\\"}", JSON_CUT, 10},
    {"{\"a\":\"\\x\"}", JSON_BAD, 7},
    {"{\"a\":\"\\u12g4\"}", JSON_BAD, 10},
    {"{\"a\":\"\\u12", JSON_CUT, 10},
    {"{\"a\":\"\n\"}", JSON_BAD, 6},
    {"{\"a\":\"\xff\"}", JSON_BAD, 6},
    {"{\"a\":\"\xe2\x82\"}", JSON_BAD, 6},
    {"{\"a\":\"\xed\xa0\x80\"}", JSON_BAD, 6},
    {"{\"a\":\"\xe2\x82", JSON_CUT, 8},
    {"{\"a\":\"\xe2\x28", JSON_BAD, 6},
    {"{\"a\x01\":1}", JSON_BAD, 3},
    {"{\"a\\q\":1}", JSON_BAD, 4},
    /* in what is skipped */
    {"{\"n\":[1,2}}", JSON_BAD, 9},
    {"{\"n\":{\"m\":[}]}", JSON_BAD, 11},
    {"{\"n\":[\"\x1f\"]}", JSON_BAD, 7},
    {"{\"n\":[\"\\z\"]}", JSON_BAD, 8},
    {"{\"n\":[\"\xc0\x80\"]}", JSON_BAD, 7},
    {"{\"n\":[\\\"]}", JSON_BAD, 6},
    {"{\"n\":[\x02]}", JSON_BAD, 6},
    {"{\"n\":[\"a", JSON_CUT, 8},
    {"{\"n\":[[", JSON_CUT, 7},
    /* the first of two faults is the one */
    {"{\"n\":\"\\q\",b}", JSON_BAD, 7},
    {"{\"n\":[\"\\q\"", JSON_BAD, 8},
    {"x", JSON_BAD, 0},
    {"tru", JSON_CUT, 3},
    {"-", JSON_CUT, 1},
    {"\"", JSON_CUT, 1},
    {"]", JSON_BAD, 0},
};

static void test_bad(void **state)
{
    (void)state;
    struct json_paths *paths = open_paths();
    struct trio t;
    trio_open(&t, paths, SLOTS);
    for (int round = 0; round < 4; round++) { /* whatever the padding holds */
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
            size_t len = strlen(bad[i].text);
            char *text = padded_copy(bad[i].text, len, "}\"1e"[round]);
            const struct scanned *s = trio_scan(&t, bad[i].text, text, len, 0);
            if (s->status != bad[i].status || s->fault.offset != bad[i].offset) {
                fail_msg("%s: status %d at %zu (%s), want %d at %zu", bad[i].text, s->status,
                         s->fault.offset, s->status == JSON_OK ? "fine" : s->fault.reason,
                         bad[i].status, bad[i].offset);
            }
            free(text);
        }
    }
    trio_close(&t);
    json_paths_free(paths);
}

/* Cut at every byte: never accepted, never called broken, never read too far. */
static void test_cut(void **state)
{
    (void)state;
    struct json_paths *paths = open_paths();
    struct trio t;
    trio_open(&t, paths, SLOTS);
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        size_t whole = strlen(good[i].text);
        for (size_t len = 0; len < whole; len++) {
            char *text = padded_copy(good[i].text, len, "\"}1 "[len % 4]);
            const struct scanned *s = trio_scan(&t, good[i].text, text, len, 0);
            bool number = good[i].text[0] == '1'; /* complete as far as one can see */
            if (s->status != JSON_CUT && !(number && len > 0)) {
                fail_msg("%s cut at %zu: status %d", good[i].text, len, s->status);
            }
            free(text);
        }
    }
    trio_close(&t);
    json_paths_free(paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
