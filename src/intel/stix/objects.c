#include "intel/stix/objects.h"

#include <assert.h>

#include "base/mem.h"

enum { RESYNC_TRIES = 10000 };

enum field {
    F_TYPE,
    F_ID,
    F_NAME,
    F_DESCRIPTION,
    F_CREATED,
    F_MODIFIED,
    F_PATTERN,
    F_PATTERN_TYPE,
    F_SIGHTING_OF,
    F_MARKINGS,
    F_LABELS,
    F_KINDS,
    F_PHASES,
    F_FROM,
    F_UNTIL,
    F_COUNT,
    F_TLP,
    F_CONFIDENCE,
    F_REVOKED,
    FIELDS_
};

static const char *const field_paths[FIELDS_] = {
    [F_TYPE] = "type",
    [F_ID] = "id",
    [F_NAME] = "name",
    [F_DESCRIPTION] = "description",
    [F_CREATED] = "created",
    [F_MODIFIED] = "modified",
    [F_PATTERN] = "pattern",
    [F_PATTERN_TYPE] = "pattern_type",
    [F_SIGHTING_OF] = "sighting_of_ref",
    [F_MARKINGS] = "object_marking_refs",
    [F_LABELS] = "labels",
    [F_KINDS] = "indicator_types",
    [F_PHASES] = "kill_chain_phases",
    [F_FROM] = "valid_from",
    [F_UNTIL] = "valid_until",
    [F_COUNT] = "count",
    [F_TLP] = "definition.tlp",
    [F_CONFIDENCE] = "confidence",
    [F_REVOKED] = "revoked",
};

struct walking {
    const struct stix_walk *w;
    struct json_scanner *scanner;
    struct json_record *record;
    unsigned slot[FIELDS_];
    size_t pos;
    unsigned tries;
    bool ended; /* damage was told, and nothing behind it reads */
    struct err *err;
};

static char at(const struct walking *k)
{
    return k->pos < k->w->text.len ? k->w->text.ptr[k->pos] : '\0';
}

static void spaces(struct walking *k)
{
    while (k->pos < k->w->text.len && chr_is_space(k->w->text.ptr[k->pos])) {
        k->pos++;
    }
}

static struct json_view got(const struct walking *k, enum field f)
{
    return json_got(k->record, k->slot[f]);
}

static bool text_of(const struct walking *k, enum field f, struct str *out)
{
    struct json_view v = got(k, f);
    *out = STR_EMPTY;
    return v.kind != JSON_STRING || json_text(v, k->w->scratch, out);
}

static struct json_view array_of(const struct walking *k, enum field f)
{
    struct json_view v = got(k, f);
    return v.kind == JSON_ARRAY ? v : (struct json_view){.ptr = ""};
}

static void times(const struct walking *k, struct stix_object *o)
{
    struct json_view from = got(k, F_FROM);
    struct json_view until = got(k, F_UNTIL);
    o->from_us = o->until_us = TIME_NONE;
    o->bad_time =
        (from.kind == JSON_STRING &&
         !time_parse_rfc3339(str_make(from.ptr, from.len), &o->from_us)) ||
        (until.kind == JSON_STRING &&
         !time_parse_rfc3339(str_make(until.ptr, until.len), &o->until_us)) ||
        (o->from_us != TIME_NONE && o->until_us != TIME_NONE && o->until_us <= o->from_us);
}

static void numbers(const struct walking *k, struct stix_object *o)
{
    struct json_view v = got(k, F_CONFIDENCE);
    uint64_t n;
    o->confidence = 50;
    if (v.kind == JSON_NUMBER && str_u64(str_make(v.ptr, v.len), &n) && n <= 100) {
        o->confidence = (uint8_t)n;
    }
    v = got(k, F_COUNT);
    o->count = v.kind == JSON_NUMBER && str_u64(str_make(v.ptr, v.len), &n) && n < 1000000 ? n : 1;
    o->revoked = got(k, F_REVOKED).kind == JSON_TRUE;
}

