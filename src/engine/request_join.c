#include "engine/request_join.h"

#include <stdlib.h>

#include "engine/fast_hash.h"

void request_book_free(struct request_book *b)
{
    VEC_FREE(b);
}

static bool is_held(uint64_t id, unsigned shift)
{
    return shift == 0 || id >> (64 - shift) == 0;
}

static size_t most_of(const struct request_book *b)
{
    return b->most == 0 ? (size_t)REQUESTS_MAX : b->most;
}

static void thin(struct request_book *b, unsigned shift)
{
    size_t n = 0;
    for (size_t i = 0; i < b->len; i++) {
        if (is_held(b->at[i].id, shift)) {
            b->at[n++] = b->at[i];
        }
    }
    b->len = n;
    b->shift = shift;
}

/* "Root=1-67891233-abcdef012345678912345678", "Self=…;Root=…": the log of a load balancer. The hash
 * has no key: the providers make these ids, and the share that is joined must be the same in every
 * run. */
static uint64_t id_of(struct str text)
{
    size_t root = str_find(text, STR("Root="));
    if (root != SIZE_MAX) {
        text = str_from(text, root + 5);
        text = str_head(text, str_chr(text, ';'));
    }
    return fast_mix(fast_hash(0x9ae16a3b2f90404fU, text), 0x9e3779b97f4a7c15U);
}

static bool add(struct request_book *b, struct str id, struct event *kept, bool wall)
{
    struct request r = {.id = id_of(id), .event = kept, .wall = wall};
    if (id.len == 0 || !is_held(r.id, b->shift)) {
        return true;
    }
    while (b->len >= most_of(b) && b->shift < 63) {
        thin(b, b->shift + 1);
    }
    return !is_held(r.id, b->shift) || VEC_PUSH(b, r);
}

bool request_book_note(struct request_book *b, const struct event *e, struct event *kept)
{
    if (e->kind != EVENT_INVOKE || !event_has(e, ATTR_FRONT_DOOR)) {
        return true;
    }
    bool wall = str_eq(e->source, STR("aws.waf"));
    return add(b, e->record_id, kept, wall) && (wall || add(b, e->shared_id, kept, wall));
}

bool request_book_merge(struct request_book *into, struct request_book *from)
{
    if (from->shift > into->shift) {
        thin(into, from->shift);
    }
    for (size_t i = 0; i < from->len; i++) {
        if (is_held(from->at[i].id, into->shift) && !VEC_PUSH(into, from->at[i])) {
            return false;
        }
    }
    while (into->len > most_of(into) && into->shift < 63) {
        thin(into, into->shift + 1);
    }
    return true;
}

static struct event *standing(struct event *e)
{
    while (e->folded_into != NULL) {
        e = (struct event *)(uintptr_t)e->folded_into;
    }
    return e;
}

static int by_id(const void *a, const void *b)
{
    const struct request *x = a;
    const struct request *y = b;
    if (x->id != y->id) {
        return x->id < y->id ? -1 : 1;
    }
    if (x->wall != y->wall) {
        return x->wall ? 1 : -1; /* doors first */
    }
    return event_cmp(x->event, y->event);
}

uint64_t request_join(struct request_book *b, struct event **events, size_t *count)
{
    uint64_t twice = 0;
    if (b->len > 1) {
        qsort(b->at, b->len, sizeof(*b->at), by_id);
    }
    for (size_t i = 0, door = 0; i < b->len; i++) {
        struct request *r = &b->at[i];
        door = b->at[door].id == r->id ? door : i;
        struct event *e = r->wall && !b->at[door].wall ? standing(r->event) : NULL;
        if (e == NULL || e->count == 0) {
            continue;
        }
        twice++;
        if (--e->count == 0 && e->hit_count == 0) {
            struct event *into = standing(b->at[door].event);
            e->folded_into = into != e ? into : NULL;
        }
        e->count += e->count == 0 && e->hit_count > 0 ? 1 : 0; /* a rule tells of it */
    }
    size_t n = 0;
    for (size_t i = 0; twice > 0 && i < *count; i++) {
        if (events[i]->folded_into == NULL) {
            events[n++] = events[i];
        }
    }
    *count = twice > 0 ? n : *count;
    return twice;
}
