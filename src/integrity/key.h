/*
 * key - the provider's public keys, and signatures under them.
 */
#ifndef INTEGRITY_KEY_H
#define INTEGRITY_KEY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

struct public_key {
    struct str fingerprint;    /* lower-case hex */
    int64_t from_us, until_us; /* TIME_NONE: not said */
    void *rsa;                 /* EVP_PKEY */
};

struct key_ring {
    VEC_OF(struct public_key);
};

/* Read the output of `aws cloudtrail list-public-keys` (PublicKeyList of Value, base64 of a PKCS#1
 * RSAPublicKey, and Fingerprint). ERR_SCHEMA: it holds no key that can be used, with the reason.
 * ERR_SYNTAX, ERR_NOTFOUND, ERR_IO, ERR_NOMEM. Texts in `a`. */
NODISCARD enum err_code key_ring_read(struct str path, struct arena *a, struct key_ring *out,
                                      struct err *err);
void key_ring_free(struct key_ring *k);

const struct public_key *key_find(const struct key_ring *k, struct str fingerprint);

/* Is `signature` (bytes) one of `text` by RSASSA-PKCS1-v1_5 with SHA-256? */
enum key_check { KEY_GOOD, KEY_BAD, KEY_NOMEM };
NODISCARD enum key_check key_verify(const struct public_key *k, struct str text,
                                    struct str signature);

/* Hexadecimal digits in either case to bytes in `a`. False: not hexadecimal, or no memory. */
NODISCARD bool key_unhex(struct str hex, struct arena *a, struct str *out);

#endif
