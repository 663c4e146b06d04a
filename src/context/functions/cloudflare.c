/* What Cloudflare's API answers: the scripts of an account (`/workers/scripts`), and the domains
 * and routes that lead to them (`/workers/domains`, `/workers/routes`). */
#include "context/functions/functions_priv.h"

static bool is_domain(const json_t *object)
{
    return json_is_string(jtree_get(object, "hostname")) &&
           json_is_string(jtree_get(object, "service"));
}

static bool is_route(const json_t *object)
{
    return json_is_string(jtree_get(object, "pattern")) &&
           json_is_string(jtree_get(object, "script"));
}

static bool is_cloudflare(const json_t *object)
{
    return is_domain(object) || is_route(object) ||
           (json_is_string(jtree_get(object, "id")) &&
            (jtree_get(object, "etag") != NULL || jtree_get(object, "modified_on") != NULL));
}

/* The host that a route is for. One with a wildcard in it is no name. */
static struct str host_of(struct str pattern)
{
    size_t at = str_find(pattern, STR("://"));
    struct str host = at == SIZE_MAX ? pattern : str_from(pattern, at + 3);
    host = str_head(host, str_chr(host, '/'));
    return str_chr(host, '*') == SIZE_MAX ? host : STR_EMPTY;
}

static enum err_code read_cloudflare(struct reader *r, const json_t *object, struct err *err)
{
    int64_t us;
    bool zoned;
    struct listed_function f = {.key.provider = STR("cloudflare"), .modified_us = TIME_NONE};
    struct str modified = jtree_str(jtree_get(object, "modified_on"));
    if (modified.len > 0 && time_parse_any(modified, &us, &zoned)) {
        f.modified_us = us;
    }
    bool domain = is_domain(object);
    bool route = !domain && is_route(object);
    const char *name = domain ? "service" : route ? "script" : "id";
    const struct function_text texts[] = {
        {jtree_str(jtree_get(object, name)), &f.key.name},
        {jtree_str(jtree_get(object, "account_id")), &f.key.account},
        {jtree_str(jtree_get(object, "etag")), &f.code_hash},
        {jtree_str(jtree_get(object, "author_email")), &f.modified_by}};
    enum err_code rc = function_texts(r, texts, ARRAY_LEN(texts), err);
    struct str host = domain  ? jtree_str(jtree_get(object, "hostname"))
                      : route ? host_of(jtree_str(jtree_get(object, "pattern")))
                              : STR_EMPTY;
    rc = rc ? rc : reader_add(r, &f.hosts, host, err);
    if (rc != ERR_OK) {
        VEC_FREE(&f.hosts);
        return rc;
    }
    return function_add(r, &f, err);
}

const struct function_format function_format_cloudflare = {is_cloudflare, read_cloudflare};
