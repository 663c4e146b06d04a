/*
 * Contacts out of records: once a connection, named in the right order, the same in any order and
 * any split, in bounded memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/content.h"
#include "network/traffic.h"

#define WORKER "x1.evil.workers.dev"
enum { RECORDS_MAX = 4000, START = 1763424000 };

static struct names *names;
static const char *listed;

static bool listed_host(void *arg, struct str host)
{
    (void)arg;
    return listed != NULL && str_eq(host, str_of(listed));
}
static bool no_ip(void *arg, const struct ip *ip)
{
    (void)arg;
    (void)ip;
    return false;
}
static size_t no_sight(void *arg, const struct event *e, struct traffic_hit out[4])
{
    (void)arg;
    (void)e;
    (void)out;
    return 0;
}
static struct traffic_know know = {
    .listed_host = listed_host, .listed_ip = no_ip, .ranged_ip = no_ip, .sight = no_sight};

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (strcmp(content_files[i].path, "network/serverless.tsv") == 0) {
            struct str text = str_make(content_files[i].bytes, content_files[i].len);
            if (names_load(text, &names, NULL) != ERR_OK) {
                return -1;
            }
        }
    }
    know.names = names;
    return names == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    names_free(names);
    return 0;
}

/* ---- records ---- */

struct rec {
    struct event e;
    struct flow f;
    struct dns_answer answers[3];
    char id[16];
    char data[3][48];
};
struct log {
    struct rec *at;
    size_t len;
};

static struct rec *rec(struct log *l, double second, enum flow_kind kind, const char *id,
                       const char *client, const char *server, const char *host)
{
    assert_true(l->len < RECORDS_MAX);
    struct rec *r = &l->at[l->len];
    *r = (struct rec){0};
    r->e = (struct event){.kind = EVENT_TRAFFIC,
                          .source = STR_INIT("zeek"),
                          .time_us = (int64_t)((START + second) * 1e6),
                          .flow = &r->f,
                          .count = 1};
    r->e.origin.offset = l->len * 100;
    snprintf(r->id, sizeof(r->id), "%s", id);
    r->f = (struct flow){.kind = kind,
                         .id = str_of(r->id),
                         .host = str_of(host),
                         .host_from_header = kind == FLOW_HTTP,
                         .server_port = 443};
    r->f.has_client = ip_parse(str_of(client), &r->f.client);
    r->f.has_server = ip_parse(str_of(server), &r->f.server);
    assert_true(r->f.has_client);
    l->len++;
    return r;
}

static void answer(struct rec *r, const char *type, const char *data, uint32_t ttl)
{
    char *copy = r->data[r->f.answer_count];
    snprintf(copy, sizeof(r->data[0]), "%s", data);
    r->answers[r->f.answer_count++] =
        (struct dns_answer){.type = str_of(type), .data = str_of(copy), .ttl_s = ttl};
    r->f.answers = r->answers;
}

static void bytes(struct rec *r, uint64_t out, uint64_t in)
{
    r->f.has_bytes = true;
    r->f.bytes_out = out;
    r->f.bytes_in = in;
}

static void open_log(struct log *l)
{
    *l = (struct log){.at = calloc(RECORDS_MAX, sizeof(struct rec))};
    assert_non_null(l->at);
}

