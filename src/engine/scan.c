#include "engine/scan.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/complete.h"
#include "engine/fast_hash.h"
#include "engine/front_door.h"
#include "engine/scan_record.h"
#include "sys/clock.h"
#include "sys/cpu.h"
#include "sys/entropy.h"
#include "sys/workers.h"

enum {
    FILES_A_BATCH = 32,            /* small files: few trips to the counter */
    BATCH_BYTES = 4 * 1024 * 1024, /* large files: one at a time */
    PROGRESS_US = 100 * 1000,
};

struct scan_shared {
    const struct input_list *inputs;
    const struct triage_options *options;
    struct scan_worker *workers;
    bool *has_traffic; /* by input; each is written by the one worker that reads it */
    unsigned jobs;
    atomic_uint_fast64_t bytes_done;
    int64_t last_progress_us; /* of worker 0 only */
    atomic_bool failed;
    struct err err; /* of the first failure; set under `failed` */
};

static void worker_release(struct scan_worker *w)
{
    intake_free(w->intake);
    json_scanner_free(w->scanner);
    json_scanner_free(w->deep_scanner);
    rule_matcher_free(w->matcher);
    hit_log_free(w->hit_log);
    hash_set_free(&w->passed);
    mem_free(w->deep);
    arena_free(&w->scratch);
    account_free(&w->account);
    VEC_FREE(&w->seen);
    arena_free(&w->texts);
    keeper_free(&w->keeper);
    ray_book_free(&w->rays);
    verdict_book_free(&w->verdicts);
    request_book_free(&w->requests);
    tally_free(w->tally);
}

static bool worker_init(struct scan_worker *w, const struct setup *s, struct seen_set *copies,
                        const struct triage_options *o, uint64_t key)
{
    *w = (struct scan_worker){.setup = s, .copies = copies, .until_us = o->until_us, .key = key};
    arena_init(&w->scratch, (size_t)64 << 20);
    w->keeper.key = key;
    enum json_variant variant = json_variant_best();
    w->intake = intake_new(&intake_limits_default);
    w->scanner = json_scanner_new(s->paths, variant);
    w->deep_scanner = json_scanner_new(s->paths, variant);
    w->matcher = rule_matcher_new(s->rules);
    w->hit_log = hit_log_new(s->rules, HIT_LOG_MAX);
    w->tally = tally_new(&s->know, NULL);
    w->deep = mem_alloc(1, sizeof(*w->deep));
    if (w->intake == NULL || w->scanner == NULL || w->deep_scanner == NULL || w->matcher == NULL ||
        w->hit_log == NULL || w->deep == NULL || w->tally == NULL) {
        return false;
    }
    json_scanner_wanted(w->scanner, scan_wanted, w);
    return true;
}

static void progress(struct scan_shared *sh, bool last)
{
    const struct triage_options *o = sh->options;
    int64_t now = clock_mono_us();
    if (o->progress == NULL || (!last && now - sh->last_progress_us < PROGRESS_US)) {
        return;
    }
    sh->last_progress_us = now;
    /* Other workers' counts are read as they stand: it is a progress line. */
    uint64_t events = sh->workers[0].events;
    uint64_t hits = sh->workers[0].hits;
    o->progress(o->progress_arg, atomic_load(&sh->bytes_done), sh->inputs->bytes,
                last ? events : events * sh->jobs, last ? hits : hits * sh->jobs);
}

static void scan_files(void *arg, unsigned worker, size_t from, size_t to)
{
    struct scan_shared *sh = arg;
    struct scan_worker *w = &sh->workers[worker];
    struct intake_sink sink = {.arg = w, .record = scan_record};
    intake_ahead(&sh->inputs->at[from], to - from);
    for (size_t i = from; i < to; i++) {
        if (atomic_load(&sh->failed) || (sh->options->stop != NULL && *sh->options->stop != 0)) {
            return;
        }
        struct err err = {0};
        w->saw_traffic = false;
        enum err_code rc = intake_file(w->intake, &sh->inputs->at[i], (uint32_t)i, w->scanner,
                                       &sink, &w->account, &err);
        sh->has_traffic[i] = w->saw_traffic;
        if (rc == ERR_OK && w->no_memory) {
            rc = err_set(&err, ERR_NOMEM, "no memory for events");
        }
        if (rc) {
            if (!atomic_exchange(&sh->failed, true)) {
                sh->err = err;
            }
            return;
        }
        atomic_fetch_add(&sh->bytes_done, sh->inputs->at[i].size);
        if (worker == 0) {
            progress(sh, false);
        }
    }
}

