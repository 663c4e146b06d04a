/*
 * One walk over the text. At a separator (':' or '=') the name before it decides about the value
 * behind it; at the beginning of a word its shape does. Inside the value of "variables" and its
 * like, all values go.
 */
#include "report/mask.h"

#include <string.h>

#include "base/attr.h"
#include "report/mask_shape.h"

enum { NAME_MAX_BYTES = 64 };

static const struct str masked = STR_INIT("[masked]");

struct masker {
    struct buf *out;
    struct str text;
    size_t at;
    bool whole_key_ids;
    unsigned depth;  /* open brackets since the environment began; 0: not inside one */
    bool keep_value; /* inside an environment, the member "name" of a list */
};

static bool is_name(char c)
{
    return chr_is_digit(c) || (chr_lower(c) >= 'a' && chr_lower(c) <= 'z') || c == '_' ||
           c == '-' || c == '.';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static char here(const struct masker *m, size_t at)
{
    return at < m->text.len ? m->text.ptr[at] : '\0';
}

/* The name before a separator, lower case, without '_', '-', '.'. *segment: a ':' stands before it,
 * as in an ARN. */
static size_t name_before(const struct masker *m, char name[NAME_MAX_BYTES], bool *segment)
{
    size_t end = m->at;
    while (end > 0 && (is_quote(m->text.ptr[end - 1]) || m->text.ptr[end - 1] == '\\' ||
                       m->text.ptr[end - 1] == ' ')) {
        end--;
    }
    size_t from = end;
    while (from > 0 && end - from < NAME_MAX_BYTES && is_name(m->text.ptr[from - 1])) {
        from--;
    }
    *segment = from > 0 && m->text.ptr[from - 1] == ':';
    size_t n = 0;
    for (size_t i = from; i < end; i++) {
        char c = m->text.ptr[i];
        if (c != '_' && c != '-' && c != '.') {
            name[n++] = chr_lower(c);
        }
    }
    return n;
}

/* Names that always carry a secret, and names that do when the value looks like one. */
static const struct str sure_names[] = {
    STR_INIT("password"),      STR_INIT("passwd"),           STR_INIT("pwd"),
    STR_INIT("passphrase"),    STR_INIT("secretkey"),        STR_INIT("secretaccesskey"),
    STR_INIT("secretstring"),  STR_INIT("secretbinary"),     STR_INIT("clientsecret"),
    STR_INIT("privatekey"),    STR_INIT("apikey"),           STR_INIT("sessiontoken"),
    STR_INIT("securitytoken"), STR_INIT("accesstoken"),      STR_INIT("refreshtoken"),
    STR_INIT("idtoken"),       STR_INIT("authtoken"),        STR_INIT("sharedaccesskey"),
    STR_INIT("accountkey"),    STR_INIT("connectionstring"), STR_INIT("amzsignature"),
    STR_INIT("googsignature"),
};
static const struct str likely_names[] = {
    STR_INIT("secret"),     STR_INIT("token"),         STR_INIT("authorization"),
    STR_INIT("credential"), STR_INIT("credentials"),   STR_INIT("cookie"),
    STR_INIT("signingkey"), STR_INIT("encryptionkey"), STR_INIT("masterkey"),
    STR_INIT("passcode"),
};

static bool ends_with_any(struct str name, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_ends(name, names[i])) {
            return true;
        }
    }
    return false;
}

