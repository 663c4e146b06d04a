/*
 * code_change - D02 to D06: a function's code was replaced.
 *
 * What the inventory cannot tell is kept here for each function: which hash and which version of
 * an alias stood when (for A -> B -> A), and the sizes that its packages had.
 */
#include <math.h>

#include "detect/detect.h"
#include "detect/tools.h"

enum { SIZES_KEPT = 32, SIZES_FOR_MAD = 3 };

#define REVERT_WINDOW_US (24 * TIME_HOUR_US)
/* A package grows by a few per cent with every dependency; less than this is never an outlier. */
#define SIZE_FLOOR       0.405 /* ln 1.5 */
#define SIZE_JUMP        1.386 /* ln 4 */

enum { BY_HUMAN, NO_CHANGE, HASH_UNKNOWN, REVERTED, SIZE_OUTLIER };

static const struct str techniques_code[] = {STR_INIT("T1648"), STR_INIT("T1525")};
static const struct str techniques_record[] = {STR_INIT("T1648")};
static const struct str techniques_implant[] = {STR_INIT("T1525")};
static const struct str techniques_revert[] = {STR_INIT("T1546")};

static const struct detection detections[] = {
    [BY_HUMAN] = {.id = STR_INIT("faaswatch.code_changed_by_human"),
                  .ref = STR_INIT("D02"),
                  .title = STR_INIT("Function code changed by a person"),
                  .description = STR_INIT("A person, not a pipeline, replaced the code of a "
                                          "function. Ordinary in development accounts."),
                  .severity = SEVERITY_MEDIUM,
                  .confidence = 0.6,
                  .question = Q1,
                  .indicator = KI1,
                  .entity = ENTITY_FUNCTION,
                  .techniques = techniques_code,
                  .technique_count = ARRAY_LEN(techniques_code),
                  .tactic = STR_INIT("execution"),
                  .ours = true},
    [NO_CHANGE] = {.id = STR_INIT("faaswatch.code_changed_without_record"),
                   .ref = STR_INIT("D03"),
                   .title = STR_INIT("Function code changed without a change record"),
                   .description = STR_INIT("No change record given to the program covers this "
                                           "change of code. Emergency fixes look the same."),
                   .severity = SEVERITY_HIGH,
                   .confidence = 0.6,
                   .question = Q1,
                   .indicator = KI1,
                   .entity = ENTITY_FUNCTION,
                   .techniques = techniques_record,
                   .technique_count = ARRAY_LEN(techniques_record),
                   .tactic = STR_INIT("execution"),
                   .ours = true},
    [HASH_UNKNOWN] = {.id = STR_INIT("faaswatch.code_hash_unknown"),
                      .ref = STR_INIT("D04"),
                      .title = STR_INIT("Function code of unknown origin"),
                      .description = STR_INIT("The hash of the deployed code is neither that of "
                                              "a known build nor one the function had before."),
                      .severity = SEVERITY_HIGH,
                      .confidence = 0.7,
                      .question = Q1,
                      .indicator = KI1,
                      .entity = ENTITY_FUNCTION,
                      .techniques = techniques_implant,
                      .technique_count = ARRAY_LEN(techniques_implant),
                      .tactic = STR_INIT("persistence"),
                      .ours = true},
    [REVERTED] = {.id = STR_INIT("faaswatch.code_reverted"),
                  .ref = STR_INIT("D05"),
                  .title = STR_INIT("Function code swapped and put back"),
                  .description = STR_INIT("Code, or the version behind an alias, went from A to "
                                          "B and back within a day. Rollbacks look the same."),
                  .severity = SEVERITY_HIGH,
                  .confidence = 0.7,
                  .question = Q1,
                  .indicator = KI1,
                  .entity = ENTITY_FUNCTION,
                  .techniques = techniques_revert,
                  .technique_count = ARRAY_LEN(techniques_revert),
                  .tactic = STR_INIT("persistence"),
                  .ours = true},
    [SIZE_OUTLIER] = {.id = STR_INIT("faaswatch.code_size_outlier"),
                      .ref = STR_INIT("D06"),
                      .title = STR_INIT("Function package of an unusual size"),
                      .description = STR_INIT("The size of the package jumped by more than the "
                                              "function's own history explains."),
                      .severity = SEVERITY_MEDIUM,
                      .confidence = 0.4,
                      .question = Q1,
                      .indicator = KI1,
                      .entity = ENTITY_FUNCTION,
                      .techniques = techniques_implant,
                      .technique_count = ARRAY_LEN(techniques_implant),
                      .tactic = STR_INIT("persistence"),
                      .ours = true},
};

