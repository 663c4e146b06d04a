#include "detect/test_sequence.h"

extern const struct detect_ops detect_new_access_change;

#define HOME  "203.0.113.7"
#define AWAY  "192.0.2.99"
#define THERE "198.51.100.200"

static struct event *login(struct fx *f, const char *address)
{
    struct event *e = sq_from(FX_PLAIN(f, "ConsoleLogin"), address);
    e->kind = EVENT_LOGIN;
    e->service = STR("signin.amazonaws.com");
    e->function = (struct function_key){0};
    return e;
}

static struct event *change(struct fx *f, const char *address)
{
    return sq_from(FX_PLAIN(f, "UpdateFunctionConfiguration"), address);
}

static struct event *with_key(struct event *e)
{
    static const struct actor robot = {.root = STR_INIT("arn:aws:iam::111122223333:user/robot"),
                                       .kind = IDENTITY_USER};
    e->who.kind = IDENTITY_USER;
    e->who.access_key = STR("AKIAIOSFODNN7EXAMPLE");
    e->actor = &robot;
    return e;
}

static struct event *make(struct fx *f, char letter)
{
    struct event *e;
    switch (letter) {
    case 'h':
        return login(f, HOME);
    case 'l':
        return login(f, AWAY);
    case 'x':
        e = login(f, AWAY);
        e->outcome = OUTCOME_FAILED;
        return e;
    case 'c':
        return change(f, AWAY);
    case 'C':
        return change(f, HOME);
    case 'd':
        e = change(f, AWAY);
        e->outcome = OUTCOME_DENIED;
        return e;
    case 'r':
        e = sq_from(FX_PLAIN(f, "ListFunctions"), AWAY);
        e->kind = EVENT_READ;
        return e;
    case 'o': /* another person's */
        e = change(f, AWAY);
        e->actor = &f->ci;
        return e;
    case 'k':
        e = sq_from(FX_EVENT(f, "CreateAccessKey", FX_ATTR(ISSUED_KEY, "AKIAIOSFODNN7EXAMPLE")),
                    HOME);
        e->service = STR("iam.amazonaws.com");
        e->kind = EVENT_IDENTITY;
        e->function = (struct function_key){0};
        return e;
    case 'u':
        return with_key(change(f, THERE));
    case 'U':
        return with_key(change(f, HOME));
    case 'q': /* looks before it changes */
        e = with_key(sq_from(FX_PLAIN(f, "ListFunctions"), THERE));
        e->kind = EVENT_READ;
        return e;
    default:
        return NULL;
    }
}

static const struct sq_row rows[] = {
    {"h..lc", 2, SEVERITY_HIGH},
    {"h..lrrc", 2, SEVERITY_HIGH},
    {"h..!cl", 2, SEVERITY_HIGH},
    {"ku", 2, SEVERITY_HIGH},
    {"kqu", 2, SEVERITY_HIGH}, /* it was there a minute before, with the same key */
    /* twins */
    {"lc", 0, 0},    /* never seen before: nobody knows what is new */
    {"hlc", 0, 0},   /* seen a minute ago only */
    {"h..hC", 0, 0}, /* where it always is */
    {"h..lC", 0, 0}, /* changed from the old place */
    {"l..h..lc", 0, 0},
    {"h..xc", 0, 0},
    {"h..ld", 0, 0},
    {"h..lo", 0, 0},
    {"h..l..c", 0, 0},
    {"kU", 0, 0},    /* used where it was made */
    {"u..ku", 0, 0}, /* where its user always is */
    {"k..u", 0, 0},
};

static void set_office(struct fx *f)
{
    sq_range(f, "192.0.2.0/24", RANGE_OFFICE);
}

static void test_rows(void **state)
{
    (void)state;
    static const struct sq_row office = {"h..lc", 0, 0};
    sq_play(&detect_new_access_change, rows, ARRAY_LEN(rows), make, NULL);
    sq_play(&detect_new_access_change, &office, 1, make, set_office);
}

static void set_window(struct fx *f)
{
    sq_window(f, "sq4_minutes", "300");
}

static void test_window(void **state)
{
    (void)state;
    static const struct sq_row slow[] = {{"h..l..c", 2, SEVERITY_HIGH}, {"k..u", 2, SEVERITY_HIGH}};
    sq_play(&detect_new_access_change, slow, ARRAY_LEN(slow), make, set_window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_window)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
