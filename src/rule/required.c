/*
 * The text that a regular expression cannot match without. Looking for it first costs a fraction
 * of a match, and nearly all records do not have it.
 *
 * Only what is certain is used: runs of plain characters outside of groups and classes, of
 * patterns without alternatives at that level, inline options, verbs and quotations. For anything
 * else there is no such text, and every match is tried.
 */
#include <string.h>

#include "rule/rule_priv.h"

/* Past the class that opens at `at`, or the end. */
static size_t skip_class(struct str p, size_t at)
{
    at++;
    at += at < p.len && p.ptr[at] == '^' ? 1 : 0;
    at += at < p.len && p.ptr[at] == ']' ? 1 : 0; /* first in the class: itself */
    while (at < p.len && p.ptr[at] != ']') {
        at += p.ptr[at] == '\\' ? 2 : 1;
    }
    return at + 1;
}

/* Past the group that opens at `at`, or the end. */
static size_t skip_group(struct str p, size_t at)
{
    size_t depth = 0;
    while (at < p.len) {
        char c = p.ptr[at];
        if (c == '[') {
            at = skip_class(p, at);
            continue;
        }
        depth += c == '(' ? 1 : 0;
        depth -= c == ')' ? 1 : 0;
        at += c == '\\' ? 2 : 1;
        if (depth == 0) {
            break;
        }
    }
    return at;
}

static bool is_plain(char c)
{
    return (unsigned char)c >= ' ' && (unsigned char)c < 0x7F &&
           strchr("\\^$.[|()?*+{}", c) == NULL;
}

static bool is_escaped_plain(struct str p, size_t at)
{
    return p.ptr[at] == '\\' && at + 1 < p.len && strchr("\\^$.[]|()?*+{}/-:\"", p.ptr[at + 1]);
}

/* Is the brace at `at` the beginning of {n}, {n,} or {n,m}? Any other stands for itself, and what
 * follows it counts: there may be an alternative in it. */
static bool is_quantifier(struct str p, size_t at)
{
    size_t digits = 0;
    size_t commas = 0;
    for (at++; at < p.len && p.ptr[at] != '}'; at++) {
        if (!chr_is_digit(p.ptr[at]) && (p.ptr[at] != ',' || digits == 0 || commas != 0)) {
            return false;
        }
        digits += p.ptr[at] == ',' ? 0 : 1;
        commas += p.ptr[at] == ',' ? 1 : 0;
    }
    return at < p.len && digits != 0;
}

/* Options, verbs, quotations, escapes that take arguments, and braces that are none of a
 * quantifier. `(?:` is only a group. */
static bool is_beyond_us(struct str p)
{
    for (size_t i = 0; i + 1 < p.len; i++) {
        char c = p.ptr[i];
        char next = p.ptr[i + 1];
        bool option = c == '(' && next == '?' && !(i + 2 < p.len && p.ptr[i + 2] == ':');
        if (option || (c == '(' && next == '*') || (c == '[' && next == ':') ||
            (c == '{' && !is_quantifier(p, i))) {
            return true;
        }
        bool letter = chr_is_digit(next) || (chr_lower(next) >= 'a' && chr_lower(next) <= 'z');
        if (c == '\\' && letter && strchr("dDwWsSbBAzZnrtfvhHR", next) == NULL) {
            return true;
        }
        i += c == '\\' ? 1 : 0;
    }
    return false;
}

/* Past what stands at `at` and is no plain character. */
static size_t skip_one(struct str p, size_t at)
{
    switch (p.ptr[at]) {
    case '[':
        return skip_class(p, at);
    case '(':
        return skip_group(p, at);
    case '\\':
        return at + 2;
    case '{':
        while (at < p.len && p.ptr[at] != '}') {
            at++;
        }
        return at + 1;
    default:
        return at + 1;
    }
}

/* Other letters fold to these outside of ASCII: the Kelvin sign, the long s. */
static bool folds_wide(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = chr_lower(s.ptr[i]);
        if (c == 'k' || c == 's') {
            return true;
        }
    }
    return false;
}

bool regex_required(struct str p, bool caseless, struct arena *a, struct str *out)
{
    *out = STR_EMPTY;
    char *run = ARENA_ARRAY(a, char, p.len + 1);
    char *best = ARENA_ARRAY(a, char, p.len + 1);
    if (run == NULL || best == NULL) {
        return false;
    }
    if (is_beyond_us(p)) {
        return true;
    }
    size_t len = 0;
    size_t most = 0;
    for (size_t at = 0; at < p.len;) {
        char c = p.ptr[at];
        bool escaped = is_escaped_plain(p, at);
        if (escaped || is_plain(c)) {
            size_t width = escaped ? 2 : 1;
            char next = at + width < p.len ? p.ptr[at + width] : '\0';
            bool repeated = next == '*' || next == '?' || next == '{' || next == '+';
            if (!repeated) {
                run[len++] = p.ptr[at + width - 1];
                at += width;
                if (at < p.len) {
                    continue;
                }
            }
        }
        if (len > most) {
            memcpy(best, run, len);
            most = len;
        }
        len = 0;
        if (at >= p.len) {
            break;
        }
        if (c == '|') {
            return true; /* an alternative: nothing is certain */
        }
        at = skip_one(p, at);
    }
    struct str found = str_make(best, most);
    if (most >= 2 && !(caseless && folds_wide(found))) {
        *out = found;
    }
    return true;
}
