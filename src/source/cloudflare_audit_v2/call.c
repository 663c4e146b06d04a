#include "source/cloudflare_audit_v2/call.h"

static const struct v2_call calls[] = {
#define CF_CALL(method, path, action, kind, family)                                                \
    {STR_INIT(method), STR_INIT(path), STR_INIT(action), EVENT_##kind, V2_##family},
#include "source/cloudflare_audit_v2/calls.def"
#undef CF_CALL
};

struct str v2_path_of(struct str uri)
{
    static const struct str prefixes[] = {STR_INIT("client/v4/"), STR_INIT("api/v4/")};
    size_t scheme = str_find(uri, STR("://"));
    if (scheme != SIZE_MAX && scheme < 8) {
        uri = str_from(uri, scheme + 3);
        uri = str_from(uri, str_chr(uri, '/'));
    }
    uri = str_head(uri, str_chr(uri, '?'));
    uri = str_head(uri, str_chr(uri, '#'));
    while (uri.len > 0 && uri.ptr[0] == '/') {
        uri = str_from(uri, 1);
    }
    while (uri.len > 0 && uri.ptr[uri.len - 1] == '/') {
        uri.len--;
    }
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (str_istarts(uri, prefixes[i])) {
            return str_from(uri, prefixes[i].len);
        }
    }
    return uri;
}

/* One segment of a path against one of a template. */
static bool segment(struct str want, struct str have, struct v2_params *out)
{
    if (want.len == 0 || want.ptr[0] != '{') {
        return str_eq(want, have);
    }
    if (have.len == 0) {
        return false;
    }
    if (str_eq(want, STR("{account}"))) {
        out->account = have;
    } else if (str_eq(want, STR("{zone}"))) {
        out->zone = have;
    } else if (str_eq(want, STR("{script}"))) {
        out->script = have;
    } else if (str_eq(want, STR("{id}"))) {
        out->id = have;
    }
    return true;
}

static bool fits(struct str template, struct str path, struct v2_params *out)
{
    struct str want;
    struct str have;
    *out = (struct v2_params){0};
    while (str_cut(&template, '/', &want)) {
        if (str_eq(want, STR("{rest}"))) {
            return true;
        }
        if (!str_cut(&path, '/', &have) || !segment(want, have, out)) {
            return false;
        }
    }
    return path.len == 0;
}

static bool same_method(struct str want, struct str have)
{
    if (want.ptr[0] == '*') {
        return have.len > 0 && !str_ieq(have, STR("GET")) && !str_ieq(have, STR("HEAD")) &&
               !str_ieq(have, STR("OPTIONS"));
    }
    return str_ieq(want, have);
}

const struct v2_call *v2_call_find(struct str method, struct str path, struct v2_params *out)
{
    for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
        if (same_method(calls[i].method, method) && fits(calls[i].path, path, out)) {
            return &calls[i];
        }
    }
    *out = (struct v2_params){0};
    return NULL;
}
