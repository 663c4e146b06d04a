#include "intel/misp/attribute.h"

/* Most confidence of what its author did not mean for detection. Many publishers set to_ids on
 * nothing, so it is no reason to leave it out. */
enum { NOT_FOR_DETECTION = 30 };

/* What stands before and after the bar of "domain|ip". */
enum part {
    NOTHING,
    ADDRESS,
    NAME,
    LINK,
    HASH_MD5,
    HASH_SHA1,
    HASH_SHA256,
    CERT,
    JA3,
    JA4,
    PORT,
    HINT
};

struct meaning {
    struct str type;
    uint8_t first, second;
};

static const struct meaning meanings[] = {
    {STR_INIT("ip-src"), ADDRESS, NOTHING},
    {STR_INIT("ip-dst"), ADDRESS, NOTHING},
    {STR_INIT("ip-src|port"), ADDRESS, PORT},
    {STR_INIT("ip-dst|port"), ADDRESS, PORT},
    {STR_INIT("domain"), NAME, NOTHING},
    {STR_INIT("hostname"), NAME, NOTHING},
    {STR_INIT("hostname|port"), NAME, PORT},
    {STR_INIT("domain|ip"), NAME, ADDRESS},
    {STR_INIT("url"), LINK, NOTHING},
    {STR_INIT("md5"), HASH_MD5, NOTHING},
    {STR_INIT("sha1"), HASH_SHA1, NOTHING},
    {STR_INIT("sha256"), HASH_SHA256, NOTHING},
    {STR_INIT("filename|md5"), HINT, HASH_MD5},
    {STR_INIT("filename|sha1"), HINT, HASH_SHA1},
    {STR_INIT("filename|sha256"), HINT, HASH_SHA256},
    {STR_INIT("malware-sample"), HINT, HASH_MD5},
    {STR_INIT("x509-fingerprint-sha1"), CERT, NOTHING},
    {STR_INIT("x509-fingerprint-sha256"), CERT, NOTHING},
    {STR_INIT("ja3-fingerprint-md5"), JA3, NOTHING},
    {STR_INIT("ja4-fingerprint"), JA4, NOTHING},
};

static const struct meaning *meaning_of(struct str type)
{
    for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
        if (str_eq(type, meanings[i].type)) {
            return &meanings[i];
        }
    }
    return NULL;
}

static bool read_part(uint8_t part, struct str text, struct arena *texts, struct indicator *out)
{
    static const enum intel_kind kinds[] = {
        [HASH_MD5] = INTEL_MD5, [HASH_SHA1] = INTEL_SHA1, [HASH_SHA256] = INTEL_SHA256,
        [CERT] = INTEL_CERT,    [JA3] = INTEL_JA3,        [JA4] = INTEL_JA4,
    };
    if (part > LINK) {
        return intel_fingerprint(kinds[part], text, texts, out);
    }
    return intel_observable(text, texts, out) &&
           (part == LINK || out->kind == (part == ADDRESS ? INTEL_IP : INTEL_HOST));
}

static void reject(const struct misp_attribute *a, const struct intel_sink *sink, const char *why)
{
    if (a->line > 0) {
        sink->reject(sink->arg, a->line, why);
    } else {
        sink->reject_at(sink->arg, a->offset, why);
    }
}

static enum intel_class class_of(const struct misp_attribute *a, const struct misp_context *c)
{
    enum intel_class by_text = intel_class_guess(a->tags);
    by_text = by_text == INTEL_UNKNOWN ? intel_class_guess(a->comment) : by_text;
    by_text = by_text == INTEL_UNKNOWN ? c->class : by_text;
    bool of_malware = str_istarts(a->category, STR("Payload")) ||
                      str_ieq(a->category, STR("Artifacts dropped")) ||
                      str_ieq(a->category, STR("Network activity"));
    return by_text == INTEL_UNKNOWN && of_malware ? INTEL_MALWARE : by_text;
}

/* "address|port": the address, which needs the port. */
static enum err_code with_port(struct indicator *in, struct str port,
                               const struct misp_attribute *a, const struct intel_sink *sink,
                               struct err *err)
{
    struct intel_need need = {.kind = INTEL_PORT, .value = port};
    uint64_t n;
    if (!str_u64(port, &n) || n == 0 || n > UINT16_MAX) {
        reject(a, sink, "no port number behind the bar");
        return ERR_OK;
    }
    need.port = (uint16_t)n;
    in->needs = &need;
    in->need_count = 1;
    return sink->add(sink->arg, in, err);
}

/* "domain|ip": the domain, and where it was; the address means something only with the name. */
static enum err_code with_address(struct indicator *in, struct str address,
                                  const struct misp_attribute *a, const struct intel_sink *sink,
                                  struct err *err)
{
    struct intel_need need = {.kind = (uint8_t)in->kind, .value = in->value};
    struct indicator second = *in;
    enum err_code rc = sink->add(sink->arg, in, err);
    if (rc) {
        return rc;
    }
    if (!intel_observable(address, sink->texts, &second) || second.kind != INTEL_IP) {
        reject(a, sink, "no address behind the bar");
        return ERR_OK;
    }
    if (!arena_printf(sink->texts, &second.note, "%.*s; only with %.*s", STR_ARG(in->note),
                      STR_ARG(in->value))) {
        return err_set(err, ERR_LIMIT, "the feed is too large");
    }
    second.needs = &need;
    second.need_count = 1;
    return sink->add(sink->arg, &second, err);
}

enum err_code misp_take(const struct misp_attribute *a, const struct misp_context *c,
                        const struct intel_sink *sink, struct err *err)
{
    const struct meaning *m = meaning_of(a->type);
    struct indicator in = {.confidence = c->confidence,
                           .class = class_of(a, c),
                           .tlp = a->tlp > c->tlp ? a->tlp : c->tlp,
                           .note = str_head(c->info.len > 0 ? c->info : a->comment, 160),
                           .from_us = TIME_NONE,
                           .until_us = TIME_NONE};
    if (m == NULL) {
        return ERR_OK;
    }
    if (a->deleted) {
        reject(a, sink, "deleted");
        return ERR_OK;
    }
    if (!a->to_ids && in.confidence > NOT_FOR_DETECTION) {
        in.confidence = NOT_FOR_DETECTION;
    }
    size_t bar = str_rchr(a->value, '|');
    if ((m->second != NOTHING) != (bar != SIZE_MAX)) {
        reject(a, sink, "not as many parts as its type says");
        return ERR_OK;
    }
    struct str first = bar == SIZE_MAX ? a->value : str_head(a->value, bar);
    struct str second = bar == SIZE_MAX ? STR_EMPTY : str_from(a->value, bar + 1);
    bool hint = m->first == HINT;
    if (!read_part(hint ? m->second : m->first, hint ? second : first, sink->texts, &in)) {
        reject(a, sink, "its value is not what its type says");
        return ERR_OK;
    }
    if (m->second == PORT) {
        return with_port(&in, second, a, sink, err);
    }
    if (m->second == ADDRESS) {
        return with_address(&in, second, a, sink, err);
    }
    return intel_add_observable(sink, &in, err);
}
