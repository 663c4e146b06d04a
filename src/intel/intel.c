#include "intel/intel.h"

#include <string.h>

#include <zlib.h>

#include "base/mem.h"
#include "intel/match.h"
#include "sys/file.h"

enum {
    FEED_BYTES_MAX = 512 * 1024 * 1024,
    REJECTS_SHOWN = 3,
};

struct feed {
    struct feed_info info;
    struct buf text; /* what the indicators' texts point into */
};

struct intel {
    struct arena texts;
    struct {
        VEC_OF(struct feed);
    } feeds;
    struct {
        VEC_OF(struct indicator);
    } bad;
    struct {
        VEC_OF(struct indicator);
    } ranges;
    struct match_index bad_index;
    struct match_index range_index;
};

struct intel *intel_new(void)
{
    return mem_alloc(1, sizeof(struct intel));
}

void intel_free(struct intel *in)
{
    if (in == NULL) {
        return;
    }
    for (size_t i = 0; i < in->feeds.len; i++) {
        buf_free(&in->feeds.at[i].text);
    }
    VEC_FREE(&in->feeds);
    VEC_FREE(&in->bad);
    VEC_FREE(&in->ranges);
    match_free(&in->bad_index);
    match_free(&in->range_index);
    arena_free(&in->texts);
    mem_free(in);
}

/* ---- loading ---- */

struct loading {
    struct intel *intel;
    struct feed *feed;
    uint64_t rejected;
    uint64_t first_line;
    const char *first_reason;
};

static enum err_code take(void *arg, const struct indicator *in, struct err *err)
{
    struct loading *l = arg;
    struct indicator copy = *in;
    copy.feed = (uint32_t)l->intel->feeds.len; /* the feed is added after it was read */
    bool done = copy.is_range ? VEC_PUSH(&l->intel->ranges, copy) : VEC_PUSH(&l->intel->bad, copy);
    if (!done) {
        return err_set(err, ERR_NOMEM, "no memory for %.*s", STR_ARG(l->feed->info.path));
    }
    l->feed->info.indicators++;
    return ERR_OK;
}

static void turn_down(void *arg, uint64_t line, const char *reason)
{
    struct loading *l = arg;
    if (l->rejected++ == 0) {
        l->first_line = line;
        l->first_reason = reason;
    }
}

static const struct intel_ops *recognise(struct str path, struct str text)
{
    const struct intel_ops *best = NULL;
    int most = 0;
    for (size_t i = 0; intel_registry[i] != NULL; i++) {
        int sure = intel_registry[i]->probe(path, str_head(text, 4096));
        if (sure > most) {
            most = sure;
            best = intel_registry[i];
        }
    }
    return best;
}

/* Read feed->text. On failure the indicators that were added so far are taken back. */
static enum err_code read_feed(struct intel *in, struct feed *feed, struct err *err)
{
    struct str text = buf_str(&feed->text);
    const struct intel_ops *ops = recognise(feed->info.path, text);
    if (ops == NULL) {
        return err_set(err, ERR_SCHEMA,
                       "%.*s: no feed format fits; known are lists of addresses or names (one a "
                       "line), CSV, and providers' range files",
                       STR_ARG(feed->info.path));
    }
    size_t bad = in->bad.len;
    size_t ranges = in->ranges.len;
    struct loading l = {.intel = in, .feed = feed};
    struct intel_sink sink = {.arg = &l, .texts = &in->texts, .add = take, .reject = turn_down};
    struct str version = STR_EMPTY;
    struct err why = {0};
    enum err_code rc = ops->read(feed->info.path, text, &sink, &version, &why);
    if (rc == ERR_OK && feed->info.indicators == 0 && l.rejected > 0) {
        rc = err_set(&why, ERR_SCHEMA, "no indicator in it (line %llu: %s)",
                     (unsigned long long)l.first_line, l.first_reason);
    }
    feed->info.kind = str_of(ops->name);
    feed->info.version = version;
    if (rc == ERR_OK && !VEC_PUSH(&in->feeds, *feed)) {
        rc = err_set(&why, ERR_NOMEM, "no memory");
    }
    if (rc) {
        in->bad.len = bad;
        in->ranges.len = ranges;
        return err_set(err, rc, "%.*s: %s", STR_ARG(feed->info.path), why.msg);
    }
    in->feeds.at[in->feeds.len - 1].info.rejected = l.rejected;
    return ERR_OK;
}