/* What stood, and since when. Entries that were left more than a day ago are dropped. */
struct stand {
    struct str what;
    int64_t since_us;
};

struct trail {
    VEC_OF(struct stand);
};

struct memory { /* of one function */
    struct trail hashes;
    double sizes[SIZES_KEPT]; /* logarithms, oldest first */
    size_t size_count;
};

struct state {
    struct map functions; /* text -> struct memory */
    struct map aliases;   /* text + alias -> struct trail */
};

/* ---- A to B to A ---- */

static void forget_old(struct trail *t, int64_t now_us)
{
    size_t drop = 0;
    while (drop + 1 < t->len && now_us - t->at[drop + 1].since_us > REVERT_WINDOW_US) {
        drop++;
    }
    for (size_t i = drop; drop > 0 && i < t->len; i++) {
        t->at[i - drop] = t->at[i];
    }
    t->len -= drop;
}

/* Note what stands from now on. *between is set to what stood meanwhile when it stood before, was
 * left within a day and is back. */
static bool trail_note(struct trail *t, struct str what, int64_t now_us, struct str *between)
{
    *between = STR_EMPTY;
    if (now_us == TIME_NONE || (t->len > 0 && str_eq(t->at[t->len - 1].what, what))) {
        return true;
    }
    forget_old(t, now_us);
    for (size_t i = 0; i + 1 < t->len; i++) {
        if (str_eq(t->at[i].what, what)) {
            *between = t->at[t->len - 1].what;
        }
    }
    struct stand s = {what, now_us};
    return VEC_PUSH(t, s);
}

static struct trail *trail_of(struct map *m, struct arena *a, struct str key)
{
    struct map_entry *entry = map_intern(m, a, key);
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(a, struct trail);
    }
    return entry == NULL ? NULL : entry->value;
}

static enum err_code look_at_alias(struct state *st, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str alias = event_attr_get(e, ATTR_ALIAS);
    struct str version = event_attr_get(e, ATTR_VERSION);
    struct str key;
    struct str between;
    if (!event_ok(e) || alias.len == 0 || version.len == 0 ||
        (!event_is_lambda(e, "UpdateAlias") && !event_is_lambda(e, "CreateAlias"))) {
        return ERR_OK;
    }
    if (!arena_printf(v->arena, &key, "%.*s#%.*s", STR_ARG(v->function->text), STR_ARG(alias))) {
        return ERR_NOMEM;
    }
    struct trail *t = trail_of(&st->aliases, v->arena, key);
    if (t == NULL || !trail_note(t, version, e->time_us, &between)) {
        return ERR_NOMEM;
    }
    if (between.len == 0) {
        return ERR_OK;
    }
    return detect_say(v, &detections[REVERTED], SEVERITY_HIGH,
                      "alias %.*s of %.*s went from version %.*s to %.*s and back within a day, "
                      "the last step by %.*s",
                      SAY(alias), SAY(e->function.name), SAY(version), SAY(between),
                      SAY(event_who(e)));
}

static enum err_code look_at_hash(struct memory *m, const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str hash = event_attr_get(e, ATTR_CODE_HASH);
    struct str between;
    if (hash.len == 0) {
        return ERR_OK;
    }
    if (!trail_note(&m->hashes, hash, e->time_us, &between)) {
        return ERR_NOMEM;
    }
    if (between.len == 0) {
        return ERR_OK;
    }
    return detect_say(v, &detections[REVERTED], SEVERITY_HIGH,
                      "code of %.*s went from %.*s to %.*s and back within a day, the last step "
                      "by %.*s",
                      SAY(e->function.name), STR_ARG(str_head(hash, 12)),
                      STR_ARG(str_head(between, 12)), SAY(event_who(e)));
}

/* ---- sizes ---- */

/* Median of the absolute steps between consecutive sizes. */
static double median_step(const struct memory *m)
{
    double steps[SIZES_KEPT];
    size_t n = 0;
    for (size_t i = 1; i < m->size_count; i++) {
        double d = fabs(m->sizes[i] - m->sizes[i - 1]);
        size_t at = n++;
        for (; at > 0 && steps[at - 1] > d; at--) {
            steps[at] = steps[at - 1];
        }
        steps[at] = d;
    }
    return n == 0 ? 0 : n % 2 == 1 ? steps[n / 2] : (steps[n / 2 - 1] + steps[n / 2]) / 2;
}

static void keep_size(struct memory *m, double size)
{
    if (m->size_count == SIZES_KEPT) {
        for (size_t i = 1; i < SIZES_KEPT; i++) {
            m->sizes[i - 1] = m->sizes[i];
        }
        m->size_count--;
    }
    m->sizes[m->size_count++] = size;
}

