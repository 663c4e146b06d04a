/*
 * json_write - JSON text into a buf, well-formed by construction.
 *
 *     struct json_writer w = json_writer_of(&buf, 2);
 *     json_object_begin(&w);
 *     json_key(&w, STR("path"));
 *     json_str(&w, path);
 *     json_object_end(&w);
 *
 * Commas, colons, quotes, escapes and line breaks are the writer's business. Any bytes may go in
 * as a key or a string: control characters and what a terminal must not get (utf8_is_unsafe) are
 * escaped, and each byte that is not UTF-8 becomes U+FFFD, so that what comes out is always valid
 * JSON. Running out of memory shows in buf.failed,
 * once, at the end. Calls that do not fit together (a value where a key belongs, an end without a
 * begin, more than JSON_WRITER_DEPTH_MAX levels) are mistakes of ours and assert.
 */
#ifndef CODEC_JSON_WRITE_H
#define CODEC_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum { JSON_WRITER_DEPTH_MAX = 64 };

struct json_writer {
    struct buf *out;
    unsigned indent;  /* spaces a level; 0: all on one line, no spaces */
    unsigned depth;   /* open brackets */
    uint64_t objects; /* bit per level: it is an object */
    uint64_t filled;  /* bit per level: something stands in it */
    bool keyed;       /* a key was written, its value is due */
};

struct json_writer json_writer_of(struct buf *out, unsigned indent);

void json_object_begin(struct json_writer *w);
void json_object_end(struct json_writer *w);
void json_array_begin(struct json_writer *w);
void json_array_end(struct json_writer *w);

void json_key(struct json_writer *w, struct str key);

void json_str(struct json_writer *w, struct str s);
void json_u64(struct json_writer *w, uint64_t v);
void json_i64(struct json_writer *w, int64_t v);
/* With the 15 to 17 digits that read back as the same number; null when it is not finite. */
void json_f64(struct json_writer *w, double v);
void json_bool(struct json_writer *w, bool v);
void json_nil(struct json_writer *w); /* null; jansson owns the name json_null */
/* A value that is JSON text already (a record as it came). Put as it stands, not laid out anew;
 * the caller knows that it is one well-formed value. */
void json_raw(struct json_writer *w, struct str json);

/* The escaped text alone, without quotes and without a writer. */
void json_add_escaped(struct buf *out, struct str s);

#endif
