/*
 * Public rules and public logs from ../shared/data: every rule loads or says why not, the index
 * and looking at every rule in turn agree on every record, and vendor tests hit as labelled.
 */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/content.h"
#include "rule/rule_priv.h"
#include "tests/unit/rule/table.h"

#define SHARED FW_SOURCE_DIR "/../shared/data"

static char *slurp(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    assert_true(size >= 0);
    rewind(f);
    char *text = malloc((size_t)size + JSON_PADDING);
    assert_non_null(text);
    *len = fread(text, 1, (size_t)size, f);
    json_pad(text, *len);
    (void)fclose(f);
    return text;
}

static struct {
    struct rule_set *set;
    struct json_paths *paths;
    struct json_scanner *scanner;
    struct json_record *record;
    struct rule_matcher *matcher;
    size_t files, records, hits, shallow;
} g;

static int add_rules(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)at;
    if (type == FTW_F && str_ends(str_of(path), STR(".yml"))) {
        size_t len;
        char *text = slurp(path, &len);
        struct err err = {0};
        assert_int_equal(rule_set_add(g.set, str_of(path), str_make(text, len), false, &err),
                         ERR_OK);
        free(text);
        g.files++;
    }
    return 0;
}

static bool wants(void *arg, struct str source, struct str name)
{
    return rule_set_wants(arg, source, name);
}

static void match_record(void)
{
    const struct detection *const *hits;
    const struct detection *kept[256];
    size_t n = rule_match(g.matcher, STR("aws.cloudtrail"), g.record, &hits);
    assert_true(n <= ARRAY_LEN(kept));
    memcpy(kept, hits, n * sizeof(*kept));
    size_t each = rule_match_each(g.matcher, STR("aws.cloudtrail"), g.record, &hits);
    assert_int_equal(n, each);
    assert_memory_equal(kept, hits, n * sizeof(*kept));
    g.records++;
    g.hits += n;
    g.shallow += g.record->shallow ? 1 : 0;
}

/* Every object of a file that may be a record; with the wanted function on and off, and a shallow
 * record must give the same hits as a whole one. */
static void scan_object(struct json_view v)
{
    size_t used;
    struct json_fault fault;
    char *text = malloc(v.len + (size_t)JSON_PADDING);
    assert_non_null(text);
    memcpy(text, v.ptr, v.len);
    json_pad(text, v.len);
    json_scanner_wanted(g.scanner, NULL, NULL);
    assert_int_equal(json_scan(g.scanner, text, v.len, 0, g.record, &used, &fault), JSON_OK);
    size_t before = g.hits;
    match_record();
    size_t whole = g.hits - before;
    json_scanner_wanted(g.scanner, wants, g.set);
    assert_int_equal(json_scan(g.scanner, text, v.len, 0, g.record, &used, &fault), JSON_OK);
    before = g.hits;
    match_record();
    const struct detection *const *hits;
    (void)rule_match(g.matcher, STR("aws.cloudtrail"), g.record, &hits);
    if (rule_matcher_wants(g.matcher)) {
        json_scanner_wanted(g.scanner, NULL, NULL);
        assert_int_equal(json_scan(g.scanner, text, v.len, 0, g.record, &used, &fault), JSON_OK);
        g.hits = before;
        match_record();
    }
    assert_int_equal(whole, g.hits - before);
    free(text);
}

static void scan_all(struct json_view v, unsigned depth)
{
    struct json_iter it = json_iter_of(v);
    struct json_view key;
    struct json_view value;
    if (v.kind == JSON_OBJECT && json_member(v, STR("eventName")).kind != JSON_ABSENT) {
        scan_object(v);
        return;
    }
    while (depth < 4 && (v.kind == JSON_OBJECT || v.kind == JSON_ARRAY) &&
           json_iter_next(&it, &key, &value)) {
        scan_all(value, depth + 1);
    }
}

static int scan_logs(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)at;
    if (type != FTW_F) {
        return 0;
    }
    size_t len;
    char *text = slurp(path, &len);
    struct str rest = str_make(text, len);
    struct str line;
    struct json_view whole = json_view_of(rest);
    if (whole.kind != JSON_ABSENT) {
        scan_all(whole, 0);
    } else {
        while (str_cut(&rest, '\n', &line)) {
            scan_all(json_view_of(line), 0);
        }
    }
    free(text);
    return 0;
}

static void open_set(bool pack)
{
    memset(&g, 0, sizeof(g));
    g.set = table_set();
    g.paths = json_paths_new();
    g.record = calloc(1, sizeof(*g.record));
    assert_non_null(g.set);
    assert_non_null(g.paths);
    assert_non_null(g.record);
    struct err err = {0};
    for (const struct content *c = content_files; pack && c->path != NULL; c++) {
        if (str_starts(str_of(c->path), STR("rules/")) && str_ends(str_of(c->path), STR(".yml"))) {
            assert_int_equal(
                rule_set_add(g.set, str_of(c->path), str_make(c->bytes, c->len), true, &err),
                ERR_OK);
        }
    }
}

