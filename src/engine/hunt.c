#include "engine/hunt.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "engine/hunt_filter.h"
#include "engine/recognise.h"
#include "sys/cpu.h"
#include "sys/workers.h"

struct hunt_worker {
    struct hunt *hunt;
    struct intake *intake;
    struct json_scanner *scanner, *deep_scanner;
    struct json_record *deep;
    struct recognised last;
    struct arena scratch; /* of one record */
    struct arena texts;
    struct map groups; /* key -> struct hunt_group */
    struct account account;
    uint64_t events, looked_into, hits;
    bool full, no_memory;
};

struct hunt {
    const struct hunt_options *options;
    struct hunt_filter *filter;
    struct json_paths *paths;
    struct recogniser known_sources;
    struct map own; /* record ids of the cases */
    const struct input_list *inputs;
    struct hunt_worker *workers;
    unsigned jobs;
    _Atomic uint64_t bytes_done;
    atomic_bool failed;
};

/* ---- groups ---- */

static bool place_before(const struct origin *a, const struct origin *b)
{
    return a->file != b->file       ? a->file < b->file
           : a->offset != b->offset ? a->offset < b->offset
                                    : a->inner < b->inner;
}

static void keep_place(struct hunt_group *g, const struct origin *at)
{
    size_t i = g->place_count < HUNT_PLACES ? g->place_count++ : HUNT_PLACES;
    if (i == HUNT_PLACES && !place_before(at, &g->places[--i])) {
        return;
    }
    for (; i > 0 && place_before(at, &g->places[i - 1]); i--) {
        g->places[i] = g->places[i - 1];
    }
    g->places[i] = *at;
}

static struct hunt_group *group_of(struct map *groups, struct arena *texts,
                                   const struct hunt_group *like, bool *full)
{
    CLEANUP(buf_free) struct buf key = {0};
    buf_printf(&key, "%06zu\n%.*s\n%.*s\n%.*s\n%.*s", like->mark, STR_ARG(like->source),
               STR_ARG(like->account), STR_ARG(like->region), STR_ARG(like->function));
    if (key.failed) {
        return NULL;
    }
    struct hunt_group *g = map_get(groups, buf_str(&key));
    if (g != NULL) {
        return g;
    }
    struct hunt_group fresh = {.mark = like->mark, .first_us = TIME_NONE, .last_us = TIME_NONE};
    if (groups->len >= HUNT_GROUPS_MAX) {
        *full = true;
        buf_reset(&key);
        buf_printf(&key, "%06zu\n", like->mark);
    } else if (!arena_dup(texts, like->source, &fresh.source) ||
               !arena_dup(texts, like->account, &fresh.account) ||
               !arena_dup(texts, like->region, &fresh.region) ||
               !arena_dup(texts, like->function, &fresh.function)) {
        return NULL;
    }
    struct map_entry *e = map_intern(groups, texts, buf_str(&key));
    if (e != NULL && e->value == NULL) {
        g = ARENA_NEW(texts, struct hunt_group);
        if (g != NULL) {
            *g = fresh;
        }
        e->value = g;
    }
    return e == NULL ? NULL : e->value;
}

static void merge_group(struct hunt_group *into, const struct hunt_group *g)
{
    into->count += g->count;
    into->known += g->known;
    into->denied += g->denied;
    if (g->first_us != TIME_NONE && (into->first_us == TIME_NONE || g->first_us < into->first_us)) {
        into->first_us = g->first_us;
    }
    into->last_us = g->last_us > into->last_us ? g->last_us : into->last_us;
    for (size_t i = 0; i < g->place_count; i++) {
        keep_place(into, &g->places[i]);
    }
}

/* ---- one record ---- */

static void note(struct hunt_worker *w, const struct event *e)
{
    const struct hunt_options *o = w->hunt->options;
    for (size_t i = 0; i < o->mark_count; i++) {
        if (!mark_fits(&o->marks[i].mark, e)) {
            continue;
        }
        struct hunt_group one = {.mark = i,
                                 .source = e->source,
                                 .account = e->account,
                                 .region = e->region,
                                 .function = e->function.name,
                                 .count = 1,
                                 .denied = e->outcome == OUTCOME_DENIED ? 1 : 0,
                                 .first_us = e->time_us,
                                 .last_us = e->time_us,
                                 .places = {e->origin},
                                 .place_count = 1};
        one.known = e->record_id.len > 0 && map_find(&w->hunt->own, e->record_id) != NULL ? 1 : 0;
        struct hunt_group *g = group_of(&w->groups, &w->texts, &one, &w->full);
        if (g == NULL) {
            w->no_memory = true;
            return;
        }
        merge_group(g, &one);
        w->hits++;
    }
}

