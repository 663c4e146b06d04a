/*
 * cloudflare - what the sources of Cloudflare's logs share: reading fields, their spellings of
 * time, the attributes of one event.
 *
 * Nothing here trusts a type: a field that is not what is asked for is as good as absent.
 */
#ifndef SOURCE_CLOUDFLARE_H
#define SOURCE_CLOUDFLARE_H

#include "source/source.h"

enum { CF_ATTRS_MAX = 96 }; /* attributes of one event; what comes after is left out */

struct cf_extract {
    const struct record *r;
    struct arena *a;
    struct event *e;
    struct attr attr[CF_ATTRS_MAX];
    size_t count;
    bool full; /* the arena had no room: the record is to be dropped */
};

/* The view of a field; kind JSON_ABSENT also for null. */
struct json_view cf_view(const struct record *r, size_t field);
/* The first of two fields that is there: a log has one spelling in the API and one in Logpush. */
struct json_view cf_either(const struct record *r, size_t field, size_t other);

/* Text of a string; numbers and literals as they stand; "" for all else. */
struct str cf_text(struct cf_extract *x, struct json_view v);
/* An object, as it stands or as JSON text in a string. Else JSON_ABSENT. */
struct json_view cf_object(struct cf_extract *x, struct json_view v);
/* The same for an array. */
struct json_view cf_array(struct cf_extract *x, struct json_view v);
/* The member at "a.b.c" of an object view. */
struct json_view cf_at(struct json_view object, const char *path);
/* The member whose name is `name` but for case and underscores: UserAgent, user_agent. */
struct json_view cf_member_loose(struct json_view object, struct str name);

/* RFC 3339, or a count of seconds, milliseconds, microseconds or nanoseconds since 1970, told
 * apart by size. TIME_NONE when it is neither. */
int64_t cf_time(struct cf_extract *x, struct json_view v);

/* Add one attribute; an empty value is not added. cf_mark adds it all the same. */
void cf_add(struct cf_extract *x, enum event_attr id, struct str value);
void cf_mark(struct cf_extract *x, enum event_attr id, struct str value);
/* Repeat: every string of an array, or member `key` of its objects. */
void cf_add_each(struct cf_extract *x, enum event_attr id, struct json_view v, const char *key);
bool cf_added(const struct cf_extract *x, enum event_attr id);

/* Set the event's caller from text that should be an address. */
void cf_address(struct event *e, struct str text);
/* Set the event's function, once; an empty name does nothing. */
void cf_function(struct cf_extract *x, struct str account, struct str script);

/* Formatted text in the arena; "" and full when there is no room. */
struct str cf_printf(struct cf_extract *x, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Move what was collected into the event. ERR_LIMIT when something did not fit. */
NODISCARD enum err_code cf_keep(struct cf_extract *x, const char *source, struct err *err);

#endif
