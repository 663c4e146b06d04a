/* Alerts of other tools among the logs, and records with a time that cannot be true: through a whole
 * run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/triage.h"

#define CALL(time)                                                                                 \
    "{\"eventVersion\":\"1.08\",\"eventID\":\"e-" time "\",\"eventTime\":\"" time                  \
    "\",\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"UpdateFunctionCode20150331v2\","  \
    "\"awsRegion\":\"eu-west-1\",\"recipientAccountId\":\"111122223333\",\"requestParameters\":{"  \
    "\"functionName\":\"pay\"},\"sourceIPAddress\":\"198.51.100.7\",\"userIdentity\":{\"type\":"   \
    "\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/"                                        \
    "ann\",\"accountId\":\"111122223333\"}}\n"
#define ALERT                                                                                      \
    "{\"schemaVersion\":\"2.0\",\"accountId\":\"111122223333\",\"id\":\"f1\",\"type\":\"Backdoor:" \
    "Lambda/"                                                                                      \
    "C&CActivity.B\",\"resource\":{\"lambdaDetails\":{\"functionName\":\"pay\"}},\"service\":"     \
    "{\"serviceName\":\"guardduty\",\"archived\":false},\"severity\":8,\"createdAt\":"             \
    "\"2026-11-20T09:00:00Z\",\"title\":\"t\"}\n"
#define HOLLOW                                                                                     \
    "{\"detail-type\":\"GuardDuty "                                                                \
    "Finding\",\"source\":\"aws.guardduty\",\"account\":\"1\",\"time\":"                           \
    "\"2026-11-20T09:00:00Z\",\"detail\":{}}\n"

static const struct result *run(const char *text, unsigned jobs, struct triage **t)
{
    char path[] = "/tmp/fw_verdicts_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
    struct str paths[] = {str_of(path)};
    struct triage_options o = {.paths = paths,
                               .path_count = 1,
                               .since_us = TIME_NONE,
                               .until_us = TIME_NONE,
                               .jobs = jobs};
    struct err err = {0};
    if (triage_run(&o, t, &err)) {
        fail_msg("%s", err.msg);
    }
    (void)unlink(path);
    return triage_result(*t);
}

static bool told(const struct result *r, const char *words)
{
    for (size_t i = 0; i < r->notes.len; i++) {
        if (str_find(r->notes.at[i], str_of(words)) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static bool is_without(const struct result *r, const char *what)
{
    for (size_t i = 0; i < r->without.len; i++) {
        if (str_starts(r->without.at[i], str_of(what))) {
            return true;
        }
    }
    return false;
}

static bool evidence_says(const struct result *r, const char *words)
{
    for (size_t i = 0; i < r->cases.len; i++) {
        for (size_t q = 0; q < QUESTION_MAX_; q++) {
            const struct answer *a = &r->cases.at[i]->answers[q];
            for (size_t k = 0; k < a->items.len; k++) {
                if (str_find(a->items.at[k].text, str_of(words)) != SIZE_MAX) {
                    return true;
                }
            }
        }
    }
    return false;
}

static void alerts_of_logs_are_used(void **state)
{
    (void)state;
    struct triage *t;
    const struct result *r = run(CALL("2026-11-20T09:12:00Z") ALERT HOLLOW, 1, &t);
    assert_int_equal(r->records, 3);
    assert_true(told(r, "used as known alerts: 1"));
    assert_true(told(r, "an alert that tells nothing"));
    assert_true(evidence_says(r, "C&CActivity"));
    /* Some alerts are not all of them: nothing may rest on there being no other. */
    assert_true(is_without(r, "--alerts"));
    triage_free(t);
    r = run(CALL("2026-11-20T09:12:00Z") HOLLOW, 2, &t);
    assert_false(told(r, "that came with the logs"));
    assert_true(is_without(r, "--alerts"));
    triage_free(t);
}

static void odd_times_make_no_window(void **state)
{
    (void)state;
    struct triage *t;
    const struct result *r =
        run(CALL("2026-11-20T09:12:00Z") CALL("1970-01-01T00:00:00Z") CALL("2262-01-01T00:00:00Z"),
            2, &t);
    int64_t want;
    assert_true(time_parse_rfc3339(STR("2026-11-20T09:12:00Z"), &want));
    assert_int_equal(r->records, 3);
    assert_int_equal(r->since_us, want);
    assert_int_equal(r->until_us, want);
    assert_true(told(r, "2 records have a time before 1990 or after 2100"));
    triage_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(alerts_of_logs_are_used),
                                       cmocka_unit_test(odd_times_make_no_window)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
