#include "source/cloudtrail/function_name.h"

#include "source/cloudtrail/text.h"

enum { ACCOUNT_DIGITS = 12, NAME_MAX_LEN = 170, ARN_MAX_LEN = 400 };

static bool is_account(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!chr_is_digit(s.ptr[i])) {
            return false;
        }
    }
    return s.len == ACCOUNT_DIGITS;
}

static bool is_name_char(char c)
{
    char l = chr_lower(c);
    return (l >= 'a' && l <= 'z') || chr_is_digit(c) || c == '-' || c == '_' || c == '.';
}

/* "us-east-1", "us-gov-west-1", and what anonymised data has: letters, digits, two hyphens. */
static bool is_region(struct str s)
{
    unsigned hyphens = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_name_char(s.ptr[i]) || s.ptr[i] == '_' || s.ptr[i] == '.') {
            return false;
        }
        hyphens += s.ptr[i] == '-';
    }
    return s.len >= 8 && hyphens >= 2;
}

/* NAME or NAME:QUALIFIER. */
static bool take_name(struct str rest, struct ct_function *f)
{
    size_t colon = str_chr(rest, ':');
    f->name = str_head(rest, colon);
    f->qualifier = colon == SIZE_MAX ? STR_EMPTY : str_from(rest, colon + 1);
    if (f->name.len == 0 || f->name.len > NAME_MAX_LEN) {
        return false;
    }
    for (size_t i = 0; i < f->name.len; i++) {
        if (!is_name_char(f->name.ptr[i])) {
            return false;
        }
    }
    return str_chr(f->qualifier, ':') == SIZE_MAX;
}

/* "web-function/NAME/endpoint/EP": the name alone. */
static bool take_web_name(struct str rest, struct ct_function *f)
{
    f->name = str_head(rest, str_chr(rest, '/'));
    return f->name.len != 0;
}

static bool parse_arn(struct str text, struct ct_function *f)
{
    struct ct_arn arn;
    if (!ct_arn_parse(text, &arn) || !str_eq(arn.service, STR("lambda"))) {
        return false;
    }
    f->region = arn.region;
    f->account = arn.account;
    if (str_starts(arn.resource, STR("web-function/"))) {
        return take_web_name(str_from(arn.resource, 13), f);
    }
    if (str_starts(arn.resource, STR("web-function:"))) {
        return take_web_name(str_from(arn.resource, 13), f);
    }
    return str_starts(arn.resource, STR("function:")) && take_name(str_from(arn.resource, 9), f);
}

bool ct_function_parse(struct str text, struct ct_function *out)
{
    struct ct_function f = {
        .region = STR_EMPTY, .account = STR_EMPTY, .name = STR_EMPTY, .qualifier = STR_EMPTY};
    if (str_starts(text, STR("arn:"))) {
        if (!parse_arn(text, &f)) {
            return false;
        }
        *out = f;
        return true;
    }
    /* The optional parts of the API's pattern, in its order: region, account, "function". */
    size_t colon = str_chr(text, ':');
    if (colon != SIZE_MAX && is_region(str_head(text, colon)) &&
        is_account(str_head(str_from(text, colon + 1), str_chr(str_from(text, colon + 1), ':')))) {
        f.region = str_head(text, colon);
        text = str_from(text, colon + 1);
        colon = str_chr(text, ':');
    }
    if (colon != SIZE_MAX && is_account(str_head(text, colon))) {
        f.account = str_head(text, colon);
        text = str_from(text, colon + 1);
    }
    if (str_starts(text, STR("function:"))) {
        text = str_from(text, 9);
    }
    if (!take_name(text, &f)) {
        return false;
    }
    *out = f;
    return true;
}

bool ct_function_next(struct str *text, struct str *out_arn)
{
    for (;;) {
        size_t at = str_find(*text, STR("arn:"));
        if (at == SIZE_MAX) {
            *text = STR_EMPTY;
            return false;
        }
        struct str arn = str_from(*text, at);
        size_t len = 0;
        while (len < arn.len && len < ARN_MAX_LEN &&
               (is_name_char(arn.ptr[len]) || arn.ptr[len] == ':' || arn.ptr[len] == '$')) {
            len++;
        }
        /* An API Gateway URI holds the function's ARN inside its own. */
        *text = str_from(arn, 4);
        struct ct_function f;
        struct str one = str_head(arn, len);
        if (ct_function_parse(one, &f)) {
            *text = str_from(arn, len);
            *out_arn = one;
            return true;
        }
    }
}

static void set_function(struct event *e, const struct ct_function *f)
{
    e->function = (struct function_key){
        .provider = STR("aws"),
        .account = f->account.len != 0 ? f->account : e->account,
        .region = f->region.len != 0 ? f->region : e->region,
        .name = f->name,
    };
    e->qualifier = f->qualifier;
}

void ct_set_function(struct ct_extract *x, struct str text)
{
    struct ct_function f;
    if (x->e->function.name.len == 0 && text.len != 0 && ct_function_parse(text, &f)) {
        set_function(x->e, &f);
    }
}

/* resources[] of a data event: the ARN is the function's, whatever the caller typed. Its text, or
 * "" when none is a function's. */
static struct str resource_arn(struct ct_extract *x, struct ct_function *f)
{
    struct json_view list = ct_view(x->r, CT_RESOURCES);
    struct json_iter it = json_iter_of(list);
    struct json_view key, item;
    while (list.kind == JSON_ARRAY && json_iter_next(&it, &key, &item)) {
        if (item.kind != JSON_OBJECT) {
            continue;
        }
        struct json_view v = json_member(item, STR("ARN"));
        struct str arn = ct_view_str(x, v.kind == JSON_ABSENT ? json_member(item, STR("arn")) : v);
        if (str_starts(arn, STR("arn:")) && ct_function_parse(arn, f)) {
            return arn;
        }
    }
    return STR_EMPTY;
}

void ct_lambda_subject(struct ct_extract *x)
{
    static const enum ct_field named[] = {CT_RP_FUNCTION_ARN,     CT_RP_FUNCTION_NAME,
                                          CT_RP_WEB_FUNCTION_ARN, CT_RP_WEB_FUNCTION_NAME,
                                          CT_RP_RESOURCE,         CT_RP_RESOURCE_ARN};
    /* A response names the version just published: that is not what was asked for. */
    static const enum ct_field answered[] = {CT_RE_FUNCTION_ARN, CT_RE_WEB_FUNCTION_ARN,
                                             CT_RE_FUNCTION_NAME};
    struct str asked = STR_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(named) && asked.len == 0; i++) {
        asked = ct_str(x, named[i]);
    }
    struct ct_function resource;
    struct str arn = STR_EMPTY;
    if (x->e->data_event) {
        arn = resource_arn(x, &resource);
        if (arn.len != 0 && x->e->function.name.len == 0) {
            set_function(x->e, &resource);
        }
    }
    struct str from_resource = x->e->data_event ? x->e->qualifier : STR_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(answered); i++) {
        ct_set_function(x, ct_str(x, answered[i]));
    }
    ct_set_function(x, asked);
    if (x->e->function.name.len == 0) {
        return;
    }
    struct ct_function f;
    x->e->qualifier = ct_str(x, CT_RP_QUALIFIER);
    if (x->e->qualifier.len == 0 && arn.len != 0 && str_eq(asked, arn)) {
        x->e->qualifier = resource.qualifier;
    } else if (x->e->qualifier.len == 0) {
        x->e->qualifier = ct_function_parse(asked, &f) ? f.qualifier : from_resource;
    }
}
