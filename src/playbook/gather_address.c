/*
 * gather_address - the addresses and names an event speaks of, and who knows them.
 */
#include "detect/arn.h"
#include "playbook/inquiry.h"

static bool is_open(const struct alert *al)
{
    return al->status == ALERT_OPEN;
}

static bool is_address(struct str named, struct str spelt, const struct ip *ip)
{
    struct ip_prefix p;
    if (str_ieq(named, spelt)) {
        return true;
    }
    return ip != NULL && str_chr(named, '/') != SIZE_MAX && ip_prefix_parse(named, &p) &&
           ip_in(ip, &p);
}

const struct alert *gather_alert_address(const struct context *c, struct str address)
{
    char text[IP_TEXT_MAX];
    struct ip ip;
    bool is_ip = ip_parse(address, &ip);
    struct str spelt = address;
    if (is_ip) {
        (void)ip_format(&ip, text);
        spelt = str_of(text);
    }
    for (size_t i = 0; address.len != 0 && i < c->alerts.len; i++) {
        const struct alert *al = &c->alerts.at[i];
        for (size_t k = 0; is_open(al) && k < al->addresses.len; k++) {
            if (is_address(al->addresses.at[k], spelt, is_ip ? &ip : NULL)) {
                return al;
            }
        }
    }
    return NULL;
}

/* By name, ARN with or without version and alias, or the key that reports show. */
static bool is_function(struct str named, const struct function_key *f)
{
    size_t at = str_find(named, STR(":function:"));
    if (at != SIZE_MAX) {
        struct str name = str_from(named, at + 10);
        size_t colon = str_chr(name, ':');
        return str_eq(colon == SIZE_MAX ? name : str_head(name, colon), f->name);
    }
    if (f->provider.len != 0 && str_starts(named, f->provider) &&
        str_chr(named, '/') == f->provider.len) {
        return str_eq(str_from(named, str_rchr(named, '/') + 1), f->name);
    }
    return str_ieq(named, f->name) || str_eq(arn_name(named), f->name);
}

const struct alert *gather_alert_function(const struct context *c, const struct function_key *f)
{
    for (size_t i = 0; f->name.len != 0 && i < c->alerts.len; i++) {
        const struct alert *al = &c->alerts.at[i];
        for (size_t k = 0; is_open(al) && k < al->functions.len; k++) {
            if (is_function(al->functions.at[k], f)) {
                return al;
            }
        }
    }
    return NULL;
}

const struct alert *gather_alert_actor(const struct context *c, const struct event *e,
                                       const struct person *p)
{
    const struct str names[] = {e->actor != NULL ? e->actor->root : STR_EMPTY,
                                e->who.principal,
                                e->who.principal_id,
                                e->who.access_key,
                                e->who.role,
                                p != NULL ? p->id : STR_EMPTY};
    for (size_t i = 0; i < c->alerts.len; i++) {
        const struct alert *al = &c->alerts.at[i];
        for (size_t k = 0; is_open(al) && k < al->actors.len; k++) {
            struct str named = al->actors.at[k];
            for (size_t n = 0; n < ARRAY_LEN(names); n++) {
                if (names[n].len != 0 &&
                    (str_ieq(named, names[n]) || str_ieq(named, arn_name(names[n])))) {
                    return al;
                }
            }
        }
    }
    return NULL;
}

static bool keep_hit(struct inquiry *q, struct subject_address *at, const struct intel_hit *hit)
{
    struct intel_hit *copy = ARENA_NEW(&q->scratch, struct intel_hit);
    if (copy == NULL) {
        return false;
    }
    *copy = *hit;
    at->hit = copy;
    if (hit->best.feed < intel_feed_count(q->judge->intel)) {
        at->feed = intel_feed(q->judge->intel, hit->best.feed)->path;
    }
    return true;
}

