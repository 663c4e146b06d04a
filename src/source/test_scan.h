/*
 * test_scan - one record through the scanner and this source, for the tests of the sources.
 */
#ifndef SOURCE_TEST_SCAN_H
#define SOURCE_TEST_SCAN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "source/source.h"

struct scan {
    const struct source_ops *ops;
    struct json_paths *paths;
    struct json_scanner *scanner;
    unsigned slot[512];
    struct json_record json;
    struct arena arena;
    char *buf;
    bool lazy; /* ask ops->needs */
};

static bool scan_needs(void *arg, struct str a, struct str b)
{
    const struct scan *s = arg;
    return !s->lazy || s->ops->needs(a, b);
}

static void scan_init(struct scan *s, const struct source_ops *ops)
{
    *s = (struct scan){.ops = ops};
    s->paths = json_paths_new();
    assert_non_null(s->paths);
    assert_true(ops->field_count <= ARRAY_LEN(s->slot));
    assert_int_equal(source_add_fields(ops, s->paths, s->slot, NULL), ERR_OK);
    if (ops->decide_a != ops->decide_b) {
        json_paths_decide(s->paths, s->slot[ops->decide_a], s->slot[ops->decide_b]);
    }
    s->scanner = json_scanner_new(s->paths, json_variant_best());
    assert_non_null(s->scanner);
    json_scanner_wanted(s->scanner, scan_needs, s);
}

static void scan_free(struct scan *s)
{
    json_scanner_free(s->scanner);
    json_paths_free(s->paths);
    arena_free(&s->arena);
    mem_free(s->buf);
}

/* Scan `text`; the record is then in s->json. */
static bool scan_text(struct scan *s, struct str text)
{
    mem_free(s->buf);
    s->buf = mem_alloc(text.len + JSON_PADDING, 1);
    assert_non_null(s->buf);
    memcpy(s->buf, text.ptr, text.len);
    json_pad(s->buf, text.len);
    size_t used;
    struct json_fault fault;
    return json_scan(s->scanner, s->buf, text.len, 0, &s->json, &used, &fault) == JSON_OK;
}

static inline struct record scan_record(const struct scan *s)
{
    return (struct record){.json = &s->json, .slot = s->slot};
}

/* Scan and parse; the record must be ours. */
static inline struct event scan_event(struct scan *s, const char *text)
{
    struct event e = {0};
    struct err err = {0};
    if (!scan_text(s, str_of(text))) {
        fail_msg("not JSON: %s", text);
    }
    struct record r = scan_record(s);
    if (s->ops->probe(&r) <= 0) {
        fail_msg("not claimed: %s", text);
    }
    arena_reset(&s->arena);
    assert_int_equal(s->ops->parse(&r, &s->arena, &e, &err), ERR_OK);
    return e;
}

static inline void expect_text(const char *what, struct str got, const char *want)
{
    if (!str_eq(got, str_of(want))) {
        fail_msg("%s: got \"%.*s\", want \"%s\"", what, STR_ARG(got), want);
    }
}

#endif
