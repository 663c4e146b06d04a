/*
 * The vendor's own unit tests (Panther) for the detections that we have in C, parsed by our source
 * and played through a whole run. Where we differ from the label, the row says why.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "detect/detect.h"
#include "source/test_scan.h"

extern const struct source_ops source_cloudtrail;

static const char folder[] = "../shared/data/cloudtrail/";

static bool read_file(const char *name, struct buf *b)
{
    char path[256];
    char part[4096];
    int n = snprintf(path, sizeof(path), "%s%s", folder, name);
    assert_true(n > 0 && (size_t)n < sizeof(path));
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return false;
    }
    size_t got;
    while ((got = fread(part, 1, sizeof(part), f)) > 0) {
        buf_add(b, str_make(part, got));
    }
    fclose(f);
    buf_addc(b, '\0');
    return !b->failed;
}

struct played {
    struct context *context;
    struct inventory *inventory;
    struct detect_run *run;
    struct finding_list findings;
};

static void play(struct played *p, struct event **events, size_t count)
{
    struct err err = {0};
    *p = (struct played){.context = context_new()};
    assert_non_null(p->context);
    p->inventory = inventory_new(p->context);
    p->run = detect_run_new(p->context, NULL, p->inventory);
    assert_non_null(p->run);
    if (detect_run_events(p->run, events, count, &p->findings, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

static void put_away(struct played *p)
{
    for (size_t i = 0; i < p->findings.len; i++) {
        finding_free(p->findings.at[i]);
    }
    VEC_FREE(&p->findings);
    detect_run_free(p->run);
    inventory_free(p->inventory);
    context_free(p->context);
}

static bool found(const struct played *p, const char *ref)
{
    for (size_t i = 0; i < p->findings.len; i++) {
        if (str_eq(p->findings.at[i]->detection->ref, str_of(ref))) {
            return true;
        }
    }
    return false;
}

/* The function an hour earlier, answering with its whole configuration and no layer. */
static void without_layers(const struct event *e, struct event *out, struct attr *set)
{
    *out = *e;
    set->id = ATTR_LAYERS_SET;
    set->value = STR_EMPTY;
    out->attrs = set;
    out->attr_count = 1;
    out->time_us = out->last_us = e->time_us - TIME_HOUR_US;
    out->record_id = STR("before");
}

static const struct {
    const char *file;
    bool label;         /* the vendor's rule matches */
    const char *ref;    /* what is asked of us */
    bool alone;         /* found in the record by itself */
    bool after_history; /* found when the function is known to have had no layer */
} rows[] = {
    /* The vendor's rule asks for any layer in an answer to a person. D07 says that a layer was
     * added: without the set before that is unknown, with it a role is no different. */
    {"panther/AWS.Lambda.UpdateFunctionConfiguration.0.json", true, "D07", false, true},
    {"panther/AWS.Lambda.UpdateFunctionConfiguration.1.json", false, "D07", false, true},
    {"panther/AWS.Lambda.UpdateFunctionConfiguration.2.json", true, "D07", false, true},
    {"panther/AWS.Lambda.UpdateFunctionConfiguration.3.json", true, "D07", false, true},
    {"panther/AWS.Lambda.UpdateFunctionConfiguration.4.json", false, "D07", false, false},
    /* The layers are of the own account. */
    {"panther/AWS.Lambda.UpdateFunctionConfiguration.0.json", true, "D08", false, false},
    {"panther/AWS.IAM.BackdoorRole.0.json", true, "D58", true, true},
    {"panther/AWS.IAM.BackdoorRole.1.json", false, "D58", false, false},
    {"panther/AWS.IAM.BackdoorRole.2.json", false, "D58", false, false},
    /* The vendor's rule asks for any AddPermission. These name nobody who is let in. */
    {"panther/AWS.Potential.Backdoor.Lambda.0.json", true, "D17", false, false},
    {"panther/AWS.Potential.Backdoor.Lambda.1.json", true, "D17", false, false},
    {"panther/AWS.Potential.Backdoor.Lambda.2.json", false, "D17", false, false},
};

static void test_twins(void **state)
{
    (void)state;
    size_t agree = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_free) struct buf b = {0};
        struct scan s;
        struct attr set;
        struct event before;
        if (!read_file(rows[i].file, &b)) {
            fail_msg("%s cannot be read", rows[i].file);
        }
        scan_init(&s, &source_cloudtrail);
        struct event e = scan_event(&s, b.ptr);
        struct event *one[] = {&e};
        struct played p;
        play(&p, one, 1);
        if (found(&p, rows[i].ref) != rows[i].alone) {
            fail_msg("%s: %s alone", rows[i].file, rows[i].ref);
        }
        put_away(&p);
        if (e.function.name.len > 0) {
            without_layers(&e, &before, &set);
        } else {
            before = e;
        }
        struct event *two[] = {&before, &e};
        play(&p, two, 2);
        if (found(&p, rows[i].ref) != rows[i].after_history) {
            fail_msg("%s: %s with history", rows[i].file, rows[i].ref);
        }
        put_away(&p);
        agree += rows[i].label == rows[i].after_history ? 1 : 0;
        scan_free(&s);
    }
    assert_int_equal(agree, 8);
}

int main(void)
{
    CLEANUP(buf_free) struct buf b = {0};
    if (!read_file(rows[0].file, &b)) {
        puts("skipped: no shared data");
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_twins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
