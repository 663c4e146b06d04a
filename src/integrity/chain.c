/* One chain of digests, from the newest back. */
#include "integrity/verify_priv.h"

/* What the digest looked at last says of the one before it. */
struct expected {
    bool known; /* it verifies, so what it says counts */
    bool start; /* it says that none comes before */
    struct str bucket, key, hash, signature;
    int64_t start_us;
};

static bool expect(struct verify *v, const struct digest_file *d, struct expected *out)
{
    *out = (struct expected){.known = true, .start = !d->has_previous, .start_us = d->start_us};
    return arena_dup(v->texts, d->previous_bucket, &out->bucket) &&
           arena_dup(v->texts, d->previous_key, &out->key) &&
           arena_dup(v->texts, d->previous_hash, &out->hash) &&
           arena_dup(v->texts, d->previous_signature, &out->signature);
}

/* A digest in hand. */
struct look {
    const struct link *at;
    struct object object;
    struct digest_file file;
    struct object_metadata metadata;
    enum integrity_verdict verdict;
    bool reported; /* an item says what is wrong */
};

static bool fault(struct verify *v, struct look *l, enum integrity_verdict verdict, const char *why)
{
    l->verdict = verdict;
    l->reported = true;
    return verify_note(v, INTEGRITY_DIGEST, verdict, l->at->file->key, l->at->file,
                       &l->at->file->name, "%s", why);
}

/* ---- reading ---- */

/* Each returns false only when memory ran out, and stops the others by setting the verdict. */

static bool read_file(struct verify *v, struct look *l)
{
    if (!object_read(&v->reader, l->at->file->path, true, &l->object)) {
        return false;
    }
    if (l->object.state == OBJECT_UNREADABLE) {
        v->report->unreadable++;
        return fault(v, l, INTEGRITY_UNVERIFIED, "the file cannot be read; check its permissions");
    }
    if (l->object.state != OBJECT_FINE) {
        return fault(v, l, INTEGRITY_INVALID, "it does not unpack: cut or damaged");
    }
    if (l->object.appended) {
        return fault(v, l, INTEGRITY_INVALID, "something was appended behind what was signed");
    }
    const char *reason = "";
    struct str text;
    if (!arena_dup(&v->scratch, buf_str(&v->reader.plain), &text)) {
        return false;
    }
    switch (digest_file_parse(text, &v->scratch, &l->file, &reason)) {
    case PARSE_NOMEM:
        return false;
    case PARSE_BAD:
        return fault(v, l, INTEGRITY_INVALID, reason);
    case PARSE_OK:
    default:
        return true;
    }
}

static bool read_metadata(struct verify *v, struct look *l)
{
    struct str key;
    struct object o;
    const char *reason = "";
    if (!arena_printf(&v->scratch, &key, "%.*s.meta.json", STR_ARG(l->at->file->key))) {
        return false;
    }
    const struct copied *side = copy_find(l->at->copy, key);
    if (side == NULL) {
        return fault(v, l, INTEGRITY_INVALID,
                     "its signature is missing: there is no .meta.json beside it with the output "
                     "of 'aws s3api head-object'");
    }
    if (!object_read(&v->reader, side->path, true, &o)) {
        return false;
    }
    struct str text;
    if (!arena_dup(&v->scratch, buf_str(&v->reader.plain), &text)) {
        return false;
    }
    switch (object_metadata_parse(text, &v->scratch, &l->metadata, &reason)) {
    case PARSE_NOMEM:
        return false;
    case PARSE_BAD:
        return fault(v, l, INTEGRITY_INVALID, reason);
    case PARSE_OK:
    default:
        break;
    }
    if (l->metadata.signature.len == 0 || l->metadata.algorithm.len == 0) {
        return fault(v, l, INTEGRITY_INVALID,
                     "the metadata of its object has no signature or no signature algorithm");
    }
    if (!str_eq(l->metadata.algorithm, STR("SHA256withRSA"))) {
        return fault(v, l, INTEGRITY_INVALID,
                     "its signature algorithm is not SHA256withRSA: the metadata was changed");
    }
    return true;
}

/* ---- checking ---- */

static bool check_place(struct verify *v, struct look *l)
{
    if (!str_eq(l->file.bucket, l->at->copy->bucket) || !str_eq(l->file.key, l->at->file->key)) {
        return fault(v, l, INTEGRITY_INVALID,
                     "it says that it belongs elsewhere: it was moved or replayed, or DIR is not "
                     "the root of the bucket's copy");
    }
    return true;
}

static bool check_signature(struct verify *v, struct look *l)
{
    struct str text;
    struct str signature;
    const struct public_key *key = key_find(&v->keys, l->file.fingerprint);
    if (key == NULL) {
        return fault(v, l, INTEGRITY_UNVERIFIED,
                     "the file of keys lacks the public key that it names: list-public-keys takes "
                     "a --start-time before it");
    }
    if (!key_unhex(l->metadata.signature, &v->scratch, &signature)) {
        return fault(v, l, INTEGRITY_INVALID, "its signature is not hexadecimal");
    }
    if (!digest_file_signed_text(&l->file, l->object.hash, &v->scratch, &text)) {
        return false;
    }
    switch (key_verify(key, text, signature)) {
    case KEY_NOMEM:
        return false;
    case KEY_BAD:
        return fault(v, l, INTEGRITY_INVALID, "its signature is wrong: it was altered");
    case KEY_GOOD:
    default:
        return true;
    }
}

