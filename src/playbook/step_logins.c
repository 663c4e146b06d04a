/*
 * step_logins - L1.1: who acted, are they expected to, and how did they get in.
 */
#include <string.h>

#include "base/buf.h"
#include "inventory/sign_in.h"
#include "playbook/steps.h"

#define AROUND_US (24 * TIME_HOUR_US)
enum { HISTORY_MAX = 5000, NOVELTY_MIN = 20, FACTS_BYTES_MAX = 600 };

static enum verdict person_verdict(const struct subject *s)
{
    const struct person *p = s->person;
    bool gone = p->status == PERSON_TERMINATED && p->terminated_us != TIME_NONE &&
                s->event->time_us > p->terminated_us;
    gone = gone && !s->ci_token;
    if (gone || (s->on_leave && !s->on_call)) {
        return VERDICT_SUSPICIOUS;
    }
    bool here = p->status == PERSON_ACTIVE && !s->on_leave;
    return here && s->owner ? VERDICT_LEGITIMATE : VERDICT_UNKNOWN;
}

static const char *status_text(const struct subject *s)
{
    switch (s->person->status) {
    case PERSON_ACTIVE:
        return s->on_leave ? "not expected at work" : "active";
    case PERSON_INACTIVE:
        return "inactive, date unknown";
    case PERSON_TERMINATED:
        return s->person->terminated_us == TIME_NONE ? "left, date unknown" : "left";
    case PERSON_STATUS_UNKNOWN:
        break;
    }
    return "status unknown";
}

/* First subject of the actor: what is known of the person is the same for all. */
static const struct subject *first_of(const struct inquiry *q, const struct actor *a)
{
    for (size_t i = 0; i < q->subject_count; i++) {
        if (q->subjects[i].event->actor == a) {
            return &q->subjects[i];
        }
    }
    return NULL;
}

/* Of all that the actor did in the case, what suits the job family least. */
static enum work_verdict worst_work(const struct inquiry *q, const struct actor *a)
{
    enum work_verdict worst = WORK_UNKNOWN;
    for (size_t i = 0; i < q->subject_count; i++) {
        if (q->subjects[i].event->actor == a && q->subjects[i].work > worst) {
            worst = q->subjects[i].work;
        }
    }
    return worst;
}

static bool actor_row(const struct inquiry *q, struct step *step, const struct actor *a)
{
    const struct subject *s = first_of(q, a);
    int64_t at = s == NULL ? TIME_NONE : s->event->time_us;
    if (!a->resolved) {
        return step_row(q, step, at, VERDICT_UNKNOWN, a->root,
                        "%.*s: the beginning of this session is not in the logs", STR_ARG(a->root));
    }
    if (a->shared) {
        return step_row(q, step, at, VERDICT_UNKNOWN, a->root,
                        "%.*s: a shared account; nobody in particular", STR_ARG(a->root));
    }
    if (a->pipeline) {
        return step_row(q, step, at, VERDICT_UNKNOWN, a->root,
                        "%.*s: a pipeline; its build and its record say whether it was meant",
                        STR_ARG(a->root));
    }
    if (s == NULL || s->person == NULL) {
        return step_row(q, step, at, VERDICT_UNKNOWN, a->root, "%.*s (%s): %s", STR_ARG(a->root),
                        identity_kind_name(a->kind),
                        q->states[NEED_PEOPLE] == COVERAGE_ABSENT ? "no list of people was given"
                                                                  : "not in the list of people");
    }
    const struct person *p = s->person;
    enum work_verdict work = worst_work(q, a);
    return step_row(q, step, at, person_verdict(s), p->id, "%.*s%s%.*s%s%.*s: %s%s%s%s",
                    STR_ARG(p->id), p->job_family.len != 0 ? ", " : "", STR_ARG(p->job_family),
                    p->department.len != 0 ? ", " : "", STR_ARG(p->department), status_text(s),
                    s->on_call ? ", on call" : "",
                    s->owner          ? ", of a project that owns the function"
                    : s->owner_by_tag ? ", of a project that owns the function by its tag"
                                      : ", of no project that owns the function",
                    work == WORK_UNUSUAL
                        ? "; people of this job family do not usually do that there"
                    : work == WORK_USUAL ? "; what this job family usually does"
                                         : "");
}