static bool is_environment(struct str name)
{
    static const struct str names[] = {STR_INIT("variables"), STR_INIT("environmentvariables"),
                                       STR_INIT("env"), STR_INIT("envvars"),
                                       STR_INIT("secretenvironmentvariables")};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* Where a value begins, and the quote around it: backslashes, then the quote itself. */
struct value {
    size_t from, to;
    size_t slashes;
    char quote;  /* '\0': none */
    bool spaced; /* a space stands before it */
};

static struct value value_after(const struct masker *m)
{
    struct value v = {.from = m->at + 1};
    while (here(m, v.from) == ' ') {
        v.from++;
        v.spaced = true;
    }
    while (here(m, v.from + v.slashes) == '\\') {
        v.slashes++;
    }
    char quote = here(m, v.from + v.slashes);
    if (is_quote(quote)) {
        v.quote = quote;
        v.from += v.slashes + 1;
    }
    return v;
}

/* A quote closes when it is escaped as often as the one that opened: 0, 1, 3, 7, … backslashes a
 * level, beside those that are escaped themselves. */
static void find_end(const struct masker *m, struct value *v)
{
    static const char stops[] = " \t\r\n,;&\"'`<>)}]|\\";
    v->to = v->from;
    if (v->quote == '\0') {
        while (v->to < m->text.len && memchr(stops, m->text.ptr[v->to], sizeof(stops)) == NULL) {
            v->to++;
        }
        return;
    }
    size_t period = 2 * (v->slashes + 1);
    while (v->to < m->text.len) {
        size_t n = 0;
        while (here(m, v->to + n) == '\\') {
            n++;
        }
        if (here(m, v->to + n) == v->quote && n % period == v->slashes) {
            v->to += n - v->slashes;
            return;
        }
        v->to += n + 1;
    }
    v->to = m->text.len;
}

static bool says_nothing(struct str v, bool quoted)
{
    static const struct str words[] = {STR_INIT("null"), STR_INIT("true"), STR_INIT("false")};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        struct str rest = str_from(v, words[i].len);
        if (str_starts(v, words[i]) && (rest.len == 0 || !is_name(rest.ptr[0]))) {
            return true;
        }
    }
    return v.len == 0 || str_starts(v, STR("[masked")) || str_starts(v, STR("arn:")) ||
           v.ptr[0] == '$' || (!quoted && strchr("{[\"',;&)}] \\\n", v.ptr[0]) != NULL);
}

/* In prose ("secret: the") a plain word is no secret. */
static bool looks_like_one(const struct value *v, struct str text)
{
    if (v->quote != '\0' || !v->spaced || text.len >= 16) {
        return true;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (chr_is_digit(text.ptr[i])) {
            return true;
        }
    }
    return false;
}

/* Does the name make the value a secret? Then finds the value's end. What can be told without
 * walking over the value comes first: a hostile text has many separators. */
static bool is_secret(const struct masker *m, struct str name, bool segment, struct value *v)
{
    bool sure =
        ends_with_any(name, sure_names, ARRAY_LEN(sure_names)) || (m->depth > 0 && !m->keep_value);
    bool likely = !segment && ends_with_any(name, likely_names, ARRAY_LEN(likely_names));
    if ((!sure && !likely) || says_nothing(str_from(m->text, v->from), v->quote != '\0')) {
        return false;
    }
    find_end(m, v);
    struct str text = str_make(m->text.ptr + v->from, v->to - v->from);
    return text.len > 0 && (sure || looks_like_one(v, text));
}

/* "Authorization: Bearer x" without quotes: both words are the value. */
static void take_scheme(const struct masker *m, struct value *v)
{
    struct str text = str_make(m->text.ptr + v->from, v->to - v->from);
    if (v->quote == '\0' && here(m, v->to) == ' ' &&
        (str_ieq(text, STR("bearer")) || str_ieq(text, STR("basic")) ||
         str_ieq(text, STR("token")) || str_ieq(text, STR("AWS4-HMAC-SHA256")))) {
        v->to++;
        while (v->to < m->text.len && !chr_is_space(m->text.ptr[v->to]) &&
               !is_quote(m->text.ptr[v->to])) {
            v->to++;
        }
    }
}

/* At ':' or '='. True when it was dealt with, value and all. */
static bool at_separator(struct masker *m)
{
    char name[NAME_MAX_BYTES];
    bool segment;
    struct str n = {name, name_before(m, name, &segment)};
    struct value v = value_after(m);
    m->keep_value = m->depth > 0 && str_eq(n, STR("name"));
    if (n.len == 0) {
        return false;
    }
    char first = here(m, v.from);
    if (m->depth == 0 && v.quote == '\0' && (first == '{' || first == '[') && is_environment(n)) {
        buf_add(m->out, str_make(m->text.ptr + m->at, v.from - m->at + 1));
        m->at = v.from + 1;
        m->depth = 1;
        return true;
    }
    if (!is_secret(m, n, segment, &v)) {
        return false;
    }
    take_scheme(m, &v);
    buf_add(m->out, str_make(m->text.ptr + m->at, v.from - m->at));
    buf_add(m->out, masked);
    m->at = v.to;
    return true;
}

