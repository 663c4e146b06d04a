/*
 * json_help - what the tests of the scanner share: failing with a name, files, random numbers.
 */
#ifndef TESTS_JSON_HELP_H
#define TESTS_JSON_HELP_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/json.h"
#include "json_trio.h"

/* trio_run, and fail when the variants differ. */
static inline const struct scanned *trio_scan(struct trio *t, const char *what, const char *buf,
                                              size_t len, size_t at)
{
    const char *wrong = trio_run(t, buf, len, at);
    if (wrong != NULL) {
        fail_msg("%s: %s", what, wrong);
    }
    return &t->got[JSON_PORTABLE];
}

/* xorshift64*, Vigna 2016: the tests' own numbers, the same in every run. */
static inline uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dU;
}

static inline size_t random_below(uint64_t *state, size_t n)
{
    return (size_t)((random_next(state) >> 33) % n);
}

/* A whole file, in memory that the caller frees. */
static inline char *read_file(const char *path, size_t *len)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return NULL;
    }
    struct stat st;
    assert_int_equal(fstat(fileno(f), &st), 0);
    char *p = malloc((size_t)st.st_size + 1);
    assert_non_null(p);
    *len = fread(p, 1, (size_t)st.st_size, f);
    (void)fclose(f);
    return p;
}

/* Call `each` for every file below `dir`, in the order of names. False: no such folder. */
typedef void (*each_file_fn)(void *arg, const char *path, const char *name);

static inline bool each_file(const char *dir, each_file_fn each, void *arg)
{
    struct dirent **list = NULL;
    int n = scandir(dir, &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char path[1024];
        const char *name = list[i]->d_name;
        int len = snprintf(path, sizeof(path), "%s/%s", dir, name);
        struct stat st;
        assert_true(len > 0 && (size_t)len < sizeof(path));
        if (name[0] != '.' && stat(path, &st) == 0) {
            if (S_ISDIR(st.st_mode)) {
                (void)each_file(path, each, arg);
            } else {
                each(arg, path, name);
            }
        }
        free(list[i]);
    }
    free(list);
    return n >= 0;
}

#endif
