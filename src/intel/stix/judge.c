#include "intel/stix/judge.h"

#include <stdio.h>

#include "base/buf.h"

/* What kind of thing a path names; INTEL_KIND_MAX_: an address or a name, as the value is. */
enum { KIND_BY_VALUE = INTEL_OTHER + 1, KIND_TYPE_TEST };

static bool is_hash_kind(int kind)
{
    return kind == INTEL_MD5 || kind == INTEL_SHA1 || kind == INTEL_SHA256;
}

/* "'SHA-256'", "SHA256", "MD5", "md5". */
static int hash_kind(struct str path)
{
    static const struct {
        struct str name;
        int kind;
    } names[] = {{STR_INIT("'SHA-256'"), INTEL_SHA256}, {STR_INIT("SHA-256"), INTEL_SHA256},
                 {STR_INIT("SHA256"), INTEL_SHA256},    {STR_INIT("'SHA256'"), INTEL_SHA256},
                 {STR_INIT("'SHA-1'"), INTEL_SHA1},     {STR_INIT("SHA-1"), INTEL_SHA1},
                 {STR_INIT("SHA1"), INTEL_SHA1},        {STR_INIT("'SHA1'"), INTEL_SHA1},
                 {STR_INIT("MD5"), INTEL_MD5},          {STR_INIT("'MD5'"), INTEL_MD5}};
    size_t at = str_find(path, STR("hashes."));
    struct str name = at == SIZE_MAX ? STR_EMPTY : str_from(path, at + 7);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_ieq(name, names[i].name)) {
            return names[i].kind;
        }
    }
    return INTEL_OTHER;
}

static int kind_of(const struct pattern_condition *c)
{
    static const struct {
        struct str path;
        int kind;
    } paths[] = {
        {STR_INIT("ipv4-addr:value"), INTEL_IP},
        {STR_INIT("ipv6-addr:value"), INTEL_IP},
        {STR_INIT("domain-name:value"), INTEL_HOST},
        {STR_INIT("domain-name:resolves_to_refs[*].value"), KIND_BY_VALUE},
        {STR_INIT("url:value"), INTEL_URL},
        {STR_INIT("network-traffic:dst_ref.value"), KIND_BY_VALUE},
        {STR_INIT("network-traffic:src_ref.value"), KIND_BY_VALUE},
        {STR_INIT("network-traffic:dst_port"), INTEL_PORT},
        {STR_INIT("network-traffic:extensions.'http-request-ext'.request_header.Host"),
         KIND_BY_VALUE},
        {STR_INIT("network-traffic:extensions.'http-request-ext'.request_header.'Host'"),
         KIND_BY_VALUE},
    };
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        if (str_eq(c->path, paths[i].path)) {
            return paths[i].kind;
        }
    }
    if (str_starts(c->path, STR("file:hashes.")) || str_starts(c->path, STR("artifact:hashes.")) ||
        str_starts(c->path, STR("file:content_ref.hashes."))) {
        return hash_kind(c->path);
    }
    if (str_starts(c->path, STR("x509-certificate:hashes."))) {
        return hash_kind(c->path) == INTEL_OTHER ? INTEL_OTHER : INTEL_CERT;
    }
    if (str_ends(c->path, STR("_ref.type")) && c->op == OP_EQUAL && !c->negated) {
        return KIND_TYPE_TEST; /* the value says as much */
    }
    static const struct {
        struct str end;
        int kind;
    } ends[] = {{STR_INIT("ja3"), INTEL_JA3},
                {STR_INIT("ja3_hash"), INTEL_JA3},
                {STR_INIT("'ja3-fingerprint-md5'"), INTEL_JA3},
                {STR_INIT("ja4"), INTEL_JA4}};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        if (str_iends(c->path, ends[i].end)) {
            return ends[i].kind;
        }
    }
    return INTEL_OTHER;
}