static bool is_inside(const struct hunt_options *o, int64_t us)
{
    return us == TIME_NONE || ((o->since_us == TIME_NONE || us >= o->since_us) &&
                               (o->until_us == TIME_NONE || us < o->until_us));
}

static bool parse(struct hunt_worker *w, const struct intake_record *r,
                  const struct source_ops *source, struct record *rec, struct event *e)
{
    struct json_fault fault;
    size_t used;
    arena_reset(&w->scratch);
    *e = (struct event){.count = 1, .time_us = TIME_NONE, .origin = r->origin};
    if (r->json->shallow) {
        if (json_scan(w->deep_scanner, r->json->start, r->json->len, 0, w->deep, &used, &fault) !=
            JSON_OK) {
            return false;
        }
        rec->json = w->deep;
    }
    return source->parse(rec, &w->scratch, e, NULL) == ERR_OK;
}

static enum intake_verdict take(void *arg, const struct intake_record *r, const char **reason)
{
    struct hunt_worker *w = arg;
    struct record rec;
    struct event e;
    const struct source_ops *source =
        recognise(&w->hunt->known_sources, &w->last, r->json, r->origin, &rec);
    if (source == NULL) {
        *reason = "no known log format";
        return INTAKE_UNRECOGNISED;
    }
    w->events++;
    /* A message inside a payload may be packed there: what stands in the file says nothing. */
    if (r->origin.inner < 0 && !hunt_filter_may(w->hunt->filter, r->raw)) {
        return INTAKE_TAKEN;
    }
    if (!parse(w, r, source, &rec, &e)) {
        *reason = "a record too large to be looked into";
        return INTAKE_REFUSED;
    }
    w->looked_into++;
    e.source = str_of(source->name);
    if (is_inside(w->hunt->options, e.time_us)) {
        note(w, &e);
    }
    return INTAKE_TAKEN;
}

/* Of records that the deciding pair is known of, only the top level is walked. */
static bool nothing_wanted(void *arg, struct str a, struct str b)
{
    (void)arg;
    (void)a;
    (void)b;
    return false;
}

/* ---- workers ---- */

static void scan(void *arg, unsigned worker, size_t from, size_t to)
{
    struct hunt *h = arg;
    struct hunt_worker *w = &h->workers[worker];
    const struct hunt_options *o = h->options;
    struct intake_sink sink = {w, take};
    for (size_t i = from; i < to; i++) {
        if ((o->stop != NULL && *o->stop != 0) || atomic_load(&h->failed)) {
            return;
        }
        enum err_code rc = intake_file(w->intake, &h->inputs->at[i], (uint32_t)i, w->scanner, &sink,
                                       &w->account, NULL);
        if (rc != ERR_OK || w->no_memory) {
            atomic_store(&h->failed, true);
            return;
        }
        uint64_t done =
            atomic_fetch_add(&h->bytes_done, h->inputs->at[i].size) + h->inputs->at[i].size;
        if (worker == 0 && o->progress != NULL) {
            o->progress(o->progress_arg, done, h->inputs->bytes, w->events * h->jobs, w->hits);
        }
    }
}

static bool begin_worker(struct hunt_worker *w, struct hunt *h)
{
    w->hunt = h;
    arena_init(&w->scratch, (size_t)64 << 20);
    w->intake = intake_new(&intake_limits_default);
    w->scanner = json_scanner_new(h->paths, json_variant_best());
    w->deep_scanner = json_scanner_new(h->paths, json_variant_best());
    w->deep = mem_alloc(1, sizeof(*w->deep));
    if (w->intake == NULL || w->scanner == NULL || w->deep_scanner == NULL || w->deep == NULL) {
        return false;
    }
    json_scanner_wanted(w->scanner, nothing_wanted, w);
    return true;
}

static void end_worker(struct hunt_worker *w)
{
    intake_free(w->intake);
    json_scanner_free(w->scanner);
    json_scanner_free(w->deep_scanner);
    mem_free(w->deep);
    map_free(&w->groups);
    account_free(&w->account);
    arena_free(&w->scratch);
    arena_free(&w->texts);
}

