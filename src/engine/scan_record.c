#include "engine/scan_record.h"

#include "engine/fast_hash.h"
#include "model/flow.h"

/* ---- which records are looked into ---- */

static struct pair judge_pair(const struct scan_worker *w, struct str a, struct str b)
{
    struct pair p = {.needs = rule_set_wants(w->setup->rules, a, b),
                     .rules = rule_set_any(w->setup->rules, a, b)};
    for (size_t i = 0; source_registry[i] != NULL; i++) {
        const struct source_ops *ops = source_registry[i];
        p.kept = p.kept || (ops->decide_a != ops->decide_b && ops->needs(a, b));
    }
    p.needs = p.needs || p.kept;
    return p;
}

bool scan_wanted(void *worker, struct str a, struct str b)
{
    struct scan_worker *w = worker;
    uint64_t h = fast_hash(fast_hash(w->key, a), b);
    struct pair *p = &w->pairs[h % PAIR_CACHE];
    if (LIKELY(p->a.ptr != NULL && str_eq(p->b, b) && str_eq(p->a, a))) {
        w->pair = p;
        return p->needs;
    }
    struct pair fresh = judge_pair(w, a, b);
    w->odd_pair = fresh;
    w->pair = &w->odd_pair;
    /* Names are few in real logs; hostile ones must not fill memory, so long ones are not kept. */
    if (a.len + b.len < 256 && w->texts.used < ((size_t)64 << 20) &&
        arena_dup(&w->texts, a, &fresh.a) && arena_dup(&w->texts, b, &fresh.b)) {
        *p = fresh;
        w->pair = p;
    }
    return fresh.needs;
}

/* ---- counting ---- */

static struct seen_account *seen_of(struct scan_worker *w, const struct source_ops *source,
                                    struct str account)
{
    if (w->last_seen < w->seen.len) {
        struct seen_account *s = &w->seen.at[w->last_seen];
        if (s->source == source && str_eq(s->account, account)) {
            return s;
        }
    }
    for (size_t i = 0; i < w->seen.len; i++) {
        if (w->seen.at[i].source == source && str_eq(w->seen.at[i].account, account)) {
            w->last_seen = i;
            return &w->seen.at[i];
        }
    }
    struct seen_account fresh = {.source = source, .first_us = TIME_NONE, .last_us = TIME_NONE};
    /* Accounts are few; ten thousand made-up ones are counted under one. */
    bool many = w->seen.len >= 10000;
    if (!arena_dup(&w->texts, many ? STR_EMPTY : account, &fresh.account) ||
        !VEC_PUSH(&w->seen, fresh)) {
        return NULL;
    }
    w->last_seen = w->seen.len - 1;
    return &w->seen.at[w->last_seen];
}

static void count(struct scan_worker *w, const struct source_ops *source, struct str account,
                  int64_t time_us, bool data)
{
    struct seen_account *s = seen_of(w, source, account);
    if (s == NULL) {
        w->no_memory = true;
        return;
    }
    s->records++;
    s->data_events += data ? 1 : 0;
    if (time_us != TIME_NONE) {
        s->first_us = s->first_us == TIME_NONE || time_us < s->first_us ? time_us : s->first_us;
        s->last_us = time_us > s->last_us ? time_us : s->last_us;
        activity_note(&s->activity, time_us);
    }
}

static bool is_copy(struct scan_worker *w, const struct event *e)
{
    return e->record_id.len > 0 && seen_set_add(w->copies, keep_meaning_hash(w->key, e));
}

void scan_flush(struct scan_worker *w)
{
    w->duplicates += hash_set_add_all(&w->passed, w->pending, w->pending_count);
    w->pending_count = 0;
}

/* A record that nobody needs is only counted. */
static void pass_by(struct scan_worker *w, const struct source_ops *source, const struct glance *g)
{
    count(w, source, g->account, g->time_us, false);
    if (g->record_id.len > 0) {
        uint64_t h = fast_hash(w->key ^ (uint64_t)g->time_us, g->record_id);
        w->pending[w->pending_count++] = fast_hash(fast_hash(h, g->account), g->name);
        if (w->pending_count == PENDING_MAX) {
            scan_flush(w);
        }
    }
}

/* ---- feeds ---- */

