/*
 * The table of decisions: every combination of facts is walked, so that "total", "every row is
 * reachable" and "a suspicious case is never closed" are facts and not hopes.
 */
#include "playbook/decision.h"
#include "playbook_test.h"

static struct playbook *book;

static int set_up(void **state)
{
    (void)state;
    book = shipped_playbook();
    return book == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    playbook_free(book);
    return 0;
}

static size_t row_of(const char *id)
{
    for (size_t i = 0; i < book->table.count; i++) {
        if (str_eq(book->table.rows[i].id, str_of(id))) {
            return i;
        }
    }
    fail_msg("no row %s", id);
    return 0;
}

struct walk {
    size_t e1, e2, e2d, e3, e4, e4b, e5, e6, e7, e8, e9, e10, e11, e12;
    uint64_t seen[DECISION_ROWS_MAX];
    uint64_t combinations;
    const char *broken; /* the invariant that did not hold */
    struct decision_facts at;
};

static void breaks(struct walk *w, const struct decision_facts *f, const char *what)
{
    if (w->broken == NULL) {
        w->broken = what;
        w->at = *f;
    }
}

static bool any_answer(const struct decision_facts *f, uint8_t a)
{
    return f->u == a || f->i == a || f->p == a || f->t == a || f->n == a;
}

/* What must hold for every case, in the words of the judgement. */
static void check(struct walk *w, const struct decision_facts *f)
{
    const struct decision_table *t = &book->table;
    struct decision_pick pick = decision_pick(f, t);
    w->combinations++;
    if (pick.row >= t->count || (pick.fits >> pick.row & 1) == 0 ||
        (pick.fits & ((UINT32_C(1) << pick.row) - 1)) != 0) {
        breaks(w, f, "total: exactly one first row");
        return;
    }
    w->seen[pick.row]++;
    const struct decision_row *r = &t->rows[pick.row];
    bool closes = pick.row == w->e11 || pick.row == w->e12;
    bool q1_bad = f->u == ANSWER_SUSPICIOUS || f->i == ANSWER_SUSPICIOUS;
    bool others_bad = f->p == ANSWER_SUSPICIOUS || f->n == ANSWER_SUSPICIOUS;
    if (closes && any_answer(f, ANSWER_SUSPICIOUS)) {
        breaks(w, f, "never close with a suspicious answer");
    }
    if (closes && any_answer(f, ANSWER_UNKNOWN)) {
        breaks(w, f, "never close with an unknown answer");
    }
    if (closes && (f->logging != LOGGING_KEPT || f->bar != BAR_NONE || f->chain)) {
        breaks(w, f, "never close with an open logging finding, a bar or a chain");
    }
    if (pick.row == w->e11 && f->sources != SOURCES_PRESENT) {
        breaks(w, f, "E11 never with a source late or missing");
    }
    if (pick.row == w->e12 && f->sources != SOURCES_LATE) {
        breaks(w, f, "E12 only while a source is late");
    }
    if (closes && f->u != ANSWER_LEGITIMATE && f->i != ANSWER_LEGITIMATE && !f->process) {
        breaks(w, f, "close only by an authorised reason or a process");
    }
    if (f->t == ANSWER_SUSPICIOUS && f->engaged && pick.row != w->e1) {
        breaks(w, f, "an answered listed address is always E1");
    }
    if (pick.row == w->e1 && (pick.priority > 2 || !pick.contain)) {
        breaks(w, f, "E1 is P1 or P2, with containment");
    }
    if (pick.row == w->e2d && (q1_bad || others_bad || f->t != ANSWER_SUSPICIOUS || !f->door)) {
        breaks(w, f, "E2d only for visitors at the door and nothing else");
    }
    if (q1_bad && f->t != ANSWER_SUSPICIOUS && !f->attested &&
        !str_eq(r->action, STR("escalate"))) {
        breaks(w, f, "an unauthorised change is escalated unless attested");
    }
    if (f->t == ANSWER_SUSPICIOUS && pick.row != w->e2d && !r->contain &&
        !str_eq(r->action, STR("escalate"))) {
        breaks(w, f, "a malicious address is escalated");
    }
    if (pick.row == w->e10 && (f->chain || f->logging == LOGGING_OFF)) {
        breaks(w, f, "E10 not where E4b or E6 fits");
    }
    if (q1_bad && others_bad && pick.row != w->e10 && pick.row != w->e2d && pick.priority != 1) {
        breaks(w, f, "E3 makes any escalated case P1");
    }
    if (f->logging == LOGGING_OFF && pick.priority == 0 && pick.row != w->e2d) {
        breaks(w, f, "logging off is always somebody's work");
    }
    if ((pick.priority == 0) != str_eq(r->to, STR("none"))) {
        breaks(w, f, "a priority goes with somebody to act");
    }
    if (pick.row == w->e8 && (q1_bad || f->u == ANSWER_UNKNOWN || f->i == ANSWER_UNKNOWN)) {
        breaks(w, f, "E8 with a reason or none asked for");
    }
    if (pick.row == w->e9 && pick.fits != UINT32_C(1) << w->e9) {
        breaks(w, f, "E9 is what nothing else takes");
    }
}

