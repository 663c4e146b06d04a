/*
 * find - the questions. Every answer is made of the entries that are valid at the time, are not
 * set aside, and are not contradicted by what the same observation shows.
 */
#include <string.h>

#include "codec/base64.h"
#include "codec/hex.h"
#include "intel/intel_priv.h"

struct search {
    const struct intel *in;
    const struct intel_seen *seen;
    int64_t at_us;
    const struct store_entry *best;
    bool best_partial;
    unsigned feeds;
    uint64_t feeds_seen[16]; /* of the first 1,024 feeds */
    bool aside;              /* look for what is set aside, and for nothing else */
    struct str why;          /* then: the reason of the best */
};

/* Below what counts as doubt anywhere: half of a pattern is no accusation. */
enum { PARTIAL_CONFIDENCE = 30 };

enum need_state { NEED_MET, NEED_UNKNOWN, NEED_BROKEN };

static bool host_is(struct str host, struct str name)
{
    while (host.len > 0 && host.ptr[host.len - 1] == '.') {
        host.len--;
    }
    return str_ieq(host, name) || (host.len > name.len && str_iends(host, name) &&
                                   host.ptr[host.len - name.len - 1] == '.');
}

static bool url_is(const struct intel_seen *seen, struct str key)
{
    char got[INTEL_URL_MAX];
    size_t n;
    return intel_url_key(seen->host, seen->url, got, &n) && str_eq(str_make(got, n), key);
}

/* Of one of the hashes: whether one of this length was seen, and whether it is this one. */
static bool hash_known(const struct intel_seen *seen, struct str value, bool *same)
{
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(seen->hash); i++) {
        if (seen->hash[i].len == value.len) {
            known = true;
            *same = *same || str_ieq(seen->hash[i], value);
        }
    }
    return known;
}

static enum need_state need_state(const struct intel_need *need, const struct intel_seen *seen)
{
    bool known = false;
    bool same = false;
    switch (need->kind) {
    case INTEL_IP:
        known = seen->ip != NULL;
        same = known && ip_in(seen->ip, &need->prefix);
        break;
    case INTEL_HOST:
        known = seen->host.len > 0;
        same = known && host_is(seen->host, need->value);
        break;
    case INTEL_URL:
        known = seen->url.len > 0;
        same = known && url_is(seen, need->value);
        break;
    case INTEL_PORT:
        known = seen->port != 0;
        same = seen->port == need->port;
        break;
    case INTEL_JA3:
        known = seen->ja3.len > 0;
        same = str_ieq(seen->ja3, need->value);
        break;
    case INTEL_JA4:
        known = seen->ja4.len > 0;
        same = str_ieq(seen->ja4, need->value);
        break;
    case INTEL_MD5:
    case INTEL_SHA1:
    case INTEL_SHA256:
        known = hash_known(seen, need->value, &same);
        break;
    default:
        break;
    }
    return !known ? NEED_UNKNOWN : same != need->negated ? NEED_MET : NEED_BROKEN;
}

static enum need_state all_needs(const struct store_meta *m, const struct intel_seen *seen)
{
    enum need_state worst = NEED_MET;
    for (size_t i = 0; i < m->need_count; i++) {
        enum need_state s = need_state(&m->needs[i], seen);
        worst = s > worst ? s : worst;
    }
    return worst;
}

static bool better(const struct search *s, const struct store_meta *a, bool partial)
{
    /* Of two that are equally sure, the worse class is told. */
    static const int rank[INTEL_CLASS_MAX_] = {
        [INTEL_C2] = 5,      [INTEL_MALWARE] = 4,    [INTEL_ABUSE] = 3,
        [INTEL_SCANNER] = 2, [INTEL_ANONYMISER] = 1, [INTEL_UNKNOWN] = 0,
    };
    if (s->best == NULL || partial != s->best_partial) {
        return s->best == NULL || s->best_partial;
    }
    const struct store_meta *b = &s->in->bad.metas.at[s->best->meta];
    return a->confidence != b->confidence ? a->confidence > b->confidence
                                          : rank[a->class] > rank[b->class];
}

