/*
 * json_priv - what the parts of the JSON scanner share.
 *
 *     json_paths.c       wanted paths, a trie
 *     json_scanner.c     a thread's scanner: json_scan, json_skip, choice of the variant
 *     json_learn.c       the scanner's own copy of the trie, and the keys it learns
 *     json_scan_body.h   the walk itself, compiled once a variant by json_scan_avx2.c,
 *                        json_scan_sse2.c and json_scan_portable.c
 *     json_block_body.h  skipping and looking into strings, for the two with vectors
 *     json_strict.c      RFC 8259 to the letter, a byte at a time
 *     json_text.c        escapes
 *     json_iter.c        the small tools
 *
 * The walk of one member, where all the time goes: the entry of the last key names the two entries
 * that followed it lately, whose `"key":` is compared with the bytes at the cursor in one go. When
 * that fails the key is looked up, and learned if new, also when nobody wants it.
 */
#ifndef CODEC_JSON_PRIV_H
#define CODEC_JSON_PRIV_H

#include "base/vec.h"
#include "codec/json.h"

enum {
    JSON_PATTERN_MAX = 32,  /* bytes of `"key":` that one compare takes */
    JSON_LEARN_KEY_MAX = 64 /* longer keys are not learned */
};

struct json_node;

/* One key of one object. A cache line. */
struct json_entry {
    _Alignas(64) union {
        char pattern[JSON_PATTERN_MAX]; /* `"key":`, then zeros */
        const char *key;                /* the key alone, when pattern_len is 0 */
    };
    struct json_entry *next;   /* what came behind it last time, or NULL */
    struct json_entry *second; /* and what else did before that, or NULL */
    struct json_node *child;   /* wanted paths go on here, or NULL */
    uint32_t stamp;            /* the record that had it last */
    int16_t slot;              /* the wanted path that ends here, or -1 */
    uint8_t key_len;           /* JSON_PATH_KEY_MAX at most */
    uint8_t pattern_len;       /* 0: too long, or cannot stand in a text without an escape */
};

/* One object on the way of a wanted path. */
struct json_node {
    struct json_entry head;  /* head.next is the usual first member */
    struct json_entry other; /* stands for every key without an entry */
    struct json_entry **chunk;
    uint16_t *table; /* open addressing: index of an entry + 1, or 0 */
    uint32_t table_mask;
    uint16_t probe_max; /* an entry is found within so many steps or not at all */
    uint16_t count;     /* entries */
    uint16_t limit;     /* most entries */
    bool root;
    uint16_t *below; /* every slot of a path that goes through this object */
    uint16_t below_count;
    uint8_t depth; /* keys from the record to here */
};

/* A key at the top level that has no entry, kept to see it again. */
struct json_seen {
    uint64_t hash;
    const char *ptr; /* as it stands in the buffer */
    size_t len;
    uint32_t stamp;
};

/* A subtree whose walk waits for the decision. */
struct json_waiting {
    struct json_entry *entry;
    const char *at;
};

struct json_kernel;

struct json_scanner {
    const struct json_kernel *kernel;
    struct json_node *root;
    struct json_node **nodes; /* all of them, for clearing the stamps */
    size_t node_count;
    struct arena arena;
    struct json_seen *seen;
    struct json_waiting *waiting;
    json_wanted_fn wanted;
    void *wanted_arg;
    bool decides;
    uint16_t decide[2]; /* slots */
    uint64_t settle[JSON_SLOTS_MAX / 64];
    bool strict;    /* want all */
    uint32_t stamp; /* of the present record, never 0 */
};

enum json_mode {
    JSON_MODE_FULL,
    JSON_MODE_UNDECIDED, /* subtrees wait */
    JSON_MODE_SHALLOW    /* subtrees are skipped */
};

/* One scan under way. A function that walks returns where it stopped, or NULL after json_fail. */
struct json_walk {
    struct json_scanner *s; /* NULL when only skipping */
    struct json_record *out;
    const char *end;
    enum json_mode mode;
    size_t waiting;
    enum json_status status;
    const char *fault_at;
    const char *reason;
};

/* The faulty byte is at `at`. When the text ends before it, what is wrong is that it ends. */
const char *json_fail(struct json_walk *w, const char *at, const char *reason);
const char *json_fail_limit(struct json_walk *w, enum json_status status, const char *at);

#define INLINE   static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))

