#include "engine/ray_join.h"

#include <stdlib.h>

#include "base/buf.h"
#include "engine/fast_hash.h"

enum {
    PARTIES_MAX = 1 << 20, /* distinct callers with their user agents; then without */
    AGENT_MAX = 256,
};

void ray_book_free(struct ray_book *b)
{
    map_free(&b->workers);
    map_free(&b->callers);
    VEC_FREE(&b->runs);
    VEC_FREE(&b->requests);
    arena_free(&b->texts);
    *b = (struct ray_book){0};
}

/* ---- rays ---- */

/* A Ray ID is 16 hexadecimal digits. Others, if there are any, are told by a hash. */
static uint64_t ray_of(struct str text)
{
    uint64_t ray = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = chr_lower(text.ptr[i]);
        bool letter = c >= 'a' && c <= 'f';
        if (text.len > 16 || (!letter && !chr_is_digit(c))) {
            return fast_hash(0, text);
        }
        ray = ray << 4 | (uint64_t)(letter ? c - 'a' + 10 : c - '0');
    }
    return ray;
}

/* Which rays stay is the same in every run: no key. */
static bool is_held(uint64_t ray, unsigned shift)
{
    return shift == 0 || fast_mix(ray, 0x9e3779b97f4a7c15U) >> (64 - shift) == 0;
}

static void thin(struct ray_book *b, unsigned shift)
{
    size_t n = 0;
    for (size_t i = 0; i < b->runs.len; i++) {
        if (is_held(b->runs.at[i].ray, shift)) {
            b->runs.at[n++] = b->runs.at[i];
        }
    }
    b->runs.len = n;
    n = 0;
    for (size_t i = 0; i < b->requests.len; i++) {
        if (is_held(b->requests.at[i].ray, shift)) {
            b->requests.at[n++] = b->requests.at[i];
        }
    }
    b->requests.len = n;
    b->shift = shift;
}

static size_t most(const struct ray_book *b)
{
    return b->most == 0 ? RAYS_MAX : b->most;
}

static void make_room(struct ray_book *b)
{
    while ((b->runs.len >= most(b) || b->requests.len >= most(b)) && b->shift < 63) {
        thin(b, b->shift + 1);
    }
}

/* ---- noting ---- */

/* Index of the party with this key; a new one is a copy of *e with texts of its own. */
static bool party(struct ray_book *b, struct map *m, struct str key, const struct event *e,
                  uint32_t *out)
{
    struct map_entry *entry = map_intern(m, &b->texts, key);
    if (entry == NULL) {
        return false;
    }
    if (entry->value == NULL) {
        struct event *copy = ARENA_NEW(&b->texts, struct event);
        if (copy == NULL) {
            return false;
        }
        *copy = *e;
        struct str *const texts[] = {
            &copy->account,   &copy->function.account, &copy->function.name,
            &copy->qualifier, &copy->address,          &copy->user_agent,
        };
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
            if (!arena_dup(&b->texts, *texts[i], texts[i])) {
                return false;
            }
        }
        struct attr *attrs = ARENA_ARRAY(&b->texts, struct attr, e->attr_count + 1);
        if (attrs == NULL) {
            return false;
        }
        for (size_t i = 0; i < e->attr_count; i++) {
            attrs[i].id = e->attrs[i].id;
            if (!arena_dup(&b->texts, e->attrs[i].value, &attrs[i].value)) {
                return false;
            }
        }
        copy->attrs = attrs;
        entry->value = copy;
    }
    *out = (uint32_t)(entry - m->at);
    return true;
}

static bool note_run(struct ray_book *b, const struct event *e, uint64_t ray)
{
    struct event what = {.kind = EVENT_INVOKE,
                         .outcome = e->outcome,
                         .account = e->account,
                         .function = e->function,
                         .qualifier = e->qualifier};
    CLEANUP(buf_free) struct buf key = {0};
    struct ray_run run = {.ray = ray, .time_us = e->time_us, .origin = e->origin};
    buf_printf(&key, "%.*s/%.*s/%.*s/%d", STR_ARG(e->account), STR_ARG(e->function.name),
               STR_ARG(e->qualifier), (int)e->outcome);
    return !key.failed && party(b, &b->workers, buf_str(&key), &what, &run.worker) &&
           VEC_PUSH(&b->runs, run);
}

