#include "playbook/subject.h"

enum question part_question(enum part p)
{
    static const enum question of[PART_MAX_] = {Q1, Q1, Q2, Q3, Q4};
    return (unsigned)p < PART_MAX_ ? of[p] : QUESTION_NONE;
}

bool subject_is_change(const struct subject *s)
{
    switch (s->event->kind) {
    case EVENT_CHANGE:
    case EVENT_IDENTITY:
    case EVENT_LOGGING:
    case EVENT_DEPLOY:
        return true;
    case EVENT_OTHER:
    case EVENT_INVOKE:
    case EVENT_ASSUME:
    case EVENT_LOGIN:
    case EVENT_READ:
    case EVENT_TRAFFIC:
    case EVENT_RATE:
    case EVENT_RUN:
    case EVENT_LOG:
    case EVENT_KIND_MAX_:
        break;
    }
    return false;
}

bool subject_succeeded(const struct subject *s)
{
    return s->event->outcome == OUTCOME_OK;
}

bool subject_is_stranger(const struct subject *s)
{
    const struct actor *a = s->event->actor;
    bool human =
        a != NULL && !a->pipeline && !a->shared &&
        (a->kind == IDENTITY_USER || a->kind == IDENTITY_SSO || a->kind == IDENTITY_FEDERATED);
    return human && (s->states[NEED_PEOPLE] < COVERAGE_PARTIAL || s->person == NULL ||
                     s->person->status_word.len > 0);
}

bool subject_approved(const struct subject *s)
{
    return s->match != NULL && (s->match->class == MATCH_M3 || s->match->class == MATCH_M4);
}

const struct finding *subject_finding(const struct subject *s, struct str ref)
{
    for (size_t i = 0; i < s->finding_count; i++) {
        if (str_eq(s->findings[i]->detection->ref, ref)) {
            return s->findings[i];
        }
    }
    return NULL;
}
