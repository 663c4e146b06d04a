#include "baseline/principals.h"

enum { NAME_BYTES_MAX = 1024 }; /* an ARN has 2048 at most, of which most is path */

struct str event_principal(const struct event *e)
{
    const struct identity *w = &e->who;
    if (w->kind == IDENTITY_SERVICE || w->kind == IDENTITY_ANONYMOUS || w->invoked_by.len > 0) {
        return STR_EMPTY; /* nobody's, or used by a service on somebody's behalf */
    }
    if (w->kind == IDENTITY_ROLE && w->role.len > 0) {
        return w->role;
    }
    return e->actor != NULL && e->actor->root.len > 0 ? e->actor->root : w->principal;
}

/* What the network or a function's own log tells is nobody's use of a permission. */
static bool is_use(const struct event *e)
{
    switch (e->kind) {
    case EVENT_CHANGE:
    case EVENT_INVOKE:
    case EVENT_IDENTITY:
    case EVENT_ASSUME:
    case EVENT_LOGGING:
    case EVENT_DEPLOY:
    case EVENT_READ:
        return !event_has(e, ATTR_DRY_RUN);
    case EVENT_OTHER:
    case EVENT_LOGIN:
    case EVENT_TRAFFIC:
    case EVENT_RATE:
    case EVENT_RUN:
    case EVENT_LOG:
    case EVENT_KIND_MAX_:
        break;
    }
    return false;
}

static bool hash_of(const struct event *e, uint64_t *out)
{
    CLEANUP(buf_free) struct buf b = {0};
    buf_add(&b, e->service);
    buf_addc(&b, ' ');
    buf_add(&b, e->action);
    return !b.failed && value_hash(buf_str(&b), out);
}

enum err_code principals_of(struct baseline *b, struct str name, struct values **out)
{
    struct values *v = map_get(&b->principals, name);
    if (v == NULL && b->principals.len >= BASELINE_PRINCIPALS_MAX) {
        return ERR_LIMIT;
    }
    if (v == NULL) {
        struct map_entry *entry = map_intern(&b->principals, &b->arena, name);
        v = entry == NULL ? NULL : ARENA_NEW(&b->arena, struct values);
        if (v == NULL) {
            return ERR_NOMEM;
        }
        entry->value = v;
    }
    *out = v;
    return ERR_OK;
}

/* ---- who takes up a role ---- */

enum assumer event_assumer(const struct event *e)
{
    enum identity_kind kind = e->actor != NULL ? e->actor->kind : e->who.kind;
    if (e->who.kind == IDENTITY_SERVICE || kind == IDENTITY_SERVICE) {
        return ASSUMER_SERVICE;
    }
    if (e->actor != NULL && e->actor->pipeline) {
        return ASSUMER_PIPELINE;
    }
    bool person = kind == IDENTITY_ROOT || kind == IDENTITY_USER || kind == IDENTITY_SSO ||
                  kind == IDENTITY_FEDERATED;
    return person ? ASSUMER_PERSON : ASSUMER_ROLE;
}

static bool assumer_hash(enum assumer a, uint64_t *out)
{
    static const struct str words[ASSUMER_MAX_] = {
        [ASSUMER_SERVICE] = STR_INIT("assumed by a service"),
        [ASSUMER_PIPELINE] = STR_INIT("assumed by a pipeline"),
        [ASSUMER_ROLE] = STR_INIT("assumed by a role"),
        [ASSUMER_PERSON] = STR_INIT("assumed by a person"),
    };
    return value_hash(words[a], out);
}

/* A role's sessions are kept beside the principals, under a name that no principal has. */
static bool assumed_key(const struct event *e, struct buf *key)
{
    struct str role = event_attr_get(e, ATTR_ASSUMED_ROLE);
    bool dated = e->time_us != TIME_NONE && e->time_us >= 0;
    if (e->kind != EVENT_ASSUME || e->outcome != OUTCOME_OK || !dated || role.len == 0 ||
        role.len > NAME_BYTES_MAX) {
        return false;
    }
    buf_init(key, 0);
    buf_add_cstr(key, "sessions of ");
    buf_add(key, role);
    return true;
}

