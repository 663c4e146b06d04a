#include "detect/arn.h"

bool arn_parse(struct str s, struct arn *out)
{
    struct arn a = {0};
    struct str *const parts[] = {&a.partition, &a.service, &a.region, &a.account};
    if (!str_starts(s, STR("arn:"))) {
        return false;
    }
    s = str_from(s, 4);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        size_t colon = str_chr(s, ':');
        if (colon == SIZE_MAX) {
            return false;
        }
        *parts[i] = str_head(s, colon);
        s = str_from(s, colon + 1);
    }
    a.resource = s;
    *out = a;
    return true;
}

bool is_account_id(struct str s)
{
    if (s.len != 12) {
        return false;
    }
    for (size_t i = 0; i < s.len; i++) {
        if (!chr_is_digit(s.ptr[i])) {
            return false;
        }
    }
    return true;
}

struct str arn_account(struct str s)
{
    struct arn a;
    if (is_account_id(s)) {
        return s;
    }
    if (arn_parse(s, &a) && is_account_id(a.account)) {
        return a.account;
    }
    return STR_EMPTY;
}

struct str arn_name(struct str s)
{
    struct arn a;
    if (!arn_parse(s, &a)) {
        return s;
    }
    s = a.resource;
    size_t at = str_rchr(s, '/');
    if (at == SIZE_MAX) {
        at = str_rchr(s, ':');
    }
    return at == SIZE_MAX ? s : str_from(s, at + 1);
}
