/* Closed cases read for the fit: the stories of this project, and folders that are no stories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/playbook.h"
#include "model/content.h"
#include "playbook/playbook.h"
#include "sys/file.h"

enum { ITEMS_MAX = 512 };

static struct playbook *book;
static int column[ITEMS_MAX];

static int set_up(void **state)
{
    (void)state;
    for (const struct content *c = content_files; c->path != NULL; c++) {
        if (strcmp(c->path, "playbooks/T1584.007.yaml") == 0 &&
            playbook_load(str_make(c->bytes, c->len), &book, NULL) != ERR_OK) {
            return -1;
        }
    }
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        column[i] = (int)i;
    }
    return book == NULL || book->item_count > ITEMS_MAX;
}

static int tear_down(void **state)
{
    (void)state;
    playbook_free(book);
    return 0;
}

/* Every answer is one that the playbook's weights give: nothing hard, and its label's side. */
static void test_ours(void **state)
{
    (void)state;
    CLEANUP(answered_list_free) struct answered_list l = {0};
    struct err err = {0};
    double w[ITEMS_MAX];
    size_t held = 0;
    for (size_t i = 0; i < book->item_count; i++) {
        w[i] = book->items[i].weight;
    }
    if (answered_read(STR(FW_SOURCE_DIR "/tests/stories/"), STR_EMPTY, book, column, &l, &err) !=
        ERR_OK) {
        fail_msg("%s", err.msg);
    }
    assert_true(l.stories >= 20 && l.len >= 20 && l.left_out > 0);
    for (size_t i = 0; i < l.len; i++) {
        const struct answered *a = &l.at[i];
        double score = logit_score(&a->row, w);
        held += a->held_back ? 1 : 0;
        assert_true(a->row.len > 0);
        for (size_t k = 0; k < a->row.len; k++) {
            assert_false(book->items[a->row.items[k]].hard);
        }
        if (a->row.suspicious ? score < book->suspicious : score > book->legitimate) {
            fail_msg("%.*s: score %.0f", STR_ARG(a->story), score);
        }
    }
    assert_true(held > 0 && held < l.len / 2);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *story, *message;
    } rows[] = {
        {"", "no JSON object"},
        {"[]", "no JSON object"},
        {"{}", "'given' must be a list"},
        {"{\"given\": [7]}", "'given' must be a list of texts"},
        {"{\"given\": [\"--nonsense\"]}", "nonsense"},
        {"{\"given\": [\"--changes\", \"none.csv\"]}", "none.csv"},
    };
    char dir[] = "/tmp/faaswatch-fit-XXXXXX";
    char path[128];
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof(path), "%s/a", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof(path), "%s/a/logs", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof(path), "%s/a/story.json", dir);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(answered_list_free) struct answered_list l = {0};
        struct err err = {0};
        assert_int_equal(file_write(str_of(path), str_of(rows[i].story), true, NULL), ERR_OK);
        assert_int_not_equal(answered_read(str_of(dir), STR_EMPTY, book, column, &l, &err), ERR_OK);
        if (strstr(err.msg, rows[i].message) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", rows[i].story, err.msg, rows[i].message);
        }
    }
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof(path), "%s/a/logs", dir);
    assert_int_equal(rmdir(path), 0);
    (void)snprintf(path, sizeof(path), "%s/a", dir);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ours),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
