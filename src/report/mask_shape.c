#include "report/mask_shape.h"

#include "base/attr.h"

enum {
    AWS_SECRET_LEN = 40,
    BASE64_LONG = 100, /* longer is a token, a key or a payload; no identifier */
    KEY_ID_REST = 12   /* shortest rest of an access key id that we take for one */
};

static bool is_alnum(char c)
{
    return chr_is_digit(c) || (chr_lower(c) >= 'a' && chr_lower(c) <= 'z');
}

static bool is_token(char c)
{
    return is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '~' || c == '+' || c == '/' ||
           c == '=';
}

static bool is_urlsafe(char c)
{
    return is_alnum(c) || c == '-' || c == '_';
}

static size_t run_of(struct str s, bool (*of)(char))
{
    size_t n = 0;
    while (n < s.len && of(s.ptr[n])) {
        n++;
    }
    return n;
}

size_t mask_key_id(struct str s)
{
    static const struct str prefixes[] = {STR_INIT("AKIA"), STR_INIT("ASIA"), STR_INIT("ABIA"),
                                          STR_INIT("ACCA")};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (!str_starts(s, prefixes[i])) {
            continue;
        }
        size_t n = prefixes[i].len;
        while (n < s.len && (chr_is_digit(s.ptr[n]) || (s.ptr[n] >= 'A' && s.ptr[n] <= 'Z'))) {
            n++;
        }
        bool ends = n == s.len || !is_alnum(s.ptr[n]);
        return ends && n >= prefixes[i].len + KEY_ID_REST ? n : 0;
    }
    return 0;
}

/* header.payload.signature, each base64url, the header a JSON object. */
static size_t web_token(struct str s)
{
    if (!str_starts(s, STR("eyJ"))) {
        return 0;
    }
    size_t n = run_of(s, is_urlsafe);
    if (n < 10 || n == s.len || s.ptr[n] != '.') {
        return 0;
    }
    size_t body = run_of(str_from(s, n + 1), is_urlsafe);
    if (body < 4) {
        return 0;
    }
    n += 1 + body;
    if (n < s.len && s.ptr[n] == '.') {
        n += 1 + run_of(str_from(s, n + 1), is_urlsafe);
    }
    return n;
}

struct known {
    struct str prefix;
    size_t least; /* characters after the prefix */
};

static size_t known_token(struct str s)
{
    static const struct known known[] = {
        {STR_INIT("ghp_"), 20},         {STR_INIT("gho_"), 20},     {STR_INIT("ghs_"), 20},
        {STR_INIT("ghu_"), 20},         {STR_INIT("ghr_"), 20},     {STR_INIT("github_pat_"), 20},
        {STR_INIT("glpat-"), 16},       {STR_INIT("xoxb-"), 10},    {STR_INIT("xoxp-"), 10},
        {STR_INIT("xoxa-"), 10},        {STR_INIT("xoxr-"), 10},    {STR_INIT("xoxs-"), 10},
        {STR_INIT("xapp-"), 10},        {STR_INIT("AIza"), 30},     {STR_INIT("ya29."), 20},
        {STR_INIT("1//0"), 20},         {STR_INIT("GOCSPX-"), 20},  {STR_INIT("sk_live_"), 16},
        {STR_INIT("sk_test_"), 16},     {STR_INIT("rk_live_"), 16}, {STR_INIT("sk-"), 20},
        {STR_INIT("whsec_"), 16},       {STR_INIT("npm_"), 30},     {STR_INIT("pypi-"), 20},
        {STR_INIT("hf_"), 30},          {STR_INIT("SG."), 30},      {STR_INIT("dop_v1_"), 20},
        {STR_INIT("IQoJb3JpZ2lu"), 20}, {STR_INIT("FwoGZXIv"), 20}, {STR_INIT("FQoGZXIv"), 20},
        {STR_INIT("AQoDYXdz"), 20},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_starts(s, known[i].prefix)) {
            size_t n = run_of(s, is_token);
            return n >= known[i].prefix.len + known[i].least ? n : 0;
        }
    }
    return 0;
}