static enum err_code learn_assumed(struct baseline *b, const struct event *e)
{
    CLEANUP(buf_free) struct buf key = {0};
    struct values *v = NULL;
    uint64_t hash;
    if (!assumed_key(e, &key)) {
        return ERR_OK;
    }
    enum err_code rc = key.failed ? ERR_NOMEM : principals_of(b, buf_str(&key), &v);
    if (rc != ERR_OK) {
        return rc == ERR_LIMIT ? ERR_OK : rc;
    }
    if (!assumer_hash(event_assumer(e), &hash)) {
        return ERR_NOMEM;
    }
    values_add(v, VALUE_ACTION, hash, event_day(e), e->count);
    return ERR_OK;
}

enum err_code baseline_assumed(const struct baseline *b, const struct event *e, struct assumed *out)
{
    CLEANUP(buf_free) struct buf key = {0};
    *out = (struct assumed){0};
    if (!assumed_key(e, &key)) {
        return ERR_OK;
    }
    if (key.failed) {
        return ERR_NOMEM;
    }
    const struct values *v = map_get(&b->principals, buf_str(&key));
    if (v == NULL) {
        return ERR_OK;
    }
    int32_t day = event_day(e);
    struct values_sum sum = values_sum(v, VALUE_ACTION, day);
    out->days = covered_count(&b->covered, sum.first_day);
    out->known = sum.count >= LEARN_COUNT_MIN && out->days >= LEARN_DAYS_MIN;
    for (unsigned a = 0; a < ASSUMER_MAX_; a++) {
        uint64_t hash;
        if (!assumer_hash((enum assumer)a, &hash)) {
            return ERR_NOMEM;
        }
        out->by[a] = values_find(v, VALUE_ACTION, hash, day) != NULL;
    }
    return ERR_OK;
}

/* ---- what a principal does ---- */

/* Only what was allowed teaches: who is refused a hundred times is not used to it. */
enum err_code principals_learn(struct baseline *b, const struct event *e)
{
    struct str name = event_principal(e);
    struct values *v = NULL;
    uint64_t hash;
    enum err_code rc = learn_assumed(b, e);
    if (rc != ERR_OK || name.len == 0 || name.len > NAME_BYTES_MAX || e->outcome != OUTCOME_OK ||
        !is_use(e)) {
        return rc;
    }
    rc = principals_of(b, name, &v);
    if (rc != ERR_OK) {
        return rc == ERR_LIMIT ? ERR_OK : rc;
    }
    if (!hash_of(e, &hash)) {
        return ERR_NOMEM;
    }
    values_add(v, VALUE_ACTION, hash, event_day(e), e->count);
    return ERR_OK;
}

enum err_code principals_merge(struct baseline *to, const struct baseline *from)
{
    for (size_t i = 0; i < from->principals.len; i++) {
        struct values *v = NULL;
        enum err_code rc = principals_of(to, from->principals.at[i].key, &v);
        if (rc == ERR_NOMEM) {
            return rc;
        }
        if (rc == ERR_OK) {
            values_merge(v, from->principals.at[i].value);
        }
    }
    return ERR_OK;
}

void principals_cut(struct baseline *b, int32_t day)
{
    for (size_t i = 0; i < b->principals.len; i++) {
        values_cut(b->principals.at[i].value, day);
    }
}

enum err_code baseline_used(const struct baseline *b, const struct event *e, struct used *out)
{
    struct str name = event_principal(e);
    const struct values *v =
        name.len == 0 || !is_use(e) || e->time_us == TIME_NONE || e->time_us < 0
            ? NULL
            : map_get(&b->principals, name);
    uint64_t hash;
    *out = (struct used){0};
    if (v == NULL) {
        return ERR_OK;
    }
    if (!hash_of(e, &hash)) {
        return ERR_NOMEM;
    }
    int32_t day = event_day(e);
    int32_t long_ago = day - VALUES_KEEP_DAYS;
    struct values_sum sum = values_sum(v, VALUE_ACTION, day);
    out->days = covered_count(&b->covered, sum.first_day);
    out->different = sum.different;
    out->known = !sum.crowded && sum.count >= LEARN_COUNT_MIN && out->days >= LEARN_DAYS_MIN;
    out->before = values_find(v, VALUE_ACTION, hash, day) != NULL;
    out->long_known = out->known && sum.first_day <= long_ago &&
                      covered_count(&b->covered, long_ago) >= USED_DAYS_MIN;
    return ERR_OK;
}
