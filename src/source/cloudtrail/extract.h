/*
 * extract - from the fields of a record to the attributes of an event, by table.
 *
 * A row of the event tables (table.h) names a list of `struct take`; ct_take_all walks it. What
 * is more than moving a field is a function of its own that calls the ct_add_* below.
 *
 * Nothing here trusts a type: a field that is not what a take expects is as good as absent.
 * The prefix of this folder's symbols is ct_ (CloudTrail).
 */
#ifndef SOURCE_CLOUDTRAIL_EXTRACT_H
#define SOURCE_CLOUDTRAIL_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>

#include "source/cloudtrail/fields.h"
#include "source/source.h"

enum {
    CT_ATTRS_MAX = 128, /* attributes of one event; what comes after is left out */
    CT_FROM_MAX = 4,
};

struct ct_extract {
    const struct record *r;
    struct arena *a;
    struct event *e;
    struct attr attr[CT_ATTRS_MAX];
    size_t count;
    bool full; /* the arena had no room: the record is to be dropped */
};

enum ct_how {
    CT_TEXT,  /* string, number or literal of the first field that is there */
    CT_EACH,  /* the same of every field that is there */
    CT_HASH,  /* base64 or hex SHA-256 to lower-case hex */
    CT_LIST,  /* array of strings, or of objects with an `arn`: repeated */
    CT_PAIRS, /* "key=value" of an object, or of an array of {key, value}: repeated */
    CT_KEYS,  /* keys of an object, or strings of an array: repeated */
    CT_JSON,  /* policy document: JSON string, percent-encoded or not, or an object */
    CT_TRUE,  /* present when the field is true */
};

struct ct_take {
    enum event_attr attr;
    enum ct_how how;
    enum ct_field from[CT_FROM_MAX]; /* in order of preference; unused ones are 0 */
};

/* Walk `count` takes of a table. */
void ct_take_all(struct ct_extract *x, const struct ct_take *takes, size_t count);

/* The view of a field; kind JSON_ABSENT also for null. */
struct json_view ct_view(const struct record *r, enum ct_field f);
/* A string field as text, "" when it is none. Sets x->full when the arena has no room. */
struct str ct_str(struct ct_extract *x, enum ct_field f);
/* The same for a view. */
struct str ct_view_str(struct ct_extract *x, struct json_view v);

/* Add one attribute; an empty value is not added. */
void ct_add(struct ct_extract *x, enum event_attr id, struct str value);
/* Add an attribute whose presence is what it says; the value may be "". */
void ct_mark(struct ct_extract *x, enum event_attr id, struct str value);
/* Add "a" "b" in one text. */
void ct_add_joined(struct ct_extract *x, enum event_attr id, struct str a, const char *between,
                   struct str b);
bool ct_added(const struct ct_extract *x, enum event_attr id);

/* Repeat: every string of an array, or the string itself. Objects give their member `key`. */
void ct_add_list(struct ct_extract *x, enum event_attr id, struct json_view v, struct str key);

#endif
