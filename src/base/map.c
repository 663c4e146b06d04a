#include "base/map.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/vec.h"

void map_free(struct map *m)
{
    mem_free(m->at);
    mem_free(m->slots);
    *m = (struct map){0};
}

static size_t probe(const struct map *m, struct str key, uint64_t hash)
{
    size_t mask = m->slot_count - 1;
    size_t i = (size_t)hash & mask;
    while (m->slots[i] != 0) {
        const struct map_entry *e = &m->at[m->slots[i] - 1];
        if (e->hash == hash && str_eq(e->key, key)) {
            break;
        }
        i = (i + 1) & mask;
    }
    return i;
}

struct map_entry *map_find(const struct map *m, struct str key)
{
    if (m->len == 0) {
        return NULL;
    }
    uint32_t at = m->slots[probe(m, key, hash_str(key))];
    return at == 0 ? NULL : &m->at[at - 1];
}

void *map_get(const struct map *m, struct str key)
{
    const struct map_entry *e = map_find(m, key);
    return e == NULL ? NULL : e->value;
}

static bool grow_slots(struct map *m)
{
    size_t count = m->slot_count == 0 ? 16 : m->slot_count * 2;
    uint32_t *slots = mem_alloc(count, sizeof(*slots));
    if (slots == NULL) {
        return false;
    }
    for (size_t n = 0; n < m->len; n++) {
        size_t i = (size_t)m->at[n].hash & (count - 1);
        while (slots[i] != 0) {
            i = (i + 1) & (count - 1);
        }
        slots[i] = (uint32_t)n + 1;
    }
    mem_free(m->slots);
    m->slots = slots;
    m->slot_count = count;
    return true;
}

static struct map_entry *put(struct map *m, struct arena *keys, struct str key)
{
    if ((m->len + 1) * 4 > m->slot_count * 3 && (m->len >= UINT32_MAX - 1 || !grow_slots(m))) {
        return NULL;
    }
    uint64_t hash = hash_str(key);
    size_t i = probe(m, key, hash);
    if (m->slots[i] != 0) {
        return &m->at[m->slots[i] - 1];
    }
    if (keys != NULL && !arena_dup(keys, key, &key)) {
        return NULL;
    }
    struct map_entry fresh = {key, hash, NULL};
    if (!VEC_PUSH(m, fresh)) {
        return NULL;
    }
    m->slots[i] = (uint32_t)m->len;
    return &m->at[m->len - 1];
}

struct map_entry *map_put(struct map *m, struct str key)
{
    return put(m, NULL, key);
}

struct map_entry *map_intern(struct map *m, struct arena *keys, struct str key)
{
    return put(m, keys, key);
}
