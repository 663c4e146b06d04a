/*
 * google_login - the login events of Google Workspace, as the Reports API tells them and as they are
 * shared with Cloud Logging.
 *
 * One activity may hold several events; the one that says most names it, the parameters of all count.
 */
#ifndef SOURCE_GOOGLE_LOGIN_H
#define SOURCE_GOOGLE_LOGIN_H

#include "source/login.h"

struct google_login_known;

struct google_login {
    struct str name; /* of the event that says most */
    const struct google_login_known *known;
    bool second, methods, suspicious, failed;
    bool saml; /* the log of single sign-on to applications */
};

/* All events of an activity, {"name","parameters"} or {"eventName","parameter"} each. */
void google_login_take(struct login *l, struct google_login *g, struct json_view events);
/* What they come to: name, action, kind, outcome, second factor. */
void google_login_settle(struct login *l, const struct google_login *g);

/* Is this payload of an audit record about logins? */
bool google_login_is(struct json_view payload);
/* Parse such a record of Cloud Logging, of which `source` is the name. The record's fields begin with
 * LOG_ENTRY_PATHS. ERR_LIMIT. */
NODISCARD enum err_code google_login_logged(const struct record *r, const char *source,
                                            struct arena *a, struct event *out, struct err *err);

/* The service that events of Google Workspace are of. */
#define GOOGLE_LOGIN_SERVICE "accounts.google.com"

#endif
