/* Approval, and what keeps a record from a better class (judgement.md 3). */
#include "context/match_priv.h"

enum when { WHEN_NEVER, WHEN_BEFORE, WHEN_AFTER, WHEN_UNDATED };

static bool any_target(const struct matching *mt, const struct str_list *patterns)
{
    struct change named = {.resources = *patterns};
    bool others;
    return match_resource_of(mt, &named, &others) >= RESOURCE_SERVICE;
}

/* A standard change is approved by its template, resources and pipeline being in --env. */
static bool is_standard(const struct matching *mt, const struct change *ch)
{
    const struct actor *a = mt->e->actor;
    for (size_t i = 0; a != NULL && ch->template.len > 0 && i < mt->c->env.standard_changes.len;
         i++) {
        const struct env_standard_change *s = &mt->c->env.standard_changes.at[i];
        if (str_ieq(s->template, ch->template) && any_target(mt, &s->resources) &&
            env_any(&s->pipelines, a->root)) {
            return true;
        }
    }
    return false;
}

static enum when approved_when(const struct matching *mt, const struct change *ch)
{
    if (ch->type == CHANGE_STANDARD) {
        return is_standard(mt, ch) ? WHEN_BEFORE : WHEN_NEVER;
    }
    if (ch->approval != APPROVAL_GIVEN) {
        return WHEN_NEVER;
    }
    if (ch->approved_us == TIME_NONE || mt->e->time_us == TIME_NONE) {
        return WHEN_UNDATED;
    }
    return ch->approved_us <= mt->e->time_us ? WHEN_BEFORE : WHEN_AFTER;
}

static bool is_rejected(const struct change *ch)
{
    return ch->approval == APPROVAL_REJECTED || ch->state == CHANGE_CANCELLED;
}

static bool state_is_good(const struct change *ch)
{
    return ch->state == CHANGE_SCHEDULED || ch->state == CHANGE_IMPLEMENT ||
           ch->state == CHANGE_REVIEW || ch->state == CHANGE_CLOSED;
}

/* A draft may still be refused, and a word that nobody knows may mean that it was. */
static bool is_unreleased(const struct change *ch)
{
    return ch->state == CHANGE_DRAFT || ch->state == CHANGE_STATE_UNKNOWN;
}

/* By somebody else within 72 h, while the actor was on call or an incident was open. */
static bool is_emergency(const struct matching *mt, const struct change_match *m, enum when when)
{
    const struct change *ch = m->change;
    int64_t at = mt->e->time_us;
    if (ch->type != CHANGE_EMERGENCY || (when != WHEN_BEFORE && when != WHEN_AFTER) ||
        ch->approver.len == 0 || match_is_actor(mt, ch->approver) ||
        ch->approved_us - at > RETRO_US) {
        return false;
    }
    bool on_call = mt->person != NULL && person_on_call(mt->person, at);
    return on_call || mt->incident_open;
}

/* Code that a pipeline brings must be among the builds, where builds are given. */
static bool is_unbuilt(const struct matching *mt)
{
    const struct event *e = mt->e;
    bool code = str_starts(e->action, STR("UpdateFunctionCode")) ||
                str_starts(e->action, STR("CreateFunction")) || mt->hash.len > 0;
    bool url = str_find(e->action, STR("Url")) != SIZE_MAX;
    return e->actor != NULL && e->actor->pipeline && code && !url && mt->c->given[CONTEXT_BUILDS] &&
           context_build_of(mt->c, mt->hash) == NULL;
}

/* Far from the window, an id that somebody typed covers nothing. */
static bool is_far(const struct matching *mt, const struct change_match *m)
{
    const struct change *ch = m->change;
    int64_t at = mt->e->time_us;
    if (m->window == WINDOW_NONE) {
        return true;
    }
    if (m->window != WINDOW_OUTSIDE) {
        return false;
    }
    bool early = ch->start_us != TIME_NONE && at < ch->start_us;
    return early ? ch->start_us - at > RETRO_US : at - ch->end_us > RETRO_US;
}