static void count_brackets(struct masker *m, char c)
{
    if (m->depth > 0 && (c == '{' || c == '[')) {
        m->depth++;
    } else if (m->depth > 0 && (c == '}' || c == ']')) {
        m->depth--;
    }
}

/* "://user:password@host": the part between ':' and '@'. */
static bool at_url(struct masker *m)
{
    struct str rest = str_from(m->text, m->at + 3);
    size_t colon = SIZE_MAX;
    for (size_t i = 0; i < rest.len && i < 512; i++) {
        char c = rest.ptr[i];
        if (c == '@' && colon != SIZE_MAX && i > colon + 1) {
            buf_add(m->out, str_make(m->text.ptr + m->at, 3 + colon + 1));
            buf_add(m->out, masked);
            m->at += 3 + i;
            return true;
        }
        if (c == ':' && colon == SIZE_MAX) {
            colon = i;
        } else if (c == '/' || c == '?' || c == '#' || chr_is_space(c) || is_quote(c)) {
            return false;
        }
    }
    return false;
}

/* "--access-key-id AKIA…": the command needs all of it. */
static bool is_operand(const struct masker *m)
{
    size_t end = m->at;
    while (end > 0 && (is_quote(m->text.ptr[end - 1]) || m->text.ptr[end - 1] == ' ' ||
                       m->text.ptr[end - 1] == '=')) {
        end--;
    }
    return m->whole_key_ids && end < m->at &&
           str_ends(str_head(m->text, end), STR("access-key-id"));
}

static bool at_word(struct masker *m)
{
    struct str rest = str_from(m->text, m->at);
    size_t n = mask_key_id(rest);
    if (n > 0) {
        if (is_operand(m)) {
            buf_add(m->out, str_head(rest, n));
        } else {
            buf_add(m->out, str_head(rest, 4));
            buf_add_cstr(m->out, "…");
            buf_add(m->out, str_from(str_head(rest, n), n - 2));
        }
        m->at += n;
        return true;
    }
    size_t keep = 0;
    n = mask_word(rest, &keep);
    if (n > 0) {
        buf_add(m->out, str_head(rest, keep));
        buf_add(m->out, masked);
        m->at += n;
    }
    return n > 0;
}

static bool is_base64_char(char c)
{
    return mask_base64_run(str_make(&c, 1)) == 1;
}

/* One step. Every branch moves on. */
static void step(struct masker *m)
{
    char c = m->text.ptr[m->at];
    char before = m->at == 0 ? ' ' : m->text.ptr[m->at - 1];
    bool word = is_name(c) && (!is_name(before) || before == '-' || before == '.');
    struct str rest = str_from(m->text, m->at);
    if (c == ':' && str_starts(rest, STR("://")) && at_url(m)) {
        return;
    }
    if ((c == ':' || c == '=') && at_separator(m)) {
        return;
    }
    if (word && at_word(m)) {
        return;
    }
    size_t n = c == '-' ? mask_pem(rest) : 0;
    if (n == 0 && is_base64_char(c) && !is_base64_char(before)) {
        n = mask_base64(rest);
    }
    if (n > 0) {
        buf_add(m->out, masked);
        m->at += n;
        return;
    }
    count_brackets(m, c);
    buf_addc(m->out, c);
    m->at++;
}

static void run(struct buf *out, struct str text, bool whole_key_ids)
{
    struct masker m = {.out = out, .text = text, .whole_key_ids = whole_key_ids};
    while (m.at < text.len) {
        step(&m);
    }
}

void mask_add(struct buf *out, struct str text)
{
    run(out, text, false);
}

void mask_add_command(struct buf *out, struct str text)
{
    run(out, text, true);
}
