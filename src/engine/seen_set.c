#include "engine/seen_set.h"

#include "base/mem.h"

struct seen_set *seen_set_new(void)
{
    struct seen_set *s = mem_alloc(1, sizeof(*s));
    if (s == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < SEEN_SHARDS; i++) {
        if (pthread_mutex_init(&s->shard[i].lock, NULL) != 0) {
            mem_free(s);
            return NULL;
        }
    }
    return s;
}

void seen_set_free(struct seen_set *s)
{
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < SEEN_SHARDS; i++) {
        (void)pthread_mutex_destroy(&s->shard[i].lock);
        mem_free(s->shard[i].slots);
    }
    mem_free(s);
}

/* Zero marks an empty slot; a hash of zero is moved to one. */
static size_t slot_of(const struct seen_shard *sh, uint64_t hash)
{
    size_t i = (size_t)(hash >> 6) & (sh->cap - 1);
    while (sh->slots[i] != 0 && sh->slots[i] != hash) {
        i = (i + 1) & (sh->cap - 1);
    }
    return i;
}

static bool grow(struct seen_shard *sh)
{
    struct seen_shard bigger = {.cap = sh->cap == 0 ? 1024 : sh->cap * 2};
    bigger.slots = mem_alloc(bigger.cap, sizeof(*bigger.slots));
    if (bigger.slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < sh->cap; i++) {
        if (sh->slots[i] != 0) {
            bigger.slots[slot_of(&bigger, sh->slots[i])] = sh->slots[i];
        }
    }
    mem_free(sh->slots);
    sh->slots = bigger.slots;
    sh->cap = bigger.cap;
    return true;
}

bool seen_set_add(struct seen_set *s, uint64_t hash)
{
    struct seen_shard *sh = &s->shard[hash % SEEN_SHARDS];
    hash = hash == 0 ? 1 : hash;
    bool seen = false;
    (void)pthread_mutex_lock(&sh->lock);
    if (sh->count * 4 < sh->cap * 3 || grow(sh)) {
        size_t i = slot_of(sh, hash);
        seen = sh->slots[i] != 0;
        if (!seen) {
            sh->slots[i] = hash;
            sh->count++;
        }
    }
    (void)pthread_mutex_unlock(&sh->lock);
    return seen;
}
