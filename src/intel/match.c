/*
 * Addresses: one table of whole addresses and one of ranges over (prefix, length), probed once for
 * each length that occurs, the longest first. Feeds use few lengths, so this beats a trie in time
 * and memory. Names: probed for the name and each parent. Entries with the same key are chained in
 * the order of loading.
 */
#include "intel/match.h"

#include <string.h>

#include "base/mem.h"

static void table_free(struct match_table *t)
{
    mem_free(t->slots);
    mem_free(t->filter);
    *t = (struct match_table){0};
}

void match_free(struct match_index *m)
{
    table_free(&m->exact);
    table_free(&m->wide);
    *m = (struct match_index){0};
}

static bool table_make(struct match_table *t, size_t keys)
{
    size_t slots = 64;
    while (slots < keys * 2) {
        slots *= 2;
    }
    t->mask = slots - 1;
    size_t words = slots < 512 ? 8 : slots / 16;
    t->filter_mask = (uint32_t)words - 1;
    t->slots = mem_alloc(slots, sizeof(*t->slots));
    t->filter = mem_alloc(words, sizeof(*t->filter));
    return t->slots != NULL && t->filter != NULL;
}

/* The bits of a key in its word of the filter. The slots use the low end of the hash. */
static uint64_t filter_bits(uint32_t hash)
{
    return UINT64_C(1) << (hash >> 26) | UINT64_C(1) << (hash >> 20 & 63);
}

static uint64_t *filter_word(const struct match_table *t, uint32_t hash)
{
    return &t->filter[hash * 0x85ebca6bU >> 8 & t->filter_mask];
}

static bool may_have(const struct match_table *t, uint32_t hash)
{
    uint64_t bits = filter_bits(hash);
    return (*filter_word(t, hash) & bits) == bits;
}

static bool same_key(const struct store_entry *a, const struct store_entry *b)
{
    if (a->kind != b->kind || a->bits != b->bits) {
        return false;
    }
    return a->kind == INTEL_IP ? memcmp(a->value - 16, b->value - 16, 16) == 0
                               : a->len == b->len && memcmp(a->value, b->value, a->len) == 0;
}

static void link_entry(struct match_table *t, struct store_entry *all, size_t n)
{
    struct store_entry *e = &all[n];
    size_t i = e->hash & t->mask;
    for (; t->slots[i] != 0; i = (i + 1) & t->mask) {
        uint32_t first = (uint32_t)t->slots[i];
        if (t->slots[i] >> 32 == e->hash && same_key(&all[first - 1], e)) {
            e->next = first;
            break;
        }
    }
    t->slots[i] = (uint64_t)e->hash << 32 | (uint32_t)(n + 1);
    *filter_word(t, e->hash) |= filter_bits(e->hash);
}

static bool is_wide(const struct store_entry *e)
{
    return e->kind == INTEL_IP && e->bits < 128;
}

/* Mark the IPv4 /16 networks that a range lies in or covers. */
static void mark_v4(struct match_index *m, const struct store_entry *e)
{
    struct ip_prefix p = store_prefix(e);
    if (p.bits < IP_V4_BITS || !ip_is_v4(&p.ip)) {
        static const struct ip v4 = {.byte = {[10] = 0xff, [11] = 0xff}};
        m->low = m->low || ip_in(&v4, &p);
        return;
    }
    uint32_t first = (uint32_t)p.ip.byte[12] << 8 | p.ip.byte[13];
    unsigned v4_bits = p.bits - IP_V4_BITS;
    uint32_t count = v4_bits >= 16 ? 1 : UINT32_C(1) << (16 - v4_bits);
    for (uint32_t i = 0; i < count && first + i < 65536; i++) {
        m->v4_16[(first + i) / 64] |= UINT64_C(1) << ((first + i) % 64);
    }
}

bool match_build(struct match_index *m, struct store *store)
{
    struct match_index fresh = {.store = store};
    size_t wide = 0;
    bool has_bits[129] = {false};
    for (size_t i = 0; i < store->entries.len; i++) {
        store->entries.at[i].next = 0;
        wide += is_wide(&store->entries.at[i]) ? 1 : 0;
    }
    if (!table_make(&fresh.exact, store->entries.len - wide) || !table_make(&fresh.wide, wide)) {
        match_free(&fresh);
        return false;
    }
    /* From the last to the first, so that each chain is in the order of loading. */
    for (size_t n = store->entries.len; n-- > 0;) {
        const struct store_entry *e = &store->entries.at[n];
        link_entry(is_wide(e) ? &fresh.wide : &fresh.exact, store->entries.at, n);
        if (is_wide(e)) {
            has_bits[e->bits] = true;
            mark_v4(&fresh, e);
        }
    }
    for (unsigned bits = 128; bits-- > 0;) {
        if (has_bits[bits]) {
            fresh.bits[fresh.bit_count++] = (uint8_t)bits;
        }
    }
    *m = fresh;
    return true;
}

