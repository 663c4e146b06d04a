#include <string.h>

#include "intel/intel_priv.h"

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

/* A URL in its parts. */
struct url {
    struct str host; /* without brackets */
    struct str port; /* "" none */
    struct str rest; /* path, query; the fragment is taken off */
    bool http, https;
};

static void split_url(struct str s, struct url *u)
{
    *u = (struct url){.host = STR_EMPTY, .port = STR_EMPTY, .rest = STR_EMPTY};
    size_t scheme = str_find(str_head(s, 16), STR("://"));
    if (scheme != SIZE_MAX) {
        struct str name = str_head(s, scheme);
        u->http = str_ieq(name, STR("http")) || str_ieq(name, STR("hxxp"));
        u->https = str_ieq(name, STR("https")) || str_ieq(name, STR("hxxps"));
        s = str_from(s, scheme + 3);
    }
    size_t hash = str_chr(s, '#');
    s = hash == SIZE_MAX ? s : str_head(s, hash);
    size_t end = 0;
    while (end < s.len && s.ptr[end] != '/' && s.ptr[end] != '?') {
        end++;
    }
    u->rest = str_from(s, end);
    s = str_head(s, end);
    size_t user = str_rchr(s, '@');
    s = user == SIZE_MAX ? s : str_from(s, user + 1);
    u->host = s;
    size_t port = str_rchr(s, ':');
    if (s.len > 1 && s.ptr[0] == '[') {
        size_t close = str_chr(s, ']');
        u->host = close == SIZE_MAX ? STR_EMPTY : str_head(str_from(s, 1), close - 1);
        u->port = close != SIZE_MAX && port == close + 1 ? str_from(s, port + 1) : STR_EMPTY;
    } else if (port != SIZE_MAX && str_chr(s, ':') == port) {
        u->host = str_head(s, port);
        u->port = str_from(s, port + 1);
    }
    while (u->host.len > 0 && u->host.ptr[u->host.len - 1] == '.') {
        u->host.len--;
    }
    bool usual =
        (str_eq(u->port, STR("80")) && !u->https) || (str_eq(u->port, STR("443")) && !u->http);
    u->port = usual ? STR_EMPTY : u->port;
}

static bool put(char *out, size_t *n, struct str s, bool lower)
{
    if (s.len > INTEL_URL_MAX - *n) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        out[*n + i] = lower ? chr_lower(s.ptr[i]) : s.ptr[i];
    }
    *n += s.len;
    return true;
}

static bool url_key(const struct url *u, char out[INTEL_URL_MAX], size_t *out_len)
{
    size_t n = 0;
    bool v6 = str_chr(u->host, ':') != SIZE_MAX;
    bool fits =
        (!v6 || put(out, &n, STR("["), false)) && put(out, &n, u->host, true) &&
        (!v6 || put(out, &n, STR("]"), false)) &&
        (u->port.len == 0 || (put(out, &n, STR(":"), false) && put(out, &n, u->port, false))) &&
        ((u->rest.len > 0 && u->rest.ptr[0] == '/') || put(out, &n, STR("/"), false)) &&
        put(out, &n, u->rest, false);
    *out_len = n;
    return fits && u->host.len > 0;
}

bool intel_url_key(struct str host, struct str url, char out[INTEL_URL_MAX], size_t *out_len)
{
    struct url u;
    bool path_only = url.len == 0 || url.ptr[0] == '/';
    split_url(path_only ? host : url, &u);
    if (path_only) {
        size_t hash = str_chr(url, '#');
        u.rest = hash == SIZE_MAX ? url : str_head(url, hash);
    }
    return url_key(&u, out, out_len);
}

/* `s` in lower case: itself when it is part of `within` and has no capital, else a copy. */
static bool keep(struct str s, struct str within, bool lower, struct arena *texts, struct str *out)
{
    bool same = s.ptr >= within.ptr && s.ptr < within.ptr + within.len;
    for (size_t i = 0; i < s.len && lower && same; i++) {
        same = chr_lower(s.ptr[i]) == s.ptr[i];
    }
    if (same) {
        *out = s;
        return true;
    }
    char *copy = arena_alloc(texts, s.len + 1, 1, 1);
    if (copy == NULL) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        copy[i] = lower ? chr_lower(s.ptr[i]) : s.ptr[i];
    }
    *out = str_make(copy, s.len);
    return true;
}

