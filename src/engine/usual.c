#include "engine/usual.h"

#include "baseline/model.h"
#include "detect/network.h"
#include "sys/file.h"

/* As many functions as are kept, at their bound. */
enum { FILE_BYTES_MAX = 512 * 1024 * 1024 };

static enum err_code load_one(struct str path, struct baseline *b, struct err *err)
{
    CLEANUP(buf_free) struct buf text;
    struct baseline one;
    buf_init(&text, FILE_BYTES_MAX);
    enum err_code rc = file_read(path, &text, err);
    if (rc != ERR_OK) {
        return rc;
    }
    rc = baseline_read(&one, buf_str(&text), err);
    if (rc != ERR_OK) {
        return err_wrap(err, rc, "%.*s", STR_ARG(path));
    }
    rc = baseline_merge(b, &one);
    baseline_free(&one);
    return rc == ERR_OK ? rc : err_set(err, rc, "no memory for baselines");
}

enum err_code usual_load(const struct str_list *paths, struct baseline *b, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < paths->len; i++) {
        rc = load_one(paths->at[i], b, err);
    }
    return rc;
}

enum err_code usual_learn(const struct estate *e, struct baseline *b, struct err *err)
{
    enum err_code rc = ERR_OK;
    b->namer = network_namer_of;
    b->namer_arg = e->setup.intel;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; rc == ERR_OK && i < e->scan.events.len; i++) {
            const struct event *event = e->scan.events.at[i];
            rc = pass == 0 ? baseline_survey(b, event) : baseline_learn(b, event);
        }
    }
    return rc == ERR_OK ? rc : err_set(err, rc, "no memory for the baseline");
}

struct usual_tally usual_tally(const struct baseline *b)
{
    struct usual_tally t = {0};
    for (size_t i = 0; i < b->functions.len; i++) {
        const struct usual *u = b->functions.at[i].value;
        struct model m;
        if (!u->calls.any) {
            continue;
        }
        model_fit(&u->calls, &b->covered, &m);
        t.functions++;
        t.known += m.known ? 1 : 0;
        t.most_days = !m.known && m.days > t.most_days ? m.days : t.most_days;
    }
    return t;
}

struct actor_tally actor_tally(const struct baseline *b)
{
    struct actor_tally t = {0};
    int32_t day = b->covered.newest_day;
    for (size_t i = 0; i < b->actors.len; i++) {
        const struct habit *h = b->actors.at[i].value;
        struct values_sum sum = values_sum(&h->values, VALUE_AGENT, day);
        unsigned days = covered_count(&b->covered, sum.first_day);
        if (sum.count == 0) {
            continue;
        }
        t.actors++;
        if (days >= LEARN_DAYS_MIN && sum.count >= LEARN_COUNT_MIN) {
            t.known++;
            continue;
        }
        t.most_days = days > t.most_days ? days : t.most_days;
        t.most_changes = sum.count > t.most_changes ? sum.count : t.most_changes;
    }
    return t;
}

/* What is missing for D35, D38 and D41. */
static bool tell_actors(const struct baseline *b, struct arena *a, struct result *r)
{
    struct actor_tally t = actor_tally(b);
    struct str text;
    if (t.known == t.actors) {
        return true;
    }
    return arena_printf(a, &text,
                        "what is usual is not known for %zu of %zu actors that changed something "
                        "before: %d days with logs and %d changes are needed, they have %u days "
                        "and %llu changes at most",
                        t.actors - t.known, t.actors, (int)LEARN_DAYS_MIN, (int)LEARN_COUNT_MIN,
                        t.most_days, (unsigned long long)t.most_changes) &&
           VEC_PUSH(&r->notes, text);
}

bool usual_tell(const struct baseline *b, struct arena *a, struct result *r)
{
    struct usual_tally t = usual_tally(b);
    struct str text = STR("baselines of earlier behaviour: what is usual");
    if (t.known > 0) {
        int64_t newest_us = b->covered.newest_day * TIME_DAY_US;
        struct with_input w = {.what = STR("baselines"), .count = t.known, .newest_us = newest_us};
        if (!VEC_PUSH(&r->with, w)) {
            return false;
        }
    } else if (!VEC_PUSH(&r->without, text)) {
        return false;
    }
    if (b->beyond > 0 &&
        (!arena_printf(a, &text,
                       "baselines hold %d functions, and %d actors; %llu events of further "
                       "ones are not in them",
                       (int)BASELINE_FUNCTIONS_MAX, (int)BASELINE_HABITS_MAX,
                       (unsigned long long)b->beyond) ||
         !VEC_PUSH(&r->notes, text))) {
        return false;
    }
    if (!tell_actors(b, a, r)) {
        return false;
    }
    if (t.known == t.functions) {
        return true;
    }
    return arena_printf(a, &text,
                        "what is usual is not known for %zu of %zu functions that were called "
                        "before: %d days with logs and %d calls are needed, they have %u days at "
                        "most",
                        t.functions - t.known, t.functions, (int)LEARN_DAYS_MIN,
                        (int)LEARN_COUNT_MIN, t.most_days) &&
           VEC_PUSH(&r->notes, text);
}
