/*
 * json - the scanner that the program spends its time in, and small tools around it.
 *
 * json_scan walks one JSON value once, without a tree: it follows only the paths somebody asked
 * for (struct json_paths, a trie) and hands out views into the buffer. What it does not descend
 * into is still checked for well-formed strings, UTF-8 and matching bracket types. docs/json.md
 * says what is checked where.
 *
 * Buffers. Every buffer handed to json_scan and json_skip must have JSON_PADDING readable bytes
 * after its end. Any bytes will do: they are read, never believed, so that a record inside a larger
 * buffer needs nothing. json_pad fills them where memory would otherwise be uninitialised. All
 * other functions need no padding. Offsets in faults count from the start of the buffer that was
 * passed.
 *
 * Duplicate keys: the first counts; json_record.duplicate says that there was one, on the path of
 * any wanted field or anywhere at the top level of the record, and names the first in the text as
 * it stands there. `\u` in keys is decoded before a key is looked up.
 *
 * Three variants (AVX2, SSE2, portable) give identical results; json_variant_best picks one.
 *
 * jansson.h has JSON_OBJECT and its like too: no file can include both headers as they are.
 */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum {
    JSON_PADDING = 64,     /* readable bytes a buffer needs beyond its end */
    JSON_SLOTS_MAX = 1024, /* most distinct paths in one json_paths */
    JSON_DEPTH_MAX = 512,  /* deeper nesting is JSON_TOO_DEEP */
    JSON_KEYS_MAX = 2000   /* more members in one object is JSON_TOO_WIDE */
};

enum json_kind {
    JSON_ABSENT = 0,
    JSON_STRING, /* view without the quotes */
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_OBJECT, /* view with the brackets */
    JSON_ARRAY   /* view with the brackets */
};

/* A value as it stands in the buffer; lives as long as the buffer. */
struct json_view {
    const char *ptr;
    uint32_t len;
    uint8_t kind;    /* enum json_kind */
    bool escaped;    /* JSON_STRING: has at least one backslash, see json_text */
    uint8_t through; /* JSON_ARRAY only: the wanted path continues behind this array; how many
                        of its segments were used up to here. 0: the array is the value itself */
};

/* ---- wanted paths ---------------------------------------------------------------------- */

/* A set of paths, each with a slot number. Filled once, then only read, by any thread. */
struct json_paths;

NODISCARD struct json_paths *json_paths_new(void);
void json_paths_free(struct json_paths *p);

/* Ask for the value at a path of keys. The same path gives the same slot. A path that is the
 * beginning of another is fine: a view of the whole object *and* of its members. ERR_LIMIT when
 * the slots are used up, or for more than 32 keys or a key of more than 255 bytes. */
NODISCARD enum err_code json_paths_add(struct json_paths *p, const struct str *keys, size_t count,
                                       unsigned *out_slot, struct err *err);
/* The same for "a.b.c", split at dots. */
NODISCARD enum err_code json_paths_add_dotted(struct json_paths *p, struct str path,
                                              unsigned *out_slot, struct err *err);

/* Segments of a slot's path, for continuing behind an array (view.through). */
size_t json_paths_segments(const struct json_paths *p, unsigned slot, const struct str **out);

/* These two top-level slots decide about the rest of a record, see json_wanted_fn. */
void json_paths_decide(struct json_paths *p, unsigned slot_a, unsigned slot_b);

/* A string at this top-level slot says that the pair will not come: everything is extracted. */
void json_paths_settle(struct json_paths *p, unsigned slot);

/* Want everything: no subtree is skipped, every byte is parsed strictly (RFC 8259). */
void json_paths_want_all(struct json_paths *p);

/* ---- scanning -------------------------------------------------------------------------- */

enum json_variant { JSON_PORTABLE, JSON_SSE2, JSON_AVX2, JSON_VARIANTS_ };

enum json_variant json_variant_best(void);
bool json_variant_usable(enum json_variant v);
const char *json_variant_name(enum json_variant v);

enum json_status {
    JSON_OK,
    JSON_CUT,      /* the buffer ends inside the value: more bytes could make it good */
    JSON_BAD,      /* not JSON; fault says where and why */
    JSON_TOO_DEEP, /* a limit was hit; fault says where */
    JSON_TOO_WIDE
};

struct json_fault {
    size_t offset; /* from the start of the buffer: the first byte that cannot be, or its end */
    const char *reason; /* static text: "a comma or a bracket is missing", ... */
};

