/*
 * stix - STIX 2.0 and 2.1 bundles, TAXII 2.x envelopes, arrays and lines of objects.
 *
 * Two walks over the text, object by object, without a tree. The first learns what indicators refer
 * to: markings, sightings, and which version of an object is the latest. The second takes the
 * indicators.
 */
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "codec/json.h"
#include "intel/stix/judge.h"
#include "intel/stix/objects.h"

enum { SCRATCH_MAX = 256 * 1024 * 1024, PATTERN_ARENA_MAX = 32 * 1024 * 1024 };

static int probe(struct str path, struct str head)
{
    (void)path;
    head = str_trim(head);
    if (head.len == 0 || (head.ptr[0] != '{' && head.ptr[0] != '[')) {
        return 0;
    }
    bool typed = str_find(head, STR("\"type\"")) != SIZE_MAX;
    if (typed && (str_find(head, STR("\"bundle\"")) != SIZE_MAX ||
                  str_find(head, STR("\"indicator--")) != SIZE_MAX ||
                  str_find(head, STR("\"spec_version\"")) != SIZE_MAX)) {
        return 95;
    }
    bool objects = str_find(head, STR("\"objects\"")) != SIZE_MAX;
    return objects && (typed || str_find(head, STR("\"more\"")) != SIZE_MAX) ? 90 : 0;
}

/* What the first walk knows of an indicator, by id. */
struct known {
    struct str modified; /* of the latest version */
    uint64_t sightings;
    enum intel_tlp tlp; /* of a marking */
};

struct reading {
    const struct intel_sink *sink;
    struct arena scratch;  /* of this feed */
    struct arena object;   /* of one object */
    struct arena patterns; /* of one pattern */
    struct map known;
    struct str newest;
    struct str path;
    struct err *err;
};

static struct known *known_of(struct reading *r, struct str id)
{
    struct map_entry *e = map_intern(&r->known, &r->scratch, id);
    if (e == NULL) {
        return NULL;
    }
    if (e->value == NULL) {
        e->value = ARENA_NEW(&r->scratch, struct known);
    }
    return e->value;
}

static const struct known *known_find(const struct reading *r, struct str id)
{
    return map_get(&r->known, id);
}

/* TLP 1.0 and 2.0 markings have fixed ids and may be referred to without being there. */
static enum intel_tlp tlp_of_id(struct str id)
{
    static const struct {
        struct str id;
        enum intel_tlp tlp;
    } fixed[] = {{STR_INIT("613f2e26-407d-48c7-9eca-b8e91df99dc9"), TLP_CLEAR},
                 {STR_INIT("34098fce-860f-48ae-8e50-ebd3cc5e41da"), TLP_GREEN},
                 {STR_INIT("f88d31f6-486f-44da-b317-01333bde0b82"), TLP_AMBER},
                 {STR_INIT("5e57c739-391a-4eb3-b6be-7d15ca92d5ed"), TLP_RED},
                 {STR_INIT("94868c89-83c2-464b-929b-a1a8aa3aa487"), TLP_CLEAR},
                 {STR_INIT("bab4a63c-aed9-4cf5-a766-dfca5abac2bb"), TLP_GREEN},
                 {STR_INIT("55d920b0-5e8b-4f79-9ee9-91f868d9b421"), TLP_AMBER},
                 {STR_INIT("939a9414-2ddd-4d32-a0cd-375ea402b003"), TLP_AMBER_STRICT},
                 {STR_INIT("e828b379-4e03-4974-9ac4-e53a884c97c1"), TLP_RED}};
    size_t at = str_find(id, STR("--"));
    for (size_t i = 0; at != SIZE_MAX && i < ARRAY_LEN(fixed); i++) {
        if (str_eq(str_from(id, at + 2), fixed[i].id)) {
            return fixed[i].tlp;
        }
    }
    return TLP_NONE;
}

/* ---- the first walk ---- */

static enum err_code no_memory(struct reading *r)
{
    return err_set(r->err, ERR_LIMIT, "the feed is too large");
}

static enum err_code learn(void *arg, const struct stix_object *o)
{
    struct reading *r = arg;
    if (str_cmp(o->modified, r->newest) > 0 &&
        !arena_dup(&r->scratch, str_head(o->modified, 40), &r->newest)) {
        return no_memory(r);
    }
    struct str of = str_eq(o->type, STR("sighting")) ? o->sighting_of : o->id;
    bool wanted = str_eq(o->type, STR("indicator")) || str_eq(o->type, STR("sighting")) ||
                  str_eq(o->type, STR("marking-definition"));
    if (!wanted || of.len == 0) {
        return ERR_OK;
    }
    struct known *k = known_of(r, of);
    if (k == NULL) {
        return no_memory(r);
    }
    if (str_eq(o->type, STR("sighting"))) {
        k->sightings += o->revoked ? 0 : o->count;
    } else if (str_eq(o->type, STR("indicator"))) {
        if (str_cmp(o->modified, k->modified) > 0 &&
            !arena_dup(&r->scratch, o->modified, &k->modified)) {
            return no_memory(r);
        }
    } else {
        k->tlp = o->tlp;
    }
    return ERR_OK;
}

/* ---- the second walk ---- */

static enum intel_tlp marking_of(const struct reading *r, const struct stix_object *o)
{
    enum intel_tlp strictest = TLP_NONE;
    struct json_iter it = json_iter_of(o->markings);
    struct json_view key;
    struct json_view v;
    while (json_iter_next(&it, &key, &v)) {
        struct str id = str_make(v.ptr, v.len);
        const struct known *k = known_find(r, id);
        enum intel_tlp t = tlp_of_id(id);
        t = t == TLP_NONE && k != NULL ? k->tlp : t;
        strictest = t > strictest ? t : strictest;
    }
    return strictest;
}

