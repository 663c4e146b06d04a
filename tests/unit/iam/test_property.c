#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "iam/eval.h"
#include "tests/unit/iam/second.h"

/* Random policies and requests over few words, so that much meets: the evaluator against a second
 * one, and what it says with keys hidden against what it says when they are known. */

static uint64_t seed;

static unsigned pick(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % n;
}

static const char *one_of(const char *const *words, unsigned n)
{
    return words[pick(n)];
}

#define ONE_OF(words) one_of(words, sizeof(words) / sizeof((words)[0]))

#define USER    "arn:aws:iam::111122223333:user/u"
#define OTHER   "arn:aws:iam::444455556666:user/o"
#define ACCOUNT "111122223333"

static const char *const actions[] = {"s3:GetObject", "s3:PutObject", "iam:PassRole",
                                      "s3:ListBucket"};
static const char *const action_patterns[] = {"*",     "s3:*",         "s3:Get*",     "S3:*object",
                                              "iam:*", "s3:GetObject", "s3:???Object"};
static const char *const resources[] = {"arn:aws:s3:::b/u/x", "arn:aws:s3:::b/v", "arn:aws:s3:::c",
                                        "arn:aws:iam::111122223333:role/r"};
static const char *const resource_patterns[] = {"*",
                                                "arn:aws:s3:::*",
                                                "arn:aws:s3:::b/*",
                                                "arn:aws:s3:::b/${aws:username}/*",
                                                "arn:aws:s3:::?",
                                                "arn:aws:iam"};
static const char *const quantifiers[] = {"", "", "", "ForAnyValue:", "ForAllValues:"};

