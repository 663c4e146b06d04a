/*
 * operation - what Google Cloud tells in pieces: the two records of a long-running operation, and
 * what its own agents then do on somebody's behalf.
 *
 * The request of an operation stands in its first record, its outcome in the last. They become one
 * event, the first's, with the last's outcome and answer.
 *
 * A second-generation function is built and run by agents of Google, under their own names. What
 * an agent does to a function in the quarter of an hour after somebody changed it is that one's
 * doing: nobody else can act as the agent. The service behind a function has its name in lower
 * case, with dashes; both are told under the function's.
 */
#include <assert.h>
#include <string.h>

#include "inventory/inventory_priv.h"

#define AGENT_US (15 * TIME_MINUTE_US)

/* ---- one name ---- */

/* A service's name: of a function, in lower case and with dashes. */
static bool service_key(struct buf *key, const struct function_key *f)
{
    buf_reset(key);
    buf_printf(key, "%.*s/%.*s/", STR_ARG(f->account), STR_ARG(f->region));
    for (size_t i = 0; i < f->name.len; i++) {
        char c = chr_lower(f->name.ptr[i]);
        buf_addc(key, c == '_' ? '-' : c);
    }
    return !key->failed;
}

/* Give what is told about the service behind a function the function's own name. */
static bool share_names(struct event **events, size_t count)
{
    CLEANUP(map_free) struct map named = {0};
    CLEANUP(arena_free) struct arena scratch = {0};
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < count && (round == 0 || named.len != 0); i++) {
            struct event *e = events[i];
            CLEANUP(buf_free) struct buf key = {0};
            bool function = str_eq(e->service, STR("cloudfunctions.googleapis.com"));
            if (e->function.name.len == 0 || !str_eq(e->function.provider, STR("gcp")) ||
                function != (round == 0)) {
                continue;
            }
            if (!service_key(&key, &e->function)) {
                return false;
            }
            if (round == 1) {
                const struct event *of = map_get(&named, buf_str(&key));
                e->function.name = of != NULL ? of->function.name : e->function.name;
                continue;
            }
            if (str_ends(buf_str(&key), e->function.name)) {
                continue; /* the same name */
            }
            struct map_entry *m = map_intern(&named, &scratch, buf_str(&key));
            if (m == NULL) {
                return false;
            }
            m->value = e;
        }
    }
    return true;
}

/* ---- two records, one event ---- */

struct halves {
    struct event *first, *last;
};

static struct halves *halves_of(struct map *m, struct arena *a, const struct event *e)
{
    CLEANUP(buf_free) struct buf key = {0};
    buf_printf(&key, "%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(e->source), STR_ARG(e->account),
               STR_ARG(e->service), STR_ARG(event_attr_get(e, ATTR_OPERATION)));
    struct map_entry *entry = key.failed ? NULL : map_intern(m, a, buf_str(&key));
    if (entry != NULL && entry->value == NULL) {
        entry->value = ARENA_NEW(a, struct halves);
    }
    return entry == NULL ? NULL : entry->value;
}

/* Which half a record is; NULL: it stands for itself. */
static struct event **half_of(struct halves *h, const struct event *e)
{
    struct str part = event_attr_get(e, ATTR_OPERATION_PART);
    if (str_eq(part, STR("first"))) {
        return &h->first;
    }
    return str_eq(part, STR("last")) ? &h->last : NULL;
}

static bool add_attrs(struct arena *a, struct event *e, const struct attr *more, size_t count)
{
    struct attr *attrs = ARENA_ARRAY(a, struct attr, e->attr_count + count + 1);
    if (attrs == NULL) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id != ATTR_OPERATION_PART) {
            attrs[n++] = e->attrs[i];
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!event_has(e, more[i].id)) {
            attrs[n++] = more[i];
        }
    }
    e->attrs = attrs;
    e->attr_count = n;
    return true;
}

