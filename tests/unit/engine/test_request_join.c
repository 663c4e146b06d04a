/* Requests that a web firewall and a door tell count once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine/request_join.h"

static const struct attr door[] = {{ATTR_FRONT_DOOR, STR_INIT("abc123")}};

static struct event call(const char *source, uint64_t count)
{
    return (struct event){.kind = EVENT_INVOKE,
                          .source = str_of(source),
                          .attrs = door,
                          .attr_count = 1,
                          .count = count};
}

static void note(struct request_book *b, struct event *kept, const char *id, const char *shared)
{
    struct event e = *kept;
    e.record_id = str_of(id);
    e.shared_id = str_of(shared);
    assert_true(request_book_note(b, &e, kept));
}

static void each_counts_once(void **state)
{
    (void)state;
    struct event gate = call("aws.api_gateway", 3);
    struct event balancer = call("aws.load_balancer", 1);
    struct event wall = call("aws.waf", 4);
    struct event alone = call("aws.waf", 2);
    struct event gone = call("aws.waf", 1);
    struct event matched = call("aws.waf", 1);
    matched.hit_count = 1;
    struct event *list[] = {&gate, &balancer, &wall, &alone, &gone, &matched};
    size_t count = ARRAY_LEN(list);
    struct request_book one = {0};
    struct request_book two = {0};
    note(&one, &gate, "r1", "x1");
    note(&two, &gate, "r2", "");
    note(&one, &gate, "r3", "x3");
    note(&two, &balancer, "Self=1-7-9;Root=1-67-ab;CalledFrom=app", "");
    note(&one, &wall, "r1", "");      /* by the request id */
    note(&two, &wall, "x3", "");      /* by the extended one */
    note(&two, &wall, "1-67-ab", ""); /* by the trace id */
    note(&one, &wall, "w4", "");      /* no door tells it */
    note(&one, &alone, "", "");
    note(&one, &gone, "r2", "");
    note(&one, &matched, "r2", "");
    assert_true(request_book_merge(&one, &two));
    assert_int_equal(request_join(&one, list, &count), 5);
    assert_int_equal(wall.count, 1);
    assert_int_equal(alone.count, 2);
    assert_int_equal(gate.count, 3);
    assert_int_equal(matched.count, 1); /* a rule tells of it */
    assert_int_equal(count, 5);
    assert_ptr_equal(gone.folded_into, &gate);
    assert_ptr_equal(list[4], &matched);
    request_book_free(&one);
    request_book_free(&two);
}

/* Of very many a share is joined: whole requests, whatever the order and the number of books. */
static void many_are_thinned(void **state)
{
    (void)state;
    enum { MOST = 10000 };
    struct request_book b[2] = {{.most = MOST}, {.most = MOST}};
    struct event gate = call("aws.cloudfront", 0);
    struct event wall = call("aws.waf", 0);
    for (unsigned i = 0; i < MOST; i++) {
        char id[24];
        (void)snprintf(id, sizeof(id), "request-%u", i);
        gate.count++;
        wall.count++;
        note(&b[i % 2], &gate, id, "");
        note(&b[1 - i % 2], &wall, id, "");
    }
    struct event *list[] = {&gate, &wall};
    size_t count = 2;
    assert_true(request_book_merge(&b[0], &b[1]));
    assert_true(b[0].shift > 0 && b[0].len <= MOST);
    uint64_t twice = request_join(&b[0], list, &count);
    assert_true(twice * 2 == b[0].len);
    assert_int_equal(wall.count, MOST - twice);
    assert_int_equal(count, 2);
    request_book_free(&b[0]);
    request_book_free(&b[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_counts_once),
                                       cmocka_unit_test(many_are_thinned)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
