/*
 * load - one context file into a context, for the tests of readers. Header only: each test program
 * has its own copy.
 */
#ifndef TESTS_CONTEXT_LOAD_H
#define TESTS_CONTEXT_LOAD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "context/context.h"

static inline void done(struct context **c)
{
    context_free(*c);
}

/* Read and index. `env` may be NULL. */
static inline enum err_code load(struct context *c, enum context_kind kind, const char *path,
                                 const char *env, const char *text, struct err *err)
{
    enum err_code rc = ERR_OK;
    if (env != NULL) {
        rc = context_load_env_text(c, STR("env.yaml"), str_of(env), err);
    }
    if (rc == ERR_OK) {
        rc = context_load_text(c, kind, str_of(path), str_of(text), err);
    }
    return rc == ERR_OK ? context_finish(c, err) : rc;
}

/* As above where it must work. */
static inline struct context *loaded(enum context_kind kind, const char *path, const char *env,
                                     const char *text)
{
    struct err err = {0};
    struct context *c = context_new();
    assert_non_null(c);
    if (load(c, kind, path, env, text, &err) != ERR_OK) {
        fail_msg("%s: %s", path, err.msg);
    }
    return c;
}

/* It must fail with this code and each of these words (separated by '|') in the message. */
static inline void refused(enum context_kind kind, const char *path, const char *env,
                           const char *text, enum err_code want, const char *words)
{
    struct err err = {0};
    struct context *c = context_new();
    assert_non_null(c);
    enum err_code rc = load(c, kind, path, env, text, &err);
    context_free(c);
    if (rc != want || err.code != want) {
        fail_msg("%s: got %s (%s), want %s", path, err_code_name(rc), err.msg, err_code_name(want));
    }
    struct str rest = str_of(words);
    struct str word;
    while (str_cut(&rest, '|', &word)) {
        if (str_find(str_of(err.msg), word) == SIZE_MAX) {
            fail_msg("'%s' does not say '%.*s'", err.msg, STR_ARG(word));
        }
    }
}

/* One row skipped, on this line, for a reason with these words in it. */
static inline void skipped_row(const struct context *c, enum context_kind kind, uint64_t line,
                               const char *words)
{
    assert_true(c->partial[kind]);
    assert_int_equal(c->skipped.len, 1);
    assert_int_equal(c->skipped.at[0].line, line);
    if (str_find(c->skipped.at[0].reason, str_of(words)) == SIZE_MAX) {
        fail_msg("skip '%.*s' does not say '%s'", STR_ARG(c->skipped.at[0].reason), words);
    }
}

static inline void same(struct str got, const char *want)
{
    if (!str_eq(got, str_of(want))) {
        fail_msg("got '%.*s', want '%s'", STR_ARG(got), want);
    }
}

static inline void at_time(int64_t got, const char *want)
{
    char text[TIME_TEXT_MAX];
    (void)time_format(got, text);
    assert_string_equal(text, want);
}

/* Every allocation in turn fails: an error that says so, no crash, no leak. */
static inline void torture(enum context_kind kind, const char *path, const char *env,
                           const char *text)
{
    for (unsigned long n = 1;; n++) {
        struct err err = {0};
        mem_torture(n);
        struct context *c = context_new();
        enum err_code rc = c == NULL ? ERR_NOMEM : load(c, kind, path, env, text, &err);
        mem_torture(0);
        context_free(c);
        if (rc == ERR_OK) {
            assert_true(n > 5);
            return;
        }
        if (rc != ERR_NOMEM && rc != ERR_LIMIT) {
            fail_msg("allocation %lu: %s: %s", n, err_code_name(rc), err.msg);
        }
    }
}

#endif
