/*
 * A run: who acted, what changed, which change record covers it, what fires, folded to findings.
 */
#include "detect/detect.h"

#include <stdlib.h>

#include "detect/arn.h"
#include "detect/detect_priv.h"
#include "detect/fold.h"
#include "detect/network.h"
#include "detect/tools.h"

/* An incident authorises an emergency change only if it was opened not long before. */
#define INCIDENT_LOOK_BACK_US (72 * TIME_HOUR_US)

static size_t registry_count(void)
{
    size_t n = 0;
    while (detect_registry[n] != NULL) {
        n++;
    }
    return n;
}

static void release_states(struct detect_run *run)
{
    for (size_t i = 0; run->states != NULL && detect_registry[i] != NULL; i++) {
        if (run->states[i] != NULL && detect_registry[i]->release != NULL) {
            detect_registry[i]->release(run->states[i]);
        }
        mem_free(run->states[i]);
    }
    mem_free(run->states);
    run->states = NULL;
}

static void release_matches(struct detect_run *run)
{
    for (size_t i = 0; i < run->matched_count; i++) {
        change_match_free(&run->matched[i].own);
    }
    mem_free(run->matched);
    run->matched = NULL;
    run->matched_count = 0;
}

struct detect_run *detect_run_new(const struct context *c, const struct intel *intel,
                                  struct inventory *inv)
{
    struct detect_run *run = mem_alloc(1, sizeof(*run));
    if (run == NULL) {
        return NULL;
    }
    run->context = c;
    run->intel = intel;
    run->inventory = inv;
    arena_init(&run->arena, 0);
    size_t n = registry_count();
    run->states = mem_alloc(n, sizeof(*run->states));
    for (size_t i = 0; run->states != NULL && i < n; i++) {
        run->states[i] = mem_alloc(1, detect_registry[i]->state_size);
        if (run->states[i] == NULL) {
            release_states(run);
        }
    }
    if (run->states == NULL) {
        detect_run_free(run);
        return NULL;
    }
    return run;
}

void detect_run_traffic(struct detect_run *run, const struct traffic *traffic)
{
    run->traffic = traffic;
}

void detect_run_permissions(struct detect_run *run, struct iam_book *book)
{
    run->book = book;
}

void detect_run_baseline(struct detect_run *run, struct baseline *b)
{
    run->baseline = b;
    if (b != NULL) {
        b->namer = network_namer_of;
        b->namer_arg = run->intel;
    }
}

void detect_run_since(struct detect_run *run, int64_t since_us)
{
    run->hits.since_us = since_us;
}

enum err_code detect_run_exclusions(struct detect_run *run, size_t count)
{
    mem_free(run->hits.excluded);
    run->hits.excluded = mem_alloc(count + 1, sizeof(*run->hits.excluded));
    return run->hits.excluded == NULL ? ERR_NOMEM : ERR_OK;
}

uint64_t detect_run_excluded(const struct detect_run *run, size_t number)
{
    return run->hits.excluded == NULL ? 0 : run->hits.excluded[number];
}

void detect_run_free(struct detect_run *run)
{
    if (run == NULL) {
        return;
    }
    release_states(run);
    release_matches(run);
    VEC_FREE(&run->hits);
    mem_free(run->hits.excluded);
    arena_free(&run->arena);
    mem_free(run);
}

/* ---- change records ---- */

static bool incident_names(const struct alert *al, const struct function_key *f)
{
    for (size_t i = 0; i < al->functions.len; i++) {
        if (str_ieq(al->functions.at[i], f->name) ||
            str_eq(arn_name(al->functions.at[i]), f->name)) {
            return true;
        }
    }
    return false;
}

static bool incident_before(const struct context *c, const struct event *e)
{
    for (size_t i = 0; i < c->alerts.len && e->function.name.len > 0; i++) {
        const struct alert *al = &c->alerts.at[i];
        int64_t before = time_between(al->time_us, e->time_us);
        if (before >= 0 && al->time_us < e->time_us && before <= INCIDENT_LOOK_BACK_US &&
            al->status != ALERT_FALSE_POSITIVE && incident_names(al, &e->function)) {
            return true;
        }
    }
    return false;
}

static bool is_change(const struct event *e)
{
    return event_ok(e) &&
           (e->kind == EVENT_CHANGE || e->kind == EVENT_IDENTITY || e->kind == EVENT_LOGGING);
}

