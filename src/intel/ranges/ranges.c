/*
 * ranges - published address ranges of providers: AWS ip-ranges.json, Google cloud.json and
 * goog.json, Azure service tags, Cloudflare's lists and /ips answer, MISP warning lists of type
 * cidr. An address in one is shared by many customers: a hit on it is lowered. MISP warning lists
 * of names tell what feeds list by mistake.
 *
 * Of several ranges that hold an address the most special service is told; `confidence` carries
 * that order.
 */
#include <string.h>

#include <jansson.h>

#include "intel/intel.h"

enum { RANK_LIST, RANK_PROVIDER, RANK_CLOUD, RANK_SERVICE };

static bool has(struct str s, struct str what)
{
    return str_find(s, what) != SIZE_MAX;
}

/* Cloudflare's ips-v4 and ips-v6: a network a line. */
static bool is_text_list(struct str path, struct str head)
{
    size_t slash = str_rchr(path, '/');
    struct str name = slash == SIZE_MAX ? path : str_from(path, slash + 1);
    struct str line;
    struct ip_prefix p;
    return (str_istarts(name, STR("ips-v4")) || str_istarts(name, STR("ips-v6"))) &&
           str_cut(&head, '\n', &line) && ip_prefix_parse(str_trim(line), &p);
}

static int probe(struct str path, struct str head)
{
    if (is_text_list(path, head)) {
        return 90;
    }
    head = str_trim(head);
    if (head.len == 0 || head.ptr[0] != '{') {
        return 0;
    }
    bool prefixes = has(head, STR("\"prefixes\"")) &&
                    (has(head, STR("ip_prefix")) || has(head, STR("ipv4Prefix")) ||
                     has(head, STR("ipv6Prefix")));
    bool azure = has(head, STR("\"changeNumber\"")) && has(head, STR("\"values\""));
    bool warning = has(head, STR("\"list\"")) && has(head, STR("\"description\""));
    return prefixes || azure || has(head, STR("ipv4_cidrs")) ? 90 : warning ? 70 : 0;
}

static void json_done(json_t **doc)
{
    json_decref(*doc);
}

static struct str text_of(const json_t *v)
{
    const char *s = json_string_value(v);
    return s == NULL ? STR_EMPTY : str_make(s, json_string_length(v));
}

static enum err_code add(const struct intel_sink *sink, struct str cidr, struct str note,
                         uint8_t rank, uint64_t index, struct err *err)
{
    struct indicator in = {.is_range = true,
                           .from_us = TIME_NONE,
                           .until_us = TIME_NONE,
                           .value = cidr,
                           .note = note,
                           .confidence = rank};
    char why[64];
    if (!ip_prefix_parse(cidr, &in.prefix)) {
        (void)snprintf(why, sizeof(why), "entry %llu: no address range",
                       (unsigned long long)index + 1);
        sink->reject(sink->arg, 0, why);
        return ERR_OK;
    }
    return sink->add(sink->arg, &in, err);
}

/* AWS lists each range as AMAZON, many as EC2 too, and some as what they are for. */
static uint8_t rank_of(struct str who, struct str service)
{
    if (service.len == 0 || str_eq(service, STR("AMAZON"))) {
        return RANK_PROVIDER;
    }
    bool cloud = str_eq(service, STR("EC2")) || str_eq(service, STR("Google Cloud")) ||
                 (str_eq(who, STR("Azure")) && str_eq(service, STR("AzureCloud")));
    return cloud ? RANK_CLOUD : RANK_SERVICE;
}

/* "AWS EC2 eu-west-1": provider, service, region. */
static enum err_code add_named(const struct intel_sink *sink, struct str cidr, struct str who,
                               struct str service, struct str region, uint64_t index,
                               struct err *err)
{
    struct str note;
    if (!arena_printf(sink->texts, &note, "%.*s%s%.*s%s%.*s", STR_ARG(who),
                      who.len > 0 && service.len > 0 ? " " : "", STR_ARG(service),
                      region.len > 0 ? " " : "", STR_ARG(region))) {
        return err_set(err, ERR_LIMIT, "the feed is too large");
    }
    return add(sink, cidr, note, rank_of(who, service), index, err);
}

