#include "tests/unit/iam/knowledge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/content.h"

static struct iam_knowledge loaded;
static struct iam_catalog *catalog;
static struct arena arena;

struct str test_content(const char *path)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (strcmp(content_files[i].path, path) == 0) {
            return str_make(content_files[i].bytes, content_files[i].len);
        }
    }
    fail_msg("no content %s", path);
    return STR_EMPTY;
}

const struct iam_knowledge *test_knowledge(void)
{
    struct err err = {0};
    if (catalog == NULL) {
        if (iam_catalog_load(test_content("iam/actions.tsv"), &catalog, &err) != ERR_OK ||
            iam_paths_load(test_content("iam/paths.tsv"), test_content("iam/targets.tsv"), &arena,
                           &loaded.paths, &err) != ERR_OK) {
            fail_msg("%s", err.msg);
        }
        loaded.catalog = catalog;
    }
    return &loaded;
}

void test_knowledge_free(void)
{
    iam_catalog_free(catalog);
    catalog = NULL;
    arena_free(&arena);
}

struct str test_file(struct arena *a, const char *path)
{
    char full[4096];
    (void)snprintf(full, sizeof(full), "%s/%s", FW_SOURCE_DIR, path);
    FILE *f = fopen(full, "rb");
    assert_non_null(f);
    enum { MOST = 4 * 1024 * 1024 };
    char *bytes = arena_alloc(a, 1, MOST, 1);
    assert_non_null(bytes);
    size_t n = fread(bytes, 1, MOST, f);
    (void)fclose(f);
    assert_true(n < MOST);
    return str_make(bytes, n);
}
