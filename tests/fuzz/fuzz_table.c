/*
 * Any bytes as a log, most of all as a text table, whole and in windows: every byte is accounted
 * for, what a view shows can be read and is UTF-8, and sources keep to their contract.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "intake/intake.h"
#include "source/source.h"

struct world {
    struct json_paths *paths;
    struct json_scanner *scanner;
    struct intake *whole;
    struct intake *windows;
    unsigned *slots[SOURCES_MAX];
    size_t sources;
    uint64_t records;
};

static bool make(struct world *w)
{
    struct intake_limits small = intake_limits_default;
    small.whole_bytes = 256;
    small.record_bytes = 4096;
    w->paths = json_paths_new();
    if (w->paths == NULL || intake_add_paths(w->paths, NULL)) {
        return false;
    }
    for (; source_registry[w->sources] != NULL && w->sources < SOURCES_MAX; w->sources++) {
        const struct source_ops *ops = source_registry[w->sources];
        w->slots[w->sources] = mem_alloc(ops->field_count, sizeof(unsigned));
        if (w->slots[w->sources] == NULL ||
            source_add_fields(ops, w->paths, w->slots[w->sources], NULL)) {
            return false;
        }
    }
    w->scanner = json_scanner_new(w->paths, json_variant_best());
    w->whole = intake_new(&intake_limits_default);
    w->windows = intake_new(&small);
    return w->scanner != NULL && w->whole != NULL && w->windows != NULL;
}

static void look_at_views(const struct record *r, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct json_view v = record_view(r, i);
        if (v.kind != JSON_ABSENT && utf8_fault(str_make(v.ptr, v.len)) != SIZE_MAX) {
            abort();
        }
        if (r->json->table && v.escaped) {
            abort();
        }
    }
}

static enum intake_verdict take(void *arg, const struct intake_record *r, const char **reason)
{
    struct world *w = arg;
    w->records++;
    *reason = "nobody's";
    enum intake_verdict verdict = INTAKE_UNRECOGNISED;
    for (size_t i = 0; i < w->sources; i++) {
        const struct source_ops *ops = source_registry[i];
        struct record rec = {.json = r->json, .slot = w->slots[i], .origin = r->origin};
        look_at_views(&rec, ops->field_count);
        int sure = ops->probe(&rec);
        if (sure < 0 || sure > 100) {
            abort();
        }
        if (sure > 0) {
            CLEANUP(arena_free) struct arena a = {.limit = 1 << 20};
            struct event e = {.count = 1, .time_us = TIME_NONE};
            struct err err = {0};
            enum err_code rc = ops->parse(&rec, &a, &e, &err);
            if ((rc == ERR_OK) != (err.code == ERR_OK) ||
                (e.kind == EVENT_TRAFFIC) != (e.flow != NULL)) {
                abort();
            }
            verdict = INTAKE_TAKEN;
        }
    }
    return verdict;
}

static void run(struct world *w, struct intake *in, struct str bytes)
{
    struct account acc = {0};
    struct intake_sink sink = {.arg = w, .record = take};
    if (intake_bytes(in, bytes, 0, w->scanner, &sink, &acc, NULL) != ERR_OK ||
        acc.record_bytes + acc.framing_bytes + acc.unrecognised_bytes + acc.skipped_bytes !=
            acc.bytes_unpacked) {
        abort();
    }
    account_free(&acc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world w;
    if (w.scanner == NULL && !make(&w)) {
        abort();
    }
    struct str bytes = {(const char *)data, size};
    run(&w, w.whole, bytes);
    run(&w, w.windows, bytes);
    return 0;
}
