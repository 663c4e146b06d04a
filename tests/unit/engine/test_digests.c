/* The whole of a triage over a bucket's copy whose logs were tampered with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine/triage.h"

/* The chain is made by the fixture of another folder's tests. */
#include "tests/unit/integrity/chain_fixture.c"

static struct triage *triage_of(struct chain *c, bool keys)
{
    struct triage *t = NULL;
    struct err err = {0};
    struct triage_options o = {.paths = &c->dir,
                               .path_count = 1,
                               .env = STR_EMPTY,
                               .digest_keys = keys ? c->keys : STR_EMPTY,
                               .since_us = TIME_NONE,
                               .until_us = TIME_NONE,
                               .jobs = 2};
    if (triage_run(&o, &t, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    return t;
}

static const struct finding *finding_of(const struct result *r, struct str id)
{
    for (size_t i = 0; i < r->findings.len; i++) {
        if (str_eq(r->findings.at[i]->detection->id, id)) {
            return r->findings.at[i];
        }
    }
    return NULL;
}

static const struct source_seen *cloudtrail_of(const struct result *r)
{
    for (size_t i = 0; i < r->sources.len; i++) {
        const struct source_seen *s = &r->sources.at[i];
        if (str_eq(s->source, STR("aws.cloudtrail")) && s->account.len == 0) {
            return s;
        }
    }
    return NULL;
}

static bool asks_for_keys(const struct result *r)
{
    for (size_t i = 0; i < r->without.len; i++) {
        if (str_starts(r->without.at[i], STR("--digest-keys"))) {
            return true;
        }
    }
    return false;
}

static void sound_logs_are_said_to_be_sound(void **state)
{
    (void)state;
    struct chain c;
    chain_make(&c);
    struct triage *t = triage_of(&c, true);
    const struct result *r = triage_result(t);
    const struct source_seen *s = cloudtrail_of(r);
    assert_null(finding_of(r, STR("faaswatch.digest_chain_broken")));
    assert_non_null(s);
    assert_int_equal(s->state, COVERAGE_PRESENT);
    assert_true(str_starts(s->note, STR("18 log files are what CloudTrail wrote, 0 are")));
    assert_false(asks_for_keys(r));
    triage_free(t);
    t = triage_of(&c, false);
    assert_true(asks_for_keys(triage_result(t)));
    triage_free(t);
    chain_free(&c);
}

static void tampering_is_a_finding_and_a_case(void **state)
{
    (void)state;
    struct chain c;
    chain_make(&c);
    struct str text = chain_unpack(&c, c.log[2][0]);
    text = chain_replace(&c, text, "198.51.100.7", "198.51.100.8");
    chain_write(&c, c.log[2][0], chain_gzip(&c, text, 6));
    chain_remove(&c, c.log[3][1]);
    struct triage *t = triage_of(&c, true);
    const struct result *r = triage_result(t);
    const struct source_seen *s = cloudtrail_of(r);
    const struct finding *f = finding_of(r, STR("faaswatch.digest_chain_broken"));
    assert_non_null(f);
    assert_int_equal(f->count, 2);
    assert_int_equal(f->severity, SEVERITY_HIGH);
    assert_true(str_eq(f->account, STR("123456789012")));
    /* What shows it: the altered log, and the digest that lists the one that is gone. */
    for (size_t i = 0; i < f->events.len; i++) {
        assert_true(f->events.at[i]->origin.file < r->file_count);
        assert_true(f->events.at[i]->origin.length > 0);
    }
    assert_non_null(s);
    assert_int_equal(s->state, COVERAGE_PARTIAL);
    bool escalated = false;
    for (size_t i = 0; i < r->cases.len; i++) {
        escalated = escalated || r->cases.at[i]->decision.escalate;
    }
    assert_true(escalated);
    triage_free(t);
    chain_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_logs_are_said_to_be_sound),
        cmocka_unit_test(tampering_is_a_finding_and_a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
