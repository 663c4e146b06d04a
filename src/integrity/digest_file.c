#include "integrity/digest_file.h"

#include "codec/hex.h"
#include "codec/json.h"

static enum parse_state bad(const char **reason, const char *why)
{
    *reason = why;
    return PARSE_BAD;
}

/* A member that is text; "" when it is absent or null. False: no memory. */
static bool take_text(struct json_view object, const char *key, struct arena *a, struct str *out)
{
    struct json_view v = json_member(object, str_of(key));
    *out = STR_EMPTY;
    return v.kind != JSON_STRING || json_text(v, a, out);
}

static bool take_head(struct json_view all, struct arena *a, struct digest_file *d)
{
    const struct {
        const char *key;
        struct str *to;
    } texts[] = {
        {"digestS3Bucket", &d->bucket},
        {"digestS3Object", &d->key},
        {"digestStartTime", &d->start},
        {"digestEndTime", &d->end},
        {"digestPublicKeyFingerprint", &d->fingerprint},
        {"previousDigestS3Bucket", &d->previous_bucket},
        {"previousDigestS3Object", &d->previous_key},
        {"previousDigestHashValue", &d->previous_hash},
        {"previousDigestSignature", &d->previous_signature},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!take_text(all, texts[i].key, a, texts[i].to)) {
            return false;
        }
    }
    d->has_previous = d->previous_key.len > 0;
    if (!time_parse_rfc3339(d->start, &d->start_us)) {
        d->start_us = TIME_NONE;
    }
    if (!time_parse_rfc3339(d->end, &d->end_us)) {
        d->end_us = TIME_NONE;
    }
    return true;
}

static enum parse_state take_logs(struct json_view list, struct arena *a, struct digest_file *d,
                                  const char **reason)
{
    struct json_iter it = json_iter_of(list);
    struct json_view key;
    struct json_view v;
    while (json_iter_next(&it, &key, &v)) {
        struct listed_log log = {0};
        if (!take_text(v, "s3Bucket", a, &log.bucket) || !take_text(v, "s3Object", a, &log.key) ||
            !take_text(v, "hashValue", a, &log.hash) ||
            !take_text(v, "hashAlgorithm", a, &log.algorithm)) {
            return PARSE_NOMEM;
        }
        if (log.bucket.len == 0 || log.key.len == 0 || log.hash.len == 0) {
            return bad(reason, "a log file is listed without its bucket, key or hash");
        }
        if (!VEC_PUSH(&d->logs, log)) {
            return PARSE_NOMEM;
        }
    }
    return PARSE_OK;
}

enum parse_state digest_file_parse(struct str text, struct arena *a, struct digest_file *out,
                                   const char **reason)
{
    struct json_view all = json_view_of(text);
    *out = (struct digest_file){0};
    if (all.kind != JSON_OBJECT) {
        return bad(reason, "it is not JSON");
    }
    if (!take_head(all, a, out)) {
        return PARSE_NOMEM;
    }
    if (out->bucket.len == 0 || out->key.len == 0 || out->end_us == TIME_NONE) {
        return bad(reason, "it does not say its bucket, key or end");
    }
    if (out->fingerprint.len == 0) {
        return bad(reason, "it names no public key");
    }
    if (out->has_previous && (out->previous_signature.len == 0 || out->previous_hash.len == 0)) {
        return bad(reason, "it names the digest before it without that one's signature and hash");
    }
    struct json_view logs = json_member(all, STR("logFiles"));
    if (logs.kind != JSON_ARRAY) {
        return bad(reason, "it has no list of log files");
    }
    return take_logs(logs, a, out, reason);
}

/* ---- metadata ---- */

static struct str bare_name(struct str name)
{
    struct str prefix = STR("x-amz-meta-");
    return str_istarts(name, prefix) ? str_from(name, prefix.len) : name;
}

enum parse_state object_metadata_parse(struct str text, struct arena *a,
                                       struct object_metadata *out, const char **reason)
{
    struct json_view all = json_view_of(text);
    *out = (struct object_metadata){STR_EMPTY, STR_EMPTY};
    if (all.kind != JSON_OBJECT) {
        return bad(reason, "its metadata file is not JSON");
    }
    struct json_view meta = json_member(all, STR("Metadata"));
    struct json_iter it = json_iter_of(meta.kind == JSON_OBJECT ? meta : all);
    struct json_view key;
    struct json_view v;
    while (json_iter_next(&it, &key, &v)) {
        struct str name;
        if (!json_text(key, a, &name)) {
            return PARSE_NOMEM;
        }
        name = bare_name(name);
        struct str *to = str_ieq(name, STR("signature"))             ? &out->signature
                         : str_ieq(name, STR("signature-algorithm")) ? &out->algorithm
                                                                     : NULL;
        if (to != NULL && v.kind == JSON_STRING && to->len == 0 && !json_text(v, a, to)) {
            return PARSE_NOMEM;
        }
    }
    return PARSE_OK;
}

/* ---- hashes ---- */

bool hash_is(struct str hex, const uint8_t hash[DIGEST_BYTES])
{
    char text[DIGEST_HEX];
    hex_write(hash, DIGEST_BYTES, text);
    return str_ieq(hex, str_make(text, DIGEST_HEX));
}

bool digest_file_signed_text(const struct digest_file *d, const uint8_t hash[DIGEST_BYTES],
                             struct arena *a, struct str *out)
{
    char hex[DIGEST_HEX];
    struct str previous = d->has_previous ? d->previous_signature : STR("null");
    hex_write(hash, DIGEST_BYTES, hex);
    return arena_printf(a, out, "%.*s\n%.*s/%.*s\n%.*s\n%.*s", STR_ARG(d->end), STR_ARG(d->bucket),
                        STR_ARG(d->key), DIGEST_HEX, hex, STR_ARG(previous));
}
