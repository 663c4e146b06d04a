/*
 * misp - MISP events, feeds (a folder of manifest and events), REST answers, attribute CSV.
 *
 * JSON is read from front to back without a tree; in a damaged file what stands before the damage
 * counts. What an event says as a whole (info, tags, threat level) is looked up when its end is
 * there.
 */
#include "base/mem.h"
#include "codec/csv.h"
#include "codec/json.h"
#include "intel/misp/attribute.h"

enum { DEPTH_MAX = 12 };

static bool is_hash_index(struct str head)
{
    struct str line;
    if (!str_cut(&head, '\n', &line)) {
        return false;
    }
    line = str_trim(line);
    if (line.len != 69 || line.ptr[32] != ',') {
        return false;
    }
    for (size_t i = 33; i < 69; i++) {
        bool dash = i == 41 || i == 46 || i == 51 || i == 56;
        if ((line.ptr[i] == '-') != dash) {
            return false;
        }
    }
    return true;
}

static bool is_manifest(struct str path, struct str head)
{
    return str_ends(path, STR("manifest.json")) && str_find(head, STR("\"info\"")) != SIZE_MAX &&
           str_find(head, STR("\"Attribute\"")) == SIZE_MAX;
}

static bool is_csv(struct str head)
{
    return str_starts(head, STR("uuid,event_id,category,type,value")) ||
           str_starts(head, STR("\"uuid\",\"event_id\",\"category\",\"type\",\"value\""));
}

static int probe(struct str path, struct str head)
{
    if (is_csv(head) || is_hash_index(head)) {
        return 96;
    }
    head = str_trim(head);
    if (head.len == 0 || (head.ptr[0] != '{' && head.ptr[0] != '[')) {
        return 0;
    }
    bool event = str_find(head, STR("\"Event\"")) != SIZE_MAX;
    bool attribute = str_find(head, STR("\"Attribute\"")) != SIZE_MAX;
    bool object = str_find(head, STR("\"Object\"")) != SIZE_MAX;
    if (event || attribute || object) {
        return str_find(head, STR("\"response\"")) != SIZE_MAX || event ? 92 : 80;
    }
    if (is_manifest(path, head)) {
        return 92;
    }
    bool like_event = str_find(head, STR("\"threat_level_id\"")) != SIZE_MAX;
    return like_event ? 80 : 0;
}

/* ---- JSON ---- */

enum field { F_TYPE, F_CATEGORY, F_VALUE, F_COMMENT, F_TO_IDS, F_DELETED, F_TAG, FIELDS_ };

static const char *const field_paths[FIELDS_] = {
    [F_TYPE] = "type",     [F_CATEGORY] = "category", [F_VALUE] = "value", [F_COMMENT] = "comment",
    [F_TO_IDS] = "to_ids", [F_DELETED] = "deleted",   [F_TAG] = "Tag",
};

struct reading {
    const struct intel_sink *sink;
    struct str text;
    size_t pos;
    struct json_scanner *scanner;
    struct json_record *record;
    unsigned slot[FIELDS_];
    struct arena scratch; /* of one attribute */
    uint64_t newest;      /* timestamp of an event */
    bool damaged;
    struct err *err;
};

static char at(const struct reading *r)
{
    return r->pos < r->text.len ? r->text.ptr[r->pos] : '\0';
}

static void spaces(struct reading *r)
{
    while (r->pos < r->text.len && chr_is_space(r->text.ptr[r->pos])) {
        r->pos++;
    }
}

static void damage(struct reading *r, size_t offset, const char *reason)
{
    if (!r->damaged) {
        r->sink->reject_at(r->sink->arg, offset, reason);
    }
    r->damaged = true;
    r->pos = r->text.len;
}

static void skip_value(struct reading *r)
{
    size_t used;
    struct json_fault f;
    if (json_skip(JSON_PORTABLE, r->text.ptr, r->text.len, r->pos, &used, &f) != JSON_OK) {
        damage(r, f.offset, f.reason);
        return;
    }
    r->pos = used;
}

