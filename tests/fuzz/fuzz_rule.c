/*
 * Rule text, then after a NUL byte an event: a rule loads or is refused with a reason, and what
 * loads can be matched, by index and one by one with the same hits.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/rule.h"

static void match(struct rule_set *set, struct json_paths *paths, const uint8_t *data, size_t size)
{
    struct json_scanner *scanner = json_scanner_new(paths, json_variant_best());
    struct rule_matcher *matcher = rule_matcher_new(set);
    struct json_record *record = mem_alloc(1, sizeof(*record));
    char *text = malloc(size + JSON_PADDING);
    if (scanner != NULL && matcher != NULL && record != NULL && text != NULL) {
        memcpy(text, data, size);
        json_pad(text, size);
        size_t used;
        struct json_fault fault;
        if (json_scan(scanner, text, size, 0, record, &used, &fault) == JSON_OK) {
            const struct detection *const *hits;
            size_t once = rule_match(matcher, STR("aws.cloudtrail"), record, &hits);
            size_t again = rule_match(matcher, STR("aws.cloudtrail"), record, &hits);
            if (once != again || once > rule_set_count(set)) {
                abort();
            }
        }
    }
    free(text);
    mem_free(record);
    rule_matcher_free(matcher);
    json_scanner_free(scanner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size == 0 ? NULL : memchr(data, 0, size);
    size_t rule_len = nul == NULL ? size : (size_t)(nul - data);
    struct rule_set *set = rule_set_new();
    struct json_paths *paths = json_paths_new();
    struct err err = {0};
    if (set == NULL || paths == NULL) {
        abort();
    }
    struct str text = {(const char *)data, rule_len};
    if (rule_set_add(set, STR("fuzz.yml"), text, true, &err) != ERR_OK) {
        abort();
    }
    const struct rule_issue *issues;
    size_t count = rule_set_issues(set, &issues);
    for (size_t i = 0; i < count; i++) {
        if (issues[i].reason.len == 0) {
            abort();
        }
    }
    if (rule_set_compile(set, paths, &err) == ERR_OK && nul != NULL) {
        match(set, paths, nul + 1, size - rule_len - 1);
    }
    rule_set_free(set);
    json_paths_free(paths);
    return 0;
}
