/* The whole of a CloudTrail bucket's copy: chains, then the logs that no chain speaks of. */
#include <stdlib.h>

#include "codec/json.h"
#include "integrity/verify_priv.h"

/* The provider delivers a digest within the hour after the one that it covers. */
static const int64_t digest_every_us = TIME_HOUR_US;

const char *integrity_verdict_name(enum integrity_verdict v)
{
    static const char *const names[] = {
        [INTEGRITY_VALID] = "valid",           [INTEGRITY_NOTE] = "note",
        [INTEGRITY_WARNING] = "warning",       [INTEGRITY_UNVERIFIED] = "unverified",
        [INTEGRITY_UNCOVERED] = "not covered", [INTEGRITY_MISSING] = "missing",
        [INTEGRITY_INVALID] = "invalid",
    };
    return (size_t)v < ARRAY_LEN(names) ? names[v] : "unknown";
}

bool integrity_is_alarm(enum integrity_verdict v)
{
    return v == INTEGRITY_UNCOVERED || v == INTEGRITY_MISSING || v == INTEGRITY_INVALID;
}

const char *integrity_kind_name(enum integrity_kind k)
{
    return k == INTEGRITY_DIGEST ? "digest" : k == INTEGRITY_LOG ? "log" : "chain";
}

void integrity_report_free(struct integrity_report *r)
{
    VEC_FREE(&r->items);
}

bool verify_note(struct verify *v, enum integrity_kind kind, enum integrity_verdict verdict,
                 struct str key, const struct copied *file, const struct name *name,
                 const char *fmt, ...)
{
    struct integrity_item item = {.kind = kind,
                                  .verdict = verdict,
                                  .path = file == NULL ? STR_EMPTY : file->path,
                                  .witness = file == NULL ? v->witness : file->path,
                                  .time_us = name->kind == NAME_OTHER ? TIME_NONE : name->time_us};
    CLEANUP(buf_free) struct buf text = {0};
    va_list args;
    va_start(args, fmt);
    buf_vprintf(&text, fmt, args);
    va_end(args);
    return !text.failed && arena_dup(v->texts, buf_str(&text), &item.reason) &&
           arena_dup(v->texts, key, &item.key) &&
           arena_dup(v->texts, name->account, &item.account) &&
           arena_dup(v->texts, name->region, &item.region) && VEC_PUSH(&v->report->items, item);
}

struct copy *verify_bucket(struct verify *v, struct str bucket)
{
    for (size_t i = 0; i < v->copy_count; i++) {
        if (str_eq(v->copies[i].bucket, bucket)) {
            return &v->copies[i];
        }
    }
    return NULL;
}

/* ---- chains ---- */

struct links {
    VEC_OF(struct link);
};

static int chain_cmp(const struct name *x, const struct name *y)
{
    int d = str_cmp(x->account, y->account);
    d = d != 0 ? d : str_cmp(x->chain, y->chain);
    d = d != 0 ? d : str_cmp(x->region, y->region);
    return d != 0 ? d : (int)x->backfill - (int)y->backfill;
}

/* By chain, the newest first. */
static int link_cmp(const void *a, const void *b)
{
    const struct link *x = a;
    const struct link *y = b;
    int d = chain_cmp(&x->file->name, &y->file->name);
    if (d != 0) {
        return d;
    }
    if (x->file->name.time_us != y->file->name.time_us) {
        return x->file->name.time_us < y->file->name.time_us ? 1 : -1;
    }
    return str_cmp(x->file->key, y->file->key);
}

static bool is_wanted(const struct verify *v, const struct copied *f)
{
    return v->options->since_us == TIME_NONE || f->name.time_us == TIME_NONE ||
           f->name.time_us > v->options->since_us;
}

static bool collect(struct verify *v, struct links *out)
{
    for (size_t i = 0; i < v->copy_count; i++) {
        for (size_t f = 0; f < v->copies[i].files.len; f++) {
            struct copied *file = &v->copies[i].files.at[f];
            struct link l = {&v->copies[i], file};
            if (file->name.kind == NAME_DIGEST && is_wanted(v, file) && !VEC_PUSH(out, l)) {
                return false;
            }
        }
    }
    if (out->len > 1) {
        qsort(out->at, out->len, sizeof(*out->at), link_cmp);
    }
    return true;
}

