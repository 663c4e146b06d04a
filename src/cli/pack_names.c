#include "cli/pack_names.h"

static void list(struct pseudonyms *p, const struct str_list *names)
{
    for (size_t i = 0; i < names->len; i++) {
        pseudonym_person(p, names->at[i]);
    }
}

static void of_context(struct pseudonyms *p, const struct context *c)
{
    for (size_t i = 0; i < c->people.len; i++) {
        const struct person *x = &c->people.at[i];
        pseudonym_person(p, x->id);
        pseudonym_person(p, x->name);
        pseudonym_person(p, x->manager);
        list(p, &x->other_ids);
    }
    for (size_t i = 0; i < c->projects.len; i++) {
        pseudonym_person(p, c->projects.at[i].member);
        for (size_t k = 0; k < c->projects.at[i].accounts.len; k++) {
            pseudonym_account(p, c->projects.at[i].accounts.at[k]);
        }
    }
    for (size_t i = 0; i < c->changes.len; i++) {
        pseudonym_person(p, c->changes.at[i].assignee);
        pseudonym_person(p, c->changes.at[i].requester);
        pseudonym_person(p, c->changes.at[i].approver);
    }
    for (size_t i = 0; i < c->functions.len; i++) {
        pseudonym_host(p, c->functions.at[i].url);
        for (size_t k = 0; k < c->functions.at[i].hosts.len; k++) {
            pseudonym_host(p, c->functions.at[i].hosts.at[k]);
        }
    }
}

static void of_env(struct pseudonyms *p, const struct env *e)
{
    for (size_t i = 0; i < e->accounts.len; i++) {
        pseudonym_account(p, e->accounts.at[i].id);
        pseudonym_account(p, e->accounts.at[i].alias);
    }
    pseudonym_account(p, e->organization);
    for (size_t i = 0; i < e->ranges.len; i++) {
        if (e->ranges.at[i].kind != RANGE_PARTNER) {
            pseudonym_network(p, &e->ranges.at[i].prefix);
        }
    }
    for (size_t i = 0; i < e->exercises.len; i++) {
        pseudonym_person(p, e->exercises.at[i].contact);
    }
}

static void of_actor(struct pseudonyms *p, const struct actor *a)
{
    if (a == NULL) {
        return;
    }
    pseudonym_person(p, a->person);
    if (a->kind == IDENTITY_USER || a->kind == IDENTITY_SSO || str_chr(a->root, '@') != SIZE_MAX) {
        pseudonym_person(p, a->root);
    }
}

static void of_event(struct pseudonyms *p, const struct event *e)
{
    /* Records are delivered to their own account; whoever called may be somebody else's. */
    pseudonym_account(p, e->account);
    of_actor(p, e->actor);
    if (e->who.kind == IDENTITY_USER) {
        pseudonym_person(p, e->who.name);
    }
    if (e->who.kind == IDENTITY_SSO) {
        pseudonym_person(p, e->who.session_name);
    }
    for (size_t i = 0; i < e->attr_count; i++) {
        struct str v = e->attrs[i].value;
        if (e->attrs[i].id == ATTR_TARGET_USER || e->attrs[i].id == ATTR_AUTHOR) {
            pseudonym_person(p, v);
        } else if (e->attrs[i].id == ATTR_URL && e->kind != EVENT_TRAFFIC) {
            pseudonym_host(p, v);
        }
    }
}

void pack_names(struct pseudonyms *p, const struct triage *t)
{
    const struct event *const *events;
    const struct result *r = triage_result(t);
    size_t count = triage_events(t, &events);
    of_env(p, &triage_context(t)->env);
    of_context(p, triage_context(t));
    for (size_t i = 0; i < count; i++) {
        of_event(p, events[i]);
    }
    for (size_t i = 0; i < r->sources.len; i++) {
        pseudonym_account(p, r->sources.at[i].account);
    }
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct case_file *c = r->cases.at[i];
        for (size_t k = 0; k < c->calls.len; k++) {
            pseudonym_person(p, c->calls.at[k].who);
            pseudonym_person(p, c->calls.at[k].name);
        }
    }
    for (size_t i = 0; i < r->findings.len; i++) {
        pseudonym_id(p, r->findings.at[i]->id);
    }
}
