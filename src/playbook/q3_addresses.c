/*
 * q3_addresses - are the addresses known from alerts or incidents.
 */
#include "playbook/evidence.h"

enum { SURE = 70, DOUBT = 40 };

static bool is_control_plane(const struct subject *s)
{
    return s->event->kind != EVENT_INVOKE && s->event->kind != EVENT_TRAFFIC &&
           !s->event->data_event;
}

static enum made_item listed_item(const struct subject *s, const struct subject_address *at)
{
    const struct indicator *in = &at->hit->best;
    bool answered = subject_succeeded(s);
    bool targeted = in->class == INTEL_C2 || in->class == INTEL_MALWARE;
    /* Many stand behind a provider's address; a name that matches is still one of them. */
    if (at->hit->shared && in->kind != INTEL_HOST) {
        return MADE_LISTED_SHARED;
    }
    if (answered && is_control_plane(s) && in->confidence >= DOUBT) {
        return in->confidence >= SURE ? MADE_LISTED_CONTROL_PLANE : MADE_LISTED_CONTROL_PLANE_DOUBT;
    }
    if (answered && targeted && in->confidence >= SURE) {
        return MADE_LISTED_TWO_WAY;
    }
    return in->confidence >= SURE ? MADE_LISTED_SURE : MADE_LISTED_DOUBT;
}

static void weigh_listed(struct weighing *w, const struct subject_address *at)
{
    const struct subject *s = w->subject;
    const struct indicator *in = &at->hit->best;
    enum made_item id = listed_item(s, at);
    bool anonymiser = in->class == INTEL_ANONYMISER;
    if (anonymiser) {
        weighing_add(w, MADE_NETWORK_ANONYMISER, at->text, "%.*s", STR_ARG(at->text));
    }
    /* A visitor through Tor is no listed attacker; one who holds credentials there is. */
    if (in->confidence < DOUBT ||
        (anonymiser && (id == MADE_LISTED_SURE || id == MADE_LISTED_DOUBT))) {
        return;
    }
    weighing_add(w, id, at->feed, "%.*s, %s, confidence %u, %u feed%s", STR_ARG(at->text),
                 intel_class_name(in->class), in->confidence, at->hit->feeds,
                 at->hit->feeds == 1 ? "" : "s");
}

/* What an alert says of itself; some say no more than their kind. */
static struct str alert_text(const struct alert *al)
{
    return al->text.len != 0 ? al->text : al->id.len != 0 ? al->id : al->kind;
}

static void weigh_address(struct weighing *w, const struct subject_address *at)
{
    if (at->hit != NULL) {
        weigh_listed(w, at);
    }
    if (at->aside.len != 0) {
        weighing_add(w, MADE_LISTED_ASIDE, STR_EMPTY, "%.*s: %.*s", STR_ARG(at->text),
                     STR_ARG(at->aside));
    }
    if (at->alert != NULL) {
        weighing_add(w, MADE_ALERT_OPEN, at->alert->id, "%.*s: %.*s", STR_ARG(at->text),
                     STR_ARG(alert_text(at->alert)));
    }
    if (at->before) {
        weighing_add(w, MADE_ALERT_BEFORE, at->text, "%.*s", STR_ARG(at->text));
    }
    const struct actor *a = w->subject->event->actor;
    bool expected = at->own || w->subject->vendor != NULL ||
                    (a != NULL && (a->pipeline || a->kind == IDENTITY_SERVICE));
    if (at->range.len != 0 && !expected) {
        weighing_add(w, MADE_NETWORK_HOSTING, at->text, "%.*s in %.*s", STR_ARG(at->text),
                     STR_ARG(at->range));
    }
}

void weighing_addresses(struct weighing *w)
{
    const struct subject *s = w->subject;
    bool own = s->address_count > 0;
    bool clean = s->address_count > 0 && s->alert == NULL;
    for (size_t i = 0; i < s->address_count; i++) {
        weigh_address(w, &s->addresses[i]);
        own = own && s->addresses[i].own;
        clean = clean && s->addresses[i].hit == NULL && s->addresses[i].alert == NULL &&
                !s->addresses[i].aside_itself && !s->addresses[i].before;
    }
    if (s->alert != NULL) {
        weighing_add(w, MADE_ALERT_OPEN, s->alert->id, "%.*s", STR_ARG(alert_text(s->alert)));
    }
    if (own) {
        weighing_add(w, MADE_OWN_ALL, STR_EMPTY, "%.*s", STR_ARG(s->addresses[0].text));
    }
    if (clean && s->states[NEED_INTEL] >= COVERAGE_PARTIAL &&
        s->states[NEED_ALERTS] >= COVERAGE_PARTIAL) {
        weighing_add(w, MADE_CLEAN_FEEDS, STR_EMPTY, "%.*s", STR_ARG(s->addresses[0].text));
    }
}
