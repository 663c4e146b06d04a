#include "engine/network.h"

#include <stdatomic.h>

#include "base/mem.h"
#include "sys/cpu.h"
#include "sys/workers.h"

/* ---- what tallies ask ---- */

static bool listed_host(void *arg, struct str host)
{
    const struct setup *s = arg;
    struct intel_hit hit;
    return s->intel_given && intel_find_host(s->intel, host, TIME_NONE, &hit);
}

static bool listed_ip(void *arg, const struct ip *ip)
{
    const struct setup *s = arg;
    struct intel_hit hit;
    return s->intel_given && intel_find_ip(s->intel, ip, TIME_NONE, &hit);
}

static bool ranged_ip(void *arg, const struct ip *ip)
{
    const struct setup *s = arg;
    return s->intel_given && intel_range_of(s->intel, ip).len > 0;
}

/* URL, certificate, fingerprints, hashes, each on the day it was seen. */
static size_t sight(void *arg, const struct event *e, struct traffic_hit out[4])
{
    const struct setup *s = arg;
    const struct flow *f = e->flow;
    struct intel_hit hit;
    size_t n = 0;
    if (!s->intel_given) {
        return 0;
    }
    if (f->url.len > 0 && intel_find_url(s->intel, f->host, f->url, e->time_us, &hit)) {
        out[n++] = (struct traffic_hit){INTEL_URL, f->url};
    }
    if (f->tls_fingerprint.len > 0 &&
        intel_find_cert(s->intel, f->tls_fingerprint, e->time_us, &hit)) {
        out[n++] = (struct traffic_hit){INTEL_CERT, f->tls_fingerprint};
    }
    if (f->ja3.len > 0 && intel_find_ja3(s->intel, f->ja3, e->time_us, &hit)) {
        out[n++] = (struct traffic_hit){INTEL_JA3, f->ja3};
    } else if (f->ja4.len > 0 && intel_find_ja4(s->intel, f->ja4, e->time_us, &hit)) {
        out[n++] = (struct traffic_hit){INTEL_JA4, f->ja4};
    }
    struct str hash = f->file_sha256.len > 0 ? f->file_sha256
                      : f->file_md5.len > 0  ? f->file_md5
                                             : f->file_sha1;
    if (hash.len > 0 && intel_find_hash(s->intel, hash, e->time_us, &hit)) {
        out[n++] = (struct traffic_hit){hit.best.kind, hash};
    }
    return n;
}

struct traffic_know network_know(const struct setup *s)
{
    return (struct traffic_know){.names = s->names,
                                 .arg = (void *)(uintptr_t)s,
                                 .listed_host = listed_host,
                                 .listed_ip = listed_ip,
                                 .ranged_ip = ranged_ip,
                                 .sight = sight};
}

/* ---- the second look ---- */

struct looker {
    const struct setup *setup;
    int64_t until_us;
    struct intake *intake;
    struct json_scanner *scanner;
    struct arena scratch;
    struct account account; /* told once already: dropped */
    struct tally *tally;
    struct recognised last;
    bool no_memory;
};

struct look {
    const struct input_list *inputs;
    const struct triage_options *options;
    const bool *has_traffic;
    struct looker *lookers;
    atomic_bool failed;
    struct err err; /* of the first failure */
};

static enum intake_verdict look_at(void *arg, const struct intake_record *r, const char **reason)
{
    struct looker *l = arg;
    struct record rec;
    struct event e = {.count = 1, .time_us = TIME_NONE, .origin = r->origin};
    const struct source_ops *source =
        recognise(&l->setup->known, &l->last, r->json, r->origin, &rec);
    (void)reason;
    arena_reset(&l->scratch);
    if (source == NULL || source->decide_a != source->decide_b ||
        source->parse(&rec, &l->scratch, &e, NULL) != ERR_OK || e.kind != EVENT_TRAFFIC ||
        (l->until_us != TIME_NONE && e.time_us >= l->until_us)) {
        return INTAKE_TAKEN;
    }
    e.source = str_of(source->name);
    l->no_memory |= !tally_add(l->tally, &e);
    return INTAKE_TAKEN;
}

