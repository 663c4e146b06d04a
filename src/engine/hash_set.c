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

/* Room for as many as `count`. */
static bool grow(struct hash_set *s, size_t count)
{
    struct hash_set bigger = {.cap = s->cap == 0 ? 1024 : s->cap, .count = s->count};
    while (count * 4 >= bigger.cap * 3) {
        bigger.cap *= 2;
    }
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
    if (s->count * 4 >= s->cap * 3 && !grow(s, s->count)) {
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

size_t hash_set_unite(struct hash_set *into, const struct hash_set *from)
{
    /* The other set gives its hashes by place. Without room for all of them beforehand, the places
     * at the front would fill up long before the set as a whole asks for more, and each search
     * would walk through all of them. */
    size_t most = into->count + from->count;
    if (most * 4 >= into->cap * 3 && !grow(into, most)) {
        return 0;
    }
    size_t again = 0;
    for (size_t i = 0; i < from->cap; i++) {
        again += from->slots[i] != 0 && hash_set_add(into, from->slots[i]) ? 1 : 0;
    }
    return again;
}
