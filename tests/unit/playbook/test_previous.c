/* An earlier result read back: what is kept of it, and what is refused, of any damaged or forged one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "playbook/previous.h"

#define Q(id, answer, items)                                                                       \
    "{\"id\":\"" id "\",\"raised\":true,\"answer\":\"" answer "\",\"evidence\":[" items "]}"
#define QS                                                                                         \
    Q("Q1", "unknown", "{\"id\":\"change.none\"}")                                                 \
    "," Q("Q2", "unknown", "") "," Q("Q3", "suspicious", "") "," Q("Q4", "legitimate", "")
#define DECISION                                                                                   \
    "{\"row\":\"E2\",\"action\":\"escalate\",\"escalate\":true,\"priority\":\"P2\","               \
    "\"due\":\"2026-11-20T13:00:00Z\"}"
#define CASE(id, questions, decision, addresses)                                                   \
    "{\"id\":\"" id "\",\"title\":\"t\",\"questions\":[" questions "],\"decision\":" decision      \
    ",\"findings\":[\"f1\"],\"timeline\":[{\"record_id\":\"r1\"},{\"record_id\":\"\"}],"           \
    "\"addresses\":[" addresses "]}"
#define RESULT(cases)                                                                              \
    "{\"schema\":\"faaswatch.triage/"                                                              \
    "1\",\"findings\":[{\"id\":\"f1\",\"count\":7}],\"cases\":[" cases "]}"

static enum err_code load(const char *text, struct previous **out, struct err *err)
{
    return previous_load(STR("old.json"), str_of(text), out, err);
}

static void test_kept(void **state)
{
    (void)state;
    struct previous *p = NULL;
    assert_int_equal(load(RESULT(CASE("aa11", QS, DECISION, "\"198.51.100.7\"")), &p, NULL),
                     ERR_OK);
    const struct previous_case *c = previous_find(p, STR("aa11"));
    assert_non_null(c);
    assert_null(previous_find(p, STR("bb22")));
    assert_int_equal(previous_count(p), 1);
    assert_int_equal(c->priority, 2);
    assert_true(c->escalate);
    assert_int_equal(c->due_us, time_of_date(2026, 11, 20) + 13 * TIME_HOUR_US);
    assert_int_equal(c->answers[Q3].verdict, VERDICT_SUSPICIOUS);
    assert_int_equal(c->answers[Q1].counted.len, 1);
    assert_ptr_equal(previous_of_finding(p, STR("f1")), c);
    assert_ptr_equal(previous_of_record(p, STR("r1")), c);
    assert_null(previous_of_record(p, STR_EMPTY));
    assert_int_equal(previous_hits(p, STR("f1")), 7);
    size_t at = 0;
    assert_ptr_equal(previous_escalated(p, STR("198.51.100.7"), &at), c);
    assert_null(previous_escalated(p, STR("198.51.100.7"), &at));
    at = 0;
    assert_null(previous_escalated(p, STR("198.51.100.8"), &at));
    previous_free(p);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum err_code code;
        const char *message;
    } rows[] = {
        {"", ERR_SYNTAX, "no whole JSON"},
        {"{", ERR_SYNTAX, "byte 1"},
        {"[]", ERR_SCHEMA, "give a file that 'triage --format json' wrote"},
        {"null", ERR_SCHEMA, "no result of triage"},
        {"{\"schema\":\"faaswatch.triage/2\"}", ERR_SCHEMA, "faaswatch.triage/1"},
        {"{\"schema\":\"faaswatch.triage/1\"}", ERR_SCHEMA, "'findings' must be a list"},
        {RESULT("1"), ERR_SCHEMA, "case 1: 'cases' must be objects"},
        {RESULT("{}"), ERR_SCHEMA, "case 1: 'id' must be a text"},
        {RESULT(CASE("", QS, DECISION, "")), ERR_SCHEMA, "1 to 64 bytes"},
        {RESULT(CASE("aa", QS, DECISION, "") "," CASE("aa", QS, DECISION, "")), ERR_SCHEMA,
         "case 2: 'id' must be of one case only"},
        {RESULT(CASE("aa", Q("Q9", "unknown", ""), DECISION, "")), ERR_SCHEMA, "Q1 to Q4"},
        {RESULT(CASE("aa", QS "," Q("Q1", "unknown", ""), DECISION, "")), ERR_SCHEMA, "each once"},
        {RESULT(CASE("aa", Q("Q1", "fine", ""), DECISION, "")), ERR_SCHEMA,
         "legitimate, suspicious or unknown"},
        {RESULT(CASE("aa", QS, "7", "")), ERR_SCHEMA, "'decision' must be an object"},
        {RESULT(CASE("aa", QS,
                     "{\"row\":\"E2\",\"action\":\"close\",\"escalate\":1,\"priority\":null,"
                     "\"due\":null}",
                     "")),
         ERR_SCHEMA, "'escalate' must be true or false"},
        {RESULT(CASE("aa", QS,
                     "{\"row\":\"E2\",\"action\":\"close\",\"escalate\":true,\"priority\":\"P9\","
                     "\"due\":null}",
                     "")),
         ERR_SCHEMA, "P1 to P4"},
        {RESULT(CASE("aa", QS,
                     "{\"row\":\"E2\",\"action\":\"close\",\"escalate\":true,\"priority\":null,"
                     "\"due\":\"tomorrow\"}",
                     "")),
         ERR_SCHEMA, "RFC 3339"},
        {RESULT(CASE("aa", QS, DECISION, "7")), ERR_SCHEMA, "'addresses' must be a text"},
        {"{\"schema\":\"faaswatch.triage/1\",\"findings\":[{\"id\":\"f\",\"count\":-1}],"
         "\"cases\":[]}",
         ERR_SCHEMA, "finding 1: 'count' must be a whole number"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct previous *p = NULL;
        struct err err = {0};
        enum err_code code = load(rows[i].text, &p, &err);
        if (code != rows[i].code || strstr(err.msg, rows[i].message) == NULL) {
            fail_msg("row %zu: %s: \"%s\" lacks \"%s\"", i, err_code_name(code), err.msg,
                     rows[i].message);
        }
        assert_null(p);
    }
}

/* Cut anywhere and with any byte otherwise, it is read or refused, never believed half. */
static void test_damaged(void **state)
{
    (void)state;
    static const char good[] = RESULT(CASE("aa11", QS, DECISION, "\"198.51.100.7\""));
    for (size_t n = 0; n < sizeof(good) - 1; n++) {
        struct previous *p = NULL;
        assert_int_not_equal(previous_load(STR("old.json"), str_make(good, n), &p, NULL), ERR_OK);
        CLEANUP(buf_free) struct buf b = {0};
        buf_add(&b, str_make(good, sizeof(good) - 1));
        b.ptr[n] = (char)(b.ptr[n] ^ 0x15);
        if (previous_load(STR("old.json"), buf_str(&b), &p, NULL) == ERR_OK) {
            previous_free(p);
        }
    }
}

static void test_no_memory(void **state)
{
    (void)state;
    bool done = false;
    for (unsigned long n = 1; !done && n < 200; n++) {
        struct previous *p = NULL;
        mem_torture(n);
        enum err_code code = load(RESULT(CASE("aa11", QS, DECISION, "\"198.51.100.7\"")), &p, NULL);
        mem_torture(0);
        done = code == ERR_OK;
        assert_true(done || code == ERR_NOMEM);
        previous_free(p);
    }
    assert_true(done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
