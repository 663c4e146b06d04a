/*
 * select - which of the kept events a pack carries: those of the cases, those around them that the
 * answers looked at, and the first and last of each source, which show that it was there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "bundle/bundle_priv.h"

const char *bundle_why_name(enum bundle_why w)
{
    static const char *const names[] = {"evidence", "context", "witness"};
    return (unsigned)w < ARRAY_LEN(names) ? names[w] : "evidence";
}

/* What the cases are about. Keys of `marks` begin with the kind of what they name. */
struct picker {
    struct arena texts;
    struct map marks;
    struct bundle_records *out;
    bool failed;
};

static void note_text(struct picker *p, char kind, struct str text)
{
    struct str key;
    if (text.len == 0) {
        return;
    }
    if (!arena_printf(&p->texts, &key, "%c%.*s", kind, STR_ARG(text))) {
        p->failed = true;
        return;
    }
    struct map_entry *e = map_put(&p->marks, key);
    p->failed = p->failed || e == NULL;
    if (e != NULL) {
        e->value = p;
    }
}

static bool has_text(struct picker *p, char kind, struct str text)
{
    CLEANUP(buf_free) struct buf key = {0};
    if (text.len == 0) {
        return false;
    }
    buf_addc(&key, kind);
    buf_add(&key, text);
    p->failed = p->failed || key.failed;
    return map_get(&p->marks, buf_str(&key)) != NULL;
}

static struct str bytes_of(const void *const *pointer)
{
    return (struct str){(const char *)pointer, sizeof(*pointer)};
}

static void note_pointer(struct picker *p, char kind, const void *pointer)
{
    if (pointer != NULL) {
        note_text(p, kind, bytes_of(&pointer));
    }
}

static bool has_pointer(struct picker *p, char kind, const void *pointer)
{
    return pointer != NULL && has_text(p, kind, bytes_of(&pointer));
}

static void note_function(struct picker *p, const struct function_key *f)
{
    struct str key;
    if (f->name.len > 0) {
        p->failed = !function_key_text(f, &p->texts, &key) || p->failed;
        note_text(p, 'f', p->failed ? STR_EMPTY : key);
    }
}

static bool has_function(struct picker *p, const struct function_key *f)
{
    CLEANUP(arena_free) struct arena scratch = {0};
    struct str key;
    if (f->name.len == 0) {
        return false;
    }
    if (!function_key_text(f, &scratch, &key)) {
        p->failed = true;
        return false;
    }
    return has_text(p, 'f', key);
}

static void note_event(struct picker *p, const struct event *e)
{
    note_pointer(p, 'e', e);
    note_pointer(p, 'a', e->actor);
    note_pointer(p, 'd', e->deployment);
    note_function(p, &e->function);
    note_text(p, 'k', e->who.access_key);
    note_text(p, 'k', event_attr_get(e, ATTR_ISSUED_KEY));
    note_text(p, 'r', e->who.role);
    note_text(p, 'o', event_attr_get(e, ATTR_OPERATION));
    note_text(p, 's', event_attr_get(e, ATTR_RAY));
    note_text(p, 's', e->shared_id);
}

static void note_case(struct picker *p, const struct case_file *c)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        note_event(p, c->timeline.at[i]);
    }
    for (size_t i = 0; i < c->findings.len; i++) {
        for (size_t k = 0; k < c->findings.at[i]->events.len; k++) {
            note_event(p, c->findings.at[i]->events.at[k]);
        }
    }
    for (size_t i = 0; i < c->actors.len; i++) {
        note_pointer(p, 'a', c->actors.at[i]);
    }
    for (size_t i = 0; i < c->functions.len; i++) {
        note_function(p, &c->functions.at[i]);
    }
    for (size_t i = 0; i < c->addresses.len; i++) {
        note_text(p, 'i', c->addresses.at[i]);
    }
}