/* ---- merging what the workers have ---- */

/* Copies that different workers passed by: the smaller sets go into the largest. */
static uint64_t unite_passed(struct scan_shared *sh)
{
    struct hash_set *into = &sh->workers[0].passed;
    for (unsigned i = 0; i < sh->jobs; i++) {
        scan_flush(&sh->workers[i]);
        into = sh->workers[i].passed.count > into->count ? &sh->workers[i].passed : into;
    }
    uint64_t copies = 0;
    for (unsigned i = 0; i < sh->jobs; i++) {
        if (&sh->workers[i].passed != into) {
            copies += hash_set_unite(into, &sh->workers[i].passed);
        }
    }
    return copies;
}

static int by_source_account(const void *a, const void *b)
{
    const struct seen_account *x = a;
    const struct seen_account *y = b;
    int d = strcmp(x->source->name, y->source->name);
    return d != 0 ? d : str_cmp(x->account, y->account);
}

static bool merge_seen(struct scan_result *out, const struct scan_worker *w, struct arena *texts)
{
    for (size_t i = 0; i < w->seen.len; i++) {
        struct seen_account copy = w->seen.at[i];
        if (!arena_dup(texts, copy.account, &copy.account) || !VEC_PUSH(&out->seen, copy)) {
            return false;
        }
    }
    return true;
}

static void unite_seen(struct scan_result *out)
{
    if (out->seen.len > 1) {
        qsort(out->seen.at, out->seen.len, sizeof(*out->seen.at), by_source_account);
    }
    size_t n = 0;
    for (size_t i = 0; i < out->seen.len; i++) {
        struct seen_account *s = &out->seen.at[i];
        struct seen_account *last = n == 0 ? NULL : &out->seen.at[n - 1];
        if (last == NULL || by_source_account(last, s) != 0) {
            out->seen.at[n++] = *s;
            continue;
        }
        last->records += s->records;
        last->data_events += s->data_events;
        activity_merge(&last->activity, &s->activity);
        if (s->first_us != TIME_NONE &&
            (last->first_us == TIME_NONE || s->first_us < last->first_us)) {
            last->first_us = s->first_us;
        }
        last->last_us = s->last_us > last->last_us ? s->last_us : last->last_us;
    }
    out->seen.len = n;
}

/* Events by a hash, for finding equals among many: as many slots as twice the events. */
struct event_table {
    struct event_slot {
        uint64_t hash;
        struct event *event;
    } * slots;
    size_t cap;
};

static bool table_init(struct event_table *t, size_t events)
{
    t->cap = 1024;
    while (t->cap < events * 2) {
        t->cap *= 2;
    }
    t->slots = mem_alloc(t->cap, sizeof(*t->slots));
    return t->slots != NULL;
}

/* The event with this hash; when there is none, *e is put there and NULL comes back. */
static struct event *table_put(struct event_table *t, uint64_t hash, struct event *e)
{
    size_t at = (size_t)hash & (t->cap - 1);
    while (t->slots[at].event != NULL && t->slots[at].hash != hash) {
        at = (at + 1) & (t->cap - 1);
    }
    struct event *there = t->slots[at].event;
    if (there == NULL) {
        t->slots[at] = (struct event_slot){hash, e};
    }
    return there;
}

/* The same fold in two workers becomes one. */
static bool unite_folds(struct scan_result *out, uint64_t key)
{
    struct event_table folds;
    if (!table_init(&folds, out->events.len)) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < out->events.len; i++) {
        struct event *e = out->events.at[i];
        struct event *into = keep_folds(e) ? table_put(&folds, keep_fold_hash(key, e), e) : NULL;
        if (into != NULL) {
            keep_fold(into, e, true);
            e->folded_into = into;
        } else {
            out->events.at[n++] = e;
        }
    }
    out->events.len = n;
    mem_free(folds.slots);
    return true;
}

/* Copies have one time and one record id. Where all of one time are of one source, they stand beside
 * each other; where they are not, they may stand apart. */
static bool may_have_copies(const struct scan_result *out)
{
    for (size_t i = 1; i < out->events.len; i++) {
        const struct event *a = out->events.at[i - 1];
        const struct event *b = out->events.at[i];
        if (a->time_us == b->time_us &&
            (!str_eq(a->source, b->source) ||
             (a->record_id.len > 0 && str_eq(a->record_id, b->record_id)))) {
            return true;
        }
    }
    return false;
}

