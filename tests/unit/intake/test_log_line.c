/* Log events of CloudWatch Logs as records: what is handed on, and that every byte is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "intake/intake.h"

#define GROUP  "\"logGroup\":\"/aws/lambda/pay\",\"logStream\":\"s[$LATEST]1\""
#define STREAM "2026/11/20/pay[$LATEST]20bddfd5a2dc4c6b97ac02800eae90d0"
#define TRAIL  "{\\\"eventVersion\\\":\\\"1.08\\\",\\\"eventName\\\":\\\"CreateFunction20150331\\\"}"

#define TRAIL_LINE "{\"eventVersion\":\"1.08\",\"eventName\":\"CreateFunction20150331\"}"

struct world {
    struct json_paths *paths;
    struct json_scanner *scanner;
    unsigned name, message;
    struct buf out; /* the records, a line each */
};

/* Takes what has an eventName or a message. */
static enum intake_verdict take(void *arg, const struct intake_record *r, const char **reason)
{
    struct world *w = arg;
    if (!json_has(r->json, w->name) && !json_has(r->json, w->message)) {
        *reason = "neither";
        return INTAKE_UNRECOGNISED;
    }
    buf_add(&w->out, str_make(r->json->start, r->json->len));
    buf_addc(&w->out, '\n');
    return INTAKE_TAKEN;
}

static void begin(struct world *w)
{
    *w = (struct world){.paths = json_paths_new()};
    assert_non_null(w->paths);
    assert_int_equal(json_paths_add_dotted(w->paths, STR("eventName"), &w->name, NULL), ERR_OK);
    assert_int_equal(json_paths_add_dotted(w->paths, STR("message"), &w->message, NULL), ERR_OK);
    w->scanner = json_scanner_new(w->paths, json_variant_best());
    assert_non_null(w->scanner);
}

static void end(struct world *w)
{
    json_scanner_free(w->scanner);
    json_paths_free(w->paths);
    buf_free(&w->out);
}

static void run(struct world *w, struct str text, struct account *acc)
{
    const struct intake_sink sink = {.arg = w, .record = take};
    struct intake *in = intake_new(&intake_limits_default);
    assert_non_null(in);
    buf_reset(&w->out);
    *acc = (struct account){0};
    assert_int_equal(intake_bytes(in, text, 0, w->scanner, &sink, acc, NULL), ERR_OK);
    assert_int_equal(acc->record_bytes + acc->framing_bytes + acc->unrecognised_bytes +
                         acc->skipped_bytes,
                     text.len);
    intake_free(in);
}