bool gather_aside(struct inquiry *q, struct subject_address *at, const struct intel_seen *seen,
                  int64_t at_us)
{
    struct intel_hit hit;
    struct str why;
    if (at->hit != NULL || !intel_find_aside(q->judge->intel, seen, at_us, &hit, &why)) {
        return true;
    }
    size_t slash = str_rchr(hit.feed, '/');
    at->aside_itself = hit.best.kind == INTEL_HOST || hit.best.prefix.bits == 128 || at->own;
    return arena_printf(
        q->arena, &at->aside, "entry %.*s of %.*s, set aside: %.*s", STR_ARG(hit.best.value),
        STR_ARG(slash == SIZE_MAX ? hit.feed : str_from(hit.feed, slash + 1)), STR_ARG(why));
}

/* In an escalated case of before, other than the one that this case continues. What is ours, or
 * many people's, was only the way there. */
static bool was_escalated(const struct inquiry *q, const struct subject_address *at)
{
    const struct previous *p = q->judge->previous;
    bool shared = at->own || at->aside.len != 0 || (at->hit != NULL && at->hit->shared);
    const struct previous_case *was;
    size_t next = 0;
    while (p != NULL && !shared && (was = previous_escalated(p, at->text, &next)) != NULL) {
        if (!inquiry_continues(q, was)) {
            return true;
        }
    }
    return false;
}

static bool add_caller(struct inquiry *q, struct subject *s)
{
    const struct judge *j = q->judge;
    const struct event *e = s->event;
    enum range_kind kind;
    bool own = env_range_of(&j->context->env, &e->ip, &kind);
    if (ip_is_private(&e->ip) && !own) {
        return true; /* says nothing about where it came from */
    }
    struct subject_address *at = &s->addresses[s->address_count++];
    *at = (struct subject_address){.text = e->address, .own = own && kind != RANGE_PROXY};
    at->alert = gather_alert_address(j->context, e->address);
    struct intel_hit hit;
    if (j->intel == NULL) {
        return true;
    }
    at->range = intel_range_of(j->intel, &e->ip);
    if (intel_find_ip(j->intel, &e->ip, e->time_us, &hit)) {
        return keep_hit(q, at, &hit);
    }
    return gather_aside(q, at, &(struct intel_seen){.ip = &e->ip}, e->time_us);
}

static bool add_host(struct inquiry *q, struct subject *s, struct str host)
{
    const struct judge *j = q->judge;
    struct subject_address *at = &s->addresses[s->address_count++];
    *at = (struct subject_address){.text = host};
    at->alert = gather_alert_address(j->context, host);
    struct intel_hit hit;
    if (j->intel == NULL) {
        return true;
    }
    if (intel_find_host(j->intel, host, s->event->time_us, &hit)) {
        return keep_hit(q, at, &hit);
    }
    return gather_aside(q, at, &(struct intel_seen){.host = host}, s->event->time_us);
}

static bool gather_all(struct inquiry *q, struct subject *s)
{
    size_t most = 1;
    for (size_t i = 0; i < s->finding_count; i++) {
        most += s->findings[i]->hosts.len;
    }
    s->addresses = ARENA_ARRAY(&q->scratch, struct subject_address, most);
    if (s->addresses == NULL) {
        return false;
    }
    if (s->event->kind == EVENT_TRAFFIC && s->event->flow != NULL) {
        s->alert = gather_alert_function(q->judge->context, &s->event->function);
        return gather_traffic(q, s);
    }
    if (s->event->address.len != 0 && !add_caller(q, s)) {
        return false;
    }
    for (size_t i = 0; i < s->finding_count; i++) {
        for (size_t k = 0; k < s->findings[i]->hosts.len; k++) {
            if (!add_host(q, s, s->findings[i]->hosts.at[k])) {
                return false;
            }
        }
    }
    s->alert = gather_alert_function(q->judge->context, &s->event->function);
    if (s->alert == NULL) {
        s->alert = gather_alert_actor(q->judge->context, s->event, s->person);
    }
    return true;
}

bool gather_addresses(struct inquiry *q, struct subject *s)
{
    bool ok = gather_all(q, s);
    for (size_t i = 0; i < s->address_count; i++) {
        s->addresses[i].before = was_escalated(q, &s->addresses[i]);
    }
    return ok;
}
