/*
 * docs/playbook.md tells the rows, items and facts that the program has.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "playbook/decision.h"
#include "playbook_test.h"

static struct buf page;

static int set_up(void **state)
{
    (void)state;
    buf_init(&page, 1 << 20);
    FILE *f = fopen(FW_SOURCE_DIR "/docs/playbook.md", "r");
    if (f == NULL) {
        return -1;
    }
    char block[4096];
    size_t n;
    while ((n = fread(block, 1, sizeof(block), f)) > 0) {
        buf_add(&page, str_make(block, n));
    }
    return fclose(f) != 0 || page.failed;
}

static int tear_down(void **state)
{
    (void)state;
    buf_free(&page);
    return 0;
}

static size_t count(const char *before, struct str value, const char *after)
{
    char line[256];
    (void)snprintf(line, sizeof(line), "%s%.*s%s", before, STR_ARG(value), after);
    size_t n = 0;
    struct str rest = buf_str(&page);
    for (size_t at = str_find(rest, str_of(line)); at != SIZE_MAX;
         at = str_find(rest, str_of(line))) {
        n++;
        rest = str_from(rest, at + 1);
    }
    return n;
}

static void test_page(void **state)
{
    (void)state;
    struct playbook *p = shipped_playbook();
    for (size_t i = 0; i < p->table.count; i++) {
        assert_int_equal(count("\n| ", p->table.rows[i].id, " | "), 1);
    }
    for (size_t i = 0; i < p->item_count; i++) {
        const struct playbook_item *it = &p->items[i];
        assert_int_equal(count("\n| `", it->id, "` | "), 1);
        char weight[16];
        (void)snprintf(weight, sizeof(weight), "%+d", it->weight);
        char cell[128];
        (void)snprintf(cell, sizeof(cell), "| `%.*s` |", STR_ARG(it->id));
        struct str row = str_from(buf_str(&page), str_find(buf_str(&page), str_of(cell)));
        size_t end = str_chr(row, '\n');
        struct str line = str_head(row, end);
        struct str want = it->hard          ? STR("| hard |")
                          : it->weight != 0 ? str_of(weight)
                                            : STR("| 0 |");
        if (str_find(line, want) == SIZE_MAX) {
            fail_msg("%.*s: the page has another weight", STR_ARG(it->id));
        }
    }
    for (unsigned i = 0; i < FACT_ID_MAX_; i++) {
        assert_int_equal(count("\n| `", str_of(decision_fact_name((enum fact_id)i)), "` | "), 1);
    }
    playbook_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_page)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