static enum verdict login_verdict(const struct inquiry *q, const struct event *e, bool own)
{
    struct intel_hit hit;
    if (e->address.len != 0 && q->judge->intel != NULL &&
        intel_find_ip(q->judge->intel, &e->ip, e->time_us, &hit) && !hit.shared) {
        return VERDICT_SUSPICIOUS;
    }
    bool strong = e->who.mfa || str_ieq(event_attr_get(e, ATTR_MFA), STR("Yes"));
    return own && strong ? VERDICT_LEGITIMATE : VERDICT_UNKNOWN;
}

static bool login_row(const struct inquiry *q, struct step *step, const struct event *e,
                      const char *novelty)
{
    enum range_kind kind = RANGE_INTERNAL;
    bool own = e->address.len != 0 && env_range_of(&q->judge->context->env, &e->ip, &kind);
    struct str range = own                       ? str_of(range_kind_name(kind))
                       : e->address.len == 0     ? STR("a service")
                       : q->judge->intel != NULL ? intel_range_of(q->judge->intel, &e->ip)
                                                 : STR_EMPTY;
    bool mfa = e->who.mfa || str_ieq(event_attr_get(e, ATTR_MFA), STR("Yes"));
    struct str role = event_attr_get(e, ATTR_ASSUMED_ROLE);
    return step_row(
        q, step, e->time_us, login_verdict(q, e, own), e->record_id,
        "%.*s%s%.*s from %.*s%s%.*s%s, %s%s%s", STR_ARG(e->action), role.len != 0 ? " of " : "",
        STR_ARG(role), STR_ARG(e->address.len != 0 ? e->address : STR("nowhere")),
        range.len != 0 ? " (" : "", STR_ARG(range), range.len != 0 ? ")" : "",
        mfa ? "with MFA" : "MFA not seen", novelty, e->outcome == OUTCOME_OK ? "" : ", refused");
}

/* Networks and tools of the actor, as the logs have them before this. */
static void note_novelty(const struct inquiry *q, const struct event *e, bool *network, bool *tool)
{
    struct history_slice all = history_of_actor(q->history, e->actor);
    struct history_slice before = history_between(all, INT64_MIN, e->time_us);
    size_t from = before.len > HISTORY_MAX ? before.len - HISTORY_MAX : 0;
    size_t seen = 0;
    *network = e->address.len != 0;
    *tool = e->user_agent.len != 0;
    for (size_t i = from; i < before.len; i++) {
        const struct event *b = before.at[i];
        size_t bytes = ip_is_v4(&e->ip) ? 15 : 6; /* a /24, a /48 */
        if (b->sign_in || b->time_us == TIME_NONE) {
            continue;
        }
        seen++;
        *tool = *tool && !str_eq(b->user_agent, e->user_agent);
        *network = *network && (b->address.len == 0 || memcmp(b->ip.byte, e->ip.byte, bytes) != 0);
    }
    if (seen < NOVELTY_MIN) { /* too little to call anything new */
        *network = *tool = false;
    }
}

static bool cloud_row(const struct inquiry *q, struct step *step, const struct event *e)
{
    bool network, tool;
    note_novelty(q, e, &network, &tool);
    return login_row(q, step, e,
                     network && tool ? ", network and tool not seen before"
                     : network       ? ", network not seen before"
                     : tool          ? ", tool not seen before"
                                     : "");
}

/* ---- at the identity provider ---- */

static void add_facts(struct buf *b, const struct event *e, enum event_attr id, const char *what)
{
    bool first = true;
    for (size_t i = 0; i < e->attr_count && b->len < FACTS_BYTES_MAX; i++) {
        if (e->attrs[i].id == id) {
            buf_printf(b, "%s%.*s", first ? what : " + ", STR_ARG(e->attrs[i].value));
            first = false;
        }
    }
}