/* Of the copies of one event the first in order stays. */
static bool drop_copies(struct scan_result *out, uint64_t key)
{
    struct event_table firsts;
    if (!may_have_copies(out)) {
        return true;
    }
    if (!table_init(&firsts, out->events.len)) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < out->events.len; i++) {
        struct event *e = out->events.at[i];
        const struct event *first = NULL;
        if (e->record_id.len > 0) {
            first = table_put(&firsts, keep_meaning_hash(key, e), e);
        }
        if (first == NULL || !keep_same_meaning(first, e)) {
            out->events.at[n++] = e;
        } else {
            e->folded_into = first;
        }
    }
    out->events.len = n;
    mem_free(firsts.slots);
    return true;
}

/* Runs and requests of all workers become calls, in a keeper of their own. */
static bool unite_rays(struct scan_shared *sh, struct scan_result *out, struct keeper *into,
                       uint64_t key)
{
    struct ray_book *books = mem_alloc(sh->jobs, sizeof(*books));
    if (books == NULL) {
        return false;
    }
    into->key = key;
    for (unsigned i = 0; i < sh->jobs; i++) {
        books[i] = sh->workers[i].rays;
        sh->workers[i].rays = (struct ray_book){0};
    }
    bool fine = ray_join(books, sh->jobs, into);
    for (size_t n = 0; fine && n < into->events.len; n++) {
        fine = VEC_PUSH(&out->events, into->events.at[n]);
    }
    out->rays = (struct ray_tally){.joined = books[0].joined,
                                   .unjoined = books[0].unjoined,
                                   .direct = books[0].direct,
                                   .shift = books[0].shift};
    for (unsigned i = 0; i < sh->jobs; i++) {
        ray_book_free(&books[i]);
    }
    mem_free(books);
    return fine && ray_accounts(out->events.at, out->events.len) &&
           complete_functions(out->events.at, out->events.len) &&
           front_door_functions(out->events.at, out->events.len);
}

/* What the workers saw of the network, in one. */
static bool unite_tallies(struct scan_shared *sh, struct scan_result *out)
{
    for (unsigned i = 1; i < sh->jobs; i++) {
        if (!tally_merge(sh->workers[0].tally, sh->workers[i].tally)) {
            return false;
        }
    }
    out->tally = sh->workers[0].tally;
    sh->workers[0].tally = NULL;
    out->has_traffic = sh->has_traffic;
    sh->has_traffic = NULL;
    return true;
}

/* What filters hid, by filter. */
static bool add_hidden(struct scan_result *out, const struct scan_worker *w)
{
    size_t count = rule_set_filters(w->setup->rules);
    if (out->hidden == NULL) {
        out->hidden = mem_alloc(count + 1, sizeof(*out->hidden));
    }
    for (size_t i = 0; out->hidden != NULL && i < count; i++) {
        out->hidden[i] += rule_matcher_hidden(w->matcher, i);
    }
    return out->hidden != NULL;
}

