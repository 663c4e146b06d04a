#include "tests/unit/integrity/chain_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <zlib.h>

#include "base/buf.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "sys/file.h"
#include "sys/walk.h"

#define BUCKET  "trail-bucket"
#define ACCOUNT "123456789012"

static struct str format(struct chain *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
static struct str format(struct chain *c, const char *fmt, ...)
{
    CLEANUP(buf_free) struct buf text = {0};
    struct str out;
    va_list args;
    va_start(args, fmt);
    buf_vprintf(&text, fmt, args);
    va_end(args);
    assert_true(arena_dup(&c->texts, buf_str(&text), &out));
    return out;
}

/* ---- files ---- */

struct str chain_path(struct chain *c, struct str key)
{
    return format(c, "%.*s/%.*s", STR_ARG(c->dir), STR_ARG(key));
}

struct str chain_meta(struct chain *c, struct str key)
{
    return format(c, "%.*s.meta.json", STR_ARG(key));
}

void chain_write(struct chain *c, struct str key, struct str bytes)
{
    struct str path = chain_path(c, key);
    char part[FILE_PATH_MAX];
    for (size_t i = c->dir.len + 1; i < path.len; i++) {
        if (path.ptr[i] == '/') {
            assert_true(file_path(str_head(path, i), part));
            (void)mkdir(part, 0700);
        }
    }
    assert_int_equal(file_write(path, bytes, true, NULL), ERR_OK);
}

struct str chain_read(struct chain *c, struct str key)
{
    CLEANUP(buf_free) struct buf text = {0};
    struct str out;
    assert_int_equal(file_read(chain_path(c, key), &text, NULL), ERR_OK);
    assert_true(arena_dup(&c->texts, buf_str(&text), &out));
    return out;
}

void chain_remove(struct chain *c, struct str key)
{
    char path[FILE_PATH_MAX];
    assert_true(file_path(chain_path(c, key), path));
    assert_int_equal(unlink(path), 0);
}

struct str chain_gzip(struct chain *c, struct str text, int level)
{
    z_stream z = {0};
    size_t room = text.len + 1024;
    char *out = ARENA_ARRAY(&c->texts, char, room);
    assert_non_null(out);
    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text.ptr;
    z.avail_in = (uInt)text.len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t len = z.total_out;
    (void)deflateEnd(&z);
    return str_make(out, len);
}

struct str chain_unpack(struct chain *c, struct str key)
{
    struct str packed = chain_read(c, key);
    z_stream z = {0};
    size_t room = 1 << 20;
    char *out = ARENA_ARRAY(&c->texts, char, room);
    assert_non_null(out);
    assert_int_equal(inflateInit2(&z, 31), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)packed.ptr;
    z.avail_in = (uInt)packed.len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)room;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    size_t len = z.total_out;
    (void)inflateEnd(&z);
    return str_make(out, len);
}

struct str chain_replace(struct chain *c, struct str text, const char *from, const char *to)
{
    size_t at = str_find(text, str_of(from));
    assert_true(at != SIZE_MAX);
    struct str rest = str_from(text, at + str_of(from).len);
    return format(c, "%.*s%s%.*s", (int)at, text.ptr, to, STR_ARG(rest));
}

struct str chain_join(struct chain *c, struct str a, struct str b)
{
    CLEANUP(buf_free) struct buf text = {0};
    struct str out;
    buf_add(&text, a);
    buf_add(&text, b);
    assert_true(arena_dup(&c->texts, buf_str(&text), &out));
    return out;
}

/* ---- keys and signatures ---- */

static void make_key(struct chain *c)
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    assert_non_null(key);
    unsigned char *der = NULL;
    int len = i2d_PublicKey(key, &der);
    assert_true(len > 0);
    struct str bytes = str_make((const char *)der, (size_t)len);
    char print[33];
    assert_true(digest_hex_id(bytes, 32, print));
    CLEANUP(buf_free) struct buf base64 = {0};
    base64_encode(bytes, &base64);
    OPENSSL_free(der);
    c->key = key;
    c->fingerprint = format(c, "%s", print);
    c->keys = format(c, "%.*s.keys.json", STR_ARG(c->dir));
    struct str text = format(c,
                             "{\"PublicKeyList\":[{\"Value\":\"%.*s\",\"ValidityStartTime\":"
                             "1700000000.0,\"ValidityEndTime\":2000000000.0,\"Fingerprint\":"
                             "\"%.*s\"}]}",
                             STR_ARG(buf_str(&base64)), STR_ARG(c->fingerprint));
    assert_int_equal(file_write(c->keys, text, true, NULL), ERR_OK);
}

static struct str hex(struct chain *c, const uint8_t *bytes, size_t len)
{
    char *out = ARENA_ARRAY(&c->texts, char, 2 * len + 1);
    assert_non_null(out);
    for (size_t i = 0; i < len; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    }
    return str_make(out, 2 * len);
}

static struct str hash_of(struct chain *c, struct str text)
{
    uint8_t sum[DIGEST_BYTES];
    assert_true(digest_sha256(text, sum));
    return hex(c, sum, DIGEST_BYTES);
}

