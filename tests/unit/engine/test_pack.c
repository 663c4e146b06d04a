#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/rule_load.h"
#include "model/content.h"
#include "rule/cases.h"

/* A whole file; freed by the caller. */
static char *slurp(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return NULL;
    }
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    assert_true(size >= 0);
    rewind(f);
    char *text = malloc((size_t)size + 1);
    assert_non_null(text);
    *len = fread(text, 1, (size_t)size, f);
    text[*len] = '\0';
    (void)fclose(f);
    return text;
}

struct tally {
    const char *path;
    size_t run, wrong, hits, misses;
};

static void count(void *arg, const struct rule_case *c)
{
    struct tally *t = arg;
    t->run++;
    t->hits += c->expected ? 1 : 0;
    t->misses += c->expected ? 0 : 1;
    if (c->problem != NULL || c->matched != c->expected) {
        t->wrong++;
        print_error("%s:%u: %s (%.*s)\n", t->path, c->line,
                    c->problem != NULL ? c->problem
                    : c->expected      ? "must match and does not"
                                       : "must not match and does",
                    STR_ARG(c->why));
    }
}

static bool is_rule(const struct content *c)
{
    return str_starts(str_of(c->path), STR("rules/")) && str_ends(str_of(c->path), STR(".yml"));
}

/* Each rule of the pack, by itself, against the cases beside it. */
static void test_cases(void **state)
{
    (void)state;
    size_t rules = 0;
    struct tally t = {0};
    for (const struct content *c = content_files; c->path != NULL; c++) {
        if (!is_rule(c)) {
            continue;
        }
        rules++;
        char path[512];
        int n = snprintf(path, sizeof(path), "%s/content/%.*s.cases.jsonl", FW_SOURCE_DIR,
                         (int)strlen(c->path) - 4, c->path);
        assert_true(n > 0 && (size_t)n < sizeof(path));
        size_t len = 0;
        char *text = slurp(path, &len);
        if (text == NULL) {
            fail_msg("%s is missing", path);
        }
        struct rule_set *s = NULL;
        struct err err = {0};
        assert_int_equal(rule_load_new(&s, &err), ERR_OK);
        assert_int_equal(rule_set_add(s, str_of(c->path), str_make(c->bytes, c->len), true, &err),
                         ERR_OK);
        assert_int_equal(rule_set_count(s), 1);
        struct tally before = t;
        t.path = path;
        assert_int_equal(rule_cases_run(s, str_make(text, len), count, &t, &err), ERR_OK);
        if (t.hits == before.hits || t.misses == before.misses) {
            fail_msg("%s needs a case that matches and one that does not", path);
        }
        rule_set_free(s);
        free(text);
    }
    assert_int_equal(t.wrong, 0);
    assert_true(rules >= 25);
    print_message("%zu rules, %zu cases\n", rules, t.run);
}

/* All of the pack together: no issue, complete heads, distinct ids. */
static void test_whole(void **state)
{
    (void)state;
    struct rule_set *s = NULL;
    struct err err = {0};
    assert_int_equal(rule_load_new(&s, &err), ERR_OK);
    assert_int_equal(rule_load_pack(s, &err), ERR_OK);
    const struct rule_issue *issues;
    size_t n = rule_set_issues(s, &issues);
    for (size_t i = 0; i < n; i++) {
        print_error("%.*s:%u: %.*s\n", STR_ARG(issues[i].path), issues[i].line,
                    STR_ARG(issues[i].reason));
    }
    assert_int_equal(n, 0);
    static const char *const refs[] = {"D01", "D09", "D14", "D16", "D18", "D22", "D26",
                                       "D27", "D29", "D30", "D54", "D59", "D63", "D83",
                                       "D85", "D86", "D89", "D91", "D114"};
    for (size_t k = 0; k < ARRAY_LEN(refs); k++) {
        size_t found = 0;
        for (size_t i = 0; i < rule_set_count(s); i++) {
            found += str_eq(rule_set_at(s, i)->ref, str_of(refs[k])) ? 1 : 0;
        }
        if (found == 0) {
            fail_msg("no rule for %s", refs[k]);
        }
    }
    for (size_t i = 0; i < rule_set_count(s); i++) {
        const struct detection *d = rule_set_at(s, i);
        assert_true(d->ours && d->technique_count > 0 && d->tactic.len > 0);
        assert_true(str_starts(d->id, STR("faaswatch.")));
        assert_true(str_eq(d->author, STR("faaswatch")) && d->description.len > 80);
        assert_int_equal(d->indicator == LS, d->question == QUESTION_NONE);
    }
    rule_set_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