static bool verify_chains(struct verify *v, const struct links *all)
{
    for (size_t from = 0; from < all->len;) {
        size_t to = from + 1;
        while (to < all->len &&
               chain_cmp(&all->at[from].file->name, &all->at[to].file->name) == 0) {
            to++;
        }
        if (!verify_chain(v, &all->at[from], to - from)) {
            return false;
        }
        from = to;
    }
    return true;
}

/* ---- the bucket's name ---- */

/* From the newest digest in the copy. */
static bool name_bucket(struct verify *v, struct copy *c)
{
    const struct copied *newest = NULL;
    for (size_t i = 0; i < c->files.len; i++) {
        const struct copied *f = &c->files.at[i];
        if (f->name.kind == NAME_DIGEST &&
            (newest == NULL || f->name.time_us > newest->name.time_us)) {
            newest = f;
        }
    }
    struct object o;
    if (newest == NULL) {
        return true;
    }
    if (!object_read(&v->reader, newest->path, true, &o)) {
        return false;
    }
    struct json_view all = json_view_of(buf_str(&v->reader.plain));
    struct json_view bucket = json_member(all, STR("digestS3Bucket"));
    struct str text = STR_EMPTY;
    return bucket.kind != JSON_STRING ||
           (json_text(bucket, v->texts, &text) && arena_dup(v->texts, text, &c->bucket));
}

/* ---- what no digest speaks of ---- */

/* Accounts and regions that logs were found of. */
struct place {
    struct name name;   /* account and region count */
    struct str witness; /* path of the newest digest, else of a log */
    int64_t newest_log_us;
    int64_t newest_digest_us;
    uint64_t logs;
};

struct places {
    VEC_OF(struct place);
};

static bool same_place(const struct name *a, const struct name *b)
{
    return str_eq(a->account, b->account) && str_eq(a->region, b->region);
}

/* A place that the first log was found of, with its newest digest if there is one. */
static struct place new_place(const struct links *all, const struct copied *log)
{
    struct place p = {.name = log->name,
                      .witness = log->path,
                      .newest_log_us = TIME_NONE,
                      .newest_digest_us = TIME_NONE};
    for (size_t i = 0; i < all->len; i++) {
        const struct copied *digest = all->at[i].file;
        if (!digest->name.backfill && same_place(&digest->name, &log->name) &&
            digest->name.time_us > p.newest_digest_us) {
            p.newest_digest_us = digest->name.time_us;
            p.witness = digest->path;
        }
    }
    return p;
}

static struct place *place_of(struct places *p, const struct links *all, const struct copied *log)
{
    for (size_t i = p->len; i-- > 0;) {
        if (same_place(&p->at[i].name, &log->name)) {
            return &p->at[i];
        }
    }
    return VEC_PUSH(p, new_place(all, log)) ? &p->at[p->len - 1] : NULL;
}

static bool tell_uncovered(struct verify *v, const struct copied *f, const struct place *p)
{
    if (f->log == LOG_CLAIMED) {
        return verify_note(v, INTEGRITY_LOG, INTEGRITY_UNVERIFIED, f->key, f, &f->name,
                           "only a digest that does not verify lists it");
    }
    if (p->newest_digest_us == TIME_NONE) {
        return true; /* told once, for the place */
    }
    if (f->name.time_us != TIME_NONE && f->name.time_us > p->newest_digest_us) {
        return verify_note(v, INTEGRITY_LOG, INTEGRITY_NOTE, f->key, f, &f->name,
                           "newer than the newest digest: nothing vouches for it yet");
    }
    return verify_note(v, INTEGRITY_LOG, INTEGRITY_UNCOVERED, f->key, f, &f->name,
                       "no digest lists it: the provider did not write it, or the digest that "
                       "did is gone");
}

/* Digests are due every hour while logs arrive. */
static bool tell_due(struct verify *v, const struct place *p)
{
    char from[TIME_TEXT_MAX];
    char to[TIME_TEXT_MAX];
    v->witness = p->witness;
    if (p->newest_digest_us == TIME_NONE) {
        return verify_note(v, INTEGRITY_CHAIN, INTEGRITY_MISSING, STR_EMPTY, NULL, &p->name,
                           "%llu log files of account %.*s in %.*s and not one digest: they were "
                           "deleted, or log file validation is off",
                           (unsigned long long)p->logs, STR_ARG(p->name.account),
                           STR_ARG(p->name.region));
    }
    int64_t until = v->options->until_us != TIME_NONE ? v->options->until_us : p->newest_log_us;
    int64_t due = (until - p->newest_digest_us) / digest_every_us;
    if (until == TIME_NONE || until <= p->newest_digest_us || due < 1) {
        return true;
    }
    (void)time_format(p->newest_digest_us, from);
    (void)time_format(until, to);
    return verify_note(v, INTEGRITY_CHAIN, INTEGRITY_MISSING, STR_EMPTY, NULL, &p->name,
                       "the newest digest of account %.*s in %.*s ends at %s, and %lld more are "
                       "due up to %s: they were deleted, or the copy was made too early; copy "
                       "again, and if they stay away treat the logs since as not vouched for",
                       STR_ARG(p->name.account), STR_ARG(p->name.region), from, (long long)due, to);
}

