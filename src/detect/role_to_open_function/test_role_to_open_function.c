#include "detect/test_sequence.h"

extern const struct detect_ops detect_role_to_open_function;

#define TRUST(service)                                                                             \
    "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"" service                  \
    "\"},\"Action\":\"sts:AssumeRole\"}]}"
#define ALLOW(action, resource)                                                                    \
    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"" resource "\"" \
    "}}"
#define OWN_ARN "arn:aws:iam::111122223333:policy/ops"

static struct event *iam(struct event *e)
{
    e->service = STR("iam.amazonaws.com");
    e->kind = EVENT_IDENTITY;
    e->function = (struct function_key){0};
    return e;
}

static struct event *call(struct fx *f)
{
    struct event *e = FX_PLAIN(f, "Invoke");
    e->kind = EVENT_INVOKE;
    e->data_event = true;
    return e;
}

static struct event *denied(struct event *e)
{
    e->outcome = OUTCOME_DENIED;
    return e;
}

#define ROLE_ARN "arn:aws:iam::111122223333:role/fn/helper"
static struct event *make(struct fx *f, char letter)
{
    switch (letter) {
    case 'm':
        return iam(FX_EVENT(f, "CreateRole", FX_ATTR(TARGET_ROLE, "helper"),
                            FX_ATTR(TRUST_DOCUMENT, TRUST("lambda\\u002eamazonaws.com"))));
    case 'e': /* a role for machines */
        return iam(FX_EVENT(f, "CreateRole", FX_ATTR(TARGET_ROLE, "helper"),
                            FX_ATTR(TRUST_DOCUMENT, TRUST("ec2.amazonaws.com"))));
    case 't':
        return iam(FX_EVENT(f, "UpdateAssumeRolePolicy", FX_ATTR(TARGET_ROLE, "helper"),
                            FX_ATTR(TRUST_DOCUMENT, TRUST("lambda.amazonaws.com"))));
    case 'g':
        return iam(FX_EVENT(f, "PutRolePolicy", FX_ATTR(TARGET_ROLE, "helper"),
                            FX_ATTR(POLICY_ARN, "p"), FX_ATTR(POLICY_DOCUMENT, ALLOW("*", "*"))));
    case 'a':
        return iam(FX_EVENT(f, "AttachRolePolicy", FX_ATTR(TARGET_ROLE, "helper"),
                            FX_ATTR(POLICY_ARN, "arn:aws:iam::aws:policy/AmazonS3FullAccess")));
    case 'P':
        return iam(FX_EVENT(f, "CreatePolicy", FX_ATTR(POLICY_ARN, OWN_ARN),
                            FX_ATTR(POLICY_DOCUMENT, ALLOW("iam:*", "*"))));
    case 'A':
        return iam(FX_EVENT(f, "AttachRolePolicy", FX_ATTR(TARGET_ROLE, "helper"),
                            FX_ATTR(POLICY_ARN, OWN_ARN)));
    case 'n': /* what a function needs */
        return iam(FX_EVENT(
            f, "PutRolePolicy", FX_ATTR(TARGET_ROLE, "helper"), FX_ATTR(POLICY_ARN, "p"),
            FX_ATTR(POLICY_DOCUMENT, ALLOW("sqs:SendMessage", "arn:aws:sqs:eu-west-1:1:q"))));
    case 'f':
        return FX_EVENT(f, "CreateFunction", FX_ATTR(ROLE, ROLE_ARN));
    case 'F': /* with another role */
        return FX_EVENT(f, "CreateFunction", FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/other"));
    case 'c':
        return FX_EVENT(f, "UpdateFunctionConfiguration", FX_ATTR(ROLE, ROLE_ARN));
    case 'd':
        return FX_EVENT(f, "CreateFunction", FX_ATTR(ROLE, ROLE_ARN), FX_ATTR(DRY_RUN, ""));
    case 'o':
        return FX_EVENT(f, "CreateFunctionUrlConfig", FX_ATTR(URL_AUTH, "NONE"));
    case 'O':
        return FX_EVENT(f, "AddPermission", FX_ATTR(GRANT_PRINCIPAL, "*"));
    case 's': /* a URL for those who sign */
        return FX_EVENT(f, "CreateFunctionUrlConfig", FX_ATTR(URL_AUTH, "AWS_IAM"));
    case 'b': /* everybody, but for one bucket's sake */
        return FX_EVENT(f, "AddPermission", FX_ATTR(GRANT_PRINCIPAL, "*"),
                        FX_ATTR(GRANT_SOURCE, "arn:aws:s3:::in"));
    case 'x':
        return denied(FX_EVENT(f, "CreateFunctionUrlConfig", FX_ATTR(URL_AUTH, "NONE")));
    case 'i':
        return call(f);
    default:
        return NULL;
    }
}

static const struct sq_row rows[] = {
    {"mgfoi", 5, SEVERITY_CRITICAL},
    {"mafOi", 5, SEVERITY_CRITICAL},
    {"tgcOi", 5, SEVERITY_CRITICAL},
    {"mPAfoi", 5, SEVERITY_CRITICAL}, /* by a policy of one's own */
    {"mgfo", 4, SEVERITY_HIGH},       /* no data events */
    {"!iofgm", 5, SEVERITY_CRITICAL}, /* one second, in whatever order of ids */
    {"mgfoiiii", 5, SEVERITY_CRITICAL},
    {"mmggffooii", 6, SEVERITY_CRITICAL},
    /* The twins: what each step looks like when all is well, or not this. */
    {"gfoi", 0, 0},
    {"mfoi", 0, 0},
    {"mgoi", 0, 0},
    {"mgfi", 0, 0},
    {"egfoi", 0, 0},
    {"mnfoi", 0, 0},
    {"mgFoi", 0, 0},
    {"mgdoi", 0, 0},
    {"mgfsi", 0, 0},
    {"mgfbi", 0, 0},
    {"mgfxi", 0, 0},
    {"AmPfoi", 0, 0}, /* given before it was made, so not to this role */
    {"gmfoi", 0, 0},
    {"m.g.foi", 0, 0}, /* slower than the window */
};

static void set_long(struct fx *f)
{
    sq_window(f, "sq1_minutes", "600");
}

static void test_rows(void **state)
{
    (void)state;
    static const struct sq_row slow = {"m.g.foi", 5, SEVERITY_CRITICAL};
    sq_play(&detect_role_to_open_function, rows, ARRAY_LEN(rows), make, NULL);
    sq_play(&detect_role_to_open_function, &slow, 1, make, set_long);
}

static void test_tells_each_step(void **state)
{
    (void)state;
    struct fx f;
    fx_open(&f, &detect_role_to_open_function);
    for (const char *c = "mgfoi"; *c != '\0'; c++) {
        struct event *e = make(&f, *c);
        e->actor = *c == 'i' ? &f.ci : &f.dana;
        (void)fx_play(&f, e);
    }
    (void)fx_finish(&f);
    const struct hit *h = fx_last(&f);
    assert_true(str_find(h->explain, STR("dana.k@example.com made a role")) == 0);
    assert_true(str_find(h->explain, STR("CreateRole, then ")) != SIZE_MAX);
    assert_true(str_find(h->explain, STR("Invoke of pay by repo:acme/pay")) != SIZE_MAX);
    /* Folded by who made the function, not by who called it. */
    assert_true(str_eq(h->lead->action, STR("CreateFunction")));
    fx_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_tells_each_step)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