static enum intel_class class_of(const struct reading *r, const struct stix_object *o)
{
    struct str kinds = str_make(o->kinds.ptr, o->kinds.len);
    struct str labels = str_make(o->labels.ptr, o->labels.len);
    struct str phases = str_make(o->phases.ptr, o->phases.len);
    enum intel_class c = INTEL_UNKNOWN;
    if (str_find(phases, STR("command-and-control")) != SIZE_MAX) {
        return INTEL_C2;
    }
    struct str texts[] = {labels, o->name, kinds, o->description};
    for (size_t i = 0; i < ARRAY_LEN(texts) && c == INTEL_UNKNOWN; i++) {
        c = intel_class_guess(texts[i]);
    }
    if (c != INTEL_UNKNOWN) {
        return c;
    }
    if (str_find(kinds, STR("anonymization")) != SIZE_MAX ||
        str_find(labels, STR("anonymization")) != SIZE_MAX) {
        return INTEL_ANONYMISER;
    }
    bool malicious = str_find(kinds, STR("malicious-activity")) != SIZE_MAX ||
                     str_find(labels, STR("malicious-activity")) != SIZE_MAX;
    return malicious ? INTEL_MALWARE : intel_class_guess(r->path);
}

/* Why an indicator is none that is looked up, or NULL. */
static const char *unusable(const struct reading *r, const struct stix_object *o)
{
    const struct known *k = known_find(r, o->id);
    if (k != NULL && str_cmp(o->modified, k->modified) < 0) {
        return "an older version of an object that is there again";
    }
    if (o->revoked) {
        return "revoked";
    }
    if (str_find(str_make(o->kinds.ptr, o->kinds.len), STR("\"benign\"")) != SIZE_MAX ||
        str_find(str_make(o->labels.ptr, o->labels.len), STR("\"benign\"")) != SIZE_MAX) {
        return "says what is benign";
    }
    if (o->pattern.len == 0) {
        return "an indicator without a pattern";
    }
    if (o->pattern_type.len > 0 && !str_eq(o->pattern_type, STR("stix"))) {
        return "its pattern is in another language than STIX";
    }
    return o->bad_time ? "a time that is none" : NULL;
}

static bool note_of(struct reading *r, const struct stix_object *o, uint64_t sightings,
                    struct str *out)
{
    struct str name = o->name.len > 0 ? o->name : o->description;
    name = str_head(name, 160);
    if (sightings == 0) {
        *out = name;
        return true;
    }
    return arena_printf(&r->patterns, out, "%.*s%sseen %llu time%s by others", STR_ARG(name),
                        name.len > 0 ? "; " : "", (unsigned long long)sightings,
                        sightings == 1 ? "" : "s");
}

static enum err_code take(void *arg, const struct stix_object *o)
{
    enum { SIGHTED = 10, SIGHTED_MOST = 95 };
    struct reading *r = arg;
    struct pattern p;
    struct err why = {0};
    if (!str_eq(o->type, STR("indicator"))) {
        return ERR_OK;
    }
    const char *reason = unusable(r, o);
    if (reason != NULL) {
        r->sink->reject_at(r->sink->arg, o->offset, reason);
        return ERR_OK;
    }
    arena_reset(&r->patterns);
    enum err_code rc = pattern_parse(o->pattern, &r->patterns, &p, &why);
    if (rc) {
        r->sink->reject_at(r->sink->arg, o->offset, why.msg);
        return ERR_OK;
    }
    const struct known *k = known_find(r, o->id);
    uint64_t sightings = k == NULL ? 0 : k->sightings;
    struct indicator base = {.class = class_of(r, o),
                             .tlp = marking_of(r, o),
                             .confidence = o->confidence,
                             .from_us = o->from_us != TIME_NONE ? o->from_us : p.from_us,
                             .until_us = o->until_us != TIME_NONE ? o->until_us : p.until_us};
    if (sightings > 0 && base.confidence < SIGHTED_MOST) {
        base.confidence = (uint8_t)(base.confidence + SIGHTED);
    }
    if (!note_of(r, o, sightings, &base.note)) {
        return no_memory(r);
    }
    return judge_pattern(&p, &base, o->offset, r->sink, &r->patterns, r->err);
}

static void fault(void *arg, uint64_t offset, const char *reason)
{
    const struct reading *r = arg;
    r->sink->reject_at(r->sink->arg, offset, reason);
}

static enum err_code read_stix(struct str path, struct str text, const struct intel_sink *sink,
                               struct str *version, struct err *err)
{
    size_t slash = str_rchr(path, '/');
    struct reading r = {.sink = sink,
                        .scratch = {.limit = SCRATCH_MAX},
                        .object = {.limit = PATTERN_ARENA_MAX},
                        .patterns = {.limit = PATTERN_ARENA_MAX},
                        .path = slash == SIZE_MAX ? path : str_from(path, slash + 1),
                        .newest = STR_EMPTY,
                        .err = err};
    struct stix_walk walk = {.text = text, .scratch = &r.object, .arg = &r, .fn = learn};
    enum err_code rc = stix_walk(&walk, err);
    if (rc == ERR_OK) {
        walk.fn = take;
        walk.fault = fault;
        rc = stix_walk(&walk, err);
    }
    if (rc == ERR_OK && !arena_dup(sink->texts, r.newest, version)) {
        rc = err_set(err, ERR_NOMEM, "no memory");
    }
    map_free(&r.known);
    arena_free(&r.scratch);
    arena_free(&r.object);
    arena_free(&r.patterns);
    return rc;
}

const struct intel_ops intel_stix = {
    .name = "stix",
    .summary = "STIX 2.0 and 2.1 bundles, TAXII 2.x envelopes",
    .probe = probe,
    .read = read_stix,
};
