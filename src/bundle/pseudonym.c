#include "bundle/pseudonym.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/json_write.h"

enum { WORD_MIN = 3, DEPTH_MAX = 4, BASE64_MIN = 12, MAIL_MAX = 512 };

/* ---- making them ---- */

static void mac(struct pseudonyms *p, const char *kind, struct str text, uint8_t out[DIGEST_BYTES])
{
    CLEANUP(buf_free) struct buf whole = {0};
    buf_printf(&whole, "%s\n", kind);
    for (size_t i = 0; i < text.len; i++) {
        buf_addc(&whole, chr_lower(text.ptr[i]));
    }
    p->failed = whole.failed || !digest_hmac(p->key, buf_str(&whole), out) || p->failed;
}

/* `digits` characters of `alphabet`. */
static void letters(struct pseudonyms *p, struct buf *out, const char *kind, struct str text,
                    size_t digits, const char *alphabet)
{
    uint8_t sum[DIGEST_BYTES] = {0};
    size_t base = str_of(alphabet).len;
    mac(p, kind, text, sum);
    for (size_t i = 0; i < digits; i++) {
        buf_addc(out, alphabet[sum[i % DIGEST_BYTES] % base]);
    }
}

static void add_person(struct pseudonyms *p, struct buf *out, struct str name)
{
    buf_add_cstr(out, "p-");
    letters(p, out, "person", name, 10, "0123456789abcdef");
}

enum err_code pseudonyms_init(struct pseudonyms *p, struct str key, struct err *err)
{
    uint8_t sum[DIGEST_BYTES] = {0};
    *p = (struct pseudonyms){0};
    key = str_trim(key);
    if (key.len < PSEUDONYM_KEY_MIN) {
        return err_set(err, ERR_USAGE,
                       "a key of %zu bytes can be guessed; make one of 32: openssl rand -hex 32",
                       key.len);
    }
    if (!arena_dup(&p->texts, key, &p->key)) {
        return err_set(err, ERR_NOMEM, "no memory for the key");
    }
    mac(p, "key id", STR(""), sum);
    hex_write(sum, PSEUDONYM_KEY_ID / 2, p->key_id);
    return p->failed ? err_set(err, ERR_NOMEM, "no memory for the key") : ERR_OK;
}

void pseudonyms_free(struct pseudonyms *p)
{
    VEC_FREE(&p->networks);
    map_free(&p->words);
    arena_free(&p->texts);
}

/* ---- being told ---- */

static void tell(struct pseudonyms *p, struct str word, const struct buf *pseudonym)
{
    CLEANUP(buf_free) struct buf key = {0};
    for (size_t i = 0; i < word.len; i++) {
        buf_addc(&key, chr_lower(word.ptr[i]));
    }
    if (word.len < WORD_MIN || key.failed || pseudonym->failed) {
        p->failed = p->failed || key.failed || pseudonym->failed;
        return;
    }
    struct map_entry *e = map_intern(&p->words, &p->texts, buf_str(&key));
    if (e == NULL) {
        p->failed = true;
        return;
    }
    if (e->value == NULL) {
        struct str *to = ARENA_NEW(&p->texts, struct str);
        p->failed = to == NULL || !arena_dup(&p->texts, buf_str(pseudonym), to) || p->failed;
        e->value = to;
        p->longest = word.len > p->longest ? word.len : p->longest;
    }
}

static void add_domain(struct pseudonyms *p, struct buf *out, struct str domain)
{
    buf_add_cstr(out, "d-");
    letters(p, out, "domain", domain, 8, "0123456789abcdef");
    buf_add_cstr(out, ".invalid");
}

void pseudonym_person(struct pseudonyms *p, struct str name)
{
    CLEANUP(buf_free) struct buf to = {0};
    size_t slash = str_starts(name, STR("arn:")) ? str_rchr(name, '/') : SIZE_MAX;
    struct str word = slash == SIZE_MAX ? name : str_from(name, slash + 1);
    size_t at = str_chr(word, '@');
    struct str local = at == SIZE_MAX ? word : str_head(word, at);
    if (str_starts(name, STR("arn:")) && slash == SIZE_MAX) {
        return; /* the root of an account names nobody */
    }
    add_person(p, &to, local);
    tell(p, local, &to);
    if (at != SIZE_MAX && !str_iends(word, STR("gserviceaccount.com"))) {
        buf_reset(&to);
        add_domain(p, &to, str_from(word, at + 1));
        tell(p, str_from(word, at + 1), &to);
    }
}

