#include "detect/test_sequence.h"

extern const struct detect_ops detect_function_role_abroad;

#define ROLE "arn:aws:iam::111122223333:role/fn-pay"

static struct event *session(struct event *e, const char *service, const char *address,
                             const char *agent)
{
    e->kind = EVENT_READ;
    e->service = str_of(service);
    e->function = (struct function_key){0};
    e->user_agent = str_of(agent);
    e->who = (struct identity){.kind = IDENTITY_ROLE,
                               .role = STR(ROLE),
                               .session_name = STR("pay"),
                               .access_key = STR("ASIAIOSFODNN7EXAMPLE")};
    return sq_from(e, address);
}

#define STS     "sts.amazonaws.com"
#define SECRETS "secretsmanager.amazonaws.com"
#define CLI     "aws-cli/2.17.20 md/Botocore#1.34"
#define LAMBDA  "Boto3/1.34.131 exec-env/AWS_Lambda_python3.12"
#define OUT     "203.0.113.9"

static struct event *make(struct fx *f, char letter)
{
    struct event *e;
    switch (letter) {
    case 't': /* Lambda takes the role on */
        e = FX_EVENT(f, "AssumeRole", FX_ATTR(ASSUMED_ROLE, ROLE));
        e->kind = EVENT_ASSUME;
        e->service = STR(STS);
        e->who =
            (struct identity){.kind = IDENTITY_SERVICE, .invoked_by = STR("lambda.amazonaws.com")};
        return e;
    case 'w':
        return session(FX_PLAIN(f, "GetCallerIdentity"), STS, OUT, CLI);
    case 'l':
        return session(FX_PLAIN(f, "ListSecrets"), SECRETS, OUT, CLI);
    case 'L': /* refused, but it looked */
        e = session(FX_PLAIN(f, "ListRoles"), "iam.amazonaws.com", OUT, CLI);
        e->outcome = OUTCOME_DENIED;
        return e;
    case 's':
        return session(FX_PLAIN(f, "GetSecretValue"), SECRETS, OUT, CLI);
    case 'p':
        return session(FX_PLAIN(f, "GetParametersByPath"), "ssm.amazonaws.com", OUT, CLI);
    case 'x':
        e = session(FX_PLAIN(f, "GetSecretValue"), SECRETS, OUT, CLI);
        e->outcome = OUTCOME_DENIED;
        return e;
    /* The function itself, from an address of AWS that no feed gives. */
    case '1':
        return session(FX_PLAIN(f, "GetCallerIdentity"), STS, "192.0.2.10", LAMBDA);
    case '2':
        return session(FX_PLAIN(f, "ListSecrets"), SECRETS, "192.0.2.10", LAMBDA);
    case '3':
        return session(FX_PLAIN(f, "GetSecretValue"), SECRETS, "192.0.2.10", LAMBDA);
    /* Somebody who says that he is Lambda, with the function's key. */
    case '4':
        return session(FX_PLAIN(f, "GetCallerIdentity"), STS, OUT, LAMBDA);
    case '5':
        return session(FX_PLAIN(f, "ListSecrets"), SECRETS, OUT, LAMBDA);
    case '6':
        return session(FX_PLAIN(f, "GetSecretValue"), SECRETS, OUT, LAMBDA);
    default:
        return NULL;
    }
}

static const struct sq_row rows[] = {
    {"twls", 3, SEVERITY_CRITICAL},
    {"twLp", 3, SEVERITY_CRITICAL},
    {"t!slw", 3, SEVERITY_CRITICAL},
    {"t3456", 3, SEVERITY_CRITICAL}, /* a user agent clears nothing */
    /* twins */
    {"wls", 0, 0},  /* no function's role: a person's session of a role */
    {"t123", 0, 0}, /* the function at its work */
    {"tws", 0, 0},
    {"tls", 0, 0},
    {"twlx", 0, 0},
    {"tw..ls", 0, 0},
};

static void set_nat(struct fx *f)
{
    sq_range(f, "203.0.113.0/24", RANGE_NAT);
}

static void set_window(struct fx *f)
{
    sq_window(f, "sq6_minutes", "300");
}

static void test_rows(void **state)
{
    (void)state;
    static const struct sq_row nat = {"twls", 0, 0}; /* a function in our network */
    static const struct sq_row slow = {"tw..ls", 3, SEVERITY_CRITICAL};
    sq_play(&detect_function_role_abroad, rows, ARRAY_LEN(rows), make, NULL);
    sq_play(&detect_function_role_abroad, &nat, 1, make, set_nat);
    sq_play(&detect_function_role_abroad, &slow, 1, make, set_window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