/* M3 and better first, then contradicted, then the rest: a contradiction counts unless another
 * record carries the deployment. */
static int match_rank(const struct change_match *m)
{
    if (m->class == MATCH_MR) {
        return MATCH_M2 * 1000 + 999;
    }
    return (int)m->class * 1000 + (m->score < 0 ? 0 : m->score > 998 ? 998 : m->score);
}

/* Give the events of each deployment the best match that one of them has. */
static enum err_code share_in_deployments(struct detect_run *run)
{
    CLEANUP(map_free) struct map best = {0};
    for (size_t i = 0; i < run->matched_count; i++) {
        struct matched *m = &run->matched[i];
        m->shown = m->own;
        if (m->event->deployment == NULL) {
            continue;
        }
        struct map_entry *entry = map_put(&best, m->event->deployment->id);
        if (entry == NULL) {
            return ERR_NOMEM;
        }
        if (entry->value == NULL || match_rank(&m->own) > match_rank(entry->value)) {
            entry->value = &m->own;
        }
    }
    for (size_t i = 0; i < run->matched_count; i++) {
        struct matched *m = &run->matched[i];
        if (m->event->deployment == NULL) {
            continue;
        }
        const struct change_match *b = map_get(&best, m->event->deployment->id);
        bool names = m->own.change == b->change && m->own.names_nature;
        m->shown = *b;
        m->shown.names_nature = names;
    }
    return ERR_OK;
}

/* What one event makes of a record's use: a deployment is one thing, else function and action. */
static bool use_of(const struct matched *m, struct arena *a, struct str *out)
{
    const struct event *e = m->event;
    struct str function = STR_EMPTY;
    struct str record = m->own.change->id;
    if (e->deployment != NULL) {
        return arena_printf(a, out, "%.*s\n%.*s", STR_ARG(record), STR_ARG(e->deployment->id));
    }
    return function_key_text(&e->function, a, &function) &&
           arena_printf(a, out, "%.*s\n%.*s\n%.*s", STR_ARG(record), STR_ARG(function),
                        STR_ARG(e->action));
}

/* One record that is used for many unlike things is worth less for each. */
static enum err_code weigh_reuse(struct detect_run *run, struct err *err)
{
    CLEANUP(map_free) struct map uses = {0};    /* record and use */
    CLEANUP(map_free) struct map records = {0}; /* record -> number of its uses */
    CLEANUP(arena_free) struct arena scratch = {0};
    for (size_t i = 0; i < run->matched_count; i++) {
        const struct matched *m = &run->matched[i];
        struct str use;
        if (m->own.change == NULL) {
            continue;
        }
        struct map_entry *seen = NULL;
        struct map_entry *record = map_put(&records, m->own.change->id);
        if (record == NULL || !use_of(m, &scratch, &use) || (seen = map_put(&uses, use)) == NULL) {
            return ERR_NOMEM;
        }
        if (record->value == NULL && (record->value = ARENA_NEW(&scratch, size_t)) == NULL) {
            return ERR_NOMEM;
        }
        *(size_t *)record->value += seen->value == NULL ? 1 : 0;
        seen->value = record->value;
    }
    for (size_t i = 0; i < run->matched_count; i++) {
        struct change_match *m = &run->matched[i].own;
        const size_t *count = m->change == NULL ? NULL : map_get(&records, m->change->id);
        enum err_code rc =
            count == NULL ? ERR_OK : change_match_reused(m, *count - 1, &run->arena, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code match_changes(struct detect_run *run, struct event *const *events,
                                   size_t count, struct err *err)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        n += is_change(events[i]) ? 1 : 0;
    }
    run->matched = mem_alloc(n, sizeof(*run->matched));
    if (run->matched == NULL) {
        return err_set(err, ERR_NOMEM, "matching %zu changes: out of memory", n);
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_change(events[i])) {
            continue;
        }
        struct matched *m = &run->matched[run->matched_count];
        enum err_code rc =
            change_match_event(run->context, events[i], incident_before(run->context, events[i]),
                               &run->arena, &m->own, err);
        if (rc != ERR_OK) {
            return rc;
        }
        m->event = events[i];
        run->matched_count++;
    }
    if (weigh_reuse(run, err) != ERR_OK || share_in_deployments(run) != ERR_OK) {
        return err_set(err, ERR_NOMEM, "matching %zu changes: out of memory", n);
    }
    return ERR_OK;
}

