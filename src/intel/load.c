#include <string.h>

#include <zlib.h>

#include "base/mem.h"
#include "codec/json.h"
#include "intel/intel_priv.h"
#include "sys/file.h"
#include "sys/walk.h"

/* A range wider than this lists everybody: 0.0.0.0/0 in a feed is a mistake or an attack. */
enum { WIDEST_V4 = IP_V4_BITS + 8, WIDEST_V6 = 16, REJECTS_NAMED = 3 };

struct rejected {
    uint64_t line; /* 0: by offset */
    uint64_t offset;
    struct str reason;
};

struct loading {
    struct intel *intel;
    struct feed_info info;
    struct arena scratch;
    enum intel_tlp strictest;
    struct rejected first[REJECTS_NAMED];
};

static void note_reject(struct loading *l, uint64_t line, uint64_t offset, const char *reason)
{
    if (l->info.rejected < REJECTS_NAMED) {
        struct rejected *r = &l->first[l->info.rejected];
        r->line = line;
        r->offset = offset;
        if (!arena_dup(&l->scratch, str_of(reason), &r->reason)) {
            r->reason = STR("no memory for the reason");
        }
    }
    l->info.rejected++;
}

static void turn_down(void *arg, uint64_t line, const char *reason)
{
    note_reject(arg, line, 0, reason);
}

static void turn_down_at(void *arg, uint64_t offset, const char *reason)
{
    note_reject(arg, 0, offset, reason);
}

static bool too_wide(const struct indicator *in)
{
    return in->kind == INTEL_IP && !in->is_range &&
           in->prefix.bits <
               (ip_is_v4(&in->prefix.ip) || in->prefix.bits == 0 ? WIDEST_V4 : WIDEST_V6);
}

static enum err_code take_wild(struct loading *l, const struct indicator *in, struct err *err)
{
    uint32_t meta;
    struct err why = {0};
    if (!store_meta_of(&l->intel->bad, in, &meta)) {
        return err_set(err, ERR_NOMEM, "no memory");
    }
    enum err_code rc = wild_add(&l->intel->wild, in, meta, &l->intel->texts, &why);
    if (rc == ERR_NOMEM) {
        return err_set(err, rc, "no memory");
    }
    if (rc) {
        note_reject(l, 0, 0, why.msg);
        return ERR_OK;
    }
    l->info.indicators++;
    return ERR_OK;
}

static enum err_code take(void *arg, const struct indicator *in, struct err *err)
{
    struct loading *l = arg;
    struct intel *to = l->intel;
    struct indicator copy = *in;
    copy.feed = (uint32_t)to->feeds.len; /* the feed is added after it was read */
    l->strictest = in->tlp > l->strictest ? in->tlp : l->strictest;
    if (in->match != INTEL_EXACT) {
        return take_wild(l, &copy, err);
    }
    if (too_wide(in)) {
        note_reject(l, 0, 0, "a range this wide lists nearly everybody");
        return ERR_OK;
    }
    struct store *s = in->is_harmless ? &to->harmless : in->is_range ? &to->ranges : &to->bad;
    if (!store_add(s, &copy)) {
        return err_set(err, ERR_NOMEM, "no memory for %zu indicators", s->entries.len);
    }
    l->info.is_range = l->info.is_range || in->is_range || in->is_harmless;
    l->info.indicators += in->derived ? 0 : 1;
    l->info.addresses += s == &to->bad && in->kind <= INTEL_HOST ? 1 : 0;
    return ERR_OK;
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

static enum err_code no_format(struct str path, struct err *err)
{
    CLEANUP(buf_free) struct buf names = {0};
    for (size_t i = 0; intel_registry[i] != NULL; i++) {
        buf_printf(&names, "%s%s", i == 0 ? "" : ", ", intel_registry[i]->name);
    }
    return err_set(err, ERR_SCHEMA, "%.*s: no feed format fits; known are %.*s", STR_ARG(path),
                   STR_ARG(buf_str(&names)));
}

static uint64_t line_of(struct str text, uint64_t offset)
{
    uint64_t line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++) {
        line += text.ptr[i] == '\n' ? 1 : 0;
    }
    return line;
}

/* "line 3: no address, network, name or URL; line 9: …" */
static bool name_rejects(struct loading *l, struct str text)
{
    CLEANUP(buf_free) struct buf b = {0};
    for (size_t i = 0; i < REJECTS_NAMED && i < l->info.rejected; i++) {
        const struct rejected *r = &l->first[i];
        buf_add_cstr(&b, i == 0 ? "" : "; ");
        if (r->line > 0) {
            buf_printf(&b, "line %llu: ", (unsigned long long)r->line);
        } else if (r->offset > 0) {
            buf_printf(&b, "line %llu, byte %llu: ", (unsigned long long)line_of(text, r->offset),
                       (unsigned long long)r->offset);
        }
        buf_add(&b, r->reason);
    }
    return !b.failed && arena_dup(&l->intel->texts, buf_str(&b), &l->info.rejected_first);
}

struct marks {
    size_t bad, ranges, harmless, wild;
};

static void take_back(struct intel *in, const struct marks *m)
{
    in->bad.entries.len = m->bad;
    in->ranges.entries.len = m->ranges;
    in->harmless.entries.len = m->harmless;
    wild_truncate(&in->wild, m->wild);
}