/* ---- the whole ---- */

static int by_group(const void *a, const void *b)
{
    const struct hunt_group *x = a;
    const struct hunt_group *y = b;
    const struct str *p[] = {&x->source, &x->account, &x->region, &x->function};
    const struct str *q[] = {&y->source, &y->account, &y->region, &y->function};
    if (x->mark != y->mark) {
        return x->mark < y->mark ? -1 : 1;
    }
    for (size_t i = 0; i < ARRAY_LEN(p); i++) {
        int order = str_cmp(*p[i], *q[i]);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static bool merge(struct hunt *h, struct hunt_result *r)
{
    struct map all = {0};
    bool fine = true;
    for (unsigned i = 0; fine && i < h->jobs; i++) {
        struct hunt_worker *w = &h->workers[i];
        fine = account_merge(&r->account, &w->account);
        r->events += w->events;
        r->looked_into += w->looked_into;
        r->full = r->full || w->full;
        for (size_t k = 0; fine && k < w->groups.len; k++) {
            struct hunt_group *g = group_of(&all, &r->texts, w->groups.at[k].value, &r->full);
            fine = g != NULL;
            if (fine) {
                merge_group(g, w->groups.at[k].value);
            }
        }
    }
    for (size_t i = 0; fine && i < all.len; i++) {
        fine = VEC_PUSH(&r->groups, *(struct hunt_group *)all.at[i].value);
    }
    map_free(&all);
    account_sort(&r->account);
    if (r->groups.len > 1) {
        qsort(r->groups.at, r->groups.len, sizeof(*r->groups.at), by_group);
    }
    return fine;
}

static enum err_code set_up(struct hunt *h, struct err *err)
{
    const struct hunt_options *o = h->options;
    struct mark *marks = mem_alloc(o->mark_count + 1, sizeof(*marks));
    for (size_t i = 0; marks != NULL && i < o->mark_count; i++) {
        marks[i] = o->marks[i].mark;
    }
    h->filter = marks == NULL ? NULL : hunt_filter_new(marks, o->mark_count);
    mem_free(marks);
    h->paths = json_paths_new();
    h->workers = mem_alloc(h->jobs, sizeof(*h->workers));
    bool fine = h->filter != NULL && h->paths != NULL && h->workers != NULL;
    for (size_t i = 0; fine && i < o->known_count; i++) {
        fine = map_put(&h->own, o->known[i]) != NULL;
    }
    if (!fine) {
        return err_set(err, ERR_NOMEM, "no memory for the hunt");
    }
    enum err_code rc = intake_add_paths(h->paths, err);
    rc = rc ? rc : recogniser_init(&h->known_sources, h->paths, err);
    for (unsigned i = 0; rc == ERR_OK && i < h->jobs; i++) {
        if (!begin_worker(&h->workers[i], h)) {
            rc = err_set(err, ERR_NOMEM, "no memory for %u workers", h->jobs);
        }
    }
    return rc;
}

static void tear_down(struct hunt *h)
{
    for (unsigned i = 0; h->workers != NULL && i < h->jobs; i++) {
        end_worker(&h->workers[i]);
    }
    mem_free(h->workers);
    recogniser_free(&h->known_sources);
    json_paths_free(h->paths);
    hunt_filter_free(h->filter);
    map_free(&h->own);
}

enum err_code hunt_run(const struct hunt_options *o, struct hunt_result *out, struct err *err)
{
    struct hunt_result r = {0};
    struct hunt h = {.options = o, .inputs = &r.inputs};
    h.jobs = o->jobs > 0 ? o->jobs : cpu_usable();
    enum err_code rc =
        input_list_build(o->paths, o->path_count, o->since_us, &r.texts, &r.inputs, err);
    rc = rc ? rc : set_up(&h, err);
    if (rc == ERR_OK) {
        workers_run(h.jobs, r.inputs.len, 1, scan, &h);
        if (atomic_load(&h.failed) || !merge(&h, &r)) {
            rc = err_set(err, ERR_NOMEM, "no memory for the hunt");
        }
    }
    tear_down(&h);
    if (rc) {
        hunt_result_free(&r);
        return rc;
    }
    *out = r;
    return ERR_OK;
}

void hunt_result_free(struct hunt_result *r)
{
    VEC_FREE(&r->groups);
    VEC_FREE(&r->inputs);
    account_free(&r->account);
    arena_free(&r->texts);
}
