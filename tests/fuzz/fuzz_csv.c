/*
 * Any bytes as a table: fields lie in the text or in the arena, lines go forward, reading ends,
 * and each context reader keeps its contract on them. The first byte chooses the reader.
 */
#include <stdint.h>
#include <stdlib.h>

#include "codec/csv.h"
#include "context/context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void rows(struct str text, char sep)
{
    CLEANUP(arena_free) struct arena arena = {.limit = 1 << 20};
    CLEANUP(csv_close) struct csv c = {0};
    struct csv_row row;
    struct err err = {0};
    uint64_t line = 0;
    size_t seen = 0;
    enum err_code rc = csv_open(&c, text, sep, &arena, &err);
    while (rc == ERR_OK && (rc = csv_next(&c, &row, &err)) == ERR_OK && row.count > 0) {
        check(row.line > line && ++seen <= text.len);
        line = row.line;
        size_t bytes = 0;
        for (size_t i = 0; row.fault == NULL && i < row.count; i++) {
            bytes += row.field[i].len;
        }
        check(bytes <= text.len);
    }
    check((rc == ERR_OK) == (err.code == ERR_OK));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct str text = {(const char *)data + 1, size - 1};
    rows(text, 0);
    rows(text, ';');

    struct context *c = context_new();
    struct err err = {0};
    check(c != NULL);
    enum context_kind kind = (enum context_kind)(data[0] % CONTEXT_KIND_MAX_);
    enum err_code rc = context_load_env_text(c, STR("e"), STR("timezone: UTC"), &err);
    check(rc == ERR_OK);
    rc = context_load_text(c, kind, STR("f"), text, &err);
    if (rc == ERR_OK) {
        rc = context_finish(c, &err);
    }
    check((rc == ERR_OK) == (err.code == ERR_OK) && (rc == ERR_OK || err.msg[0] != '\0'));
    check(c->skips == 0 || c->partial[kind]);
    context_free(c);
    return 0;
}
