/*
 * str - a borrowed run of bytes.
 *
 * `ptr` is NOT NUL-terminated and may hold any byte, NUL included. An empty str has len 0 and any
 * ptr. A str owns nothing: it is valid as long as the memory it points into, which the function
 * that hands it out must name. Pass it by value; 16 bytes travel in two registers.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

struct str {
    const char *ptr;
    size_t len;
};

/* A str over a string literal, without its NUL. STR_INIT is for static tables, STR for
 * expressions. */
/* clang-format off */
#define STR_INIT(literal) {"" literal "", sizeof(literal) - 1}
/* clang-format on */
#define STR(literal) ((struct str)STR_INIT(literal))
#define STR_EMPTY    ((struct str){"", 0})

/* printf: "%.*s" with STR_ARG(s). Lengths above INT_MAX print as INT_MAX bytes. */
#define STR_ARG(s) (int)((s).len > INT32_MAX ? INT32_MAX : (s).len), (s).ptr

/* A str over a C string; NULL gives an empty str. */
struct str str_of(const char *c);

static inline struct str str_make(const char *ptr, size_t len)
{
    return (struct str){ptr, len};
}

/* Inline: lengths differ nearly always, and of texts of one length most that differ do so in the
 * first or the last eight bytes: then there is nothing to call. Not static: gcc 12 with sanitizers
 * calls a static one here and there that it has not written out. */
inline bool str_eq(struct str a, struct str b)
{
    if (a.len != b.len) {
        return false;
    }
    if (a.len < 8) {
        return a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0;
    }
    uint64_t head[2], tail[2];
    memcpy(&head[0], a.ptr, 8);
    memcpy(&head[1], b.ptr, 8);
    memcpy(&tail[0], a.ptr + a.len - 8, 8);
    memcpy(&tail[1], b.ptr + a.len - 8, 8);
    return head[0] == head[1] && tail[0] == tail[1] &&
           (a.len <= 16 || memcmp(a.ptr + 8, b.ptr + 8, a.len - 16) == 0);
}

bool str_ieq(struct str a, struct str b); /* ASCII case folded */
int str_cmp(struct str a, struct str b);  /* byte order, as memcmp; shorter first */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
bool str_istarts(struct str s, struct str prefix);
bool str_iends(struct str s, struct str suffix);

/* First position of `needle` in `s`, or SIZE_MAX. An empty needle is found at 0. */
size_t str_find(struct str s, struct str needle);
size_t str_ifind(struct str s, struct str needle); /* ASCII case folded */
size_t str_chr(struct str s, char c);
size_t str_rchr(struct str s, char c);

/* `word` in `text`, ASCII case folded, and whole: the bytes beside it are no letters, no digits and
 * none of `also`. */
bool str_has_word(struct str text, struct str word, const char *also);

/* The part from `at` on (empty past the end), and the first `n` bytes (all if fewer). */
struct str str_from(struct str s, size_t at);
struct str str_head(struct str s, size_t n);

/* Without the white space (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str s);

/* Take the bytes before the first `sep` off the front of *s, and drop the `sep` too. With no
 * `sep` left, takes all of *s and leaves it empty. False once *s is used up; a trailing `sep`
 * does not give a last empty piece. */
NODISCARD bool str_cut(struct str *s, char sep, struct str *out);

/* Whole string to a number, base 10, no spaces. False on anything else or overflow. */
NODISCARD bool str_u64(struct str s, uint64_t *out);
NODISCARD bool str_i64(struct str s, int64_t *out);
/* JSON number grammar, and also "+1", ".5", "nan" refused. */
NODISCARD bool str_f64(struct str s, double *out);

static inline char chr_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline bool chr_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* An ASCII letter or digit. */
static inline bool chr_is_alnum(char c)
{
    char l = chr_lower(c);
    return (l >= 'a' && l <= 'z') || chr_is_digit(c);
}

static inline bool chr_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

#endif