/* A condition as something to look up, or as a need. */
struct part {
    struct indicator as; /* kind, match, value, prefix */
    int kind;
    uint16_t port;
    const struct pattern_condition *from;
};

struct judging {
    struct arena *a;
    const char *reason; /* why the last part could not be made */
};

static bool is_wild_text(const struct pattern_condition *c)
{
    return str_chr(c->value, '%') != SIZE_MAX || str_chr(c->value, '_') != SIZE_MAX;
}

static bool text_part(struct judging *j, struct part *part, int kind)
{
    const struct pattern_condition *c = part->from;
    part->kind = kind == KIND_BY_VALUE ? (int)INTEL_HOST : kind;
    part->as.kind = (enum intel_kind)part->kind;
    part->as.match = c->op == OP_LIKE ? INTEL_LIKE : INTEL_REGEX;
    part->as.value = c->value;
    if (part->kind == INTEL_IP || c->value.len == 0 || c->value.len > 1024) {
        j->reason = "a text pattern of an address, or an empty or long one";
        return false;
    }
    return true;
}

static bool exact_part(struct judging *j, struct part *part, int kind)
{
    const struct pattern_condition *c = part->from;
    if (is_hash_kind(kind) || kind == INTEL_CERT || kind == INTEL_JA3 || kind == INTEL_JA4) {
        part->kind = kind;
        j->reason = "no hash of this kind";
        return intel_fingerprint((enum intel_kind)kind, c->value, j->a, &part->as);
    }
    j->reason = "no address, network, name or URL";
    if (!intel_observable(c->value, j->a, &part->as)) {
        return false;
    }
    part->kind = (int)part->as.kind;
    if ((kind == INTEL_IP && part->kind != INTEL_IP) ||
        (kind == INTEL_HOST && part->kind != INTEL_HOST)) {
        return false;
    }
    if (c->op == OP_SUPERSET && (part->kind != INTEL_IP || part->as.prefix.bits != 128)) {
        j->reason = "asks for a network that holds this one; logs have single addresses";
        return false;
    }
    if (c->op == OP_SUBSET && part->kind != INTEL_IP) {
        j->reason = "ISSUBSET of something that is no network";
        return false;
    }
    return true;
}

/* False: the alternative cannot hold or cannot be judged; j->reason says why. */
static bool make_part(struct judging *j, const struct pattern_condition *c, struct part *part)
{
    int kind = kind_of(c);
    uint64_t port;
    *part = (struct part){.kind = kind, .from = c};
    if (kind == INTEL_OTHER || kind == KIND_TYPE_TEST || c->op == OP_ORDER || c->op == OP_EXISTS) {
        part->kind = kind == KIND_TYPE_TEST ? kind : INTEL_OTHER;
        return true;
    }
    if (kind == INTEL_PORT) {
        j->reason = "no port number";
        part->port = str_u64(c->value, &port) && port <= UINT16_MAX ? (uint16_t)port : 0;
        return c->op == OP_EQUAL && part->port != 0;
    }
    if (c->op == OP_MATCHES || (c->op == OP_LIKE && is_wild_text(c))) {
        return text_part(j, part, kind);
    }
    return exact_part(j, part, kind);
}

/* What `other` asks for, as a need of `key`. False: it needs nothing. */
static bool need_of(const struct part *key, const struct part *other, struct intel_need *need)
{
    bool together = key->from->observation == other->from->observation;
    if (other->kind == KIND_TYPE_TEST || (is_hash_kind(key->kind) && is_hash_kind(other->kind) &&
                                          together && !other->from->negated)) {
        return false;
    }
    *need = (struct intel_need){.kind = (uint8_t)other->kind,
                                .negated = other->from->negated,
                                .port = other->port,
                                .value = other->as.value,
                                .prefix = other->as.prefix};
    if (other->kind == INTEL_OTHER || !together || other->as.match != INTEL_EXACT) {
        need->kind = INTEL_OTHER;
        need->value = other->from->text;
    }
    return true;
}

