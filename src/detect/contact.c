#include "detect/contact.h"

#include <stdarg.h>

#include "base/buf.h"
#include "detect/detect_priv.h"
#include "detect/tools.h"

enum { COMMON_CLIENTS_MIN = 10 };

static struct str ip_text(const struct detect_view *v, const struct ip *ip)
{
    char text[IP_TEXT_MAX];
    struct str out;
    return arena_dup(v->arena, str_make(text, ip_format(ip, text)), &out) ? out : STR_EMPTY;
}

struct str contact_client(const struct detect_view *v, const struct traffic_contact *c)
{
    return ip_text(v, &c->client);
}

struct str contact_place(const struct detect_view *v, const struct traffic_contact *c)
{
    return c->host.len > 0 || !c->has_server ? c->host : ip_text(v, &c->server);
}

/* ---- whose ---- */

static const struct function *function_of(const struct detect_view *v, struct str host)
{
    return v->inventory == NULL || host.len == 0 ? NULL : inventory_of_host(v->inventory, host);
}

const struct function *contact_function(const struct detect_view *v,
                                        const struct traffic_contact *c)
{
    const struct function *f = function_of(v, c->host);
    return f != NULL ? f : function_of(v, c->alias_of);
}

bool contact_is_serverless(const struct detect_view *v, const struct traffic_contact *c)
{
    return name_class_is_serverless(c->name.class) || contact_function(v, c) != NULL;
}

static bool client_in(const struct detect_view *v, const struct traffic_contact *c,
                      enum range_kind want)
{
    enum range_kind kind;
    return env_range_of(&v->context->env, &c->client, &kind) && kind == want;
}

bool contact_from_server(const struct detect_view *v, const struct traffic_contact *c)
{
    return client_in(v, c, RANGE_SERVER);
}

bool contact_from_nat(const struct detect_view *v, const struct traffic_contact *c)
{
    return client_in(v, c, RANGE_NAT);
}

const struct process *contact_process(const struct detect_view *v, const struct traffic_contact *c,
                                      const struct function *f)
{
    for (size_t i = 0; i < v->context->processes.len; i++) {
        const struct process *p = &v->context->processes.at[i];
        if (env_pattern(p->function, f->key.name) && process_caller_is_host(p, &c->client)) {
            return p;
        }
    }
    return NULL;
}

bool contact_is_common(const struct detect_view *v, const struct traffic_contact *c)
{
    size_t all = v->traffic->clients;
    return all >= COMMON_CLIENTS_MIN && c->name_clients * 2 >= all;
}

static uint32_t second_of(int64_t time_us)
{
    int64_t s = time_us == TIME_NONE ? 0 : time_us / TIME_SECOND_US;
    return s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : (uint32_t)s;
}

struct beacon contact_beacon(const struct detect_view *v, const struct traffic_contact *c)
{
    return beacon_measure(c->when, c->sizes, second_of(v->traffic->first_us),
                          second_of(v->traffic->last_us));
}

double contact_days(const struct traffic_contact *c)
{
    double days = (double)(c->last_us - c->first_us) / (double)TIME_DAY_US;
    return days < 1 ? 1 : days;
}

bool contact_answered(const struct detect_view *v, const struct traffic_contact *c)
{
    bool only_questions = !v->traffic->has_connections && !v->traffic->has_names;
    if (c->by == CONTACT_BY_QUESTION) {
        return only_questions;
    }
    bool silent = c->has_bytes && c->bytes_in == 0;
    return c->answered > 0 || (!silent && c->refused < c->count);
}

/* ---- telling ---- */

static bool is_platform(const struct detect_view *v, struct str host, struct name_info *name)
{
    return host.len > 0 && names_classify(v->traffic->names, host, name) &&
           name_class_is_serverless(name->class);
}

