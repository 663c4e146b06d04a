#include "codec/uuid.h"

#include <string.h>

#include <openssl/evp.h>

#include "base/mem.h"
#include "codec/hex.h"

enum { SHA1_BYTES = 20 };

/* 00abedb4-aa42-466c-9c01-fed23315a9b7 */
const uint8_t uuid_space_stix[UUID_BYTES] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                                             0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
/* 5b6f7f0e-3c1d-5a52-9a64-6f2d8f0c7d11 */
const uint8_t uuid_space_own[UUID_BYTES] = {0x5b, 0x6f, 0x7f, 0x0e, 0x3c, 0x1d, 0x5a, 0x52,
                                            0x9a, 0x64, 0x6f, 0x2d, 0x8f, 0x0c, 0x7d, 0x11};

/* SHA-1 is what version 5 is defined by; nothing rests on its strength. */
static bool sha1(const uint8_t space[UUID_BYTES], struct str name, uint8_t out[SHA1_BYTES])
{
    EVP_MD_CTX *context = mem_torture_hits() ? NULL : EVP_MD_CTX_new();
    unsigned len = 0;
    bool fine = context != NULL && EVP_DigestInit_ex(context, EVP_sha1(), NULL) == 1 &&
                EVP_DigestUpdate(context, space, UUID_BYTES) == 1 &&
                EVP_DigestUpdate(context, name.ptr, name.len) == 1 &&
                EVP_DigestFinal_ex(context, out, &len) == 1;
    EVP_MD_CTX_free(context);
    return fine;
}

bool uuid_of(const uint8_t space[UUID_BYTES], struct str name, char out[UUID_TEXT])
{
    static const unsigned widths[] = {8, 4, 4, 4, 12};
    uint8_t sum[SHA1_BYTES] = {0};
    char hex[2 * UUID_BYTES];
    out[0] = '\0';
    if (!sha1(space, name, sum)) {
        return false;
    }
    sum[6] = (uint8_t)((sum[6] & 0x0fU) | 0x50U);
    sum[8] = (uint8_t)((sum[8] & 0x3fU) | 0x80U);
    hex_write(sum, UUID_BYTES, hex);
    const char *from = hex;
    char *to = out;
    for (unsigned i = 0; i < ARRAY_LEN(widths); i++) {
        memcpy(to, from, widths[i]);
        from += widths[i];
        to += widths[i];
        *to++ = i + 1 < ARRAY_LEN(widths) ? '-' : '\0';
    }
    return true;
}
