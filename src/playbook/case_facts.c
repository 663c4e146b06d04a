#include "playbook/case_facts.h"

#include "detect/arn.h"
#include "detect/tools.h"

#define DAY_US      TIME_DAY_US
#define DOOR_US     (7 * TIME_DAY_US)
#define ACTIVE_US   TIME_HOUR_US
#define CHAIN_COUNT 3

static uint8_t answer_of(const struct part_result *r)
{
    if (!r->raised) {
        return ANSWER_UNRAISED;
    }
    switch (r->verdict) {
    case VERDICT_SUSPICIOUS:
        return ANSWER_SUSPICIOUS;
    case VERDICT_LEGITIMATE:
        return ANSWER_LEGITIMATE;
    case VERDICT_UNKNOWN:
        break;
    }
    return ANSWER_UNKNOWN;
}

static bool has_ref(const struct finding *f, const char *const *refs)
{
    for (size_t i = 0; refs[i] != NULL; i++) {
        if (str_eq(f->detection->ref, str_of(refs[i]))) {
            return true;
        }
    }
    return false;
}

static bool case_has_ref(const struct inquiry *q, const char *const *refs)
{
    for (size_t i = 0; i < q->file->findings.len; i++) {
        if (has_ref(q->file->findings.at[i], refs)) {
            return true;
        }
    }
    return false;
}

/* ---- Q3 ---- */

static bool is_engaged(const struct inquiry *q)
{
    const struct part_result *r = &q->parts[PART_ADDRESSES];
    for (size_t i = 0; i < r->len; i++) {
        if (weighing_has(&r->all[i], MADE_LISTED_TWO_WAY) ||
            weighing_has(&r->all[i], MADE_LISTED_CONTROL_PLANE)) {
            return true;
        }
    }
    return false;
}

static bool all_refused(const struct inquiry *q)
{
    const struct part_result *r = &q->parts[PART_ADDRESSES];
    bool any = false;
    for (size_t i = 0; i < r->len; i++) {
        if (r->all[i].verdict == VERDICT_SUSPICIOUS) {
            any = true;
            if (subject_succeeded(r->all[i].subject)) {
                return false;
            }
        }
    }
    return any;
}

/* A caller without credentials of a function that is approved as public, listed as scanner or for
 * abuse. Who signs the call from there holds somebody's credentials, and is no visitor. */
static bool is_visitor(const struct subject *s)
{
    const struct actor *a = s->event->actor;
    bool listed = false;
    if ((a != NULL ? a->kind : s->event->who.kind) != IDENTITY_ANONYMOUS) {
        return false;
    }
    for (size_t i = 0; i < s->address_count; i++) {
        const struct intel_hit *hit = s->addresses[i].hit;
        if (hit == NULL) {
            continue;
        }
        if (hit->best.class != INTEL_SCANNER && hit->best.class != INTEL_ABUSE) {
            return false;
        }
        listed = true;
    }
    return listed && s->public_function && s->event->kind == EVENT_INVOKE && s->alert == NULL;
}

static bool finding_is_visitors(const struct inquiry *q, const struct finding *f)
{
    for (size_t i = 0; i < f->events.len; i++) {
        const struct subject *s = inquiry_subject(q, f->events.at[i]);
        if (s == NULL || !is_visitor(s)) {
            return false;
        }
    }
    return f->events.len > 0;
}

/* Has anything changed at these functions, or in who may use them, in the week before? */
static bool changed_lately(const struct inquiry *q)
{
    const struct case_file *c = q->file;
    for (size_t i = 0; i < q->judge->finding_count; i++) {
        const struct finding *f = q->judge->findings[i];
        bool about = f->detection->indicator == KI1 || f->detection->indicator == KI4;
        bool lately = c->first_us == TIME_NONE ||
                      (f->last_us >= c->first_us - DOOR_US && f->first_us <= c->last_us);
        for (size_t k = 0; about && lately && k < c->functions.len; k++) {
            if (function_key_eq(&f->function, &c->functions.at[k])) {
                return true;
            }
        }
    }
    return false;
}

