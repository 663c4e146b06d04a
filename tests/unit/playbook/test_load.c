/*
 * Loading the playbook: the shipped one holds what the judgement asks for, a broken one is refused
 * with line and key, and no allocation failure leaks or crashes.
 */
#include "base/buf.h"
#include "playbook_test.h"

static void test_shipped(void **state)
{
    (void)state;
    struct playbook *p = shipped_playbook();
    assert_true(str_eq(playbook_technique(p), STR("T1584.007")));
    assert_int_equal(p->suspicious, 8);
    assert_int_equal(p->legitimate, -15);
    assert_int_equal(p->bar, 6);
    assert_int_equal(p->deadline_min[1], 15);
    assert_int_equal(p->deadline_min[4], 1440);
    assert_int_equal(p->step_count, 3);
    static const char *const order[] = {"E1", "E2d", "E2", "E10", "E3",  "E4",  "E4b",
                                        "E5", "E6",  "E7", "E8",  "E11", "E12", "E9"};
    assert_int_equal(p->table.count, ARRAY_LEN(order));
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        assert_true(str_eq(p->table.rows[i].id, str_of(order[i])));
        assert_true(p->table.rows[i].clause.len > 0);
    }
    playbook_free(p);
}

/* A finding says one thing about an event: of one question it feeds items of one group only, so that
 * the strongest counts, once. */
static void test_counts_once(void **state)
{
    (void)state;
    struct playbook *p = shipped_playbook();
    for (size_t i = 0; i < p->item_count; i++) {
        const struct playbook_item *a = &p->items[i];
        for (size_t k = 0; k < i; k++) {
            const struct playbook_item *b = &p->items[k];
            for (size_t r = 0; r < a->ref_count && a->question == b->question; r++) {
                if (playbook_item_has_ref(b, a->refs[r]) && !str_eq(a->group, b->group)) {
                    fail_msg("%.*s feeds %.*s and %.*s", STR_ARG(a->refs[r]), STR_ARG(a->id),
                             STR_ARG(b->id));
                }
            }
        }
    }
    playbook_free(p);
}

static void test_weights(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        int weight;
        bool hard, authorises;
    } rows[] = {
        {"change.m4", -25, false, true},
        {"change.m3", -20, false, true},
        {"change.m2", -4, false, false},
        {"change.m1", 0, false, false},
        {"change.none", 12, false, false},
        {"change.none_elsewhere", 3, false, false},
        {"pipeline.proved", -20, false, true},
        {"habit", -4, false, false},
        {"nature.exposure", 6, false, false},
        {"nature.control", 10, false, false},
        {"code.unknown", 8, false, false},
        {"person.leave", 8, false, false},
        {"person.leave_on_call", 3, false, false},
        {"person.inactive", 6, false, false},
        {"person.break_glass", 8, false, false},
        {"time.window", 6, false, false},
        {"time.freeze", 8, false, false},
        {"time.hours", 4, false, false},
        {"process.explains", -15, false, true},
        {"way.denied_before", 3, false, false},
        {"grant.escalation", 10, false, false},
        {"grant.boundary", 10, false, false},
        {"grant.approved", -20, false, true},
        {"listed.control_plane_doubt", 8, false, false},
        {"listed.sure", 12, false, false},
        {"listed.doubt", 6, false, false},
        {"listed.shared", 3, false, false},
        {"alert.open", 12, false, false},
        {"own.all", -15, false, true},
        {"clean.feeds", -18, false, true},
    };
    struct playbook *p = shipped_playbook();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct playbook_item *it = playbook_item(p, str_of(rows[i].id));
        assert_non_null(it);
        assert_int_equal(it->weight, rows[i].weight);
        assert_int_equal(it->hard, rows[i].hard);
        assert_int_equal(it->authorises, rows[i].authorises);
    }
    static const char *const hard[] = {
        "change.contradicts", "person.terminated", "grant.admin",          "grant.trust",
        "grant.path",         "listed.two_way",    "listed.control_plane", "use.off_platform",
        "egress.listed",      "code.listed",       "grant.outside"};
    size_t hard_count = 0;
    for (size_t i = 0; i < p->item_count; i++) {
        hard_count += p->items[i].hard;
    }
    assert_int_equal(hard_count, ARRAY_LEN(hard));
    for (size_t i = 0; i < ARRAY_LEN(hard); i++) {
        assert_true(playbook_item(p, str_of(hard[i]))->hard);
    }
    playbook_free(p);
}

