#include "detect/test_sequence.h"

extern const struct detect_ops detect_role_widened_for_use;

#define ALLOW(action)                                                                              \
    "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"" action "\",\"Resource\":\"*\"}}"
#define ADMIN "arn:aws:iam::aws:policy/AdministratorAccess"
#define BASIC "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

static struct event *iam(struct event *e)
{
    e->service = STR("iam.amazonaws.com");
    e->kind = EVENT_IDENTITY;
    e->function = (struct function_key){0};
    return e;
}

#define ON(f, action, role, policy)                                                                \
    iam(FX_EVENT((f), action, FX_ATTR(TARGET_ROLE, role), FX_ATTR(POLICY_ARN, policy)))
#define PUT(f, actions)                                                                            \
    iam(FX_EVENT((f), "PutRolePolicy", FX_ATTR(TARGET_ROLE, "fn-pay"), FX_ATTR(POLICY_ARN, "p"),   \
                 FX_ATTR(POLICY_DOCUMENT, ALLOW(actions))))

static struct event *make(struct fx *f, char letter)
{
    struct event *e;
    switch (letter) {
    case 'F': /* which role the function has */
        return FX_EVENT(f, "UpdateFunctionConfiguration",
                        FX_ATTR(ROLE, "arn:aws:iam::111122223333:role/fn-pay"));
    case 'a':
        return ON(f, "AttachRolePolicy", "fn-pay", ADMIN);
    case 'd':
        return ON(f, "DetachRolePolicy", "fn-pay", ADMIN);
    case 'b':
        return ON(f, "AttachRolePolicy", "fn-pay", BASIC);
    case 'B':
        return ON(f, "DetachRolePolicy", "fn-pay", BASIC);
    case 'o':
        return ON(f, "AttachRolePolicy", "other", ADMIN);
    case 'p':
        return PUT(f, "*");
    case 'n':
        return PUT(f, "sqs:SendMessage");
    case 'r':
        return ON(f, "DeleteRolePolicy", "fn-pay", "p");
    case 'i':
        e = FX_PLAIN(f, "Invoke");
        e->kind = EVENT_INVOKE;
        return e;
    case 'x':
        e = make(f, 'd');
        e->outcome = OUTCOME_DENIED;
        return e;
    default:
        return NULL;
    }
}

static const struct sq_row rows[] = {
    {"Faid", 3, SEVERITY_HIGH},
    {"Fpir", 3, SEVERITY_HIGH},
    {"Fpin", 3, SEVERITY_HIGH}, /* written anew, narrower */
    {"Fabid", 3, SEVERITY_HIGH},
    {"Fabidi", 3, SEVERITY_HIGH},
    {"Fa.i.d", 3, SEVERITY_HIGH},
    {"F!dia", 3, SEVERITY_HIGH},
    {"FbiB", 3, SEVERITY_MEDIUM},
    {"Faiaid", 3, SEVERITY_HIGH}, /* given twice: the way that led to it stays */
    /* twins */
    {"aid", 0, 0},  /* which function has the role is not known */
    {"Fad", 0, 0},  /* nobody called it */
    {"Fida", 0, 0}, /* one policy in place of another */
    {"FiaB", 0, 0},
    {"Fai", 0, 0}, /* it stays: D54 */
    {"FaiB", 0, 0},
    {"Foid", 0, 0},
    {"Faix", 0, 0},
    {"Fnip", 0, 0}, /* narrow, then wide */
};

static void set_window(struct fx *f)
{
    sq_window(f, "sq10_minutes", "60");
}

static void test_rows(void **state)
{
    (void)state;
    static const struct sq_row slow = {"Fa.i.d", 0, 0};
    sq_play(&detect_role_widened_for_use, rows, ARRAY_LEN(rows), make, NULL);
    sq_play(&detect_role_widened_for_use, &slow, 1, make, set_window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
