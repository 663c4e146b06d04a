/* Points for one record (judgement.md 3), in the order of that section. */
#include "context/match_priv.h"
#include "context/read.h"
#include "context/ticket.h"

/* ---- text that the actor wrote ---- */

bool match_written(const struct event *e, size_t *at, struct str *out)
{
    static const enum event_attr written[] = {
        ATTR_DESCRIPTION,   ATTR_SESSION_NAME, ATTR_TAG_KEY,      ATTR_STACK,
        ATTR_CODE_LOCATION, ATTR_TEMPLATE,     ATTR_STATEMENT_ID, ATTR_ALIAS,
    };
    const struct str own[] = {e->who.session_name, e->who.source_identity, e->user_agent};
    while (*at < ARRAY_LEN(own)) {
        *out = own[(*at)++];
        if (out->len > 0) {
            return true;
        }
    }
    for (; *at - ARRAY_LEN(own) < e->attr_count; (*at)++) {
        const struct attr *attr = &e->attrs[*at - ARRAY_LEN(own)];
        for (size_t k = 0; k < ARRAY_LEN(written); k++) {
            if (attr->id == written[k] && attr->value.len > 0) {
                (*at)++;
                *out = attr->value;
                return true;
            }
        }
    }
    return false;
}

bool match_typed(const struct event *e, const struct change *ch)
{
    size_t which = 0;
    struct str text;
    while (match_written(e, &which, &text)) {
        size_t at = 0;
        struct str id;
        while (ticket_next(text, &at, &id)) {
            if (ticket_is(id, ch)) {
                return true;
            }
        }
    }
    return false;
}

static enum err_code score_ticket(const struct matching *mt, struct change_match *m,
                                  struct err *err)
{
    if (!match_typed(mt->e, m->change)) {
        return ERR_OK;
    }
    bool window = m->window == WINDOW_INSIDE || m->window == WINDOW_GRACE;
    if (m->resource_matched && window) {
        return match_reason(mt, m, 15, err, "its id stands in text that the actor wrote");
    }
    return match_reason(mt, m, 0, err,
                        "its id stands in text that the actor wrote: counts for nothing without "
                        "resource and window");
}

/* ---- resource ---- */

static enum err_code score_resource(const struct matching *mt, struct change_match *m,
                                    struct err *err)
{
    bool others = false;
    enum match_resource r = match_resource_of(mt, m->change, &others);
    enum err_code rc = ERR_OK;
    m->resource_matched = r >= RESOURCE_SERVICE;
    if (r == RESOURCE_EXACT) {
        rc = match_reason(mt, m, 30, err, "it names the resource");
    } else if (r == RESOURCE_SERVICE) {
        rc = match_reason(mt, m, 15, err, "it names the resource by prefix, service or text");
    } else if (r == RESOURCE_ACCOUNT) {
        rc = match_reason(mt, m, 5, err, "it names only the account or the environment");
    }
    if (rc == ERR_OK && others && !m->resource_matched) {
        rc = match_reason(mt, m, -20, err, "it names other resources");
    }
    return rc;
}

/* ---- actor ---- */

/* The name that ends an ARN of a person; a session's or role's name proves nothing. */
static struct str last_name(const struct actor *a)
{
    if (!str_starts(a->root, STR("arn:")) || a->kind == IDENTITY_ROLE) {
        return a->root;
    }
    return path_base(a->root);
}

/* "Ruiz, Ana" is Ana Ruiz: the same words in another order. */
static bool same_words(struct str a, struct str b)
{
    struct str rest = a;
    struct str word;
    size_t letters = 0;
    while (rest.len > 0) {
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != ' ' && rest.ptr[n] != ',') {
            n++;
        }
        word = str_head(rest, n);
        rest = str_from(rest, n < rest.len ? n + 1 : n);
        if (n > 0 && !str_has_word(b, word, "-_")) {
            return false;
        }
        letters += n;
    }
    size_t have = 0;
    for (size_t i = 0; i < b.len; i++) {
        have += b.ptr[i] != ' ' && b.ptr[i] != ',';
    }
    return letters > 0 && letters == have;
}

bool match_is_actor(const struct matching *mt, struct str who)
{
    const struct actor *a = mt->e->actor;
    if (who.len == 0 || a == NULL || a->shared || !a->resolved) {
        return false;
    }
    const struct person *named = context_person_named(mt->c, who);
    if (named != NULL && mt->person != NULL) {
        return named == mt->person;
    }
    return str_ieq(a->root, who) || str_ieq(last_name(a), who) ||
           (mt->person != NULL && same_words(who, mt->person->name));
}