/* Feeds are often kept gzipped. Bounded, because the feed is not ours. */
static enum err_code gunzip(struct buf *text, struct err *err)
{
    struct buf plain;
    buf_init(&plain, FEED_BYTES_MAX);
    z_stream z = {.next_in = (unsigned char *)text->ptr, .avail_in = (unsigned)text->len};
    if (inflateInit2(&z, 15 + 16) != Z_OK) {
        return err_set(err, ERR_NOMEM, "no memory to unpack");
    }
    int rc = Z_OK;
    while (rc == Z_OK && buf_reserve(&plain, 1 << 20)) {
        z.next_out = (unsigned char *)plain.ptr + plain.len;
        z.avail_out = 1 << 20;
        rc = inflate(&z, Z_NO_FLUSH);
        plain.len += (1 << 20) - z.avail_out;
        if (rc == Z_STREAM_END && z.avail_in > 0) {
            rc = inflateReset(&z); /* the next member */
        }
    }
    (void)inflateEnd(&z);
    if (rc != Z_STREAM_END) {
        buf_free(&plain);
        return err_set(err, plain.failed ? ERR_LIMIT : ERR_SYNTAX,
                       "gzip data is damaged, cut, or larger than %d MiB",
                       FEED_BYTES_MAX / 1024 / 1024);
    }
    plain.ptr[plain.len] = '\0';
    buf_free(text);
    *text = plain;
    return ERR_OK;
}

static enum err_code load_buf(struct intel *in, struct str name, struct buf *text, struct err *err)
{
    struct feed feed = {.text = *text};
    struct err why = {0};
    enum err_code rc = ERR_OK;
    if (!arena_dup(&in->texts, name, &feed.info.path)) {
        rc = err_set(&why, ERR_NOMEM, "no memory");
    }
    if (rc == ERR_OK && text->len > 2 && (unsigned char)text->ptr[0] == 0x1f &&
        (unsigned char)text->ptr[1] == 0x8b) {
        rc = gunzip(&feed.text, &why);
    }
    if (rc) {
        buf_free(&feed.text);
        return err_set(err, rc, "%.*s: %s", STR_ARG(name), why.msg);
    }
    rc = read_feed(in, &feed, err);
    if (rc) {
        buf_free(&feed.text);
    }
    return rc;
}

enum err_code intel_load_text(struct intel *in, struct str name, struct str text, struct err *err)
{
    struct buf copy;
    buf_init(&copy, FEED_BYTES_MAX);
    buf_add(&copy, text);
    if (copy.failed) {
        buf_free(&copy);
        return err_set(err, ERR_LIMIT, "%.*s: larger than %d MiB", STR_ARG(name),
                       FEED_BYTES_MAX / 1024 / 1024);
    }
    return load_buf(in, name, &copy, err);
}

enum err_code intel_load(struct intel *in, struct str path, struct err *err)
{
    struct buf text;
    buf_init(&text, FEED_BYTES_MAX);
    enum err_code rc = file_read(path, &text, err);
    if (rc) {
        buf_free(&text);
        return rc;
    }
    return load_buf(in, path, &text, err);
}

enum err_code intel_finish(struct intel *in, struct err *err)
{
    match_free(&in->bad_index);
    match_free(&in->range_index);
    if (!match_build(&in->bad_index, in->bad.at, in->bad.len) ||
        !match_build(&in->range_index, in->ranges.at, in->ranges.len)) {
        return err_set(err, ERR_NOMEM, "no memory to index %zu indicators",
                       in->bad.len + in->ranges.len);
    }
    return ERR_OK;
}