static bool add_hits(struct arena *a, struct event *e, const struct event *from)
{
    if (from->hit_count == 0) {
        return true;
    }
    const struct detection **hits =
        ARENA_ARRAY(a, const struct detection *, e->hit_count + from->hit_count);
    if (hits == NULL) {
        return false;
    }
    size_t n = 0;
    for (; n < e->hit_count; n++) {
        hits[n] = e->hits[n];
    }
    for (size_t i = 0; i < from->hit_count; i++) {
        bool there = false;
        for (size_t k = 0; k < e->hit_count; k++) {
            there = there || e->hits[k] == from->hits[i];
        }
        if (!there) {
            hits[n++] = from->hits[i];
        }
    }
    e->hits = hits;
    e->hit_count = n;
    return true;
}

static bool join(struct arena *a, struct event *first, const struct event *last)
{
    if (last->outcome != OUTCOME_OK) {
        first->outcome = last->outcome;
        first->error_code = last->error_code;
        first->error_message = last->error_message;
    }
    if (first->address.len == 0) {
        first->address = last->address;
        first->ip = last->ip;
        first->address_listed = last->address_listed;
    }
    if (first->function.name.len == 0) {
        first->function = last->function;
    }
    first->duplicate_key = first->duplicate_key || last->duplicate_key;
    return add_hits(a, first, last) && add_attrs(a, first, last->attrs, last->attr_count);
}

bool inventory_join_operations(struct inventory *inv, struct event **events, size_t *count)
{
    CLEANUP(map_free) struct map operations = {0};
    CLEANUP(arena_free) struct arena scratch = {0};
    if (!share_names(events, *count)) {
        return false;
    }
    for (size_t i = 0; i < *count; i++) {
        struct event *e = events[i];
        if (!event_has(e, ATTR_OPERATION_PART)) {
            continue;
        }
        struct halves *h = halves_of(&operations, &scratch, e);
        if (h == NULL) {
            return false;
        }
        struct event **half = half_of(h, e);
        if (half != NULL && *half == NULL) {
            *half = e;
        }
    }
    size_t n = 0;
    for (size_t i = 0; i < *count; i++) {
        struct event *e = events[i];
        assert(e != NULL);
        const struct halves *h =
            event_has(e, ATTR_OPERATION_PART) ? halves_of(&operations, &scratch, e) : NULL;
        if (h != NULL && h->last == e && h->first != NULL) {
            continue; /* it is told by the first */
        }
        events[n++] = e;
        static const struct attr pending = {ATTR_PENDING, STR_INIT("")};
        bool open = h != NULL && h->first == e && h->last == NULL && e->outcome == OUTCOME_OK;
        if ((open && !add_attrs(&inv->arena, e, &pending, 1)) ||
            (h != NULL && h->first == e && h->last != NULL && !join(&inv->arena, e, h->last))) {
            return false;
        }
    }
    *count = n;
    return true;
}

/* ---- agents ---- */

static bool of_google(const struct event *e)
{
    return e->kind == EVENT_CHANGE && e->function.name.len != 0 && e->time_us != TIME_NONE &&
           str_eq(e->function.provider, STR("gcp"));
}

bool agents_lead_back(struct inventory *inv, struct event **events, size_t count)
{
    CLEANUP(map_free) struct map changed = {0}; /* function to who changed it last, and when */
    CLEANUP(arena_free) struct arena scratch = {0};
    (void)inv;
    for (size_t i = 0; i < count; i++) {
        struct event *e = events[i];
        CLEANUP(buf_free) struct buf key = {0};
        if (!of_google(e)) {
            continue;
        }
        struct map_entry *m =
            service_key(&key, &e->function) ? map_intern(&changed, &scratch, buf_str(&key)) : NULL;
        if (m == NULL) {
            return false;
        }
        const struct event *by = m->value;
        if (e->actor->kind != IDENTITY_SERVICE) {
            m->value = e;
        } else if (by != NULL && time_gap(by->time_us, e->time_us) >= 0 &&
                   time_gap(by->time_us, e->time_us) <= AGENT_US) {
            e->actor = by->actor;
            e->deployment = by->deployment;
        }
    }
    return true;
}