static enum err_code add_rows(const struct intel_sink *sink, const json_t *rows, bool aws,
                              struct err *err)
{
    static const char *const keys[] = {"ip_prefix", "ipv6_prefix", "ipv4Prefix", "ipv6Prefix"};
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        struct str cidr = STR_EMPTY;
        for (size_t k = 0; cidr.len == 0 && k < ARRAY_LEN(keys); k++) {
            cidr = text_of(json_object_get(row, keys[k]));
        }
        struct str service = text_of(json_object_get(row, "service"));
        struct str where = text_of(json_object_get(row, aws ? "region" : "scope"));
        struct str who = aws ? STR("AWS") : service.len == 0 ? STR("Google") : STR_EMPTY;
        enum err_code rc = add_named(sink, cidr, who, service, where, i, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_prefixes(const struct intel_sink *sink, const json_t *doc,
                                   struct err *err)
{
    const json_t *prefixes = json_object_get(doc, "prefixes");
    const json_t *first = json_array_get(prefixes, 0);
    bool aws = json_object_get(first, "ip_prefix") != NULL ||
               json_object_get(doc, "ipv6_prefixes") != NULL;
    enum err_code rc = add_rows(sink, prefixes, aws, err);
    return rc ? rc : add_rows(sink, json_object_get(doc, "ipv6_prefixes"), aws, err);
}

/* Azure's service tags: {"values":[{"name","properties":{"addressPrefixes":[…]}}]}. */
static enum err_code read_azure(const struct intel_sink *sink, const json_t *values,
                                struct err *err)
{
    size_t i;
    size_t k;
    json_t *tag;
    json_t *cidr;
    json_array_foreach(values, i, tag)
    {
        const json_t *properties = json_object_get(tag, "properties");
        struct str name = text_of(json_object_get(tag, "name"));
        size_t dot = str_chr(name, '.');
        struct str region = text_of(json_object_get(properties, "region"));
        json_array_foreach(json_object_get(properties, "addressPrefixes"), k, cidr)
        {
            enum err_code rc =
                add_named(sink, text_of(cidr), STR("Azure"),
                          dot == SIZE_MAX ? name : str_head(name, dot), region, k, err);
            if (rc) {
                return rc;
            }
        }
    }
    return ERR_OK;
}

static enum err_code add_list(const struct intel_sink *sink, const json_t *list, struct str note,
                              uint8_t rank, struct err *err)
{
    size_t i;
    json_t *v;
    json_array_foreach(list, i, v)
    {
        enum err_code rc = add(sink, text_of(v), note, rank, i, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

/* A warning list of names: an indicator that is exactly one of them is set aside. */
static enum err_code add_names(const struct intel_sink *sink, const json_t *list, struct str note,
                               struct err *err)
{
    size_t i;
    json_t *v;
    char why[64];
    json_array_foreach(list, i, v)
    {
        struct indicator in = {
            .is_harmless = true, .note = note, .from_us = TIME_NONE, .until_us = TIME_NONE};
        if (!intel_observable(text_of(v), sink->texts, &in) || in.kind == INTEL_URL) {
            (void)snprintf(why, sizeof(why), "entry %zu: no name", i + 1);
            sink->reject(sink->arg, 0, why);
            continue;
        }
        enum err_code rc = sink->add(sink->arg, &in, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_warning_list(const struct intel_sink *sink, const json_t *doc,
                                       struct str version, struct err *err)
{
    const json_t *list = json_object_get(doc, "list");
    struct str type = text_of(json_object_get(doc, "type"));
    struct str name = text_of(json_object_get(doc, "name"));
    struct str note;
    if (str_eq(type, STR("cidr"))) {
        return add_list(sink, list, name, RANK_LIST, err);
    }
    if (!str_eq(type, STR("hostname")) && !str_eq(type, STR("string"))) {
        return err_set(err, ERR_UNSUPPORTED,
                       "a warning list of type '%.*s': cidr, hostname and string are read",
                       STR_ARG(type));
    }
    if (!arena_printf(sink->texts, &note, "in warning list '%.*s' %.*s", STR_ARG(name),
                      STR_ARG(version))) {
        return err_set(err, ERR_LIMIT, "the feed is too large");
    }
    return add_names(sink, list, note, err);
}

/* The date or number that the publisher counts by. */
static bool version_of(const struct intel_sink *sink, const json_t *doc, struct str *out)
{
    const json_t *token = json_object_get(doc, "syncToken");
    struct str date = text_of(json_object_get(doc, "createDate"));
    date = date.len > 0 ? date : text_of(json_object_get(doc, "creationTime"));
    date = date.len > 0 ? date : text_of(json_object_get(json_object_get(doc, "result"), "etag"));
    const json_t *number = json_object_get(doc, "version");
    number = number != NULL ? number : json_object_get(doc, "changeNumber");
    if (json_is_string(token)) {
        return arena_printf(sink->texts, out, "%.*s%ssyncToken %.*s", STR_ARG(date),
                            date.len > 0 ? ", " : "", STR_ARG(text_of(token)));
    }
    if (date.len == 0 && json_is_integer(number)) {
        return arena_printf(sink->texts, out, "%lld", (long long)json_integer_value(number));
    }
    return arena_dup(sink->texts, date, out);
}

static enum err_code read_text_list(struct str text, const struct intel_sink *sink, struct err *err)
{
    struct str line;
    for (uint64_t i = 0; str_cut(&text, '\n', &line); i++) {
        line = str_trim(line);
        enum err_code rc = line.len == 0 || line.ptr[0] == '#'
                               ? ERR_OK
                               : add(sink, line, STR("Cloudflare"), RANK_PROVIDER, i, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_ranges(struct str path, struct str text, const struct intel_sink *sink,
                                 struct str *version, struct err *err)
{
    json_error_t fault;
    if (is_text_list(path, text)) {
        return read_text_list(text, sink, err);
    }
    CLEANUP(json_done)
    json_t *doc = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &fault);
    if (doc == NULL) {
        return err_set(err, ERR_SYNTAX, "line %d, column %d: %s", fault.line, fault.column,
                       fault.text);
    }
    if (!version_of(sink, doc, version)) {
        return err_set(err, ERR_LIMIT, "the feed is too large");
    }
    const json_t *result = json_object_get(doc, "result");
    if (json_is_object(result)) {
        enum err_code rc = add_list(sink, json_object_get(result, "ipv4_cidrs"), STR("Cloudflare"),
                                    RANK_PROVIDER, err);
        return rc ? rc
                  : add_list(sink, json_object_get(result, "ipv6_cidrs"), STR("Cloudflare"),
                             RANK_PROVIDER, err);
    }
    if (json_is_array(json_object_get(doc, "values"))) {
        return read_azure(sink, json_object_get(doc, "values"), err);
    }
    return json_is_array(json_object_get(doc, "list")) ? read_warning_list(sink, doc, *version, err)
                                                       : read_prefixes(sink, doc, err);
}

const struct intel_ops intel_ranges = {
    .name = "ranges",
    .summary = "published address ranges of providers (AWS, Google, Azure, Cloudflare), MISP "
               "warning lists",
    .probe = probe,
    .read = read_ranges,
};