/* The entries with this key, which the filter let through. */
static bool each_of(const struct match_index *m, const struct match_table *t,
                    const struct store_entry *key, match_fn fn, void *arg)
{
    const struct store_entry *all = m->store->entries.at;
    for (size_t i = key->hash & t->mask; t->slots[i] != 0; i = (i + 1) & t->mask) {
        uint32_t at = (uint32_t)t->slots[i];
        if (t->slots[i] >> 32 != key->hash || !same_key(&all[at - 1], key)) {
            continue;
        }
        for (; at != 0; at = all[at - 1].next) {
            if (fn(arg, &all[at - 1])) {
                return true;
            }
        }
        return false;
    }
    return false;
}

static struct ip mask_ip(const struct ip *ip, unsigned bits)
{
    struct ip out = *ip;
    unsigned whole = bits / 8;
    if (whole < 16) {
        out.byte[whole] &= (uint8_t)(0xff00U >> (bits % 8));
        memset(out.byte + whole + 1, 0, 15 - whole);
    }
    return out;
}

static bool each_prefix(const struct match_index *m, const struct match_table *t,
                        const struct ip *masked, unsigned bits, match_fn fn, void *arg)
{
    struct store_entry key = {.hash = store_hash_prefix(masked, bits),
                              .kind = INTEL_IP,
                              .bits = (uint8_t)bits,
                              .value = (const char *)masked->byte + 16};
    return may_have(t, key.hash) && each_of(m, t, &key, fn, arg);
}

bool match_ip(const struct match_index *m, const struct ip *ip, match_fn fn, void *arg)
{
    if (m->store == NULL) {
        return false;
    }
    if (each_prefix(m, &m->exact, ip, 128, fn, arg)) {
        return true;
    }
    unsigned net = (unsigned)ip->byte[12] << 8 | ip->byte[13];
    bool v4 = ip_is_v4(ip) && !m->low;
    if (v4 && (m->v4_16[net / 64] >> (net % 64) & 1U) == 0) {
        return false;
    }
    for (size_t b = 0; b < m->bit_count && !(v4 && m->bits[b] < IP_V4_BITS); b++) {
        struct ip masked = mask_ip(ip, m->bits[b]);
        if (each_prefix(m, &m->wide, &masked, m->bits[b], fn, arg)) {
            return true;
        }
    }
    return false;
}

bool match_text(const struct match_index *m, enum intel_kind kind, struct str value, match_fn fn,
                void *arg)
{
    if (m->store == NULL || value.len > STORE_VALUE_MAX) {
        return false;
    }
    struct store_entry key = {.value = value.ptr,
                              .len = (uint16_t)value.len,
                              .hash = store_hash_text(kind, value),
                              .kind = (uint8_t)kind};
    return may_have(&m->exact, key.hash) && each_of(m, &m->exact, &key, fn, arg);
}

/* The filter is larger than the caches that are near: the words for all parents are asked for
 * before the first is looked at, so that the waits overlap. */
bool match_host(const struct match_index *m, struct str host, match_fn fn, void *arg)
{
    enum { AHEAD = 8 };
    UNSET struct store_entry key[AHEAD];
    if (m->store == NULL) {
        return false;
    }
    while (host.len > 0) {
        size_t n = 0;
        size_t dot;
        /* A name of one label is in no feed. */
        while (n < AHEAD && (dot = str_chr(host, '.')) != SIZE_MAX) {
            key[n] = (struct store_entry){.value = host.ptr,
                                          .len = (uint16_t)host.len,
                                          .hash = store_hash_text(INTEL_HOST, host),
                                          .kind = INTEL_HOST};
            __builtin_prefetch(filter_word(&m->exact, key[n].hash));
            host = str_from(host, dot + 1);
            n++;
        }
        for (size_t i = 0; i < n; i++) {
            if (may_have(&m->exact, key[i].hash) && each_of(m, &m->exact, &key[i], fn, arg)) {
                return true;
            }
        }
        if (n < AHEAD) {
            return false;
        }
    }
    return false;
}
