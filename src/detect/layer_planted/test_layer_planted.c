#include "detect/test_sequence.h"

extern const struct detect_ops detect_layer_planted;

#define LAYER "arn:aws:lambda:eu-west-1:111122223333:layer:tools"

static struct event *make(struct fx *f, char letter)
{
    struct event *e;
    switch (letter) {
    case 'p':
        return FX_EVENT(f, "PublishLayerVersion", FX_ATTR(LAYER, LAYER ":7"),
                        FX_ATTR(VERSION, "7"));
    case 's':
        return FX_EVENT(f, "AddLayerVersionPermission", FX_ATTR(LAYER, "tools"),
                        FX_ATTR(VERSION, "7"), FX_ATTR(GRANT_PRINCIPAL, "*"));
    case 'o': /* to our organisation */
        return FX_EVENT(f, "AddLayerVersionPermission", FX_ATTR(LAYER, LAYER),
                        FX_ATTR(VERSION, "7"), FX_ATTR(GRANT_PRINCIPAL, "*"),
                        FX_ATTR(GRANT_SOURCE, "o-ours"));
    case 'x': /* to somebody's organisation */
        return FX_EVENT(f, "AddLayerVersionPermission", FX_ATTR(LAYER, "tools"),
                        FX_ATTR(VERSION, "7"), FX_ATTR(GRANT_PRINCIPAL, "*"),
                        FX_ATTR(GRANT_SOURCE, "o-theirs"));
    case 'v': /* of another version */
        return FX_EVENT(f, "AddLayerVersionPermission", FX_ATTR(LAYER, "tools"),
                        FX_ATTR(VERSION, "6"), FX_ATTR(GRANT_PRINCIPAL, "*"));
    case 'u':
        return FX_EVENT(f, "UpdateFunctionConfiguration", FX_ATTR(LAYERS_SET, ""),
                        FX_ATTR(LAYER, "arn:aws:lambda:eu-west-1:580247275435:layer:AWS:1"),
                        FX_ATTR(LAYER, LAYER ":7"));
    case 'w': /* the version that it had */
        return FX_EVENT(f, "UpdateFunctionConfiguration", FX_ATTR(LAYERS_SET, ""),
                        FX_ATTR(LAYER, LAYER ":6"));
    case 'd':
        e = make(f, 'u');
        e->outcome = OUTCOME_DENIED;
        return e;
    default:
        return NULL;
    }
}

static struct event *make_by_ci(struct fx *f, char letter)
{
    struct event *e = sq_from(make(f, letter), "198.51.100.33");
    e->actor = &f->ci;
    return e;
}

/* The session of CI, in somebody else's hands. */
static struct event *make_stolen(struct fx *f, char letter)
{
    return letter == 'u' ? sq_from(make_by_ci(f, letter), "203.0.113.9") : make_by_ci(f, letter);
}

static void set_env(struct fx *f)
{
    f->context.env.organization = STR("o-ours");
    sq_range(f, "198.51.100.32/28", RANGE_CI);
}

static const struct sq_row rows[] = {
    {"psu", 3, SEVERITY_HIGH},
    {"p....s....u", 3, SEVERITY_HIGH},
    {"!usp", 3, SEVERITY_HIGH},
    {"pou", 3, SEVERITY_HIGH}, /* a person, within the organisation */
    {"pu", 0, 0},
    {"su", 0, 0},
    {"spu", 0, 0},
    {"psw", 0, 0},
    {"pvu", 0, 0},
    {"psd", 0, 0},
};
static const struct sq_row by_ci[] = {
    {"pou", 3, SEVERITY_LOW}, /* what a platform team does every week */
    {"pxu", 3, SEVERITY_HIGH},
    {"psu", 3, SEVERITY_HIGH},
};
static const struct sq_row stolen[] = {{"pou", 3, SEVERITY_HIGH}};

static void test_rows(void **state)
{
    (void)state;
    sq_play(&detect_layer_planted, rows, ARRAY_LEN(rows), make, set_env);
    sq_play(&detect_layer_planted, by_ci, ARRAY_LEN(by_ci), make_by_ci, set_env);
    sq_play(&detect_layer_planted, stolen, ARRAY_LEN(stolen), make_stolen, set_env);
}

static void set_short(struct fx *f)
{
    sq_window(f, "sq3_minutes", "60");
}

static void test_window(void **state)
{
    (void)state;
    static const struct sq_row slow = {"p..s..u", 0, 0};
    sq_play(&detect_layer_planted, &slow, 1, make, set_short);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_window)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