/* Odometer over all facts. */
static bool next(struct decision_facts *f)
{
#define FACT(id, kind, doc)                                                                        \
    if (++f->id < decision_fact_values(FACT_ID_##id)) {                                            \
        return true;                                                                               \
    }                                                                                              \
    f->id = 0;
#include "playbook/facts.def"
#undef FACT
    return false;
}

static void test_every_combination(void **state)
{
    (void)state;
    struct walk w = {
        .e1 = row_of("E1"),
        .e2 = row_of("E2"),
        .e2d = row_of("E2d"),
        .e3 = row_of("E3"),
        .e4 = row_of("E4"),
        .e4b = row_of("E4b"),
        .e5 = row_of("E5"),
        .e6 = row_of("E6"),
        .e7 = row_of("E7"),
        .e8 = row_of("E8"),
        .e9 = row_of("E9"),
        .e10 = row_of("E10"),
        .e11 = row_of("E11"),
        .e12 = row_of("E12"),
    };
    struct decision_facts f = {0};
    uint64_t expected = 1;
    for (unsigned id = 0; id < FACT_ID_MAX_; id++) {
        expected *= decision_fact_values((enum fact_id)id);
    }
    do {
        check(&w, &f);
    } while (next(&f) && w.broken == NULL);
    if (w.broken != NULL) {
#define FACT(id, kind, doc)                                                                        \
    print_message("  " #id "=%s\n", decision_value_name(decision_fact_kind(FACT_ID_##id), w.at.id));
#include "playbook/facts.def"
#undef FACT
        fail_msg("does not hold: %s", w.broken);
    }
    assert_int_equal(w.combinations, expected);
    for (size_t i = 0; i < book->table.count; i++) {
        if (w.seen[i] == 0) {
            fail_msg("row %.*s is never reached", STR_ARG(book->table.rows[i].id));
        }
    }
}

enum { NR = ANSWER_UNRAISED, L = ANSWER_LEGITIMATE, U = ANSWER_UNKNOWN, S = ANSWER_SUSPICIOUS };

static void test_rows(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        int priority;
        bool contain;
        struct decision_facts f;
    } cases[] = {
        {"E1", 1, true, {.t = S, .engaged = 1, .valuable = 1}},
        {"E1", 2, true, {.t = S, .engaged = 1}},
        {"E1", 1, true, {.t = S, .engaged = 1, .aggravated = 1}},
        {"E2d", 0, false, {.t = S, .door = 1}},
        {"E2d", 0, false, {.t = S, .door = 1, .aggravated = 1}},
        {"E2", 2, false, {.t = S, .door = 1, .n = S}},
        {"E2", 2, false, {.t = S}},
        {"E2", 3, false, {.t = S, .refused = 1}},
        {"E2", 1, true, {.t = S, .refused = 1, .u = S, .p = S}},
        {"E10", 4, false, {.u = S, .p = S, .attested = 1}},
        {"E3", 1, true, {.u = S, .p = S}},
        {"E3", 1, true, {.i = S, .n = S, .attested = 1, .chain = 1}},
        {"E4", 2, false, {.u = S}},
        {"E4", 3, false, {.u = S, .minor = 1}},
        {"E4", 2, false, {.u = S, .minor = 1, .aggravated = 1}},
        {"E4", 2, false, {.u = S, .minor = 1, .logging = LOGGING_OFF}},
        {"E4b", 2, false, {.u = L, .chain = 1}},
        {"E5", 2, false, {.p = S, .admin = 1}},
        {"E6", 2, false, {.u = L, .logging = LOGGING_OFF}},
        {"E7", 3, false, {.u = U, .p = S}},
        {"E7", 2, false, {.server = 1}},
        {"E8", 3, false, {.u = L, .n = S}},
        {"E8", 3, false, {.p = S}},
        {"E11", 0, false, {.u = L, .p = L, .t = L}},
        {"E11", 0, false, {.i = L}},
        {"E11", 0, false, {.process = 1}},
        {"E12", 0, false, {.u = L, .sources = SOURCES_LATE}},
        {"E9", 4, false, {0}},
        {"E9", 4, false, {.u = U}},
        {"E9", 4, false, {.u = L, .t = U}},
        {"E9", 4, false, {.u = L, .sources = SOURCES_MISSING}},
        {"E9", 4, false, {.u = L, .logging = LOGGING_OTHER}},
        {"E9", 4, false, {.u = L, .bar = BAR_HIGH}},
        {"E9", 3, false, {.u = L, .bar = BAR_WATCHED, .aggravated = 1}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct decision_pick pick = decision_pick(&cases[i].f, &book->table);
        struct str got = book->table.rows[pick.row].id;
        if (!str_eq(got, str_of(cases[i].row)) || pick.priority != cases[i].priority ||
            pick.contain != cases[i].contain) {
            fail_msg("case %zu: expected %s P%d contain %d, got %.*s P%d contain %d", i,
                     cases[i].row, cases[i].priority, cases[i].contain, STR_ARG(got), pick.priority,
                     pick.contain);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_every_combination),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
