/* Proposals load as an --env file: as they are, where nothing counts, and accepted, where all do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "cli/env_out.h"

#define HOSTILE "x\"\n- evil: 1\n# \x1b[31m\xff\xe2\x80\xae'"

static struct str actions[] = {STR_INIT("Get*"), STR_INIT("Invoke\": [")};

static struct proposal one(enum proposal_kind kind, const char *value)
{
    return (struct proposal){.kind = kind,
                             .value = str_of(value),
                             .why = STR("because\n# accounts: [\"1\"]"),
                             .count = 7,
                             .first_us = TIME_NONE,
                             .last_us = TIME_NONE};
}

static struct proposal_list all(struct proposal *at, const char *value)
{
    size_t n = 0;
    for (unsigned k = 0; k < PROPOSE_KIND_MAX_; k++) {
        at[n++] = one((enum proposal_kind)k, k == PROPOSE_RANGE ? "203.0.113.7" : value);
    }
    at[PROPOSE_VENDOR].actions.at = actions;
    at[PROPOSE_VENDOR].actions.len = ARRAY_LEN(actions);
    return (struct proposal_list){.at = at, .len = n};
}

/* Take "# " away where a line begins with it. */
static void accept(struct str text, struct buf *out)
{
    struct str line;
    while (str_cut(&text, '\n', &line)) {
        buf_add(out, str_starts(line, STR("# ")) ? str_from(line, 2) : line);
        buf_addc(out, '\n');
    }
}

static struct context *loaded(struct str text)
{
    struct err err = {0};
    struct context *c = context_new();
    assert_non_null(c);
    if (context_load_env_text(c, STR("env.yaml"), text, &err) != ERR_OK) {
        fail_msg("%s\n%.*s", err.msg, STR_ARG(text));
    }
    return c;
}

static void test_proposals(void **state)
{
    (void)state;
    static const char *const values[] = {"111122223333", HOSTILE, "repo:acme/pay:*", "#",
                                         "- [",          ""};
    for (size_t v = 0; v < ARRAY_LEN(values); v++) {
        struct proposal at[PROPOSE_KIND_MAX_];
        struct proposal_list list = all(at, values[v]);
        struct estate e = {.from_us = TIME_NONE, .to_us = TIME_NONE};
        CLEANUP(buf_free) struct buf out = {0};
        CLEANUP(buf_free) struct buf accepted = {0};
        assert_true(env_text_of(&out, &e, &list));
        struct context *c = loaded(buf_str(&out));
        assert_false(c->env.given);
        assert_int_equal(c->env.accounts.len + c->env.pipelines.len + c->env.vendors.len +
                             c->env.ranges.len + c->env.public_functions.len,
                         0);
        assert_int_equal(c->notes.len, 1);
        context_free(c);
        if (str_of(values[v]).len == 0) {
            continue; /* an account without an id is refused, as it must be */
        }
        accept(buf_str(&out), &accepted);
        c = loaded(buf_str(&accepted));
        assert_true(c->env.given);
        assert_int_equal(c->env.accounts.len, 1);
        assert_int_equal(c->env.pipelines.len, 1);
        assert_int_equal(c->env.vendors.len, 1);
        assert_int_equal(c->env.vendors.at[0].actions.len, 2);
        assert_int_equal(c->env.ranges.len, 1);
        assert_int_equal(c->env.layer_accounts.len, 1);
        assert_int_equal(c->env.public_functions.len, 1);
        assert_true(c->env.organization.len > 0);
        context_free(c);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    struct proposal_list list = {0};
    struct estate e = {.from_us = TIME_NONE, .to_us = TIME_NONE};
    CLEANUP(buf_free) struct buf out = {0};
    assert_true(env_text_of(&out, &e, &list));
    struct context *c = loaded(buf_str(&out));
    assert_false(c->env.given);
    context_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proposals),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