/* "Bearer x", "Basic x": a scheme and credentials, not the words of a sentence. */
static size_t scheme(struct str s, size_t *keep)
{
    static const struct str schemes[] = {STR_INIT("bearer "), STR_INIT("basic "),
                                         STR_INIT("bearer%20"), STR_INIT("token ")};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (!str_istarts(s, schemes[i])) {
            continue;
        }
        struct str rest = str_from(s, schemes[i].len);
        size_t n = run_of(rest, is_token);
        bool odd = false; /* something that a word does not have */
        for (size_t at = 0; at + 1 < n; at++) {
            char c = rest.ptr[at];
            odd = odd || !(c >= 'a' && c <= 'z') || at >= 20;
        }
        if (n >= 8 && odd && rest.ptr[0] != '=') {
            *keep = schemes[i].len;
            return schemes[i].len + n;
        }
    }
    return 0;
}

size_t mask_word(struct str s, size_t *keep)
{
    *keep = 0;
    size_t n = web_token(s);
    if (n == 0) {
        n = known_token(s);
    }
    return n == 0 ? scheme(s, keep) : n;
}

static bool is_base64(char c)
{
    return is_alnum(c) || c == '+' || c == '/';
}

size_t mask_base64_run(struct str s)
{
    return run_of(s, is_base64);
}

static bool is_mixed(struct str s)
{
    bool upper = false;
    bool lower = false;
    bool digit = false;
    for (size_t i = 0; i < s.len; i++) {
        upper = upper || (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z');
        lower = lower || (s.ptr[i] >= 'a' && s.ptr[i] <= 'z');
        digit = digit || chr_is_digit(s.ptr[i]);
    }
    return upper && lower && digit;
}

/* A part between slashes that is a word or a number, as in "AWSLogs/111122223333/CloudTrail": 40
 * random characters have one of five or more about once in ten thousand. */
static bool is_path(struct str s)
{
    if (str_chr(s, '/') == SIZE_MAX) {
        return false;
    }
    struct str part;
    while (str_cut(&s, '/', &part)) {
        bool digits = true;
        bool word = true;
        for (size_t i = 0; i < part.len; i++) {
            digits = digits && chr_is_digit(part.ptr[i]);
            word =
                word && (i == 0 ? is_alnum(part.ptr[i]) : part.ptr[i] >= 'a' && part.ptr[i] <= 'z');
        }
        if (part.len >= 5 && (digits || word)) {
            return true;
        }
    }
    return false;
}

size_t mask_base64(struct str s)
{
    size_t n = mask_base64_run(s);
    struct str run = str_head(s, n);
    bool padded = n < s.len && s.ptr[n] == '=';
    if (n >= BASE64_LONG && is_mixed(run)) {
        while (n < s.len && s.ptr[n] == '=') {
            n++;
        }
        return n;
    }
    return n == AWS_SECRET_LEN && !padded && is_mixed(run) && !is_path(run) ? n : 0;
}

size_t mask_pem(struct str s)
{
    if (!str_starts(s, STR("-----BEGIN "))) {
        return 0;
    }
    struct str head = str_head(s, 80);
    size_t name_end = str_find(str_from(head, 11), STR("-----"));
    if (name_end == SIZE_MAX ||
        str_find(str_head(str_from(head, 11), name_end), STR("PRIVATE KEY")) == SIZE_MAX) {
        return 0;
    }
    size_t body = 11 + name_end + 5;
    size_t end = str_find(str_from(s, body), STR("-----END "));
    if (end == SIZE_MAX) {
        return s.len;
    }
    size_t tail = body + end + 9;
    size_t close = str_find(str_head(str_from(s, tail), 80), STR("-----"));
    return close == SIZE_MAX ? tail : tail + close + 5;
}