/* Replace the first `from` of the shipped text by `to` and expect this fault. */
static void expect_fault(const char *from, const char *to, enum err_code code, const char *says)
{
    struct str text = shipped_text();
    size_t at = str_find(text, str_of(from));
    if (at == SIZE_MAX) {
        fail_msg("'%s' is not in the playbook", from);
    }
    struct buf b;
    buf_init(&b, 0);
    buf_add(&b, str_head(text, at));
    buf_add_cstr(&b, to);
    buf_add(&b, str_from(text, at + strlen(from)));
    struct playbook *p = NULL;
    struct err err = {0};
    enum err_code rc = playbook_load(buf_str(&b), &p, &err);
    buf_free(&b);
    if (rc != code || strstr(err.msg, says) == NULL) {
        fail_msg("'%s' -> '%s': code %d, '%s' lacks '%s'", from, to, rc, err.msg, says);
    }
    assert_null(p);
    if (code == ERR_SCHEMA) {
        assert_non_null(strstr(err.msg, "line "));
    }
}

static void test_faults(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum err_code code;
        const char *says;
    } rows[] = {
        {"playbook/1", "playbook/2", ERR_SCHEMA, "schema must be"},
        {"tactic:", "tactics:", ERR_SCHEMA, "no key 'tactics'"},
        {"technique: T1584.007\n", "", ERR_SCHEMA, "lacks the key 'technique'"},
        {"suspicious: 8", "suspicious: many", ERR_SCHEMA, "suspicious must be a number"},
        {"suspicious: 8", "suspicious: 0", ERR_SCHEMA, "from 1 to 100"},
        {"P1: 15", "P1: \"15\"", ERR_SCHEMA, "P1 must be a number"},
        {"id: change.m3,", "id: change.m4,", ERR_SCHEMA, "item 'change.m4' stands twice"},
        {"id: change.m3,", "id: change.m5,", ERR_SCHEMA, "needs refs"},
        {"weight: -25, authorises", "weight: 25, authorises", ERR_SCHEMA, "below 0"},
        {"weight: 25, hard: true", "weight: -5, hard: true", ERR_SCHEMA, "above 0"},
        {"explained_by: [pipeline]", "explained_by: [habit]", ERR_SCHEMA, "has no 'habit'"},
        {"needs: [logs, changes]", "needs: [tea]", ERR_SCHEMA, "has no 'tea'"},
        {"confidence: 0.9", "confidence: 9", ERR_SCHEMA, "confidence must be"},
        {"question: Q1, group: change", "question: Q9, group: change", ERR_SCHEMA, "Q1 to Q4"},
        {"{t: suspicious, engaged: yes}", "{z: suspicious}", ERR_SCHEMA, "no fact 'z'"},
        {"{t: suspicious, engaged: yes}", "{t: yes}", ERR_SCHEMA, "no value 'yes'"},
        {"{t: suspicious, engaged: yes}", "{}", ERR_SCHEMA, "must name facts"},
        {"action: escalate", "action: panic", ERR_SCHEMA, "no action 'panic'"},
        {"to: T2", "to: T3", ERR_SCHEMA, "to must be"},
        {"clause: escalation.malicious", "clause: escalation.x", ERR_SCHEMA, "no sentence"},
        {"otherwise: yes", "when: [{t: suspicious}]", ERR_SCHEMA, "'otherwise'"},
        {"id: E2d", "id: E1", ERR_SCHEMA, "row 'E1' stands twice"},
        {"priority: 0\n", "priority: 2\n", ERR_SCHEMA, "priority 0 goes with"},
        {"{id: Q4, sentence", "{id: Q3, sentence", ERR_SCHEMA, "each once"},
        {"sentence: l1.logins", "sentence: l1.logout", ERR_SCHEMA, "no sentence 'l1.logout'"},
        {"refs: [D08", "refs: [[x]", ERR_SCHEMA, "detection's number"},
        {"items:\n", "items: {}\nmore:\n", ERR_SCHEMA, "must be a list"},
        {"rows:\n", "rows: [\n", ERR_SYNTAX, "line"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        expect_fault(rows[i].from, rows[i].to, rows[i].code, rows[i].says);
    }
    struct playbook *p = NULL;
    assert_int_equal(playbook_load(STR(""), &p, NULL), ERR_SCHEMA);
    assert_int_equal(playbook_load(STR("- a\n"), &p, NULL), ERR_SCHEMA);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct playbook *p = NULL;
        mem_torture(n);
        enum err_code rc = playbook_load(shipped_text(), &p, NULL);
        mem_torture(0);
        if (rc == ERR_OK) {
            playbook_free(p);
            assert_true(n > 10);
            return;
        }
        assert_true(rc == ERR_NOMEM || rc == ERR_LIMIT);
        assert_null(p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),     cmocka_unit_test(test_weights),
        cmocka_unit_test(test_counts_once), cmocka_unit_test(test_faults),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
