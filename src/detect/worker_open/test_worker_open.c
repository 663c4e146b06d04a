#include "detect/test_fixture.h"

extern const struct detect_ops detect_worker_open;

static void test_open(void **state)
{
    (void)state;
    static const struct {
        const char *what, *live, *previews;
        bool known, was_live, was_previews;
        size_t hits;
    } rows[] = {
        {"opened", "true", "true", false, false, false, 1},
        {"previews only", "false", "true", false, false, false, 1},
        {"closed", "false", "false", false, false, false, 0},
        {"open before", "true", "true", true, true, true, 0},
        {"previews too now", "true", "true", true, true, false, 1},
        {"known as closed", "true", "false", true, false, false, 1},
        {"nothing told", "", "", false, false, false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct fx f;
        fx_open(&f, &detect_worker_open);
        struct attr attrs[] = {{ATTR_STATE, str_of(rows[i].live)},
                               {ATTR_PREVIEWS, str_of(rows[i].previews)}};
        struct event *first = fx_event(&f, "UploadWorker", NULL, 0);
        fx_play(&f, first);
        f.functions[0].now.open_known = rows[i].known;
        f.functions[0].now.open = rows[i].was_live;
        f.functions[0].now.previews = rows[i].was_previews;
        struct event *e = fx_event(&f, "SetWorkersDev", attrs, 2);
        e->service = STR("cloudflare.workers");
        if (fx_play(&f, e) != rows[i].hits) {
            fail_msg("%s: not %zu hits", rows[i].what, rows[i].hits);
        }
        fx_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_open)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
