#include "source/http_call.h"

enum { ATTRS = 3, UNAUTHORIZED = 401, FORBIDDEN = 403, FIRST_ERROR = 400 };

/* "0.173624s" to "174". */
static bool latency(struct str text, struct arena *a, struct str *out)
{
    double seconds;
    *out = STR_EMPTY;
    if (!str_ends(text, STR("s")) || !str_f64(str_head(text, text.len - 1), &seconds) ||
        seconds < 0 || seconds > 1e6) {
        return true;
    }
    return arena_printf(a, out, "%.0f", seconds * 1000);
}

static void outcome(struct str status, struct event *e)
{
    uint64_t code;
    if (!str_u64(status, &code) || code < FIRST_ERROR) {
        return;
    }
    e->outcome = code == UNAUTHORIZED || code == FORBIDDEN ? OUTCOME_DENIED : OUTCOME_FAILED;
    e->error_code = status;
}

bool http_call(struct json_view http, struct arena *a, struct event *e)
{
    struct str from, status, url, took, ms;
    if (!log_entry_text(log_entry_get(http, "remoteIp"), a, &from) ||
        !log_entry_text(log_entry_get(http, "status"), a, &status) ||
        !log_entry_text(log_entry_get(http, "requestUrl"), a, &url) ||
        !log_entry_text(log_entry_get(http, "latency"), a, &took) ||
        !log_entry_text(log_entry_get(http, "userAgent"), a, &e->user_agent) ||
        !latency(took, a, &ms)) {
        return false;
    }
    e->kind = EVENT_INVOKE;
    e->data_event = true;
    e->who.kind = IDENTITY_ANONYMOUS;
    log_entry_address(e, from);
    outcome(status, e);
    struct attr *attrs = ARENA_ARRAY(a, struct attr, ATTRS);
    if (attrs == NULL) {
        return false;
    }
    const struct attr all[ATTRS] = {
        {ATTR_STATUS, status}, {ATTR_WALL_MS, ms}, {ATTR_URL, str_head(url, str_chr(url, '?'))}};
    for (size_t i = 0; i < ATTRS; i++) {
        if (all[i].value.len != 0) {
            attrs[e->attr_count++] = all[i];
        }
    }
    e->attrs = attrs;
    return true;
}
