#include "tests/unit/engine/network_world.h"

static enum intake_verdict take(void *arg, const struct intake_record *r, const char **reason)
{
    struct network_world *w = arg;
    int most = 0;
    size_t best = 0;
    bool tie = false;
    for (size_t i = 0; i < w->sources; i++) {
        struct record rec = {.json = r->json, .slot = w->slots[i]};
        int sure = source_registry[i]->probe(&rec);
        tie = sure == most && most > 0 ? true : sure > most ? false : tie;
        best = sure > most ? i : best;
        most = sure > most ? sure : most;
    }
    if (most == 0) {
        *reason = "no source";
        return INTAKE_UNRECOGNISED;
    }
    w->claimed[best]++;
    w->twice += tie ? 1 : 0;
    struct record rec = {.json = r->json, .slot = w->slots[best], .origin = r->origin};
    struct event e = {.count = 1, .time_us = TIME_NONE};
    arena_reset(&w->arena);
    assert_int_equal(source_registry[best]->parse(&rec, &w->arena, &e, NULL), ERR_OK);
    assert_true((e.kind == EVENT_TRAFFIC) == (e.flow != NULL));
    net_describe(&e, &w->out);
    buf_addc(&w->out, '\n');
    return INTAKE_TAKEN;
}

void network_init(struct network_world *w)
{
    *w = (struct network_world){.paths = json_paths_new()};
    assert_non_null(w->paths);
    for (; source_registry[w->sources] != NULL; w->sources++) {
        const struct source_ops *ops = source_registry[w->sources];
        assert_true(w->sources < SOURCES_MAX);
        w->slots[w->sources] = mem_alloc(ops->field_count, sizeof(unsigned));
        assert_int_equal(source_add_fields(ops, w->paths, w->slots[w->sources], NULL), ERR_OK);
    }
    w->scanner = json_scanner_new(w->paths, json_variant_best());
    w->intake = intake_new(&intake_limits_default);
    assert_non_null(w->scanner);
    assert_non_null(w->intake);
}

void network_free(struct network_world *w)
{
    for (size_t i = 0; i < w->sources; i++) {
        mem_free(w->slots[i]);
    }
    account_free(&w->acc);
    arena_free(&w->arena);
    buf_free(&w->out);
    intake_free(w->intake);
    json_scanner_free(w->scanner);
    json_paths_free(w->paths);
}

void network_run(struct network_world *w, struct str text)
{
    struct intake_sink sink = {.arg = w, .record = take};
    account_free(&w->acc);
    w->acc = (struct account){0};
    buf_reset(&w->out);
    memset(w->claimed, 0, sizeof(w->claimed));
    w->twice = 0;
    assert_int_equal(intake_bytes(w->intake, text, 0, w->scanner, &sink, &w->acc, NULL), ERR_OK);
    assert_int_equal(w->acc.record_bytes + w->acc.framing_bytes + w->acc.unrecognised_bytes +
                         w->acc.skipped_bytes,
                     w->acc.bytes_unpacked);
}

size_t network_claimed(const struct network_world *w, const char *source)
{
    for (size_t i = 0; i < w->sources; i++) {
        if (strcmp(source_registry[i]->name, source) == 0) {
            return w->claimed[i];
        }
    }
    return 0;
}

void network_same(struct network_world *w, struct str json, struct str table, const char *what)
{
    CLEANUP(buf_free) struct buf first = {0};
    network_run(w, json);
    buf_add(&first, buf_str(&w->out));
    assert_int_equal(w->acc.skipped.len, 0);
    assert_true(first.len > 0);
    network_run(w, table);
    assert_int_equal(w->acc.skipped.len, 0);
    struct str a = buf_str(&first);
    struct str b = buf_str(&w->out);
    struct str x;
    struct str y;
    while (str_cut(&a, '\n', &x) && str_cut(&b, '\n', &y)) {
        if (!str_eq(x, y)) {
            fail_msg("%s\n json %.*s\ntable %.*s", what, STR_ARG(x), STR_ARG(y));
        }
    }
    assert_true(a.len == 0 && b.len == 0);
}
