/*
 * http_call - a call of a function as Google's HttpRequest tells it.
 */
#ifndef SOURCE_HTTP_CALL_H
#define SOURCE_HTTP_CALL_H

#include "source/log_entry.h"

/* Make *e a call (EVENT_INVOKE): address, user agent, outcome, STATUS, WALL_MS, URL (without
 * its query) from `http`. Whoever called is not named there. False: no room in the arena. */
NODISCARD bool http_call(struct json_view http, struct arena *a, struct event *e);

#endif