/* Is the caller, if it is an address, in any feed, at whatever time? Cached: callers repeat. */
static bool is_listed(struct scan_worker *w, struct str caller)
{
    if (caller.len == 0 || !w->setup->intel_given) {
        return false;
    }
    uint64_t h = fast_hash(w->key, caller);
    struct address_seen *a = &w->addresses[h % ADDRESS_CACHE];
    if (LIKELY(a->text.ptr != NULL && str_eq(a->text, caller))) {
        return a->listed;
    }
    struct ip ip;
    struct intel_hit hit;
    struct address_seen fresh = {.listed = ip_parse(caller, &ip) &&
                                           intel_find_ip(w->setup->intel, &ip, TIME_NONE, &hit)};
    if (caller.len < 64 && w->texts.used < ((size_t)64 << 20) &&
        arena_dup(&w->texts, caller, &fresh.text)) {
        *a = fresh;
    }
    return fresh.listed;
}

/* ---- times ---- */

#define TIME_TRUE_FROM_US INT64_C(631152000000000)  /* 1990 */
#define TIME_TRUE_TO_US   INT64_C(4102444800000000) /* 2100 */

static bool may_be_true(int64_t time_us)
{
    return time_us >= TIME_TRUE_FROM_US && time_us < TIME_TRUE_TO_US;
}

/* A time that cannot be true is none. */
static void judge_time(struct scan_worker *w, const struct intake_record *r, int64_t *time_us)
{
    if (LIKELY(may_be_true(*time_us) || *time_us == TIME_NONE)) {
        return;
    }
    *time_us = TIME_NONE;
    if (w->odd_times.records++ == 0 || origin_cmp(&r->origin, &w->odd_times.first) < 0) {
        w->odd_times.first = r->origin;
    }
}

/* ---- one record ---- */

static bool parse_deep(struct scan_worker *w, const struct intake_record *r,
                       const struct source_ops *source, struct record *rec, struct event *e)
{
    struct json_fault fault;
    size_t used;
    if (json_scan(w->deep_scanner, r->json->start, r->json->len, 0, w->deep, &used, &fault) !=
        JSON_OK) {
        return false;
    }
    rec->json = w->deep;
    *e = (struct event){.count = 1, .time_us = TIME_NONE, .origin = r->origin};
    arena_reset(&w->scratch);
    bool fine = source->parse(rec, &w->scratch, e, NULL) == ERR_OK;
    e->time_us = may_be_true(e->time_us) ? e->time_us : TIME_NONE; /* told the first time */
    return fine;
}

/* Who the network saw is the caller, for whoever reads the finding. */
static bool name_client(struct scan_worker *w, struct event *e)
{
    char text[IP_TEXT_MAX];
    if (e->flow == NULL || !e->flow->has_client || e->address.len > 0) {
        return true;
    }
    e->ip = e->flow->client;
    return arena_dup(&w->scratch, str_make(text, ip_format(&e->ip, text)), &e->address);
}

static bool keep(struct scan_worker *w, struct event *e, const struct intake_record *r,
                 const struct source_ops *source, struct record *rec, bool listed)
{
    if ((rec->json->shallow && !parse_deep(w, r, source, rec, e)) || !name_client(w, e)) {
        return false;
    }
    e->source = str_of(source->name);
    e->last_us = e->time_us;
    e->duplicate_key = r->json->duplicate || rec->json->duplicate;
    e->address_listed = listed;
    e->hit_count = rule_match(w->matcher, e->source, rec->json, &e->hits);
    w->hits += e->hit_count;
    e->exclusion_count =
        rule_exclusions(w->matcher, e->source, rec->json, e->time_us, &e->exclusions);
    bool copy = is_copy(w, e);
    w->duplicates += copy ? 1 : 0;
    bool data = e->data_event && (e->kind == EVENT_INVOKE || e->kind == EVENT_CHANGE);
    count(w, source, e->account, e->time_us, data);
    rule_matcher_count(w->matcher);
    bool counted = rule_matcher_counted(w->matcher) && !copy;
    struct event *kept = keeper_add(&w->keeper, e, copy);
    if (kept == NULL || (!copy && !request_book_note(&w->requests, e, kept)) ||
        (counted && !hit_log_add(w->hit_log, w->matcher, rec->json, e->time_us, kept))) {
        w->no_memory = true;
    }
    return true;
}

/* A run of a Worker, or a request that may belong to one. */
static void note_ray(struct scan_worker *w, const struct event *e)
{
    if (!ray_book_note(&w->rays, e, is_listed(w, event_attr_get(e, ATTR_CLIENT)))) {
        w->no_memory = true;
    }
}