static bool is_door(const struct inquiry *q)
{
    /* Failures, volume and rate of calls: outside what a door is used to. */
    static const char *const outside[] = {"D44", "D45", "D46", "D47", "D51", "D107", NULL};
    const struct part_result *r = &q->parts[PART_ADDRESSES];
    for (size_t i = 0; i < r->len; i++) {
        if (r->all[i].verdict == VERDICT_SUSPICIOUS && !is_visitor(r->all[i].subject)) {
            return false;
        }
    }
    for (size_t i = 0; i < q->file->findings.len; i++) {
        const struct finding *f = q->file->findings.at[i];
        if (f->severity > SEVERITY_LOW && !finding_is_visitors(q, f)) {
            return false;
        }
    }
    return r->len > 0 && !case_has_ref(q, outside) && !changed_lately(q);
}

/* ---- what is at stake ---- */

static bool in_production(const struct inquiry *q)
{
    const struct env *env = &q->judge->context->env;
    for (size_t i = 0; i < q->subject_count; i++) {
        if (env_account_is_production(env, q->subjects[i].event->account)) {
            return true;
        }
    }
    return false;
}

static bool is_jewel(const struct inquiry *q)
{
    const struct case_file *c = q->file;
    for (size_t i = 0; i < c->functions.len; i++) {
        if (env_any(&q->judge->context->env.crown_jewels, c->functions.at[i].name)) {
            return true;
        }
    }
    return false;
}

static bool privileged(const struct inquiry *q)
{
    for (size_t i = 0; i < q->subject_count; i++) {
        if (q->subjects[i].grants_admin) {
            return true;
        }
    }
    return false;
}

static bool is_minor(const struct inquiry *q)
{
    static const char *const exposed[] = {"D09", "D11", "D14", "D15", "D16",  "D17",
                                          "D18", "D19", "D20", "D25", "D27",  "D93",
                                          "D94", "D95", "D96", "D97", "D100", NULL};
    return !in_production(q) && !is_jewel(q) && !case_has_ref(q, exposed) &&
           !q->parts[PART_PERMISSIONS].raised;
}

/* ---- chains ---- */

/* One question asked of each change; its answer is Q1, not a chain. */
static bool counts_in_chain(const struct inquiry *q, const struct finding *f)
{
    static const char *const records[] = {"D03", "D04", NULL};
    return f->detection->ours && f->severity >= SEVERITY_HIGH && !has_ref(f, records) &&
           !inquiry_explained(q, f);
}

static bool same_day(const struct finding *a, const struct finding *b)
{
    return time_gap(a->first_us, b->first_us) <= DAY_US &&
           time_gap(b->first_us, a->first_us) <= DAY_US;
}

static bool chain_from(const struct inquiry *q, const struct finding *f)
{
    size_t count = 0;
    bool other_tactic = false;
    for (size_t i = 0; i < q->file->findings.len; i++) {
        const struct finding *g = q->file->findings.at[i];
        if (g->actor == f->actor && same_day(f, g) && counts_in_chain(q, g)) {
            count++;
            other_tactic |= !str_eq(g->detection->tactic, f->detection->tactic);
        }
    }
    return f->actor != NULL && count >= CHAIN_COUNT && other_tactic;
}

static const struct finding *chain_of(const struct inquiry *q)
{
    for (size_t i = 0; i < q->file->findings.len; i++) {
        const struct finding *f = q->file->findings.at[i];
        if (!counts_in_chain(q, f)) {
            continue;
        }
        bool sequence = detection_is_sequence(f->detection);
        if (f->severity == SEVERITY_CRITICAL || sequence || chain_from(q, f)) {
            return f;
        }
    }
    return NULL;
}