static bool tell_needs(struct judging *j, const struct part *parts, size_t count, size_t key,
                       struct indicator *in)
{
    CLEANUP(buf_free) struct buf b = {0};
    buf_add(&b, in->note);
    buf_add_cstr(&b, in->note.len > 0 ? "; only with " : "only with ");
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        struct intel_need need;
        if (i != key && need_of(&parts[key], &parts[i], &need)) {
            buf_add_cstr(&b, first ? "" : " and ");
            buf_add(&b, str_head(parts[i].from->text, 120));
            first = false;
        }
    }
    return !b.failed && arena_dup(j->a, buf_str(&b), &in->note);
}

static enum err_code add_key(struct judging *j, const struct part *parts, size_t count, size_t key,
                             const struct indicator *base, const struct intel_sink *sink,
                             struct err *err)
{
    struct indicator in = *base;
    struct intel_need *needs = ARENA_ARRAY(j->a, struct intel_need, count);
    if (needs == NULL) {
        return err_set(err, ERR_LIMIT, "the pattern is too large");
    }
    for (size_t i = 0; i < count; i++) {
        in.need_count += i != key && need_of(&parts[key], &parts[i], &needs[in.need_count]) ? 1 : 0;
    }
    in.needs = needs;
    in.kind = parts[key].as.kind;
    in.match = parts[key].as.match;
    in.value = parts[key].as.value;
    in.prefix = parts[key].as.prefix;
    if (in.need_count > 0 && !tell_needs(j, parts, count, key, &in)) {
        return err_set(err, ERR_LIMIT, "the pattern is too large");
    }
    return intel_add_observable(sink, &in, err);
}

/* REPEATS: once is not what was meant. */
static bool add_repeats(struct part *part, const struct pattern_condition *c, uint64_t n,
                        struct arena *a, struct pattern_condition *made)
{
    *made = *c;
    *part = (struct part){.kind = INTEL_OTHER, .from = made};
    made->negated = false;
    return arena_printf(a, &made->text, "%llu sightings", (unsigned long long)n);
}

static enum err_code judge_one(struct judging *j, const struct pattern *p,
                               const struct pattern_alternative *alt, const struct indicator *base,
                               uint64_t offset, const struct intel_sink *sink, struct err *err)
{
    struct part parts[PATTERN_CONDITIONS_MAX + 1];
    struct pattern_condition repeats;
    size_t count = 0;
    size_t keys = 0;
    char why[256];
    for (; count < alt->len; count++) {
        if (!make_part(j, alt->at[count], &parts[count])) {
            (void)snprintf(why, sizeof(why), "%s: %.*s", j->reason,
                           STR_ARG(str_head(alt->at[count]->text, 160)));
            sink->reject_at(sink->arg, offset, why);
            return ERR_OK;
        }
    }
    if (p->repeats > 1) {
        if (!add_repeats(&parts[count], alt->at[0], p->repeats, j->a, &repeats)) {
            return err_set(err, ERR_LIMIT, "the pattern is too large");
        }
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        if (parts[i].kind >= INTEL_KIND_MAX_ || parts[i].from->negated) {
            continue;
        }
        keys++;
        enum err_code rc = add_key(j, parts, count, i, base, sink, err);
        if (rc) {
            return rc;
        }
    }
    if (keys == 0) {
        (void)snprintf(why, sizeof(why), "nothing in it that logs can be asked for: %.*s",
                       STR_ARG(str_head(alt->at[0]->text, 160)));
        sink->reject_at(sink->arg, offset, why);
    }
    return ERR_OK;
}

enum err_code judge_pattern(const struct pattern *p, const struct indicator *base, uint64_t offset,
                            const struct intel_sink *sink, struct arena *a, struct err *err)
{
    struct judging j = {.a = a};
    for (size_t i = 0; i < p->len; i++) {
        enum err_code rc = judge_one(&j, p, &p->at[i], base, offset, sink, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}
