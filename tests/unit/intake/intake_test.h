/*
 * intake_test - what the tests of intake share: a worker, a sink that takes what looks like a
 * CloudTrail record, and the rule that all bytes add up.
 */
#ifndef TESTS_INTAKE_TEST_H
#define TESTS_INTAKE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libdeflate.h>

#include "base/buf.h"
#include "intake/intake.h"

struct seen_record {
    struct origin origin;
    uint64_t name_hash; /* of eventName */
    size_t len;         /* of the record itself */
};

struct bench_ { /* a worker with a scanner and what it saw */
    struct json_paths *paths;
    struct json_scanner *scanner;
    unsigned name, source;
    struct intake *intake;
    struct account acc;
    struct {
        VEC_OF(struct seen_record);
    } seen;
    enum intake_verdict force; /* TAKEN: judge by content */
};

static uint64_t text_hash(const char *p, size_t len)
{
    uint64_t h = UINT64_C(1469598103934665603);
    for (size_t i = 0; i < len; i++) {
        h = (h ^ (unsigned char)p[i]) * UINT64_C(1099511628211);
    }
    return h;
}

static enum intake_verdict bench_record(void *arg, const struct intake_record *r,
                                        const char **reason)
{
    struct bench_ *b = arg;
    struct json_view name = json_got(r->json, b->name);
    struct json_view source = json_got(r->json, b->source);
    if (b->force != INTAKE_TAKEN) {
        *reason = "forced";
        return b->force;
    }
    if (name.kind == JSON_ABSENT && source.kind == JSON_ABSENT) {
        return INTAKE_UNRECOGNISED;
    }
    assert_int_equal(r->raw.len, r->origin.length);
    struct seen_record s = {
        .origin = r->origin, .name_hash = text_hash(name.ptr, name.len), .len = r->json->len};
    assert_true(VEC_PUSH(&b->seen, s));
    return INTAKE_TAKEN;
}

/* `one_scan`: the scanner looks for envelopes itself, as the program's does. */
static inline struct bench_ bench_make_with(const struct intake_limits *limits, bool one_scan)
{
    struct bench_ b = {.paths = json_paths_new()};
    assert_non_null(b.paths);
    assert_true(!one_scan || intake_add_paths(b.paths, NULL) == ERR_OK);
    assert_int_equal(json_paths_add_dotted(b.paths, STR("eventName"), &b.name, NULL), ERR_OK);
    assert_int_equal(json_paths_add_dotted(b.paths, STR("eventSource"), &b.source, NULL), ERR_OK);
    b.scanner = json_scanner_new(b.paths, json_variant_best());
    b.intake = intake_new(limits == NULL ? &intake_limits_default : limits);
    assert_non_null(b.scanner);
    assert_non_null(b.intake);
    return b;
}

static inline struct bench_ bench_make(const struct intake_limits *limits)
{
    return bench_make_with(limits, false);
}

static inline void bench_clear(struct bench_ *b)
{
    account_free(&b->acc);
    b->acc = (struct account){0};
    b->seen.len = 0;
}

static inline void bench_free(struct bench_ *b)
{
    account_free(&b->acc);
    VEC_FREE(&b->seen);
    intake_free(b->intake);
    json_scanner_free(b->scanner);
    json_paths_free(b->paths);
}

/* The rule that holds for every input. */
static inline void check_account(const struct account *a, const char *what)
{
    uint64_t sum = a->record_bytes + a->framing_bytes + a->unrecognised_bytes + a->skipped_bytes;
    uint64_t skipped = 0;
    uint64_t unrecognised = 0;
    for (size_t i = 0; i < a->skipped.len; i++) {
        assert_non_null(a->skipped.at[i].reason);
        skipped += a->skipped.at[i].file_bytes ? 0 : a->skipped.at[i].length;
    }
    for (size_t i = 0; i < a->unrecognised.len; i++) {
        unrecognised += a->unrecognised.at[i].bytes;
    }
    if (sum != a->bytes_unpacked || skipped != a->skipped_bytes ||
        unrecognised != a->unrecognised_bytes) {
        fail_msg("%s: %llu records + %llu framing + %llu unrecognised + %llu skipped (entries: "
                 "%llu, %llu) of %llu bytes",
                 what, (unsigned long long)a->record_bytes, (unsigned long long)a->framing_bytes,
                 (unsigned long long)a->unrecognised_bytes, (unsigned long long)a->skipped_bytes,
                 (unsigned long long)unrecognised, (unsigned long long)skipped,
                 (unsigned long long)a->bytes_unpacked);
    }
}

static inline void bench_run(struct bench_ *b, struct str bytes, const char *what)
{
    struct intake_sink sink = {.arg = b, .record = bench_record};
    bench_clear(b);
    assert_int_equal(intake_bytes(b->intake, bytes, 7, b->scanner, &sink, &b->acc, NULL), ERR_OK);
    check_account(&b->acc, what);
    assert_int_equal(b->acc.records, b->seen.len * (b->force == INTAKE_TAKEN));
}

/* Append one gzip member. */
static inline void add_gzip(struct buf *out, struct str text)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
    assert_non_null(c);
    size_t bound = libdeflate_gzip_compress_bound(c, text.len);
    assert_true(buf_reserve(out, bound));
    size_t n = libdeflate_gzip_compress(c, text.ptr, text.len, out->ptr + out->len, bound);
    assert_true(n > 0);
    out->len += n;
    libdeflate_free_compressor(c);
}

#endif
