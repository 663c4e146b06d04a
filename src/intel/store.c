#include "intel/store.h"

#include "base/hash.h"

void store_free(struct store *s)
{
    VEC_FREE(&s->entries);
    VEC_FREE(&s->metas);
}

/* The upper half of the hash; the kind is mixed in by a multiplication (Knuth's constant), so
 * that the same text of two kinds lies apart. */
uint32_t store_hash_text(enum intel_kind kind, struct str value)
{
    return (uint32_t)(hash_quick(value) >> 32) ^ (uint32_t)kind * 0x9e3779b1U;
}

uint32_t store_hash_prefix(const struct ip *masked, unsigned bits)
{
    uint64_t high;
    uint64_t low;
    memcpy(&high, masked->byte, 8);
    memcpy(&low, masked->byte + 8, 8);
    return (uint32_t)(hash_quick_pair(high ^ bits, low) >> 32);
}

static bool same_meta(const struct store_meta *m, const struct indicator *in)
{
    return m->feed == in->feed && m->class == in->class && m->confidence == in->confidence &&
           m->tlp == in->tlp && m->derived == in->derived && m->from_us == in->from_us &&
           m->until_us == in->until_us && str_eq(m->note, in->note);
}

static bool copy_needs(struct store *s, const struct indicator *in, struct store_meta *m)
{
    if (in->need_count == 0) {
        return true;
    }
    struct intel_need *needs = ARENA_ARRAY(s->texts, struct intel_need, in->need_count);
    if (needs == NULL || in->need_count > UINT16_MAX) {
        return false;
    }
    for (size_t i = 0; i < in->need_count; i++) {
        needs[i] = in->needs[i];
        if (!arena_dup(s->texts, in->needs[i].value, &needs[i].value)) {
            return false;
        }
    }
    m->needs = needs;
    m->need_count = (uint16_t)in->need_count;
    return true;
}

bool store_meta_of(struct store *s, const struct indicator *in, uint32_t *out)
{
    uint64_t mixed = hash_u64((uint64_t)in->from_us ^ (uint64_t)in->until_us << 1) ^
                     (in->note.len > 0 ? hash_str(in->note) : 0) ^
                     (uint64_t)(in->class * 16U + in->tlp * 2U + in->derived) ^ in->confidence;
    uint32_t *recent = &s->recent[mixed % ARRAY_LEN(s->recent)];
    if (in->need_count == 0 && *recent != 0 && same_meta(&s->metas.at[*recent - 1], in)) {
        *out = *recent - 1;
        return true;
    }
    struct store_meta m = {.from_us = in->from_us,
                           .until_us = in->until_us,
                           .feed = in->feed,
                           .class = (uint8_t)in->class,
                           .confidence = in->confidence,
                           .tlp = (uint8_t)in->tlp,
                           .derived = in->derived};
    if ((in->note.len > 0 && !arena_dup(s->texts, in->note, &m.note)) || !copy_needs(s, in, &m) ||
        s->metas.len >= UINT32_MAX - 1 || !VEC_PUSH(&s->metas, m)) {
        return false;
    }
    *out = (uint32_t)s->metas.len - 1;
    if (in->need_count == 0) {
        *recent = *out + 1;
    }
    return true;
}

bool store_add(struct store *s, const struct indicator *in)
{
    struct store_entry e = {.kind = (uint8_t)in->kind, .len = (uint16_t)in->value.len};
    size_t before = in->kind == INTEL_IP ? sizeof(in->prefix.ip.byte) : 0;
    char *text = in->value.len > STORE_VALUE_MAX
                     ? NULL
                     : arena_alloc(s->texts, before + in->value.len + 1, 1, 1);
    if (text == NULL || s->entries.len >= UINT32_MAX - 1 || !store_meta_of(s, in, &e.meta)) {
        return false;
    }
    memcpy(text, in->prefix.ip.byte, before);
    memcpy(text + before, in->value.ptr, in->value.len);
    e.value = text + before;
    e.bits = in->kind == INTEL_IP ? in->prefix.bits : 0;
    e.hash = in->kind == INTEL_IP ? store_hash_prefix(&in->prefix.ip, in->prefix.bits)
                                  : store_hash_text(in->kind, in->value);
    return VEC_PUSH(&s->entries, e);
}

void store_expand(const struct store *s, const struct store_entry *e, struct indicator *out)
{
    const struct store_meta *m = &s->metas.at[e->meta];
    *out = (struct indicator){.value = str_make(e->value, e->len),
                              .note = m->note,
                              .kind = (enum intel_kind)e->kind,
                              .class = (enum intel_class)m->class,
                              .tlp = (enum intel_tlp)m->tlp,
                              .confidence = m->confidence,
                              .from_us = m->from_us,
                              .until_us = m->until_us,
                              .feed = m->feed,
                              .derived = m->derived,
                              .needs = m->needs,
                              .need_count = m->need_count};
    if (out->kind == INTEL_IP) {
        out->prefix = store_prefix(e);
    } else {
        out->match = (enum intel_match)e->bits;
    }
}