void pseudonym_account(struct pseudonyms *p, struct str id)
{
    CLEANUP(buf_free) struct buf to = {0};
    uint64_t number;
    if (str_u64(id, &number)) {
        /* No leading zero: it may stand as a number. */
        letters(p, &to, "account head", id, 1, "123456789");
        letters(p, &to, "account", id, id.len - 1, "0123456789");
    } else {
        buf_add_cstr(&to, "account-");
        letters(p, &to, "account", id, 10, "0123456789abcdef");
    }
    tell(p, id, &to);
}

/* Of a provider's name only the part that names it: "abc.lambda-url.eu-west-1.on.aws" stays one. */
static bool is_provider(struct str host)
{
    static const struct str ends[] = {STR_INIT(".on.aws"),      STR_INIT(".amazonaws.com"),
                                      STR_INIT(".run.app"),     STR_INIT(".cloudfunctions.net"),
                                      STR_INIT(".workers.dev"), STR_INIT(".cloudfront.net")};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        if (str_iends(host, ends[i])) {
            return true;
        }
    }
    return false;
}

void pseudonym_host(struct pseudonyms *p, struct str host)
{
    CLEANUP(buf_free) struct buf to = {0};
    size_t scheme = str_find(host, STR("://"));
    struct str rest = scheme == SIZE_MAX ? host : str_from(host, scheme + 3);
    struct ip ip;
    size_t end = 0;
    while (end < rest.len && (chr_is_alnum(rest.ptr[end]) || rest.ptr[end] == '.' ||
                              rest.ptr[end] == '-' || rest.ptr[end] == '_')) {
        end++;
    }
    rest = str_head(rest, end);
    size_t dot = str_chr(rest, '.');
    if (dot == SIZE_MAX || ip_parse(rest, &ip)) {
        return;
    }
    if (is_provider(rest)) {
        struct str label = str_head(rest, dot);
        buf_add_cstr(&to, "h-");
        letters(p, &to, "host", label, 12, "0123456789abcdefghijklmnopqrstuv");
        tell(p, label, &to);
    } else {
        add_domain(p, &to, rest);
        tell(p, rest, &to);
    }
}

void pseudonym_network(struct pseudonyms *p, const struct ip_prefix *network)
{
    p->failed = !VEC_PUSH(&p->networks, *network) || p->failed;
}

void pseudonym_id(struct pseudonyms *p, struct str hex)
{
    CLEANUP(buf_free) struct buf to = {0};
    letters(p, &to, "id", hex, hex.len, "0123456789abcdef");
    tell(p, hex, &to);
}

/* ---- finding them ---- */

struct walk {
    struct pseudonyms *p;
    struct str text;
    size_t at;
    struct buf *out;
};

static bool is_word(char c)
{
    return chr_is_alnum(c) || (unsigned char)c >= 0x80;
}

static bool is_hex(char c)
{
    char l = chr_lower(c);
    return chr_is_digit(l) || (l >= 'a' && l <= 'f');
}

/* A word may begin here: behind anything but letters, and behind "%40". */
static bool begins(const struct walk *w)
{
    const char *t = w->text.ptr;
    return w->at == 0 || !is_word(t[w->at - 1]) ||
           (w->at >= 3 && t[w->at - 3] == '%' && is_hex(t[w->at - 2]) && is_hex(t[w->at - 1]));
}

static struct str rest_of(const struct walk *w)
{
    return str_from(w->text, w->at);
}

static bool ends(struct str rest, size_t len)
{
    return len >= rest.len || !is_word(rest.ptr[len]);
}

static bool is_mail(char c)
{
    return chr_is_alnum(c) || (c != '\0' && strchr("._%+-", c) != NULL);
}

static size_t mail_at(struct str rest, size_t *local)
{
    size_t n = 0;
    while (n < rest.len && n < MAIL_MAX && is_mail(rest.ptr[n])) {
        n++;
    }
    *local = n;
    if (n == 0 || n >= rest.len || rest.ptr[n] != '@') {
        return 0;
    }
    size_t from = ++n;
    bool dot = false;
    while (n < rest.len && n < MAIL_MAX &&
           (chr_is_alnum(rest.ptr[n]) || rest.ptr[n] == '-' || rest.ptr[n] == '.')) {
        dot = dot || rest.ptr[n] == '.';
        n++;
    }
    while (n > from && rest.ptr[n - 1] == '.') {
        n--;
    }
    return n > from && dot ? n : 0;
}

static bool try_mail(struct walk *w)
{
    size_t local;
    struct str rest = rest_of(w);
    size_t n = mail_at(rest, &local);
    if (n == 0) {
        return false;
    }
    struct str domain = str_from(str_head(rest, n), local + 1);
    add_person(w->p, w->out, str_head(rest, local));
    buf_addc(w->out, '@');
    if (str_iends(domain, STR(".gserviceaccount.com"))) {
        pseudonym_text(w->p, domain, w->out); /* a project is an account */
    } else {
        add_domain(w->p, w->out, domain);
    }
    w->at += n;
    return true;
}