/* The strictest TLP among the names of tags. */
static enum intel_tlp tlp_of(struct json_view tags)
{
    enum intel_tlp strictest = TLP_NONE;
    struct json_iter it = json_iter_of(tags);
    struct json_view key;
    struct json_view tag;
    while (tags.kind == JSON_ARRAY && json_iter_next(&it, &key, &tag)) {
        struct json_view name = json_member(tag, STR("name"));
        struct str text = str_make(name.ptr, name.len);
        if (name.kind == JSON_STRING && str_istarts(text, STR("tlp:"))) {
            enum intel_tlp t = intel_tlp_of(text);
            strictest = t > strictest ? t : strictest;
        }
    }
    return strictest;
}

static struct str raw(struct json_view v)
{
    return v.kind == JSON_ABSENT ? STR_EMPTY : str_make(v.ptr, v.len);
}

static uint8_t confidence_of(struct json_view level, struct str tags)
{
    static const struct {
        struct str tag;
        uint8_t value;
    } words[] = {{STR_INIT("confidence-level=\\\"completely-confident"), 100},
                 {STR_INIT("confidence-level=\\\"usually-confident"), 75},
                 {STR_INIT("confidence-level=\\\"fairly-confident"), 50},
                 {STR_INIT("confidence-level=\\\"rarely-confident"), 25},
                 {STR_INIT("confidence-level=\\\"unconfident"), 5}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_find(tags, words[i].tag) != SIZE_MAX) {
            return words[i].value;
        }
    }
    struct str text = raw(level);
    return str_eq(text, STR("1")) ? 80 : str_eq(text, STR("2")) ? 65 : 50;
}

/* What an event or object says as a whole, over what the one around it said. */
static bool learn_context(struct reading *r, struct misp_context *c)
{
    size_t used;
    struct json_fault f;
    if (json_skip(JSON_PORTABLE, r->text.ptr, r->text.len, r->pos, &used, &f) != JSON_OK) {
        return true; /* cut off: its attributes are read all the same */
    }
    struct json_view whole = {
        .ptr = r->text.ptr + r->pos, .len = (uint32_t)(used - r->pos), .kind = JSON_OBJECT};
    struct json_view info = json_member(whole, STR("info"));
    struct json_view tags = json_member(whole, STR("Tag"));
    struct json_view level = json_member(whole, STR("threat_level_id"));
    struct json_view stamp = json_member(whole, STR("timestamp"));
    uint64_t n;
    if (info.kind == JSON_STRING && !json_text(info, r->sink->texts, &c->info)) {
        return false;
    }
    if (str_u64(raw(stamp), &n) && n > r->newest && n < UINT32_MAX) {
        r->newest = n;
    }
    enum intel_tlp t = tlp_of(tags);
    c->tlp = t > c->tlp ? t : c->tlp;
    if (level.kind != JSON_ABSENT) {
        c->confidence = confidence_of(level, raw(tags));
    }
    enum intel_class by_tag = intel_class_guess(raw(tags));
    c->class = by_tag != INTEL_UNKNOWN     ? by_tag
               : c->class == INTEL_UNKNOWN ? intel_class_guess(c->info)
                                           : c->class;
    return true;
}

static struct json_view got(const struct reading *r, enum field f)
{
    return json_got(r->record, r->slot[f]);
}

static bool text_of(struct reading *r, enum field f, struct str *out)
{
    *out = STR_EMPTY;
    return got(r, f).kind != JSON_STRING || json_text(got(r, f), &r->scratch, out);
}

static bool is_true(struct json_view v)
{
    struct str s = raw(v);
    return v.kind == JSON_TRUE || str_eq(s, STR("1")) || str_ieq(s, STR("true"));
}

