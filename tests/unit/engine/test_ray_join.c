/* Runs of Workers and requests at the edge become calls; the same whatever the threads were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "engine/ray_join.h"

struct half {
    const char *ray, *script, *host, *address;
    int64_t second;
};

static struct event event_of(const struct half *h, struct attr attrs[4], bool run)
{
    struct event e = {.kind = run ? EVENT_RUN : EVENT_OTHER,
                      .data_event = true,
                      .time_us = h->second * TIME_SECOND_US,
                      .attrs = attrs};
    attrs[e.attr_count++] = (struct attr){ATTR_RAY, str_of(h->ray)};
    attrs[e.attr_count++] = (struct attr){ATTR_HOST, str_of(h->host)};
    if (run) {
        e.source = STR("cloudflare.trace");
        e.function =
            (struct function_key){STR("cloudflare"), STR_EMPTY, STR_EMPTY, str_of(h->script)};
    } else {
        attrs[e.attr_count++] = (struct attr){ATTR_RUN_OUTCOME, STR("ok")};
        e.source = STR("cloudflare.http");
        attrs[e.attr_count++] = (struct attr){ATTR_CLIENT, str_of(h->address)};
        e.user_agent = STR("<script>");
    }
    return e;
}

static bool note(struct ray_book *b, const struct half *h, bool run)
{
    struct attr attrs[4];
    struct event e = event_of(h, attrs, run);
    return ray_book_note(b, &e, h->address != NULL && strcmp(h->address, "203.0.113.66") == 0);
}

static const struct half runs[] = {
    {"8e9b1c60ef9e1c9a", "pay", "shop.acme.example", NULL, 10},
    {"8e9b1c60ef9e1c9b", "pay", "shop.acme.example", NULL, 20},
    {"8e9b1c60ef9e1c9b", "pay", "shop.acme.example", NULL, 20}, /* given twice */
    {"8e9b1c60ef9e1c9c", "auth", "shop.acme.example", NULL, 30},
    {"8e9b1c60ef9e1c9d", "auth", "shop.acme.example", NULL, 31}, /* no request */
    {"8e9b1c60ef9e1c9e", "pay", "pay.acme.WORKERS.dev", NULL, 40},
    {"not a ray at all", "pay", "shop.acme.example", NULL, 50},
    {"", "pay", "shop.acme.example", NULL, 60},
};
static const struct half requests[] = {
    {"8e9b1c60ef9e1c9b", NULL, "shop.acme.example", "203.0.113.9", 20},
    {"8E9B1C60EF9E1C9A", NULL, "shop.acme.example", "203.0.113.9", 10},
    {"8e9b1c60ef9e1c9c", NULL, "shop.acme.example", "203.0.113.66", 30},
    {"8e9b1c60ef9e0000", NULL, "shop.acme.example", "203.0.113.9", 10}, /* no run */
    {"not a ray at all", NULL, "shop.acme.example", "2001:db8::1", 50},
    {"8e9b1c60ef9e0001", NULL, "blog.acme.example", "203.0.113.66", 12}, /* listed, no run */
    {"8e9b1c60ef9e0001", NULL, "blog.acme.example", "203.0.113.66", 12}, /* given twice */
    {"ffffffffffffff01", NULL, "blog.acme.example", "203.0.113.66", 13},
    {"8e9b1c60ef9e0002", NULL, "blog.acme.example", "no address", 12},
};

static bool fill(struct ray_book *books, size_t count)
{
    bool fine = true;
    for (size_t i = 0; fine && i < ARRAY_LEN(runs); i++) {
        fine = note(&books[i % count], &runs[i], true);
    }
    for (size_t i = 0; fine && i < ARRAY_LEN(requests); i++) {
        fine = note(&books[(i + 1) % count], &requests[i], false);
    }
    return fine;
}