/* A name without what stands for "and all below". */
static struct str bare_name(struct str s)
{
    s = str_starts(s, STR("*."))       ? str_from(s, 2)
        : s.len > 0 && s.ptr[0] == '.' ? str_from(s, 1)
                                       : s;
    while (s.len > 0 && s.ptr[s.len - 1] == '.') {
        s.len--;
    }
    return s;
}

bool intel_observable(struct str text, struct arena *texts, struct indicator *out)
{
    char plain[INTEL_URL_MAX];
    char key[INTEL_URL_MAX];
    struct url u;
    text = str_trim(text);
    if (text.len < 2 || text.len > sizeof(plain)) {
        return false;
    }
    bool fanged = memchr(text.ptr, '[', text.len) != NULL ||
                  memchr(text.ptr, '(', text.len) != NULL ||
                  memchr(text.ptr, '{', text.len) != NULL;
    struct str s = fanged ? str_make(plain, refang(text, plain)) : text;
    if (ip_prefix_parse(s, &out->prefix)) {
        out->kind = INTEL_IP;
        return keep(s, text, true, texts, &out->value);
    }
    struct str name = bare_name(s);
    if (is_host_name(name)) {
        out->kind = INTEL_HOST;
        return keep(name, text, true, texts, &out->value);
    }
    split_url(s, &u);
    bool address = ip_prefix_parse(u.host, &out->prefix) && str_chr(u.host, '/') == SIZE_MAX;
    if (!address && !is_host_name(u.host)) {
        return false;
    }
    if (u.rest.len > 1) {
        size_t n;
        out->kind = INTEL_URL;
        return url_key(&u, key, &n) && keep(str_make(key, n), text, false, texts, &out->value);
    }
    out->kind = address ? INTEL_IP : INTEL_HOST;
    return keep(u.host, text, true, texts, &out->value);
}

static bool is_ja4(struct str s)
{
    return s.len == 36 && s.ptr[10] == '_' && s.ptr[23] == '_';
}

bool intel_fingerprint(enum intel_kind kind, struct str text, struct arena *texts,
                       struct indicator *out)
{
    static const uint8_t sizes[INTEL_KIND_MAX_] = {
        [INTEL_MD5] = 32, [INTEL_SHA1] = 40, [INTEL_SHA256] = 64, [INTEL_JA3] = 32};
    char hex[64];
    size_t n = 0;
    text = str_trim(text);
    if (kind == INTEL_JA4) {
        out->kind = kind;
        return is_ja4(text) && keep(text, text, true, texts, &out->value);
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = chr_lower(text.ptr[i]);
        if (c == ':' && kind == INTEL_CERT) {
            continue;
        }
        if (!(chr_is_digit(c) || (c >= 'a' && c <= 'f')) || n == sizeof(hex)) {
            return false;
        }
        hex[n++] = c;
    }
    if (kind == INTEL_CERT ? n != 40 && n != 64 : n != sizes[kind]) {
        return false;
    }
    out->kind = kind;
    return n == text.len ? keep(text, text, true, texts, &out->value)
                         : arena_dup(texts, str_make(hex, n), &out->value);
}

bool intel_observable_or_hash(struct str text, struct arena *texts, struct indicator *out)
{
    struct str s = str_trim(text);
    enum intel_kind kind = s.len == 32   ? INTEL_MD5
                           : s.len == 40 ? INTEL_SHA1
                           : s.len == 64 ? INTEL_SHA256
                                         : INTEL_JA4;
    return intel_fingerprint(kind, s, texts, out) || intel_observable(s, texts, out);
}

enum err_code intel_add_observable(const struct intel_sink *sink, const struct indicator *in,
                                   struct err *err)
{
    enum { HOST_OF_URL = 45 };
    enum err_code rc = sink->add(sink->arg, in, err);
    if (rc || in->kind != INTEL_URL || in->match != INTEL_EXACT) {
        return rc;
    }
    struct url u;
    struct indicator host = *in;
    split_url(in->value, &u);
    host.kind = ip_prefix_parse(u.host, &host.prefix) ? INTEL_IP : INTEL_HOST;
    host.value = u.host;
    host.derived = true;
    host.confidence = in->confidence > HOST_OF_URL ? HOST_OF_URL : in->confidence;
    return sink->add(sink->arg, &host, err);
}