static enum err_code look_at_size(struct memory *m, const struct detect_view *v)
{
    const struct event *e = v->event;
    uint64_t bytes;
    if (!event_number(e, ATTR_CODE_SIZE, &bytes) || bytes == 0) {
        return ERR_OK;
    }
    double size = log((double)bytes);
    double limit = SIZE_JUMP;
    double step = m->size_count == 0 ? 0 : fabs(size - m->sizes[m->size_count - 1]);
    if (m->size_count > SIZES_FOR_MAD) {
        limit = fmax(3 * median_step(m), SIZE_FLOOR);
    }
    double was = m->size_count == 0 ? 0 : exp(m->sizes[m->size_count - 1]);
    keep_size(m, size);
    if (was <= 0 || step <= limit) {
        return ERR_OK;
    }
    return detect_say(v, &detections[SIZE_OUTLIER], SEVERITY_MEDIUM,
                      "package of %.*s went from %.0f to %llu bytes, set by %.*s; its sizes so "
                      "far: %zu",
                      SAY(e->function.name), was, (unsigned long long)bytes, SAY(event_who(e)),
                      m->size_count - 1);
}

/* ---- who, record, origin ---- */

/* Nobody knows who is behind a session whose beginning is not in the logs: it may be a person. */
static bool is_unresolved(const struct event *e)
{
    return e->actor != NULL && e->actor->kind == IDENTITY_ROLE && !e->actor->resolved &&
           !e->actor->pipeline;
}

/* Code of a Worker comes in by these. A token may be a pipeline's, whoever it belongs to. */
static bool is_worker_code(const struct event *e)
{
    return event_is(e, STR("cloudflare.workers"), "UploadWorker") ||
           event_is(e, STR("cloudflare.workers"), "UploadWorkerVersion");
}

/* A call of Google Cloud that set the code; what its agents then do is told with it. */
static bool google_code(const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct function_state *now = &v->function->now;
    return str_eq(e->source, STR("gcp.audit")) && e->who.kind != IDENTITY_SERVICE && event_ok(e) &&
           e->time_us != TIME_NONE && now->code_changed_us == e->time_us;
}

/* The same of a function that was there before, refused attempts too. */
static bool replaces_google_code(const struct detect_view *v)
{
    const struct event *e = v->event;
    bool attempt = str_eq(e->source, STR("gcp.audit")) && e->who.kind != IDENTITY_SERVICE &&
                   !event_ok(e) && event_has(e, ATTR_CODE_LOCATION);
    return (attempt || google_code(v)) &&
           (str_starts(e->action, STR("Update")) || str_starts(e->action, STR("Replace")));
}

static enum err_code look_at_actor(const struct detect_view *v)
{
    const struct event *e = v->event;
    bool worker = is_worker_code(e) && e->who.access_key.len == 0;
    if ((!worker && !event_is_lambda(e, "UpdateFunctionCode") && !replaces_google_code(v)) ||
        (!event_by_human(e) && !is_unresolved(e))) {
        return ERR_OK;
    }
    if (is_unresolved(e)) {
        return detect_say(
            v, &detections[BY_HUMAN], SEVERITY_MEDIUM,
            "code of %.*s was replaced in a session of %.*s whose beginning is not in "
            "the logs: who is behind it cannot be said",
            SAY(e->function.name), SAY(event_who(e)));
    }
    return detect_say(v, &detections[BY_HUMAN], SEVERITY_MEDIUM,
                      "code of %.*s was replaced by %.*s (%s) from %.*s", SAY(e->function.name),
                      SAY(event_who(e)),
                      identity_kind_name(e->actor != NULL ? e->actor->kind : e->who.kind),
                      SAY(e->address.len > 0 ? e->address : STR("an unknown address")));
}

/* A record that touches the change and does not authorise it; a person's change asks by itself
 * (D02), a pipeline's would not be seen. */
static enum err_code look_at_near_record(const struct detect_view *v)
{
    const struct event *e = v->event;
    const struct change *ch = v->match->change;
    const struct build *b = context_build_of(v->context, event_attr_get(e, ATTR_CODE_HASH));
    bool near = v->match->class == MATCH_M1 || v->match->class == MATCH_M2;
    bool built = b != NULL && b->reviewed && b->protected_branch &&
                 (b->built_us == TIME_NONE || b->built_us <= e->time_us + TIME_HOUR_US);
    if (!near || built || ch == NULL || e->actor == NULL || !e->actor->pipeline ||
        !env_change_required(&v->context->env, e->account)) {
        return ERR_OK;
    }
    return detect_say(v, &detections[NO_CHANGE], SEVERITY_MEDIUM,
                      "%.*s of %.*s by %.*s: %.*s is near and does not authorise it",
                      SAY(e->action), SAY(e->function.name), SAY(event_who(e)), SAY(ch->id));
}