/* On failure the indicators that were added so far are taken back. */
static enum err_code read_feed(struct loading *l, struct str path, struct str text, struct err *err)
{
    struct intel *in = l->intel;
    const struct intel_ops *ops = recognise(path, text);
    if (ops == NULL) {
        return no_format(path, err);
    }
    struct marks marks = {in->bad.entries.len, in->ranges.entries.len, in->harmless.entries.len,
                          in->wild.len};
    struct intel_sink sink = {.arg = l,
                              .texts = &l->scratch,
                              .add = take,
                              .reject = turn_down,
                              .reject_at = turn_down_at};
    struct str version = STR_EMPTY;
    struct err why = {0};
    enum err_code rc = ops->read(path, text, &sink, &version, &why);
    if (rc == ERR_OK && !(name_rejects(l, text) && arena_dup(&in->texts, version, &version) &&
                          arena_dup(&in->texts, path, &l->info.path))) {
        rc = err_set(&why, ERR_NOMEM, "no memory");
    }
    if (rc == ERR_OK && l->info.indicators == 0 && l->info.rejected > 0) {
        rc =
            err_set(&why, ERR_SCHEMA, "no indicator in it (%.*s)", STR_ARG(l->info.rejected_first));
    }
    l->info.kind = str_of(ops->name);
    l->info.version = version;
    l->info.marking = str_of(intel_tlp_name(l->strictest));
    if (rc == ERR_OK && !VEC_PUSH(&in->feeds, l->info)) {
        rc = err_set(&why, ERR_NOMEM, "no memory");
    }
    if (rc) {
        take_back(in, &marks);
        return err_set(err, rc, "%.*s: %s", STR_ARG(path), why.msg);
    }
    return ERR_OK;
}

/* Feeds are often kept gzipped. Bounded, because the feed is not ours. */
static enum err_code gunzip(struct buf *text, struct err *err)
{
    struct buf plain;
    buf_init(&plain, INTEL_FEED_MAX);
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
                       INTEL_FEED_MAX / 1024 / 1024);
    }
    buf_free(text);
    *text = plain;
    return ERR_OK;
}

static enum err_code load_buf(struct intel *in, struct str path, struct buf *text, struct err *err)
{
    struct err why = {0};
    enum err_code rc = ERR_OK;
    if (text->len > 2 && (unsigned char)text->ptr[0] == 0x1f &&
        (unsigned char)text->ptr[1] == 0x8b) {
        rc = gunzip(text, &why);
    }
    text->max = 0;
    if (rc == ERR_OK && !buf_reserve(text, JSON_PADDING)) {
        rc = err_set(&why, ERR_NOMEM, "no memory");
    }
    if (rc) {
        return err_set(err, rc, "%.*s: %s", STR_ARG(path), why.msg);
    }
    json_pad(text->ptr, text->len);
    struct loading l = {.intel = in};
    rc = read_feed(&l, path, buf_str(text), err);
    arena_free(&l.scratch);
    return rc;
}

enum err_code intel_load_text(struct intel *in, struct str name, struct str text, struct err *err)
{
    CLEANUP(buf_free) struct buf copy;
    buf_init(&copy, INTEL_FEED_MAX);
    buf_add(&copy, text);
    if (copy.failed) {
        return err_set(err, ERR_LIMIT, "%.*s: larger than %d MiB", STR_ARG(name),
                       INTEL_FEED_MAX / 1024 / 1024);
    }
    return load_buf(in, name, &copy, err);
}

static enum err_code load_database(struct intel *in, struct str path, struct err *err)
{
    struct err why = {0};
    struct feed_info info = {.kind = STR("maxmind"), .is_range = true};
    info.rejected_first = info.set_aside_first = info.marking = STR_EMPTY;
    enum err_code rc = asn_open(&in->asn, path, &in->texts, &info.version, &why);
    if (rc) {
        return err_set(err, rc, "%.*s: %s", STR_ARG(path), why.msg);
    }
    return arena_dup(&in->texts, path, &info.path) && VEC_PUSH(&in->feeds, info)
               ? ERR_OK
               : err_set(err, ERR_NOMEM, "no memory");
}

static enum err_code load_file(struct intel *in, struct str path, struct err *err)
{
    if (asn_is_database(path)) {
        return load_database(in, path, err);
    }
    CLEANUP(buf_free) struct buf text;
    buf_init(&text, INTEL_FEED_MAX);
    enum err_code rc = file_read(path, &text, err);
    return rc ? rc : load_buf(in, path, &text, err);
}

/* A file among others that is no feed (a licence, a damaged one) is told and does not lose them. */
static enum err_code tell_refused(struct intel *in, struct str path, struct err *why)
{
    struct feed_info info = {.kind = STR("refused"), .is_range = true};
    info.version = info.set_aside_first = info.marking = STR_EMPTY;
    info.rejected = 1;
    bool done = arena_dup(&in->texts, path, &info.path) &&
                arena_dup(&in->texts, str_of(why->msg), &info.rejected_first) &&
                VEC_PUSH(&in->feeds, info);
    *why = (struct err){0};
    return done ? ERR_OK : err_set(why, ERR_NOMEM, "no memory");
}

static void files_done(struct walk_list *files)
{
    VEC_FREE(files);
}

enum err_code intel_load(struct intel *in, struct str path, struct err *err)
{
    if (file_kind(path, NULL) != FILE_DIRECTORY) {
        return load_file(in, path, err);
    }
    CLEANUP(arena_free) struct arena texts = {0};
    CLEANUP(files_done) struct walk_list files = {0};
    enum err_code rc = walk_files(path, &texts, &files, err);
    if (rc == ERR_OK && files.len == 0) {
        return err_set(err, ERR_NOTFOUND, "%.*s: no feed in this directory", STR_ARG(path));
    }
    for (size_t i = 0; rc == ERR_OK && i < files.len; i++) {
        struct err why = {0};
        rc = load_file(in, files.at[i].path, &why);
        if (rc != ERR_OK && rc != ERR_NOMEM) {
            rc = tell_refused(in, files.at[i].path, &why);
        }
        if (rc) {
            return err_set(err, rc, "%s", why.msg);
        }
    }
    return rc;
}
