#include "engine/hash_set.h"

#include "base/mem.h"

void hash_set_free(struct hash_set *s)
{
    mem_free(s->slots);
    *s = (struct hash_set){0};
}

static size_t slot_of(const struct hash_set *s, uint64_t hash)
{
    size_t i = (size_t)(hash >> 6) & (s->cap - 1);
    while (s->slots[i] != 0 && s->slots[i] != hash) {
        i = (i + 1) & (s->cap - 1);
    }
    return i;
}

static bool grow(struct hash_set *s)
{
    struct hash_set bigger = {.cap = s->cap == 0 ? 1024 : s->cap * 2, .count = s->count};
    bigger.slots = mem_alloc(bigger.cap, sizeof(*bigger.slots));
    if (bigger.slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < s->cap; i++) {
        if (s->slots[i] != 0) {
            bigger.slots[slot_of(&bigger, s->slots[i])] = s->slots[i];
        }
    }
    mem_free(s->slots);
    *s = bigger;
    return true;
}

bool hash_set_add(struct hash_set *s, uint64_t hash)
{
    hash = hash == 0 ? 1 : hash;
    if (s->count * 4 >= s->cap * 3 && !grow(s)) {
        return false;
    }
    size_t i = slot_of(s, hash);
    if (s->slots[i] != 0) {
        return true;
    }
    s->slots[i] = hash;
    s->count++;
    return false;
}

size_t hash_set_add_all(struct hash_set *s, const uint64_t *hashes, size_t n)
{
    size_t again = 0;
    for (size_t i = 0; i < n && s->cap > 0; i++) {
        __builtin_prefetch(&s->slots[(size_t)(hashes[i] >> 6) & (s->cap - 1)], 1);
    }
    for (size_t i = 0; i < n; i++) {
        again += hash_set_add(s, hashes[i]) ? 1 : 0;
    }
    return again;
}
