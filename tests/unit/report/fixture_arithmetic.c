/* The arithmetic of a case, and what is new since an earlier result, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/arithmetic.h"
#include "tests/unit/report/fixture.h"

static struct str out(struct arena *a, struct str tail, const char *text)
{
    struct str s;
    assert_true(arena_printf(a, &s, "%s%.*s", text, STR_ARG(tail)));
    return s;
}

#define MAKE(a, type, n, to)                                                                       \
    type *to = ARENA_ARRAY(a, type, n);                                                            \
    assert_non_null(to)

static const struct event_sum *events(struct arena *a, struct str tail)
{
    MAKE(a, struct sum_item, 3, items);
    items[0] = (struct sum_item){.item = {.id = STR("change.none"),
                                          .group = STR("change"),
                                          .weight = 12,
                                          .weight_full = 12,
                                          .text = out(a, tail, "no change record covers it"),
                                          .ref = out(a, tail, "changes.csv:3")}};
    items[1] = (struct sum_item){.item = {.id = STR("time.hours"),
                                          .group = STR("time"),
                                          .weight_full = 4,
                                          .text = out(a, tail, "outside the hours of dana.k"),
                                          .ref = STR("dana.k"),
                                          .explained_by = out(a, tail, "CHG0031187 (M4)")},
                                 .fate = FATE_EXPLAINED,
                                 .why = out(a, tail, "CHG0031187 (M4)")};
    items[2] = (struct sum_item){.item = {.id = STR("nature.exposure"),
                                          .group = STR("nature"),
                                          .weight_full = 6,
                                          .hard = true,
                                          .authorises = true,
                                          .text = out(a, tail, "it exposes the function")},
                                 .fate = FATE_WEAKER,
                                 .why = STR("nature.control")};
    MAKE(a, struct str, 1, bars);
    bars[0] = out(a, tail, "the beginning of the session of dana.k is not in the logs");
    MAKE(a, struct event_sum, 2, events);
    events[0] = (struct event_sum){.time_us = TIME_NONE,
                                   .action = out(a, tail, "UpdateFunctionCode"),
                                   .outcome = STR("ok"),
                                   .record_id = out(a, tail, "3f1c"),
                                   .decides = true,
                                   .verdict = VERDICT_SUSPICIOUS,
                                   .score = 12,
                                   .items = items,
                                   .item_count = 3,
                                   .bars = bars,
                                   .bar_count = 1};
    events[1] = (struct event_sum){.time_us = 0, .action = STR("Invoke"), .outcome = STR("denied")};
    return events;
}

const struct arithmetic *fixture_arithmetic(struct arena *a, struct str tail)
{
    MAKE(a, struct part_sum, 2, parts);
    parts[0] = (struct part_sum){.question = Q1,
                                 .part = STR("changes"),
                                 .raised = true,
                                 .raised_by = out(a, tail, "D02 code replaced (finding 0011)"),
                                 .verdict = VERDICT_SUSPICIOUS,
                                 .events = events(a, tail),
                                 .event_count = 2,
                                 .events_all = 3};
    parts[1] = (struct part_sum){
        .question = Q4, .part = STR("traffic"), .raised_by = STR("nothing of the case")};
    MAKE(a, struct fact_value, 1, facts);
    facts[0] = (struct fact_value){STR("u"), STR("suspicious"), STR("Q1 about changes")};
    MAKE(a, struct row_walk, 2, rows);
    rows[0] = (struct row_walk){.row = STR("E3"),
                                .text = STR("unauthorised change"),
                                .failed = STR("n is unraised, not suspicious")};
    rows[1] = (struct row_walk){
        .row = STR("E4"), .text = STR("unauthorised change"), .fits = true, .decides = true};
    MAKE(a, struct what_if, 1, ifs);
    ifs[0] = (struct what_if){out(a, tail, "an approved change record (M4) named what was done"),
                              STR("Q1 (changes) legitimate (-25); row E11: close"), STR("E11")};
    MAKE(a, struct arithmetic, 1, all);
    *all = (struct arithmetic){.suspicious = 8,
                               .legitimate = -15,
                               .bar = 6,
                               .parts = parts,
                               .part_count = 2,
                               .facts = facts,
                               .fact_count = 1,
                               .rows = rows,
                               .row_count = 2,
                               .what_ifs = ifs,
                               .what_if_count = 1};
    return all;
}

void fixture_since(struct result *r, struct arena *a, struct str tail)
{
    r->since.path = out(a, tail, "yesterday.json");
    for (size_t i = 0; i < r->cases.len; i++) {
        r->cases.at[i]->since.state = i == 0 ? CASE_CHANGED : i == 1 ? CASE_NEW : CASE_UNCHANGED;
    }
    struct since *s = &r->cases.at[0]->since;
    s->was_row = out(a, tail, "E9");
    assert_true(VEC_PUSH(&s->changes, out(a, tail, "Q3 was unknown, now suspicious")));
    assert_true(VEC_PUSH(&s->supersedes, out(a, tail, "0011223344556677")));
    struct word word = {.question = Q4,
                        .who = out(a, tail, "grace.o"),
                        .channel = out(a, tail, "phone"),
                        .text = out(a, tail, "we moved it"),
                        .origin = out(a, tail, "attest.csv:2"),
                        .at_us = TIME_NONE,
                        .expires_us = 0,
                        .role = "owner",
                        .refused = "it has expired"};
    assert_true(VEC_PUSH(&r->cases.at[0]->words, word));
    r->since.changed = r->since.fresh = 1;
    r->since.unchanged = r->cases.len - 2;
    r->cases.at[r->cases.len - 1]->decision.review = true;
    struct gone_case gone = {out(a, tail, "8899aabbccddeeff"), out(a, tail, "gone"), STR("E9")};
    assert_true(VEC_PUSH(&r->since.gone, gone));
}
