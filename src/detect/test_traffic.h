/*
 * A stage for the detections of network contacts: records of a day, a tally of them, and what one
 * detection says of it at the end.
 */
#ifndef DETECT_TEST_TRAFFIC_H
#define DETECT_TEST_TRAFFIC_H

#include "detect/test_fixture.h"
#include "model/content.h"

struct tx {
    struct fx fx;
    struct names *names;
    struct traffic_know know;
    struct tally *tally;
    struct traffic traffic;
    struct inventory *inventory;
    int64_t start_us;
    uint64_t offset;
};

static inline bool tx_listed_host(void *arg, struct str host)
{
    struct tx *t = arg;
    struct intel_hit hit;
    return t->fx.intel != NULL && intel_find_host(t->fx.intel, host, TIME_NONE, &hit);
}

static inline bool tx_listed_ip(void *arg, const struct ip *ip)
{
    struct tx *t = arg;
    struct intel_hit hit;
    return t->fx.intel != NULL && intel_find_ip(t->fx.intel, ip, TIME_NONE, &hit);
}

static inline bool tx_ranged_ip(void *arg, const struct ip *ip)
{
    struct tx *t = arg;
    return t->fx.intel != NULL && intel_range_of(t->fx.intel, ip).len > 0;
}

static inline size_t tx_sight(void *arg, const struct event *e, struct traffic_hit out[4])
{
    struct tx *t = arg;
    struct intel_hit hit;
    if (t->fx.intel == NULL || e->flow->url.len == 0 ||
        !intel_find_url(t->fx.intel, e->flow->host, e->flow->url, e->time_us, &hit)) {
        return 0;
    }
    out[0] = (struct traffic_hit){INTEL_URL, e->flow->url};
    return 1;
}

/* `feed` and `ranges` (ip-ranges.json) may be NULL. */
static inline void tx_open(struct tx *t, const struct detect_ops *ops, const char *feed,
                           const char *ranges)
{
    struct err err = {0};
    *t = (struct tx){0};
    fx_open(&t->fx, ops);
    assert_true(time_parse_rfc3339(STR("2026-11-20T00:00:00Z"), &t->start_us));
    if (feed != NULL || ranges != NULL) {
        t->fx.intel = intel_new();
        assert_non_null(t->fx.intel);
        if (feed != NULL) {
            assert_int_equal(intel_load_text(t->fx.intel, STR("feed.csv"), str_of(feed), &err),
                             ERR_OK);
        }
        if (ranges != NULL) {
            assert_int_equal(
                intel_load_text(t->fx.intel, STR("ip-ranges.json"), str_of(ranges), &err), ERR_OK);
        }
        assert_int_equal(intel_finish(t->fx.intel, &err), ERR_OK);
    }
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (strcmp(content_files[i].path, "network/serverless.tsv") == 0) {
            struct str text = str_make(content_files[i].bytes, content_files[i].len);
            assert_int_equal(names_load(text, &t->names, &err), ERR_OK);
        }
    }
    t->know = (struct traffic_know){.names = t->names,
                                    .arg = t,
                                    .listed_host = tx_listed_host,
                                    .listed_ip = tx_listed_ip,
                                    .ranged_ip = tx_ranged_ip,
                                    .sight = tx_sight};
    t->tally = tally_new(&t->know, NULL);
    t->inventory = inventory_new(&t->fx.context);
    assert_non_null(t->tally);
    assert_non_null(t->inventory);
}

static inline void tx_close(struct tx *t)
{
    VEC_FREE(&t->fx.context.env.ranges);
    VEC_FREE(&t->fx.context.processes);
    traffic_free(&t->traffic);
    tally_free(t->tally);
    names_free(t->names);
    inventory_free(t->inventory);
    fx_close(&t->fx);
}

static inline void tx_range(struct tx *t, const char *range, enum range_kind kind)
{
    struct env_range r = {.kind = kind};
    assert_true(ip_prefix_parse(str_of(range), &r.prefix));
    assert_true(VEC_PUSH(&t->fx.context.env.ranges, r));
}