/* Add the records in a shuffled order to `parts` tallies, merge those, and look again if asked. */
static struct tally *tally_log(const struct log *l, unsigned parts, uint64_t seed)
{
    struct tally *seeded = NULL;
    for (unsigned look = 0; look < 2; look++) {
        struct tally *t[4] = {NULL};
        size_t order[RECORDS_MAX];
        for (unsigned i = 0; i < parts; i++) {
            t[i] = tally_new(&know, seeded);
            assert_non_null(t[i]);
        }
        for (size_t i = 0; i < l->len; i++) {
            order[i] = i;
        }
        for (size_t i = l->len; seed != 0 && i > 1; i--) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            size_t k = (size_t)(seed >> 33) % i;
            size_t was = order[i - 1];
            order[i - 1] = order[k];
            order[k] = was;
        }
        for (size_t i = 0; i < l->len; i++) {
            assert_true(tally_add(t[i % parts], &l->at[order[i]].e));
        }
        for (unsigned i = 1; i < parts; i++) {
            assert_true(tally_merge(t[0], t[i]));
            tally_free(t[i]);
        }
        tally_free(seeded);
        seeded = t[0];
        if (!tally_look_again(seeded)) {
            return seeded;
        }
    }
    fail_msg("a second look was not enough");
    return NULL;
}

static void show(const struct traffic *t, char *out, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < t->contacts.len && n < size; i++) {
        const struct traffic_contact *c = &t->contacts.at[i];
        char client[IP_TEXT_MAX];
        char server[IP_TEXT_MAX] = "-";
        (void)ip_format(&c->client, client);
        if (c->has_server) {
            (void)ip_format(&c->server, server);
        }
        n += (size_t)snprintf(out + n, size - n,
                              "%s %.*s(%.*s) %s %s n=%llu out=%llu in=%llu %s first=%lld last=%lld "
                              "clients=%zu places=%zu@%llu..%llu\n",
                              client, STR_ARG(c->host), STR_ARG(c->alias_of), server,
                              contact_by_name(c->by), (unsigned long long)c->count,
                              (unsigned long long)c->bytes_out, (unsigned long long)c->bytes_in,
                              c->bytes_shared ? "shared" : "-", (long long)c->first_us,
                              (long long)c->last_us, c->name_clients, c->place_count,
                              (unsigned long long)c->places[0].origin.offset,
                              (unsigned long long)c->places[c->place_count - 1].origin.offset);
    }
    for (size_t i = 0; i < t->alerts.len && n < size; i++) {
        n += (size_t)snprintf(out + n, size - n, "alert %.*s n=%llu\n",
                              STR_ARG(t->alerts.at[i].host),
                              (unsigned long long)t->alerts.at[i].count);
    }
}

/* The log in its own order and alone, then shuffled over one to four workers: all say the same. */
static void expect(const struct log *l, const char *want)
{
    static char first[65536];
    static char text[65536];
    for (unsigned round = 0; round < 9; round++) {
        struct tally *t = tally_log(l, round == 0 ? 1 : round % 4 + 1, round);
        struct traffic tr;
        assert_true(traffic_of(t, &tr));
        memset(text, 0, sizeof(text));
        show(&tr, text, sizeof(text));
        if (round == 0) {
            memcpy(first, text, sizeof(text));
        }
        if (strcmp(text, first) != 0) {
            fail_msg("order matters:\n%s\nis not\n%s", text, first);
        }
        traffic_free(&tr);
        tally_free(t);
    }
    if (want != NULL && strstr(first, want) == NULL) {
        fail_msg("wants %s in\n%s", want, first);
    }
}

/* ---- once a connection ---- */

static void test_one_connection(void **state)
{
    (void)state;
    struct log l;
    open_log(&l);
    for (unsigned i = 0; i < 20; i++) {
        char id[16];
        snprintf(id, sizeof(id), "C%u", i);
        answer(rec(&l, i * 60, FLOW_DNS, "D", "10.9.0.9", "10.0.0.53", WORKER), "A", "104.21.0.1",
               60);
        rec(&l, i * 60 + 1, FLOW_TLS, id, "10.9.0.9", "104.21.0.1", WORKER);
        rec(&l, i * 60 + 1, FLOW_HTTP, id, "10.9.0.9", "104.21.0.1", WORKER);
        bytes(rec(&l, i * 60 + 1, FLOW_CONNECTION, id, "10.9.0.9", "104.21.0.1", ""), 100, 200);
    }
    expect(&l, "10.9.0.9 " WORKER "() 104.21.0.1 SNI n=20 out=2000 in=4000 - ");
    free(l.at);
}