/* ---- asking ---- */

size_t intel_feed_count(const struct intel *in)
{
    return in->feeds.len;
}

const struct feed_info *intel_feed(const struct intel *in, size_t i)
{
    return &in->feeds.at[i].info;
}

size_t intel_count(const struct intel *in)
{
    return in->bad.len;
}

static bool valid_at(const struct indicator *in, int64_t at_us)
{
    return at_us == TIME_NONE || ((in->from_us == TIME_NONE || in->from_us <= at_us) &&
                                  (in->until_us == TIME_NONE || at_us < in->until_us));
}

void intel_count_valid(struct intel *in, int64_t at_us)
{
    for (size_t i = 0; i < in->feeds.len; i++) {
        in->feeds.at[i].info.valid = in->feeds.at[i].info.expired = 0;
    }
    for (size_t i = 0; i < in->bad.len; i++) {
        const struct indicator *b = &in->bad.at[i];
        struct feed_info *f = &in->feeds.at[b->feed].info;
        f->valid += valid_at(b, at_us) ? 1 : 0;
        f->expired += b->until_us != TIME_NONE && at_us != TIME_NONE && at_us >= b->until_us;
    }
    for (size_t i = 0; i < in->ranges.len; i++) {
        in->feeds.at[in->ranges.at[i].feed].info.valid++;
    }
}

struct search {
    int64_t at_us;
    struct intel_hit *hit;
    uint64_t feeds_seen[4]; /* of the first 256 feeds */
};

static bool better(const struct indicator *a, const struct indicator *b)
{
    if (b == NULL || a->confidence != b->confidence) {
        return b == NULL || a->confidence > b->confidence;
    }
    /* Of two that are equally sure, the worse class is told. */
    static const int rank[INTEL_CLASS_MAX_] = {
        [INTEL_C2] = 5,      [INTEL_MALWARE] = 4,    [INTEL_ABUSE] = 3,
        [INTEL_SCANNER] = 2, [INTEL_ANONYMISER] = 1, [INTEL_UNKNOWN] = 0,
    };
    return rank[a->class] > rank[b->class];
}

static bool collect(void *arg, const struct indicator *in)
{
    struct search *s = arg;
    if (!valid_at(in, s->at_us)) {
        return false;
    }
    if (better(in, s->hit->best)) {
        s->hit->best = in;
    }
    uint32_t f = in->feed < 256 ? in->feed : 255;
    if ((s->feeds_seen[f / 64] >> (f % 64) & 1U) == 0) {
        s->feeds_seen[f / 64] |= (uint64_t)1 << (f % 64);
        s->hit->feeds++;
    }
    return false;
}

static bool first_range(void *arg, const struct indicator *in)
{
    struct str *range = arg;
    *range = in->note.len > 0 ? in->note : in->value;
    return true;
}

struct str intel_range_of(const struct intel *in, const struct ip *ip)
{
    struct str range = STR_EMPTY;
    if (in->range_index.slot_count > 0) {
        (void)match_ip(&in->range_index, ip, first_range, &range);
    }
    return range;
}

bool intel_find_ip(const struct intel *in, const struct ip *ip, int64_t at_us,
                   struct intel_hit *out)
{
    struct intel_hit hit = {0};
    struct search s = {.at_us = at_us, .hit = &hit};
    if (in->bad_index.slot_count == 0) {
        return false;
    }
    (void)match_ip(&in->bad_index, ip, collect, &s);
    if (hit.best == NULL) {
        return false;
    }
    hit.range = intel_range_of(in, ip);
    hit.shared = hit.range.len > 0;
    *out = hit;
    return true;
}

bool intel_find_host(const struct intel *in, struct str host, int64_t at_us, struct intel_hit *out)
{
    struct intel_hit hit = {.range = STR_EMPTY};
    struct search s = {.at_us = at_us, .hit = &hit};
    (void)match_host(&in->bad_index, host, collect, &s);
    if (hit.best == NULL) {
        return false;
    }
    *out = hit;
    return true;
}
