#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void err_set_at(struct err *err, enum err_code code, const char *fmt, ...)
{
    if (err == NULL || err->code != ERR_OK) {
        return;
    }
    err->code = code;
    va_list ap;
    va_start(ap, fmt);
    /* Truncation is fine: a message is for a person, the code is for the program. */
    (void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
}

void err_wrap_at(struct err *err, enum err_code code, const char *fmt, ...)
{
    (void)code;
    if (err == NULL) {
        return;
    }
    char front[160];
    char whole[sizeof(err->msg)];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(front, sizeof(front), fmt, ap);
    va_end(ap);
    int n = snprintf(whole, sizeof(whole), "%s: %.*s", front,
                     (int)(sizeof(whole) - strlen(front) - 3), err->msg);
    if (n > 0) {
        memcpy(err->msg, whole, sizeof(whole));
    }
}

const char *err_code_name(enum err_code code)
{
    static const char *const names[ERR_MAX_] = {
        [ERR_OK] = "ok",           [ERR_NOMEM] = "no memory",         [ERR_LIMIT] = "limit",
        [ERR_SYNTAX] = "syntax",   [ERR_SCHEMA] = "schema",           [ERR_NOTFOUND] = "not found",
        [ERR_IO] = "input/output", [ERR_UNSUPPORTED] = "unsupported", [ERR_USAGE] = "usage",
    };
    return (unsigned)code < ERR_MAX_ ? names[code] : "unknown";
}