/* The event of one record: it stands for the record, so that evidence points at real bytes. */
static struct event *event_of(const struct detect_view *v, const struct contact_record *r)
{
    const struct place *p = r->place;
    struct event *e = ARENA_NEW(v->arena, struct event);
    struct flow *f = ARENA_NEW(v->arena, struct flow);
    struct attr *attr = ARENA_ARRAY(v->arena, struct attr, 2);
    const struct function *own = function_of(v, r->host);
    struct name_info name = {0};
    size_t id_len = 0;
    while (id_len < sizeof(p->id) && p->id[id_len] != '\0') {
        id_len++;
    }
    if (e == NULL || f == NULL || attr == NULL) {
        return NULL;
    }
    *f = (struct flow){.kind = (enum flow_kind)p->kind,
                       .has_client = true,
                       .client = r->client,
                       .has_server = r->has_server,
                       .server = r->server,
                       .host = r->host,
                       .end_us = TIME_NONE};
    attr[0] = (struct attr){ATTR_URL, r->host};
    bool foreign =
        own == NULL && (is_platform(v, r->host, &name) || is_platform(v, r->alias_of, &name));
    attr[1] = (struct attr){ATTR_PLATFORM, foreign ? name.provider : STR_EMPTY};
    *e = (struct event){.time_us = p->time_us,
                        .last_us = r->last_us > p->time_us ? r->last_us : p->time_us,
                        .kind = EVENT_TRAFFIC,
                        .outcome = r->answered ? OUTCOME_OK : OUTCOME_FAILED,
                        .source = str_of(p->source),
                        .service = r->host,
                        .name = str_of(flow_kind_name(f->kind)),
                        .action = STR("contact"),
                        .address = ip_text(v, &r->client),
                        .ip = r->client,
                        .attrs = attr,
                        .attr_count = r->host.len == 0 ? 0U
                                      : foreign        ? 2U
                                                       : 1U,
                        .flow = f,
                        .count = r->count,
                        .origin = p->origin};
    bool fine = arena_dup(v->arena, str_make(p->id, id_len), &e->record_id);
    if (own != NULL) {
        e->function = own->key;
        e->account = own->key.account;
        e->region = own->key.region;
    }
    return fine && e->address.len > 0 ? e : NULL;
}

static bool explain(const struct detect_view *v, struct str *out, const char *fmt, va_list ap)
    PRINTF_LIKE(3, 0);

static bool explain(const struct detect_view *v, struct str *out, const char *fmt, va_list ap)
{
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0); /* values are cut, so the text is bounded */
    buf_vprintf(&b, fmt, ap);
    return !b.failed && arena_dup(v->arena, buf_str(&b), out);
}

/* One event a record, however many detections speak of it. NULL: no memory. */
static struct event *shared_event(const struct detect_view *v, const struct traffic_contact *c,
                                  size_t place, const struct contact_record *r)
{
    struct detect_run *run = v->run;
    if (run->contact_events == NULL) {
        size_t n = (v->traffic->contacts.len + 1) * TRAFFIC_PLACES_MAX;
        run->contact_events = (struct event **)arena_alloc(v->arena, n, sizeof(struct event *),
                                                           _Alignof(struct event *));
    }
    if (run->contact_events == NULL) {
        return NULL;
    }
    size_t contact = (size_t)(c - v->traffic->contacts.at);
    struct event **slot = &run->contact_events[contact * TRAFFIC_PLACES_MAX + place];
    if (*slot == NULL) {
        *slot = event_of(v, r);
    }
    return *slot;
}

static enum err_code report(const struct detect_view *v, const struct contact_record *r,
                            const struct detect_hit *hit)
{
    struct event *e = event_of(v, r);
    return e == NULL ? ERR_NOMEM : detect_report_at(v, e, hit);
}

enum err_code contact_say(const struct detect_view *v, const struct traffic_contact *c,
                          const struct detection *d, enum severity severity,
                          const struct intel_hit *intel, const char *fmt, ...)
{
    struct detect_hit hit = {.detection = d, .severity = severity, .intel = intel};
    va_list ap;
    va_start(ap, fmt);
    bool fine = explain(v, &hit.explain, fmt, ap);
    va_end(ap);
    const struct function *own = contact_function(v, c);
    enum err_code rc = fine ? ERR_OK : ERR_NOMEM;
    for (size_t i = 0; rc == ERR_OK && i < c->place_count; i++) {
        bool first = i == 0;
        uint64_t rest = c->place_count - 1;
        struct contact_record r = {
            .host = own != NULL && c->alias_of.len > 0 && function_of(v, c->host) == NULL
                        ? c->alias_of
                        : c->host,
            .alias_of = c->alias_of,
            .client = c->client,
            .server = c->server,
            .has_server = c->has_server,
            .answered = contact_answered(v, c),
            .count = first && c->count > rest ? c->count - rest : 1,
            .last_us = first ? c->last_us : c->places[i].time_us,
            .place = &c->places[i],
        };
        const struct event *e = shared_event(v, c, i, &r);
        rc = e == NULL ? ERR_NOMEM : detect_report_at(v, e, &hit);
    }
    return rc;
}

enum err_code contact_say_record(const struct detect_view *v, const struct contact_record *r,
                                 const struct detection *d, enum severity severity,
                                 const struct intel_hit *intel, const char *fmt, ...)
{
    struct detect_hit hit = {.detection = d, .severity = severity, .intel = intel};
    va_list ap;
    va_start(ap, fmt);
    bool fine = explain(v, &hit.explain, fmt, ap);
    va_end(ap);
    return fine ? report(v, r, &hit) : ERR_NOMEM;
}