/* Types of open brackets, the innermost in bit 0; whole words of outer ones are put aside. */
struct json_brackets {
    uint64_t types;
    unsigned depth;
    uint64_t aside[JSON_DEPTH_MAX / 64];
};

/* Bit 5 of a bracket tells { } from [ ]. The depth must be below JSON_DEPTH_MAX. */
INLINE void json_push(struct json_brackets *s, char c)
{
    if (UNLIKELY(s->depth % 64 == 0 && s->depth != 0)) {
        s->aside[s->depth / 64 - 1] = s->types;
    }
    s->types = s->types << 1 | ((unsigned char)c >> 5 & 1U);
    s->depth++;
}

/* The depth must be above 0. False when the bracket that was opened is of the other kind. */
INLINE bool json_pop(struct json_brackets *s, char c)
{
    bool same = (s->types & 1) == ((unsigned char)c >> 5 & 1U);
    s->types >>= 1;
    s->depth--;
    if (UNLIKELY(s->depth % 64 == 0 && s->depth != 0)) {
        s->types = s->aside[s->depth / 64 - 1];
    }
    return same;
}

struct json_kernel {
    /* The value at p (not blank), its wanted parts to w->out. */
    const char *(*value)(struct json_walk *w, const char *p);
    /* The value at p, checked as json_skip says, without what `spoiled` finds. */
    const char *(*skip)(struct json_walk *w, const char *p);
    /* What a walk does not see in a text that it went through from `start` (outside a string) up
     * to `limit`: control characters, wrong escapes, broken UTF-8. The first bad byte, or NULL. */
    const char *(*spoiled)(const char *start, const char *limit, const char **reason);
};

/* NULL where the machine cannot have it. */
extern const struct json_kernel *const json_kernel_avx2;
extern const struct json_kernel *const json_kernel_sse2;
extern const struct json_kernel *const json_kernel_portable;

/* ---- json_paths.c ---- */

enum { JSON_PATH_SEGMENTS_MAX = 32, JSON_PATH_KEY_MAX = 255 };

struct json_path_node {
    struct str key;
    int slot; /* or -1 */
    uint32_t child;
    uint32_t sibling; /* indices, 0: none */
};

struct json_paths {
    struct arena arena;
    struct {
        VEC_OF(struct json_path_node);
    } nodes; /* [0] is the record */
    struct {
        const struct str *segments;
        size_t count;
    } slots[JSON_SLOTS_MAX];
    unsigned slot_count;
    bool decides;
    uint16_t decide[2];
    uint64_t settle[JSON_SLOTS_MAX / 64]; /* bits of slots */
    bool all;
};

/* ---- json_learn.c ---- */

/* Copy the trie of `paths` into s->arena. False on no memory. */
NODISCARD bool json_learn_init(struct json_scanner *s, const struct json_paths *paths);

/* The entry of a key as it stands in the text: found, learned, or &n->other. */
struct json_entry *json_learn_key(struct json_walk *w, struct json_node *n, struct str raw,
                                  bool escaped);

/* The entry was met before in this record, now at `key`: flag it if it counts. */
void json_learn_again(struct json_walk *w, const struct json_node *n, const struct json_entry *e,
                      const char *key);

/* Forget which record had which key: the stamps begin anew. */
void json_learn_forget(struct json_scanner *s);

/* An array stands where wanted paths go on: hand it to each of them. */
void json_learn_through(struct json_record *out, const struct json_node *n, struct str array);

/* ---- json_strict.c ---- */

/* The value at p, every byte checked; does not read beyond w->end. `depth`: brackets around it. */
const char *json_strict_value(struct json_walk *w, const char *p, unsigned depth);
/* The number at p; reads up to w->end only. */
const char *json_strict_number(struct json_walk *w, const char *p);
/* Text that fails as one of the literals: say where. */
const char *json_strict_literal(struct json_walk *w, const char *p);
/* The first byte from p on that is not UTF-8, or NULL. A sequence that `limit` cuts is fine. */
const char *json_bad_utf8(const char *p, const char *limit);
/* `at` is behind a backslash in a string, and may be `limit`: the byte there that makes it no
 * escape, or NULL. An escape that `limit` cuts is fine. */
const char *json_bad_escape(const char *at, const char *limit);

/* ---- json_text.c ---- */

/* Decode from the front of *raw as much as fits into out[room], room >= 4. Never longer than what
 * was taken. Escapes that are wrong are taken for their letters. */
size_t json_decode(struct str *raw, char *out, size_t room);

#endif
