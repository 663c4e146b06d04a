#include "intel/wild.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"

enum { MATCH_STEPS = 20000, MATCH_HEAP_KIB = 256 };

struct wild {
    struct store_entry entry;
    bool like;
    pcre2_code *code; /* of a regular expression */
};

static void one_free(struct wild *w)
{
    if (w != NULL) {
        pcre2_code_free(w->code);
        mem_free(w);
    }
}

void wild_truncate(struct wild_list *l, size_t len)
{
    while (l->len > len) {
        one_free(l->at[--l->len]);
    }
}

void wild_free(struct wild_list *l)
{
    wild_truncate(l, 0);
    VEC_FREE(l);
    *l = (struct wild_list){0};
}

static enum err_code compile(struct wild *w, const struct indicator *in, struct err *err)
{
    int fault = 0;
    size_t at = 0;
    uint32_t flags = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_MATCH_INVALID_UTF;
    flags |= in->kind == INTEL_URL ? 0 : PCRE2_CASELESS;
    w->code = pcre2_compile((PCRE2_SPTR)in->value.ptr, in->value.len, flags, &fault, &at, NULL);
    if (w->code == NULL) {
        PCRE2_UCHAR text[120] = {0};
        (void)pcre2_get_error_message(fault, text, sizeof(text));
        return err_set(err, ERR_SYNTAX, "regular expression, byte %zu: %s", at, (char *)text);
    }
    return ERR_OK;
}

enum err_code wild_add(struct wild_list *l, const struct indicator *in, uint32_t meta,
                       struct arena *texts, struct err *err)
{
    if (l->len >= WILD_MAX) {
        return err_set(err, ERR_LIMIT, "more than %d patterns of text", WILD_MAX);
    }
    struct str value;
    struct wild *w = mem_alloc(1, sizeof(*w));
    if (w == NULL || in->value.len > STORE_VALUE_MAX || !arena_dup(texts, in->value, &value)) {
        one_free(w);
        return err_set(err, ERR_NOMEM, "no memory");
    }
    w->like = in->match == INTEL_LIKE;
    w->entry = (struct store_entry){.value = value.ptr,
                                    .len = (uint16_t)value.len,
                                    .meta = meta,
                                    .kind = (uint8_t)in->kind,
                                    .bits = (uint8_t)in->match};
    enum err_code rc = w->like ? ERR_OK : compile(w, in, err);
    if (rc == ERR_OK && !VEC_PUSH(l, w)) {
        rc = err_set(err, ERR_NOMEM, "no memory");
    }
    if (rc) {
        one_free(w);
        return rc;
    }
    l->of_kind[in->kind] = true;
    return ERR_OK;
}

/* The last % takes one byte more on each mismatch: at most pattern times text steps. */
static bool like(struct str p, struct str s)
{
    size_t pi = 0;
    size_t si = 0;
    size_t back_p = SIZE_MAX;
    size_t back_s = 0;
    while (si < s.len) {
        if (pi < p.len && p.ptr[pi] == '%') {
            back_p = ++pi;
            back_s = si;
        } else if (pi < p.len && (p.ptr[pi] == '_' || p.ptr[pi] == s.ptr[si])) {
            pi++;
            si++;
        } else if (back_p != SIZE_MAX) {
            pi = back_p;
            si = ++back_s;
        } else {
            return false;
        }
    }
    while (pi < p.len && p.ptr[pi] == '%') {
        pi++;
    }
    return pi == p.len;
}

static bool regex(const struct wild *w, struct str s)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    bool yes = false;
    if (data != NULL && limits != NULL) {
        (void)pcre2_set_match_limit(limits, MATCH_STEPS);
        (void)pcre2_set_heap_limit(limits, MATCH_HEAP_KIB);
        yes = pcre2_match(w->code, (PCRE2_SPTR)s.ptr, s.len, 0, 0, data, limits) >= 0;
    }
    pcre2_match_context_free(limits);
    pcre2_match_data_free(data);
    return yes;
}

uint32_t wild_meta(const struct wild_list *l, size_t i)
{
    return l->at[i]->entry.meta;
}

bool wild_match(const struct wild_list *l, enum intel_kind kind, struct str value, match_fn fn,
                void *arg)
{
    if (!l->of_kind[kind]) {
        return false;
    }
    for (size_t i = 0; i < l->len; i++) {
        const struct wild *w = l->at[i];
        if (w->entry.kind != kind) {
            continue;
        }
        bool yes = w->like ? like(str_make(w->entry.value, w->entry.len), value) : regex(w, value);
        if (yes && fn(arg, &w->entry)) {
            return true;
        }
    }
    return false;
}