static bool is_admin(const struct inquiry *q)
{
    const struct part_result *r = &q->parts[PART_PERMISSIONS];
    for (size_t i = 0; i < r->len; i++) {
        const struct weighing *w = &r->all[i];
        if (weighing_has(w, MADE_GRANT_ADMIN) || weighing_has_id(w, STR("grant.trust")) ||
            weighing_has_id(w, STR("grant.path")) || weighing_has_id(w, STR("grant.outside")) ||
            weighing_has_id(w, STR("use.off_platform")) ||
            (w->subject->grants_admin && weighing_has_id(w, STR("grant.escalation")))) {
            return true;
        }
    }
    return false;
}

/* ---- logging ---- */

static bool is_one_of(const struct str *refs, size_t count, const struct finding *f)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(f->detection->ref, refs[i])) {
            return true;
        }
    }
    return false;
}

/* A sink in an account that is neither ours nor a vendor's. */
static bool is_foreign_sink(const struct inquiry *q, const struct event *e, struct str sink)
{
    const struct env *env = &q->judge->context->env;
    struct str account = arn_account(sink);
    for (size_t i = 0; i < env->vendors.len; i++) {
        if (env_any(&env->vendors.at[i].log_sinks, sink)) {
            return false;
        }
    }
    bool ours =
        str_eq(account, e->account) || env_account_is_ours(env, account) ||
        (q->judge->inventory != NULL && inventory_account_is_ours(q->judge->inventory, account));
    return account.len != 0 && !ours;
}

static bool sends_away(const struct inquiry *q, const struct finding *f)
{
    for (size_t i = 0; i < f->events.len; i++) {
        const struct event *e = f->events.at[i];
        for (size_t k = 0; k < e->attr_count; k++) {
            if (e->attrs[k].id == ATTR_DESTINATION && is_foreign_sink(q, e, e->attrs[k].value)) {
                return true;
            }
        }
    }
    return false;
}

static bool turns_off(const struct inquiry *q, const struct finding *f)
{
    const struct playbook *p = q->book;
    return is_one_of(p->logging_off, p->logging_off_count, f) ||
           (is_one_of(p->logging_foreign, p->logging_foreign_count, f) && sends_away(q, f));
}

static bool record_names(const struct inquiry *q, const struct finding *f)
{
    for (size_t i = 0; q->judge->run != NULL && i < f->events.len; i++) {
        const struct event *e = f->events.at[i];
        const struct subject *s = inquiry_subject(q, e);
        const struct change_match *m = s != NULL ? s->match : detect_match(q->judge->run, e);
        bool approved = m != NULL && (m->class == MATCH_M3 || m->class == MATCH_M4);
        if (!approved || !m->names_nature) {
            return false;
        }
    }
    return q->judge->run != NULL && f->events.len > 0;
}

static bool case_in_account(const struct case_file *c, struct str account)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        if (str_eq(c->timeline.at[i]->account, account)) {
            return true;
        }
    }
    return false;
}

static uint8_t logging_of(const struct inquiry *q, const struct finding **which)
{
    const struct case_file *c = q->file;
    uint8_t worst = LOGGING_KEPT;
    for (size_t i = 0; i < q->judge->finding_count; i++) {
        const struct finding *f = q->judge->findings[i];
        /* What has no time may have been then. */
        bool near = c->first_us == TIME_NONE || f->last_us == TIME_NONE ||
                    (f->first_us <= c->last_us + DAY_US && f->last_us >= c->first_us - DAY_US);
        if (f->detection->indicator != LS || !f->detection->ours || !near ||
            f->severity <= SEVERITY_LOW || !case_in_account(c, f->account) || record_names(q, f)) {
            continue;
        }
        /* What the provider refused turned nothing off. */
        uint8_t now = turns_off(q, f) && f->denied < f->count ? LOGGING_OFF : LOGGING_OTHER;
        if (now > worst) {
            worst = now;
            *which = f;
        }
    }
    return worst;
}

/* ---- closing ---- */

/* Deployments and builds end within the hour. */
#define OPERATION_US TIME_HOUR_US

