#include "detect/test_sequence.h"

extern const struct detect_ops detect_planted_then_blind;

static struct event *of(struct event *e, const char *service)
{
    e->service = str_of(service);
    return e;
}

static struct event *make(struct fx *f, char letter)
{
    struct event *e;
    switch (letter) {
    case 'r':
        return of(FX_PLAIN(f, "PutRule"), "events.amazonaws.com");
    case 'm':
        return FX_PLAIN(f, "CreateEventSourceMapping");
    case 'c':
        return of(FX_PLAIN(f, "CreateSchedule"), "scheduler.amazonaws.com");
    case 'f':
        return FX_PLAIN(f, "CreateFunction");
    case 's':
        return of(FX_PLAIN(f, "StopLogging"), "cloudtrail.amazonaws.com");
    case 'd':
        return of(FX_PLAIN(f, "DeleteTrail"), "cloudtrail.amazonaws.com");
    case 'S': /* by somebody else */
        e = of(FX_PLAIN(f, "StopLogging"), "cloudtrail.amazonaws.com");
        e->actor = &f->ci;
        return e;
    case 'F':
        e = FX_PLAIN(f, "CreateFunction");
        e->actor = &f->ci;
        return e;
    case 'x':
        e = of(FX_PLAIN(f, "StopLogging"), "cloudtrail.amazonaws.com");
        e->outcome = OUTCOME_DENIED;
        return e;
    case 'q': /* CloudFront's functions have the same name */
        return of(FX_PLAIN(f, "CreateFunction"), "cloudfront.amazonaws.com");
    default:
        return NULL;
    }
}

static const struct sq_row rows[] = {
    {"rfs", 3, SEVERITY_CRITICAL},
    {"fmd", 3, SEVERITY_CRITICAL}, /* a mapping needs its function first */
    {"cfd", 3, SEVERITY_CRITICAL},
    {"!sfr", 3, SEVERITY_CRITICAL},
    {"rf....s", 3, SEVERITY_CRITICAL},
    /* twins */
    {"rf", 0, 0},
    {"rs", 0, 0},
    {"fs", 0, 0},
    {"rrs", 0, 0},
    {"ffs", 0, 0},
    {"srf", 0, 0}, /* an account that is set up anew: the old trail first */
    {"rfx", 0, 0},
    {"rfS", 0, 0},
    {"rFs", 0, 0},
    {"rqs", 0, 0},
    {"rf.......s", 0, 0},
};

static void set_short(struct fx *f)
{
    sq_window(f, "sq5_minutes", "30");
}

static void test_rows(void **state)
{
    (void)state;
    static const struct sq_row slow = {"rf.s", 0, 0};
    sq_play(&detect_planted_then_blind, rows, ARRAY_LEN(rows), make, NULL);
    sq_play(&detect_planted_then_blind, &slow, 1, make, set_short);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
