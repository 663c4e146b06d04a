/*
 * swap_and_restore - SQ2: somebody looks around, replaces a function's code, it is called, and the
 * code that stood before is put back.
 */
#include "detect/sequence.h"
#include "detect/tools.h"

enum { LOOKED, SWAPPED, CALLED, RESTORED, STEPS };
enum { HASHES_KEPT = 8, KINDS_LEAST = 3 };
#define LOOK_US (10 * TIME_MINUTE_US)

static const struct str techniques[] = {STR_INIT("T1648"), STR_INIT("T1526"), STR_INIT("T1070")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.code_swapped_and_restored"),
     .ref = STR_INIT("SQ2"),
     .title = STR_INIT("Looked around, swapped code, called, put back"),
     .description = STR_INIT("An actor looked around among functions and replaced the code of "
                             "one; it was called, and the code of before was put back. A "
                             "deployment that is rolled back looks the same."),
     .severity = SEVERITY_CRITICAL,
     .confidence = 0.8,
     .question = Q1,
     .indicator = KI1,
     .entity = ENTITY_FUNCTION,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("execution"),
     .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {STR_INIT("sq2_minutes"), 120, 1, 10080},
};

struct looker { /* an actor */
    int64_t last_us[EVENT_LOOKS];
};

struct stood { /* code that a function had, and until when */
    struct str hash;
    int64_t until_us;
};

struct codes { /* of a function */
    struct str now;
    struct stood left[HASHES_KEPT]; /* newest first */
};

struct state {
    struct sequence sequence;
    struct map lookers;   /* actor -> struct looker */
    struct map functions; /* text -> struct codes */
};

static void *entry_of(struct map *m, struct arena *a, struct str key, size_t size)
{
    struct map_entry *entry = map_intern(m, a, key);
    if (entry != NULL && entry->value == NULL) {
        entry->value = arena_alloc(a, 1, size, _Alignof(max_align_t));
    }
    return entry == NULL ? NULL : entry->value;
}

static bool deploys(const struct event *e)
{
    return event_ok(e) && !event_has(e, ATTR_DRY_RUN) && event_has(e, ATTR_CODE_HASH) &&
           event_is_lambda(e, "UpdateFunctionCode");
}

static bool calls(const struct event *e)
{
    return event_ok(e) && e->kind == EVENT_INVOKE && e->function.name.len > 0;
}

static bool may(void *state, const struct detect_view *v)
{
    const struct event *e = v->event;
    (void)state;
    return event_look(e) != EVENT_LOOKS || deploys(e) || calls(e);
}

/* ---- steps ---- */

static enum err_code look(struct sequence *s, struct state *st, const struct sequence_step *at)
{
    const struct event *e = at->view.event;
    size_t kind = event_look(e);
    struct str who = event_actor_key(e);
    size_t kinds = 0;
    if (kind == EVENT_LOOKS || who.len == 0) {
        return ERR_OK;
    }
    struct looker *l = entry_of(&st->lookers, at->view.arena, who, sizeof(*l));
    if (l == NULL) {
        return ERR_NOMEM;
    }
    l->last_us[kind] = e->time_us;
    for (size_t i = 0; i < EVENT_LOOKS; i++) {
        kinds += l->last_us[i] != 0 && time_gap(l->last_us[i], e->time_us) <= LOOK_US ? 1 : 0;
    }
    return kinds >= KINDS_LEAST ? sequence_put(s, at, LOOKED, STR_EMPTY, who, SEVERITY_MAX_)
                                : ERR_OK;
}

/* Other code than before. Which stood before is not known of code that was there at the beginning,
 * unless something told. */
static enum err_code swap(struct sequence *s, struct state *st, const struct sequence_step *at)
{
    const struct event *e = at->view.event;
    struct str hash = event_attr_get(e, ATTR_CODE_HASH);
    struct codes *c = entry_of(&st->functions, at->view.arena, at->view.function->text, sizeof(*c));
    if (c == NULL) {
        return ERR_NOMEM;
    }
    if (str_eq(c->now, hash)) {
        return ERR_OK;
    }
    if (c->now.len > 0) {
        memmove(&c->left[1], &c->left[0], sizeof(c->left) - sizeof(c->left[0]));
        c->left[0] = (struct stood){c->now, e->time_us};
    }
    c->now = hash;
    return sequence_put(s, at, SWAPPED, event_actor_key(e), at->view.function->text, SEVERITY_MAX_);
}

/* Code is back that stood when the looking around began. */
static enum err_code restore(struct sequence *s, struct state *st, const struct sequence_step *at)
{
    struct str text = at->view.function->text;
    const struct codes *c = map_get(&st->functions, text);
    const struct event *looked = sequence_at(s, at, CALLED, LOOKED, text);
    const struct event *swapped = sequence_at(s, at, CALLED, SWAPPED, text);
    if (c == NULL || looked == NULL || swapped == at->view.event) {
        return ERR_OK;
    }
    for (size_t i = 0; i < HASHES_KEPT; i++) {
        const struct stood *left = &c->left[i];
        if (str_eq(left->hash, c->now) && left->until_us >= looked->time_us &&
            left->until_us <= swapped->time_us) {
            return sequence_put(s, at, RESTORED, STR_EMPTY, text, SEVERITY_MAX_);
        }
    }
    return ERR_OK;
}

static enum err_code offer(struct sequence *s, void *state, const struct sequence_step *at,
                           size_t step)
{
    const struct event *e = at->view.event;
    if (step != LOOKED && at->view.function == NULL) {
        return ERR_OK;
    }
    switch (step) {
    case LOOKED:
        return look(s, state, at);
    case SWAPPED:
        return deploys(e) ? swap(s, state, at) : ERR_OK;
    case CALLED:
        return calls(e)
                   ? sequence_put(s, at, CALLED, STR_EMPTY, at->view.function->text, SEVERITY_MAX_)
                   : ERR_OK;
    case RESTORED:
    default:
        return deploys(e) ? restore(s, state, at) : ERR_OK;
    }
}

static const struct sequence_ops ops = {
    .detection = &detections[0],
    .window = &thresholds[0],
    .steps = STEPS,
    .lead = SWAPPED,
    .tells_from = RESTORED,
    .may = may,
    .offer = offer,
    .story = "looked around, replaced the code of a function that was then called, and the code "
             "of before was put back",
};

/* ---- plug-in ---- */

/* What exports and earlier events say of the code that stands. */
static enum err_code learn(struct state *st, const struct detect_view *v)
{
    if (v->function == NULL || v->function->before.code_hash.len == 0 || !deploys(v->event)) {
        return ERR_OK;
    }
    struct codes *c = entry_of(&st->functions, v->arena, v->function->text, sizeof(*c));
    if (c == NULL) {
        return ERR_NOMEM;
    }
    c->now = c->now.len == 0 ? v->function->before.code_hash : c->now;
    return ERR_OK;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    (void)err;
    enum err_code rc = learn(st, v);
    return rc ? rc : sequence_event(&st->sequence, &ops, st, v);
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    struct state *st = state;
    (void)err;
    return sequence_finish(&st->sequence, &ops, st, v);
}

static void release(void *state)
{
    struct state *st = state;
    sequence_free(&st->sequence);
    map_free(&st->lookers);
    map_free(&st->functions);
}

const struct detect_ops detect_swap_and_restore = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