static enum err_code cap_approval(const struct matching *mt, struct change_match *m, enum when when,
                                  struct err *err)
{
    const struct change *ch = m->change;
    int64_t at = mt->e->time_us;
    bool known_before = at != TIME_NONE && ch->created_us != TIME_NONE && ch->created_us <= at;
    switch (when) {
    case WHEN_NEVER:
        return match_cap(mt, m, MATCH_M2, err,
                         ch->type == CHANGE_STANDARD
                             ? "a standard change whose template, resources and pipeline are not "
                               "in --env"
                             : "approval is not given");
    case WHEN_AFTER:
        return m->emergency ? ERR_OK : match_cap(mt, m, MATCH_M2, err, "approved after the event");
    case WHEN_UNDATED:
        return known_before
                   ? match_cap(mt, m, MATCH_M3, err, "nobody knows when it was approved")
                   : match_cap(mt, m, MATCH_M2, err,
                               "nobody knows when it was approved, nor that it was there before");
    case WHEN_BEFORE:
        break;
    }
    return ERR_OK;
}

enum err_code match_ceilings(const struct matching *mt, struct change_match *m, struct err *err)
{
    const struct change *ch = m->change;
    const struct event *e = mt->e;
    enum when when = approved_when(mt, ch);
    bool self = match_is_actor(mt, ch->approver);
    bool others;
    m->rejected = is_rejected(ch);
    m->retroactive = when == WHEN_AFTER;
    m->edited_after =
        ch->updated_us != TIME_NONE && e->time_us != TIME_NONE && ch->updated_us > e->time_us;
    m->emergency = is_emergency(mt, m, when);
    m->before =
        when == WHEN_BEFORE && !self && (ch->approver.len > 0 || ch->type == CHANGE_STANDARD);

    const struct {
        bool applies;
        const char *why;
    } caps[] = {
        {!m->actor_matched && !m->artefact_matched, "neither actor nor artefact matches"},
        {!m->artefact_matched && match_resource_of(mt, ch, &others) < RESOURCE_SERVICE,
         "it does not name the resource"},
        {is_unbuilt(mt), "a pipeline brought code that is not among the builds"},
        {self, "the actor approved it"},
        {ch->type != CHANGE_EMERGENCY && ch->created_us != TIME_NONE && e->time_us != TIME_NONE &&
             ch->created_us > e->time_us,
         "the record was made after the event"},
        {is_far(mt, m), "its window is nowhere near"},
        {m->window != WINDOW_NONE && (ch->start_us == TIME_NONE || ch->end_us == TIME_NONE),
         "its window is open at one end"},
        {is_unreleased(ch), "its state does not release the work"},
        {match_names_elsewhere(mt, ch), "it is about another account, region or environment"},
    };
    enum err_code rc = ERR_OK;
    if (!m->rejected && when != WHEN_NEVER && state_is_good(ch)) {
        rc = match_reason(mt, m, 10, err, "state and approval are good");
    }
    if (rc == ERR_OK && m->rejected) {
        rc = match_reason(mt, m, 0, err, "it was %s",
                          ch->approval == APPROVAL_REJECTED ? "rejected" : "cancelled");
    }
    if (rc == ERR_OK && m->edited_after) {
        rc = match_reason(mt, m, 0, err, "the record was edited after the event");
    }
    if (rc == ERR_OK && m->emergency) {
        rc = match_reason(mt, m, 0, err, "an emergency, approved by somebody else within 72 h");
    }
    if (rc == ERR_OK) {
        rc = cap_approval(mt, m, when, err);
    }
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(caps); i++) {
        rc = caps[i].applies ? match_cap(mt, m, MATCH_M2, err, caps[i].why) : ERR_OK;
    }
    return rc;
}