static bool sign_in_row(const struct inquiry *q, struct step *step, const struct event *e,
                        const struct sign_in_list *all)
{
    enum range_kind kind = RANGE_INTERNAL;
    bool own = e->address.len != 0 && env_range_of(&q->judge->context->env, &e->ip, &kind);
    bool fresh = !own && !sign_in_network_known(all, e);
    bool risky = event_has(e, ATTR_RISK);
    struct str mfa = event_attr_get(e, ATTR_MFA);
    enum verdict verdict = risky ? VERDICT_SUSPICIOUS : login_verdict(q, e, own && !fresh);
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    add_facts(&b, e, ATTR_APPLICATION, " to ");
    buf_printf(&b, " from %.*s",
               STR_ARG(e->address.len != 0 ? e->address : STR("an unknown address")));
    if (own) {
        buf_printf(&b, " (%s)", range_kind_name(kind));
    }
    add_facts(&b, e, ATTR_OPERATOR, ", ");
    add_facts(&b, e, ATTR_COUNTRY, ", ");
    add_facts(&b, e, ATTR_DEVICE, ", on ");
    buf_add_cstr(&b, str_eq(mfa, STR("Yes"))  ? ", with MFA"
                     : str_eq(mfa, STR("No")) ? ", without MFA"
                                              : ", MFA not seen");
    add_facts(&b, e, ATTR_NOVELTY, "; new to the provider: ");
    add_facts(&b, e, ATTR_RISK, "; held against it: ");
    if (fresh) {
        buf_add_cstr(&b, "; the person never signed in from this network");
    }
    return !b.failed && step_row(q, step, e->time_us, verdict, e->record_id, "%.*s at %.*s%.*s%s",
                                 STR_ARG(e->action), STR_ARG(e->source), STR_ARG(buf_str(&b)),
                                 e->outcome == OUTCOME_OK ? "" : ", refused");
}

/* A person who came in by single sign-on, and the provider's log does not say how. */
static bool missing_row(const struct inquiry *q, struct step *step, const struct actor *a)
{
    const struct subject *s = first_of(q, a);
    if (s == NULL || !s->came_in || s->way.sign_in != NULL) {
        return true;
    }
    if (s->way.covered) {
        return step_row(q, step, s->event->time_us, VERDICT_SUSPICIOUS, a->root,
                        "%.*s: %.*s has no sign-in of theirs before this session", STR_ARG(a->root),
                        STR_ARG(s->way.source));
    }
    return step_row(q, step, s->event->time_us, VERDICT_UNKNOWN, a->root,
                    "%.*s came in by single sign-on; sign-ins: %.*s", STR_ARG(a->root),
                    STR_ARG(q->sign_ins.note.len != 0
                                ? q->sign_ins.note
                                : STR("none of theirs is in the log that was given")));
}

static bool is_login(const struct event *e)
{
    return !e->sign_in && (e->kind == EVENT_LOGIN || e->kind == EVENT_ASSUME);
}

/* Logins into the cloud and sign-ins at the provider, a day around the case, in order of time. */
static bool actor_logins(const struct inquiry *q, struct step *step, const struct actor *a)
{
    const struct case_file *c = q->file;
    if (c->first_us == TIME_NONE) {
        return true;
    }
    int64_t from = c->first_us - AROUND_US;
    int64_t to = c->last_us + AROUND_US;
    struct history_slice s = history_between(history_of_actor(q->history, a), from, to);
    const struct sign_in_list *l = q->judge->inventory == NULL || a->shared
                                       ? NULL
                                       : inventory_sign_ins(q->judge->inventory, a, STR_EMPTY);
    size_t k = 0;
    for (size_t i = 0; i <= s.len && step->rows.len < STEP_ROWS_MAX; i++) {
        if (i < s.len && !is_login(s.at[i])) {
            continue;
        }
        int64_t until = i < s.len ? s.at[i]->time_us : to;
        for (; l != NULL && k < l->len && l->at[k]->time_us <= until; k++) {
            if (l->at[k]->time_us >= from && !sign_in_row(q, step, l->at[k], l)) {
                return false;
            }
        }
        if (i < s.len && !cloud_row(q, step, s.at[i])) {
            return false;
        }
    }
    return missing_row(q, step, a);
}

bool step_logins(const struct inquiry *q, struct step *s)
{
    for (size_t i = 0; i < q->file->actors.len; i++) {
        if (!actor_row(q, s, q->file->actors.at[i]) || !actor_logins(q, s, q->file->actors.at[i])) {
            return false;
        }
    }
    return true;
}
