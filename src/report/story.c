#include "report/story.h"

#include "report/show.h"

enum { NAMES_MAX = 3 };

struct phrase {
    struct str action;
    const char *said;
    enum event_attr attr; /* its value follows; ATTR_MAX_: none */
};

static const struct phrase phrases[] = {
    {STR_INIT("AssumeRole"), "took role", ATTR_ASSUMED_ROLE},
    {STR_INIT("AssumeRoleWithSAML"), "took role", ATTR_ASSUMED_ROLE},
    {STR_INIT("AssumeRoleWithWebIdentity"), "took role", ATTR_ASSUMED_ROLE},
    {STR_INIT("ConsoleLogin"), "logged in to the console", ATTR_MAX_},
    {STR_INIT("CreateFunction"), "function created", ATTR_MAX_},
    {STR_INIT("DeleteFunction"), "function deleted", ATTR_MAX_},
    {STR_INIT("UpdateFunctionCode"), "code replaced", ATTR_MAX_},
    {STR_INIT("UpdateFunctionConfiguration"), "configuration changed", ATTR_MAX_},
    {STR_INIT("CreateFunctionUrlConfig"), "URL made, auth", ATTR_URL_AUTH},
    {STR_INIT("UpdateFunctionUrlConfig"), "URL changed, auth", ATTR_URL_AUTH},
    {STR_INIT("DeleteFunctionUrlConfig"), "URL removed", ATTR_MAX_},
    {STR_INIT("AddPermission"), "calls allowed to", ATTR_GRANT_PRINCIPAL},
    {STR_INIT("RemovePermission"), "permission to call removed", ATTR_MAX_},
    {STR_INIT("PublishVersion"), "version published", ATTR_MAX_},
    {STR_INIT("UpdateAlias"), "alias moved", ATTR_ALIAS},
    {STR_INIT("CreateEventSourceMapping"), "trigger added", ATTR_MAX_},
    {STR_INIT("PutFunctionConcurrency"), "concurrency set to", ATTR_CONCURRENCY},
    {STR_INIT("PublishLayerVersion"), "layer published", ATTR_MAX_},
    {STR_INIT("Invoke"), "called", ATTR_MAX_},
    {STR_INIT("InvokeFunction"), "called", ATTR_MAX_},
    {STR_INIT("GetFunction"), "code read", ATTR_MAX_},
    {STR_INIT("CreateUser"), "user made:", ATTR_TARGET_USER},
    {STR_INIT("CreateRole"), "role made:", ATTR_TARGET_ROLE},
    {STR_INIT("CreateAccessKey"), "access key made for", ATTR_TARGET_USER},
    {STR_INIT("CreateLoginProfile"), "console password set for", ATTR_TARGET_USER},
    {STR_INIT("UpdateLoginProfile"), "console password changed for", ATTR_TARGET_USER},
    {STR_INIT("AttachRolePolicy"), "policy given to role", ATTR_TARGET_ROLE},
    {STR_INIT("AttachUserPolicy"), "policy given to user", ATTR_TARGET_USER},
    {STR_INIT("PutRolePolicy"), "permissions written for role", ATTR_TARGET_ROLE},
    {STR_INIT("PutUserPolicy"), "permissions written for user", ATTR_TARGET_USER},
    {STR_INIT("UpdateAssumeRolePolicy"), "trust changed of role", ATTR_TARGET_ROLE},
    {STR_INIT("CreatePolicyVersion"), "policy changed:", ATTR_POLICY_ARN},
    {STR_INIT("StopLogging"), "logging stopped:", ATTR_TRAIL},
    {STR_INIT("DeleteTrail"), "trail deleted:", ATTR_TRAIL},
    {STR_INIT("UpdateTrail"), "trail changed:", ATTR_TRAIL},
    {STR_INIT("PutEventSelectors"), "what is logged changed:", ATTR_TRAIL},
    {STR_INIT("DeleteDetector"), "GuardDuty turned off", ATTR_MAX_},
    {STR_INIT("UploadWorker"), "Worker uploaded through", ATTR_CHANNEL},
    {STR_INIT("UploadWorkerVersion"), "version uploaded through", ATTR_CHANNEL},
    {STR_INIT("DeployWorker"), "version deployed through", ATTR_CHANNEL},
    {STR_INIT("DeleteWorker"), "Worker deleted", ATTR_MAX_},
    {STR_INIT("CreateWorkerRoute"), "route made:", ATTR_ROUTE},
    {STR_INIT("UpdateWorkerRoute"), "route changed:", ATTR_ROUTE},
    {STR_INIT("AttachWorkerDomain"), "domain attached:", ATTR_HOST},
    {STR_INIT("SetWorkersDev"), "workers.dev set to", ATTR_STATE},
    {STR_INIT("PutWorkerSecret"), "secret set:", ATTR_SECRET},
    {STR_INIT("SetWorkerSchedules"), "cron set:", ATTR_SCHEDULE},
    {STR_INIT("StartWorkerTail"), "live tail started", ATTR_MAX_},
    {STR_INIT("DisableWorkerLogs"), "logs switched off", ATTR_MAX_},
    {STR_INIT("DisableLogpushJob"), "log job switched off:", ATTR_TRAIL},
    {STR_INIT("DeleteLogpushJob"), "log job deleted:", ATTR_TRAIL},
    {STR_INIT("CreateToken"), "token made:", ATTR_TARGET_KEY},
    {STR_INIT("AddMember"), "member added:", ATTR_TARGET_USER},
    {STR_INIT("fetch"), "called", ATTR_MAX_},
    {STR_INIT("DeleteLogGroup"), "log group deleted:", ATTR_LOG_GROUP},
};