static bool in_group(const struct person *p, struct str group)
{
    for (size_t i = 0; p != NULL && group.len > 0 && i < p->groups.len; i++) {
        if (str_ieq(p->groups.at[i], group)) {
            return true;
        }
    }
    return false;
}

static struct str repository_name(struct str s)
{
    size_t at = str_find(s, STR("://"));
    if (at != SIZE_MAX) {
        s = str_from(s, at + 3);
        size_t slash = str_chr(s, '/');
        s = slash == SIZE_MAX ? s : str_from(s, slash + 1);
    }
    return str_iends(s, STR(".git")) ? str_head(s, s.len - 4) : s;
}

/* By --env, or because the provider vouches for the repository in an OIDC subject. */
static bool is_bound(const struct matching *mt, const struct change *ch)
{
    const struct actor *a = mt->e->actor;
    if (a == NULL || !a->pipeline || ch->repository.len == 0) {
        return false;
    }
    struct str want = repository_name(ch->repository);
    for (size_t i = 0; i < mt->c->env.pipelines.len; i++) {
        const struct env_pipeline *p = &mt->c->env.pipelines.at[i];
        if (env_pattern(p->name, a->root) && str_ieq(repository_name(p->repository), want) &&
            (p->accounts.len == 0 || env_any(&p->accounts, mt->e->account))) {
            return true;
        }
    }
    if (!str_starts(a->root, STR("repo:"))) {
        return false;
    }
    struct str rest = str_from(a->root, 5);
    struct str repo;
    return str_cut(&rest, ':', &repo) && str_ieq(repo, want);
}

static enum err_code score_actor(const struct matching *mt, struct change_match *m, struct err *err)
{
    const struct change *ch = m->change;
    const struct actor *a = mt->e->actor;
    if (is_bound(mt, ch)) {
        enum err_code rc = match_reason(mt, m, 20, err, "the pipeline is bound to its repository");
        if (rc != ERR_OK) {
            return rc;
        }
    }
    if (a == NULL || a->shared || !a->resolved) {
        return match_reason(mt, m, 0, err, "nobody knows who acted: %s",
                            a == NULL   ? "no actor is named"
                            : a->shared ? "the account is shared"
                                        : "the chain of sessions does not end");
    }
    if (match_is_actor(mt, ch->assignee)) {
        m->actor_matched = true;
        return match_reason(mt, m, 25, err, "the actor is the implementer");
    }
    if (in_group(mt->person, ch->group)) {
        return match_reason(mt, m, 15, err, "the actor is in the group that implements");
    }
    if (match_is_actor(mt, ch->requester)) {
        return match_reason(mt, m, 10, err, "the actor is the requester");
    }
    return ERR_OK;
}

/* ---- artefact ---- */

static bool same_commit(struct str a, struct str b)
{
    return a.len >= 7 && b.len >= 7 && (str_istarts(a, b) || str_istarts(b, a));
}

static bool built_for(const struct matching *mt, const struct change *ch)
{
    const struct context *c = mt->c;
    if (context_build_of(c, mt->hash) == NULL) {
        return false;
    }
    /* The same code may come from several builds: any of them may be the record's. */
    for (size_t i = 0; i < c->builds.len; i++) {
        const struct build *b = &c->builds.at[i];
        if (!str_eq(b->code_sha256, mt->hash) && !str_eq(b->signed_sha256, mt->hash) &&
            !str_eq(b->image_digest, mt->hash)) {
            continue;
        }
        bool other_repo = b->repository.len > 0 && ch->repository.len > 0 &&
                          !str_ieq(repository_name(b->repository), repository_name(ch->repository));
        if ((b->change.len > 0 && str_ieq(b->change, ch->id)) ||
            (same_commit(b->commit, ch->commit) && !other_repo)) {
            return true;
        }
    }
    return false;
}

static enum err_code score_artefact(const struct matching *mt, struct change_match *m,
                                    struct err *err)
{
    bool named = false;
    for (size_t i = 0; mt->hash.len > 0 && i < m->change->hashes.len; i++) {
        named = named || str_eq(m->change->hashes.at[i], mt->hash);
    }
    if (mt->hash.len == 0 || (!named && !built_for(mt, m->change))) {
        return ERR_OK;
    }
    m->artefact_matched = true;
    return match_reason(mt, m, 20, err, "the code is what %s",
                        named ? "the record names" : "was built for it");
}

/* ---- window ---- */

