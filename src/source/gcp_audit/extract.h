/*
 * extract - from an audit record to the attributes of an event, by table.
 *
 * A row of the tables (table.h) names a list of `struct gcp_take`; gcp_take_all walks it. What is
 * more than moving a field is a function of its own that calls the gcp_add below. Paths are as
 * log_entry_get reads them: whatever the exporter's spelling. A value of another type than
 * expected is as good as absent.
 */
#ifndef SOURCE_GCP_AUDIT_EXTRACT_H
#define SOURCE_GCP_AUDIT_EXTRACT_H

#include "source/log_entry.h"

enum {
    GCP_ATTRS_MAX = 128, /* attributes of one event; what comes after is left out */
    GCP_FROM_MAX = 3,
};

/* Members of protoPayload that every record is asked for: as paths of the scanner for the native
 * spelling, as names for the others. */
/* clang-format off */
#define GCP_MEMBERS(M) M(SERVICE, "serviceName") M(METHOD, "methodName")                           \
    M(RESOURCE, "resourceName") M(AUTHENTICATION, "authenticationInfo")                            \
    M(AUTHORIZATION, "authorizationInfo") M(CALLER, "requestMetadata") M(STATUS, "status")         \
    M(REQUEST, "request") M(RESPONSE, "response")
/* clang-format on */
enum gcp_member {
#define GCP_MEMBER(id, name) GCP_##id,
    GCP_MEMBERS(GCP_MEMBER)
#undef GCP_MEMBER
        GCP_MEMBERS_
};

struct gcp_extract {
    const struct record *r;
    struct arena *a;
    struct event *e;
    struct json_view payload;  /* protoPayload */
    bool native;               /* spelled as Google does: the scanner has found its members */
    struct json_view request;  /* JSON_ABSENT when the record has none */
    struct json_view response; /* likewise */
    struct str resource;       /* resourceName */
    struct attr attr[GCP_ATTRS_MAX];
    size_t count;
    bool full; /* the arena had no room: the record is to be dropped */
};

enum gcp_how {
    GCP_TEXT,    /* string, number or literal */
    GCP_LIST,    /* array of strings, repeated; or one string */
    GCP_KEYS,    /* keys of an object, repeated */
    GCP_NUMBER,  /* digits at the front: "540s" gives 540 */
    GCP_MIB,     /* "256Mi", "512M", "1Gi" or a number of MiB */
    GCP_LAST,    /* the text behind the last slash */
    GCP_INGRESS, /* any API's spelling: all, internal, internal-and-load-balancer */
};

/* Paths in order of preference: all of the answer, then all of the request; NULL ends. */
struct gcp_take {
    enum event_attr attr;
    enum gcp_how how;
    const char *response[GCP_FROM_MAX];
    const char *request[GCP_FROM_MAX];
};

void gcp_take_all(struct gcp_extract *x, const struct gcp_take *takes, size_t count);

/* A member of the payload. */
struct json_view gcp_member(const struct gcp_extract *x, enum gcp_member m);

/* The view as text, "" when it is no scalar. Sets x->full when the arena has no room. */
struct str gcp_text(struct gcp_extract *x, struct json_view v);
struct str gcp_get(struct gcp_extract *x, struct json_view object, const char *path);

/* Add one attribute; an empty value is not added. */
void gcp_add(struct gcp_extract *x, enum event_attr id, struct str value);
/* Add an attribute whose presence is what it says. */
void gcp_mark(struct gcp_extract *x, enum event_attr id, struct str value);
void gcp_add_joined(struct gcp_extract *x, enum event_attr id, struct str a, const char *between,
                    struct str b);
bool gcp_added(const struct gcp_extract *x, enum event_attr id);

/* What follows "KIND/" in a resource name, up to the next slash; "" when it is not there. */
struct str gcp_part(struct str resource_name, const char *kind);

/* Set the event's function, once: a second call does nothing. `prefix` stands before the name of
 * what is neither a function nor a service ("job:"), "" else. Project and region are the event's,
 * or what `resource_name` says. */
void gcp_set_function(struct gcp_extract *x, const char *prefix, struct str name,
                      struct str resource_name);

#endif
