#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "iam/glob.h"

static void test_match(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        unsigned flags;
        bool expect;
    } rows[] = {
        {"", "", 0, true},
        {"*", "", 0, true},
        {"?", "", 0, false},
        {"?", "x", 0, true},
        {"*", "a:b/c", 0, true},
        {"s3:Get*", "s3:GetObject", 0, true},
        {"s3:get*", "s3:GetObject", 0, false},
        {"s3:get*", "S3:GetObject", IAM_GLOB_FOLD, true},
        {"iam:*AccessKey*", "iam:CreateAccessKey", 0, true},
        {"iam:*AccessKey", "iam:ListAccessKeys", 0, false},
        {"a*b*c", "aXbYbZc", 0, true},
        {"a*b*c", "aXbYbZ", 0, false},
        {"**", "x", 0, true},
        {"*?", "", 0, false},
        {"\\*", "\\x", 0, true},               /* a backslash is no escape in a policy */
        {"\\*", "x", IAM_GLOB_ESCAPED, false}, /* but is one where a variable came in */
        {"\\*", "*", IAM_GLOB_ESCAPED, true},
        {"[a]", "a", 0, false},
        {"a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, false},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (iam_glob(str_of(rows[i].pattern), str_of(rows[i].text), rows[i].flags) !=
            rows[i].expect) {
            fail_msg("row %zu: %s on %s", i, rows[i].pattern, rows[i].text);
        }
    }
}

/* All patterns over {a, b, *, ?} of up to four characters, and all texts of up to four: what is
 * claimed of pairs of patterns must hold on every text. */
enum { LONGEST = 4, SAMPLES = 1 + 4 + 16 + 64 + 256, TEXTS = 1 + 2 + 4 + 8 + 16 };

static struct str sample(unsigned n, const char *letters, unsigned base, char *out)
{
    size_t len = 0;
    unsigned block = 1;
    while (n >= block) {
        n -= block;
        block *= base;
        len++;
    }
    for (size_t i = 0; i < len; i++) {
        out[i] = letters[n % base];
        n /= base;
    }
    return str_make(out, len);
}

static void test_pairs(void **state)
{
    (void)state;
    char pa[LONGEST + 1];
    char pb[LONGEST + 1];
    char pt[LONGEST + 1];
    size_t covers = 0;
    for (unsigned i = 0; i < SAMPLES; i++) {
        struct str a = sample(i, "ab*?", 4, pa);
        for (unsigned k = 0; k < SAMPLES; k++) {
            struct str b = sample(k, "ab*?", 4, pb);
            bool meet = false;
            bool covered = true;
            for (unsigned t = 0; t < TEXTS; t++) {
                struct str text = sample(t, "ab", 2, pt);
                bool in_a = iam_glob(a, text, 0);
                bool in_b = iam_glob(b, text, 0);
                meet = meet || (in_a && in_b);
                covered = covered && (in_a || !in_b);
            }
            if (iam_glob_covers(a, b)) {
                covers++;
                assert_true(covered);
            }
            if (meet) {
                assert_true(iam_globs_meet(a, b));
            }
            assert_true(iam_globs_meet(a, b) == iam_globs_meet(b, a));
        }
    }
    assert_true(covers > SAMPLES);
}

static void test_meet(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool expect;
    } rows[] = {
        {"arn:aws:s3:::x/*", "arn:*:lambda:*:*:function:*", false},
        {"arn:aws:lambda:eu-west-1:1:function:pay", "arn:*:lambda:*:*:function:*", true},
        {"arn:aws:iam::*:role/app*", "arn:*:iam::*:user/*", false},
        {"*", "arn:*:iam::*:user/*", true},
        {"arn:aws:s3:::x/*", "*", true},
        {"arn:aws:lambda:*:*:*", "arn:*:lambda:*:*:function:*", true},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (iam_arns_meet(str_of(rows[i].a), str_of(rows[i].b)) != rows[i].expect) {
            fail_msg("row %zu", i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_match),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