const struct change_match *detect_match(const struct detect_run *run, const struct event *e)
{
    size_t low = 0;
    size_t high = run->matched_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (event_cmp(run->matched[mid].event, e) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    for (; low < run->matched_count && event_cmp(run->matched[low].event, e) == 0; low++) {
        if (run->matched[low].event == e) {
            return &run->matched[low].shown;
        }
    }
    return NULL;
}

/* ---- the run ---- */

static enum err_code look_at(struct detect_run *run, struct detect_view *v, struct err *err)
{
    v->function = inventory_replay(run->inventory, v->event);
    if (inventory_out_of_memory(run->inventory)) {
        return ERR_NOMEM;
    }
    v->match = run->context->given[CONTEXT_CHANGES] ? detect_match(run, v->event) : NULL;
    enum err_code rc = hit_add_rules(&run->hits, v->event, &run->arena);
    for (size_t i = 0; rc == ERR_OK && detect_registry[i] != NULL; i++) {
        if (detect_registry[i]->on_event != NULL) {
            rc = detect_registry[i]->on_event(run->states[i], v, err);
        }
    }
    return rc;
}

/* What lies before the window is history; of days that the baseline knows already, nothing is
 * counted twice. */
static enum err_code learn_history(struct detect_run *run, struct event *const *events,
                                   size_t count)
{
    int64_t since_us = run->hits.since_us;
    struct baseline *b = run->baseline;
    if (b == NULL || since_us == TIME_NONE) {
        return ERR_OK;
    }
    baseline_cut(b, since_us);
    int32_t known = b->covered.any ? b->covered.newest_day : INT32_MIN;
    enum err_code rc = ERR_OK;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; rc == ERR_OK && i < count; i++) {
            const struct event *e = events[i];
            if (e->time_us == TIME_NONE || e->time_us >= since_us || event_day(e) <= known) {
                continue;
            }
            rc = pass == 0 ? baseline_survey(b, e) : baseline_learn(b, e);
        }
    }
    return rc;
}

static enum err_code run_sorted(struct detect_run *run, struct event **events, size_t count,
                                struct finding_list *out, struct err *err)
{
    struct detect_view v = {.context = run->context,
                            .intel = run->intel,
                            .inventory = run->inventory,
                            .traffic = run->traffic,
                            .book = run->book,
                            .baseline = run->baseline,
                            .since_us = run->hits.since_us,
                            .arena = &run->arena,
                            .run = run};
    enum err_code rc = inventory_resolve(run->inventory, events, count, err);
    rc = rc ? rc : learn_history(run, events, count);
    if (rc == ERR_OK && run->context->given[CONTEXT_CHANGES]) {
        rc = match_changes(run, events, count, err);
    }
    for (size_t i = 0; i < count && rc == ERR_OK; i++) {
        v.event = events[i];
        rc = look_at(run, &v, err);
    }
    v.event = NULL;
    v.function = NULL;
    v.match = NULL;
    for (size_t i = 0; rc == ERR_OK && detect_registry[i] != NULL; i++) {
        if (detect_registry[i]->finish != NULL) {
            rc = detect_registry[i]->finish(run->states[i], &v, err);
        }
    }
    if (rc == ERR_OK && inventory_out_of_memory(run->inventory)) {
        rc = ERR_NOMEM;
    }
    if (rc != ERR_OK) {
        return err_set(err, rc, "detections over %zu events: out of memory", count);
    }
    return fold_hits(&run->hits, &run->arena, out, err);
}

enum err_code detect_run_events(struct detect_run *run, struct event **events, size_t count,
                                struct finding_list *out, struct err *err)
{
    struct event **sorted = mem_alloc(count, sizeof(struct event *));
    if (sorted == NULL) {
        return err_set(err, ERR_NOMEM, "sorting %zu events: out of memory", count);
    }
    bool in_order = true; /* as pass 1 leaves them */
    for (size_t i = 0; i < count; i++) {
        sorted[i] = events[i];
        in_order = in_order && (i == 0 || event_cmp(events[i - 1], events[i]) <= 0);
    }
    if (!in_order) {
        qsort(sorted, count, sizeof(struct event *), event_ptr_cmp);
    }
    enum err_code rc = run_sorted(run, sorted, count, out, err);
    mem_free(sorted);
    return rc;
}
