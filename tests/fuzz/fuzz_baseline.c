/*
 * Any bytes as a baseline: read or refused with a message that says where; what was read can be asked,
 * merged with itself, cut, and written, and what was written reads back.
 */
#include <stdint.h>
#include <stdlib.h>

#include "baseline/baseline.h"
#include "baseline/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct baseline *b)
{
    for (size_t i = 0; i < b->functions.len; i++) {
        const struct usual *u = b->functions.at[i].value;
        struct model m;
        double now[RUN_LEAST] = {0};
        model_fit(&u->calls, &b->covered, &m);
        (void)runtime_compare(&u->runtime, RUN_DURATION, now, RUN_LEAST);
        (void)values_sum(&u->values, VALUE_CALLER, b->covered.newest_day);
    }
    for (size_t i = 0; i < b->actors.len; i++) {
        const struct habit *h = b->actors.at[i].value;
        (void)habit_hour_chance(h, h->newest_hour);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct baseline b;
    struct baseline again;
    struct err err = {0};
    CLEANUP(buf_free) struct buf out = {0};
    enum err_code rc = baseline_read(&b, str_make((const char *)data, size), &err);
    if ((rc == ERR_OK) != (err.code == ERR_OK) || (rc != ERR_OK && err.msg[0] == '\0')) {
        abort();
    }
    ask(&b);
    baseline_write(&b, &out);
    if (out.failed || baseline_read(&again, buf_str(&out), &err) != ERR_OK ||
        baseline_merge(&b, &again) != ERR_OK) {
        abort();
    }
    baseline_cut(&b, b.covered.newest_day / 2 * TIME_DAY_US);
    ask(&b);
    baseline_free(&again);
    baseline_free(&b);
    return 0;
}