/* ---- where names come from ---- */

static void test_sources(void **state)
{
    (void)state;
    static const struct {
        enum flow_kind kind;
        const char *want;
    } rows[] = {{FLOW_TLS, "SNI n=1 "}, {FLOW_QUIC, "QUIC n=1 "}, {FLOW_HTTP, "Host header n=1 "}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct log l;
        open_log(&l);
        rec(&l, 0, rows[i].kind, "C", "10.9.0.9", "104.21.0.1", "X1.Evil.Workers.DEV.");
        expect(&l, rows[i].want);
        free(l.at);
    }
}

/* Connections without a handshake get the name of the answer that their time falls under. */
static void test_passive_dns(void **state)
{
    (void)state;
    struct log l;
    open_log(&l);
    answer(rec(&l, 0, FLOW_DNS, "D1", "10.9.0.9", "10.0.0.53", WORKER), "A", "104.21.0.1", 60);
    answer(rec(&l, 0, FLOW_DNS, "D2", "10.9.0.10", "10.0.0.53", "www.example.com"), "A",
           "104.21.0.1", 60);
    for (unsigned i = 0; i < 5; i++) {
        rec(&l, 10 + i, FLOW_CONNECTION, "C", "10.9.0.9", "104.21.0.1", "");
        rec(&l, 10 + i, FLOW_CONNECTION, "C", "10.9.0.10", "104.21.0.1", ""); /* another's answer */
    }
    expect(&l, "10.9.0.9 " WORKER "() 104.21.0.1 passive DNS n=5 ");
    free(l.at);

    open_log(&l); /* long after the answer was good */
    answer(rec(&l, 0, FLOW_DNS, "D1", "10.9.0.9", "10.0.0.53", WORKER), "A", "104.21.0.1", 60);
    rec(&l, 7200, FLOW_CONNECTION, "C", "10.9.0.9", "104.21.0.1", "");
    expect(&l, "10.9.0.9 " WORKER "() - DNS question n=1 ");
    free(l.at);
}

/* The name a client uses is a CNAME of a serverless one: learned after it was counted, too. */
static void test_cname(void **state)
{
    (void)state;
    struct log l;
    open_log(&l);
    for (unsigned i = 0; i < 30; i++) {
        char id[16];
        snprintf(id, sizeof(id), "C%u", i);
        rec(&l, i * 60, FLOW_TLS, id, "10.9.0.9", "20.1.1.1", "api.shop.example");
        rec(&l, i * 60, FLOW_TLS, id, "10.9.0.10", "20.1.1.2", "www.example.com");
    }
    struct rec *r = rec(&l, 1000, FLOW_DNS, "D", "10.9.0.11", "10.0.0.53", "api.shop.example");
    answer(r, "CNAME", "shop-prod.azurewebsites.net", 60);
    answer(r, "A", "20.1.1.1", 60);
    expect(&l, "10.9.0.9 api.shop.example(shop-prod.azurewebsites.net) 20.1.1.1 SNI n=30 ");
    free(l.at);

    open_log(&l); /* half the Web is a CNAME of a CDN */
    rec(&l, 0, FLOW_TLS, "C", "10.9.0.9", "20.1.1.1", "www.shop.example");
    answer(rec(&l, 0, FLOW_DNS, "D", "10.9.0.9", "10.0.0.53", "www.shop.example"), "CNAME",
           "d1.cloudfront.net", 60);
    struct tally *t = tally_log(&l, 1, 0);
    struct traffic tr;
    assert_true(traffic_of(t, &tr));
    assert_int_equal(tr.contacts.len, 0);
    traffic_free(&tr);
    tally_free(t);
    free(l.at);
}

