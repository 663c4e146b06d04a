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

static int probe(struct str path, struct str head)
{
    (void)path;
    head = str_trim(head);
    if (head.len == 0 || head.ptr[0] != '{') {
        return 0;
    }
    bool prefixes = str_find(head, STR("\"prefixes\"")) != SIZE_MAX &&
                    (str_find(head, STR("ip_prefix")) != SIZE_MAX ||
                     str_find(head, STR("ipv4Prefix")) != SIZE_MAX);
    bool cloudflare = str_find(head, STR("ipv4_cidrs")) != SIZE_MAX;
    bool warning = str_find(head, STR("\"list\"")) != SIZE_MAX &&
                   str_find(head, STR("\"description\"")) != SIZE_MAX;
    return prefixes || cloudflare ? 90 : warning ? 70 : 0;
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
                         uint64_t index, struct err *err)
{
    struct indicator in = {.is_range = true, .from_us = TIME_NONE, .until_us = TIME_NONE};
    if (!ip_prefix_parse(cidr, &in.prefix)) {
        sink->reject(sink->arg, index, "no address range");
        return ERR_OK;
    }
    if (!arena_dup(sink->texts, cidr, &in.value)) {
        return err_set(err, ERR_LIMIT, "the feed is too large");
    }
    in.note = note;
    return sink->add(sink->arg, &in, err);
}

/* "AMAZON EC2 eu-west-1": provider, service, region. */
static enum err_code add_rows(const struct intel_sink *sink, const json_t *rows, const char *who,
                              const char *const keys[2], const char *where, struct err *err)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        struct str cidr = text_of(json_object_get(row, keys[0]));
        cidr = cidr.len > 0 ? cidr : text_of(json_object_get(row, keys[1]));
        struct str service = text_of(json_object_get(row, "service"));
        struct str region = text_of(json_object_get(row, where));
        struct str note;
        if (!arena_printf(sink->texts, &note, "%s %.*s %.*s", who, STR_ARG(service),
                          STR_ARG(region))) {
            return err_set(err, ERR_LIMIT, "the feed is too large");
        }
        enum err_code rc = add(sink, cidr, str_trim(note), i, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code add_list(const struct intel_sink *sink, const json_t *list, struct str note,
                              struct err *err)
{
    size_t i;
    json_t *v;
    struct str kept;
    if (!arena_dup(sink->texts, note, &kept)) {
        return err_set(err, ERR_LIMIT, "the feed is too large");
    }
    json_array_foreach(list, i, v)
    {
        enum err_code rc = add(sink, text_of(v), kept, i, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_prefixes(const struct intel_sink *sink, const json_t *doc,
                                   struct err *err)
{
    static const char *const aws[2] = {"ip_prefix", "ipv6_prefix"};
    static const char *const google[2] = {"ipv4Prefix", "ipv6Prefix"};
    const json_t *prefixes = json_object_get(doc, "prefixes");
    const json_t *first = json_array_get(prefixes, 0);
    bool is_aws = json_object_get(first, "ip_prefix") != NULL ||
                  json_object_get(doc, "ipv6_prefixes") != NULL;
    enum err_code rc = is_aws ? add_rows(sink, prefixes, "AWS", aws, "region", err)
                              : add_rows(sink, prefixes, "", google, "scope", err);
    return rc ? rc
              : add_rows(sink, json_object_get(doc, "ipv6_prefixes"), "AWS", aws, "region", err);
}

static enum err_code read_ranges(struct str path, struct str text, const struct intel_sink *sink,
                                 struct str *version, struct err *err)
{
    (void)path;
    json_error_t fault;
    CLEANUP(json_done)
    json_t *doc = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &fault);
    if (doc == NULL) {
        return err_set(err, ERR_SYNTAX, "line %d, column %d: %s", fault.line, fault.column,
                       fault.text);
    }
    const json_t *result = json_object_get(doc, "result");
    if (json_is_object(result)) {
        enum err_code rc =
            add_list(sink, json_object_get(result, "ipv4_cidrs"), STR("Cloudflare"), err);
        return rc ? rc
                  : add_list(sink, json_object_get(result, "ipv6_cidrs"), STR("Cloudflare"), err);
    }
    struct str date = text_of(json_object_get(doc, "createDate"));
    date = date.len > 0 ? date : text_of(json_object_get(doc, "creationTime"));
    char number[24];
    if (date.len == 0 && json_is_integer(json_object_get(doc, "version"))) {
        int n = snprintf(number, sizeof(number), "%lld",
                         (long long)json_integer_value(json_object_get(doc, "version")));
        date = str_make(number, n > 0 ? (size_t)n : 0);
    }
    if (!arena_dup(sink->texts, date, version)) {
        return err_set(err, ERR_LIMIT, "the feed is too large");
    }
    if (json_is_array(json_object_get(doc, "list"))) {
        if (!str_eq(text_of(json_object_get(doc, "type")), STR("cidr"))) {
            return err_set(err, ERR_UNSUPPORTED,
                           "a warning list of names: only lists of type cidr are read");
        }
        return add_list(sink, json_object_get(doc, "list"), text_of(json_object_get(doc, "name")),
                        err);
    }
    return read_prefixes(sink, doc, err);
}

const struct intel_ops intel_ranges = {
    .name = "ranges",
    .summary = "published address ranges of providers (AWS, Google, Cloudflare, MISP lists)",
    .probe = probe,
    .read = read_ranges,
};
