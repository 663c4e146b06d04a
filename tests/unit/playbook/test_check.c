/* Checking a playbook's text: every fault, with its line and what to do; and writing other weights. */
#include "base/buf.h"
#include "base/mem.h"
#include "playbook/check.h"
#include "playbook_test.h"

/* The shipped text with replacements, "from" and "to" by turns. */
static void changed(struct buf *out, const char *const *changes)
{
    struct str text = shipped_text();
    buf_init(out, 0);
    buf_add(out, text);
    for (; changes[0] != NULL; changes += 2) {
        struct buf next = {0};
        struct str now = buf_str(out);
        size_t at = str_find(now, str_of(changes[0]));
        if (at == SIZE_MAX) {
            fail_msg("the playbook has no \"%s\"", changes[0]);
        }
        buf_add(&next, str_head(now, at));
        buf_add_cstr(&next, changes[1]);
        buf_add(&next, str_from(now, at + strlen(changes[0])));
        buf_free(out);
        *out = next;
    }
}

static bool has(const struct playbook_faults *f, const char *what)
{
    for (size_t i = 0; i < f->len; i++) {
        if (str_find(f->at[i].message, str_of(what)) != SIZE_MAX) {
            return f->at[i].line > 0 && f->at[i].remedy.len > 0;
        }
    }
    return false;
}

static void check(struct str text, struct playbook_faults *f)
{
    struct err err = {0};
    if (playbook_check(text, f, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
}

static void test_shipped(void **state)
{
    (void)state;
    CLEANUP(playbook_faults_free) struct playbook_faults f = {0};
    check(shipped_text(), &f);
    for (size_t i = 0; i < f.len; i++) {
        print_message("%u: %.*s\n", f.at[i].line, STR_ARG(f.at[i].message));
    }
    assert_int_equal(f.len, 0);
}

/* One change, one fault. */
static void test_each(void **state)
{
    (void)state;
    static const struct {
        const char *changes[5];
        const char *what;
    } rows[] = {
        {{"weight: -25, authorises", "weight: 25, authorises"},
         "authorises needs a weight below 0"},
        {{"group: change, weight: 12", "group: change, weight: many"}, "weight must be a number"},
        {{"refs: [D07], text", "text"}, "needs refs"},
        {{"{id: change.m3,", "{id: change.m4,"}, "item 'change.m4' stands twice"},
        {{"clause: escalation.malicious", "clause: escalation.nothing"},
         "there is no sentence 'escalation.nothing'"},
        {{"{t: suspicious, engaged: yes}", "{x: suspicious}"}, "there is no fact 'x'"},
        {{"{t: suspicious, engaged: yes}", "{t: bad}"}, "fact 't' has no value 'bad'"},
        {{"action: hold", "action: sleep"}, "there is no action 'sleep'"},
        {{"explained_by: [pipeline]", "explained_by: [luck]"}, "has no 'luck'"},
        {{"authorises: true, needs: [logs, changes],", "authorises: true,"},
         "authorises and rests on no source"},
        {{"group: habit, weight: -4", "group: habit, weight: -15"}, "without authorising"},
        {{"logging: kept\n        chain: no", "chain: no"},
         "would close a case where logging is off"},
        {{"{t: suspicious, engaged: yes}", "{t: [suspicious, unknown, legitimate, unraised]}"},
         "can never decide: row 'E1' above takes all of it"},
        {{"watched_suspicious: 5", "watched_suspicious: 9"}, "watched_suspicious must be a number"},
        {{"refs: [D107]", "refs: [D107, D72]"}, "D72 would count twice"},
        {{"schema: faaswatch.playbook/1", "schema: other"}, "schema must be"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_free) struct buf text = {0};
        CLEANUP(playbook_faults_free) struct playbook_faults f = {0};
        changed(&text, rows[i].changes);
        check(buf_str(&text), &f);
        if (!has(&f, rows[i].what)) {
            for (size_t k = 0; k < f.len; k++) {
                print_message("%u: %.*s\n", f.at[k].line, STR_ARG(f.at[k].message));
            }
            fail_msg("no fault says \"%s\"", rows[i].what);
        }
    }
}

/* Several changes, all told, in order of their lines. */
static void test_all(void **state)
{
    (void)state;
    static const char *const changes[] = {"group: change, weight: 12",
                                          "group: change, weight: many",
                                          "action: hold",
                                          "action: sleep",
                                          "refs: [D07], text",
                                          "text",
                                          "schema: faaswatch.playbook/1",
                                          "schema: other",
                                          NULL};
    CLEANUP(buf_free) struct buf text = {0};
    CLEANUP(playbook_faults_free) struct playbook_faults f = {0};
    changed(&text, changes);
    check(buf_str(&text), &f);
    assert_int_equal(f.len, 4);
    for (size_t i = 1; i < f.len; i++) {
        assert_true(f.at[i - 1].line < f.at[i].line);
    }
    assert_true(has(&f, "weight must be") && has(&f, "sleep") && has(&f, "needs refs") &&
                has(&f, "schema must be"));
}

static void test_no_yaml(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "a: [", "a: 1\n---\nb: 2\n", "[]", "a: 1\n", "\t"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        CLEANUP(playbook_faults_free) struct playbook_faults f = {0};
        check(str_of(texts[i]), &f);
        assert_true(f.len > 0);
    }
}

static void test_reweigh(void **state)
{
    (void)state;
    CLEANUP(buf_free) struct buf out = {0};
    struct playbook *p = shipped_playbook();
    struct playbook *again = NULL;
    int weights[512];
    assert_true(p->item_count < ARRAY_LEN(weights));
    for (size_t i = 0; i < p->item_count; i++) {
        weights[i] = p->items[i].weight * 2;
    }
    assert_int_equal(playbook_reweigh(shipped_text(), p, weights, &out, NULL), ERR_OK);
    assert_int_equal(playbook_load(buf_str(&out), &again, NULL), ERR_OK);
    for (size_t i = 0; i < p->item_count; i++) {
        assert_int_equal(again->items[i].weight, weights[i]);
        assert_true(str_eq(again->items[i].id, p->items[i].id));
        weights[i] = p->items[i].weight;
    }
    /* With the weights it had, the text is the same. */
    CLEANUP(buf_free) struct buf same = {0};
    assert_int_equal(playbook_reweigh(buf_str(&out), again, weights, &same, NULL), ERR_OK);
    assert_true(str_eq(buf_str(&same), shipped_text()));
    playbook_free(again);
    playbook_free(p);
}

static void test_no_memory(void **state)
{
    (void)state;
    static const char *const changes[] = {"action: hold", "action: sleep", NULL};
    CLEANUP(buf_free) struct buf text = {0};
    changed(&text, changes);
    bool done = false;
    for (unsigned long n = 1; !done && n < 20000; n += n < 50 ? 1 : 37) {
        CLEANUP(playbook_faults_free) struct playbook_faults f = {0};
        mem_torture(n);
        enum err_code code = playbook_check(buf_str(&text), &f, NULL);
        mem_torture(0);
        done = code == ERR_OK;
        assert_true(done || code == ERR_NOMEM);
    }
    assert_true(done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped), cmocka_unit_test(test_each),
        cmocka_unit_test(test_all),     cmocka_unit_test(test_no_yaml),
        cmocka_unit_test(test_reweigh), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