static bool tell_rest(struct verify *v, const struct links *all, struct places *places)
{
    for (size_t i = 0; i < v->copy_count; i++) {
        for (size_t f = 0; f < v->copies[i].files.len; f++) {
            const struct copied *file = &v->copies[i].files.at[f];
            if (file->name.kind != NAME_LOG || !is_wanted(v, file)) {
                continue;
            }
            struct place *p = place_of(places, all, file);
            if (p == NULL) {
                return false;
            }
            p->logs++;
            p->newest_log_us =
                file->name.time_us > p->newest_log_us ? file->name.time_us : p->newest_log_us;
            if (file->log != LOG_TRUSTED) {
                v->report->logs++;
                if (!tell_uncovered(v, file, p)) {
                    return false;
                }
            }
        }
    }
    for (size_t i = 0; i < places->len; i++) {
        if (!tell_due(v, &places->at[i])) {
            return false;
        }
    }
    return true;
}

/* ---- all ---- */

static int item_cmp(const void *a, const void *b)
{
    const struct integrity_item *x = a;
    const struct integrity_item *y = b;
    int d = str_cmp(x->account, y->account);
    d = d != 0 ? d : str_cmp(x->region, y->region);
    if (d == 0 && x->time_us != y->time_us) {
        d = x->time_us < y->time_us ? -1 : 1;
    }
    d = d != 0 ? d : str_cmp(x->key, y->key);
    d = d != 0 ? d : (int)x->kind - (int)y->kind;
    return d != 0 ? d : str_cmp(x->reason, y->reason);
}

static bool verify_all(struct verify *v)
{
    struct links all = {0};
    struct places places = {0};
    bool fine = true;
    for (size_t i = 0; fine && i < v->copy_count; i++) {
        fine = v->copies[i].bucket.len > 0 || name_bucket(v, &v->copies[i]);
    }
    fine = fine && collect(v, &all) && verify_chains(v, &all) && tell_rest(v, &all, &places);
    VEC_FREE(&all);
    VEC_FREE(&places);
    if (fine && v->report->items.len > 1) {
        qsort(v->report->items.at, v->report->items.len, sizeof(*v->report->items.at), item_cmp);
    }
    return fine;
}

static enum err_code list_copies(struct verify *v, struct err *err)
{
    const struct integrity_options *o = v->options;
    v->copies = mem_alloc(o->dir_count + 1, sizeof(*v->copies));
    if (v->copies == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for copies");
    }
    for (size_t i = 0; i < o->dir_count; i++) {
        enum err_code rc = copy_list(o->dirs[i], v->texts, &v->copies[i], err);
        if (rc != ERR_OK) {
            return rc;
        }
        v->copy_count++;
        v->copies[i].bucket = i < o->bucket_count ? o->buckets[i] : STR_EMPTY;
    }
    return ERR_OK;
}

enum err_code integrity_cloudtrail(const struct integrity_options *o, struct arena *a,
                                   struct integrity_report *out, struct err *err)
{
    struct integrity_report report = {.from_us = TIME_NONE, .to_us = TIME_NONE};
    struct verify v = {.options = o, .texts = a, .report = &report};
    enum err_code rc = key_ring_read(o->keys, a, &v.keys, err);
    rc = rc ? rc : list_copies(&v, err);
    if (rc == ERR_OK && (!object_reader_init(&v.reader) || !verify_all(&v))) {
        rc = err_set(err, ERR_NOMEM, "no memory to verify logs");
    }
    for (size_t i = 0; i < v.copy_count; i++) {
        copy_free(&v.copies[i]);
    }
    mem_free(v.copies);
    object_reader_free(&v.reader);
    key_ring_free(&v.keys);
    arena_free(&v.scratch);
    if (rc != ERR_OK) {
        integrity_report_free(&report);
        return rc;
    }
    *out = report;
    return ERR_OK;
}