static void told_fault(struct walking *k, size_t offset, const char *reason)
{
    if (k->w->fault != NULL) {
        k->w->fault(k->w->arg, offset, reason);
    }
}

static enum err_code tell(struct walking *k)
{
    struct stix_object o = {.offset = (uint64_t)(k->record->start - k->w->text.ptr)};
    struct str created;
    struct str tlp;
    arena_reset(k->w->scratch);
    if (!text_of(k, F_TYPE, &o.type) || !text_of(k, F_ID, &o.id) || !text_of(k, F_NAME, &o.name) ||
        !text_of(k, F_DESCRIPTION, &o.description) || !text_of(k, F_CREATED, &created) ||
        !text_of(k, F_MODIFIED, &o.modified) || !text_of(k, F_PATTERN, &o.pattern) ||
        !text_of(k, F_PATTERN_TYPE, &o.pattern_type) ||
        !text_of(k, F_SIGHTING_OF, &o.sighting_of) || !text_of(k, F_TLP, &tlp)) {
        return err_set(k->err, ERR_LIMIT, "the feed is too large");
    }
    if (o.type.len == 0) {
        told_fault(k, o.offset, "an object without a type");
        return ERR_OK;
    }
    o.modified = o.modified.len > 0 ? o.modified : created;
    o.tlp = intel_tlp_of(tlp.len > 0 ? tlp : o.name);
    o.markings = array_of(k, F_MARKINGS);
    o.labels = array_of(k, F_LABELS);
    o.kinds = array_of(k, F_KINDS);
    o.phases = array_of(k, F_PHASES);
    times(k, &o);
    numbers(k, &o);
    return k->w->fn(k->w->arg, &o);
}

/* From a damaged object to the beginning of one that reads: '{' and a quote. False: none is left. */
static bool resync(struct walking *k, size_t from)
{
    struct str text = k->w->text;
    for (size_t i = from; i < text.len; i++) {
        size_t used;
        struct json_fault f;
        if (text.ptr[i] != '{') {
            continue;
        }
        k->pos = i + 1;
        spaces(k);
        if (at(k) != '"') {
            continue;
        }
        if (++k->tries > RESYNC_TRIES) {
            told_fault(k, i, "too much of the feed is damaged: the rest is not read");
            return false;
        }
        if (json_scan(k->scanner, text.ptr, text.len, i, k->record, &used, &f) == JSON_OK &&
            got(k, F_TYPE).kind == JSON_STRING && got(k, F_ID).kind == JSON_STRING) {
            k->pos = i;
            return true;
        }
    }
    return false;
}

/* The elements of an array, up to its end or that of the text. k->pos stands behind the bracket. */
static enum err_code elements(struct walking *k)
{
    struct str text = k->w->text;
    for (;;) {
        spaces(k);
        if (at(k) == ',') {
            k->pos++;
            continue;
        }
        if (k->pos >= text.len || at(k) == ']') {
            k->pos += k->pos < text.len ? 1 : 0;
            return ERR_OK;
        }
        size_t used;
        struct json_fault f;
        size_t start = k->pos;
        if (at(k) != '{' &&
            json_skip(JSON_PORTABLE, text.ptr, text.len, start, &used, &f) == JSON_OK &&
            json_check(str_make(text.ptr + start, used - start), &f) == JSON_OK) {
            told_fault(k, start, "no object: only objects stand in a bundle");
            k->pos = used;
            continue;
        }
        if (json_scan(k->scanner, text.ptr, text.len, start, k->record, &used, &f) != JSON_OK) {
            told_fault(k, f.offset, f.reason);
            if (!resync(k, start + 1)) {
                k->pos = text.len;
                k->ended = true;
                return ERR_OK;
            }
            continue;
        }
        k->pos = used;
        enum err_code rc = tell(k);
        if (rc) {
            return rc;
        }
    }
}