static const struct {
    const char *what, *text, *records;
    size_t unrecognised, skipped;
} cases[] = {
    {"a line of a function",
     "{\"messageType\":\"DATA_MESSAGE\",\"owner\":\"1\"," GROUP
     ",\"logEvents\":[{\"id\":\"7\",\"timestamp\":5,\"message\":\"START \\\"x\\\"\\n\"}]}",
     "{" GROUP
     ",\"owner\":\"1\",\"id\":\"7\",\"timestamp\":5,\"message\":\"START \\\"x\\\"\\n\"}\n",
     0, 0},
    {"a function that writes what looks like CloudTrail",
     "{\"messageType\":\"DATA_MESSAGE\"," GROUP ",\"logEvents\":[{\"message\":\"" TRAIL "\"}]}",
     "{" GROUP ",\"message\":\"" TRAIL "\"}\n", 0, 0},
    {"CloudTrail in a group of its own",
     "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"trail\",\"logEvents\":[{\"message\":\"" TRAIL
     "\"}]}",
     "{\"eventVersion\":\"1.08\",\"eventName\":\"CreateFunction20150331\"}\n", 0, 0},
    {"JSON that no source knows, in some group",
     "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"app\",\"logEvents\":[{\"message\":"
     "\"{\\\"a\\\":1}\"}]}",
     "{\"logGroup\":\"app\",\"message\":\"{\\\"a\\\":1}\"}\n", 0, 0},
    {"the answer of filter-log-events",
     "{\"events\":[{\"logStreamName\":\"s\",\"timestamp\":5,\"message\":\"END\",\"eventId\":\"9\"},"
     "{\"logStreamName\":\"s\",\"timestamp\":6,\"message\":\"" TRAIL "\"}],"
     "\"searchedLogStreams\":[]}",
     "{\"logStreamName\":\"s\",\"timestamp\":5,\"message\":\"END\",\"eventId\":\"9\"}\n"
     "{\"eventVersion\":\"1.08\",\"eventName\":\"CreateFunction20150331\"}\n",
     0, 0},
    {"what a function wrote, asked for without its group",
     "{\"events\":[{\"logStreamName\":\"" STREAM "\",\"timestamp\":6,\"message\":\"" TRAIL
     "\"},{\"logStreamName\":\"" STREAM
     "\",\"timestamp\":7,\"message\":\"2026-11-20T09:12:03.123Z id Task timed out\"}]}",
     "{\"logStreamName\":\"" STREAM "\",\"timestamp\":6,\"message\":\"" TRAIL "\"}\n"
     "{\"logStreamName\":\"" STREAM
     "\",\"timestamp\":7,\"message\":\"2026-11-20T09:12:03.123Z id Task timed out\"}\n",
     0, 0},
    {"what a function wrote, in a group of another name",
     "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"shop\",\"logStream\":\"" STREAM
     "\",\"logEvents\":[{\"message\":\"" TRAIL "\"}]}",
     "{\"logGroup\":\"shop\",\"logStream\":\"" STREAM "\",\"message\":\"" TRAIL "\"}\n", 0, 0},
    {"rows of Logs Insights with a function's stream",
     "{\"results\":[[{\"field\":\"@message\",\"value\":\"" TRAIL
     "\"},{\"field\":\"@logStream\",\"value\":\"" STREAM "\"}]]}",
     "{\"message\":\"" TRAIL "\",\"logStream\":\"" STREAM "\"}\n", 0, 0},
    {"rows of Logs Insights",
     "{\"results\":[[{\"field\":\"@timestamp\",\"value\":\"2026-11-20 09:12:00.000\"},{\"field\":"
     "\"@message\",\"value\":\"REPORT "
     "\\t1\"},{\"field\":\"@log\",\"value\":\"1:/aws/lambda/pay\"}],"
     "[{\"field\":\"@message\",\"value\":\"" TRAIL
     "\"},{\"field\":\"@log\",\"value\":\"1:trail\"}],"
     "[{\"field\":\"@message\",\"value\":\"" TRAIL
     "\"},{\"field\":\"@log\",\"value\":\"1:/aws/lambda/pay\"}]],\"status\":\"Complete\"}",
     "{\"timestamp\":\"2026-11-20 09:12:00.000\",\"message\":\"REPORT \\t1\",\"log\":"
     "\"1:/aws/lambda/pay\"}\n"
     "{\"eventVersion\":\"1.08\",\"eventName\":\"CreateFunction20150331\"}\n"
     "{\"message\":\"" TRAIL "\",\"log\":\"1:/aws/lambda/pay\"}\n",
     0, 0},
    {"a row that does not tell whose it is",
     "{\"results\":[[{\"field\":\"@message\",\"value\":\"" TRAIL
     "\"},{\"field\":\"eventName\",\"value\":\"x\"},{\"field\":\"@ptr\",\"value\":\"p\"}]]}",
     "{\"message\":\"" TRAIL "\",\"ptr\":\"p\"}\n", 0, 0},
    {"the answer of get-log-events does not tell whose it is",
     "{\"events\":[{\"timestamp\":6,\"message\":\"" TRAIL "\",\"ingestionTime\":7}]}",
     "{\"timestamp\":6,\"message\":\"" TRAIL "\",\"ingestionTime\":7}\n", 0, 0},
    {"VPC flow logs in a format of their own",
     "{\"messageType\":\"DATA_MESSAGE\",\"logGroup\":\"g\",\"logStream\":\"eni-1-all\","
     "\"logEvents\":"
     "[{\"message\":\"3 vpc-1 10.0.0.5\"},{\"message\":\"" TRAIL "\"},{\"message\":\"3 vpc-1\"}]}",
     "{\"eventVersion\":\"1.08\",\"eventName\":\"CreateFunction20150331\"}\n", 1, 0},
    {"an export of a function that writes what looks like other logs",
     "2026-11-20T09:12:00.123Z first\n" TRAIL_LINE "\n{\"Records\":[\n" TRAIL_LINE "\n]}\n"
     "#Fields: date c-ip\n[" TRAIL_LINE "]\n2 111122223333 eni-1 10.0.0.5 192.0.2.1 1 443 6 2 4 "
     "1763626320 1763626380 ACCEPT OK\n\x1e" TRAIL_LINE "\n"
     "2026-11-20T09:12:00.124Z " TRAIL_LINE "\n",
     "2026-11-20T09:12:00.123Z first\n2026-11-20T09:12:00.124Z " TRAIL_LINE "\n", 1, 0},
    {"the same as 'aws logs tail' tells it",
     "2026-11-20T09:12:00.123000+00:00 " STREAM " first\n" TRAIL_LINE "\n"
     "2026-11-20T09:12:00.124000+00:00 " STREAM " END RequestId: 1\n",
     "2026-11-20T09:12:00.123000+00:00 " STREAM " first\n"
     "2026-11-20T09:12:00.124000+00:00 " STREAM " END RequestId: 1\n",
     1, 0},
    {"an export to a bucket",
     "2026-11-20T09:12:00.123Z START RequestId: \"1\"\n2026-11-20T09:12:00.124Z \xff\n\n"
     "2026-11-20T09:12:00.125Z REPORT\ttab\n",
     "2026-11-20T09:12:00.123Z START RequestId: \"1\"\n2026-11-20T09:12:00.125Z REPORT\ttab\n", 0,
     1},
    {"a log event without a message",
     "{\"messageType\":\"DATA_MESSAGE\"," GROUP ",\"logEvents\":[{\"id\":\"7\"}]}", "", 1, 0},
    {"events of something else", "{\"events\":[{\"message\":1,\"a\":2}]}", "", 1, 0},
};

static void lines_become_records(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct account acc;
        run(&w, str_of(cases[i].text), &acc);
        if (!str_eq(buf_str(&w.out), str_of(cases[i].records)) ||
            acc.unrecognised.len != cases[i].unrecognised || acc.skipped.len != cases[i].skipped) {
            fail_msg("%s\n got %.*s\nwant %s(%zu unrecognised, %zu skipped)", cases[i].what,
                     STR_ARG(buf_str(&w.out)), cases[i].records, acc.unrecognised.len,
                     acc.skipped.len);
        }
        account_free(&acc);
    }
    end(&w);
}

/* Cut anywhere, each byte is still something. */
static void cuts_lose_no_byte(void **state)
{
    (void)state;
    struct world w;
    begin(&w);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str text = str_of(cases[i].text);
        for (size_t n = 0; n < text.len; n += 7) {
            struct account acc;
            run(&w, str_head(text, n), &acc);
            account_free(&acc);
        }
    }
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_become_records),
                                       cmocka_unit_test(cuts_lose_no_byte)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
