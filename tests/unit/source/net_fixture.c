#include "tests/unit/source/net_fixture.h"

void net_fixture_init(struct net_fixture *f, const struct source_ops *ops)
{
    *f = (struct net_fixture){.ops = ops};
    f->paths = json_paths_new();
    assert_non_null(f->paths);
    assert_true(ops->field_count <= ARRAY_LEN(f->slot));
    assert_int_equal(source_add_fields(ops, f->paths, f->slot, NULL), ERR_OK);
    f->scanner = json_scanner_new(f->paths, json_variant_best());
    assert_non_null(f->scanner);
}

void net_fixture_free(struct net_fixture *f)
{
    json_scanner_free(f->scanner);
    json_paths_free(f->paths);
    arena_free(&f->arena);
    mem_free(f->buf);
}

static struct record scan(struct net_fixture *f, const char *text)
{
    size_t len = strlen(text);
    mem_free(f->buf);
    f->buf = mem_alloc(len + JSON_PADDING, 1);
    assert_non_null(f->buf);
    memcpy(f->buf, text, len);
    json_pad(f->buf, len);
    size_t used;
    struct json_fault fault;
    if (json_scan(f->scanner, f->buf, len, 0, &f->json, &used, &fault) != JSON_OK) {
        fail_msg("not JSON: %s", text);
    }
    return (struct record){.json = &f->json, .slot = f->slot};
}

int net_probe(struct net_fixture *f, const char *text)
{
    struct record r = scan(f, text);
    return f->ops->probe(&r);
}

struct event net_event(struct net_fixture *f, const char *text)
{
    struct record r = scan(f, text);
    struct event e = {.count = 1, .time_us = TIME_NONE};
    struct err err = {0};
    if (f->ops->probe(&r) <= 0) {
        fail_msg("not claimed: %s", text);
    }
    arena_reset(&f->arena);
    assert_int_equal(f->ops->parse(&r, &f->arena, &e, &err), ERR_OK);
    return e;
}

static void add_text(struct buf *out, const char *name, struct str s)
{
    if (s.len > 0) {
        buf_printf(out, " %s=%.*s", name, STR_ARG(s));
    }
}

static void add_side(struct buf *out, bool has, const struct ip *ip, uint16_t port)
{
    char text[IP_TEXT_MAX] = "?";
    if (has) {
        (void)ip_format(ip, text);
    }
    buf_printf(out, "%s|%u", text, port);
}

static void add_texts(struct buf *out, const struct flow *f)
{
    add_text(out, "proto", f->protocol);
    add_text(out, "service", f->service);
    add_text(out, f->host_from_header ? "header" : "host", f->host);
    add_text(out, "method", f->method);
    add_text(out, "url", f->url);
    if (f->status != 0) {
        buf_printf(out, " status=%u", f->status);
    }
    add_text(out, "agent", f->user_agent);
    add_text(out, "for", f->forwarded_for);
    add_text(out, "version", f->tls_version);
    add_text(out, "subject", f->tls_subject);
    add_text(out, "issuer", f->tls_issuer);
    add_text(out, "print", f->tls_fingerprint);
    add_text(out, "ja3", f->ja3);
    add_text(out, "ja3s", f->ja3s);
    add_text(out, "ja4", f->ja4);
    add_text(out, "type", f->dns_type);
    add_text(out, "rcode", f->dns_rcode);
    for (size_t i = 0; i < f->answer_count; i++) {
        const struct dns_answer *a = &f->answers[i];
        buf_printf(out, " [%.*s %.*s %.*s %u]", STR_ARG(a->name), STR_ARG(a->type),
                   STR_ARG(a->data), a->ttl_s);
    }
    add_text(out, "sig", f->signature);
    if (f->signature_id != 0) {
        buf_printf(out, " sid=%llu", (unsigned long long)f->signature_id);
    }
    add_text(out, "category", f->category);
    if (f->severity != 0) {
        buf_printf(out, " severity=%u", f->severity);
    }
    add_text(out, "file", f->file_name);
    add_text(out, "sha256", f->file_sha256);
    add_text(out, "sha1", f->file_sha1);
    add_text(out, "md5", f->file_md5);
}

void net_describe(const struct event *e, struct buf *out)
{
    char when[TIME_TEXT_MAX];
    (void)time_format(e->time_us, when);
    const struct flow *f = e->flow;
    if (f == NULL) {
        buf_printf(out, "%s %.*s no flow", when, STR_ARG(e->name));
        return;
    }
    buf_printf(out, "%s %s ", flow_kind_name(f->kind), when);
    add_side(out, f->has_client, &f->client, f->client_port);
    buf_add_cstr(out, ">");
    add_side(out, f->has_server, &f->server, f->server_port);
    add_text(out, "id", f->id);
    add_text(out, "community", f->community);
    add_texts(out, f);
    if (f->end_us != TIME_NONE) {
        (void)time_format(f->end_us, when);
        buf_printf(out, " end=%s", when);
    }
    if (f->has_bytes) {
        buf_printf(out, " out=%llu/%llu in=%llu/%llu", (unsigned long long)f->bytes_out,
                   (unsigned long long)f->packets_out, (unsigned long long)f->bytes_in,
                   (unsigned long long)f->packets_in);
    }
    add_text(out, "state", f->state);
    add_text(out, "sensor", f->sensor);
    add_text(out, "account", e->account);
    add_text(out, "region", e->region);
    buf_add_cstr(out, f->rejected ? " rejected" : "");
    buf_add_cstr(out, f->blocked ? " blocked" : "");
    buf_add_cstr(out, f->ech ? " ech" : "");
}

void net_expect(const struct event *e, const char *want)
{
    CLEANUP(buf_free) struct buf got = {0};
    net_describe(e, &got);
    if (!str_eq(buf_str(&got), str_of(want))) {
        fail_msg("\n got %.*s\nwant %s", STR_ARG(buf_str(&got)), want);
    }
}

void net_squeeze(struct net_fixture *f, const char *text, const char *want)
{
    struct record r = scan(f, text);
    for (size_t limit = 16;; limit += 16) {
        CLEANUP(arena_free) struct arena a = {.limit = limit};
        struct event e = {.count = 1, .time_us = TIME_NONE};
        struct err err = {0};
        enum err_code rc = f->ops->parse(&r, &a, &e, &err);
        if (rc == ERR_OK) {
            net_expect(&e, want);
            return;
        }
        assert_int_equal(rc, ERR_LIMIT);
        assert_int_equal(err.code, ERR_LIMIT);
        assert_true(limit < 1 << 20);
    }
}