static bool same_kind(const struct event *a, const struct event *b)
{
    return a->outcome == b->outcome && str_eq(a->action, b->action) &&
           event_has(a, ATTR_PENDING) == event_has(b, ATTR_PENDING) &&
           str_eq(a->function.name, b->function.name) && a->actor == b->actor;
}

bool story_of(const struct case_file *c, struct story *out)
{
    struct story s = {0};
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (s.len > 0 && same_kind(s.at[s.len - 1].event, e)) {
            struct story_beat *b = &s.at[s.len - 1];
            b->count += e->count;
            b->last_us = e->last_us > b->last_us ? e->last_us : b->last_us;
            continue;
        }
        struct story_beat beat = {e, e->last_us, e->count};
        if (!VEC_PUSH(&s, beat)) {
            VEC_FREE(&s);
            return false;
        }
    }
    *out = s;
    return true;
}

/* A phrase that ends in ":" or a word that wants a value is cut back when there is none. */
static void said(struct buf *out, const struct phrase *p, struct str value)
{
    struct str text = str_of(p->said);
    if (value.len > 0) {
        buf_add(out, text);
        buf_addc(out, ' ');
        show_last(out, value, 40);
        return;
    }
    static const struct str tails[] = {STR_INIT(":"), STR_INIT(", auth"), STR_INIT(" for"),
                                       STR_INIT(" to"), STR_INIT(" of role")};
    for (size_t i = 0; p->attr != ATTR_MAX_ && i < ARRAY_LEN(tails); i++) {
        if (str_ends(text, tails[i])) {
            text = str_head(text, text.len - tails[i].len);
            break;
        }
    }
    buf_add(out, text);
}

void story_tell(struct buf *out, const struct case_file *c, const struct story_beat *b)
{
    const struct event *e = b->event;
    const struct phrase *p = NULL;
    static const struct phrase contact = {STR_INIT("contact"), "contact with", ATTR_URL};
    if (e->kind == EVENT_TRAFFIC) {
        said(out, &contact, e->service.len > 0 ? e->service : STR("an address"));
        if (b->count > 1) {
            buf_add_cstr(out, " × ");
            show_count(out, b->count);
        }
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
        if (str_eq(phrases[i].action, e->action)) {
            p = &phrases[i];
        }
    }
    if (e->outcome != OUTCOME_OK || p == NULL) {
        show_short(out, e->action, 48);
        buf_add_cstr(out, e->outcome == OUTCOME_DENIED   ? " denied"
                          : e->outcome == OUTCOME_FAILED ? " failed"
                                                         : "");
    } else {
        said(out, p, p->attr == ATTR_MAX_ ? STR_EMPTY : event_attr_get(e, p->attr));
    }
    if (event_has(e, ATTR_PENDING)) {
        buf_add_cstr(out, ", end not seen");
    }
    if (c->functions.len > 1 && e->function.name.len > 0) {
        buf_add_cstr(out, " (");
        show_short(out, e->function.name, 32);
        buf_addc(out, ')');
    }
    if (b->count > 1) {
        buf_add_cstr(out, " × ");
        show_count(out, b->count);
    }
}

static void and_more(struct buf *out, size_t total)
{
    if (total > NAMES_MAX) {
        buf_add_cstr(out, " and ");
        show_count(out, total - NAMES_MAX);
        buf_add_cstr(out, " more");
    }
}

/* The session that acted: the first one with a role, else the first. */
static const struct identity *session_of(const struct case_file *c)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        if (c->timeline.at[i]->who.role.len > 0) {
            return &c->timeline.at[i]->who;
        }
    }
    return c->timeline.len > 0 ? &c->timeline.at[0]->who : NULL;
}

