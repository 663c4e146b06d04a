/*
 * Rule text, then a line "%%", then an event: a rule loads or is refused with a reason, and what
 * loads is matched. The index, each rule in turn, and a record that was only looked into where the
 * rules want it must give the same hits.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/timefmt.h"
#include "rule/correlate.h"
#include "rule/rule_priv.h"
#include "rule/table.h"

enum { HITS_MAX = 1024 };

struct hits {
    const struct detection *at[HITS_MAX];
    size_t count;
};

typedef size_t (*match_fn)(struct rule_matcher *m, struct str source, const struct json_record *r,
                           const struct detection *const **hits);

static void collect(match_fn fn, struct rule_matcher *m, const struct json_record *r,
                    struct hits *out)
{
    const struct detection *const *hits;
    out->count = fn(m, STR("aws.cloudtrail"), r, &hits);
    if (out->count > HITS_MAX) {
        out->count = HITS_MAX;
    }
    memcpy(out->at, hits, out->count * sizeof(*hits));
}

static void same(const struct hits *a, const struct hits *b)
{
    if (a->count != b->count || memcmp(a->at, b->at, a->count * sizeof(a->at[0])) != 0) {
        abort();
    }
}

static bool wants(void *set, struct str source, struct str name)
{
    return rule_set_wants(set, source, name);
}

static bool scan(struct json_scanner *s, const char *text, size_t size, struct json_record *r)
{
    size_t used;
    struct json_fault fault;
    return json_scan(s, text, size, 0, r, &used, &fault) == JSON_OK;
}

static bool ignore(void *arg, const struct correlation_match *m)
{
    size_t *matches = arg;
    *matches += m->ref_count != 0 ? 1 : 0;
    return true;
}

/* The same event at two times, through every correlation of the set. */
static void correlate_twice(struct rule_set *set, struct rule_matcher *m,
                            const struct json_record *r)
{
    const struct detection *const *hits;
    size_t matches = 0;
    struct err err = {0};
    struct hit_log *log = hit_log_new(set, 16);
    if (log == NULL) {
        abort();
    }
    (void)rule_match(m, STR("aws.cloudtrail"), r, &hits);
    for (int64_t t = 0; t < 2; t++) {
        if (!hit_log_add(log, m, r, t * TIME_MINUTE_US, NULL)) {
            abort();
        }
    }
    if (correlate(set, log, ignore, &matches, &err) != ERR_OK) {
        abort();
    }
    hit_log_free(log);
}

static void match(struct rule_set *set, struct json_paths *paths, struct str event)
{
    struct json_scanner *scanner = json_scanner_new(paths, json_variant_best());
    struct rule_matcher *matcher = rule_matcher_new(set);
    struct json_record *record = mem_alloc(1, sizeof(*record));
    struct hits *hits = mem_alloc(3, sizeof(*hits));
    char *text = malloc(event.len + JSON_PADDING);
    if (scanner == NULL || matcher == NULL || record == NULL || hits == NULL || text == NULL) {
        abort();
    }
    memcpy(text, event.ptr, event.len);
    json_pad(text, event.len);
    if (scan(scanner, text, event.len, record)) {
        correlate_twice(set, matcher, record);
        collect(rule_match, matcher, record, &hits[0]);
        collect(rule_match_each, matcher, record, &hits[1]);
        same(&hits[0], &hits[1]);
        json_scanner_wanted(scanner, wants, set);
        if (!scan(scanner, text, event.len, record)) {
            abort();
        }
        collect(rule_match, matcher, record, &hits[2]);
        if (rule_matcher_wants(matcher)) {
            json_scanner_wanted(scanner, NULL, NULL);
            if (!scan(scanner, text, event.len, record)) {
                abort();
            }
            collect(rule_match, matcher, record, &hits[2]);
        }
        same(&hits[0], &hits[2]);
    }
    free(text);
    mem_free(hits);
    mem_free(record);
    rule_matcher_free(matcher);
    json_scanner_free(scanner);
}

static void run(struct str rules, struct str event, bool ours)
{
    struct rule_set *set = table_set();
    struct json_paths *paths = json_paths_new();
    struct err err = {0};
    if (set == NULL || paths == NULL ||
        rule_set_add(set, STR("fuzz.yml"), rules, ours, &err) != ERR_OK ||
        rule_set_compile(set, paths, &err) != ERR_OK) {
        abort();
    }
    const struct rule_issue *issues;
    size_t count = rule_set_issues(set, &issues);
    for (size_t i = 0; i < count; i++) {
        if (issues[i].reason.len == 0) {
            abort();
        }
    }
    rule_set_decide(set, paths);
    if (rule_set_count(set) != 0 && event.len != 0) {
        match(set, paths, event);
    }
    rule_set_free(set);
    json_paths_free(paths);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct str line = STR("\n%%\n");
    size_t at = size == 0 ? SIZE_MAX : str_find(text, line);
    struct str rules = at == SIZE_MAX ? text : str_head(text, at + 1);
    struct str event = at == SIZE_MAX ? STR_EMPTY : str_from(text, at + line.len);
    run(rules, event, false);
    run(rules, event, true);
    return 0;
}
