#include "detect/tools.h"

#include <stdarg.h>

#include "base/buf.h"

enum { SAY_VALUE_MAX = 160 };

struct str detect_cut(struct str s)
{
    if (s.len <= SAY_VALUE_MAX) {
        return s;
    }
    size_t n = SAY_VALUE_MAX;
    while (n > 0 && ((unsigned char)s.ptr[n] & 0xC0U) == 0x80U) {
        n--;
    }
    return str_head(s, n);
}

static enum err_code say(const struct detect_view *v, const struct event *e,
                         const struct detection *d, enum severity severity, const char *fmt,
                         va_list ap) PRINTF_LIKE(5, 0);

static enum err_code say(const struct detect_view *v, const struct event *e,
                         const struct detection *d, enum severity severity, const char *fmt,
                         va_list ap)
{
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0); /* values are cut, so the text is bounded */
    if (e->outcome != OUTCOME_OK) {
        buf_printf(&b, "Attempt, %s (%.*s): ", e->outcome == OUTCOME_DENIED ? "refused" : "failed",
                   SAY(e->error_code));
    }
    buf_vprintf(&b, fmt, ap);
    if (event_has(e, ATTR_PENDING)) {
        buf_add_cstr(&b, "; how it ended is not in the logs");
    }
    struct str text = buf_str(&b);
    if (b.failed) {
        return ERR_NOMEM;
    }
    if (!arena_dup(v->arena, text, &text)) {
        return ERR_NOMEM;
    }
    return detect_report_at(
        v, e, &(struct detect_hit){.detection = d, .severity = severity, .explain = text});
}

enum err_code detect_say(const struct detect_view *v, const struct detection *d,
                         enum severity severity, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum err_code rc = say(v, v->event, d, severity, fmt, ap);
    va_end(ap);
    return rc;
}

enum err_code detect_say_at(const struct detect_view *v, const struct event *e,
                            const struct detection *d, enum severity severity, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    enum err_code rc = say(v, e, d, severity, fmt, ap);
    va_end(ap);
    return rc;
}

size_t event_look(const struct event *e)
{
    static const struct str looks[EVENT_LOOKS] = {
        STR_INIT("ListFunctions"),
        STR_INIT("GetFunction"),
        STR_INIT("GetPolicy"),
        STR_INIT("ListLayers"),
        STR_INIT("GetAccountSettings"),
        STR_INIT("ListEventSourceMappings"),
        STR_INIT("ListAliases"),
        STR_INIT("ListVersionsByFunction"),
        STR_INIT("ListFunctionUrlConfigs"),
        STR_INIT("GetFunctionConfiguration"),
    };
    bool lambda = str_eq(e->service, STR("lambda.amazonaws.com"));
    for (size_t i = 0; lambda && i < EVENT_LOOKS; i++) {
        if (str_eq(e->action, looks[i])) {
            return i;
        }
    }
    return EVENT_LOOKS;
}

bool event_ok(const struct event *e)
{
    return e->outcome == OUTCOME_OK;
}

struct str event_actor_key(const struct event *e)
{
    if (e->actor != NULL && e->actor->root.len > 0) {
        return e->actor->root;
    }
    return e->who.principal;
}

struct str event_who(const struct event *e)
{
    struct str key = event_actor_key(e);
    return key.len > 0 ? key : STR("somebody");
}

bool event_by_human(const struct event *e)
{
    enum identity_kind kind = e->actor != NULL ? e->actor->kind : e->who.kind;
    if (e->actor != NULL && e->actor->pipeline) {
        return false;
    }
    return kind == IDENTITY_ROOT || kind == IDENTITY_USER || kind == IDENTITY_SSO ||
           kind == IDENTITY_FEDERATED;
}

bool attr_next(struct attr_iter *it, enum event_attr id, struct str *out)
{
    const struct event *e = it->event;
    while (it->at < e->attr_count) {
        const struct attr *a = &e->attrs[it->at++];
        if (a->id == id) {
            *out = a->value;
            return true;
        }
    }
    return false;
}

bool event_number(const struct event *e, enum event_attr id, uint64_t *out)
{
    return str_u64(event_attr_get(e, id), out);
}

bool str_list_has(const struct str_list *l, struct str s)
{
    for (size_t i = 0; i < l->len; i++) {
        if (str_eq(l->at[i], s)) {
            return true;
        }
    }
    return false;
}

int64_t time_between(int64_t earlier_us, int64_t later_us)
{
    if (earlier_us == TIME_NONE || later_us == TIME_NONE) {
        return -1;
    }
    return later_us > earlier_us ? later_us - earlier_us : 0;
}
