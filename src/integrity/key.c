#include "integrity/key.h"

#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "base/buf.h"
#include "base/timefmt.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "sys/file.h"

enum { KEYS_FILE_MAX = 16 * 1024 * 1024, KEYS_MAX = 10000, KEY_BITS_MIN = 2048 };

void key_ring_free(struct key_ring *k)
{
    for (size_t i = 0; i < k->len; i++) {
        EVP_PKEY_free(k->at[i].rsa);
    }
    VEC_FREE(k);
}

/* Seconds since 1970, whole or with a fraction, or RFC 3339: both are in use. */
static int64_t key_time(struct json_view v, struct arena *a)
{
    struct str text;
    double seconds;
    int64_t us;
    if (!json_any_text(v, a, &text)) {
        return TIME_NONE;
    }
    if (v.kind == JSON_NUMBER && str_f64(text, &seconds) && seconds > 0 && seconds < 1e11) {
        return (int64_t)(seconds * 1e6);
    }
    return v.kind == JSON_STRING && time_parse_rfc3339(text, &us) ? us : TIME_NONE;
}

/* *out NULL: no RSA key of a size that is in use. False: no memory. */
static bool decode_key(struct str base64, void **out)
{
    CLEANUP(buf_free) struct buf der = {0};
    *out = NULL;
    if (!base64_decode(base64, &der)) {
        return !der.failed;
    }
    const unsigned char *p = (const unsigned char *)der.ptr;
    EVP_PKEY *key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)der.len);
    ERR_clear_error();
    if (key != NULL && EVP_PKEY_get_bits(key) < KEY_BITS_MIN) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    *out = key;
    return true;
}

static bool lower_copy(struct str s, struct arena *a, struct str *out)
{
    char *text = ARENA_ARRAY(a, char, s.len + 1);
    for (size_t i = 0; text != NULL && i < s.len; i++) {
        text[i] = chr_lower(s.ptr[i]);
    }
    *out = str_make(text, s.len);
    return text != NULL;
}

/* False: no memory. One that cannot be used is left out. */
static bool add_key(struct key_ring *ring, struct json_view v, struct arena *a)
{
    struct str value;
    struct str print;
    struct public_key k = {0};
    struct json_view text = json_member(v, STR("Value"));
    struct json_view fingerprint = json_member(v, STR("Fingerprint"));
    if (text.kind != JSON_STRING || fingerprint.kind != JSON_STRING || ring->len >= KEYS_MAX) {
        return true;
    }
    if (!json_text(text, a, &value) || !json_text(fingerprint, a, &print) ||
        !lower_copy(print, a, &k.fingerprint)) {
        return false;
    }
    k.from_us = key_time(json_member(v, STR("ValidityStartTime")), a);
    k.until_us = key_time(json_member(v, STR("ValidityEndTime")), a);
    if (!decode_key(value, &k.rsa)) {
        return false;
    }
    if (k.rsa == NULL) {
        return true;
    }
    if (!VEC_PUSH(ring, k)) {
        EVP_PKEY_free(k.rsa);
        return false;
    }
    return true;
}

enum err_code key_ring_read(struct str path, struct arena *a, struct key_ring *out, struct err *err)
{
    CLEANUP(buf_free) struct buf text = {.max = KEYS_FILE_MAX};
    enum err_code rc = file_read(path, &text, err);
    if (rc != ERR_OK) {
        return rc;
    }
    struct json_view all = json_view_of(buf_str(&text));
    struct json_view list = json_member(all, STR("PublicKeyList"));
    if (all.kind == JSON_ABSENT) {
        return err_set(err, ERR_SYNTAX,
                       "%.*s: not JSON; give the output of 'aws cloudtrail "
                       "list-public-keys'",
                       STR_ARG(path));
    }
    struct key_ring ring = {0};
    struct json_iter it = json_iter_of(list);
    struct json_view key;
    struct json_view value;
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value)) {
        if (!add_key(&ring, value, a)) {
            key_ring_free(&ring);
            return err_set(err, ERR_NOMEM, "no memory for public keys");
        }
    }
    if (ring.len == 0) {
        return err_set(err, ERR_SCHEMA,
                       "%.*s: no RSA key in PublicKeyList; give the output of "
                       "'aws cloudtrail list-public-keys --start-time … "
                       "--end-time …'",
                       STR_ARG(path));
    }
    *out = ring;
    return ERR_OK;
}

const struct public_key *key_find(const struct key_ring *k, struct str fingerprint)
{
    for (size_t i = 0; i < k->len; i++) {
        if (str_ieq(k->at[i].fingerprint, fingerprint)) {
            return &k->at[i];
        }
    }
    return NULL;
}

enum key_check key_verify(const struct public_key *k, struct str text, struct str signature)
{
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (c == NULL) {
        return KEY_NOMEM;
    }
    EVP_PKEY_CTX *p = NULL;
    enum key_check result = KEY_NOMEM;
    if (EVP_DigestVerifyInit(c, &p, EVP_sha256(), NULL, k->rsa) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(p, RSA_PKCS1_PADDING) == 1) {
        result = EVP_DigestVerify(c, (const unsigned char *)signature.ptr, signature.len,
                                  (const unsigned char *)text.ptr, text.len) == 1
                     ? KEY_GOOD
                     : KEY_BAD;
    }
    ERR_clear_error();
    EVP_MD_CTX_free(c);
    return result;
}

static int digit_of(char c)
{
    char l = chr_lower(c);
    return chr_is_digit(l) ? l - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool key_unhex(struct str hex, struct arena *a, struct str *out)
{
    char *bytes = ARENA_ARRAY(a, char, hex.len / 2 + 1);
    if (bytes == NULL || hex.len % 2 != 0 || hex.len == 0) {
        return false;
    }
    for (size_t i = 0; i < hex.len; i += 2) {
        int high = digit_of(hex.ptr[i]);
        int low = digit_of(hex.ptr[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i / 2] = (char)(high * 16 + low);
    }
    *out = str_make(bytes, hex.len / 2);
    return true;
}
