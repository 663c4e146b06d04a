/*
 * bench_match - nanoseconds an event of matching our rules, on generated CloudTrail.
 *
 * Events are scanned once with the paths that the rules want; then only rule_match is timed, over
 * all events, several rounds, the best reported.
 */
#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "base/timefmt.h"
#include "codec/json.h"
#include "demo/estate.h"
#include "engine/rule_load.h"

enum { EVENTS = 256, ROUNDS = 200 };

static double now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static struct rule_set *load_pack(struct json_paths *paths)
{
    struct rule_set *rules = NULL;
    bool fine = rule_load_new(&rules, NULL) == ERR_OK && rule_load_pack(rules, NULL) == ERR_OK &&
                rule_set_compile(rules, paths, NULL) == ERR_OK;
    return fine ? rules : NULL;
}

int main(void)
{
    struct json_paths *paths = json_paths_new();
    struct rule_set *rules = paths == NULL ? NULL : load_pack(paths);
    struct rule_matcher *matcher = rules == NULL ? NULL : rule_matcher_new(rules);
    struct json_scanner *scanner =
        paths == NULL ? NULL : json_scanner_new(paths, json_variant_best());
    struct json_record *records = mem_alloc(EVENTS, sizeof(*records));
    if (matcher == NULL || scanner == NULL || records == NULL) {
        (void)fprintf(stderr, "bench_match: cannot load the rules\n");
        return 1;
    }
    struct estate e;
    estate_init(&e, 3);
    e.deploys_ppm = 5000;
    struct buf text = {0};
    size_t *starts = mem_alloc(EVENTS, sizeof(*starts));
    for (size_t i = 0; starts != NULL && i < EVENTS; i++) {
        starts[i] = text.len;
        estate_event(&e, time_of_date(2026, 11, 20), &text);
        buf_addc(&text, '\n');
    }
    if (starts == NULL || !buf_reserve(&text, JSON_PADDING)) {
        return 1;
    }
    json_pad(text.ptr, text.len);
    for (size_t i = 0; i < EVENTS; i++) {
        size_t used;
        struct json_fault fault;
        if (json_scan(scanner, text.ptr, text.len, starts[i], &records[i], &used, &fault) !=
            JSON_OK) {
            (void)fprintf(stderr, "bench_match: %s\n", fault.reason);
            return 1;
        }
    }
    double best = 1e18;
    size_t hits = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const struct detection *const *list;
        double start = now_ns();
        hits = 0;
        for (size_t i = 0; i < EVENTS; i++) {
            hits += rule_match(matcher, STR("aws.cloudtrail"), &records[i], &list);
        }
        double took = (now_ns() - start) / EVENTS;
        best = took < best ? took : best;
    }
    (void)printf("%zu rules: %.0f ns an event, %zu hits in %d events\n", rule_set_count(rules),
                 best, hits, EVENTS);
    json_scanner_free(scanner);
    rule_matcher_free(matcher);
    rule_set_free(rules);
    json_paths_free(paths);
    buf_free(&text);
    mem_free(starts);
    mem_free(records);
    return 0;
}