/* A name of our own that no table knows matters once it is known to be ours. */
static void test_own(void **state)
{
    (void)state;
    struct log l;
    open_log(&l);
    rec(&l, 0, FLOW_TLS, "C", "10.9.0.9", "20.1.1.1", "pay.acme.example");
    struct tally *t = tally_log(&l, 1, 0);
    assert_true(tally_own(t, STR("Pay.Acme.Example")));
    assert_true(tally_look_again(t));
    struct tally *again = tally_new(&know, t);
    assert_non_null(again);
    assert_true(tally_add(again, &l.at[0].e));
    assert_false(tally_look_again(again));
    struct traffic tr;
    assert_true(traffic_of(again, &tr));
    assert_int_equal(tr.contacts.len, 1);
    traffic_free(&tr);
    tally_free(again);
    tally_free(t);
    free(l.at);
}

/* ---- the same in any order: a busy log of everything ---- */

static void test_any_order(void **state)
{
    (void)state;
    static const char *const hosts[] = {WORKER,         "www.example.com", "a.pages.dev",
                                        "shop.example", "b.vercel.app",    "",
                                        "d.netlify.app"};
    struct log l;
    uint64_t seed = 42;
    open_log(&l);
    for (unsigned i = 0; l.len + 2 < RECORDS_MAX; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        unsigned x = (unsigned)(seed >> 33);
        char id[16];
        char client[20];
        char server[20];
        snprintf(id, sizeof(id), "C%u", x % 900);
        snprintf(client, sizeof(client), "10.9.0.%u", x % 5 + 1);
        snprintf(server, sizeof(server), "104.21.0.%u", x / 5 % 9 + 1);
        const char *host = hosts[x / 64 % 7];
        double at = x % 86400;
        static const enum flow_kind kinds[] = {FLOW_TLS,  FLOW_DNS,   FLOW_CONNECTION,
                                               FLOW_HTTP, FLOW_ALERT, FLOW_QUIC};
        struct rec *r = rec(&l, at, kinds[i % 6], id, client, server, host);
        if (r->f.kind == FLOW_CONNECTION) {
            bytes(r, x % 5000, x % 900);
        } else if (r->f.kind == FLOW_DNS) {
            if (strcmp(host, "shop.example") == 0) {
                answer(r, "CNAME", "shop-prod.azurewebsites.net", 300);
            }
            answer(r, "A", server, x % 600);
        } else if (r->f.kind == FLOW_ALERT) {
            r->f.signature_id = x % 3;
            r->f.severity = 1;
        }
    }
    expect(&l, WORKER);
    free(l.at);
}

/* ---- memory ---- */

static void test_memory(void **state)
{
    (void)state;
    struct log l;
    open_log(&l);
    struct tally *t = tally_new(&know, NULL);
    assert_non_null(t);
    /* One pair that matters, as busy as can be. */
    for (unsigned i = 0; i < 20000; i++) {
        char id[16];
        snprintf(id, sizeof(id), "C%u", i);
        l.len = 0;
        assert_true(
            tally_add(t, &rec(&l, i * 7, FLOW_TLS, id, "10.9.0.9", "104.21.0.1", WORKER)->e));
        struct rec *c = rec(&l, i * 7, FLOW_CONNECTION, id, "10.9.0.9", "104.21.0.1", "");
        bytes(c, i, i);
        assert_true(tally_add(t, &c->e));
    }
    struct traffic tr;
    assert_true(traffic_of(t, &tr));
    struct tally_memory m = tally_memory_of(t);
    printf("tracked: %zu pair, %zu bytes\n", m.tracked, m.tracked_most);
    assert_int_equal(m.tracked, 1);
    assert_true(m.tracked_most <= 4096);
    traffic_free(&tr);
    tally_free(t);

    /* Many that are only counted, each often. */
    t = tally_new(&know, NULL);
    assert_non_null(t);
    for (unsigned i = 0; i < 300000; i++) {
        char host[40];
        char client[20];
        unsigned pair = i % 100000;
        snprintf(host, sizeof(host), "host-%u.example.com", pair % 20000);
        snprintf(client, sizeof(client), "10.9.%u.%u", pair / 20000, pair % 7);
        l.len = 0;
        assert_true(tally_add(t, &rec(&l, i, FLOW_TLS, "C", client, "10.1.1.1", host)->e));
    }
    m = tally_memory_of(t);
    printf("counted: %zu pairs, %zu bytes each\n", m.counted, m.counted_bytes / m.counted);
    assert_int_equal(m.tracked, 0);
    assert_true(m.counted_bytes <= m.counted * 100);
    tally_free(t);
    free(l.at);
}

