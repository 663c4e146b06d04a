/*
 * Fifty patterns that are known to take exponential or high polynomial time, each with a text made
 * for it: a rule cannot make the program slow. Such a match is bounded or refused, never long.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/unit/rule/one.h"

static const struct {
    const char *pattern, *head, *repeat, *tail;
} bad[] = {
    {"^(a+)+$", "", "a", "!"},
    {"^(a*)*$", "", "a", "!"},
    {"^(a|a)*$", "", "a", "!"},
    {"^(a|aa)+$", "", "a", "!"},
    {"^(a+){10,}$", "", "a", "!"},
    {"(.*a){20}", "", "a", "!"},
    {"^(.*?,){20}P", "", "1,", ""},
    {"^(([a-z])+.)+[A-Z]([a-z])+$", "", "a", ""},
    {"^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|"
     "([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
     "", "a", "!"},
    {"^[a-zA-Z]+(([\\'\\,\\.\\- ][a-zA-Z ])?[a-zA-Z]*)*\\s+&lt;", "", "a", "!"},
    {"^(([^<>()[\\]\\\\.,;:\\s@\"]+(\\.[^<>()[\\]\\\\.,;:\\s@\"]+)*)|(\".+\"))@x$", "", "a.", "!"},
    {"^\\s*(\\S+\\s*)*$", "x", " x", "\n!\n!"},
    {"\\s+$", "x", " ", "x"},
    {"(\\s|\\n)+$", "", " \n", "x"},
    {"^(\\d+)*$", "", "1", "x"},
    {"^(\\d|\\d\\d)*x$", "", "1", "y"},
    {"(x+x+)+y", "", "x", ""},
    {"(x+x+)+z", "", "x", "y"},
    {"^(?:.*;)*foo$", "", ";", "bar"},
    {"(([0-9a-f]+):)*[0-9a-f]+$", "", "0", "g"},
    {"^((([0-9]+)\\.)+)*$", "", "1.", "x"},
    {"<(.|\\n)*?>.*<(.|\\n)*?>x", "", "<a", ""},
    {"^(\\w+\\s?)*$", "", "word ", "!"},
    {"(\\w*)*\\W$x", "", "w", ""},
    {"([a-z]+)*=", "", "a", "!"},
    {"(?:[a-z]+\\d*)*=", "", "a1", "!"},
    {"^(?:a?){30}a{30}$", "", "a", ""},
    {"(a?){64}(a){64}b", "", "a", ""},
    {"^(a(b|c)?|ab|ac)*d$", "", "ab", "e"},
    {"(\"(\\\\.|[^\"])*)*,", "", "\"\\\\", ""},
    {"^(\\(*\\)*)*$", "", "()", "x"},
    {"(.*)*=(.*)*=(.*)*x", "", "=", ""},
    {".*.*.*.*.*.*=x", "", "=", ""},
    {"^.*([a-z].*){12}1$", "", "a", ""},
    {"([^/]*/)*[^/]*\\.exe$", "", "/a", ""},
    {"^(/[^/]+)+/$", "", "/a", ""},
    {"(https?://)?([\\da-z\\.-]+)\\.([a-z\\.]{2,6})([/\\w \\.-]*)*/?$", "", "a.", "!"},
    {"^(([a-z0-9]+-)*[a-z0-9]+\\.)+[a-z]{2,}$", "", "a-", "!"},
    {"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$", "", "AAAA", "!"},
    {"(?=(a+))a*b\\1", "", "a", ""},
    {"^(?=.*a)(?=.*b)(?=.*c)(.*)*$!", "", "abc", ""},
    {"(a+)\\1+(a+)\\2+b", "", "a", ""},
    {"^(.+)+\\1$x", "", "ab", ""},
    {"(?:(?:(?:a+)+)+)+b", "", "a", ""},
    {"((a{1,50}){1,50}){1,50}b", "", "a", ""},
    {"^(?>(a+)b?)*(a|b)*c$", "", "ab", ""},
    {"(?i)^(A+)+$", "", "a", "!"},
    {"(^|x)*(x*)*y", "", "x", ""},
    {"(?R)?a|(a(?R)?)+b", "", "a", ""},
    {"^(([^x]*)*)*x$", "", "y", ""},
};

enum { REPEATS = 20000 };

static double cpu_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add_json(struct buf *b, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            buf_addc(b, '\\');
        }
        if (*text == '\n') {
            buf_add_cstr(b, "\\n");
        } else {
            buf_addc(b, *text);
        }
    }
}

/* The rule in YAML: the pattern between single quotes, its own doubled. */
static void make_rule(struct buf *b, const char *pattern, const char *flag)
{
    buf_printf(b, "title: bad\nlogsource: {product: gcp}\ndetection:\n  s:\n    k|re%s: '", flag);
    for (; *pattern != '\0'; pattern++) {
        buf_addc(b, *pattern);
        if (*pattern == '\'') {
            buf_addc(b, '\'');
        }
    }
    buf_add_cstr(b, "'\n  condition: s\n");
    buf_addc(b, '\0');
}

static double worst(const char *pattern, size_t i, uint64_t *io_stopped)
{
    static const char *const flags[] = {"", "|i", "|m", "|s"};
    double most = 0;
    for (size_t f = 0; f < ARRAY_LEN(flags); f++) {
        CLEANUP(buf_free) struct buf rule = {0};
        CLEANUP(buf_free) struct buf event = {0};
        make_rule(&rule, pattern, flags[f]);
        buf_add_cstr(&event, "{\"k\":\"");
        add_json(&event, bad[i].head);
        for (int n = 0; n < REPEATS; n++) {
            add_json(&event, bad[i].repeat);
        }
        add_json(&event, bad[i].tail);
        buf_add_cstr(&event, "\"}");
        buf_addc(&event, '\0');
        struct one o;
        double start = cpu_s();
        one_open(&o, rule.ptr);
        (void)one_hits(&o, "gcp.audit", event.ptr);
        double took = cpu_s() - start;
        most = took > most ? took : most;
        *io_stopped += rule_matcher_gave_up(o.matcher);
        one_close(&o);
    }
    return most;
}

static void test_bounded(void **state)
{
    (void)state;
    assert_int_equal(ARRAY_LEN(bad), 50);
    uint64_t stopped = 0;
    double most = 0;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        double took = worst(bad[i].pattern, i, &stopped);
        most = took > most ? took : most;
        if (took > 0.5) {
            fail_msg("%s: %.2f s", bad[i].pattern, took);
        }
    }
    /* Most of them do hit the limits, or they would show nothing. */
    assert_true(stopped > ARRAY_LEN(bad));
    print_message("50 patterns, the slowest %.3f s, %llu matches stopped\n", most,
                  (unsigned long long)stopped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
