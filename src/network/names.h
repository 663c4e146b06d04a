/*
 * names - what kind of place a host name is: content/network/serverless.tsv, loaded and matched.
 *
 * Whole labels match, never parts of them: "evilazurewebsites.net" and "workers.dev.example.org"
 * are nobody's function. Pure; once loaded, any thread may read.
 */
#ifndef NETWORK_NAMES_H
#define NETWORK_NAMES_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum name_class {
    NAME_NONE,
    NAME_FUNCTION,
    NAME_GATEWAY, /* in front of functions */
    NAME_APP,     /* containers and apps of a platform */
    NAME_SITE,    /* pages, with or without functions */
    NAME_TUNNEL,
    NAME_SCRIPT, /* scripts behind one shared name */
    NAME_CDN,    /* told apart, not watched: half the Web stands behind it */
    NAME_STORAGE,
    NAME_API, /* the provider's control plane */
    NAME_MINING,
    NAME_DOH,
    NAME_CLASS_MAX_
};
const char *name_class_name(enum name_class c); /* "function", … */
/* Runs what somebody wrote: function, gateway, app, site, tunnel, script. */
bool name_class_is_serverless(enum name_class c);

struct name_info {
    struct str provider; /* "aws"; lives as long as the table */
    enum name_class class;
    struct str tenant; /* a part of the name asked for, or "" */
    bool one_tenant;   /* the name alone says whose it is; false: shared by all of the provider */
};

struct names;

/* ERR_SCHEMA names the line and what is wrong; ERR_NOMEM. `text` is copied. */
NODISCARD enum err_code names_load(struct str text, struct names **out, struct err *err);
void names_free(struct names *n);
size_t names_count(const struct names *n);

/* The name as it is compared: lower case, no last dot, no port. False: not a host name (an address
 * in brackets, an empty label, a byte that no host name has, more than 253 bytes). */
enum { NAME_MAX_BYTES = 253 };
NODISCARD bool name_fold(struct str host, char out[NAME_MAX_BYTES + 1], struct str *name);

/* False: in no pattern. `host` in any case, with or without last dot; out->tenant points into it. */
bool names_classify(const struct names *n, struct str host, struct name_info *out);

#endif