/* What the answers may have looked at: the same function, actor, session, role, address. */
static bool is_context(struct picker *p, const struct event *e)
{
    return has_pointer(p, 'a', e->actor) || has_pointer(p, 'd', e->deployment) ||
           has_function(p, &e->function) || has_text(p, 'k', e->who.access_key) ||
           has_text(p, 'k', event_attr_get(e, ATTR_ISSUED_KEY)) || has_text(p, 'i', e->address) ||
           has_text(p, 'r', event_attr_get(e, ATTR_ROLE)) ||
           has_text(p, 'r', event_attr_get(e, ATTR_ASSUMED_ROLE)) ||
           has_text(p, 'o', event_attr_get(e, ATTR_OPERATION)) ||
           has_text(p, 's', event_attr_get(e, ATTR_RAY)) || has_text(p, 's', e->shared_id) ||
           e->kind == EVENT_LOGGING;
}

static void take(struct picker *p, const struct event *e, enum bundle_why why)
{
    struct bundle_record r = {e, why};
    p->failed = !VEC_PUSH(p->out, r) || p->failed;
}

/* The first (from the front) or last (from the back) event of each source and account. */
static void witness(struct picker *p, struct map *seen, const struct event *e)
{
    struct str key;
    if (!arena_printf(&p->texts, &key, "%.*s\n%.*s\n%d", STR_ARG(e->source), STR_ARG(e->account),
                      e->data_event || e->kind == EVENT_INVOKE || e->kind == EVENT_RUN)) {
        p->failed = true;
        return;
    }
    struct map_entry *m = map_put(seen, key);
    p->failed = p->failed || m == NULL;
    if (m != NULL && m->value == NULL && e->time_us != TIME_NONE) {
        m->value = p;
        take(p, e, BUNDLE_WITNESS);
    }
}

static void witnesses(struct picker *p, const struct bundle_job *j)
{
    struct map first = {0};
    struct map last = {0};
    for (size_t i = 0; !p->failed && i < j->event_count; i++) {
        witness(p, &first, j->events[i]);
        witness(p, &last, j->events[j->event_count - 1 - i]);
    }
    map_free(&first);
    map_free(&last);
}

static int by_place(const void *a, const void *b)
{
    const struct bundle_record *x = a;
    const struct bundle_record *y = b;
    const struct origin *p = &x->event->origin;
    const struct origin *q = &y->event->origin;
    if (p->file != q->file) {
        return p->file < q->file ? -1 : 1;
    }
    if (p->offset != q->offset) {
        return p->offset < q->offset ? -1 : 1;
    }
    if (p->length != q->length) {
        return p->length > q->length ? -1 : 1;
    }
    if (x->why != y->why) {
        return x->why < y->why ? -1 : 1;
    }
    return p->inner == q->inner ? 0 : p->inner < q->inner ? -1 : 1;
}

/* Messages of one payload are one record; it is kept for the best of its reasons. */
static void each_place_once(struct bundle_records *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->len; i++) {
        const struct origin *o = &r->at[i].event->origin;
        if (n > 0 && r->at[n - 1].event->origin.file == o->file &&
            r->at[n - 1].event->origin.offset + r->at[n - 1].event->origin.length > o->offset) {
            continue;
        }
        r->at[n++] = r->at[i];
    }
    r->len = n;
}

bool bundle_select(const struct bundle_job *j, struct bundle_records *out)
{
    struct picker p = {.out = out};
    const struct result *r = j->result;
    for (size_t i = 0; i < r->cases.len; i++) {
        note_case(&p, r->cases.at[i]);
    }
    for (size_t i = 0; !p.failed && i < j->event_count; i++) {
        const struct event *e = j->events[i];
        if (has_pointer(&p, 'e', e)) {
            take(&p, e, BUNDLE_EVIDENCE);
        } else if (is_context(&p, e)) {
            take(&p, e, BUNDLE_CONTEXT);
        }
    }
    if (r->cases.len > 0) {
        witnesses(&p, j);
    }
    /* Events that detections made themselves may not be among the kept ones. */
    for (size_t i = 0; !p.failed && i < r->cases.len; i++) {
        for (size_t k = 0; k < r->cases.at[i]->timeline.len; k++) {
            take(&p, r->cases.at[i]->timeline.at[k], BUNDLE_EVIDENCE);
        }
    }
    if (out->len > 1) {
        qsort(out->at, out->len, sizeof(*out->at), by_place);
    }
    each_place_once(out);
    map_free(&p.marks);
    arena_free(&p.texts);
    return !p.failed;
}
