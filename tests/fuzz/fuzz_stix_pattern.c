/*
 * Any bytes as a STIX pattern: parsed within its bounds or refused with a place. What was parsed
 * keeps its promises, and a pattern in brackets around it means the same.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "intel/stix/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool inside(struct str part, struct str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free) struct arena a = {.limit = 32 << 20};
    CLEANUP(buf_free) struct buf wrapped = {0};
    struct str text = {(const char *)data, size};
    struct pattern p;
    struct pattern again;
    struct err err = {0};
    enum err_code rc = pattern_parse(text, &a, &p, &err);
    check((rc == ERR_OK) == (err.code == ERR_OK));
    if (rc != ERR_OK) {
        check(err.msg[0] != '\0' && err.offset <= size + 1);
        return 0;
    }
    check(p.len > 0 && p.len <= PATTERN_ALTERNATIVES_MAX && p.repeats > 0);
    for (size_t i = 0; i < p.len; i++) {
        check(p.at[i].len > 0 && p.at[i].len <= PATTERN_CONDITIONS_MAX);
        for (size_t k = 0; k < p.at[i].len; k++) {
            const struct pattern_condition *c = p.at[i].at[k];
            check(inside(c->path, text) && inside(c->text, text) && c->path.len >= 3);
        }
    }
    buf_addc(&wrapped, '(');
    buf_add(&wrapped, text);
    buf_addc(&wrapped, ')');
    if (pattern_parse(buf_str(&wrapped), &a, &again, NULL) == ERR_OK) {
        check(again.len == p.len);
    }
    return 0;
}