/* One record `second` seconds into the day; what `f` says besides. */
static inline void tx_add(struct tx *t, double second, const char *client, const char *server,
                          const struct flow *f)
{
    struct flow flow = *f;
    struct event e = {.kind = EVENT_TRAFFIC, .source = STR("suricata.eve"), .count = 1};
    char id[24];
    e.time_us = e.last_us = t->start_us + (int64_t)(second * 1e6);
    e.origin.offset = t->offset += 100;
    e.origin.length = 90;
    e.origin.inner = -1;
    e.flow = &flow;
    flow.has_client = ip_parse(str_of(client), &flow.client);
    flow.has_server = server != NULL && ip_parse(str_of(server), &flow.server);
    assert_true(flow.has_client);
    if (flow.id.len == 0) {
        snprintf(id, sizeof(id), "%llu", (unsigned long long)t->offset);
        flow.id = str_of(id);
    }
    assert_true(tally_add(t->tally, &e));
}

static inline void tx_tls(struct tx *t, double second, const char *client, const char *server,
                          const char *host)
{
    tx_add(t, second, client, server,
           &(struct flow){.kind = FLOW_TLS, .host = str_of(host), .server_port = 443});
}

/* A handshake every `every` seconds all day, with a jitter of 10 %. */
static inline void tx_beacon(struct tx *t, const char *client, const char *server, const char *host,
                             double every)
{
    unsigned n = 0;
    for (double s = every; s < 86400; s += every * (0.9 + 0.02 * (n++ * 7 % 11))) {
        tx_tls(t, s, client, server, host);
    }
}

/* Handshakes of `n` other hosts with an ordinary name. */
static inline void tx_crowd(struct tx *t, unsigned n, const char *host)
{
    for (unsigned i = 0; i < n; i++) {
        char client[20];
        snprintf(client, sizeof(client), "10.1.%u.%u", i / 200, i % 200 + 1);
        tx_tls(t, i * 10, client, "198.51.100.80", host);
    }
}

/* Our function "pay" under this URL. */
static inline struct event *tx_own(struct tx *t, const char *url)
{
    struct event *e = FX_EVENT(&t->fx, "CreateFunctionUrlConfig", {ATTR_URL, str_of(url)});
    assert_non_null(inventory_replay(t->inventory, e));
    struct str host = str_from(str_of(url), 8);
    assert_true(tally_own(t->tally, str_head(host, host.len - 1)));
    return e;
}

static inline struct detect_view tx_view(struct tx *t, const struct event *e)
{
    struct detect_view v = fx_view(&t->fx, e);
    v.traffic = &t->traffic;
    v.inventory = t->inventory;
    v.function = e == NULL ? NULL : inventory_replay(t->inventory, e);
    return v;
}

/* Play a cloud event. */
static inline void tx_play(struct tx *t, const struct event *e)
{
    struct detect_view v = tx_view(t, e);
    assert_int_equal(t->fx.ops->on_event(t->fx.state, &v, NULL), ERR_OK);
}

/* Make contacts of all records and let the detection look; returns the number of distinct
 * findings, told by detection, client and explanation. */
static inline size_t tx_finish(struct tx *t)
{
    assert_false(tally_look_again(t->tally));
    assert_true(traffic_of(t->tally, &t->traffic));
    struct detect_view v = tx_view(t, NULL);
    assert_int_equal(t->fx.ops->finish(t->fx.state, &v, NULL), ERR_OK);
    size_t n = 0;
    for (size_t i = 0; i < t->fx.run.hits.len; i++) {
        n += i == 0 || !str_eq(t->fx.run.hits.at[i].explain, t->fx.run.hits.at[i - 1].explain);
    }
    return n;
}

static inline void tx_says(const struct tx *t, const char *part)
{
    for (size_t i = 0; i < t->fx.run.hits.len; i++) {
        if (str_find(t->fx.run.hits.at[i].explain, str_of(part)) != SIZE_MAX) {
            return;
        }
    }
    fail_msg("nothing says: %s", part);
}

/* The records that a finding points at are real ones, and count as many as there were. */
static inline void tx_expect_records(const struct tx *t, uint64_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < t->fx.run.hits.len; i++) {
        const struct event *e = t->fx.run.hits.at[i].event;
        assert_int_equal(e->kind, EVENT_TRAFFIC);
        assert_int_equal(e->origin.offset % 100, 0);
        assert_true(e->origin.offset >= 100 && e->origin.offset <= t->offset);
        assert_int_equal(e->origin.length, 90);
        sum += e->count;
    }
    assert_int_equal(sum, count);
}

#endif
