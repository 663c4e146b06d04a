/*
 * The shared data: every network record is claimed by its source and by no other, no other record is
 * taken for one, and twins give the same events.
 */
#include <sys/stat.h>

#include "sys/file.h"
#include "sys/walk.h"
#include "tests/unit/engine/network_world.h"

#define DATA "../shared/data/"

static void read_shared(const char *path, struct buf *b)
{
    struct err err = {0};
    buf_reset(b);
    b->max = (size_t)1 << 30;
    if (file_read(str_of(path), b, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

static void test_shared_twins(void **state)
{
    static const char *const names[] = {"conn", "dns", "ssl", "http"};
    static const size_t records[] = {3436, 1718, 1636, 82};
    (void)state;
    struct network_world w;
    network_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char path[256];
        CLEANUP(buf_free) struct buf json = {0};
        CLEANUP(buf_free) struct buf table = {0};
        snprintf(path, sizeof(path), DATA "zeek/synthetic_serverless/%s.json", names[i]);
        read_shared(path, &json);
        snprintf(path, sizeof(path), DATA "zeek/synthetic_serverless/%s.log", names[i]);
        read_shared(path, &table);
        network_same(&w, buf_str(&json), buf_str(&table), path);
        assert_int_equal(network_claimed(&w, "zeek"), records[i]);
    }
    network_free(&w);
}

/* What a file is: the longest path counts. NULL: of no network source. */
static const struct {
    const char *path, *source;
    size_t records; /* 0: some */
} files[] = {
    {"cloudtrail", NULL, 0},
    {"cloudflare", NULL, 0},
    {"functions", NULL, 0},
    {"gcp_audit", NULL, 0},
    {"iam", NULL, 0},
    {"ti", NULL, 0},
    {"gcp_audit/security_analytics/google.compute.googleapis.com.vpc_flows.json", "gcp.vpc_flow",
     1},
    {"suricata/plaso_fast.log", "suricata.fast", 5},
    {"suricata/alerts_first-org-conf-2015.json", "suricata.eve", 0},
    {"suricata/alerts_wrccdc-2018.json", "suricata.eve", 0},
    {"suricata/eve_suricata_verify.json", "suricata.eve", 4128},
    {"suricata/synthetic_serverless.eve.json", "suricata.eve", 8673},
    {"zeek/apt29_day1", "zeek", 0},
    {"zeek/btest", "zeek", 0},
    /* cut down to one column, or no log at all, or a comment */
    {"zeek/btest/scripts.base.protocols.gnutella.max-line-length__conn.log", NULL, 0},
    {"zeek/btest/spicy.file-analysis-data-in__x509.log", NULL, 0},
    {"zeek/btest/scripts.policy.protocols.dns.detect-external-names-mdns-broadcast__notice.log",
     NULL, 0},
};

static bool is_network(const char *source)
{
    static const char *const sources[] = {
        "suricata.eve", "suricata.fast",      "zeek",
        "aws.vpc_flow", "aws.resolver_query", "gcp.vpc_flow",
    };
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        if (strcmp(sources[i], source) == 0) {
            return true;
        }
    }
    return false;
}

static void check_file(struct network_world *w, struct str path, size_t row)
{
    const char *want = files[row].source;
    size_t claimed = want == NULL ? 0 : network_claimed(w, want);
    for (size_t i = 0; i < w->sources; i++) {
        const char *name = source_registry[i]->name;
        if (w->claimed[i] > 0 && is_network(name) && (want == NULL || strcmp(name, want) != 0)) {
            fail_msg("%.*s: %zu records taken for %s", STR_ARG(path), w->claimed[i], name);
        }
    }
    if (want == NULL) {
        return;
    }
    for (size_t i = 0; i < w->acc.unrecognised.len; i++) { /* btest's own first lines */
        if (strstr(w->acc.unrecognised.at[i].reason, "a comment") == NULL) {
            fail_msg("%.*s: %s", STR_ARG(path), w->acc.unrecognised.at[i].reason);
        }
    }
    if (claimed == 0 || w->acc.skipped.len > 0 || w->twice > 0 ||
        (files[row].records != 0 && claimed != files[row].records)) {
        fail_msg("%.*s: %zu records of %s, %zu in doubt, unrecognised %zu", STR_ARG(path), claimed,
                 want, w->twice, w->acc.unrecognised.len);
    }
}

static void test_shared(void **state)
{
    (void)state;
    struct network_world w;
    network_init(&w);
    CLEANUP(arena_free) struct arena texts = {0};
    struct walk_list list = {0};
    size_t checked = 0;
    assert_int_equal(walk_files(STR("../shared/data"), &texts, &list, NULL), ERR_OK);
    for (size_t i = 0; i < list.len; i++) {
        struct str path = list.at[i].path;
        size_t best = SIZE_MAX;
        for (size_t k = 0; k < ARRAY_LEN(files); k++) {
            bool fits = str_starts(str_from(path, strlen(DATA)), str_of(files[k].path));
            best = fits && (best == SIZE_MAX || strlen(files[k].path) > strlen(files[best].path))
                       ? k
                       : best;
        }
        if (best == SIZE_MAX) {
            continue;
        }
        CLEANUP(buf_free) struct buf text = {.max = (size_t)1 << 30};
        assert_int_equal(file_read(path, &text, NULL), ERR_OK);
        network_run(&w, buf_str(&text));
        check_file(&w, path, best);
        checked++;
    }
    assert_true(checked > 500);
    VEC_FREE(&list);
    network_free(&w);
}

int main(void)
{
    struct stat st;
    if (stat(DATA, &st) != 0) {
        puts("skipped: no shared data");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared_twins),
        cmocka_unit_test(test_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