static enum err_code score_window(const struct matching *mt, struct change_match *m,
                                  struct err *err)
{
    int64_t from;
    int64_t to;
    int64_t at = mt->e->time_us;
    if (at == TIME_NONE || !change_window(m->change, &from, &to)) {
        m->window = WINDOW_NONE;
        return match_reason(mt, m, 0, err, "%s",
                            at == TIME_NONE ? "the event has no time" : "it has no window");
    }
    if (at >= from && at <= to) {
        m->window = WINDOW_INSIDE;
        bool open = from == INT64_MIN || to == INT64_MAX;
        int score = open ? 3 : to - from <= 8 * TIME_HOUR_US ? 15 : to - from <= RETRO_US ? 8 : 3;
        return match_reason(mt, m, score, err, "inside its window%s",
                            score == 15  ? ""
                            : score == 8 ? ", which is longer than 8 h"
                                         : ", which is longer than 72 h");
    }
    int64_t grace = change_grace_us(m->change);
    int64_t away = at < from ? from - at : at - to;
    if (away <= grace) {
        m->window = WINDOW_GRACE;
        return match_reason(mt, m, 5, err, "just outside its window");
    }
    m->window = WINDOW_OUTSIDE;
    return match_reason(mt, m, 0, err, "outside its window");
}

/* ---- text, state ---- */

/* Words that a record of this kind of change has. */
static const struct {
    const char *action; /* the event's action contains it */
    const char *words;  /* one of these in the text */
} fits[] = {
    {"UploadWorker", "deploy|release|code|version|update|fix|rollback|rollout|patch|worker"},
    {"DeployWorker", "deploy|release|version|rollback|rollout|canary|worker"},
    {"WorkerRoute", "route|domain|host|url|launch|go live|worker"},
    {"WorkerDomain", "domain|host|url|launch|go live|worker"},
    {"WorkersDev", "workers.dev|public|subdomain|preview"},
    {"WorkerSecret", "secret|key|credential|rotat"},
    {"WorkerSchedules", "cron|schedule"},
    {"WorkerTail", "tail|log|debug"},
    {"WorkerLogs", "log"},
    {"Logpush", "log"},
    {"WorkerSettings", "setting|config|binding|deploy"},
    {"Token", "token|credential|key|rotat"},
    {"Member", "member|user|account|access"},
    {"UpdateFunctionCode", "deploy|release|code|version|update|fix|rollback|rollout|patch"},
    {"CreateFunction", "deploy|release|new|create|introduce|rollout"},
    {"Configuration", "config|timeout|memory|environment|setting|layer|runtime|role|vpc|deploy"},
    {"Layer", "layer"},
    {"FunctionUrl", "url|public|endpoint"},
    {"Permission", "permission|grant|access|trigger|invoke|policy"},
    {"EventSourceMapping", "trigger|queue|stream|mapping|event"},
    {"Alias", "alias|release|deploy|version|canary|rollout"},
    {"PublishVersion", "release|deploy|version"},
    {"Concurrency", "concurrency|scale|scaling|capacity|throttl"},
    {"CodeSigning", "signing|signature"},
    {"Delete", "delete|remove|retire|decommission|clean"},
    {"Policy", "policy|permission|role|access"},
    {"Role", "role|trust|permission|access"},
    {"AccessKey", "key|credential|rotat"},
    {"User", "user|account|access"},
    {"Rule", "rule|schedule|event|trigger"},
    {"Targets", "rule|schedule|event|trigger"},
    {"Trail", "trail|log"},
    {"Logging", "trail|log"},
    {"LogGroup", "log"},
    {"Retention", "log|retention"},
    {"Subscription", "log|subscription"},
    {"Detector", "guardduty|detector"},
    {"Stack", "deploy|stack|release|infrastructure|rollout"},
    {"ChangeSet", "deploy|stack|release|infrastructure|rollout"},
};

static bool text_fits(const struct event *e, const struct change *ch)
{
    for (size_t i = 0; i < ARRAY_LEN(fits); i++) {
        struct str words = str_of(fits[i].words);
        struct str word;
        if (str_find(e->action, str_of(fits[i].action)) == SIZE_MAX) {
            continue;
        }
        while (str_cut(&words, '|', &word)) {
            if (str_ifind(ch->text, word) != SIZE_MAX) {
                return true;
            }
        }
    }
    return false;
}

static enum err_code score_text(const struct matching *mt, struct change_match *m, struct err *err)
{
    return text_fits(mt->e, m->change)
               ? match_reason(mt, m, 5, err, "its text fits the kind of change")
               : ERR_OK;
}

enum err_code match_score(const struct matching *mt, struct change_match *m, struct err *err)
{
    static enum err_code (*const parts[])(const struct matching *, struct change_match *,
                                          struct err *) = {
        score_resource, score_window, score_ticket,   score_actor,
        score_artefact, score_text,   match_ceilings,
    };
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        enum err_code rc = parts[i](mt, m, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}
