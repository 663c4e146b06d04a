#include "detect/test_sequence.h"

extern const struct detect_ops detect_swap_and_restore;

static struct event *read_call(struct fx *f, const char *action)
{
    struct event *e = FX_PLAIN(f, action);
    e->kind = EVENT_READ;
    return e;
}

static struct event *other(struct fx *f, struct event *e)
{
    e->actor = &f->ci;
    return e;
}

static struct event *make(struct fx *f, char letter)
{
    struct event *e;
    switch (letter) {
    case 'l':
        return read_call(f, "ListFunctions");
    case 'g':
        return read_call(f, "GetFunction");
    case 'p':
        return read_call(f, "GetPolicy");
    case 'L':
        return other(f, read_call(f, "GetPolicy"));
    case 'A':
        return FX_EVENT(f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, "aaaa"));
    case 'B':
        return FX_EVENT(f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, "bbbb"));
    case 'C':
        return FX_EVENT(f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, "cccc"));
    case 'R': /* put back by somebody else */
        return other(f, FX_EVENT(f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, "aaaa")));
    case 'D':
        return FX_EVENT(f, "UpdateFunctionCode", FX_ATTR(CODE_HASH, "aaaa"), FX_ATTR(DRY_RUN, ""));
    case 'i':
        e = FX_PLAIN(f, "Invoke");
        e->kind = EVENT_INVOKE;
        return other(f, e);
    case 'j':
        e = FX_PLAIN(f, "Invoke");
        e->kind = EVENT_INVOKE;
        e->function.name = STR("another");
        return e;
    default:
        return NULL;
    }
}

static const struct sq_row rows[] = {
    {"AlgpBiA", 4, SEVERITY_CRITICAL},
    {"AlgpBiR", 4, SEVERITY_CRITICAL},
    {"AlgpBiCiA", 4, SEVERITY_CRITICAL}, /* by a detour */
    {"AlgpBiiiA", 4, SEVERITY_CRITICAL},
    {"A!pglBiA", 4, SEVERITY_CRITICAL},
    /* twins */
    {"ABiA", 0, 0},    /* a rollback by one who did not look around: D05 */
    {"AlgBiA", 0, 0},  /* a look before a deployment */
    {"AlgLBiA", 0, 0}, /* of two */
    {"AlgpBA", 0, 0},  /* never called */
    {"AlgpBjA", 0, 0}, /* another was called */
    {"AlgpBiC", 0, 0}, /* a deployment, and the next */
    {"lgpBiA", 0, 0},  /* what stood before is not known */
    {"AlgpBiD", 0, 0},
    {"AlgpiA", 0, 0},
    {"AlgpB..i.A", 0, 0},
};

static const struct sq_row slow = {"AlgpB..i.A", 4, SEVERITY_CRITICAL};

static void test_rows(void **state)
{
    (void)state;
    sq_play(&detect_swap_and_restore, rows, ARRAY_LEN(rows), make, NULL);
}

static void set_window(struct fx *f)
{
    sq_window(f, "sq2_minutes", "300");
}

static void test_window(void **state)
{
    (void)state;
    sq_play(&detect_swap_and_restore, &slow, 1, make, set_window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_window)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
