#include "engine/tuning.h"

#include "base/map.h"
#include "model/exclusion.h"

enum { NOISY_EVENTS_LEAST = 1000 }; /* of fewer events every hit is a large share */

static bool note(struct result *r, struct str text)
{
    return VEC_PUSH(&r->notes, text);
}

/* ---- exclusions ---- */

static bool is_detection(const struct setup *s, struct str name)
{
    for (size_t i = 0; i < rule_set_count(s->rules); i++) {
        const struct detection *d = rule_set_at(s->rules, i);
        if (str_eq(name, d->id) || (d->ref.len != 0 && str_ieq(name, d->ref))) {
            return true;
        }
    }
    for (size_t i = 0; detect_registry[i] != NULL; i++) {
        for (size_t k = 0; k < detect_registry[i]->detection_count; k++) {
            const struct detection *d = &detect_registry[i]->detections[k];
            if (str_eq(name, d->id) || (d->ref.len != 0 && str_ieq(name, d->ref))) {
                return true;
            }
        }
    }
    return false;
}

/* A name that is none hides nothing; whoever wrote it thinks it does. */
static bool tell_names(const struct setup *s, const struct exclusion *x, struct arena *a,
                       struct result *r)
{
    for (size_t i = 0; i < x->detection_count; i++) {
        struct str text;
        if (!is_detection(s, x->detections[i]) &&
            (!arena_printf(a, &text,
                           "exclusion \"%.*s\" names '%.*s', which is no detection: "
                           "'faaswatch rules list' has their names",
                           STR_ARG(x->title), STR_ARG(x->detections[i])) ||
             !note(r, text))) {
            return false;
        }
    }
    return true;
}

static bool tell_exclusion(const struct setup *s, const struct exclusion *x, uint64_t hidden,
                           struct arena *a, struct result *r)
{
    struct with_input w = {.count = hidden, .newest_us = TIME_NONE, .hides = true};
    bool over = r->until_us != TIME_NONE && x->expires_us <= r->until_us;
    return arena_printf(a, &w.what, "records hidden by exclusion \"%.*s\" (%.*s, %s %.*s: %.*s)",
                        STR_ARG(x->title), STR_ARG(x->owner), over ? "expired" : "until",
                        STR_ARG(x->expires), STR_ARG(x->reason)) &&
           VEC_PUSH(&r->with, w) && tell_names(s, x, a, r);
}

/* ---- noise ---- */

static bool note_noisy(const struct setup *s, struct str id, uint64_t hits, struct arena *a,
                       struct result *r)
{
    double percent = 100.0 * (double)hits / (double)r->events;
    struct str text;
    if (percent <= env_threshold(&s->context->env, detect_noisy.name, detect_noisy.usual)) {
        return true;
    }
    return arena_printf(a, &text,
                        "detection %.*s is noisy: it hits %.1f %% of all events (%llu): narrow it, "
                        "or write an exclusion",
                        STR_ARG(id), percent, (unsigned long long)hits) &&
           note(r, text);
}

/* Findings added up by detection. */
static bool tell_noisy(const struct setup *s, struct arena *a, struct result *r)
{
    CLEANUP(map_free) struct map sums = {0};
    for (size_t i = 0; i < r->findings.len; i++) {
        const struct finding *f = r->findings.at[i];
        struct map_entry *e = map_put(&sums, f->detection->id);
        uint64_t *sum = e == NULL ? NULL : (e->value != NULL) ? e->value : ARENA_NEW(a, uint64_t);
        if (sum == NULL) {
            return false;
        }
        *sum += f->count;
        e->value = sum;
    }
    for (size_t i = 0; i < sums.len; i++) {
        const uint64_t *sum = sums.at[i].value;
        if (!note_noisy(s, sums.at[i].key, *sum, a, r)) {
            return false;
        }
    }
    return true;
}

bool tuning_tell(const struct setup *s, const struct detect_run *run, struct arena *a,
                 struct result *r)
{
    const struct exclusion *const *all;
    size_t count = rule_set_exclusions(s->rules, &all);
    for (size_t i = 0; i < count; i++) {
        if (!tell_exclusion(s, all[i], detect_run_excluded(run, i), a, r)) {
            return false;
        }
    }
    return r->events < NOISY_EVENTS_LEAST || tell_noisy(s, a, r);
}
