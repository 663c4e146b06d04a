/* Rules and one event: the titles that match, "a,b". */
#ifndef TESTS_RULE_ONE_H
#define TESTS_RULE_ONE_H

#include <stdlib.h>

#include "base/buf.h"
#include "rule/rule_priv.h"
#include "tests/unit/rule/table.h"

struct one {
    struct rule_set *set;
    struct json_paths *paths;
    struct json_scanner *scanner;
    struct json_record *record;
    struct rule_matcher *matcher;
    struct buf titles;
    struct buf text; /* of the last event: the record points into it */
};

static inline void one_open(struct one *o, const char *rules)
{
    struct err err = {0};
    *o = (struct one){.set = table_set(), .paths = json_paths_new()};
    assert_non_null(o->set);
    assert_non_null(o->paths);
    assert_int_equal(rule_set_add(o->set, STR("r.yml"), str_of(rules), false, &err), ERR_OK);
    assert_int_equal(rule_set_compile(o->set, o->paths, &err), ERR_OK);
    o->scanner = json_scanner_new(o->paths, json_variant_best());
    o->record = calloc(1, sizeof(*o->record));
    o->matcher = rule_matcher_new(o->set);
    assert_non_null(o->scanner);
    assert_non_null(o->record);
    assert_non_null(o->matcher);
}

static inline void one_close(struct one *o)
{
    buf_free(&o->titles);
    buf_free(&o->text);
    rule_matcher_free(o->matcher);
    free(o->record);
    json_scanner_free(o->scanner);
    json_paths_free(o->paths);
    rule_set_free(o->set);
}

static inline struct str one_hits(struct one *o, const char *source, const char *event)
{
    buf_reset(&o->text);
    buf_add_cstr(&o->text, event);
    assert_true(buf_reserve(&o->text, JSON_PADDING));
    json_pad(o->text.ptr, o->text.len);
    size_t used;
    struct json_fault fault;
    assert_int_equal(json_scan(o->scanner, o->text.ptr, o->text.len, 0, o->record, &used, &fault),
                     JSON_OK);
    const struct detection *const *hits;
    size_t count = rule_match(o->matcher, str_of(source), o->record, &hits);
    rule_matcher_count(o->matcher);
    buf_reset(&o->titles);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&o->titles, "%s%.*s", i == 0 ? "" : ",", STR_ARG(hits[i]->title));
    }
    return buf_str(&o->titles);
}

/* Reason of the first issue, or "". */
static inline struct str one_issue(const struct one *o)
{
    const struct rule_issue *issue;
    return rule_set_issues(o->set, &issue) == 0 ? STR_EMPTY : issue[0].reason;
}

#endif
