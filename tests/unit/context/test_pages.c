/* The examples on the pages of src/context/ and docs/env.md are read as they stand there. */
#include "base/buf.h"
#include "load.h"
#include "sys/file.h"

static const char columns[] =
    "columns: {changes.start: customfield_10047, changes.end: customfield_10048}";

static size_t records(const struct context *c)
{
    return c->changes.len + c->people.len + c->projects.len + c->builds.len + c->processes.len +
           c->alerts.len + c->functions.len + c->attestations.len + c->watched.len;
}

/* The next fenced block of a language, or false. */
static bool next_block(struct str *page, struct str *language, struct str *block)
{
    size_t at = str_find(*page, STR("\n```"));
    if (at == SIZE_MAX) {
        return false;
    }
    *page = str_from(*page, at + 4);
    size_t line = str_chr(*page, '\n');
    *language = str_head(*page, line);
    *page = str_from(*page, line + 1);
    size_t end = str_find(*page, STR("\n```"));
    assert_true(end != SIZE_MAX);
    *block = str_head(*page, end + 1);
    *page = str_from(*page, end + 4);
    return true;
}

static void read_page(const char *path, struct buf *out)
{
    char full[512];
    struct err err = {0};
    (void)snprintf(full, sizeof(full), "%s/%s", FW_SOURCE_DIR, path);
    buf_init(out, 1 << 20);
    if (file_read(str_of(full), out, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

static void test_examples(void **state)
{
    (void)state;
    for (size_t k = 0; k < CONTEXT_KIND_MAX_; k++) {
        CLEANUP(buf_free) struct buf text = {0};
        char path[128];
        size_t examples = 0;
        (void)snprintf(path, sizeof(path), "src/context/%s/README.md",
                       context_kind_name((enum context_kind)k));
        read_page(path, &text);
        struct str page = buf_str(&text);
        struct str language;
        struct str block;
        while (next_block(&page, &language, &block)) {
            struct err err = {0};
            CLEANUP(done) struct context *c = context_new();
            assert_non_null(c);
            if (str_eq(language, STR("yaml"))) {
                assert_int_equal(context_load_env_text(c, STR("env"), block, &err), ERR_OK);
                continue;
            }
            enum err_code rc = context_load_env_text(c, STR("env"), str_of(columns), &err);
            if (rc == ERR_OK) {
                rc = context_load_text(c, (enum context_kind)k, STR("example"), block, &err);
            }
            if (rc != ERR_OK || c->skips > 0 || records(c) == 0) {
                fail_msg("%s: %s\n%.*s", path, err.msg, STR_ARG(block));
            }
            examples++;
        }
        assert_true(examples > 0);
    }
}

/* Every key that is read is on the page, and the page is read. */
static void test_env_page(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "organization", "accounts", "address_ranges",   "crown_jewels",   "public_functions",
        "break_glass",  "vendors",  "shared_accounts",  "layer_accounts", "pipelines",
        "exercises",    "freezes",  "standard_changes", "delays",         "change_required",
        "thresholds",   "columns",  "timezone",
    };
    CLEANUP(buf_free) struct buf text = {0};
    read_page("docs/env.md", &text);
    struct str page = buf_str(&text);
    struct str language;
    struct str block;
    assert_true(next_block(&page, &language, &block));
    struct err err = {0};
    CLEANUP(done) struct context *c = context_new();
    assert_non_null(c);
    if (context_load_env_text(c, STR("docs/env.md"), block, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "\n%s:", keys[i]);
        if (str_find(block, str_of(line)) == SIZE_MAX && !str_starts(block, str_of(line + 1))) {
            fail_msg("docs/env.md has no %s", keys[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_env_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