/* Why the entry says nothing about what is seen here, or "". */
static struct str set_aside(const struct search *s, const struct store_entry *e)
{
    struct str why = e->kind <= INTEL_HOST ? intel_harmless(s->in, e) : STR_EMPTY;
    return why.len == 0 && e->kind == INTEL_IP && e->bits < 128
               ? intel_harmless_ip(s->in, s->seen->ip)
               : why;
}

static bool collect(void *arg, const struct store_entry *e)
{
    struct search *s = arg;
    const struct store_meta *m = &s->in->bad.metas.at[e->meta];
    if (!intel_valid_at(m->from_us, m->until_us, s->at_us)) {
        return false;
    }
    struct str why = set_aside(s, e);
    if (s->aside != (why.len > 0) || (s->aside && e->kind == INTEL_HOST &&
                                      !str_ieq(s->seen->host, str_make(e->value, e->len)))) {
        return false;
    }
    enum need_state needs = m->need_count == 0 ? NEED_MET : all_needs(m, s->seen);
    if (needs == NEED_BROKEN) {
        return false;
    }
    if (better(s, m, needs == NEED_UNKNOWN)) {
        s->best = e;
        s->best_partial = needs == NEED_UNKNOWN;
        s->why = why;
    }
    uint32_t f = m->feed < 1024 ? m->feed : 1023;
    if ((s->feeds_seen[f / 64] >> (f % 64) & 1U) == 0) {
        s->feeds_seen[f / 64] |= (uint64_t)1 << (f % 64);
        s->feeds++;
    }
    return false;
}

static void look_ip(struct search *s, const struct ip *ip)
{
    if (s->in->bad_index.store != NULL) {
        (void)match_ip(&s->in->bad_index, ip, collect, s);
    }
}

static void look_host(struct search *s, struct str host)
{
    UNSET char lower[254];
    while (host.len > 0 && host.ptr[host.len - 1] == '.') {
        host.len--;
    }
    if (host.len == 0 || host.len >= sizeof(lower) || s->in->bad_index.store == NULL) {
        return;
    }
    for (size_t i = 0; i < host.len; i++) {
        lower[i] = chr_lower(host.ptr[i]);
    }
    struct str name = str_make(lower, host.len);
    (void)match_host(&s->in->bad_index, name, collect, s);
    (void)wild_match(&s->in->wild, INTEL_HOST, name, collect, s);
}

static void look_text(struct search *s, enum intel_kind kind, struct str text)
{
    char lower[64];
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (kind == INTEL_CERT && text.ptr[i] == ':') {
            continue;
        }
        if (n == sizeof(lower)) {
            return;
        }
        lower[n++] = chr_lower(text.ptr[i]);
    }
    if (n > 0) {
        (void)match_text(&s->in->bad_index, kind, str_make(lower, n), collect, s);
        (void)wild_match(&s->in->wild, kind, str_make(lower, n), collect, s);
    }
}

static void look_url(struct search *s, struct str host, struct str url)
{
    /* Patterns of text are written with a scheme; logs do not always tell which it was. */
    static const struct str schemes[] = {STR_INIT("https://"), STR_INIT("http://")};
    char room[8 + INTEL_URL_MAX];
    char *key = room + 8;
    size_t n;
    if (!intel_url_key(host, url, key, &n)) {
        return;
    }
    (void)match_text(&s->in->bad_index, INTEL_URL, str_make(key, n), collect, s);
    for (size_t i = 0; s->in->wild.of_kind[INTEL_URL] && i < ARRAY_LEN(schemes); i++) {
        char *from = key - schemes[i].len;
        memcpy(from, schemes[i].ptr, schemes[i].len);
        struct str whole = str_make(from, n + schemes[i].len);
        (void)wild_match(&s->in->wild, INTEL_URL, whole, collect, s);
    }
}

