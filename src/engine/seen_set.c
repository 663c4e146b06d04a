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
        hash_set_free(&s->shard[i].set);
    }
    mem_free(s);
}

bool seen_set_add(struct seen_set *s, uint64_t hash)
{
    struct seen_shard *shard = &s->shard[hash % SEEN_SHARDS];
    (void)pthread_mutex_lock(&shard->lock);
    bool seen = hash_set_add(&shard->set, hash);
    (void)pthread_mutex_unlock(&shard->lock);
    return seen;
}