/* Against what its successor, which verifies, says of it. */
static bool check_expected(struct verify *v, struct look *l, const struct expected *e)
{
    if (!e->known || e->start || !str_eq(e->key, l->at->file->key)) {
        return true;
    }
    if (!hash_is(e->hash, l->object.hash)) {
        return fault(v, l, INTEGRITY_INVALID,
                     "its hash is not the one that the digest after it names: it was replaced");
    }
    if (!str_ieq(e->signature, l->metadata.signature)) {
        return fault(v, l, INTEGRITY_INVALID,
                     "its signature is not the one that the digest after it names: it was "
                     "replaced");
    }
    if (e->start_us != TIME_NONE && l->file.end_us < e->start_us) {
        char from[TIME_TEXT_MAX];
        char to[TIME_TEXT_MAX];
        (void)time_format(l->file.end_us, from);
        (void)time_format(e->start_us, to);
        return verify_note(v, INTEGRITY_CHAIN, INTEGRITY_WARNING, l->at->file->key, NULL,
                           &l->at->file->name, "no digest covers %s to %s", from, to);
    }
    return true;
}

typedef bool (*look_step)(struct verify *v, struct look *l);

static bool examine(struct verify *v, struct look *l, const struct expected *e)
{
    static const look_step steps[] = {read_file, read_metadata, check_place, check_signature};
    l->verdict = INTEGRITY_VALID;
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (!steps[i](v, l)) {
            return false;
        }
        if (l->reported) {
            return true;
        }
    }
    if (!check_expected(v, l, e)) {
        return false;
    }
    if (l->verdict == INTEGRITY_VALID && (l->object.trailer_cut || l->object.trailer_wrong)) {
        return verify_note(v, INTEGRITY_DIGEST, INTEGRITY_WARNING, l->at->file->key, l->at->file,
                           &l->at->file->name,
                           "its content is what was signed, but the gzip trailer is cut off or "
                           "wrong");
    }
    return true;
}

/* ---- links ---- */

/* What lies between a digest that verifies and the next one found. */
static bool check_link(struct verify *v, const struct link *at, const struct expected *e,
                       const struct link *next)
{
    struct name name = name_of(e->key);
    if (e->start) {
        return next == NULL ||
               verify_note(v, INTEGRITY_CHAIN, INTEGRITY_WARNING, at->file->key, NULL,
                           &at->file->name,
                           "the chain begins anew here, though older digests are there: logging "
                           "was stopped and started again");
    }
    if (next != NULL && str_eq(next->file->key, e->key)) {
        return true;
    }
    struct copy *copy = verify_bucket(v, e->bucket);
    if (copy == NULL) {
        return verify_note(v, INTEGRITY_CHAIN, INTEGRITY_UNVERIFIED, e->key, NULL, &name,
                           "the chain goes on in bucket '%.*s', of which no copy was given",
                           STR_ARG(str_head(e->bucket, 64)));
    }
    if (copy_find(copy, e->key) != NULL) {
        /* It is there, so it will be looked at; the one between is named by nobody. */
        return next == NULL || verify_note(v, INTEGRITY_DIGEST, INTEGRITY_INVALID, next->file->key,
                                           next->file, &next->file->name,
                                           "no digest after it names it: it is not of this chain");
    }
    bool outside = v->options->since_us != TIME_NONE && name.time_us <= v->options->since_us;
    if (next == NULL) {
        return outside || verify_note(v, INTEGRITY_CHAIN, INTEGRITY_NOTE, e->key, NULL, &name,
                                      "the copy begins here: the digest before is not in it");
    }
    return verify_note(v, INTEGRITY_DIGEST, INTEGRITY_MISSING, e->key, NULL, &name,
                       "the digest after it names it, and it is gone");
}

static void widen(struct integrity_report *r, const struct digest_file *d)
{
    if (d->start_us != TIME_NONE && (r->from_us == TIME_NONE || d->start_us < r->from_us)) {
        r->from_us = d->start_us;
    }
    if (d->end_us != TIME_NONE && d->end_us > r->to_us) {
        r->to_us = d->end_us;
    }
}

bool verify_chain(struct verify *v, const struct link *links, size_t count)
{
    struct expected e = {0};
    v->report->chains++;
    for (size_t i = 0; i < count; i++) {
        struct look l = {.at = &links[i]};
        v->witness = links[i].file->path;
        arena_reset(&v->scratch);
        bool fine = examine(v, &l, &e);
        bool valid = fine && l.verdict == INTEGRITY_VALID;
        v->report->digests++;
        v->report->digests_valid += valid ? 1 : 0;
        fine = fine && verify_logs(v, &l.file, valid);
        e.known = false;
        if (fine && valid) {
            widen(v->report, &l.file);
            fine = expect(v, &l.file, &e) &&
                   check_link(v, &links[i], &e, i + 1 < count ? &links[i + 1] : NULL);
        }
        VEC_FREE(&l.file.logs);
        if (!fine) {
            return false;
        }
    }
    return true;
}
