/*
 * key_networks - D43: a key used from several networks within half an hour, a change of a function
 * among the uses.
 */
#include "detect/network.h"
#include "detect/tools.h"

enum { KEYS_MAX = 20000, PLACES = 8, NET_NAME_MAX = 64 };

static const struct str techniques[] = {STR_INIT("T1078.004")};

enum { NETWORKS, BLOCKS, DETECTIONS };

static const struct detection detections[DETECTIONS] = {
    [NETWORKS] = {.id = STR_INIT("faaswatch.key_networks"),
                  .ref = STR_INIT("D43"),
                  .title = STR_INIT("Key used from several networks within half an hour"),
                  .description =
                      STR_INIT("The same key was used from networks of different owners, "
                               "and changed a function from one of them."),
                  .severity = SEVERITY_HIGH,
                  .confidence = 0.6,
                  .question = Q1,
                  .indicator = KI1,
                  .entity = ENTITY_ACTOR,
                  .techniques = techniques,
                  .technique_count = ARRAY_LEN(techniques),
                  .tactic = STR_INIT("initial-access"),
                  .ours = true},
    [BLOCKS] = {.id = STR_INIT("faaswatch.key_blocks"),
                .ref = STR_INIT("D43"),
                .title = STR_INIT("Key used from several address blocks within half an hour"),
                .description = STR_INIT("As before, where whose network it is is not known."),
                .severity = SEVERITY_MEDIUM,
                .confidence = 0.4,
                .question = Q1,
                .indicator = KI1,
                .entity = ENTITY_ACTOR,
                .techniques = techniques,
                .technique_count = ARRAY_LEN(techniques),
                .tactic = STR_INIT("initial-access"),
                .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {.name = STR_INIT("key_minutes"), .usual = 30, .least = 1, .most = 1440},
};

/* Where a key was used from, and when last. */
struct key_place {
    char name[NET_NAME_MAX]; /* the owner of the network, else its block */
    size_t len;
    bool named, v4;
    int64_t last_us, write_us; /* TIME_NONE: no change came from here */
    struct str address;
    const struct event *write; /* the last one */
    unsigned told;             /* set of places it was told with */
};

struct key {
    struct key_place at[PLACES];
    unsigned count;
};

struct state {
    struct map keys; /* access key -> struct key */
};

/* False in *known: no place can be told. */
static bool place_of(const struct detect_view *v, struct key_place *out, bool *known)
{
    const struct event *e = v->event;
    char block[IP_TEXT_MAX + 4];
    struct network_names names;
    struct str name = event_block(e, block);
    enum range_kind range;
    *known = name.len > 0;
    if (!*known) {
        return true;
    }
    if (!network_names_of(v->intel, &e->ip, v->arena, &names)) {
        return false;
    }
    out->named = true;
    out->v4 = ip_is_v4(&e->ip);
    if (env_range_of(&v->context->env, &e->ip, &range)) {
        name = STR("ours");
    } else if (names.system.len > 0) {
        name = names.system;
    } else {
        out->named = false;
    }
    out->len = name.len < NET_NAME_MAX ? name.len : (size_t)NET_NAME_MAX;
    memcpy(out->name, name.ptr, out->len);
    out->address = e->address;
    out->last_us = e->time_us;
    out->write_us = TIME_NONE;
    if (e->kind == EVENT_CHANGE && e->function.name.len > 0 && event_ok(e) && event_writes(e)) {
        out->write_us = e->time_us;
        out->write = e;
    }
    return true;
}

static bool is_same(const struct key_place *a, const struct key_place *b)
{
    return a->named == b->named && a->len == b->len && memcmp(a->name, b->name, a->len) == 0;
}

/* The place's slot, taking the one that was used longest ago where all are taken. */
static unsigned slot_of(struct key *k, const struct key_place *here)
{
    unsigned oldest = 0;
    for (unsigned i = 0; i < k->count; i++) {
        if (is_same(&k->at[i], here)) {
            return i;
        }
        oldest = k->at[i].last_us < k->at[oldest].last_us ? i : oldest;
    }
    unsigned at = k->count < PLACES ? k->count++ : oldest;
    for (unsigned i = 0; i < k->count; i++) {
        k->at[i].told &= ~(1U << at);
    }
    k->at[at] = (struct key_place){.last_us = TIME_NONE, .write_us = TIME_NONE};
    return at;
}

static bool is_near(int64_t then_us, int64_t now_us, int64_t within_us)
{
    return then_us != TIME_NONE && now_us - then_us <= within_us;
}

static enum err_code say(const struct detect_view *v, const struct key_place *here,
                         const struct key_place *other, int64_t within_us)
{
    const struct event *e = v->event;
    bool sure = here->named || other->named;
    bool writes = is_near(here->write_us, e->time_us, 0);
    /* The change is what is told of, whichever use came first. */
    const struct key_place *from =
        writes || !is_near(other->write_us, e->time_us, within_us) ? here : other;
    const struct event *write = from->write;
    return detect_say_at(v, write, &detections[sure ? NETWORKS : BLOCKS],
                         sure ? SEVERITY_HIGH : SEVERITY_MEDIUM,
                         "key %.*s of %.*s was used from %.*s (%.*s) and from %.*s (%.*s) within "
                         "%.0f min, and changed %.*s from %.*s",
                         SAY(e->who.access_key), SAY(event_who(e)), SAY(other->address),
                         (int)other->len, other->name, SAY(here->address), (int)here->len,
                         here->name, (double)(e->time_us - other->last_us) / (double)TIME_MINUTE_US,
                         SAY(write->function.name), SAY(from->address));
}

static enum err_code look(struct key *k, const struct detect_view *v, unsigned at)
{
    struct key_place *here = &k->at[at];
    int64_t now_us = v->event->time_us;
    int64_t within_us = (int64_t)(detect_threshold(v, &thresholds[0]) * (double)TIME_MINUTE_US);
    for (unsigned i = 0; i < k->count; i++) {
        struct key_place *other = &k->at[i];
        bool comparable = here->named || other->named || here->v4 == other->v4;
        bool write = is_near(here->write_us, now_us, within_us) ||
                     is_near(other->write_us, now_us, within_us);
        if (i == at || !comparable || !write || !is_near(other->last_us, now_us, within_us) ||
            (here->told >> i & 1U) != 0) {
            continue;
        }
        here->told |= 1U << i;
        other->told |= 1U << at;
        enum err_code rc = say(v, here, other, within_us);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static struct key *key_of(struct state *s, const struct detect_view *v)
{
    struct str id = v->event->who.access_key;
    struct map_entry *entry = map_find(&s->keys, id);
    if (entry == NULL && s->keys.len >= KEYS_MAX) {
        return NULL;
    }
    entry = entry != NULL ? entry : map_put(&s->keys, id);
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(v->arena, struct key);
    }
    return entry == NULL ? NULL : entry->value;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    const struct event *e = v->event;
    struct key_place here = {.write_us = TIME_NONE};
    bool known;
    (void)err;
    if (e->who.access_key.len == 0 || e->address.len == 0 || e->time_us == TIME_NONE ||
        e->who.invoked_by.len > 0 || e->kind == EVENT_TRAFFIC || e->kind == EVENT_INVOKE) {
        return ERR_OK;
    }
    if (!place_of(v, &here, &known)) {
        return ERR_NOMEM;
    }
    if (!known) {
        return ERR_OK;
    }
    struct key *k = key_of(s, v);
    if (k == NULL) {
        return s->keys.len >= KEYS_MAX ? ERR_OK : ERR_NOMEM;
    }
    unsigned at = slot_of(k, &here);
    struct key_place *place = &k->at[at];
    here.told = place->told;
    if (here.write_us == TIME_NONE) {
        here.write_us = place->write_us;
        here.write = place->write;
    }
    *place = here;
    /* The last of what a folded event stands for. */
    enum err_code rc = look(k, v, at);
    place->last_us = e->last_us > e->time_us ? e->last_us : e->time_us;
    return rc;
}

static void release(void *state)
{
    struct state *s = state;
    map_free(&s->keys);
}

const struct detect_ops detect_key_networks = {
    .detections = detections,
    .detection_count = DETECTIONS,
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .release = release,
};
