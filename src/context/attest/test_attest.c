#include "../../../tests/unit/context/load.h"

static const char text[] =
    "case,question,answer,who,channel,at,expires,text\n"
    "05103245aa11,Q1,legitimate,grace@example.com,phone,2026-11-20T10:05:00Z,2026-12-31,moved it\n"
    "05103245,q3,Suspicious,ana,in person,,2026-12-31T12:00:00Z,\n"
    "0510,Q1,legitimate,ana,phone,,2026-12-31,\n"
    "05103245,Q5,legitimate,ana,phone,,2026-12-31,\n"
    "05103245,Q1,maybe,ana,phone,,2026-12-31,\n"
    "05103245,Q1,legitimate,ana,,,2026-12-31,\n"
    "05103245,Q1,legitimate,,phone,,2026-12-31,\n"
    "05103245,Q1,legitimate,ana,phone,,,\n"
    "05103245,Q1,legitimate,ana,phone,,soon,\n";

static void skips(const struct context *c, uint64_t line, const char *why)
{
    for (size_t i = 0; i < c->skipped.len; i++) {
        if (c->skipped.at[i].line == line) {
            if (str_find(c->skipped.at[i].reason, str_of(why)) == SIZE_MAX) {
                fail_msg("%.*s lacks %s", STR_ARG(c->skipped.at[i].reason), why);
            }
            return;
        }
    }
    fail_msg("line %d was not skipped", (int)line);
}

static void test_csv(void **state)
{
    (void)state;
    CLEANUP(done) struct context *c = loaded(CONTEXT_ATTEST, "a.csv", NULL, text);
    assert_int_equal(c->attestations.len, 2);
    const struct attestation *a = &c->attestations.at[0];
    same(a->case_id, "05103245aa11");
    same(a->who, "grace@example.com");
    same(a->channel, "phone");
    same(a->text, "moved it");
    same(a->origin, "a.csv:2");
    assert_int_equal(a->question, Q1);
    assert_true(a->legitimate);
    at_time(a->at_us, "2026-11-20T10:05:00Z");
    at_time(a->expires_us, "2027-01-01T00:00:00Z");
    assert_int_equal(c->attestations.at[1].question, Q3);
    assert_false(c->attestations.at[1].legitimate);
    at_time(c->attestations.at[1].expires_us, "2026-12-31T12:00:00Z");
    skips(c, 4, "no id of a case");
    skips(c, 5, "is not Q1, Q2, Q3 or Q4");
    skips(c, 6, "is not legitimate or suspicious");
    skips(c, 7, "who, channel and expires");
    skips(c, 8, "who, channel and expires");
    skips(c, 9, "not for ever");
    skips(c, 10, "expires");
}

static void test_refused(void **state)
{
    (void)state;
    refused(CONTEXT_ATTEST, "a.csv", NULL, "case,question,answer,who,expires\n", ERR_SCHEMA,
            "a.csv|channel|columns:");
}

static void test_torture(void **state)
{
    (void)state;
    torture(CONTEXT_ATTEST, "a.csv", NULL, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_torture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