static void look_hash(struct search *s, struct str hash)
{
    CLEANUP(buf_free) struct buf raw = {0};
    char hex[64];
    struct str text = hash;
    if (hash.len == 44 && base64_decode(hash, &raw) && raw.len == 32) {
        hex_write(raw.ptr, raw.len, hex);
        text = str_make(hex, sizeof(hex));
    }
    enum intel_kind kind = text.len == 32   ? INTEL_MD5
                           : text.len == 40 ? INTEL_SHA1
                           : text.len == 64 ? INTEL_SHA256
                                            : INTEL_KIND_MAX_;
    if (kind != INTEL_KIND_MAX_) {
        look_text(s, kind, text);
    }
}

/* What is there seldom. */
static void look_rest(struct search *s)
{
    const struct intel_seen *seen = s->seen;
    const struct {
        enum intel_kind kind;
        struct str text;
    } texts[] = {{INTEL_JA3, seen->ja3}, {INTEL_JA4, seen->ja4}, {INTEL_CERT, seen->cert}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (texts[i].text.len > 0) {
            look_text(s, texts[i].kind, texts[i].text);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(seen->hash); i++) {
        if (seen->hash[i].len > 0) {
            look_hash(s, seen->hash[i]);
        }
    }
}

/* Tell the search's best. */
static bool tell(struct search *s, struct intel_hit *out)
{
    if (s->best == NULL) {
        return false;
    }
    struct intel_hit hit = {.feeds = s->feeds, .partial = s->best_partial};
    store_expand(&s->in->bad, s->best, &hit.best);
    hit.feed = s->in->feeds.at[hit.best.feed].path;
    if (hit.partial && hit.best.confidence > PARTIAL_CONFIDENCE) {
        hit.best.confidence = PARTIAL_CONFIDENCE;
    }
    struct str host = s->seen->host;
    hit.parent = hit.best.kind == INTEL_HOST && host.len > hit.best.value.len &&
                 host.ptr[host.len - 1] != '.';
    const struct store_entry *range =
        s->seen->ip == NULL ? NULL : intel_range_entry(s->in, s->seen->ip);
    if (range != NULL) {
        struct indicator r;
        store_expand(&s->in->ranges, range, &r);
        hit.range = r.note.len > 0 ? r.note : r.value;
        hit.range_version = s->in->feeds.at[r.feed].version;
        hit.shared = hit.best.kind == INTEL_IP;
    } else {
        hit.range = hit.range_version = STR_EMPTY;
    }
    *out = hit;
    return true;
}

bool intel_find_seen(const struct intel *in, const struct intel_seen *seen, int64_t at_us,
                     struct intel_hit *out)
{
    struct search s = {.in = in, .seen = seen, .at_us = at_us};
    if (in->bad_index.store == NULL) {
        return false;
    }
    if (seen->ip != NULL) {
        look_ip(&s, seen->ip);
    }
    if (seen->host.len > 0) {
        look_host(&s, seen->host);
    }
    if (seen->url.len > 0) {
        look_url(&s, seen->host, seen->url);
    }
    look_rest(&s);
    return tell(&s, out);
}

bool intel_find_aside(const struct intel *in, const struct intel_seen *seen, int64_t at_us,
                      struct intel_hit *out, struct str *why)
{
    struct search s = {.in = in, .seen = seen, .at_us = at_us, .aside = true};
    if (in->bad_index.store == NULL) {
        return false;
    }
    if (seen->ip != NULL) {
        look_ip(&s, seen->ip);
    }
    if (seen->host.len > 0) {
        look_host(&s, seen->host);
    }
    *why = s.why;
    return tell(&s, out);
}

bool intel_find_ip(const struct intel *in, const struct ip *ip, int64_t at_us,
                   struct intel_hit *out)
{
    struct intel_seen seen = {.ip = ip};
    struct search s = {.in = in, .seen = &seen, .at_us = at_us};
    look_ip(&s, ip);
    return tell(&s, out);
}

bool intel_find_host(const struct intel *in, struct str host, int64_t at_us, struct intel_hit *out)
{
    struct intel_seen seen = {.host = host};
    struct search s = {.in = in, .seen = &seen, .at_us = at_us};
    look_host(&s, host);
    return tell(&s, out);
}

bool intel_find_url(const struct intel *in, struct str host, struct str url, int64_t at_us,
                    struct intel_hit *out)
{
    struct intel_seen seen = {.host = host, .url = url};
    struct search s = {.in = in, .seen = &seen, .at_us = at_us};
    if (in->bad_index.store == NULL) {
        return false;
    }
    if (url.len > 0) {
        look_url(&s, host, url);
    }
    return tell(&s, out);
}

bool intel_find_hash(const struct intel *in, struct str hash, int64_t at_us, struct intel_hit *out)
{
    return intel_find_seen(in, &(struct intel_seen){.hash = {hash}}, at_us, out);
}

bool intel_find_ja3(const struct intel *in, struct str ja3, int64_t at_us, struct intel_hit *out)
{
    return intel_find_seen(in, &(struct intel_seen){.ja3 = ja3}, at_us, out);
}

bool intel_find_ja4(const struct intel *in, struct str ja4, int64_t at_us, struct intel_hit *out)
{
    return intel_find_seen(in, &(struct intel_seen){.ja4 = ja4}, at_us, out);
}

bool intel_find_cert(const struct intel *in, struct str hash, int64_t at_us, struct intel_hit *out)
{
    return intel_find_seen(in, &(struct intel_seen){.cert = hash}, at_us, out);
}

/* ---- ranges and what is harmless ---- */

struct range_search {
    const struct store *ranges;
    const struct store_entry *best;
};

/* The most special service; of equals the longest prefix, which comes first. */
static bool best_range(void *arg, const struct store_entry *e)
{
    struct range_search *r = arg;
    if (r->best == NULL ||
        r->ranges->metas.at[e->meta].confidence > r->ranges->metas.at[r->best->meta].confidence) {
        r->best = e;
    }
    return false;
}

const struct store_entry *intel_range_entry(const struct intel *in, const struct ip *ip)
{
    struct range_search r = {.ranges = &in->ranges};
    (void)match_ip(&in->range_index, ip, best_range, &r);
    return r.best;
}

struct str intel_range_of(const struct intel *in, const struct ip *ip)
{
    const struct store_entry *e = intel_range_entry(in, ip);
    if (e == NULL) {
        return STR_EMPTY;
    }
    struct str note = in->ranges.metas.at[e->meta].note;
    return note.len > 0 ? note : str_make(e->value, e->len);
}

bool intel_knows_ranges(const struct intel *in, struct str provider)
{
    for (size_t i = 0; i < in->ranges.metas.len; i++) {
        if (str_starts(in->ranges.metas.at[i].note, provider)) {
            return true;
        }
    }
    return false;
}

static bool first_entry(void *arg, const struct store_entry *e)
{
    *(const struct store_entry **)arg = e;
    return true;
}

struct str intel_harmless_ip(const struct intel *in, const struct ip *ip)
{
    const struct store_entry *e = NULL;
    (void)match_ip(&in->harmless_index, ip, first_entry, &e);
    return e == NULL ? STR_EMPTY : in->harmless.metas.at[e->meta].note;
}

struct covering {
    const struct store_entry *entry; /* of a feed */
    const struct store_entry *whole; /* a published range that it covers */
};

static bool is_covered(void *arg, const struct store_entry *range)
{
    struct covering *c = arg;
    if (c->entry->bits <= range->bits) {
        c->whole = range;
    }
    return c->whole != NULL;
}

struct str intel_harmless(const struct intel *in, const struct store_entry *e)
{
    const struct store_entry *same = NULL;
    if (e->kind == INTEL_HOST) {
        (void)match_text(&in->harmless_index, INTEL_HOST, str_make(e->value, e->len), first_entry,
                         &same);
        return same == NULL ? STR_EMPTY : in->harmless.metas.at[same->meta].note;
    }
    struct ip_prefix p = store_prefix(e);
    struct str why = intel_harmless_ip(in, &p.ip);
    if (why.len > 0 || e->bits == 128) {
        return why;
    }
    struct covering c = {.entry = e};
    (void)match_ip(&in->range_index, &p.ip, is_covered, &c);
    return c.whole == NULL ? STR_EMPTY : STR("a provider's whole published range");
}

bool intel_origin_of(const struct intel *in, const struct ip *ip, struct intel_origin *out)
{
    return in->asn != NULL && asn_find(in->asn, ip, out);
}
