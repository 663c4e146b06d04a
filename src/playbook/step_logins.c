/*
 * step_logins - L1.1: who acted, are they expected to, and how did they get in.
 */
#include "playbook/steps.h"

#define AROUND_US (24 * TIME_HOUR_US)

static enum verdict person_verdict(const struct subject *s)
{
    const struct person *p = s->person;
    bool gone = p->status == PERSON_TERMINATED && p->terminated_us != TIME_NONE &&
                s->event->time_us > p->terminated_us;
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
    return step_row(q, step, at, person_verdict(s), p->id, "%.*s%s%.*s%s%.*s: %s%s%s",
                    STR_ARG(p->id), p->job_family.len != 0 ? ", " : "", STR_ARG(p->job_family),
                    p->department.len != 0 ? ", " : "", STR_ARG(p->department), status_text(s),
                    s->on_call ? ", on call" : "",
                    s->owner ? ", of a project that owns the function"
                             : ", of no project that owns the function");
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

static bool login_row(const struct inquiry *q, struct step *step, const struct event *e)
{
    enum range_kind kind = RANGE_INTERNAL;
    bool own = e->address.len != 0 && env_range_of(&q->judge->context->env, &e->ip, &kind);
    struct str range = own                       ? str_of(range_kind_name(kind))
                       : e->address.len == 0     ? STR("a service")
                       : q->judge->intel != NULL ? intel_range_of(q->judge->intel, &e->ip)
                                                 : STR_EMPTY;
    bool mfa = e->who.mfa || str_ieq(event_attr_get(e, ATTR_MFA), STR("Yes"));
    struct str role = event_attr_get(e, ATTR_ASSUMED_ROLE);
    return step_row(q, step, e->time_us, login_verdict(q, e, own), e->record_id,
                    "%.*s%s%.*s from %.*s%s%.*s%s, %s%s", STR_ARG(e->action),
                    role.len != 0 ? " of " : "", STR_ARG(role),
                    STR_ARG(e->address.len != 0 ? e->address : STR("nowhere")),
                    range.len != 0 ? " (" : "", STR_ARG(range), range.len != 0 ? ")" : "",
                    mfa ? "with MFA" : "MFA not seen", e->outcome == OUTCOME_OK ? "" : ", refused");
}

static bool actor_logins(const struct inquiry *q, struct step *step, const struct actor *a)
{
    const struct case_file *c = q->file;
    if (c->first_us == TIME_NONE) {
        return true;
    }
    struct history_slice s = history_between(history_of_actor(q->history, a),
                                             c->first_us - AROUND_US, c->last_us + AROUND_US);
    for (size_t i = 0; i < s.len; i++) {
        const struct event *e = s.at[i];
        bool login = e->kind == EVENT_LOGIN || e->kind == EVENT_ASSUME;
        if (login && !login_row(q, step, e)) {
            return false;
        }
        if (step->rows.len >= STEP_ROWS_MAX) {
            break;
        }
    }
    return true;
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