static enum err_code attribute(struct reading *r, const struct misp_context *c)
{
    size_t used;
    struct json_fault f;
    struct misp_attribute a = {.offset = r->pos};
    if (at(r) != '{' ||
        json_scan(r->scanner, r->text.ptr, r->text.len, r->pos, r->record, &used, &f) != JSON_OK) {
        size_t start = r->pos;
        skip_value(r); /* the attribute alone may be odd; if not even that, all ends here */
        if (!r->damaged) {
            r->sink->reject_at(r->sink->arg, start, "no attribute");
        }
        return ERR_OK;
    }
    r->pos = used;
    arena_reset(&r->scratch);
    if (!text_of(r, F_TYPE, &a.type) || !text_of(r, F_CATEGORY, &a.category) ||
        !text_of(r, F_VALUE, &a.value) || !text_of(r, F_COMMENT, &a.comment)) {
        return err_set(r->err, ERR_LIMIT, "the feed is too large");
    }
    a.tags = raw(got(r, F_TAG));
    a.tlp = tlp_of(got(r, F_TAG));
    a.deleted = is_true(got(r, F_DELETED));
    a.to_ids = is_true(got(r, F_TO_IDS));
    return misp_take(&a, c, r->sink, r->err);
}

static enum err_code value(struct reading *r, struct misp_context c, unsigned depth, bool is_attr);

static enum err_code array(struct reading *r, const struct misp_context *c, unsigned depth,
                           bool attributes)
{
    r->pos++;
    for (;;) {
        spaces(r);
        if (r->pos >= r->text.len) {
            damage(r, r->pos, "the file is cut off");
            return ERR_OK;
        }
        if (at(r) == ',' || at(r) == ']') {
            if (r->text.ptr[r->pos++] == ']') {
                return ERR_OK;
            }
            continue;
        }
        enum err_code rc = attributes ? attribute(r, c) : value(r, *c, depth, false);
        if (rc || r->damaged) {
            return rc;
        }
    }
}

/* Whether to look below a key, and whether attributes are there. */
static bool leads_on(struct str key, bool *attributes)
{
    *attributes = str_eq(key, STR("Attribute"));
    return *attributes || str_eq(key, STR("Event")) || str_eq(key, STR("response")) ||
           str_eq(key, STR("Object"));
}

static enum err_code object(struct reading *r, struct misp_context c, unsigned depth)
{
    if (!learn_context(r, &c)) {
        return err_set(r->err, ERR_LIMIT, "the feed is too large");
    }
    r->pos++;
    for (;;) {
        bool attributes;
        spaces(r);
        if (at(r) == ',' || at(r) == '}') {
            if (r->text.ptr[r->pos++] == '}') {
                return ERR_OK;
            }
            continue;
        }
        size_t key = r->pos + 1;
        if (at(r) != '"') {
            damage(r, r->pos, r->pos < r->text.len ? "a key belongs here" : "the file is cut off");
            return ERR_OK;
        }
        skip_value(r);
        struct str name = r->damaged ? STR_EMPTY : str_make(r->text.ptr + key, r->pos - key - 1);
        spaces(r);
        r->pos += at(r) == ':' ? 1 : 0;
        spaces(r);
        if (leads_on(name, &attributes)) {
            enum err_code rc = value(r, c, depth, attributes);
            if (rc) {
                return rc;
            }
        } else if (!r->damaged) {
            skip_value(r);
        }
        if (r->damaged) {
            return ERR_OK;
        }
    }
}

static enum err_code value(struct reading *r, struct misp_context c, unsigned depth, bool is_attr)
{
    if (depth >= DEPTH_MAX) {
        skip_value(r);
        return ERR_OK;
    }
    if (at(r) == '[') {
        return array(r, &c, depth + 1, is_attr);
    }
    if (at(r) == '{' && !is_attr) {
        return object(r, c, depth + 1);
    }
    if (at(r) == '{') {
        return attribute(r, &c);
    }
    skip_value(r);
    return ERR_OK;
}

static enum err_code prepare(struct reading *r, struct json_paths *paths)
{
    for (unsigned f = 0; f < FIELDS_; f++) {
        enum err_code rc =
            json_paths_add_dotted(paths, str_of(field_paths[f]), &r->slot[f], r->err);
        if (rc) {
            return rc;
        }
    }
    r->scanner = json_scanner_new(paths, json_variant_best());
    r->record = mem_alloc(1, sizeof(*r->record));
    return r->scanner != NULL && r->record != NULL ? ERR_OK
                                                   : err_set(r->err, ERR_NOMEM, "no memory");
}

