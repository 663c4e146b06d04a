/*
 * pattern - a Sigma string value: its wildcards, its encodings, and comparing it with text.
 *
 * A value is first a *draft* that modifiers work on in the order they are written, then a pattern
 * that is only compared. Sigma's escapes: `\*` and `\?` are the characters themselves, `\\` is one
 * backslash, a backslash before anything else is itself.
 */
#ifndef RULE_PATTERN_H
#define RULE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/str.h"

enum { PATTERN_BYTES_MAX = 16384 };

/* What a byte of a draft stands for. */
enum pattern_mark { MARK_TEXT, MARK_MANY, MARK_ONE };

/* `mark` is NULL when no byte is a wildcard. */
struct pattern_draft {
    struct str text;
    const uint8_t *mark; /* enum pattern_mark, one a byte of text */
};

enum pattern_kind {
    PATTERN_EQUAL,
    PATTERN_STARTS,
    PATTERN_ENDS,
    PATTERN_CONTAINS,
    PATTERN_ANYTHING, /* only `*`: whatever is there, also the empty string */
    PATTERN_GLOB      /* wildcards inside */
};

struct pattern {
    enum pattern_kind kind;
    uint32_t value; /* number of the value in the rule that this is a form of */
    struct str text;
    const uint8_t *mark; /* PATTERN_GLOB */
    bool has_number;     /* an unquoted number: 443 equals 443.0 */
    double number;
};

/* Read a value with Sigma's wildcards and escapes. False: no memory. */
NODISCARD bool pattern_read(struct str value, struct arena *a, struct pattern_draft *out);

/* `*` in front and behind, as asked (startswith, endswith, contains). False: no memory. */
NODISCARD bool pattern_open(struct pattern_draft *d, bool front, bool behind, struct arena *a);

/* The encodings work on text without wildcards; pattern_is_text says whether that is so. */
bool pattern_is_text(const struct pattern_draft *d);

/* base64 of the text; base64offset at `shift` 0, 1 or 2: the part of the encoding that does not
 * depend on what stands around the text. False: no memory. */
NODISCARD bool pattern_base64(struct pattern_draft *d, struct arena *a);
NODISCARD bool pattern_base64_shift(struct pattern_draft *d, unsigned shift, struct arena *a);

/* UTF-16 of the text, with a byte order mark if asked. False: no memory. */
NODISCARD bool pattern_utf16(struct pattern_draft *d, bool big_endian, bool mark, struct arena *a);

/* windash: how many dashes (- / – — ―) begin a word without ending one, and the draft with the
 * dashes replaced as `choice` says, base 5, first dash least. */
enum { PATTERN_DASHES = 5 };
size_t pattern_dashes(const struct pattern_draft *d);
NODISCARD bool pattern_dash(const struct pattern_draft *d, unsigned choice, struct arena *a,
                            struct pattern_draft *out);

/* The draft as a pattern to compare with. */
struct pattern pattern_of(const struct pattern_draft *d);

/* Letters are compared without ASCII case unless `cased`. `?` is one code point. */
bool pattern_matches(const struct pattern *p, struct str text, bool cased);

#endif
