/*
 * err - how a function says that it failed.
 *
 * A function that can fail returns enum err_code and takes `struct err *err` last. On failure it
 * sets *err and leaves every other output untouched; on success it sets the outputs and leaves
 * *err untouched. `err` may be NULL: the caller then only branches on the code.
 *
 * A struct err is a plain value. It owns nothing: copy it, return it across a thread, drop it.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdint.h>

#include "base/attr.h"

enum err_code {
    ERR_OK = 0,      /* the only code that is false in a condition */
    ERR_NOMEM,       /* the machine is out of memory */
    ERR_LIMIT,       /* a bound was hit; the input is at fault */
    ERR_SYNTAX,      /* the input does not parse; err.offset says where */
    ERR_SCHEMA,      /* it parses, but a field is missing or has the wrong type */
    ERR_NOTFOUND,    /* the named thing does not exist */
    ERR_IO,          /* the OS failed; err.os_errno may say more */
    ERR_UNSUPPORTED, /* valid, but this build does not do it */
    ERR_USAGE,       /* the user's command line or settings are wrong */
    ERR_MAX_         /* number of codes; never returned */
};

struct err {
    enum err_code code;
    int os_errno;    /* errno at the failure, or 0 */
    uint64_t offset; /* byte offset into the input, for ERR_SYNTAX; else 0 */
    char msg[320];   /* one line of UTF-8, no trailing newline, never empty when code is set */
};

/* Fill *err (unless NULL) and yield `code`, so that a failing branch is one statement:
 *     return err_set(err, ERR_SCHEMA, "eventTime is missing");
 * Setting an error that is already set keeps the first: it is the true one. */
#define err_set(err, code, ...) (err_set_at((err), (code), __VA_ARGS__), (code))

/* Put "<what>: " in front of the message on the way up. Yields `code`, which must be the code
 * that is already in *err. */
#define err_wrap(err, code, ...) (err_wrap_at((err), (code), __VA_ARGS__), (code))

void err_set_at(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
void err_wrap_at(struct err *err, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Stable lower-case name for messages and tests: "syntax", "limit", ... */
const char *err_code_name(enum err_code code);

#endif
