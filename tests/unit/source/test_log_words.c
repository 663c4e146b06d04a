/* Lines of functions' logs: hosts, words, and what is neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "source/log_words.h"

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line, *host, *words;
    } rows[] = {
        {"", "", ""},
        {"order 4711 paid in 12 ms", "", ""},
        {"GET https://user@API.Example.com:8443/v1?x=1 200", "api.example.com", ""},
        {"GET https://known.example:pw@evil.example/", "evil.example", ""},
        {"see http://a.example/ and http://b.example/", "a.example", ""},
        {"://", "", ""},
        {"http://localhost/", "", ""},
        {"http://.example/", "", ""},
        {"ftp://files.example", "files.example", ""},
        {"sh: 1: /bin/sh: xyz not found", "", "sh: #: /bin/sh: xyz not found"},
        {"id=8f3a1 spawn child_process ok", "", "id=# spawn child_process ok"},
        {"GET http://169.254.169.254/latest/meta-data/", "169.254.169.254",
         "GET http:/latest/meta-data"},
        {"pool stratum+tcp://pool.example:3333", "pool.example",
         "pool stratum+tcp://pool.example:#"},
        {"AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjE", "", "AWS_SESSION_TOKEN=#"},
        {"[xmrig] 6.21.0", "", "[xmrig] #"},
        {"aws_session_token", "", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena a = {0};
        struct log_words w;
        assert_true(log_words_of(str_of(rows[i].line), &a, &w));
        if (!str_eq(w.host, str_of(rows[i].host))) {
            fail_msg("%s: host %.*s", rows[i].line, STR_ARG(w.host));
        }
        if (!str_eq(w.line, str_of(rows[i].words))) {
            fail_msg("%s: line %.*s", rows[i].line, STR_ARG(w.line));
        }
        arena_free(&a);
    }
}

/* Every cut of a line, in memory that ends with it; long hosts and lines; no memory. */
static void test_hostile(void **state)
{
    (void)state;
    static const char line[] =
        "x/_+./bin/bash xmrig 169.254.170.2 https://a.b/ AWS_SECRET_ACCESS_KEY /dev/tcp/1.2.3.4/5";
    for (size_t n = 0; n < sizeof(line); n++) {
        char *copy = mem_alloc(n + 1, 1);
        struct arena a = {0};
        struct log_words w;
        assert_non_null(copy);
        for (size_t i = 0; i < n; i++) {
            copy[i] = line[i];
        }
        assert_true(log_words_of(str_make(copy, n), &a, &w));
        arena_free(&a);
        mem_free(copy);
    }
    static char flood[20000] = "https://";
    for (size_t i = 8; i < sizeof(flood); i++) {
        flood[i] = i % 9 == 0 ? '.' : 'x';
    }
    struct arena a = {0};
    struct log_words w;
    assert_true(log_words_of(str_make(flood, sizeof(flood)), &a, &w));
    assert_int_equal(w.host.len, 0);
    arena_free(&a);
    mem_torture(1);
    struct arena none = {0};
    bool fine = log_words_of(STR("/bin/sh"), &none, &w);
    mem_torture(0);
    arena_free(&none);
    assert_false(fine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines),
                                       cmocka_unit_test(test_hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