/* ---- hostile ---- */

static void test_odd_records(void **state)
{
    (void)state;
    struct tally *t = tally_new(&know, NULL);
    struct flow f = {.kind = FLOW_TLS, .host = STR(WORKER)};
    struct event e = {.kind = EVENT_TRAFFIC, .time_us = TIME_NONE};
    assert_true(tally_add(t, &e)); /* no flow */
    e.flow = &f;
    f.has_client = true;
    assert_true(tally_add(t, &e)); /* no time */
    e.time_us = 1;
    f.has_client = false;
    assert_true(tally_add(t, &e)); /* nobody */
    assert_int_equal(tally_records(t), 0);
    f.has_client = true;
    static const char *const odd[] = {"",     ".", "a..b", "*", "10.1.1.1", "x\xff.workers.dev",
                                      "[::1]"};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        for (unsigned kind = 0; kind <= FLOW_KIND_MAX_; kind++) {
            f.kind = (enum flow_kind)kind;
            f.host = str_of(odd[i]);
            e.time_us = i % 2 == 0 ? INT64_MAX : -INT64_MAX;
            assert_true(tally_add(t, &e));
        }
    }
    struct traffic tr;
    assert_true(traffic_of(t, &tr));
    assert_int_equal(tr.contacts.len, 0);
    traffic_free(&tr);
    tally_free(t);
}

static void test_no_memory(void **state)
{
    (void)state;
    struct log l;
    open_log(&l);
    struct rec *r = rec(&l, 0, FLOW_DNS, "D", "10.9.0.9", "10.0.0.53", "api.shop.example");
    answer(r, "CNAME", "shop-prod.azurewebsites.net", 60);
    answer(r, "A", "20.1.1.1", 60);
    rec(&l, 1, FLOW_TLS, "C1", "10.9.0.9", "20.1.1.1", "");
    rec(&l, 2, FLOW_HTTP, "C2", "10.9.0.9", "20.1.1.2", WORKER)->f.user_agent = STR("curl/8");
    bytes(rec(&l, 2, FLOW_CONNECTION, "C2", "10.9.0.9", "20.1.1.2", ""), 5, 5);
    rec(&l, 3, FLOW_ALERT, "C2", "10.9.0.9", "20.1.1.2", WORKER)->f.signature = STR("bad");
    for (unsigned long fail = 1; fail < 400; fail++) {
        struct traffic tr = {0};
        mem_torture(fail);
        struct tally *a = tally_new(&know, NULL);
        struct tally *b = a == NULL ? NULL : tally_new(&know, a);
        bool fine = b != NULL;
        for (size_t i = 0; fine && i < l.len; i++) {
            fine = tally_add(i % 2 == 0 ? a : b, &l.at[i].e);
        }
        fine = fine && tally_merge(a, b) && traffic_of(a, &tr);
        mem_torture(0);
        traffic_free(&tr);
        tally_free(b);
        tally_free(a);
        if (fine) {
            assert_true(fail > 20);
            free(l.at);
            return;
        }
    }
    fail_msg("memory never sufficed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_connection),
        cmocka_unit_test(test_sources),
        cmocka_unit_test(test_passive_dns),
        cmocka_unit_test(test_cname),
        cmocka_unit_test(test_own),
        cmocka_unit_test(test_any_order),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_odd_records),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
