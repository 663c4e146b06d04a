/*
 * Addresses: one open-addressed table over (prefix, length), probed once for each length that
 * occurs, the longest first. Feeds use few lengths, so this beats a trie in time and memory.
 * Names: one table over whole names, probed for the name and each parent.
 * Indicators with the same key are chained in the order of loading.
 */
#include "intel/match.h"

#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

void match_free(struct match_index *m)
{
    mem_free(m->slots);
    mem_free(m->next);
    *m = (struct match_index){0};
}

static uint64_t prefix_hash(const struct ip_prefix *p)
{
    char key[17];
    memcpy(key, p->ip.byte, 16);
    key[16] = (char)p->bits;
    return hash_str(str_make(key, sizeof(key)));
}

static bool same_key(const struct indicator *a, const struct indicator *b)
{
    if (a->is_host != b->is_host) {
        return false;
    }
    if (a->is_host) {
        return str_eq(a->value, b->value);
    }
    return a->prefix.bits == b->prefix.bits &&
           memcmp(a->prefix.ip.byte, b->prefix.ip.byte, 16) == 0;
}

static size_t slot_of(const struct match_index *m, const struct indicator *key, uint64_t hash)
{
    size_t mask = m->slot_count - 1;
    size_t i = (size_t)hash & mask;
    while (m->slots[i] != 0 && !same_key(&m->all[m->slots[i] - 1], key)) {
        i = (i + 1) & mask;
    }
    return i;
}

bool match_build(struct match_index *m, const struct indicator *all, size_t count)
{
    size_t slots = 64;
    while (slots < count * 2) {
        slots *= 2;
    }
    struct match_index fresh = {
        .all = all,
        .slot_count = slots,
        .slots = mem_alloc(slots, sizeof(*fresh.slots)),
        .next = mem_alloc(count + 1, sizeof(*fresh.next)),
    };
    if (fresh.slots == NULL || fresh.next == NULL || count >= UINT32_MAX) {
        match_free(&fresh);
        return false;
    }
    /* From the last to the first, so that each chain is in the order of loading. */
    for (size_t n = count; n-- > 0;) {
        const struct indicator *in = &all[n];
        uint64_t hash = in->is_host ? hash_str(in->value) : prefix_hash(&in->prefix);
        size_t i = slot_of(&fresh, in, hash);
        fresh.next[n] = fresh.slots[i];
        fresh.slots[i] = (uint32_t)n + 1;
        if (!in->is_host) {
            fresh.has_bits[in->prefix.bits] = true;
        }
    }
    for (unsigned bits = 128 + 1; bits-- > 0;) {
        if (fresh.has_bits[bits]) {
            fresh.bits[fresh.bit_count++] = (uint8_t)bits;
        }
    }
    *m = fresh;
    return true;
}

static struct ip mask_ip(const struct ip *ip, unsigned bits)
{
    struct ip out = *ip;
    for (unsigned i = 0; i < 16; i++) {
        unsigned from = i * 8;
        if (from >= bits) {
            out.byte[i] = 0;
        } else if (bits - from < 8) {
            out.byte[i] &= (uint8_t)(0xff << (8 - (bits - from)));
        }
    }
    return out;
}

bool match_ip(const struct match_index *m, const struct ip *ip, match_fn fn, void *arg)
{
    for (size_t b = 0; b < m->bit_count; b++) {
        struct indicator key = {.prefix = {.ip = mask_ip(ip, m->bits[b]), .bits = m->bits[b]}};
        uint32_t at = m->slots[slot_of(m, &key, prefix_hash(&key.prefix))];
        for (; at != 0; at = m->next[at - 1]) {
            if (fn(arg, &m->all[at - 1])) {
                return true;
            }
        }
    }
    return false;
}

bool match_host(const struct match_index *m, struct str host, match_fn fn, void *arg)
{
    char lower[254];
    while (host.len > 0 && host.ptr[host.len - 1] == '.') {
        host.len--;
    }
    if (m->slot_count == 0 || host.len == 0 || host.len >= sizeof(lower)) {
        return false;
    }
    for (size_t i = 0; i < host.len; i++) {
        lower[i] = chr_lower(host.ptr[i]);
    }
    struct str name = str_make(lower, host.len);
    while (name.len > 0) {
        struct indicator key = {.value = name, .is_host = true};
        uint32_t at = m->slots[slot_of(m, &key, hash_str(name))];
        for (; at != 0; at = m->next[at - 1]) {
            if (fn(arg, &m->all[at - 1])) {
                return true;
            }
        }
        size_t dot = str_chr(name, '.');
        name = dot == SIZE_MAX ? STR_EMPTY : str_from(name, dot + 1);
    }
    return false;
}