/* A key, the operators that fit its values, the values of requests and of policies. */
static const struct kind {
    const char *key;
    const char *ops[6];
    const char *have[3];
    const char *want[3];
} kinds[] = {
    {"aws:username",
     {"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
      "StringNotEqualsIgnoreCase"},
     {"u", "v", "U"},
     {"u", "?", "V"}},
    {"aws:tagkeys",
     {"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
      "StringNotEqualsIgnoreCase"},
     {"team", "cost", "x"},
     {"team", "c*", "y"}},
    {"s3:max-keys",
     {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
      "NumericGreaterThan", "NumericGreaterThanEquals"},
     {"1", "2", "3"},
     {"1", "2", "2.5"}},
    {"aws:sourceip",
     {"IpAddress", "NotIpAddress", "IpAddress", "NotIpAddress", "IpAddress", "NotIpAddress"},
     {"10.0.0.1", "10.0.1.1", "192.0.2.7"},
     {"10.0.0.0/24", "10.0.0.0/8", "192.0.2.7"}},
    {"aws:securetransport",
     {"Bool", "Bool", "Bool", "Bool", "Bool", "Bool"},
     {"true", "false", "True"},
     {"true", "false", "true"}},
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static void add_list(struct buf *b, const char *const *words, unsigned n)
{
    unsigned count = 1 + pick(2);
    buf_addc(b, '[');
    for (unsigned i = 0; i < count; i++) {
        buf_printf(b, "%s\"%s\"", i == 0 ? "" : ",", one_of(words, n));
    }
    buf_addc(b, ']');
}

static void add_condition(struct buf *b)
{
    const struct kind *k = &kinds[pick(KINDS)];
    if (pick(5) == 0) {
        buf_printf(b, ",\"Condition\":{\"Null\":{\"%s\":\"%s\"}}", k->key,
                   pick(2) == 0 ? "true" : "false");
        return;
    }
    buf_printf(b, ",\"Condition\":{\"%s%s%s\":{\"%s\":", ONE_OF(quantifiers), ONE_OF(k->ops),
               pick(3) == 0 ? "IfExists" : "", k->key);
    add_list(b, k->want, 3);
    buf_add_cstr(b, "}}");
}

static void add_statement(struct buf *b, bool principal)
{
    static const char *const whom[] = {"*", USER, ACCOUNT, OTHER};
    buf_printf(b, "{\"Effect\":\"%s\"", pick(4) == 0 ? "Deny" : "Allow");
    if (principal) {
        buf_printf(b, ",\"Principal\":{\"AWS\":\"%s\"}", ONE_OF(whom));
    }
    buf_add_cstr(b, pick(6) == 0 ? ",\"NotAction\":" : ",\"Action\":");
    add_list(b, action_patterns, sizeof(action_patterns) / sizeof(action_patterns[0]));
    buf_add_cstr(b, pick(6) == 0 ? ",\"NotResource\":" : ",\"Resource\":");
    add_list(b, resource_patterns, sizeof(resource_patterns) / sizeof(resource_patterns[0]));
    if (pick(2) == 0) {
        add_condition(b);
    }
    buf_addc(b, '}');
}

/* A policy in both forms. */
struct both {
    struct buf text;
    struct iam_policy policy;
    const struct iam_policy *at;
    struct iam_policy_set set;
    json_t *tree;
};

static void make(struct both *p, bool principal, struct arena *a)
{
    struct err err = {0};
    unsigned count = 1 + pick(3);
    buf_add_cstr(&p->text, "{\"Version\":\"2012-10-17\",\"Statement\":[");
    for (unsigned i = 0; i < count; i++) {
        buf_add_cstr(&p->text, i == 0 ? "" : ",");
        add_statement(&p->text, principal);
    }
    buf_add_cstr(&p->text, "]}");
    if (iam_policy_parse(STR("p"), buf_str(&p->text), a, &p->policy, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    p->at = &p->policy;
    p->set = (struct iam_policy_set){&p->at, 1};
    p->tree = json_loads(p->text.ptr, 0, NULL);
    assert_non_null(p->tree);
}

static void drop(struct both *p)
{
    json_decref(p->tree);
    buf_free(&p->text);
}

/* The second evaluator knows "arn:aws:iam" only as AWS completes it. */
static void complete_arns(json_t *policy)
{
    json_t *list = json_object_get(policy, "Statement");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *s = json_array_get(list, i);
        json_t *r = json_object_get(s, "Resource");
        r = r != NULL ? r : json_object_get(s, "NotResource");
        for (size_t k = 0; k < json_array_size(r); k++) {
            if (strcmp(json_string_value(json_array_get(r, k)), "arn:aws:iam") == 0) {
                (void)json_array_set_new(r, k, json_string("arn:aws:iam:*:*:*"));
            }
        }
    }
}

struct trial {
    struct both identity, boundary, organisation, resource;
    bool bounded, organised, with_resource;
    struct iam_key keys[KINDS];
    struct str values[KINDS][2];
    size_t key_count;
    struct iam_request request;
    struct second_request second;
};

static void make_keys(struct trial *t)
{
    t->second.keys = json_object();
    for (size_t i = 0; i < KINDS; i++) {
        json_t *list = json_array();
        size_t count = i == 1 ? pick(3) : pick(2); /* aws:TagKeys has several */
        for (size_t k = 0; k < count; k++) {
            const char *value = ONE_OF(kinds[i].have);
            t->values[i][k] = str_of(value);
            (void)json_array_append_new(list, json_string(value));
        }
        t->keys[i] = (struct iam_key){str_of(kinds[i].key), {t->values[i], count}};
        (void)json_object_set_new(t->second.keys, kinds[i].key, list);
    }
    t->request.keys = t->keys;
    t->request.key_count = KINDS;
    t->request.complete = true;
}

static void make_trial(struct trial *t, struct arena *a)
{
    make(&t->identity, false, a);
    make(&t->boundary, false, a);
    make(&t->organisation, false, a);
    make(&t->resource, true, a);
    t->bounded = pick(3) == 0;
    t->organised = pick(3) == 0;
    t->with_resource = pick(2) == 0;
    make_keys(t);
    const char *account = pick(3) == 0 ? "444455556666" : ACCOUNT;
    t->second.action = ONE_OF(actions);
    t->second.resource = ONE_OF(resources);
    t->second.user = USER;
    t->second.account = ACCOUNT;
    t->second.resource_account = account;
    t->request.action = str_of(t->second.action);
    t->request.resource = str_of(t->second.resource);
    t->request.account = str_of(account);
    t->request.caller.arn = STR(USER);
    t->request.caller.account = STR(ACCOUNT);
}

static void drop_trial(struct trial *t)
{
    drop(&t->identity);
    drop(&t->boundary);
    drop(&t->organisation);
    drop(&t->resource);
    json_decref(t->second.keys);
}

static enum iam_answer ask(const struct trial *t, const struct iam_request *r, struct arena *a)
{
    struct err err = {0};
    struct iam_decision d = {0};
    struct iam_policies p = {.identity = t->identity.set,
                             .boundary = t->bounded ? &t->boundary.set : NULL,
                             .levels = &t->organisation.set,
                             .level_count = t->organised ? 1 : 0,
                             .resource = t->with_resource ? &t->resource.policy : NULL};
    assert_int_equal(iam_evaluate(&p, r, a, &d, &err), ERR_OK);
    return d.answer;
}

static bool ask_second(const struct trial *t)
{
    struct second_policies p = {.identity = t->identity.tree,
                                .boundary = t->bounded ? t->boundary.tree : NULL,
                                .organisation = t->organised ? t->organisation.tree : NULL,
                                .resource = t->with_resource ? t->resource.tree : NULL};
    const json_t *const all[] = {t->identity.tree, t->boundary.tree, t->organisation.tree,
                                 t->resource.tree};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        complete_arns((json_t *)(uintptr_t)all[i]);
    }
    return second_allows(&p, &t->second);
}

/* Some keys hidden: a definite answer must be the true one, and hiding nothing hides nothing. */
static enum iam_answer ask_blind(const struct trial *t, struct arena *a)
{
    struct iam_key some[KINDS];
    struct iam_request r = t->request;
    r.keys = some;
    r.key_count = 0;
    r.complete = false;
    for (size_t i = 0; i < KINDS; i++) {
        if (pick(2) == 0) {
            some[r.key_count++] = t->keys[i];
        }
    }
    return ask(t, &r, a);
}

static void test_second(void **state)
{
    (void)state;
    enum { TRIALS = 30000 };
    unsigned yes = 0;
    unsigned depends = 0;
    seed = 7;
    for (unsigned n = 0; n < TRIALS; n++) {
        struct arena a = {0};
        struct trial t = {0};
        make_trial(&t, &a);
        enum iam_answer answer = ask(&t, &t.request, &a);
        bool second = ask_second(&t);
        if (answer == IAM_DEPENDS || (answer == IAM_YES) != second) {
            fail_msg(
                "trial %u: %s, second %d\n%s\n%s\n%s\n%s\n%s on %s", n, iam_answer_name(answer),
                second, t.identity.text.ptr, t.bounded ? t.boundary.text.ptr : "-",
                t.organised ? t.organisation.text.ptr : "-",
                t.with_resource ? t.resource.text.ptr : "-", t.second.action, t.second.resource);
        }
        enum iam_answer blind = ask_blind(&t, &a);
        if (blind != IAM_DEPENDS && blind != answer) {
            fail_msg("trial %u: %s when keys are hidden, %s when not\n%s", n,
                     iam_answer_name(blind), iam_answer_name(answer), t.identity.text.ptr);
        }
        yes += answer == IAM_YES ? 1 : 0;
        depends += blind == IAM_DEPENDS ? 1 : 0;
        drop_trial(&t);
        arena_free(&a);
    }
    printf("%u trials: %u allowed, %u hang on a hidden key\n", (unsigned)TRIALS, yes, depends);
    assert_in_range(yes, TRIALS / 10, TRIALS * 9 / 10);
    assert_in_range(depends, TRIALS / 20, TRIALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_second)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