/* What one scan found. view[slot] is defined only where have says so; use json_got. */
struct json_record {
    const char *start; /* the value's first byte */
    size_t len;        /* to its end */
    bool shallow;      /* the wanted function said no: only top-level members were extracted */
    bool table;     /* no JSON: intake laid out a line of a text table like a record, see there */
    bool duplicate; /* a key stood twice */
    struct str duplicate_key;
    uint64_t have[JSON_SLOTS_MAX / 64];
    struct json_view view[JSON_SLOTS_MAX];
};

static inline bool json_has(const struct json_record *r, unsigned slot)
{
    return (r->have[slot / 64] >> (slot % 64) & 1U) != 0;
}

/* The view of a slot; kind JSON_ABSENT when the record has no such path. */
static inline struct json_view json_got(const struct json_record *r, unsigned slot)
{
    return json_has(r, slot) ? r->view[slot] : (struct json_view){0};
}

/* Called once a record, when both deciding slots are known as strings without a backslash. False:
 * the rest is not descended into, and the record comes out `shallow` with its top level complete
 * (scalars and raw views of subtrees). Never called when either is missing or escaped: then
 * everything is extracted. */
typedef bool (*json_wanted_fn)(void *arg, struct str a, struct str b);

/* Scanner state of one thread: learned key order, scratch space. It copies the paths. NULL on no
 * memory. A variant that the machine does not have becomes the portable one. */
struct json_scanner;

NODISCARD struct json_scanner *json_scanner_new(const struct json_paths *paths,
                                                enum json_variant variant);
void json_scanner_free(struct json_scanner *s);
void json_scanner_wanted(struct json_scanner *s, json_wanted_fn fn, void *arg); /* NULL: all */

/* The slot of a path that somebody asked for, or -1. */
int json_scanner_slot(const struct json_scanner *s, const struct str *keys, size_t count);

/* Scan the value that begins at buf[at] (white space before it is skipped). On JSON_OK fills *out
 * and sets *used to the offset just behind the value. On anything else sets *fault, and *out holds
 * nothing to rely on. A number outside any bracket that ends with the buffer counts as whole. */
NODISCARD enum json_status json_scan(struct json_scanner *s, const char *buf, size_t len, size_t at,
                                     struct json_record *out, size_t *used,
                                     struct json_fault *fault);

/* Find the end of the value at buf[at] by skipping: strings, UTF-8, control characters and
 * bracket types are checked, nothing else. */
NODISCARD enum json_status json_skip(enum json_variant v, const char *buf, size_t len, size_t at,
                                     size_t *used, struct json_fault *fault);

/* Fill the JSON_PADDING bytes behind a buffer. */
void json_pad(char *buf, size_t len);

/* ---- small tools, not for the hot path ------------------------------------------------- */

/* The text of a string view: the view itself when it has no escapes, else decoded into `a`. An
 * escaped lone surrogate becomes U+FFFD. False when the arena is full. */
NODISCARD bool json_text(struct json_view v, struct arena *a, struct str *out);

/* As json_text, for any kind: numbers and literals as they stand, objects and arrays raw. */
NODISCARD bool json_any_text(struct json_view v, struct arena *a, struct str *out);

/* 1 or 0 for true and false, as a literal or as a string in any case; -1 for anything else. */
int json_truth(struct json_view v);

/* Walk the members of an object or the elements of an array that a scan has checked.
 *     struct json_iter it = json_iter_of(view);
 *     while (json_iter_next(&it, &key, &value)) ...
 * `key` is JSON_ABSENT for elements of an array. Ends early, never overruns, on text that was
 * not checked. Does not need padding. */
struct json_iter {
    const char *at;
    const char *end;
    bool object;
};
struct json_iter json_iter_of(struct json_view v);
bool json_iter_next(struct json_iter *it, struct json_view *key, struct json_view *value);

/* The member `key` of an object view (first wins; escaped keys are decoded), else JSON_ABSENT. */
struct json_view json_member(struct json_view object, struct str key);

/* Parse a whole text as one value into a view, checked strictly as json_check. For JSON inside
 * strings (policy documents). JSON_ABSENT on anything but one well-formed value. */
struct json_view json_view_of(struct str text);

/* Is the whole buffer exactly one RFC 8259 value, white space around it allowed? */
NODISCARD enum json_status json_check(struct str text, struct json_fault *fault);

#endif
