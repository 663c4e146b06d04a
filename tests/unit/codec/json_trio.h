/*
 * json_trio - one text through all variants of the scanner, and do they agree. Used by the tests
 * and the fuzz target, so without a test library: what is wrong comes back as text.
 */
#ifndef TESTS_JSON_TRIO_H
#define TESTS_JSON_TRIO_H

#include <stdlib.h>
#include <string.h>

#include "codec/json.h"

/* A copy that ends exactly JSON_PADDING bytes before the end of its allocation, so that the
 * address sanitizer sees a read too far. The padding holds `fill`. */
static inline char *padded_copy(const char *text, size_t len, char fill)
{
    char *p = malloc(len + JSON_PADDING);
    if (p == NULL) {
        abort();
    }
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
    out->fault = (struct json_fault){0, ""};
    out->status = json_scan(s, buf, len, at, &out->record, &out->used, &out->fault);
}

static inline bool same_view(struct json_view a, struct json_view b)
{
    return a.kind == b.kind && a.ptr == b.ptr && a.len == b.len && a.escaped == b.escaped &&
           a.through == b.through;
}

/* Two scans of the same buffer must agree in everything. NULL, or what differs. */
static inline const char *same_scan(const struct scanned *a, const struct scanned *b,
                                    unsigned slots)
{
    if (a->status != b->status) {
        return "the status differs";
    }
    if (a->status != JSON_OK) {
        bool same =
            a->fault.offset == b->fault.offset && strcmp(a->fault.reason, b->fault.reason) == 0;
        return same ? NULL : "the fault differs";
    }
    const struct json_record *x = &a->record;
    const struct json_record *y = &b->record;
    if (a->used != b->used || x->start != y->start || x->len != y->len) {
        return "the extent differs";
    }
    if (x->shallow != y->shallow) {
        return "one is shallow";
    }
    if (x->duplicate != y->duplicate || x->duplicate_key.len != y->duplicate_key.len ||
        (x->duplicate && x->duplicate_key.ptr != y->duplicate_key.ptr)) {
        return "the duplicate key differs";
    }
    for (unsigned slot = 0; slot < slots; slot++) {
        if (!same_view(json_got(x, slot), json_got(y, slot))) {
            return "a view differs";
        }
    }
    return NULL;
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
        t->s[v] = NULL;
        if (json_variant_usable((enum json_variant)v)) {
            t->s[v] = json_scanner_new(paths, (enum json_variant)v);
            if (t->s[v] == NULL) {
                abort();
            }
        }
    }
}

static inline void trio_wanted(struct trio *t, json_wanted_fn fn, void *arg)
{
    for (int v = 0; v < JSON_VARIANTS_; v++) {
        if (t->s[v] != NULL) {
            json_scanner_wanted(t->s[v], fn, arg);
        }
    }
}

static inline void trio_close(struct trio *t)
{
    for (int v = 0; v < JSON_VARIANTS_; v++) {
        json_scanner_free(t->s[v]);
    }
}

/* Scan with each variant; t->got[JSON_PORTABLE] is what they agree on. NULL, or what differs. */
static inline const char *trio_run(struct trio *t, const char *buf, size_t len, size_t at)
{
    for (int v = 0; v < JSON_VARIANTS_; v++) {
        if (t->s[v] != NULL) {
            scan_into(&t->got[v], t->s[v], buf, len, at);
            const char *wrong = same_scan(&t->got[JSON_PORTABLE], &t->got[v], t->slots);
            if (wrong != NULL) {
                return wrong;
            }
        }
    }
    return NULL;
}

/* json_skip with each variant. NULL, or what differs. */
static inline const char *trio_skip(const char *buf, size_t len, size_t at,
                                    enum json_status *status, size_t *used)
{
    struct json_fault first = {0, ""};
    *status = json_skip(JSON_PORTABLE, buf, len, at, used, &first);
    for (int v = JSON_PORTABLE + 1; v < JSON_VARIANTS_; v++) {
        struct json_fault fault = {0, ""};
        size_t other = *used;
        if (json_variant_usable((enum json_variant)v) &&
            (json_skip((enum json_variant)v, buf, len, at, &other, &fault) != *status ||
             other != *used || fault.offset != first.offset ||
             strcmp(fault.reason, first.reason) != 0)) {
            return "json_skip differs";
        }
    }
    return NULL;
}

#endif
