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
    t->filter_mask = (uint32_t)(slots * 8 - 1);
    t->slots = mem_alloc(slots, sizeof(*t->slots));
    t->filter = mem_alloc(slots * 8 / 64, sizeof(*t->filter));
    return t->slots != NULL && t->filter != NULL;
}

/* The filter and the slots use different ends of the hash. */
static uint32_t filter_bit(const struct match_table *t, uint32_t hash)
{
    return hash * 0x85ebca6bU & t->filter_mask;
}

static bool may_have(const struct match_table *t, uint32_t hash)
{
    uint32_t bit = filter_bit(t, hash);
    return (t->filter[bit / 64] >> (bit % 64) & 1U) != 0;
}

static bool same_key(const struct store_entry *a, const struct store_entry *b)
{
    struct ip_prefix pa;
    struct ip_prefix pb;
    if (a->kind != b->kind || a->bits != b->bits) {
        return false;
    }
    if (a->kind != INTEL_IP) {
        return str_eq(str_make(a->value, a->len), str_make(b->value, b->len));
    }
    return ip_prefix_parse(str_make(a->value, a->len), &pa) &&
           ip_prefix_parse(str_make(b->value, b->len), &pb) &&
           memcmp(pa.ip.byte, pb.ip.byte, 16) == 0;
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
    uint32_t bit = filter_bit(t, e->hash);
    t->filter[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static bool is_wide(const struct store_entry *e)
{
    return e->kind == INTEL_IP && e->bits < 128;
}

/* Mark the IPv4 /16 networks that a range lies in or covers. */
static void mark_v4(struct match_index *m, const struct store_entry *e)
{
    struct ip_prefix p;
    if (!ip_prefix_parse(str_make(e->value, e->len), &p)) {
        return;
    }
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

/* The chain that begins with this key. `e` stands for the key. */
static bool each_of(const struct match_index *m, const struct match_table *t,
                    const struct store_entry *key, match_fn fn, void *arg)
{
    if (!may_have(t, key->hash)) {
        return false;
    }
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

/* A key whose text has to be made only when the filter lets it through. */
static bool each_prefix(const struct match_index *m, const struct match_table *t,
                        const struct ip *masked, unsigned bits, match_fn fn, void *arg)
{
    struct store_entry key = {
        .hash = store_hash_prefix(masked, bits), .kind = INTEL_IP, .bits = (uint8_t)bits};
    if (!may_have(t, key.hash)) {
        return false;
    }
    char text[IP_TEXT_MAX];
    key.len = (uint16_t)ip_format(masked, text);
    key.value = text;
    return each_of(m, t, &key, fn, arg);
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
    return each_of(m, &m->exact, &key, fn, arg);
}

bool match_host(const struct match_index *m, struct str host, match_fn fn, void *arg)
{
    size_t dot;
    while (host.len > 0 && (dot = str_chr(host, '.')) != SIZE_MAX) {
        if (match_text(m, INTEL_HOST, host, fn, arg)) {
            return true;
        }
        host = str_from(host, dot + 1); /* a name of one label is in no feed */
    }
    return false;
}
