#include "source/front_door.h"

enum { ATTRS = 5, UNAUTHORIZED = 401, FORBIDDEN = 403, FIRST_ERROR = 400 };

bool front_door_text(const struct record *r, size_t field, struct arena *a, struct str *out)
{
    struct json_view v = record_view(r, field);
    *out = STR_EMPTY;
    return (v.kind != JSON_STRING && v.kind != JSON_NUMBER) || json_any_text(v, a, out);
}

bool front_door_seconds(struct str seconds, struct arena *a, struct str *out)
{
    double s;
    *out = STR_EMPTY;
    if (!str_f64(seconds, &s) || s < 0 || s > 1e6) {
        return true;
    }
    return arena_printf(a, out, "%.0f", s * 1000);
}

void front_door_place(struct str arn, struct event *e)
{
    struct str part[5] = {STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY, STR_EMPTY};
    for (size_t i = 0; i < ARRAY_LEN(part) && str_cut(&arn, ':', &part[i]); i++) {
    }
    e->region = part[3];
    e->account = part[4];
}

/* "192.0.2.7", "192.0.2.7:2817", "[2001:db8::7]:2817"; the first of several. */
static void set_address(struct event *e, struct str text)
{
    text = str_trim(str_head(text, str_chr(text, ',')));
    if (ip_parse(text, &e->ip)) {
        e->address = text;
        return;
    }
    struct str bare = str_head(text, str_rchr(text, ':'));
    if (bare.len > 2 && bare.ptr[0] == '[' && bare.ptr[bare.len - 1] == ']') {
        bare = str_make(bare.ptr + 1, bare.len - 2);
    }
    e->address = ip_parse(bare, &e->ip) ? bare : STR_EMPTY;
}

static void set_outcome(struct event *e, const struct front_door_call *c)
{
    uint64_t code;
    if (!str_u64(c->status, &code)) {
        code = 0;
    }
    if (c->blocked.len > 0 || code == UNAUTHORIZED || code == FORBIDDEN) {
        e->outcome = OUTCOME_DENIED;
        e->error_code = c->blocked.len > 0 ? c->blocked : c->status;
    } else if (code >= FIRST_ERROR) {
        e->outcome = OUTCOME_FAILED;
        e->error_code = c->status;
    }
}

bool front_door_call(const struct front_door_call *c, struct arena *a, struct event *e)
{
    struct attr *attrs = ARENA_ARRAY(a, struct attr, ATTRS);
    struct str route = c->url;
    route = str_head(route, str_chr(route, '?'));
    if (attrs == NULL || (c->method.len > 0 && !arena_printf(a, &route, "%.*s %.*s",
                                                             STR_ARG(c->method), STR_ARG(route)))) {
        return false;
    }
    e->kind = EVENT_INVOKE;
    e->data_event = true;
    e->name = e->action = STR("request");
    e->function.provider = STR("aws");
    e->function.account = e->account;
    e->function.region = e->region;
    e->qualifier = c->door; /* calls through different doors are told apart */
    e->user_agent = c->agent;
    e->who.kind = c->caller.len > 0 ? IDENTITY_UNKNOWN : IDENTITY_ANONYMOUS;
    e->who.principal = c->caller;
    set_address(e, c->address);
    set_outcome(e, c);
    const struct attr all[ATTRS] = {{ATTR_FRONT_DOOR, c->door},
                                    {ATTR_ROUTE, route},
                                    {ATTR_HOST, c->host},
                                    {ATTR_STATUS, c->status},
                                    {ATTR_WALL_MS, c->ms}};
    for (size_t i = 0; i < ATTRS; i++) {
        if (all[i].value.len > 0) {
            attrs[e->attr_count++] = all[i];
        }
    }
    e->attrs = attrs;
    return true;
}