/* AKIA…, AROA…: the account can be read from them. */
static bool try_key(struct walk *w)
{
    static const struct str heads[] = {STR_INIT("AKIA"), STR_INIT("ASIA"), STR_INIT("AROA"),
                                       STR_INIT("AIDA"), STR_INIT("AGPA"), STR_INIT("AIPA"),
                                       STR_INIT("ANPA"), STR_INIT("ANVA")};
    struct str rest = rest_of(w);
    size_t n = 0;
    while (n < rest.len &&
           ((rest.ptr[n] >= 'A' && rest.ptr[n] <= 'Z') || chr_is_digit(rest.ptr[n]))) {
        n++;
    }
    for (size_t i = 0; n >= 16 && i < ARRAY_LEN(heads); i++) {
        if (str_starts(rest, heads[i])) {
            buf_add(w->out, heads[i]);
            letters(w->p, w->out, "key", str_head(rest, n), n - 4,
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
            w->at += n;
            return true;
        }
    }
    return false;
}

static bool is_own(const struct pseudonyms *p, const struct ip *ip)
{
    for (size_t i = 0; i < p->networks.len; i++) {
        if (ip_in(ip, &p->networks.at[i])) {
            return true;
        }
    }
    return ip_is_private(ip);
}

static bool try_address(struct walk *w)
{
    struct str rest = rest_of(w);
    struct ip ip;
    uint8_t sum[DIGEST_BYTES] = {0};
    char text[IP_TEXT_MAX];
    size_t n = 0;
    while (n < rest.len && n < IP_TEXT_MAX &&
           (is_hex(rest.ptr[n]) || rest.ptr[n] == '.' || rest.ptr[n] == ':')) {
        n++;
    }
    while (n > 0 && (rest.ptr[n - 1] == '.' ||
                     (rest.ptr[n - 1] == ':' && n > 1 && rest.ptr[n - 2] != ':'))) {
        n--;
    }
    /* "10.1.2.3:443" */
    size_t colon = str_chr(str_head(rest, n), ':');
    if (colon != SIZE_MAX && str_chr(str_head(rest, colon), '.') != SIZE_MAX) {
        n = colon;
    }
    if (n < 3 || !ends(rest, n) || !ip_parse(str_head(rest, n), &ip) || !is_own(w->p, &ip)) {
        return false;
    }
    size_t len = ip_format(&ip, text);
    mac(w->p, "address", str_make(text, len), sum);
    if (!ip_is_v4(&ip)) {
        buf_printf(w->out, "fd00::%x:%x:%x", 256U * sum[0] + sum[1], 256U * sum[2] + sum[3],
                   256U * sum[4] + sum[5]);
    } else if (ip_is_private(&ip)) {
        buf_printf(w->out, "10.%u.%u.%u", sum[0], sum[1], sum[2]);
    } else {
        buf_printf(w->out, "198.%u.%u.%u", 18U + (sum[0] & 1U), sum[1], sum[2]);
    }
    w->at += n;
    return true;
}

/* "--xxxxxxxx-xxxx-5xxx-…": made from names. */
static bool try_uuid(struct walk *w)
{
    struct str rest = rest_of(w);
    bool behind = w->at >= 2 && w->text.ptr[w->at - 1] == '-' && w->text.ptr[w->at - 2] == '-';
    bool alone = w->at == 0 && rest.len == 36;
    if ((!behind && !alone) || rest.len < 36 || rest.ptr[14] != '5' || rest.ptr[8] != '-' ||
        rest.ptr[23] != '-' || !ends(rest, 36)) {
        return false;
    }
    uint8_t sum[DIGEST_BYTES] = {0};
    char hex[2 * DIGEST_BYTES];
    mac(w->p, "uuid", str_head(rest, 36), sum);
    hex_write(sum, DIGEST_BYTES, hex);
    buf_printf(w->out, "%.8s-%.4s-5%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15, hex + 18);
    w->at += 36;
    return true;
}

/* The longest word that was told. */
static bool try_word(struct walk *w)
{
    struct str rest = rest_of(w);
    char lower[256];
    size_t most = rest.len < w->p->longest ? rest.len : w->p->longest;
    most = most < sizeof(lower) ? most : sizeof(lower);
    for (size_t i = 0; i < most; i++) {
        lower[i] = chr_lower(rest.ptr[i]);
    }
    for (size_t n = most; n >= WORD_MIN; n--) {
        if (!ends(rest, n)) {
            continue;
        }
        const struct str *to = map_get(&w->p->words, str_make(lower, n));
        if (to != NULL) {
            buf_add(w->out, *to);
            w->at += n;
            return true;
        }
    }
    return false;
}

void pseudonym_text(struct pseudonyms *p, struct str text, struct buf *out)
{
    struct walk w = {.p = p, .text = text, .out = out};
    while (w.at < text.len) {
        bool done = begins(&w) && (try_uuid(&w) || try_mail(&w) || try_key(&w) || try_address(&w) ||
                                   try_word(&w));
        if (!done) {
            buf_addc(out, text.ptr[w.at++]);
        }
    }
    p->failed = p->failed || out->failed;
}

/* ---- JSON ---- */

static void value_of(struct pseudonyms *p, struct str text, unsigned depth, struct buf *out);

/* Base64 of a text that is looked into. */
static bool try_base64(struct pseudonyms *p, struct str text, unsigned depth, struct buf *out)
{
    CLEANUP(buf_free) struct buf raw = {0};
    CLEANUP(buf_free) struct buf plain = {0};
    if (text.len < BASE64_MIN || !base64_decode(text, &raw) ||
        utf8_fault(buf_str(&raw)) != SIZE_MAX) {
        return false;
    }
    for (size_t i = 0; i < raw.len; i++) {
        if ((unsigned char)raw.ptr[i] < 0x09) {
            return false;
        }
    }
    value_of(p, buf_str(&raw), depth + 1, &plain);
    if (str_eq(buf_str(&raw), buf_str(&plain))) {
        return false;
    }
    base64_encode(buf_str(&plain), out);
    p->failed = p->failed || plain.failed;
    return true;
}

static void strings_of(struct pseudonyms *p, struct str text, unsigned depth, struct buf *out);

static void value_of(struct pseudonyms *p, struct str text, unsigned depth, struct buf *out)
{
    struct json_fault fault;
    bool nested = text.len > 1 && (text.ptr[0] == '{' || text.ptr[0] == '[') && depth < DEPTH_MAX &&
                  json_check(text, &fault) == JSON_OK;
    if (nested) {
        strings_of(p, text, depth + 1, out);
    } else if (depth >= DEPTH_MAX || !try_base64(p, text, depth, out)) {
        pseudonym_text(p, text, out);
    }
}

/* End of the string that begins behind text[from]. */
static size_t string_end(struct str text, size_t from)
{
    while (from < text.len && text.ptr[from] != '"') {
        from += text.ptr[from] == '\\' ? 2 : 1;
    }
    return from < text.len ? from : text.len;
}

static bool is_key(struct str text, size_t at)
{
    while (at < text.len && chr_is_space(text.ptr[at])) {
        at++;
    }
    return at < text.len && text.ptr[at] == ':';
}

/* A key is part of a form, unless it is a mail address, an account, an id. */
static bool names_somebody(struct str key)
{
    for (size_t i = 0; i < key.len; i++) {
        if (key.ptr[i] == '@' || key.ptr[i] == '/' || chr_is_digit(key.ptr[i])) {
            return true;
        }
    }
    return false;
}

static void strings_of(struct pseudonyms *p, struct str text, unsigned depth, struct buf *out)
{
    CLEANUP(arena_free) struct arena scratch = {0};
    for (size_t i = 0; i < text.len;) {
        size_t quote = str_chr(str_from(text, i), '"');
        size_t begin = quote == SIZE_MAX ? text.len : i + quote;
        pseudonym_text(p, str_make(text.ptr + i, begin - i), out); /* numbers: accounts */
        if (begin == text.len) {
            return;
        }
        size_t end = string_end(text, begin + 1);
        struct str raw = str_make(text.ptr + begin + 1, end - begin - 1);
        struct json_view v = {raw.ptr, (uint32_t)raw.len, JSON_STRING, true, 0};
        struct str plain = raw;
        CLEANUP(buf_free) struct buf to = {0};
        arena_reset(&scratch);
        p->failed = !json_text(v, &scratch, &plain) || p->failed;
        if (is_key(text, end + 1) && !names_somebody(plain)) {
            buf_add(&to, plain);
        } else {
            value_of(p, plain, depth, &to);
        }
        buf_addc(out, '"');
        if (str_eq(buf_str(&to), plain)) {
            buf_add(out, raw);
        } else {
            json_add_escaped(out, buf_str(&to));
        }
        if (end < text.len) {
            buf_addc(out, '"');
        }
        p->failed = p->failed || to.failed || out->failed;
        i = end + 1;
    }
}

void pseudonym_json(struct pseudonyms *p, struct str text, struct buf *out)
{
    strings_of(p, text, 0, out);
}
