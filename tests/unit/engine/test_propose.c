/* What the logs suggest for --env, and what they must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "engine/propose.h"

#define OURS   "111122223333"
#define THEIRS "999988887777"

/* A CloudTrail record: call, account of the caller, ARN, address, more members. */
static void record(struct buf *out, unsigned minute, const char *call, const char *identity,
                   const char *address, const char *more)
{
    static unsigned id;
    struct str name = str_of(call);
    struct str service = STR_EMPTY;
    assert_true(str_cut(&name, ' ', &service));
    buf_printf(out,
               "{\"eventVersion\":\"1.09\",\"userIdentity\":%s,\"eventTime\":"
               "\"2026-11-20T09:%02u:00Z\",\"eventSource\":\"%.*s.amazonaws.com\",\"eventName\":"
               "\"%.*s\",\"awsRegion\":\"eu-west-1\",\"sourceIPAddress\":\"%s\",\"eventID\":"
               "\"00000000-0000-4000-8000-%012u\",\"recipientAccountId\":\"" OURS "\"%s}\n",
               identity, minute, STR_ARG(service), STR_ARG(name), address, ++id, more);
}

#define ROLE(account, name)                                                                        \
    "{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::" account ":assumed-role/" name              \
    "/s\",\"accountId\":\"" account "\",\"accessKeyId\":\"ASIA1\",\"sessionContext\":{"            \
    "\"sessionIssuer\":{\"type\":\"Role\",\"arn\":\"arn:aws:iam::" account ":role/" name           \
    "\",\"accountId\":\"" account "\",\"userName\":\"" name "\"}}}"
#define CODE ",\"requestParameters\":{\"functionName\":\"pay\"}"

static void logs(struct buf *out)
{
    for (unsigned i = 0; i < 6; i++) {
        char user[256];
        (void)snprintf(user, sizeof(user),
                       "{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::" OURS
                       ":user/u%u\",\"accountId\":\"" OURS "\",\"userName\":\"u%u\"}",
                       i, i);
        record(out, i, "lambda UpdateFunctionCode20150331v2", user, "203.0.113.7", CODE);
        record(out, i, "lambda UpdateFunctionCode20150331v2", user,
               i < 4 ? "203.0.113.8" : "10.0.0.1", CODE);
    }
    for (unsigned i = 0; i < 3; i++) {
        record(out, i, "lambda UpdateFunctionCode20150331v2", ROLE(OURS, "deploy"), "198.51.100.1",
               CODE);
        record(out, i, "lambda GetFunction20150331v2", ROLE(THEIRS, "watch"), "198.51.100.2", CODE);
    }
    record(out, 9, "lambda UpdateFunctionCode20150331v2", ROLE(OURS, "once"), "198.51.100.1", CODE);
    record(out, 9, "lambda CreateFunctionUrlConfig", ROLE(OURS, "once"), "198.51.100.1",
           ",\"requestParameters\":{\"functionName\":\"pay\",\"authType\":\"NONE\"},"
           "\"responseElements\":{\"functionUrl\":\"https://a.lambda-url.eu-west-1.on.aws/\","
           "\"authType\":\"NONE\",\"functionArn\":\"arn:aws:lambda:eu-west-1:" OURS
           ":function:pay\"}");
    record(out, 9, "lambda UpdateFunctionConfiguration20150331v2", ROLE(OURS, "once"),
           "198.51.100.1",
           ",\"requestParameters\":{\"functionName\":\"pay\",\"layers\":[\"arn:aws:lambda:"
           "eu-west-1:580247275435:layer:x:1\"]}");
}

static void write_file(char *path, struct str text)
{
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text.ptr, 1, text.len, f), text.len);
    assert_int_equal(fclose(f), 0);
}

static void run(const char *env, struct estate **e, struct arena *a, struct proposal_list *list)
{
    char path[] = "/tmp/fw-propose-XXXXXX";
    char env_path[] = "/tmp/fw-propose-env-XXXXXX";
    struct err err = {0};
    CLEANUP(buf_free) struct buf text = {0};
    logs(&text);
    write_file(path, buf_str(&text));
    write_file(env_path, str_of(env));
    struct str paths[] = {str_of(path)};
    struct triage_options o = {.paths = paths,
                               .path_count = 1,
                               .env = str_of(env_path),
                               .since_us = TIME_NONE,
                               .until_us = TIME_NONE,
                               .jobs = 1};
    if (estate_build(&o, e, &err) != ERR_OK || propose(*e, a, list, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    (void)remove(path);
    (void)remove(env_path);
}

static const struct proposal *find(const struct proposal_list *list, enum proposal_kind kind,
                                   const char *value)
{
    for (size_t i = 0; i < list->len; i++) {
        if (list->at[i].kind == kind && str_eq(list->at[i].value, str_of(value))) {
            return &list->at[i];
        }
    }
    return NULL;
}

static void test_all(void **state)
{
    (void)state;
    struct estate *e = NULL;
    CLEANUP(arena_free) struct arena a = {0};
    struct proposal_list list = {0};
    run("", &e, &a, &list);
    assert_non_null(find(&list, PROPOSE_ACCOUNT, OURS));
    assert_null(find(&list, PROPOSE_ACCOUNT, THEIRS));
    const struct proposal *p = find(&list, PROPOSE_PIPELINE, "arn:aws:iam::" OURS ":role/deploy");
    assert_non_null(p);
    assert_int_equal(p->count, 3);
    assert_int_equal(p->last_us - p->first_us, 2 * TIME_MINUTE_US);
    p = find(&list, PROPOSE_RANGE, "203.0.113.7");
    assert_non_null(p);
    assert_true(str_find(p->why, STR("6 people")) != SIZE_MAX);
    assert_null(find(&list, PROPOSE_RANGE, "203.0.113.8")); /* of four people only */
    assert_null(find(&list, PROPOSE_RANGE, "10.0.0.1"));
    p = find(&list, PROPOSE_VENDOR, THEIRS);
    assert_non_null(p);
    assert_int_equal(p->actions.len, 1);
    assert_non_null(find(&list, PROPOSE_LAYER_ACCOUNT, "580247275435"));
    assert_non_null(find(&list, PROPOSE_PUBLIC, "pay"));
    for (size_t i = 1; i < list.len; i++) {
        assert_true(list.at[i - 1].kind <= list.at[i].kind);
    }
    proposals_free(&list);
    estate_free(e);
}

static void test_known(void **state)
{
    (void)state;
    struct estate *e = NULL;
    CLEANUP(arena_free) struct arena a = {0};
    struct proposal_list list = {0};
    run("accounts: [\"" OURS "\"]\naddress_ranges: {office: [203.0.113.0/24]}\n"
        "pipelines: [\"*role/deploy\"]\npublic_functions: [pay]\n"
        "vendors: [{name: w, principals: [\"" THEIRS "\"], actions: [\"Get*\"]}]\n"
        "layer_accounts: [\"580247275435\"]\n",
        &e, &a, &list);
    for (size_t i = 0; i < list.len; i++) {
        if (list.at[i].kind != PROPOSE_PIPELINE) {
            fail_msg("proposed again: %.*s", STR_ARG(list.at[i].value));
        }
    }
    assert_null(find(&list, PROPOSE_PIPELINE, "arn:aws:iam::" OURS ":role/deploy"));
    proposals_free(&list);
    estate_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
