#include "engine/keep.h"

#include "base/mem.h"
#include "engine/fast_hash.h"
#include "model/flow.h"

void keeper_free(struct keeper *k)
{
    arena_free(&k->arena);
    VEC_FREE(&k->events);
    mem_free(k->folded.slots);
    mem_free(k->folded.hashes);
    *k = (struct keeper){0};
}

uint64_t keep_fold_hash(uint64_t key, const struct event *e)
{
    int64_t slot_us = e->kind == EVENT_LOG ? TIME_HOUR_US : TIME_MINUTE_US;
    uint64_t slot = (uint64_t)(e->time_us == TIME_NONE ? -1 : e->time_us / slot_us);
    uint64_t h = fast_mix(key ^ slot, 0x8ebc6af09c88c6e3U);
    h ^= (uint64_t)e->outcome * 31 + e->kind + (e->duplicate_key ? 1024U : 0U);
    for (size_t i = 0; i < e->hit_count; i++) {
        h = fast_mix(h ^ (uint64_t)(uintptr_t)e->hits[i], 0x589965cc75374cc3U);
    }
    for (size_t i = 0; i < e->exclusion_count; i++) {
        h = fast_mix(h ^ (uint64_t)(uintptr_t)e->exclusions[i], 0x2545f4914f6cdd1dU);
    }
    if (e->kind == EVENT_LOG) { /* lines that say something of their own stay apart */
        h = fast_hash(h, event_attr_get(e, ATTR_EXTENSION));
        h = fast_hash(h, event_attr_get(e, ATTR_LOG_HOST));
        h = fast_hash(h, event_attr_get(e, ATTR_LOG_WORDS));
    }
    h = fast_hash(h, e->service);
    h = fast_hash(h, e->name);
    h = fast_hash(h, e->account);
    h = fast_hash(h, e->region);
    h = fast_hash(h, e->function.name);
    h = fast_hash(h, e->function.account);
    h = fast_hash(h, e->qualifier);
    h = fast_hash(h, e->who.principal);
    h = fast_hash(h, e->who.access_key);
    return fast_hash(h, e->address);
}

bool keep_folds(const struct event *e)
{
    /* Runs are as many as calls, and lines more. */
    return e->kind == EVENT_RUN || e->kind == EVENT_LOG || e->kind == EVENT_INVOKE ||
           e->kind == EVENT_READ || e->kind == EVENT_OTHER;
}

uint64_t keep_meaning_hash(uint64_t key, const struct event *e)
{
    uint64_t h = fast_hash(key ^ (uint64_t)e->time_us, e->record_id);
    h = fast_hash(h, e->account);
    h = fast_hash(h, e->name);
    h = fast_hash(h, e->service);
    h = fast_hash(h, e->address);
    h = fast_hash(h, e->error_code);
    h = fast_hash(h, e->who.principal);
    h = fast_hash(h, e->function.name);
    for (size_t i = 0; i < e->attr_count; i++) {
        h = fast_hash(h ^ (uint64_t)e->attrs[i].id, e->attrs[i].value);
    }
    return h;
}

static bool same_attrs(const struct event *a, const struct event *b)
{
    if (a->attr_count != b->attr_count) {
        return false;
    }
    for (size_t i = 0; i < a->attr_count; i++) {
        if (a->attrs[i].id != b->attrs[i].id || !str_eq(a->attrs[i].value, b->attrs[i].value)) {
            return false;
        }
    }
    return true;
}

bool keep_same_meaning(const struct event *a, const struct event *b)
{
    return a->time_us == b->time_us && str_eq(a->record_id, b->record_id) &&
           str_eq(a->account, b->account) && str_eq(a->name, b->name) &&
           str_eq(a->service, b->service) && str_eq(a->address, b->address) &&
           str_eq(a->error_code, b->error_code) && str_eq(a->who.principal, b->who.principal) &&
           str_eq(a->function.name, b->function.name) && same_attrs(a, b);
}

/* Times decide, then the place: whichever worker saw it first must not matter. */
static bool is_earlier(const struct event *a, const struct event *b)
{
    return event_cmp(a, b) < 0;
}

/* One run a minute and one line an hour are told in full, whoever sees them first. */
static bool tells_in_full(const struct event *e)
{
    return e->kind == EVENT_RUN || e->kind == EVENT_LOG ||
           (e->kind == EVENT_INVOKE && event_has(e, ATTR_CPU_MS));
}

