#include <string.h>

#include "intel/intel.h"

static const char *const class_names[INTEL_CLASS_MAX_] = {
    [INTEL_UNKNOWN] = "unclassified", [INTEL_C2] = "command and control",
    [INTEL_MALWARE] = "malware",      [INTEL_SCANNER] = "scanner",
    [INTEL_ABUSE] = "abuse",          [INTEL_ANONYMISER] = "anonymiser",
};

const char *intel_class_name(enum intel_class c)
{
    return (unsigned)c < INTEL_CLASS_MAX_ ? class_names[c] : class_names[INTEL_UNKNOWN];
}

bool intel_class_parse(struct str s, enum intel_class *out)
{
    enum intel_class c = intel_class_guess(s);
    if (c == INTEL_UNKNOWN && !str_ieq(s, STR("unclassified")) && !str_ieq(s, STR("unknown"))) {
        return false;
    }
    *out = c;
    return true;
}

enum intel_class intel_class_guess(struct str text)
{
    /* Whole words: "tor" is in "Tor exit" and not in "history". The first that fits: a text that speaks of command and control means the worst. */
    static const struct {
        struct str word;
        enum intel_class class;
    } words[] = {
        {STR_INIT("c2"), INTEL_C2},
        {STR_INIT("c&c"), INTEL_C2},
        {STR_INIT("cnc"), INTEL_C2},
        {STR_INIT("command and control"), INTEL_C2},
        {STR_INIT("command-and-control"), INTEL_C2},
        {STR_INIT("botnet"), INTEL_C2},
        {STR_INIT("malware"), INTEL_MALWARE},
        {STR_INIT("trojan"), INTEL_MALWARE},
        {STR_INIT("ransomware"), INTEL_MALWARE},
        {STR_INIT("stealer"), INTEL_MALWARE},
        {STR_INIT("rat"), INTEL_MALWARE},
        {STR_INIT("payload"), INTEL_MALWARE},
        {STR_INIT("dropper"), INTEL_MALWARE},
        {STR_INIT("phishing"), INTEL_MALWARE},
        {STR_INIT("scanner"), INTEL_SCANNER},
        {STR_INIT("scanners"), INTEL_SCANNER},
        {STR_INIT("scanning"), INTEL_SCANNER},
        {STR_INIT("scan"), INTEL_SCANNER},
        {STR_INIT("tor"), INTEL_ANONYMISER},
        {STR_INIT("vpn"), INTEL_ANONYMISER},
        {STR_INIT("proxy"), INTEL_ANONYMISER},
        {STR_INIT("anonymiser"), INTEL_ANONYMISER},
        {STR_INIT("anonymizer"), INTEL_ANONYMISER},
        {STR_INIT("abuse"), INTEL_ABUSE},
        {STR_INIT("spam"), INTEL_ABUSE},
        {STR_INIT("bruteforce"), INTEL_ABUSE},
        {STR_INIT("brute force"), INTEL_ABUSE},
        {STR_INIT("brute-force"), INTEL_ABUSE},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_has_word(text, words[i].word, "")) {
            return words[i].class;
        }
    }
    return INTEL_UNKNOWN;
}

/* Undo defanging into `to` (as large as `s`). */
static size_t refang(struct str s, char *to)
{
    static const struct {
        struct str from;
        char to;
    } marks[] = {{STR_INIT("[.]"), '.'},   {STR_INIT("(.)"), '.'},   {STR_INIT("{.}"), '.'},
                 {STR_INIT("[dot]"), '.'}, {STR_INIT("(dot)"), '.'}, {STR_INIT("[:]"), ':'}};
    size_t n = 0;
    for (size_t i = 0; i < s.len;) {
        size_t step = 0;
        for (size_t m = 0; m < ARRAY_LEN(marks) && step == 0; m++) {
            if (str_istarts(str_from(s, i), marks[m].from)) {
                to[n++] = marks[m].to;
                step = marks[m].from.len;
            }
        }
        if (step == 0) {
            to[n++] = s.ptr[i];
            step = 1;
        }
        i += step;
    }
    return n;
}

/* RFC 1035 sizes; underscores as seen in real names; at least two labels; a last label of digits
 * only would be a broken address. */
static bool is_host_name(struct str s)
{
    size_t label = 0;
    bool digits_only = true;
    size_t dots = 0;
    if (s.len == 0 || s.len > 253) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '.') {
            if (label == 0) {
                return false;
            }
            dots++;
            label = 0;
            digits_only = true;
            continue;
        }
        bool plain = chr_is_alnum(c) || c == '-' || c == '_' || (unsigned char)c >= 0x80;
        if (!plain || ++label > 63) {
            return false;
        }
        digits_only = digits_only && chr_is_digit(c);
    }
    return dots > 0 && label > 0 && !digits_only;
}

/* The host of a URL without scheme: user info, port, path, query and fragment taken off. */
static struct str url_host(struct str s, bool *path_url)
{
    size_t end = 0;
    while (end < s.len && s.ptr[end] != '/' && s.ptr[end] != '?' && s.ptr[end] != '#') {
        end++;
    }
    *path_url = s.len > end + 1;
    s = str_head(s, end);
    size_t user = str_rchr(s, '@');
    s = user == SIZE_MAX ? s : str_from(s, user + 1);
    if (s.len > 1 && s.ptr[0] == '[') {
        size_t close = str_chr(s, ']');
        return close == SIZE_MAX ? STR_EMPTY : str_head(str_from(s, 1), close - 1);
    }
    size_t port = str_rchr(s, ':');
    return port != SIZE_MAX && str_chr(s, ':') == port ? str_head(s, port) : s;
}

bool intel_observable(struct str text, struct arena *texts, struct indicator *out, bool *path_url)
{
    char plain[2048];
    text = str_trim(text);
    *path_url = false;
    if (text.len < 2 || text.len > sizeof(plain)) {
        return false;
    }
    bool fanged = memchr(text.ptr, '[', text.len) != NULL ||
                  memchr(text.ptr, '(', text.len) != NULL ||
                  memchr(text.ptr, '{', text.len) != NULL;
    struct str s = text;
    if (fanged) {
        s = str_make(plain, refang(text, plain));
    }
    size_t scheme = str_find(s, STR("://"));
    if (scheme != SIZE_MAX && scheme < 12) {
        s = url_host(str_from(s, scheme + 3), path_url);
    } else if (!ip_prefix_parse(s, &out->prefix) && str_chr(s, '/') != SIZE_MAX) {
        s = url_host(s, path_url);
    }
    if (ip_prefix_parse(s, &out->prefix)) {
        out->is_host = false;
    } else {
        while (s.len > 0 && s.ptr[s.len - 1] == '.') {
            s.len--;
        }
        if (str_starts(s, STR("*."))) {
            s = str_from(s, 2);
        } else if (s.len > 0 && s.ptr[0] == '.') {
            s = str_from(s, 1);
        }
        if (!is_host_name(s)) {
            return false;
        }
        out->is_host = true;
    }
    bool in_text = s.ptr >= text.ptr && s.ptr < text.ptr + text.len;
    bool lower = true;
    for (size_t i = 0; i < s.len && lower; i++) {
        lower = chr_lower(s.ptr[i]) == s.ptr[i];
    }
    if (in_text && lower) {
        out->value = s;
        return true;
    }
    char *copy = arena_alloc(texts, s.len + 1, 1, 1);
    if (copy == NULL) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        copy[i] = chr_lower(s.ptr[i]);
    }
    out->value = str_make(copy, s.len);
    return true;
}