static void look_at_files(void *arg, unsigned worker, size_t from, size_t to)
{
    struct look *k = arg;
    struct looker *l = &k->lookers[worker];
    struct intake_sink sink = {.arg = l, .record = look_at};
    for (size_t i = from; i < to; i++) {
        struct err err = {0};
        bool stop = k->options->stop != NULL && *k->options->stop != 0;
        if (stop || atomic_load(&k->failed)) {
            return;
        }
        if (!k->has_traffic[i]) {
            continue;
        }
        enum err_code rc = intake_file(l->intake, &k->inputs->at[i], (uint32_t)i, l->scanner, &sink,
                                       &l->account, &err);
        if (rc == ERR_OK && l->no_memory) {
            rc = err_set(&err, ERR_NOMEM, "no memory for contacts");
        }
        if (rc != ERR_OK && !atomic_exchange(&k->failed, true)) {
            k->err = err;
        }
    }
}

static bool looker_init(struct looker *l, const struct setup *s, const struct triage_options *o,
                        const struct tally *seed)
{
    *l = (struct looker){.setup = s, .until_us = o->until_us};
    arena_init(&l->scratch, (size_t)64 << 20);
    l->intake = intake_new(&intake_limits_default);
    l->scanner = json_scanner_new(s->paths, json_variant_best());
    l->tally = tally_new(&s->know, seed);
    return l->intake != NULL && l->scanner != NULL && l->tally != NULL;
}

static void looker_release(struct looker *l)
{
    intake_free(l->intake);
    json_scanner_free(l->scanner);
    arena_free(&l->scratch);
    account_free(&l->account);
    tally_free(l->tally);
}

static enum err_code look_again(const struct setup *s, const struct triage_options *o,
                                const struct input_list *inputs, const bool *has_traffic,
                                struct tally **tally, struct err *err)
{
    unsigned jobs = o->jobs == 0 ? cpu_usable() : o->jobs;
    jobs = jobs > WORKERS_MAX ? WORKERS_MAX : jobs;
    struct look k = {.inputs = inputs, .options = o, .has_traffic = has_traffic};
    k.lookers = mem_alloc(jobs, sizeof(*k.lookers));
    bool fine = k.lookers != NULL;
    unsigned made = 0;
    for (; fine && made < jobs; made++) {
        fine = looker_init(&k.lookers[made], s, o, *tally);
    }
    if (fine) {
        workers_run(jobs, inputs->len, 1, look_at_files, &k);
    }
    bool failed = atomic_load(&k.failed);
    for (unsigned i = 1; fine && !failed && i < jobs; i++) {
        fine = tally_merge(k.lookers[0].tally, k.lookers[i].tally);
    }
    if (fine && !failed) {
        tally_free(*tally);
        *tally = k.lookers[0].tally;
        k.lookers[0].tally = NULL;
    }
    for (unsigned i = 0; i < made; i++) {
        looker_release(&k.lookers[i]);
    }
    mem_free(k.lookers);
    if (failed) {
        return err_set(err, k.err.code, "%s", k.err.msg);
    }
    return fine ? ERR_OK : (enum err_code)err_set(err, ERR_NOMEM, "no memory for contacts");
}

/* ---- names of our own ---- */

static bool watch(struct tally *t, struct str url)
{
    struct str host = inventory_host(url);
    return host.len == 0 || tally_own(t, host);
}

static bool watch_own(const struct context *c, struct event *const *events, size_t count,
                      struct tally *t)
{
    bool fine = true;
    for (size_t i = 0; fine && i < count; i++) {
        const struct event *e = events[i];
        for (size_t k = 0; fine && inventory_tells_host(e) && k < e->attr_count; k++) {
            fine = e->attrs[k].id != ATTR_URL || watch(t, e->attrs[k].value);
        }
    }
    for (size_t i = 0; fine && i < c->functions.len; i++) {
        const struct listed_function *f = &c->functions.at[i];
        fine = watch(t, f->url);
        for (size_t k = 0; fine && k < f->hosts.len; k++) {
            fine = watch(t, f->hosts.at[k]);
        }
    }
    return fine;
}

enum err_code network_complete(const struct setup *s, const struct triage_options *o,
                               const struct input_list *inputs, const bool *has_traffic,
                               struct event *const *events, size_t event_count,
                               struct tally **tally, struct err *err)
{
    if (!watch_own(s->context, events, event_count, *tally)) {
        return err_set(err, ERR_NOMEM, "no memory for names");
    }
    return tally_look_again(*tally) ? look_again(s, o, inputs, has_traffic, tally, err) : ERR_OK;
}