static void compile_set(void)
{
    struct err err = {0};
    assert_int_equal(rule_set_compile(g.set, g.paths, &err), ERR_OK);
    rule_set_decide(g.set, g.paths);
    g.scanner = json_scanner_new(g.paths, json_variant_best());
    g.matcher = rule_matcher_new(g.set);
    assert_non_null(g.scanner);
    assert_non_null(g.matcher);
}

static void close_set(void)
{
    rule_matcher_free(g.matcher);
    json_scanner_free(g.scanner);
    json_paths_free(g.paths);
    rule_set_free(g.set);
    free(g.record);
}

/* With the public rules alone some look into every record; so the run over shallow records is
 * made with our pack, which looks into few. */
static void run_over_logs(bool pack, bool public_rules)
{
    open_set(pack);
    if (public_rules) {
        assert_int_equal(nftw(SHARED "/sigma/rules", add_rules, 16, FTW_PHYS), 0);
        const struct rule_issue *issue;
        size_t issues = rule_set_issues(g.set, &issue);
        size_t foreign = 0;
        for (size_t i = 0; i < issues; i++) {
            bool other = str_starts(issue[i].reason, STR("for another log source"));
            foreign += other ? 1 : 0;
            if (!other) {
                print_message("%.*s:%u: %.*s\n", STR_ARG(issue[i].path), issue[i].line,
                              STR_ARG(issue[i].reason));
            }
        }
        assert_int_equal(foreign, issues);
        assert_true(rule_set_count(g.set) + issues >= g.files);
        assert_true(rule_set_count(g.set) >= 57);
    }
    compile_set();
    assert_int_equal(nftw(SHARED "/cloudtrail", scan_logs, 16, FTW_PHYS), 0);
    print_message("%zu rules, %zu scans, %zu shallow, %zu hits\n", rule_set_count(g.set), g.records,
                  g.shallow, g.hits);
    assert_true(g.records > 1000);
    assert_true(g.hits > 50);
    close_set();
}

static void test_public_rules(void **state)
{
    (void)state;
    run_over_logs(false, true);
}

static void test_pack_over_logs(void **state)
{
    (void)state;
    run_over_logs(true, false);
}

static void test_both(void **state)
{
    (void)state;
    run_over_logs(true, true);
}

static bool any_hit(const char *path, const char *ref)
{
    size_t len;
    size_t used;
    struct json_fault fault;
    char *text = slurp(path, &len);
    assert_int_equal(json_scan(g.scanner, text, len, 0, g.record, &used, &fault), JSON_OK);
    const struct detection *const *hits;
    size_t n = rule_match(g.matcher, STR("aws.cloudtrail"), g.record, &hits);
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        found = found || str_eq(hits[i]->ref, str_of(ref));
    }
    free(text);
    return found;
}

/* Vendor tests whose twin is one of our rules: as labels.tsv says. */
static void test_labels(void **state)
{
    (void)state;
    static const struct {
        const char *prefix, *ref;
    } twins[] = {{"cloudtrail/panther/AWS.Potential.Backdoor.Lambda", "D16"},
                 {"cloudtrail/panther/AWS.CloudTrail.Stopped", "D83"}};
    open_set(true);
    compile_set();
    size_t len;
    char *labels = slurp(SHARED "/labels.tsv", &len);
    struct str rest = str_make(labels, len);
    struct str line;
    size_t checked = 0;
    while (str_cut(&rest, '\n', &line)) {
        struct str file;
        struct str locator;
        struct str label;
        if (!str_cut(&line, '\t', &file) || !str_cut(&line, '\t', &locator) ||
            !str_cut(&line, '\t', &label)) {
            continue;
        }
        for (size_t i = 0; i < ARRAY_LEN(twins); i++) {
            if (!str_starts(file, str_of(twins[i].prefix))) {
                continue;
            }
            char path[1024];
            (void)snprintf(path, sizeof(path), SHARED "/%.*s", STR_ARG(file));
            bool expected = str_eq(label, STR("rule-match"));
            if (any_hit(path, twins[i].ref) != expected) {
                fail_msg("%s: %s is expected to %s", path, twins[i].ref, expected ? "hit" : "miss");
            }
            checked++;
        }
    }
    assert_true(checked >= 6);
    free(labels);
    close_set();
}

int main(void)
{
    if (access(SHARED, R_OK) != 0) {
        puts("skipped: no shared data");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public_rules),
        cmocka_unit_test(test_pack_over_logs),
        cmocka_unit_test(test_both),
        cmocka_unit_test(test_labels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