void keep_fold(struct event *into, const struct event *from, bool count)
{
    int64_t last = into->last_us > from->last_us ? into->last_us : from->last_us;
    uint64_t sum = into->count + (count ? from->count : 0);
    if (is_earlier(from, into)) {
        /* The earlier one tells the story: its record is the evidence. */
        into->time_us = from->time_us;
        into->record_id = from->record_id;
        into->shared_id = from->shared_id;
        into->user_agent = from->user_agent;
        into->origin = from->origin;
        if (tells_in_full(into)) {
            into->attrs = from->attrs;
            into->attr_count = from->attr_count;
        }
    }
    into->last_us = last;
    into->count = sum;
}

/* The first and the last eight bytes; they overlap in a short text, and are all of it. */
static void ends_of(struct str s, uint64_t *head, uint64_t *tail)
{
    *head = 0;
    *tail = 0;
    if (s.len >= 8) {
        memcpy(head, s.ptr, 8);
        memcpy(tail, s.ptr + s.len - 8, 8);
    } else {
        memcpy(head, s.ptr, s.len);
    }
}

/* One copy of a text, if it was met lately; else a new copy. */
static bool keep_text(struct keeper *k, struct str *s)
{
    if (s->len == 0) {
        *s = STR_EMPTY;
        return true;
    }
    uint64_t head, tail;
    ends_of(*s, &head, &tail);
    uint64_t h = fast_mix(head ^ k->key, tail ^ (s->len * 0x9e3779b97f4a7c15U));
    struct kept_text *slot = &k->cache[h % KEEP_CACHE];
    bool same = slot->head == head && slot->tail == tail && slot->text.len == s->len;
    if (!same || (s->len > 16 && memcmp(slot->text.ptr, s->ptr, s->len) != 0)) {
        struct str copy;
        if (!arena_dup(&k->arena, *s, &copy)) {
            return false;
        }
        *slot = (struct kept_text){copy, head, tail};
    }
    *s = slot->text;
    return true;
}

static bool keep_texts(struct keeper *k, struct event *e)
{
    struct str *const texts[] = {
        &e->service,
        &e->name,
        &e->action,
        &e->account,
        &e->region,
        &e->address,
        &e->user_agent,
        &e->error_code,
        &e->error_message,
        &e->record_id,
        &e->shared_id,
        &e->qualifier,
        &e->function.provider,
        &e->function.account,
        &e->function.region,
        &e->function.name,
        &e->who.principal,
        &e->who.principal_id,
        &e->who.account,
        &e->who.name,
        &e->who.role,
        &e->who.session_name,
        &e->who.access_key,
        &e->who.source_identity,
        &e->who.subject,
        &e->who.invoked_by,
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!keep_text(k, texts[i])) {
            return false;
        }
    }
    return true;
}

static bool keep_attrs(struct keeper *k, struct event *e)
{
    if (e->attr_count == 0) {
        e->attrs = NULL;
        return true;
    }
    struct attr *attrs = ARENA_ARRAY(&k->arena, struct attr, e->attr_count);
    if (attrs == NULL) {
        return false;
    }
    for (size_t i = 0; i < e->attr_count; i++) {
        attrs[i] = e->attrs[i];
        if (!keep_text(k, &attrs[i].value)) {
            return false;
        }
    }
    e->attrs = attrs;
    return true;
}

static bool keep_hits(struct keeper *k, struct event *e)
{
    if (e->hit_count == 0) {
        e->hits = NULL;
        return true;
    }
    const struct detection **hits = ARENA_ARRAY(&k->arena, const struct detection *, e->hit_count);
    if (hits == NULL) {
        return false;
    }
    for (size_t i = 0; i < e->hit_count; i++) {
        hits[i] = e->hits[i];
    }
    e->hits = hits;
    return true;
}

static bool keep_answers(struct keeper *k, struct flow *f)
{
    struct dns_answer *answers = ARENA_ARRAY(&k->arena, struct dns_answer, f->answer_count);
    if (answers == NULL) {
        return false;
    }
    for (size_t i = 0; i < f->answer_count; i++) {
        answers[i] = f->answers[i];
        if (!keep_text(k, &answers[i].name) || !keep_text(k, &answers[i].type) ||
            !keep_text(k, &answers[i].data)) {
            return false;
        }
    }
    f->answers = answers;
    return true;
}