/* One bundle or envelope, entered at its "objects"; any other object is one itself. */
static enum err_code container(struct walking *k)
{
    struct str text = k->w->text;
    size_t start = k->pos++;
    for (;;) {
        size_t used;
        struct json_fault f;
        spaces(k);
        if (at(k) == ',') {
            k->pos++;
            continue;
        }
        if (at(k) != '"') {
            break;
        }
        size_t key = k->pos + 1;
        if (json_skip(JSON_PORTABLE, text.ptr, text.len, k->pos, &used, &f) != JSON_OK) {
            break;
        }
        struct str name = str_make(text.ptr + key, used - key - 1);
        k->pos = used;
        spaces(k);
        k->pos += at(k) == ':' ? 1 : 0;
        spaces(k);
        if (str_eq(name, STR("objects")) && at(k) == '[') {
            k->pos++;
            enum err_code rc = elements(k);
            if (rc || k->ended) {
                return rc;
            }
            continue;
        }
        if (json_skip(JSON_PORTABLE, text.ptr, text.len, k->pos, &used, &f) != JSON_OK) {
            break;
        }
        k->pos = used;
    }
    if (at(k) == '}') {
        k->pos++;
        return ERR_OK;
    }
    if (k->pos < text.len) {
        told_fault(k, k->pos, "no JSON from here on");
    } else {
        told_fault(k, start, "the bundle is cut off: its end is missing");
    }
    k->pos = text.len;
    return ERR_OK;
}

/* An object on its own: no "objects" in it. */
static bool is_single(struct walking *k, size_t *used)
{
    struct json_fault f;
    if (json_scan(k->scanner, k->w->text.ptr, k->w->text.len, k->pos, k->record, used, &f) !=
        JSON_OK) {
        return false;
    }
    struct json_view type = got(k, F_TYPE);
    assert(type.kind != JSON_STRING || type.ptr != NULL);
    return got(k, F_ID).kind == JSON_STRING && type.kind == JSON_STRING &&
           !str_eq(str_make(type.ptr, type.len), STR("bundle"));
}

static enum err_code whole(struct walking *k)
{
    enum err_code rc = ERR_OK;
    for (spaces(k); rc == ERR_OK && k->pos < k->w->text.len; spaces(k)) {
        size_t used;
        if (at(k) == '[') {
            k->pos++;
            rc = elements(k);
        } else if (at(k) == '{' && is_single(k, &used)) {
            k->pos = used;
            rc = tell(k);
        } else if (at(k) == '{') {
            rc = container(k);
        } else if (k->pos == 0) {
            rc = err_set(k->err, ERR_SYNTAX, "no JSON");
        } else {
            told_fault(k, k->pos, "no JSON from here on");
            break;
        }
    }
    return rc;
}

static enum err_code prepare(struct walking *k, struct json_paths *paths)
{
    for (unsigned f = 0; f < FIELDS_; f++) {
        enum err_code rc =
            json_paths_add_dotted(paths, str_of(field_paths[f]), &k->slot[f], k->err);
        if (rc) {
            return rc;
        }
    }
    k->scanner = json_scanner_new(paths, json_variant_best());
    k->record = mem_alloc(1, sizeof(*k->record));
    return k->scanner != NULL && k->record != NULL ? ERR_OK
                                                   : err_set(k->err, ERR_NOMEM, "no memory");
}

enum err_code stix_walk(const struct stix_walk *w, struct err *err)
{
    struct walking k = {.w = w, .err = err};
    struct json_paths *paths = json_paths_new();
    if (paths == NULL) {
        return err_set(err, ERR_NOMEM, "no memory");
    }
    enum err_code rc = prepare(&k, paths);
    rc = rc ? rc : whole(&k);
    json_scanner_free(k.scanner);
    mem_free(k.record);
    json_paths_free(paths);
    return rc;
}
