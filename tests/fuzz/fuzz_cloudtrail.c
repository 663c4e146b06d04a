/*
 * Any JSON value as a record: probe and parse keep to the contract of source.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/json.h"
#include "source/source.h"

struct world {
    struct json_paths *paths;
    struct json_scanner *scanner;
    struct json_record *record;
    unsigned *slots[64];
    size_t sources;
};

static bool make(struct world *w)
{
    w->paths = json_paths_new();
    w->record = mem_alloc(1, sizeof(*w->record));
    if (w->paths == NULL || w->record == NULL) {
        return false;
    }
    for (; source_registry[w->sources] != NULL && w->sources < 64; w->sources++) {
        const struct source_ops *ops = source_registry[w->sources];
        unsigned *slots = mem_alloc(ops->field_count, sizeof(*slots));
        w->slots[w->sources] = slots;
        if (slots == NULL || source_add_fields(ops, w->paths, slots, NULL)) {
            return false;
        }
    }
    w->scanner = json_scanner_new(w->paths, json_variant_best());
    return w->scanner != NULL;
}

static void look(struct world *w, size_t i)
{
    CLEANUP(arena_free) struct arena arena = {.limit = 1 << 20};
    struct record r = {.json = w->record, .slot = w->slots[i]};
    const struct source_ops *ops = source_registry[i];
    int sure = ops->probe(&r);
    if (sure < 0 || sure > 100) {
        abort();
    }
    struct event e = {.count = 1, .time_us = TIME_NONE};
    struct err err = {0};
    enum err_code rc = ops->parse(&r, &arena, &e, &err);
    if ((rc == ERR_OK) != (err.code == ERR_OK) || (rc != ERR_OK && err.msg[0] == '\0')) {
        abort();
    }
    /* Every text can be read to its end. */
    unsigned char all = 0;
    for (size_t a = 0; rc == ERR_OK && a < e.attr_count; a++) {
        struct str v = e.attrs[a].value;
        all ^= v.len == 0 ? 0U : (unsigned char)v.ptr[v.len - 1];
    }
    __asm__ volatile("" : : "r"(all));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world w;
    if (w.scanner == NULL && !make(&w)) {
        abort();
    }
    char *text = malloc(size + JSON_PADDING);
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data, size);
    json_pad(text, size);
    size_t used;
    struct json_fault fault;
    if (json_scan(w.scanner, text, size, 0, w.record, &used, &fault) == JSON_OK) {
        for (size_t i = 0; i < w.sources; i++) {
            look(&w, i);
        }
    }
    free(text);
    return 0;
}
