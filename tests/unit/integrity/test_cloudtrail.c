#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/mem.h"
#include "integrity/integrity.h"
#include "integrity/name.h"
#include "tests/unit/integrity/chain_fixture.h"

enum { ALL_DIGESTS = CHAIN_DIGESTS, ALL_LOGS = CHAIN_DIGESTS * CHAIN_LOGS };

static struct integrity_report verify(struct chain *c, struct arena *a)
{
    struct integrity_report r = {0};
    struct err err = {0};
    struct integrity_options o = {.dirs = &c->dir,
                                  .dir_count = 1,
                                  .keys = c->keys,
                                  .since_us = TIME_NONE,
                                  .until_us = TIME_NONE};
    if (integrity_cloudtrail(&o, a, &r, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    return r;
}

/* ---- the tamperings ---- */

static void nothing(struct chain *c)
{
    (void)c;
}

static void alter_log(struct chain *c)
{
    struct str text = chain_unpack(c, c->log[2][0]);
    text = chain_replace(c, text, "198.51.100.7", "198.51.100.8");
    chain_write(c, c->log[2][0], chain_gzip(c, text, 6));
}

static void delete_log(struct chain *c)
{
    chain_remove(c, c->log[2][0]);
}

static void cut_trailer(struct chain *c)
{
    struct str bytes = chain_read(c, c->log[2][0]);
    chain_write(c, c->log[2][0], str_head(bytes, bytes.len - 6));
}

static void append_member(struct chain *c)
{
    struct str more = chain_gzip(c, STR("{\"Records\":[]}"), 6);
    chain_write(c, c->log[2][0], chain_join(c, chain_read(c, c->log[2][0]), more));
}

static void append_junk(struct chain *c)
{
    chain_write(c, c->log[2][0], chain_join(c, chain_read(c, c->log[2][0]), STR("JUNK")));
}

static void recompress(struct chain *c)
{
    chain_write(c, c->log[2][0], chain_gzip(c, chain_unpack(c, c->log[2][0]), 1));
}

static void forge_log(struct chain *c)
{
    struct str key = chain_replace(c, c->log[2][0], "abc0", "zzz9");
    chain_write(c, key, chain_gzip(c, STR("{\"Records\":[{\"eventName\":\"Forged\"}]}"), 6));
}

/* A name that no log file has: it still lies where triage reads. */
static void forge_odd_log(struct chain *c)
{
    struct str key = chain_replace(c, c->log[2][0], "123456789012_CloudTrail", "notes_CloudTrail");
    chain_write(c, key, STR("{\"Records\":[{\"eventName\":\"Forged\"}]}"));
}

static void delete_digest(struct chain *c)
{
    chain_remove(c, c->digest[3]);
    chain_remove(c, chain_meta(c, c->digest[3]));
}

static void delete_newest(struct chain *c)
{
    chain_remove(c, c->digest[5]);
    chain_remove(c, c->digest[4]);
}

static void delete_all(struct chain *c)
{
    for (size_t i = 0; i < CHAIN_DIGESTS; i++) {
        chain_remove(c, c->digest[i]);
    }
}

static void alter_digest(struct chain *c)
{
    struct str text = chain_unpack(c, c->digest[3]);
    text = chain_replace(c, text, "\"SHA-256\"", "\"SHA-256\" ");
    chain_write(c, c->digest[3], chain_gzip(c, text, 6));
}

static void drop_signature(struct chain *c)
{
    chain_write(c, chain_meta(c, c->digest[3]), STR("{\"Metadata\": {}}"));
}

static void drop_metadata(struct chain *c)
{
    chain_remove(c, chain_meta(c, c->digest[3]));
}

static void upper_signature(struct chain *c)
{
    struct str text = chain_read(c, chain_meta(c, c->digest[3]));
    char *copy = ARENA_ARRAY(&c->texts, char, text.len + 1);
    assert_non_null(copy);
    size_t from = str_find(text, STR("\"signature\": \"")) + 14;
    for (size_t i = 0; i < text.len; i++) {
        char ch = text.ptr[i];
        bool digit = i >= from && i < from + 512 && ch >= 'a' && ch <= 'f';
        copy[i] = digit ? (char)(ch - 'a' + 'A') : ch;
    }
    chain_write(c, chain_meta(c, c->digest[3]), str_make(copy, text.len));
}

static void replay_digest(struct chain *c)
{
    chain_write(c, c->digest[3], chain_read(c, c->digest[2]));
    chain_write(c, chain_meta(c, c->digest[3]), chain_read(c, chain_meta(c, c->digest[2])));
}

static void change_algorithm(struct chain *c)
{
    struct str text = chain_read(c, chain_meta(c, c->digest[3]));
    chain_write(c, chain_meta(c, c->digest[3]),
                chain_replace(c, text, "SHA256withRSA", "MD5withRSA"));
}

static void append_to_digest(struct chain *c)
{
    struct str more = chain_gzip(c, STR("{}"), 6);
    chain_write(c, c->digest[3], chain_join(c, chain_read(c, c->digest[3]), more));
}

/* Signed by the true key and in its place, but not the one that its successor saw. */
static void replace_signed(struct chain *c)
{
    struct str before = chain_read(c, chain_meta(c, c->digest[2]));
    size_t at = str_find(before, STR("\"signature\": \"")) + 14;
    struct str text = chain_unpack(c, c->digest[3]);
    struct str signature;
    text = chain_replace(c, text, "{\"awsAccountId\"", "{ \"awsAccountId\"");
    chain_sign(c, c->digest[3], text, STR("2026-11-20T04:00:00Z"),
               str_head(str_from(before, at), 512), "SHA256withRSA", &signature);
}

static const struct tampering {
    const char *name;
    void (*change)(struct chain *c);
    uint64_t digests_valid, logs_valid;
    int verdict; /* of the first alarm or warning, or -1: nothing to say */
    enum integrity_kind kind;
    const char *reason;
    bool alarm;
} tamperings[] = {
    {"untouched", nothing, 6, 18, -1, 0, "", false},
    {"log altered", alter_log, 6, 17, INTEGRITY_INVALID, INTEGRITY_LOG, "was altered", true},
    {"log deleted", delete_log, 6, 17, INTEGRITY_MISSING, INTEGRITY_LOG, "gone", true},
    {"log's trailer cut", cut_trailer, 6, 17, INTEGRITY_WARNING, INTEGRITY_LOG, "trailer", false},
    {"member appended to log", append_member, 6, 17, INTEGRITY_INVALID, INTEGRITY_LOG, "appended",
     true},
    {"junk appended to log", append_junk, 6, 17, INTEGRITY_INVALID, INTEGRITY_LOG, "appended",
     true},
    {"log packed anew", recompress, 6, 18, -1, 0, "", false},
    {"log forged", forge_log, 6, 18, INTEGRITY_UNCOVERED, INTEGRITY_LOG, "no digest lists", true},
    {"log forged under another name", forge_odd_log, 6, 18, INTEGRITY_UNCOVERED, INTEGRITY_LOG,
     "no digest lists", true},
    {"digest deleted", delete_digest, 5, 15, INTEGRITY_UNCOVERED, INTEGRITY_LOG, "no digest lists",
     true},
    {"newest two digests deleted", delete_newest, 4, 12, INTEGRITY_MISSING, INTEGRITY_CHAIN,
     "are due", true},
    {"all digests deleted", delete_all, 0, 0, INTEGRITY_MISSING, INTEGRITY_CHAIN, "not one digest",
     true},
    {"digest altered", alter_digest, 5, 15, INTEGRITY_INVALID, INTEGRITY_DIGEST,
     "hash is not the one|signature is wrong", true},
    {"signature missing", drop_signature, 5, 15, INTEGRITY_INVALID, INTEGRITY_DIGEST,
     "no signature", true},
    {"metadata missing", drop_metadata, 5, 15, INTEGRITY_INVALID, INTEGRITY_DIGEST,
     "signature is missing", true},
    {"signature in upper case", upper_signature, 6, 18, -1, 0, "", false},
    {"digest replayed", replay_digest, 5, 15, INTEGRITY_INVALID, INTEGRITY_DIGEST, "replayed",
     true},
    {"algorithm changed", change_algorithm, 5, 15, INTEGRITY_INVALID, INTEGRITY_DIGEST,
     "not SHA256withRSA", true},
    {"member appended to digest", append_to_digest, 5, 15, INTEGRITY_INVALID, INTEGRITY_DIGEST,
     "appended", true},
    {"digest not the one its successor names", replace_signed, 5, 15, INTEGRITY_INVALID,
     INTEGRITY_DIGEST, "digest after it names", true},
};

static bool has_reason(const struct integrity_item *i, const char *reasons)
{
    struct str rest = str_of(reasons);
    struct str one;
    while (str_cut(&rest, '|', &one)) {
        if (str_find(i->reason, one) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static void check(const struct tampering *t, const struct integrity_report *r)
{
    bool found = t->verdict == -1;
    bool alarm = false;
    for (size_t i = 0; i < r->items.len; i++) {
        const struct integrity_item *item = &r->items.at[i];
        alarm = alarm || integrity_is_alarm(item->verdict);
        found = found || ((int)item->verdict == t->verdict && item->kind == t->kind &&
                          has_reason(item, t->reason));
    }
    if (!found || alarm != t->alarm || r->digests_valid != t->digests_valid ||
        r->logs_valid != t->logs_valid || (t->verdict == -1 && r->items.len > 0)) {
        for (size_t i = 0; i < r->items.len; i++) {
            const struct integrity_item *item = &r->items.at[i];
            print_error("  %s %s %.*s: %.*s\n", integrity_verdict_name(item->verdict),
                        integrity_kind_name(item->kind), STR_ARG(item->key), STR_ARG(item->reason));
        }
        fail_msg("%s: digests %llu, logs %llu", t->name, (unsigned long long)r->digests_valid,
                 (unsigned long long)r->logs_valid);
    }
}

static void finds_every_tampering(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(tamperings); i++) {
        struct chain c;
        struct arena a = {0};
        chain_make(&c);
        tamperings[i].change(&c);
        struct integrity_report r = verify(&c, &a);
        check(&tamperings[i], &r);
        integrity_report_free(&r);
        arena_free(&a);
        chain_free(&c);
    }
}

/* Byte by byte through a digest and a log: none may be changed unseen. */
static void no_changed_byte_is_valid(void **state)
{
    (void)state;
    struct chain c;
    chain_make(&c);
    struct str keys[] = {c.digest[3], c.log[2][0]};
    for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
        struct str text = chain_unpack(&c, keys[k]);
        struct str packed = chain_read(&c, keys[k]);
        for (size_t i = 0; i < text.len; i += 37) {
            struct arena a = {0};
            char *changed = ARENA_ARRAY(&a, char, text.len);
            assert_non_null(changed);
            for (size_t b = 0; b < text.len; b++) {
                changed[b] = b == i ? (char)(text.ptr[b] ^ 1) : text.ptr[b];
            }
            chain_write(&c, keys[k], chain_gzip(&c, str_make(changed, text.len), 6));
            struct integrity_report r = verify(&c, &a);
            assert_true(r.digests_valid + r.logs_valid < ALL_DIGESTS + ALL_LOGS);
            bool alarm = false;
            for (size_t n = 0; n < r.items.len; n++) {
                alarm = alarm || integrity_is_alarm(r.items.at[n].verdict);
            }
            assert_true(alarm);
            integrity_report_free(&r);
            arena_free(&a);
        }
        chain_write(&c, keys[k], packed);
    }
    chain_free(&c);
}

static void says_what_is_wrong_with_keys(void **state)
{
    (void)state;
    struct chain c;
    chain_make(&c);
    static const struct {
        const char *text;
        enum err_code code;
    } rows[] = {
        {"nonsense", ERR_SYNTAX},
        {"{\"PublicKeyList\":[]}", ERR_SCHEMA},
        {"{\"PublicKeyList\":[{\"Value\":\"AAAA\",\"Fingerprint\":\"00\"}]}", ERR_SCHEMA},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena a = {0};
        struct integrity_report r = {0};
        struct err err = {0};
        struct str file = STR("AWSLogs/keys-of-this-test.json");
        chain_write(&c, file, str_of(rows[i].text));
        struct integrity_options o = {.dirs = &c.dir,
                                      .dir_count = 1,
                                      .keys = chain_path(&c, file),
                                      .since_us = TIME_NONE,
                                      .until_us = TIME_NONE};
        assert_int_equal(integrity_cloudtrail(&o, &a, &r, &err), rows[i].code);
        assert_true(str_find(str_of(err.msg), STR("list-public-keys")) != SIZE_MAX);
        chain_remove(&c, file);
        arena_free(&a);
    }
    chain_free(&c);
}

static void survives_no_memory(void **state)
{
    (void)state;
    struct chain c;
    chain_make(&c);
    alter_log(&c);
    for (unsigned n = 1;; n++) {
        struct arena a = {0};
        struct integrity_report r = {0};
        struct err err = {0};
        struct integrity_options o = {.dirs = &c.dir,
                                      .dir_count = 1,
                                      .keys = c.keys,
                                      .since_us = TIME_NONE,
                                      .until_us = TIME_NONE};
        mem_torture(n);
        enum err_code rc = integrity_cloudtrail(&o, &a, &r, &err);
        mem_torture(0);
        integrity_report_free(&r);
        arena_free(&a);
        if (rc == ERR_OK) {
            assert_true(n > 10);
            break;
        }
        assert_int_equal(rc, ERR_NOMEM);
        assert_true(n < 20000);
    }
    chain_free(&c);
}

static void reads_names(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        enum name_kind kind;
        const char *account, *region, *chain;
        bool dated;
    } rows[] = {
        {"p/q/AWSLogs/o-abc/111122223333/CloudTrail-Digest/eu-west-1/2026/11/20/"
         "111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20261120T010000Z.json.gz",
         NAME_DIGEST, "111122223333", "eu-west-1", "eu-west-1_t_eu-west-1", true},
        {"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/20/111122223333_CloudTrail-"
         "Digest_eu-west-1_t_eu-west-1_20261120T010000Z_backfill.json.gz",
         NAME_DIGEST, "111122223333", "eu-west-1", "eu-west-1_t_eu-west-1", true},
        {"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20/111122223333_CloudTrail_eu-west-1_"
         "20261120T0105Z_x.json.gz",
         NAME_LOG, "111122223333", "eu-west-1", "", true},
        {"AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/20/evil.json", NAME_LOG, "111122223333",
         "eu-west-1", "", false},
        {"AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/11/20/x.json.gz", NAME_OTHER, "",
         "", "", false},
        {"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/20/111122223333_CloudTrail-"
         "Digest_eu-west-1_t_eu-west-1_20269920T010000Z.json.gz",
         NAME_OTHER, "111122223333", "eu-west-1", "", false},
        {"x", NAME_OTHER, "", "", "", false},
        {"", NAME_OTHER, "", "", "", false},
        {"/////", NAME_OTHER, "", "", "", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct name n = name_of(str_of(rows[i].key));
        assert_int_equal(n.kind, rows[i].kind);
        if (rows[i].kind != NAME_OTHER) {
            assert_true(str_eq(n.account, str_of(rows[i].account)));
            assert_true(str_eq(n.region, str_of(rows[i].region)));
            assert_int_equal(n.time_us != TIME_NONE, rows[i].dated);
        }
        if (rows[i].kind == NAME_DIGEST) {
            assert_true(str_eq(n.chain, str_of(rows[i].chain)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_every_tampering),
        cmocka_unit_test(no_changed_byte_is_valid),
        cmocka_unit_test(says_what_is_wrong_with_keys),
        cmocka_unit_test(survives_no_memory),
        cmocka_unit_test(reads_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
