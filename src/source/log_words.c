#include "source/log_words.h"

#include <string.h>

enum { HOST_MAX = 253, BEFORE = 48 };

/* Shells, the environment and its secrets, metadata services, miners. Each has a rare byte at
 * `mark` that a line is searched for. */
static const struct {
    struct str text;
    size_t mark;
} words[] = {
    {STR_INIT("/bin/sh"), 0},
    {STR_INIT("/bin/bash"), 0},
    {STR_INIT("/dev/tcp/"), 0},
    {STR_INIT("/proc/self/environ"), 0},
    {STR_INIT("/runtime/invocation/next"), 0},
    {STR_INIT("/latest/meta-data"), 0},
    {STR_INIT("/computeMetadata/v1"), 0},
    {STR_INIT("AWS_SESSION_TOKEN"), 3},
    {STR_INIT("AWS_SECRET_ACCESS_KEY"), 3},
    {STR_INIT("child_process"), 5},
    {STR_INIT("LD_PRELOAD"), 2},
    {STR_INIT("stratum+tcp"), 7},
    {STR_INIT("xmrig"), 0},
    {STR_INIT("169.254.169.254"), 3},
    {STR_INIT("169.254.170.2"), 3},
};

static const char marks[] = {'/', '_', '+', 'x', '.'};

static bool is_at(struct str line, size_t mark, size_t i)
{
    const struct str word = words[i].text;
    size_t before = words[i].mark;
    return mark >= before && str_starts(str_from(line, mark - before), word);
}

static bool is_host_char(char c)
{
    return chr_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.';
}

static bool is_word_char(char c)
{
    return c > ' ' && c != '"' && c != '\'' && c != ',' && c != '=' && c != ':' && c != '{' &&
           c != '}' && c != '(' && c != ')' && c != '[' && c != ']' && c != '&' && c != '?';
}

/* Of "://user@HOST:port/..." from the colon on. */
static bool take_host(struct str at, struct arena *a, struct str *out)
{
    struct str rest = str_from(at, 3);
    size_t n = 0;
    size_t user = 0; /* "known.example@HOST": what stands before is no host */
    while (user < rest.len && user < HOST_MAX && rest.ptr[user] > ' ' && rest.ptr[user] != '/' &&
           rest.ptr[user] != '?' && rest.ptr[user] != '@') {
        user++;
    }
    rest = user < rest.len && rest.ptr[user] == '@' ? str_from(rest, user + 1) : rest;
    while (n < rest.len && is_host_char(rest.ptr[n])) {
        n++;
    }
    struct str host = str_head(rest, n);
    if (n < 4 || n > HOST_MAX || str_chr(host, '.') == SIZE_MAX || host.ptr[0] == '.') {
        return true;
    }
    char lower[HOST_MAX];
    for (size_t i = 0; i < n; i++) {
        lower[i] = chr_lower(host.ptr[i]);
    }
    return arena_dup(a, str_make(lower, n), out);
}

/* The part of the line about `at`, its words that have digits as "#": ids and times come in each
 * line, and make no new one. Words of ours keep their digits. */
static bool take_line(struct str line, size_t at, struct str word, struct arena *a, struct str *out)
{
    char text[LOG_WORDS_SHOWN_MAX];
    size_t n = 0;
    size_t i = at > BEFORE ? at - BEFORE : 0;
    while (i > 0 && i < at && is_word_char(line.ptr[i])) { /* begin with a whole word */
        i++;
    }
    while (i < line.len && n < sizeof(text)) {
        size_t end = i;
        bool digits = false;
        while (end < line.len && is_word_char(line.ptr[end])) {
            digits |= chr_is_digit(line.ptr[end]);
            end++;
        }
        bool ours = at >= i && at + word.len <= end;
        struct str piece = end == i ? str_head(str_from(line, i), 1)
                           : ours   ? word
                           : digits ? STR("#")
                                    : str_head(str_from(line, i), end - i);
        if (n + piece.len > sizeof(text)) {
            break;
        }
        memcpy(text + n, piece.ptr, piece.len);
        n += piece.len;
        i = end == i ? end + 1 : end;
    }
    return arena_dup(a, str_make(text, n), out);
}

bool log_words_of(struct str line, struct arena *a, struct log_words *out)
{
    *out = (struct log_words){STR_EMPTY, STR_EMPTY};
    line = str_head(line, LOG_WORDS_LINE_MAX);
    for (size_t m = 0; m < sizeof(marks); m++) {
        const char *end = line.ptr + line.len;
        const char *p = line.len == 0 ? NULL : memchr(line.ptr, marks[m], line.len);
        while (p != NULL) {
            size_t at = (size_t)(p - line.ptr);
            for (size_t i = 0; out->line.len == 0 && i < sizeof(words) / sizeof(words[0]); i++) {
                if (words[i].text.ptr[words[i].mark] == marks[m] && is_at(line, at, i) &&
                    !take_line(line, at - words[i].mark, words[i].text, a, &out->line)) {
                    return false;
                }
            }
            bool url = marks[m] == '/' && at > 0 && p[-1] == ':' && p + 1 < end && p[1] == '/';
            if (url && out->host.len == 0 && !take_host(str_from(line, at - 1), a, &out->host)) {
                return false;
            }
            p = memchr(p + 1, marks[m], (size_t)(end - p) - 1);
        }
    }
    return true;
}
