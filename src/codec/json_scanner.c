#include <string.h>

#include "base/mem.h"
#include "codec/json_priv.h"

/* ---- variants ---- */

static const struct json_kernel *kernel_of(enum json_variant v)
{
    switch (v) {
    case JSON_AVX2:
        return json_kernel_avx2;
    case JSON_SSE2:
        return json_kernel_sse2;
    case JSON_PORTABLE:
    case JSON_VARIANTS_:
        break;
    }
    return json_kernel_portable;
}

bool json_variant_usable(enum json_variant v)
{
    if (kernel_of(v) == NULL) {
        return false;
    }
#if defined(__x86_64__)
    if (v == JSON_AVX2) {
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
               __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
               __builtin_cpu_supports("pclmul");
    }
#endif
    return v != JSON_VARIANTS_;
}

enum json_variant json_variant_best(void)
{
    return json_variant_usable(JSON_AVX2)   ? JSON_AVX2
           : json_variant_usable(JSON_SSE2) ? JSON_SSE2
                                            : JSON_PORTABLE;
}

const char *json_variant_name(enum json_variant v)
{
    static const char *const names[] = {
        [JSON_PORTABLE] = "portable", [JSON_SSE2] = "sse2", [JSON_AVX2] = "avx2"};
    return v < JSON_VARIANTS_ ? names[v] : "unknown";
}

/* ---- scanners ---- */

struct json_scanner *json_scanner_new(const struct json_paths *paths, enum json_variant variant)
{
    struct json_scanner *s = mem_alloc(1, sizeof(*s));
    if (s == NULL) {
        return NULL;
    }
    s->kernel = kernel_of(json_variant_usable(variant) ? variant : JSON_PORTABLE);
    s->strict = paths->all;
    s->decides = paths->decides;
    s->decide[0] = paths->decide[0];
    s->decide[1] = paths->decide[1];
    memcpy(s->settle, paths->settle, sizeof(s->settle));
    if (!json_learn_init(s, paths)) {
        json_scanner_free(s);
        return NULL;
    }
    return s;
}

void json_scanner_free(struct json_scanner *s)
{
    if (s == NULL) {
        return;
    }
    arena_free(&s->arena);
    mem_free(s);
}

void json_scanner_wanted(struct json_scanner *s, json_wanted_fn fn, void *arg)
{
    s->wanted = fn;
    s->wanted_arg = arg;
}

void json_pad(char *buf, size_t len)
{
    memset(buf + len, 0, JSON_PADDING);
}

/* ---- one scan ---- */

const char *json_fail(struct json_walk *w, const char *at, const char *reason)
{
    bool cut = at >= w->end;
    w->status = cut ? JSON_CUT : JSON_BAD;
    w->fault_at = cut ? w->end : at;
    w->reason = cut ? "the text ends inside a value" : reason;
    return NULL;
}

const char *json_fail_limit(struct json_walk *w, enum json_status status, const char *at)
{
    w->status = status;
    w->fault_at = at;
    w->reason =
        status == JSON_TOO_DEEP ? "brackets are nested too deep" : "an object has too many members";
    return NULL;
}

static const char *skip_blank(const char *p, const char *end)
{
    while (p < end && chr_is_space(*p)) {
        p++;
    }
    return p;
}

/* What all scans end with: look into the strings, then say how it went. `p` is the end of the
 * value, or NULL after a fault. */
static enum json_status finish(struct json_walk *w, const struct json_kernel *k, const char *start,
                               const char *p, struct json_fault *fault, const char *buf)
{
    const char *limit = p == NULL ? w->fault_at : p;
    const char *reason = NULL;
    const char *spoiled = k->spoiled(start, limit, &reason);
    if (spoiled != NULL) { /* before anything the walk may have stumbled over */
        (void)json_fail(w, spoiled, reason);
    } else if (p != NULL && (size_t)(p - start) > UINT32_MAX) {
        (void)json_fail(w, start, "a value is longer than 4 GiB");
    } else if (p != NULL) {
        return JSON_OK;
    }
    *fault = (struct json_fault){(size_t)(w->fault_at - buf), w->reason};
    return w->status;
}

static void next_stamp(struct json_scanner *s)
{
    if (++s->stamp == 0) {
        json_learn_forget(s);
        s->stamp = 1;
    }
}

enum json_status json_scan(struct json_scanner *s, const char *buf, size_t len, size_t at,
                           struct json_record *out, size_t *used, struct json_fault *fault)
{
    struct json_walk w = {.s = s, .out = out, .end = buf + len};
    const char *start = skip_blank(buf + (at < len ? at : len), w.end);
    next_stamp(s);
    if (s->decides && s->wanted != NULL) {
        w.mode = JSON_MODE_UNDECIDED;
    }
    memset(out->have, 0, sizeof(out->have));
    out->start = start;
    out->shallow = false;
    out->duplicate = false;
    out->duplicate_key = STR_EMPTY;
    const char *p = start < w.end ? s->kernel->value(&w, start) : json_fail(&w, start, "");
    enum json_status status = finish(&w, s->kernel, start, p, fault, buf);
    if (status == JSON_OK) {
        out->len = (size_t)(p - start);
        *used = (size_t)(p - buf);
    }
    return status;
}

enum json_status json_skip(enum json_variant v, const char *buf, size_t len, size_t at,
                           size_t *used, struct json_fault *fault)
{
    const struct json_kernel *k = kernel_of(json_variant_usable(v) ? v : JSON_PORTABLE);
    struct json_walk w = {.end = buf + len};
    const char *start = skip_blank(buf + (at < len ? at : len), w.end);
    const char *p = start < w.end ? k->skip(&w, start) : json_fail(&w, start, "");
    enum json_status status = finish(&w, k, start, p, fault, buf);
    if (status == JSON_OK) {
        *used = (size_t)(p - buf);
    }
    return status;
}

enum json_status json_check(struct str text, struct json_fault *fault)
{
    struct json_walk w = {.end = text.ptr + text.len};
    const char *p = json_strict_value(&w, skip_blank(text.ptr, w.end), 0);
    if (p != NULL) {
        p = skip_blank(p, w.end);
        if (p == w.end) {
            return JSON_OK;
        }
        (void)json_fail(&w, p, "something follows the value");
    }
    *fault = (struct json_fault){(size_t)(w.fault_at - text.ptr), w.reason};
    return w.status;
}