static bool is_behind(const struct scan_worker *w, int64_t time_us)
{
    return w->until_us != TIME_NONE && time_us != TIME_NONE && time_us >= w->until_us;
}

/* Does a rule match the record, or may one when it is looked into? */
static bool rules_ask(struct scan_worker *w, const struct source_ops *source,
                      const struct record *rec)
{
    const struct detection *const *hits;
    return rule_match(w->matcher, str_of(source->name), rec->json, &hits) > 0 ||
           rule_matcher_counted(w->matcher) || rule_matcher_wants(w->matcher);
}

/* What happens to most records, for which a glance is enough. False: this one takes more. */
static bool glance_at(struct scan_worker *w, const struct intake_record *r,
                      const struct source_ops *source, const struct record *rec)
{
    struct glance g;
    /* That it is shallow tells that scan_wanted was asked about this very record. */
    if (!rec->json->shallow || rec->json->duplicate || source->glance == NULL ||
        (w->pair->rules && rules_ask(w, source, rec)) || !source->glance(rec, &g) ||
        is_listed(w, g.caller)) {
        return false;
    }
    judge_time(w, r, &g.time_us);
    if (!is_behind(w, g.time_us)) {
        w->events++;
        pass_by(w, source, &g);
    }
    return true;
}

enum intake_verdict scan_record(void *worker, const struct intake_record *r, const char **reason)
{
    struct scan_worker *w = worker;
    struct record rec;
    const struct source_ops *source =
        recognise(&w->setup->known, &w->last, r->json, r->origin, &rec);
    if (source == NULL) {
        *reason = "no known log format";
        return INTAKE_UNRECOGNISED;
    }
    if (glance_at(w, r, source, &rec)) {
        return INTAKE_TAKEN;
    }
    struct event e = {.count = 1, .time_us = TIME_NONE, .origin = r->origin};
    arena_reset(&w->scratch);
    /* A record of another source that has the pair too was left shallow for nothing. */
    bool whole = !r->json->shallow || source->decide_a != source->decide_b;
    if (whole ? source->parse(&rec, &w->scratch, &e, NULL) != ERR_OK
              : !parse_deep(w, r, source, &rec, &e)) {
        *reason = "a record too large to be looked into";
        return INTAKE_REFUSED;
    }
    judge_time(w, r, &e.time_us);
    if (is_behind(w, e.time_us)) {
        return INTAKE_TAKEN; /* behind the window: counted as a record, no more */
    }
    w->events++;
    if (source->verdict) {
        w->no_memory |=
            !verdict_book_add(&w->verdicts, r->origin, str_make(r->json->start, r->json->len));
    }
    bool listed = is_listed(w, e.address);
    e.source = str_of(source->name);
    if (e.data_event && e.attr_count > 0) {
        note_ray(w, &e);
    }
    /* Asked about this very record? A damaged one before it may have left its pair behind. */
    const struct pair *pair = w->pair;
    pair = pair != NULL && str_eq(pair->b, e.name) && str_eq(pair->a, e.service) ? pair : NULL;
    w->pair = NULL;
    /* What the network saw is aggregated, not kept: there is too much of it. */
    if (e.kind == EVENT_TRAFFIC) {
        w->saw_traffic = true;
        w->no_memory |= !tally_add(w->tally, &e);
    }
    bool told = e.kind != EVENT_OTHER && e.kind != EVENT_TRAFFIC;
    bool kept = (told || (pair != NULL && pair->kept)) && !e.ordinary;
    bool interesting = listed || r->json->duplicate || kept;
    if (!interesting && (pair == NULL || pair->rules)) {
        interesting = rules_ask(w, source, &rec);
        if (rule_matcher_wants(w->matcher)) {
            if (!parse_deep(w, r, source, &rec, &e)) {
                *reason = "a record too large to be looked into";
                return INTAKE_REFUSED;
            }
            e.source = str_of(source->name);
            interesting = rules_ask(w, source, &rec) || rec.json->duplicate;
        }
        if (!interesting) {
            rule_matcher_count(w->matcher);
        }
    }
    if (interesting) {
        if (!keep(w, &e, r, source, &rec, listed)) {
            *reason = "a record too large to be looked into";
            return INTAKE_REFUSED;
        }
        return INTAKE_TAKEN;
    }
    struct glance g = {e.time_us, e.account, e.name, e.record_id, e.address};
    pass_by(w, source, &g);
    return INTAKE_TAKEN;
}
