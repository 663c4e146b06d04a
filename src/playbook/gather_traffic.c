/*
 * gather_traffic - what the network saw of an event: the other side is in question, not the host
 * that is ours.
 */
#include "playbook/inquiry.h"

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

/* What a finding of this event rests on, where neither name nor address is listed: a URL, a file,
 * a certificate. */
static const struct intel_hit *other_hit(const struct subject *s)
{
    for (size_t i = 0; i < s->finding_count; i++) {
        for (size_t k = 0; k < s->findings[i]->intel.len; k++) {
            const struct intel_hit *hit = s->findings[i]->intel.at[k];
            if (hit->best.kind != INTEL_IP && hit->best.kind != INTEL_HOST) {
                return hit;
            }
        }
    }
    return NULL;
}

static bool add_server(struct inquiry *q, struct subject *s, const struct flow *f)
{
    const struct judge *j = q->judge;
    char text[IP_TEXT_MAX];
    struct str server;
    struct intel_hit hit;
    enum range_kind kind;
    struct subject_address *at = &s->addresses[s->address_count++];
    if (!arena_dup(q->arena, str_make(text, ip_format(&f->server, text)), &server)) {
        return false;
    }
    *at = (struct subject_address){.text = server};
    at->own = env_range_of(&j->context->env, &f->server, &kind) && kind != RANGE_PROXY;
    at->alert = gather_alert_address(j->context, server);
    if (j->intel == NULL) {
        return true;
    }
    if (intel_find_ip(j->intel, &f->server, s->event->time_us, &hit)) {
        return keep_hit(q, at, &hit);
    }
    return gather_aside(q, at, &(struct intel_seen){.ip = &f->server}, s->event->time_us);
}

/* A name is what the client asked for; its address then only says who serves it. */
bool gather_traffic(struct inquiry *q, struct subject *s)
{
    const struct judge *j = q->judge;
    const struct flow *f = s->event->flow;
    struct intel_hit hit;
    if (f->host.len == 0) {
        return !f->has_server || add_server(q, s, f);
    }
    struct subject_address *at = &s->addresses[s->address_count++];
    *at = (struct subject_address){.text = f->host};
    at->alert = gather_alert_address(j->context, f->host);
    if (j->intel == NULL) {
        return true;
    }
    if (intel_find_host(j->intel, f->host, s->event->time_us, &hit)) {
        return keep_hit(q, at, &hit);
    }
    const struct intel_hit *other = other_hit(s);
    return other != NULL
               ? keep_hit(q, at, other)
               : gather_aside(q, at, &(struct intel_seen){.host = f->host}, s->event->time_us);
}
