#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

extern inline bool str_eq(struct str a, struct str b);

struct str str_of(const char *c)
{
    return c == NULL ? STR_EMPTY : (struct str){c, strlen(c)};
}

static bool fold_eq(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (chr_lower(a[i]) != chr_lower(b[i])) {
            return false;
        }
    }
    return true;
}

bool str_ieq(struct str a, struct str b)
{
    return a.len == b.len && fold_eq(a.ptr, b.ptr, a.len);
}

int str_cmp(struct str a, struct str b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int d = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);
    if (d != 0) {
        return d;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq(str_head(s, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && str_eq(str_from(s, s.len - suffix.len), suffix);
}

bool str_istarts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && fold_eq(s.ptr, prefix.ptr, prefix.len);
}

bool str_iends(struct str s, struct str suffix)
{
    return s.len >= suffix.len && fold_eq(s.ptr + (s.len - suffix.len), suffix.ptr, suffix.len);
}

size_t str_chr(struct str s, char c)
{
    const char *at = s.len == 0 ? NULL : memchr(s.ptr, c, s.len);
    return at == NULL ? SIZE_MAX : (size_t)(at - s.ptr);
}

size_t str_rchr(struct str s, char c)
{
    const char *at = s.len == 0 ? NULL : memrchr(s.ptr, c, s.len);
    return at == NULL ? SIZE_MAX : (size_t)(at - s.ptr);
}

static bool in_word(char c, const char *also)
{
    return chr_is_alnum(c) || (c != '\0' && strchr(also, c) != NULL);
}

bool str_has_word(struct str text, struct str word, const char *also)
{
    for (size_t from = 0; from < text.len; from++) {
        size_t at = str_ifind(str_from(text, from), word);
        if (at == SIZE_MAX) {
            return false;
        }
        from += at;
        size_t end = from + word.len;
        if ((from == 0 || !in_word(text.ptr[from - 1], also)) &&
            (end == text.len || !in_word(text.ptr[end], also))) {
            return true;
        }
    }
    return false;
}

struct str str_from(struct str s, size_t at)
{
    return at >= s.len ? STR_EMPTY : (struct str){s.ptr + at, s.len - at};
}

struct str str_head(struct str s, size_t n)
{
    return (struct str){s.ptr, n < s.len ? n : s.len};
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && chr_is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && chr_is_space(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}

bool str_cut(struct str *s, char sep, struct str *out)
{
    if (s->len == 0) {
        return false;
    }
    size_t at = str_chr(*s, sep);
    if (at == SIZE_MAX) {
        *out = *s;
        *s = STR_EMPTY;
        return true;
    }
    *out = str_head(*s, at);
    *s = str_from(*s, at + 1);
    return true;
}

bool str_u64(struct str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.len == 0) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (!chr_is_digit(s.ptr[i]) || __builtin_mul_overflow(v, 10U, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s.ptr[i] - '0'), &v)) {
            return false;
        }
    }
    *out = v;
    return true;
}

bool str_i64(struct str s, int64_t *out)
{
    bool minus = s.len > 0 && s.ptr[0] == '-';
    uint64_t v;
    if (!str_u64(minus ? str_from(s, 1) : s, &v)) {
        return false;
    }
    uint64_t most = (uint64_t)INT64_MAX + (minus ? 1U : 0U);
    if (v > most) {
        return false;
    }
    *out = minus ? (int64_t)(0U - v) : (int64_t)v;
    return true;
}

/* The grammar is checked here, because strtod takes far more than a number may be. */
static bool number_grammar(struct str s)
{
    size_t i = 0;
    if (i < s.len && s.ptr[i] == '-') {
        i++;
    }
    size_t digits = i;
    while (i < s.len && chr_is_digit(s.ptr[i])) {
        i++;
    }
    if (i == digits) {
        return false;
    }
    if (i < s.len && s.ptr[i] == '.') {
        size_t from = ++i;
        while (i < s.len && chr_is_digit(s.ptr[i])) {
            i++;
        }
        if (i == from) {
            return false;
        }
    }
    if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
        i++;
        if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-')) {
            i++;
        }
        size_t from = i;
        while (i < s.len && chr_is_digit(s.ptr[i])) {
            i++;
        }
        if (i == from) {
            return false;
        }
    }
    return i == s.len;
}

bool str_f64(struct str s, double *out)
{
    char text[64];
    if (s.len >= sizeof(text) || !number_grammar(s)) {
        return false;
    }
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    double v = strtod(text, NULL);
    if (!isfinite(v)) {
        return false;
    }
    *out = v;
    return true;
}