static enum err_code merge(struct scan_shared *sh, struct scan_result *out, uint64_t key,
                           struct err *err)
{
    struct keeper *keepers = mem_alloc((size_t)sh->jobs + 1, sizeof(*keepers));
    if (keepers == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for events");
    }
    out->keepers = keepers;
    out->keeper_count = (size_t)sh->jobs + 1; /* the last is for what is made of several records */
    bool fine = true;
    out->duplicates = unite_passed(sh);
    for (unsigned i = 0; i < sh->jobs; i++) {
        struct scan_worker *w = &sh->workers[i];
        for (size_t n = 0; fine && n < w->keeper.events.len; n++) {
            fine = VEC_PUSH(&out->events, w->keeper.events.at[n]);
        }
        out->event_count += w->events;
        out->duplicates += w->duplicates;
        out->gave_up += rule_matcher_gave_up(w->matcher);
        const struct odd_times *odd = &w->odd_times;
        if (odd->records > 0 &&
            (out->odd_times.records == 0 || origin_cmp(&odd->first, &out->odd_times.first) < 0)) {
            out->odd_times.first = odd->first;
        }
        out->odd_times.records += odd->records;
        fine = fine && add_hidden(out, w) &&
               (i == 0 || hit_log_merge(sh->workers[0].hit_log, w->hit_log));
        const struct detection *slow = rule_matcher_slow(w->matcher);
        if (slow != NULL && (out->slow == NULL || str_cmp(slow->id, out->slow->id) < 0)) {
            out->slow = slow;
        }
        fine = fine && account_merge(&out->account, &w->account) &&
               verdict_book_merge(&out->verdicts, &w->verdicts) &&
               merge_seen(out, w, &w->keeper.arena);
        keepers[i] = w->keeper; /* the events move with their memory */
        w->keeper = (struct keeper){0};
    }
    out->hit_log = sh->workers[0].hit_log;
    sh->workers[0].hit_log = NULL;
    account_sort(&out->account);
    unite_seen(out);
    fine = fine && unite_tallies(sh, out);
    if (!fine || !unite_rays(sh, out, &keepers[sh->jobs], key) || !unite_folds(out, key)) {
        return err_set(err, ERR_NOMEM, "no memory for events");
    }
    if (out->events.len > 1) {
        qsort(out->events.at, out->events.len, sizeof(*out->events.at), event_ptr_cmp);
    }
    if (!drop_copies(out, key)) {
        return err_set(err, ERR_NOMEM, "no memory for events");
    }
    struct request_book *requests = &sh->workers[0].requests;
    for (unsigned i = 1; i < sh->jobs; i++) {
        if (!request_book_merge(requests, &sh->workers[i].requests)) {
            return err_set(err, ERR_NOMEM, "no memory for requests");
        }
    }
    out->told_twice = request_join(requests, out->events.at, &out->events.len);
    return ERR_OK;
}

void scan_result_free(struct scan_result *r)
{
    tally_free(r->tally);
    mem_free(r->has_traffic);
    for (size_t i = 0; i < r->keeper_count; i++) {
        keeper_free(&r->keepers[i]);
    }
    mem_free(r->keepers);
    hit_log_free(r->hit_log);
    verdict_book_free(&r->verdicts);
    mem_free(r->hidden);
    VEC_FREE(&r->events);
    VEC_FREE(&r->seen);
    account_free(&r->account);
    *r = (struct scan_result){0};
}

static size_t batch_of(const struct input_list *inputs)
{
    uint64_t mean = inputs->len == 0 ? 0 : inputs->bytes / inputs->len;
    uint64_t batch = BATCH_BYTES / (mean + 1);
    return batch < 1 ? 1 : batch > FILES_A_BATCH ? FILES_A_BATCH : (size_t)batch;
}

enum err_code scan_run(const struct setup *s, const struct triage_options *o,
                       const struct input_list *inputs, struct scan_result *out, struct err *err)
{
    struct scan_shared sh = {.inputs = inputs, .options = o, .jobs = o->jobs};
    sh.jobs = sh.jobs == 0 ? cpu_usable() : sh.jobs;
    sh.jobs = sh.jobs > WORKERS_MAX ? WORKERS_MAX : sh.jobs;
    uint64_t key;
    enum err_code rc = entropy_fill(&key, sizeof(key), err);
    if (rc) {
        return rc;
    }
    struct seen_set *copies = seen_set_new();
    sh.workers = mem_alloc(sh.jobs, sizeof(*sh.workers));
    sh.has_traffic = mem_alloc(inputs->len + 1, sizeof(*sh.has_traffic));
    bool fine = copies != NULL && sh.workers != NULL && sh.has_traffic != NULL;
    for (unsigned i = 0; fine && i < sh.jobs; i++) {
        fine = worker_init(&sh.workers[i], s, copies, o, key);
    }
    struct scan_result r = {0};
    if (!fine) {
        rc = err_set(err, ERR_NOMEM, "no memory for %u workers", sh.jobs);
    } else {
        workers_run(sh.jobs, inputs->len, batch_of(inputs), scan_files, &sh);
        rc = atomic_load(&sh.failed) ? err_set(err, sh.err.code, "%s", sh.err.msg)
                                     : merge(&sh, &r, key, err);
        progress(&sh, true);
    }
    for (unsigned i = 0; sh.workers != NULL && i < sh.jobs; i++) {
        worker_release(&sh.workers[i]);
    }
    mem_free(sh.workers);
    mem_free(sh.has_traffic);
    seen_set_free(copies);
    if (rc) {
        scan_result_free(&r);
        return rc;
    }
    *out = r;
    return ERR_OK;
}