const struct event *inquiry_pending(const struct inquiry *q, bool *waits)
{
    const struct case_file *c = q->file;
    const struct event *found = NULL;
    int64_t until_us = q->judge->until_us;
    *waits = true;
    for (size_t i = 0; i < c->timeline.len && *waits; i++) {
        const struct event *e = c->timeline.at[i];
        if (event_has(e, ATTR_PENDING)) {
            *waits = until_us != TIME_NONE && e->time_us != TIME_NONE &&
                     time_between(e->time_us, until_us) < OPERATION_US;
            found = found == NULL || !*waits ? e : found;
        }
    }
    return found;
}

static uint8_t sources_of(const struct inquiry *q)
{
    bool waits_for_end;
    const struct event *pending = inquiry_pending(q, &waits_for_end);
    bool late = q->ends_late || q->states[NEED_LOGS] == COVERAGE_LATE || pending != NULL;
    unsigned needed = 1U << NEED_LOGS;
    for (unsigned p = 0; p < PART_MAX_; p++) {
        const struct part_result *r = &q->parts[p];
        for (size_t k = 0; r->raised && k < r->worst->len; k++) {
            const struct weighed *it = &r->worst->at[k];
            needed |= it->item.authorises && it->item.weight != 0 ? it->def->needs : 0;
        }
    }
    if (q->begins_early || (pending != NULL && !waits_for_end)) {
        return SOURCES_MISSING;
    }
    for (unsigned n = 0; n < NEED_MAX_; n++) {
        bool waits = n == NEED_LOGS && q->states[n] == COVERAGE_LATE;
        if ((needed >> n & 1U) != 0 && q->states[n] != COVERAGE_PRESENT && !waits) {
            return SOURCES_MISSING;
        }
    }
    return late ? SOURCES_LATE : SOURCES_PRESENT;
}

static bool question_raised(const struct inquiry *q, enum question question)
{
    switch (question) {
    case Q1:
        return q->parts[PART_CHANGE].raised || q->parts[PART_USE].raised;
    case Q2:
        return q->parts[PART_PERMISSIONS].raised;
    case Q3:
        return q->parts[PART_ADDRESSES].raised;
    case Q4:
        return q->parts[PART_TRAFFIC].raised;
    case QUESTION_MAX_:
        break;
    }
    return false;
}

static const struct env_exercise *exercise_of(const struct inquiry *q)
{
    const struct case_file *c = q->file;
    const struct env *env = &q->judge->context->env;
    for (size_t i = 0; i < env->exercises.len; i++) {
        const struct env_exercise *x = &env->exercises.at[i];
        bool now = (x->window.from_us == TIME_NONE || c->last_us >= x->window.from_us) &&
                   (x->window.to_us == TIME_NONE || c->first_us < x->window.to_us);
        bool theirs = false;
        for (size_t k = 0; k < c->actors.len; k++) {
            theirs |= env_any(&x->principals, c->actors.at[k]->root);
        }
        for (size_t k = 0; k < c->addresses.len; k++) {
            theirs |= env_any(&x->addresses, c->addresses.at[k]);
        }
        if (now && theirs) {
            return x;
        }
    }
    return NULL;
}

static uint8_t bar_of(const struct inquiry *q, struct case_facts *out)
{
    out->exercise = exercise_of(q);
    for (size_t i = 0; i < q->file->findings.len; i++) {
        const struct finding *f = q->file->findings.at[i];
        enum severity severity = inquiry_severity(q, f);
        if (severity <= SEVERITY_LOW || inquiry_explained(q, f)) {
            continue;
        }
        out->bar = f;
        if (severity >= SEVERITY_HIGH) {
            return BAR_HIGH;
        }
        if (!question_raised(q, f->detection->question)) {
            return BAR_STRAY;
        }
        out->bar = NULL;
    }
    for (size_t i = 0; i < q->subject_count; i++) {
        if (q->subjects[i].watched != NULL) {
            out->watched = q->subjects[i].watched;
            return BAR_WATCHED;
        }
    }
    return out->exercise != NULL ? BAR_EXERCISE : BAR_NONE;
}

