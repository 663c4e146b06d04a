#include "engine/usual.h"

#include "baseline/model.h"
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
                       "baselines hold %d functions; %llu events of further ones are not "
                       "in them",
                       (int)BASELINE_FUNCTIONS_MAX, (unsigned long long)b->beyond) ||
         !VEC_PUSH(&r->notes, text))) {
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