static enum err_code read_json(struct reading *r)
{
    struct json_paths *paths = json_paths_new();
    if (paths == NULL) {
        return err_set(r->err, ERR_NOMEM, "no memory");
    }
    enum err_code rc = prepare(r, paths);
    struct misp_context none = {.info = STR_EMPTY, .confidence = 50};
    for (spaces(r); rc == ERR_OK && r->pos < r->text.len && !r->damaged; spaces(r)) {
        rc = value(r, none, 0, false);
    }
    json_scanner_free(r->scanner);
    mem_free(r->record);
    json_paths_free(paths);
    arena_free(&r->scratch);
    return rc;
}

/* The newest event of a manifest; its events are files of their own. */
static void read_manifest(struct reading *r)
{
    struct json_view whole = json_view_of(r->text);
    struct json_iter it = json_iter_of(whole);
    struct json_view key;
    struct json_view entry;
    uint64_t n;
    while (whole.kind == JSON_OBJECT && json_iter_next(&it, &key, &entry)) {
        if (entry.kind == JSON_OBJECT && str_u64(raw(json_member(entry, STR("timestamp"))), &n) &&
            n > r->newest && n < UINT32_MAX) {
            r->newest = n;
        }
    }
    if (whole.kind != JSON_OBJECT) {
        damage(r, 0, "a manifest that is no JSON");
    }
}

/* ---- CSV ---- */

static enum err_code read_csv(const struct reading *r)
{
    enum { CATEGORY = 2, TYPE = 3, VALUE = 4, COMMENT = 5, TO_IDS = 6 };
    CLEANUP(csv_close) struct csv csv = {0};
    struct csv_row row;
    struct misp_context c = {.info = STR_EMPTY, .confidence = 50};
    enum err_code rc = csv_open(&csv, r->text, ',', r->sink->texts, r->err);
    bool first = true;
    while (rc == ERR_OK && (rc = csv_next(&csv, &row, r->err)) == ERR_OK && row.count > 0) {
        if (first) {
            first = false;
            continue;
        }
        if (row.fault != NULL || row.count <= TO_IDS) {
            r->sink->reject(r->sink->arg, row.line,
                            row.fault != NULL ? row.fault : "fewer columns than the header");
            continue;
        }
        struct misp_attribute a = {.type = row.field[TYPE],
                                   .category = row.field[CATEGORY],
                                   .value = row.field[VALUE],
                                   .comment = row.field[COMMENT],
                                   .tags = STR_EMPTY,
                                   .to_ids = str_eq(row.field[TO_IDS], STR("1")) ||
                                             str_ieq(row.field[TO_IDS], STR("true")),
                                   .line = row.line};
        rc = misp_take(&a, &c, r->sink, r->err);
    }
    return rc;
}

static enum err_code read_misp(struct str path, struct str text, const struct intel_sink *sink,
                               struct str *version, struct err *err)
{
    struct reading r = {.sink = sink, .text = text, .err = err};
    char day[TIME_TEXT_MAX];
    enum err_code rc = ERR_OK;
    struct str head = str_head(text, 4096);
    if (is_csv(head)) {
        rc = read_csv(&r);
    } else if (is_manifest(path, head)) {
        read_manifest(&r);
    } else if (!is_hash_index(head)) { /* which only tells what the events hold */
        rc = read_json(&r);
    }
    if (rc == ERR_OK && r.newest > 0 &&
        !arena_dup(sink->texts, str_make(day, time_format((int64_t)r.newest * TIME_SECOND_US, day)),
                   version)) {
        rc = err_set(err, ERR_NOMEM, "no memory");
    }
    return rc;
}

const struct intel_ops intel_misp = {
    .name = "misp",
    .summary = "MISP events, feeds, REST answers, attribute CSV",
    .probe = probe,
    .read = read_misp,
};