static bool note_request(struct ray_book *b, const struct event *e, uint64_t ray, bool listed)
{
    bool many = b->callers.len >= PARTIES_MAX;
    struct attr host = {ATTR_HOST, many ? STR_EMPTY : event_attr_get(e, ATTR_HOST)};
    struct event who = {.account = e->account,
                        .address = event_attr_get(e, ATTR_CLIENT),
                        .user_agent = many ? STR_EMPTY : str_head(e->user_agent, AGENT_MAX),
                        .attrs = &host,
                        .attr_count = 1,
                        .address_listed = listed};
    CLEANUP(buf_free) struct buf key = {0};
    struct ray_request request = {.ray = ray, .time_us = e->time_us, .origin = e->origin};
    if (!ip_parse(who.address, &who.ip)) {
        return true;
    }
    buf_printf(&key, "%.*s %.*s %.*s %.*s", STR_ARG(who.account), STR_ARG(who.address),
               STR_ARG(host.value), STR_ARG(who.user_agent));
    return !key.failed && party(b, &b->callers, buf_str(&key), &who, &request.caller) &&
           VEC_PUSH(&b->requests, request);
}

bool ray_book_note(struct ray_book *b, const struct event *e, bool listed)
{
    struct str ray = event_attr_get(e, ATTR_RAY);
    bool run = e->kind == EVENT_RUN && e->function.name.len > 0;
    bool request =
        e->kind == EVENT_OTHER && event_has(e, ATTR_CLIENT) && event_has(e, ATTR_RUN_OUTCOME);
    if (!e->data_event || ray.len == 0 || (!run && !request)) {
        return true;
    }
    if (run && str_iends(event_attr_get(e, ATTR_HOST), STR(".workers.dev"))) {
        b->direct++;
        return true;
    }
    uint64_t number = ray_of(ray);
    if (!is_held(number, b->shift)) {
        return true;
    }
    make_room(b);
    if (!is_held(number, b->shift)) {
        return true;
    }
    return run ? note_run(b, e, number) : note_request(b, e, number, listed);
}

/* ---- joining ---- */

/* A half with its parties found: indices mean something in their own book only. */
struct whole_run {
    uint64_t ray;
    const struct ray_run *run;
    const struct event *worker;
};
struct whole_request {
    uint64_t ray;
    const struct ray_request *request;
    const struct event *caller;
};

struct halves {
    struct {
        VEC_OF(struct whole_run);
    } runs;
    struct {
        VEC_OF(struct whole_request);
    } requests;
};

static void halves_free(struct halves *h)
{
    VEC_FREE(&h->runs);
    VEC_FREE(&h->requests);
}

static int by_ray_of_run(const void *a, const void *b)
{
    const struct whole_run *x = a;
    const struct whole_run *y = b;
    if (x->ray != y->ray) {
        return x->ray < y->ray ? -1 : 1;
    }
    int d = (x->run->time_us > y->run->time_us) - (x->run->time_us < y->run->time_us);
    d = d != 0 ? d : str_cmp(x->worker->function.name, y->worker->function.name);
    d = d != 0 ? d : str_cmp(x->worker->qualifier, y->worker->qualifier);
    return d != 0 ? d : origin_cmp(&x->run->origin, &y->run->origin);
}

static int by_ray_of_request(const void *a, const void *b)
{
    const struct whole_request *x = a;
    const struct whole_request *y = b;
    if (x->ray != y->ray) {
        return x->ray < y->ray ? -1 : 1;
    }
    int d = str_cmp(x->caller->address, y->caller->address);
    d = d != 0 ? d : str_cmp(x->caller->user_agent, y->caller->user_agent);
    d = d != 0 ? d
               : (x->request->time_us > y->request->time_us) -
                     (x->request->time_us < y->request->time_us);
    return d != 0 ? d : origin_cmp(&x->request->origin, &y->request->origin);
}

static bool collect(struct ray_book *books, size_t count, struct halves *h)
{
    for (size_t i = 0; i < count; i++) {
        const struct ray_book *b = &books[i];
        for (size_t k = 0; k < b->runs.len; k++) {
            const struct ray_run *run = &b->runs.at[k];
            struct whole_run whole = {run->ray, run, b->workers.at[run->worker].value};
            if (!VEC_PUSH(&h->runs, whole)) {
                return false;
            }
        }
        for (size_t k = 0; k < b->requests.len; k++) {
            const struct ray_request *r = &b->requests.at[k];
            struct whole_request whole = {r->ray, r, b->callers.at[r->caller].value};
            if (!VEC_PUSH(&h->requests, whole)) {
                return false;
            }
        }
    }
    if (h->runs.len > 1) {
        qsort(h->runs.at, h->runs.len, sizeof(*h->runs.at), by_ray_of_run);
    }
    if (h->requests.len > 1) {
        qsort(h->requests.at, h->requests.len, sizeof(*h->requests.at), by_ray_of_request);
    }
    return true;
}

/* A record that was given twice is one run. */
static bool same_run(const struct whole_run *a, const struct whole_run *b)
{
    return a->ray == b->ray && a->run->time_us == b->run->time_us &&
           str_eq(a->worker->function.name, b->worker->function.name) &&
           str_eq(a->worker->qualifier, b->worker->qualifier) &&
           a->worker->outcome == b->worker->outcome;
}

