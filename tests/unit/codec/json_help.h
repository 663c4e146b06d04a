/*
 * json_help - what the tests of the scanner share: padded copies, scanners of each variant, and
 * comparing what they found.
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

/* A copy that ends exactly JSON_PADDING bytes before the end of its allocation, so that the
 * address sanitizer sees a read too far. The padding holds `fill`. */
static inline char *padded_copy(const char *text, size_t len, char fill)
{
    char *p = malloc(len + JSON_PADDING);
    assert_non_null(p);
    if (len > 0) {
        memcpy(p, text, len);
    }
    memset(p + len, fill, JSON_PADDING);
    return p;
}

/* What one scan said, with everything in it. */
struct scanned {
    enum json_status status;
    struct json_fault fault;
    size_t used;
    struct json_record record;
};

static inline void scan_into(struct scanned *out, struct json_scanner *s, const char *buf,
                             size_t len, size_t at)
{
    out->used = 0;
    out->fault = (struct json_fault){0};
    out->status = json_scan(s, buf, len, at, &out->record, &out->used, &out->fault);
}

static inline void same_view(const char *what, unsigned slot, struct json_view a,
                             struct json_view b)
{
    if (a.kind != b.kind || a.ptr != b.ptr || a.len != b.len || a.escaped != b.escaped ||
        a.through != b.through) {
        fail_msg("%s: slot %u differs: kind %d/%d, len %u/%u, escaped %d/%d, through %d/%d", what,
                 slot, a.kind, b.kind, a.len, b.len, a.escaped, b.escaped, a.through, b.through);
    }
}

/* Two scans of the same buffer must agree in everything. */
static inline void same_scan(const char *what, const struct scanned *a, const struct scanned *b,
                             unsigned slots)
{
    if (a->status != b->status) {
        fail_msg("%s: status %d (%s at %zu), other %d (%s at %zu)", what, a->status,
                 a->status == JSON_OK ? "fine" : a->fault.reason, a->fault.offset, b->status,
                 b->status == JSON_OK ? "fine" : b->fault.reason, b->fault.offset);
    }
    if (a->status != JSON_OK) {
        if (a->fault.offset != b->fault.offset || strcmp(a->fault.reason, b->fault.reason) != 0) {
            fail_msg("%s: %s at %zu, other %s at %zu", what, a->fault.reason, a->fault.offset,
                     b->fault.reason, b->fault.offset);
        }
        return;
    }
    const struct json_record *x = &a->record;
    const struct json_record *y = &b->record;
    if (a->used != b->used || x->start != y->start || x->len != y->len ||
        x->shallow != y->shallow || x->duplicate != y->duplicate ||
        x->duplicate_key.len != y->duplicate_key.len ||
        (x->duplicate && x->duplicate_key.ptr != y->duplicate_key.ptr)) {
        fail_msg("%s: the records differ: used %zu/%zu, shallow %d/%d, duplicate %d/%d", what,
                 a->used, b->used, x->shallow, y->shallow, x->duplicate, y->duplicate);
    }
    for (unsigned slot = 0; slot < slots; slot++) {
        same_view(what, slot, json_got(x, slot), json_got(y, slot));
    }
}

/* One scanner a variant, on the same paths. */
struct trio {
    struct json_scanner *s[JSON_VARIANTS_];
    struct scanned got[JSON_VARIANTS_];
    unsigned slots;
};

static inline void trio_open(struct trio *t, const struct json_paths *paths, unsigned slots)
{
    t->slots = slots;
    for (int v = 0; v < JSON_VARIANTS_; v++) {
        t->s[v] = json_variant_usable((enum json_variant)v)
                      ? json_scanner_new(paths, (enum json_variant)v)
                      : NULL;
        assert_true(t->s[v] != NULL || !json_variant_usable((enum json_variant)v));
    }
}

static inline void trio_close(struct trio *t)
{
    for (int v = 0; v < JSON_VARIANTS_; v++) {
        json_scanner_free(t->s[v]);
    }
}

/* Scan with each variant, compare, and hand out what the portable one found. */
static inline const struct scanned *trio_scan(struct trio *t, const char *what, const char *buf,
                                              size_t len, size_t at)
{
    for (int v = 0; v < JSON_VARIANTS_; v++) {
        if (t->s[v] != NULL) {
            scan_into(&t->got[v], t->s[v], buf, len, at);
            same_scan(what, &t->got[JSON_PORTABLE], &t->got[v], t->slots);
        }
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
