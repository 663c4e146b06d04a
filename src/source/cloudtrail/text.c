#include "source/cloudtrail/text.h"

#include "base/buf.h"
#include "codec/base64.h"
#include "codec/hex.h"

enum { DATE_LEN = 8, SHA256_LEN = 32, SHA256_BASE64 = 44, SHA256_HEX = 64 };

/* Where the API date begins that ends at `end`, or 0. */
static size_t date_before(struct str name, size_t end)
{
    if (end <= DATE_LEN) {
        return 0;
    }
    size_t date = end - DATE_LEN;
    if (name.ptr[date] != '2' || name.ptr[date + 1] != '0') {
        return 0;
    }
    for (size_t i = date; i < end; i++) {
        if (!chr_is_digit(name.ptr[i])) {
            return 0;
        }
    }
    return date;
}

struct str ct_action(struct str name)
{
    size_t end = name.len;
    while (end > 0 && chr_is_digit(name.ptr[end - 1])) {
        end--;
    }
    size_t date = 0;
    if (end > 0 && end < name.len && name.ptr[end - 1] == 'v') {
        date = date_before(name, end - 1);
    }
    if (date == 0) {
        date = date_before(name, name.len);
    }
    return date == 0 ? name : str_head(name, date);
}

static bool is_hex(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = chr_lower(s.ptr[i]);
        if (!chr_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return true;
}

static bool hex_of_base64(struct str text, struct arena *a, struct str *out)
{
    CLEANUP(buf_free) struct buf raw;
    buf_init(&raw, SHA256_LEN + 1);
    if (!base64_decode(text, &raw) || raw.len != SHA256_LEN) {
        *out = text;
        return !raw.failed;
    }
    char *hex = ARENA_ARRAY(a, char, SHA256_HEX + 1);
    if (hex == NULL) {
        return false;
    }
    hex_write(raw.ptr, raw.len, hex);
    *out = (struct str){hex, SHA256_HEX};
    return true;
}

bool ct_hash_hex(struct str text, struct arena *a, struct str *out)
{
    if (str_starts(text, STR("sha256:"))) {
        text = str_from(text, 7);
    }
    if (text.len == SHA256_BASE64) {
        return hex_of_base64(text, a, out);
    }
    if (text.len != SHA256_HEX || !is_hex(text)) {
        *out = text;
        return true;
    }
    char *hex = ARENA_ARRAY(a, char, SHA256_HEX + 1);
    if (hex == NULL) {
        return false;
    }
    for (size_t i = 0; i < SHA256_HEX; i++) {
        hex[i] = chr_lower(text.ptr[i]);
    }
    *out = (struct str){hex, SHA256_HEX};
    return true;
}

bool ct_arn_parse(struct str text, struct ct_arn *out)
{
    struct ct_arn arn;
    struct str part;
    if (!str_cut(&text, ':', &part) || !str_eq(part, STR("arn")) || !str_cut(&text, ':', &part) ||
        !str_cut(&text, ':', &arn.service) || !str_cut(&text, ':', &arn.region) ||
        !str_cut(&text, ':', &arn.account) || text.len == 0) {
        return false;
    }
    arn.resource = text;
    *out = arn;
    return true;
}
