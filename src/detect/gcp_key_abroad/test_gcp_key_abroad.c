#include "detect/test_sequence.h"

extern const struct detect_ops detect_gcp_key_abroad;

#define ACCOUNT "deploy@acme-prod.iam.gserviceaccount.com"
#define MAKER   "203.0.113.7"
#define OUT     "192.0.2.99"

static struct event *google(struct event *e, const char *service, const char *address)
{
    static const struct actor robot = {.root = STR_INIT(ACCOUNT), .kind = IDENTITY_ROLE};
    e->source = STR("gcp.audit");
    e->service = str_of(service);
    e->who = (struct identity){.kind = IDENTITY_ROLE,
                               .principal = STR(ACCOUNT),
                               .role = STR(ACCOUNT),
                               .access_key = STR("0a1b")};
    e->actor = &robot;
    return sq_from(e, address);
}

static struct event *without_key(struct event *e)
{
    e->who.access_key = STR_EMPTY;
    return e;
}

static struct event *make(struct fx *f, char letter)
{
    struct event *e;
    switch (letter) {
    case 'k':
        e = google(FX_EVENT(f, "CreateServiceAccountKey", FX_ATTR(TARGET_KEY, "0a1b"),
                            FX_ATTR(TARGET_USER, ACCOUNT)),
                   "iam.googleapis.com", MAKER);
        e->kind = EVENT_IDENTITY;
        e->actor = &f->dana;
        e->who = (struct identity){.kind = IDENTITY_USER, .principal = STR("dana.k@example.com")};
        return e;
    case 'r':
        e = google(FX_PLAIN(f, "ListFunctions"), "cloudfunctions.googleapis.com", OUT);
        e->kind = EVENT_READ;
        return e;
    case 'u':
        return google(FX_PLAIN(f, "UpdateFunction"), "cloudfunctions.googleapis.com", OUT);
    case 'U': /* where it was made */
        return google(FX_PLAIN(f, "UpdateFunction"), "cloudfunctions.googleapis.com", MAKER);
    case 'n': /* the log names no key */
        return without_key(google(FX_PLAIN(f, "ReplaceService"), "run.googleapis.com", OUT));
    case 'o':
        e = google(FX_PLAIN(f, "UpdateFunction"), "cloudfunctions.googleapis.com", OUT);
        e->who.access_key = STR("9f8e"); /* an old key */
        return e;
    case 'x':
        e = make(f, 'u');
        e->outcome = OUTCOME_DENIED;
        return e;
    default:
        return NULL;
    }
}

static const struct sq_row rows[] = {
    {"kru", 3, SEVERITY_CRITICAL},
    {"ku", 2, SEVERITY_CRITICAL}, /* its first use is the change */
    {"kn", 2, SEVERITY_CRITICAL},
    {"k....r....u", 3, SEVERITY_CRITICAL},
    {"!urk", 3, SEVERITY_CRITICAL},
    {"u", 0, 0},
    {"kr", 0, 0},
    {"kU", 0, 0},
    {"uku", 0, 0}, /* the account is always there: a key that is renewed */
    {"ko", 0, 0},
    {"kx", 0, 0},
    {"uk", 0, 0},
};

static void set_ci(struct fx *f)
{
    sq_range(f, "192.0.2.96/28", RANGE_CI);
}

/* CI's range, and the key is used beside it. */
static void set_other_ci(struct fx *f)
{
    sq_range(f, "192.0.2.0/28", RANGE_CI);
}

static void set_window(struct fx *f)
{
    sq_window(f, "sq9_minutes", "60");
}

static void test_rows(void **state)
{
    (void)state;
    static const struct sq_row ci = {"kru", 0, 0};
    static const struct sq_row beside = {"kru", 3, SEVERITY_CRITICAL};
    static const struct sq_row slow = {"k..u", 0, 0};
    sq_play(&detect_gcp_key_abroad, rows, ARRAY_LEN(rows), make, NULL);
    sq_play(&detect_gcp_key_abroad, &ci, 1, make, set_ci);
    sq_play(&detect_gcp_key_abroad, &beside, 1, make, set_other_ci);
    sq_play(&detect_gcp_key_abroad, &slow, 1, make, set_window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