static void test_join(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 3; count++) {
        struct ray_book books[3] = {0};
        struct keeper out = {.key = 7};
        assert_true(fill(books, count));
        assert_true(ray_join(books, count, &out));
        assert_int_equal(books[0].joined, 4);
        assert_int_equal(books[0].unjoined, 1);
        assert_int_equal(books[0].direct, 1);
        assert_int_equal(books[0].shift, 0);
        uint64_t calls = 0;
        uint64_t unknown = 0;
        size_t listed = 0;
        for (size_t i = 0; i < out.events.len; i++) {
            const struct event *e = out.events.at[i];
            assert_int_equal(e->kind, EVENT_INVOKE);
            assert_true(e->address.len > 0);
            assert_true(str_eq(e->user_agent, STR("<script>")));
            if (e->function.name.len == 0) {
                assert_true(e->address_listed);
                assert_true(event_attr_is(e, ATTR_HOST, STR("blog.acme.example")));
                unknown += e->count;
                continue;
            }
            calls += e->count;
            if (e->address_listed) {
                listed++;
                assert_true(str_eq(e->function.name, STR("auth")));
            }
        }
        assert_int_equal(calls, 4);
        assert_int_equal(unknown, 2);
        assert_int_equal(listed, 1);
        keeper_free(&out);
        for (size_t i = 0; i < count; i++) {
            ray_book_free(&books[i]);
        }
    }
}

/* Far more rays than are held: each ray stays with both halves, and as many in one book as in
 * three. */
static void test_bound(void **state)
{
    (void)state;
    enum { MOST = 20000, MANY = 70000 };
    uint64_t joined[2] = {0};
    for (size_t round = 0; round < 2; round++) {
        size_t count = round == 0 ? 1 : 3;
        struct ray_book books[3] = {{.most = MOST}, {.most = MOST}, {.most = MOST}};
        struct keeper out = {.key = 7};
        for (unsigned i = 0; i < MANY; i++) {
            char ray[24];
            (void)snprintf(ray, sizeof(ray), "%016x", i);
            struct half run = {ray, "pay", "h", NULL, 1};
            struct half request = {ray, NULL, "h", "203.0.113.9", 1};
            assert_true(note(&books[i % count], &run, true));
            assert_true(note(&books[(i / 7) % count], &request, false));
        }
        assert_true(ray_join(books, count, &out));
        assert_true(books[0].shift > 0);
        assert_int_equal(books[0].unjoined, 0);
        assert_true(books[0].joined > 0 && books[0].joined < MOST);
        joined[round] = books[0].joined;
        keeper_free(&out);
        for (size_t i = 0; i < count; i++) {
            ray_book_free(&books[i]);
        }
    }
    assert_int_equal(joined[0], joined[1]);
}

static void test_accounts(void **state)
{
    (void)state;
    static const struct {
        const char *account, *script, *want;
    } rows[] = {
        {"a1", "pay", "a1"}, {"a2", "auth", "a2"}, {"a1", "both", "a1"}, {"a2", "both", "a2"},
        {"", "pay", "a1"},   {"", "auth", "a2"},   {"", "both", ""},     {"", "new", ""},
    };
    struct event events[ARRAY_LEN(rows)] = {0};
    struct event *list[ARRAY_LEN(rows)];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        events[i].function = (struct function_key){STR("cloudflare"), str_of(rows[i].account),
                                                   STR_EMPTY, str_of(rows[i].script)};
        list[i] = &events[i];
    }
    assert_true(ray_accounts(list, ARRAY_LEN(rows)));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(str_eq(events[i].function.account, str_of(rows[i].want)));
    }
    struct event one = events[0];
    struct event unknown = events[7];
    struct event *two[] = {&one, &unknown};
    assert_true(ray_accounts(two, 2)); /* one account only: it is that */
    assert_true(str_eq(unknown.function.account, STR("a1")));
}

static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned long n = 1;; n++) {
        struct ray_book books[2] = {0};
        struct keeper out = {.key = 7};
        mem_torture(n);
        bool fine = fill(books, 2) && ray_join(books, 2, &out) &&
                    ray_accounts(out.events.at, out.events.len);
        mem_torture(0);
        keeper_free(&out);
        ray_book_free(&books[0]);
        ray_book_free(&books[1]);
        if (fine) {
            assert_true(n > 1);
            return;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
