#include "codec/digest.h"

#include <assert.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/mem.h"
#include "codec/hex.h"

bool digest_sha256(struct str data, uint8_t out[DIGEST_BYTES])
{
    unsigned len = 0;
    if (mem_torture_hits() || EVP_Digest(data.ptr, data.len, out, &len, EVP_sha256(), NULL) != 1) {
        memset(out, 0, DIGEST_BYTES);
        return false;
    }
    assert(len == DIGEST_BYTES);
    return true;
}

bool digest_hmac(struct str key, struct str data, uint8_t out[DIGEST_BYTES])
{
    unsigned len = 0;
    if (mem_torture_hits() || key.len > INT32_MAX ||
        HMAC(EVP_sha256(), key.ptr, (int)key.len, (const unsigned char *)data.ptr, data.len, out,
             &len) == NULL) {
        memset(out, 0, DIGEST_BYTES);
        return false;
    }
    return true;
}

struct digest {
    EVP_MD_CTX *context;
    bool failed;
};

struct digest *digest_begin(void)
{
    struct digest *d = mem_alloc(1, sizeof(*d));
    if (d == NULL) {
        return NULL;
    }
    d->context = EVP_MD_CTX_new();
    if (d->context == NULL || EVP_DigestInit_ex(d->context, EVP_sha256(), NULL) != 1) {
        digest_drop(d);
        return NULL;
    }
    return d;
}

void digest_add(struct digest *d, struct str piece)
{
    d->failed = d->failed || EVP_DigestUpdate(d->context, piece.ptr, piece.len) != 1;
}

bool digest_end(struct digest *d, uint8_t out[DIGEST_BYTES])
{
    unsigned len = 0;
    bool fine = !d->failed && EVP_DigestFinal_ex(d->context, out, &len) == 1;
    if (!fine) {
        memset(out, 0, DIGEST_BYTES);
    }
    digest_drop(d);
    return fine;
}

void digest_drop(struct digest *d)
{
    if (d != NULL) {
        EVP_MD_CTX_free(d->context);
        mem_free(d);
    }
}

bool digest_hex_id(struct str data, unsigned digits, char *out)
{
    char hex[DIGEST_HEX];
    uint8_t sum[DIGEST_BYTES];
    assert(digits <= DIGEST_HEX);
    if (!digest_sha256(data, sum)) {
        out[0] = '\0';
        return false;
    }
    hex_write(sum, DIGEST_BYTES, hex);
    memcpy(out, hex, digits);
    out[digits] = '\0';
    return true;
}