static bool add_call(struct keeper *out, const struct event *worker, int64_t time_us,
                     const struct origin *origin, const struct event *caller)
{
    struct event e = *worker;
    e.time_us = time_us;
    e.last_us = time_us;
    e.origin = *origin;
    e.source = STR("cloudflare.http");
    e.service = STR("cloudflare.workers");
    e.name = e.action = STR("fetch");
    e.kind = EVENT_INVOKE;
    e.data_event = true;
    e.count = 1;
    e.address = caller->address;
    e.ip = caller->ip;
    e.user_agent = caller->user_agent;
    e.attrs = caller->attrs;
    e.attr_count = caller->attr_count;
    e.address_listed = caller->address_listed;
    e.who.kind = IDENTITY_ANONYMOUS;
    return keeper_add(out, &e, false) != NULL;
}

/* Requests of listed callers whose run is not there: of some Worker at that host. */
static bool add_unknown(struct keeper *out, const struct whole_request *r)
{
    struct event nobody = {.account = r->caller->account};
    return !r->caller->address_listed ||
           add_call(out, &nobody, r->request->time_us, &r->request->origin, r->caller);
}

/* All books to the highest threshold of any, and higher while the sum is too much. */
static void thin_all(struct ray_book *books, size_t count)
{
    unsigned shift = 0;
    for (size_t i = 0; i < count; i++) {
        shift = books[i].shift > shift ? books[i].shift : shift;
    }
    for (;; shift++) {
        size_t runs = 0;
        size_t requests = 0;
        for (size_t i = 0; i < count; i++) {
            thin(&books[i], shift);
            runs += books[i].runs.len;
            requests += books[i].requests.len;
        }
        if ((runs < most(&books[0]) && requests < most(&books[0])) || shift == 63) {
            return;
        }
    }
}

/* Go on to the first request of this ray or a later one; those passed by have no run. */
static bool pass_requests(struct halves *h, size_t *at, uint64_t ray, struct keeper *out)
{
    for (; *at < h->requests.len && h->requests.at[*at].ray < ray; (*at)++) {
        const struct whole_request *r = &h->requests.at[*at];
        bool again = *at > 0 && h->requests.at[*at - 1].ray == r->ray;
        if (r->request != NULL && !again && !add_unknown(out, r)) {
            return false;
        }
    }
    return true;
}

bool ray_join(struct ray_book *books, size_t count, struct keeper *out)
{
    CLEANUP(halves_free) struct halves h = {0};
    thin_all(books, count);
    for (size_t i = 1; i < count; i++) {
        books[0].direct += books[i].direct;
    }
    if (!collect(books, count, &h)) {
        return false;
    }
    size_t at = 0;
    bool fine = true;
    for (size_t i = 0; fine && i < h.runs.len; i++) {
        const struct whole_run *run = &h.runs.at[i];
        if (i > 0 && same_run(run - 1, run)) {
            continue;
        }
        fine = pass_requests(&h, &at, run->ray, out);
        if (at == h.requests.len || h.requests.at[at].ray != run->ray) {
            books[0].unjoined++;
            continue;
        }
        books[0].joined++;
        fine = fine && add_call(out, run->worker, run->run->time_us, &run->run->origin,
                                h.requests.at[at].caller);
        h.requests.at[at].request = NULL; /* found; the next run of this ray may want it too */
    }
    return fine && pass_requests(&h, &at, UINT64_MAX, out);
}

/* ---- accounts ---- */

static bool is_ours(const struct event *e)
{
    return str_eq(e->function.provider, STR("cloudflare"));
}

/* What the audit logs know: the account of a script, NULL for one that several accounts have. */
struct known {
    struct map scripts; /* name to a struct str of the account */
    struct str only;    /* the one account that there is */
    bool several;
    struct str none;
};

static void known_free(struct known *k)
{
    map_free(&k->scripts);
}

static bool learn(struct known *k, struct event **events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct event *e = events[i];
        if (!is_ours(e) || e->function.account.len == 0) {
            continue;
        }
        k->several |= k->only.len > 0 && !str_eq(k->only, e->function.account);
        k->only = e->function.account;
        struct map_entry *entry = map_put(&k->scripts, e->function.name);
        if (entry == NULL) {
            return false;
        }
        const struct str *had = entry->value;
        /* `none` stays: it differs from every account. */
        bool other = had != NULL && !str_eq(*had, e->function.account);
        entry->value = other ? &k->none : &e->function.account;
    }
    return true;
}

bool ray_accounts(struct event **events, size_t count)
{
    CLEANUP(known_free) struct known k = {.none = STR_EMPTY};
    if (!learn(&k, events, count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct event *e = events[i];
        if (!is_ours(e) || e->function.account.len != 0) {
            continue;
        }
        const struct str *account = map_get(&k.scripts, e->function.name);
        struct str found = account != NULL ? *account : k.several ? STR_EMPTY : k.only;
        e->function.account = found;
        e->account = found;
    }
    return true;
}