void chain_sign(struct chain *c, struct str key, struct str text, struct str end,
                struct str previous_signature, const char *algorithm, struct str *signature)
{
    struct str signed_text =
        format(c, "%.*s\n" BUCKET "/%.*s\n%.*s\n%.*s", STR_ARG(end), STR_ARG(key),
               STR_ARG(hash_of(c, text)),
               STR_ARG(previous_signature.len > 0 ? previous_signature : STR("null")));
    unsigned char bytes[512];
    size_t len = sizeof(bytes);
    EVP_MD_CTX *m = EVP_MD_CTX_new();
    assert_non_null(m);
    assert_int_equal(EVP_DigestSignInit(m, NULL, EVP_sha256(), NULL, c->key), 1);
    assert_int_equal(
        EVP_DigestSign(m, bytes, &len, (const unsigned char *)signed_text.ptr, signed_text.len), 1);
    EVP_MD_CTX_free(m);
    *signature = hex(c, bytes, len);
    chain_write(c, key, chain_gzip(c, text, 6));
    chain_write(c, chain_meta(c, key),
                format(c,
                       "{\"ContentLength\": 1, \"Metadata\": {\"signature\": \"%.*s\", "
                       "\"signature-algorithm\": \"%s\"}}\n",
                       STR_ARG(*signature), algorithm));
}

/* ---- the chain ---- */

static struct str make_logs(struct chain *c, unsigned hour)
{
    struct str list = STR_EMPTY;
    for (unsigned i = 0; i < CHAIN_LOGS; i++) {
        unsigned minute = 5 * i + 5;
        struct str text = format(
            c,
            "{\"Records\":[{\"eventVersion\":\"1.10\",\"eventTime\":\"2026-11-20T%02u:%02u:00Z\","
            "\"eventSource\":\"lambda.amazonaws.com\",\"eventName\":\"UpdateFunctionCode20150331v2"
            "\",\"sourceIPAddress\":\"198.51.100.7\",\"recipientAccountId\":\"" ACCOUNT
            "\",\"eventID\":\"%u-%u\"}]}",
            hour, minute, hour, i);
        struct str key = format(c,
                                "AWSLogs/" ACCOUNT "/CloudTrail/us-east-1/2026/11/20/" ACCOUNT
                                "_CloudTrail_us-east-1_20261120T%02u%02uZ_abc%u.json.gz",
                                hour, minute, i);
        c->log[hour][i] = key;
        chain_write(c, key, chain_gzip(c, text, 6));
        list = format(c,
                      "%.*s%s{\"s3Bucket\":\"" BUCKET
                      "\",\"s3Object\":\"%.*s\",\"hashValue\":\"%.*s\","
                      "\"hashAlgorithm\":\"SHA-256\"}",
                      STR_ARG(list), i == 0 ? "" : ",", STR_ARG(key), STR_ARG(hash_of(c, text)));
    }
    return list;
}

static void make_digests(struct chain *c)
{
    struct str previous = STR_EMPTY; /* its key */
    struct str hash = STR_EMPTY;
    struct str signature = STR_EMPTY;
    for (unsigned hour = 0; hour < CHAIN_DIGESTS; hour++) {
        struct str before = STR("\"previousDigestS3Bucket\":null,\"previousDigestS3Object\":null,"
                                "\"previousDigestHashValue\":null,"
                                "\"previousDigestSignature\":null");
        if (previous.len > 0) {
            before = format(c,
                            "\"previousDigestS3Bucket\":\"" BUCKET
                            "\",\"previousDigestS3Object\":\"%.*s\","
                            "\"previousDigestHashValue\":\"%.*s\","
                            "\"previousDigestSignature\":\"%.*s\"",
                            STR_ARG(previous), STR_ARG(hash), STR_ARG(signature));
        }
        struct str end = format(c, "2026-11-20T%02u:00:00Z", hour + 1);
        struct str key =
            format(c,
                   "AWSLogs/" ACCOUNT "/CloudTrail-Digest/us-east-1/2026/11/20/" ACCOUNT
                   "_CloudTrail-Digest_us-east-1_my_trail_us-east-1_20261120T%02u0000Z"
                   ".json.gz",
                   hour + 1);
        struct str text = format(
            c,
            "{\"awsAccountId\":\"" ACCOUNT "\",\"digestStartTime\":\"2026-11-20T%02u:00:00Z\","
            "\"digestEndTime\":\"%.*s\",\"digestS3Bucket\":\"" BUCKET
            "\",\"digestS3Object\":\"%.*s\",\"digestPublicKeyFingerprint\":\"%.*s\","
            "\"digestSignatureAlgorithm\":\"SHA256withRSA\",%.*s,\"logFiles\":[%.*s]}",
            hour, STR_ARG(end), STR_ARG(key), STR_ARG(c->fingerprint), STR_ARG(before),
            STR_ARG(make_logs(c, hour)));
        chain_sign(c, key, text, end, signature, "SHA256withRSA", &signature);
        c->digest[hour] = key;
        previous = key;
        hash = hash_of(c, text);
    }
}

void chain_make(struct chain *c)
{
    char dir[] = "/tmp/fw-chain-XXXXXX";
    *c = (struct chain){0};
    assert_non_null(mkdtemp(dir));
    c->dir = format(c, "%s", dir);
    make_key(c);
    make_digests(c);
}

void chain_free(struct chain *c)
{
    struct walk_list files = {0};
    char path[FILE_PATH_MAX];
    assert_int_equal(walk_files(c->dir, &c->texts, &files, NULL), ERR_OK);
    for (size_t i = 0; i < files.len; i++) {
        struct str p = files.at[i].path;
        assert_true(file_path(p, path));
        (void)unlink(path);
        for (; p.len > c->dir.len; p.len--) {
            if (p.ptr[p.len - 1] == '/' && file_path(str_head(p, p.len - 1), path)) {
                (void)rmdir(path);
            }
        }
    }
    VEC_FREE(&files);
    assert_true(file_path(c->keys, path));
    (void)unlink(path);
    assert_true(file_path(c->dir, path));
    (void)rmdir(path);
    EVP_PKEY_free(c->key);
    arena_free(&c->texts);
}
