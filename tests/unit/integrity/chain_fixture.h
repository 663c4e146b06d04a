/*
 * A signed chain of digests in a directory of its own, made as the provider documents it, with a
 * key made for the run.
 */
#ifndef TESTS_INTEGRITY_CHAIN_FIXTURE_H
#define TESTS_INTEGRITY_CHAIN_FIXTURE_H

#include "base/arena.h"
#include "base/str.h"

enum { CHAIN_DIGESTS = 6, CHAIN_LOGS = 3 };

struct chain {
    struct arena texts;
    struct str dir;  /* root of the bucket's copy */
    struct str keys; /* file of public keys */
    void *key;       /* EVP_PKEY */
    struct str fingerprint;
    struct str digest[CHAIN_DIGESTS]; /* keys, oldest first */
    struct str log[CHAIN_DIGESTS][CHAIN_LOGS];
};

void chain_make(struct chain *c);
void chain_free(struct chain *c); /* and remove its files */

/* Files of the copy, by key. */
struct str chain_path(struct chain *c, struct str key);
struct str chain_read(struct chain *c, struct str key);   /* as it lies there */
struct str chain_unpack(struct chain *c, struct str key); /* what it unpacks to */
void chain_write(struct chain *c, struct str key, struct str bytes);
void chain_remove(struct chain *c, struct str key);
struct str chain_meta(struct chain *c, struct str key); /* key of its metadata */
/* Bytes as one gzip member at this level. */
struct str chain_gzip(struct chain *c, struct str text, int level);
/* `text` with the first `from` replaced by `to`, which must be there. */
struct str chain_replace(struct chain *c, struct str text, const char *from, const char *to);
struct str chain_join(struct chain *c, struct str a, struct str b);

/* Write a digest of this text, signed; `algorithm` goes into its metadata. */
void chain_sign(struct chain *c, struct str key, struct str text, struct str end,
                struct str previous_signature, const char *algorithm, struct str *signature);

#endif