static bool keep_flow(struct keeper *k, struct event *e)
{
    if (e->flow == NULL) {
        return true;
    }
    struct flow *f = ARENA_NEW(&k->arena, struct flow);
    if (f == NULL) {
        return false;
    }
    *f = *e->flow;
    struct str *const texts[] = {
        &f->id,
        &f->community,
        &f->protocol,
        &f->service,
        &f->host,
        &f->url,
        &f->method,
        &f->user_agent,
        &f->forwarded_for,
        &f->ja3,
        &f->ja3s,
        &f->ja4,
        &f->tls_version,
        &f->tls_subject,
        &f->tls_issuer,
        &f->tls_fingerprint,
        &f->dns_type,
        &f->dns_rcode,
        &f->state,
        &f->signature,
        &f->category,
        &f->file_name,
        &f->file_sha256,
        &f->file_md5,
        &f->file_sha1,
        &f->sensor,
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!keep_text(k, texts[i])) {
            return false;
        }
    }
    e->flow = f;
    return f->answer_count == 0 || keep_answers(k, f);
}

static bool keep_exclusions(struct keeper *k, struct event *e)
{
    if (e->exclusion_count == 0) {
        e->exclusions = NULL;
        return true;
    }
    const struct exclusion **kept =
        ARENA_ARRAY(&k->arena, const struct exclusion *, e->exclusion_count);
    for (size_t i = 0; kept != NULL && i < e->exclusion_count; i++) {
        kept[i] = e->exclusions[i];
    }
    e->exclusions = kept;
    return kept != NULL;
}

static bool grow_folded(struct keeper *k)
{
    size_t cap = k->folded.cap == 0 ? 1024 : k->folded.cap * 2;
    uint32_t *slots = mem_alloc(cap, sizeof(*slots));
    uint64_t *hashes = mem_alloc(cap, sizeof(*hashes));
    if (slots == NULL || hashes == NULL) {
        mem_free(slots);
        mem_free(hashes);
        return false;
    }
    for (size_t i = 0; i < k->folded.cap; i++) {
        if (k->folded.slots[i] != 0) {
            size_t at = (size_t)k->folded.hashes[i] & (cap - 1);
            while (slots[at] != 0) {
                at = (at + 1) & (cap - 1);
            }
            slots[at] = k->folded.slots[i];
            hashes[at] = k->folded.hashes[i];
        }
    }
    mem_free(k->folded.slots);
    mem_free(k->folded.hashes);
    k->folded.slots = slots;
    k->folded.hashes = hashes;
    k->folded.cap = cap;
    return true;
}

static size_t folded_slot(const struct keeper *k, uint64_t hash)
{
    size_t i = (size_t)hash & (k->folded.cap - 1);
    while (k->folded.slots[i] != 0 && k->folded.hashes[i] != hash) {
        i = (i + 1) & (k->folded.cap - 1);
    }
    return i;
}

static struct event *push(struct keeper *k, const struct event *e)
{
    struct event *copy =
        arena_alloc_raw(&k->arena, 1, sizeof(struct event), _Alignof(struct event));
    if (copy == NULL) {
        return NULL;
    }
    *copy = *e;
    bool done = keep_texts(k, copy) && keep_attrs(k, copy) && keep_hits(k, copy) &&
                keep_exclusions(k, copy) && keep_flow(k, copy) && VEC_PUSH(&k->events, copy);
    return done ? copy : NULL;
}

struct event *keeper_add(struct keeper *k, const struct event *e, bool copy)
{
    if (!keep_folds(e)) {
        return push(k, e);
    }
    if (k->folded.count * 2 >= k->folded.cap && !grow_folded(k)) {
        return NULL;
    }
    uint64_t hash = keep_fold_hash(k->key, e);
    size_t at = folded_slot(k, hash);
    if (k->folded.slots[at] != 0) {
        struct event *into = k->events.at[k->folded.slots[at] - 1];
        struct event from = *e;
        bool earlier = is_earlier(e, into);
        if (earlier &&
            ((tells_in_full(e) && !keep_attrs(k, &from)) || !keep_text(k, &from.record_id) ||
             !keep_text(k, &from.shared_id) || !keep_text(k, &from.user_agent))) {
            return NULL;
        }
        keep_fold(into, &from, !copy);
        return into;
    }
    struct event *fresh = push(k, e);
    if (fresh == NULL) {
        return NULL;
    }
    fresh->count = copy ? 0 : e->count;
    k->folded.slots[at] = (uint32_t)k->events.len;
    k->folded.hashes[at] = hash;
    k->folded.count++;
    return fresh;
}
