/*
 * store - indicators as they are kept: 24 bytes each and their text once, so that a million of
 * them fit beside the logs. What many entries of a feed have in common (class, confidence,
 * validity, note) is kept once.
 */
#ifndef INTEL_STORE_H
#define INTEL_STORE_H

#include <string.h>

#include "intel/intel.h"

struct store_entry {
    const char *value; /* INTEL_IP: the 16 bytes of its prefix stand before it */
    uint32_t hash;     /* of kind and value, or of kind and prefix */
    uint32_t next;     /* index + 1 of the next with the same key, in order of loading */
    uint32_t meta;
    uint16_t len;
    uint8_t kind;
    uint8_t bits; /* INTEL_IP: of the prefix; else enum intel_match */
};

struct store_meta {
    struct str note;
    int64_t from_us, until_us;
    const struct intel_need *needs;
    uint32_t feed;
    uint16_t need_count;
    uint8_t class, confidence, tlp;
    bool derived;
};

struct store {
    struct arena *texts; /* the intel's */
    struct {
        VEC_OF(struct store_entry);
    } entries;
    struct {
        VEC_OF(struct store_meta);
    } metas;
    uint32_t recent[256]; /* index + 1 of metas seen lately, by hash */
};

enum { STORE_VALUE_MAX = 4096 };

/* Copies all texts. False on no memory. */
NODISCARD bool store_add(struct store *s, const struct indicator *in);
/* The meta of an indicator alone, for what is kept elsewhere. False on no memory. */
NODISCARD bool store_meta_of(struct store *s, const struct indicator *in, uint32_t *out);
void store_expand(const struct store *s, const struct store_entry *e, struct indicator *out);
void store_free(struct store *s);

/* Keys of lookups. `value` as indicators have it. */
uint32_t store_hash_text(enum intel_kind kind, struct str value);
uint32_t store_hash_prefix(const struct ip *masked, unsigned bits);

/* The prefix of an INTEL_IP entry. */
static inline struct ip_prefix store_prefix(const struct store_entry *e)
{
    struct ip_prefix p = {.bits = e->bits};
    memcpy(p.ip.byte, e->value - sizeof(p.ip.byte), sizeof(p.ip.byte));
    return p;
}

#endif