static bool process_explains_all(const struct inquiry *q)
{
    for (size_t i = 0; i < q->subject_count; i++) {
        if (q->subjects[i].process == NULL) {
            return false;
        }
    }
    return q->subject_count > 0 && q->states[NEED_PROCESSES] == COVERAGE_PRESENT;
}

/* ---- aggravated ---- */

static bool still_active(const struct inquiry *q, const struct actor *a)
{
    struct history_slice s = history_of_actor(q->history, a);
    int64_t until = q->judge->until_us;
    return s.len > 0 && until != TIME_NONE && s.at[s.len - 1]->time_us >= until - ACTIVE_US;
}

static bool is_aggravated(const struct inquiry *q)
{
    for (size_t i = 0; i < q->file->actors.len; i++) {
        const struct actor *a = q->file->actors.at[i];
        if (a->kind == IDENTITY_SERVICE || a->kind == IDENTITY_ANONYMOUS) {
            continue;
        }
        bool second = !a->pipeline && q->judge->inventory != NULL &&
                      inventory_actor_accounts(q->judge->inventory, a) > 1;
        if (a->kind == IDENTITY_ROOT || second || still_active(q, a)) {
            return true;
        }
    }
    return false;
}

/* ---- servers ---- */

static bool names_servers(const struct env *env)
{
    for (size_t i = 0; i < env->ranges.len; i++) {
        if (env->ranges.at[i].kind == RANGE_SERVER) {
            return true;
        }
    }
    return false;
}

/* Where --env does not say which hosts are servers, any may be one. */
static bool may_be_server(const struct env *env, const struct event *e)
{
    enum range_kind kind;
    return !names_servers(env) || (env_range_of(env, &e->ip, &kind) && kind == RANGE_SERVER);
}

/* A beacon or an upload to somebody else's serverless host, and nothing explains it. */
static bool server_calls_out(const struct inquiry *q)
{
    static const char *const refs[] = {"D70", "D72", NULL};
    for (size_t i = 0; i < q->file->findings.len; i++) {
        const struct finding *f = q->file->findings.at[i];
        if (!has_ref(f, refs) || f->severity <= SEVERITY_LOW || inquiry_explained(q, f)) {
            continue;
        }
        for (size_t k = 0; k < f->events.len; k++) {
            const struct event *e = f->events.at[k];
            if (e->function.name.len == 0 && may_be_server(&q->judge->context->env, e)) {
                return true;
            }
        }
    }
    return false;
}

struct case_facts case_facts_of(const struct inquiry *q)
{
    struct case_facts out = {0};
    struct decision_facts *f = &out.facts;
    f->u = answer_of(&q->parts[PART_CHANGE]);
    f->i = answer_of(&q->parts[PART_USE]);
    f->p = answer_of(&q->parts[PART_PERMISSIONS]);
    f->t = answer_of(&q->parts[PART_ADDRESSES]);
    f->n = answer_of(&q->parts[PART_TRAFFIC]);
    f->engaged = f->t == ANSWER_SUSPICIOUS && is_engaged(q);
    f->door = f->t == ANSWER_SUSPICIOUS && is_door(q);
    f->refused = all_refused(q);
    out.jewel = is_jewel(q);
    f->valuable = in_production(q) || out.jewel || privileged(q);
    f->minor = is_minor(q);
    out.chain = chain_of(q);
    f->chain = out.chain != NULL;
    f->admin = is_admin(q);
    f->server = server_calls_out(q);
    f->process = process_explains_all(q);
    f->logging = logging_of(q, &out.logging);
    f->sources = sources_of(q);
    f->bar = bar_of(q, &out);
    f->aggravated = is_aggravated(q);
    f->attested = inquiry_attested(q);
    return out;
}