void story_who(struct buf *out, const struct case_file *c)
{
    for (size_t i = 0; i < c->actors.len && i < NAMES_MAX; i++) {
        buf_add_cstr(out, i == 0 ? "" : ", ");
        show_actor(out, c->actors.at[i]);
        if (!c->actors.at[i]->resolved) {
            buf_add_cstr(out, " (beginning of the session not in the logs)");
        }
        if (c->actors.at[i]->shared) {
            buf_add_cstr(out, " (shared by several people)");
        }
    }
    and_more(out, c->actors.len);
    buf_add_cstr(out, c->actors.len == 0 ? "nobody is named" : "");
    const struct identity *who = session_of(c);
    if (who != NULL && who->role.len > 0 &&
        (c->actors.len == 0 || !str_eq(c->actors.at[0]->root, who->role))) {
        buf_add_cstr(out, " as role ");
        show_last(out, who->role, 40);
    }
    if (who != NULL && who->access_key.len > 0) {
        buf_add_cstr(out, ", key ");
        show_short(out, who->access_key, 40);
    }
    for (size_t i = 0; i < c->addresses.len && i < NAMES_MAX; i++) {
        buf_add_cstr(out, i == 0 ? ", from " : ", ");
        show_short(out, c->addresses.at[i], 60);
    }
    and_more(out, c->addresses.len);
}

void story_where(struct buf *out, const struct case_file *c)
{
    if (c->functions.len > 0) {
        show_function(out, &c->functions.at[0], true);
        if (c->functions.len > 1) {
            buf_add_cstr(out, " and ");
            show_count(out, c->functions.len - 1);
            buf_add_cstr(out, " more");
        }
    } else if (c->findings.len > 0) {
        const struct finding *f = c->findings.at[0];
        if (f->account.len == 0) {
            buf_add_cstr(out, "the network"); /* nobody's account: hosts and names */
            return;
        }
        buf_add_cstr(out, "account ");
        show_short(out, f->account, 32);
        buf_addc(out, ' ');
        show_short(out, f->region, 24);
    }
}

void story_now(struct buf *out, const struct case_file *c, const struct result *r,
               const struct report_options *o)
{
    buf_add_cstr(out, "last seen ");
    show_near(out, c->last_us, c->first_us, o);
    if (r->until_us == TIME_NONE || c->last_us == TIME_NONE || r->until_us <= c->last_us) {
        return;
    }
    int64_t quiet = r->until_us - c->last_us;
    if (quiet < TIME_HOUR_US) {
        buf_add_cstr(out, ", perhaps still going on: the window ends ");
        show_span(out, quiet);
        buf_add_cstr(out, " later");
    } else {
        buf_add_cstr(out, ", ");
        show_span(out, quiet);
        buf_add_cstr(out, " before the window ends");
    }
}

void story_call(struct buf *out, const struct case_file *c)
{
    for (size_t i = 0; i < c->calls.len; i++) {
        const struct call_to *k = &c->calls.at[i];
        buf_add_cstr(out, i == 0 ? "" : " · ");
        if (k->name.len != 0 && !str_ieq(k->name, k->who)) {
            show_short(out, k->name, 48);
            buf_add_cstr(out, " (");
            show_short(out, k->who, 64);
            buf_addc(out, ')');
        } else {
            show_short(out, k->who, 64);
        }
        buf_add_cstr(out, ", ");
        show_short(out, k->why, 80);
    }
    if (c->calls.len > 0) {
        buf_add_cstr(out, " · not the actor");
    }
}

const char *story_verdict(const struct answer *a)
{
    if (!a->raised) {
        return "not raised";
    }
    return a->verdict == VERDICT_SUSPICIOUS ? "SUSPICIOUS" : verdict_name(a->verdict);
}

static size_t join(struct buf *out, const struct item *it, size_t n)
{
    buf_add_cstr(out, n == 0 ? "" : "; ");
    show_sentence(out, it->text, 160);
    return n + 1;
}

void story_answer(struct buf *out, const struct answer *a, size_t most)
{
    size_t n = 0;
    if (!a->raised) {
        return;
    }
    if (a->verdict == VERDICT_LEGITIMATE) {
        for (size_t i = 0; i < a->against.len && n < most; i++) {
            if (a->against.at[i].weight != 0) {
                n = join(out, &a->against.at[i], n);
            }
        }
        return;
    }
    for (size_t i = 0; i < a->items.len && n < most; i++) {
        const struct item *it = &a->items.at[i];
        if (it->hard || it->weight > 0) {
            n = join(out, it, n);
        }
    }
    if (a->verdict == VERDICT_UNKNOWN && a->would_change.len > 0) {
        buf_add_cstr(out, n == 0 ? "would decide it: " : "; would decide it: ");
        show_short(out, a->would_change, 200);
    }
}

void story_against(struct buf *out, const struct case_file *c)
{
    size_t n = 0;
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        const struct answer *a = &c->answers[q];
        for (size_t i = 0; a->raised && a->verdict != VERDICT_LEGITIMATE && i < a->against.len;
             i++) {
            n = join(out, &a->against.at[i], n);
        }
        for (size_t i = 0; a->raised && i < a->items.len; i++) {
            if (a->items.at[i].explained_by.len > 0) {
                n = join(out, &a->items.at[i], n);
                buf_add_cstr(out, " is explained by ");
                show_short(out, a->items.at[i].explained_by, 60);
            }
        }
    }
}