static enum err_code look_at_record(const struct detect_view *v)
{
    const struct event *e = v->event;
    if (v->match == NULL || !v->context->given[CONTEXT_CHANGES]) {
        return ERR_OK;
    }
    if (v->match->class != MATCH_M0) {
        return look_at_near_record(v);
    }
    return detect_say(v, &detections[NO_CHANGE], SEVERITY_HIGH,
                      "%.*s of %.*s by %.*s is covered by none of %zu change records%s",
                      SAY(e->action), SAY(e->function.name), SAY(event_who(e)),
                      v->context->changes.len,
                      v->context->partial[CONTEXT_CHANGES] ? " (some rows could not be read)" : "");
}

/* Without builds a new hash is what every deployment brings: worth a note, no more. */
static enum err_code look_at_origin(const struct detect_view *v)
{
    const struct event *e = v->event;
    struct str hash = event_attr_get(e, ATTR_CODE_HASH);
    bool builds = v->context->given[CONTEXT_BUILDS];
    const struct function_state *before = &v->function->before;
    if (hash.len == 0 || !event_ok(e) || str_list_has(&before->hashes, hash) ||
        (!builds && before->hashes.len == 0)) {
        return ERR_OK;
    }
    if (!builds) {
        return detect_say(v, &detections[HASH_UNKNOWN], SEVERITY_LOW,
                          "code %.*s of %.*s, set by %.*s, is none of the %zu it had before; no "
                          "builds were given to look it up",
                          STR_ARG(str_head(hash, 12)), SAY(e->function.name), SAY(event_who(e)),
                          before->hashes.len);
    }
    if (context_build_of(v->context, hash) != NULL) {
        return ERR_OK;
    }
    return detect_say(v, &detections[HASH_UNKNOWN], SEVERITY_HIGH,
                      "code %.*s of %.*s, set by %.*s, is none of %zu known builds and none of "
                      "the %zu it had before",
                      STR_ARG(str_head(hash, 12)), SAY(e->function.name), SAY(event_who(e)),
                      v->context->builds.len, before->hashes.len);
}

/* ---- plug-in ---- */

static struct memory *memory_of(struct state *st, const struct detect_view *v)
{
    struct map_entry *entry = map_put(&st->functions, v->function->text);
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(v->arena, struct memory);
    }
    return entry == NULL ? NULL : entry->value;
}

static bool is_ours(const struct event *e)
{
    return str_eq(e->service, STR("lambda.amazonaws.com")) ||
           str_eq(e->service, STR("run.googleapis.com")) ||
           str_eq(e->service, STR("cloudfunctions.googleapis.com"));
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    const struct event *e = v->event;
    (void)err;
    if (v->function == NULL || e->kind != EVENT_CHANGE || event_has(e, ATTR_DRY_RUN) ||
        (!is_ours(e) && !is_worker_code(e))) {
        return ERR_OK;
    }
    struct memory *m = memory_of(st, v);
    if (m == NULL) {
        return ERR_NOMEM;
    }
    enum err_code rc = look_at_actor(v);
    bool code = event_is_lambda(e, "UpdateFunctionCode") || event_is_lambda(e, "CreateFunction") ||
                google_code(v);
    if (rc == ERR_OK && is_worker_code(e)) {
        rc = look_at_record(v); /* its hash is made by the platform: builds do not know it */
    }
    if (rc == ERR_OK && code) {
        rc = look_at_record(v);
        rc = rc != ERR_OK ? rc : look_at_origin(v);
    }
    if (rc == ERR_OK && event_ok(e)) {
        rc = look_at_hash(m, v);
        rc = rc != ERR_OK || !code ? rc : look_at_size(m, v);
        rc = rc != ERR_OK ? rc : look_at_alias(st, v);
    }
    return rc;
}

static void release(void *state)
{
    struct state *st = state;
    for (size_t i = 0; i < st->functions.len; i++) {
        struct memory *m = st->functions.at[i].value;
        if (m != NULL) {
            VEC_FREE(&m->hashes);
        }
    }
    for (size_t i = 0; i < st->aliases.len; i++) {
        struct trail *t = st->aliases.at[i].value;
        if (t != NULL) {
            VEC_FREE(t);
        }
    }
    map_free(&st->functions);
    map_free(&st->aliases);
}

const struct detect_ops detect_code_change = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
