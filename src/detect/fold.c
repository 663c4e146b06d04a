#include "detect/fold.h"

#include <stdlib.h>

#include "base/buf.h"
#include "codec/digest.h"
#include "detect/tools.h"

enum { FINDING_ID_DIGITS = 12 };

/* ---- entities ---- */

/* "cloudflare" of a function, else of the source "cloudflare.audit_v2". */
static struct str provider_of(const struct event *e)
{
    struct str source = str_head(e->source, str_chr(e->source, '.'));
    return e->function.provider.len > 0 ? e->function.provider
           : source.len > 0             ? source
                                        : STR("aws");
}

static bool account_entity(const struct event *e, struct arena *a, struct str *out)
{
    return arena_printf(a, out, "%.*s/%.*s", STR_ARG(provider_of(e)), STR_ARG(e->account));
}

static bool role_entity(const struct event *e, struct arena *a, struct str *out)
{
    static const struct {
        enum event_attr attr;
        const char *word;
    } kinds[] = {{ATTR_TARGET_ROLE, "role"},
                 {ATTR_TARGET_USER, "user"},
                 {ATTR_TARGET_GROUP, "group"},
                 {ATTR_POLICY_ARN, "policy"}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct str name = event_attr_get(e, kinds[i].attr);
        if (name.len > 0) {
            return arena_printf(a, out, "%.*s/%.*s/%s/%.*s", STR_ARG(provider_of(e)),
                                STR_ARG(e->account), kinds[i].word, STR_ARG(name));
        }
    }
    return account_entity(e, a, out);
}

bool fold_entity(const struct event *e, enum entity_kind kind, struct arena *a, struct str *out)
{
    struct str who = event_actor_key(e);
    if (kind == ENTITY_FUNCTION && e->deployment != NULL) {
        return arena_printf(a, out, "deployment %.*s", STR_ARG(e->deployment->id));
    }
    if (kind == ENTITY_FUNCTION && e->function.name.len > 0) {
        return function_key_text(&e->function, a, out);
    }
    if (kind == ENTITY_ADDRESS && e->address.len > 0) {
        return arena_dup(a, e->address, out);
    }
    if ((kind == ENTITY_ACTOR || kind == ENTITY_ADDRESS) && who.len > 0) {
        return arena_printf(a, out, "actor %.*s", STR_ARG(who));
    }
    if (kind == ENTITY_ROLE) {
        return role_entity(e, a, out);
    }
    return account_entity(e, a, out);
}

/* Each distinct entity text is kept once. */
static enum err_code name_entities(struct hit_list *hits, struct arena *a)
{
    CLEANUP(map_free) struct map texts = {0};
    CLEANUP(arena_free) struct arena scratch = {0};
    for (size_t i = 0; i < hits->len; i++) {
        struct hit *h = &hits->at[i];
        struct str text;
        arena_reset(&scratch);
        if (!fold_entity(h->lead, h->detection->entity, &scratch, &text)) {
            return ERR_NOMEM;
        }
        const struct map_entry *entry = map_intern(&texts, a, text);
        if (entry == NULL) {
            return ERR_NOMEM;
        }
        h->entity = entry->key;
    }
    return ERR_OK;
}

/* ---- order ---- */

static int key_cmp(const struct hit *a, const struct hit *b)
{
    int d = str_cmp(a->detection->id, b->detection->id);
    d = d != 0 ? d : str_cmp(a->entity, b->entity);
    return d != 0 ? d : str_cmp(event_actor_key(a->lead), event_actor_key(b->lead));
}

static int hit_cmp(const void *x, const void *y)
{
    const struct hit *a = x;
    const struct hit *b = y;
    int d = key_cmp(a, b);
    d = d != 0 ? d : event_cmp(a->event, b->event);
    return d != 0 ? d : (a->seq > b->seq) - (a->seq < b->seq);
}

/* ---- one finding ---- */

struct folding {
    struct finding *finding;
    struct map seen; /* addresses, hosts and functions that the finding has */
    struct arena scratch;
};

static void folding_free(struct folding *f)
{
    map_free(&f->seen);
    arena_free(&f->scratch);
}

/* True in *fresh when the finding did not have this text yet. */
static bool see(struct folding *f, char kind, struct str text, bool *fresh)
{
    struct str key;
    if (!arena_printf(&f->scratch, &key, "%c%.*s", kind, STR_ARG(text))) {
        return false;
    }
    struct map_entry *entry = map_put(&f->seen, key);
    if (entry == NULL) {
        return false;
    }
    *fresh = entry->value == NULL;
    entry->value = f;
    return true;
}

static struct str host_of_url(struct str url)
{
    size_t at = str_find(url, STR("://"));
    struct str host = at == SIZE_MAX ? url : str_from(url, at + 3);
    size_t slash = str_chr(host, '/');
    return slash == SIZE_MAX ? host : str_head(host, slash);
}

static bool add_names(struct folding *f, const struct event *e)
{
    struct finding *out = f->finding;
    struct str host = host_of_url(event_attr_get(e, ATTR_URL));
    struct str text;
    bool fresh = false;
    if (e->address.len > 0) {
        if (!see(f, 'a', e->address, &fresh) || (fresh && !VEC_PUSH(&out->addresses, e->address))) {
            return false;
        }
    }
    if (host.len > 0) {
        if (!see(f, 'h', host, &fresh) || (fresh && !VEC_PUSH(&out->hosts, host))) {
            return false;
        }
    }
    if (e->function.name.len > 0) {
        if (!function_key_text(&e->function, &f->scratch, &text) || !see(f, 'f', text, &fresh) ||
            (fresh && !VEC_PUSH(&out->functions, e->function))) {
            return false;
        }
    }
    return true;
}

static bool add_intel(struct finding *f, const struct intel_hit *hit)
{
    for (size_t i = 0; i < f->intel.len; i++) {
        if (f->intel.at[i]->best.value.ptr == hit->best.value.ptr) {
            return true;
        }
    }
    return VEC_PUSH(&f->intel, hit);
}

static bool add_hit(struct folding *f, const struct hit *h)
{
    struct finding *out = f->finding;
    const struct event *e = h->event;
    bool same_event = out->events.len > 0 && out->events.at[out->events.len - 1] == e;
    int64_t last = e->last_us > e->time_us ? e->last_us : e->time_us;

    out->severity = h->severity > out->severity ? h->severity : out->severity;
    if (h->intel != NULL && !add_intel(out, h->intel)) {
        return false;
    }
    if (same_event) {
        return true;
    }
    uint64_t count = e->count > 0 ? e->count : 1;
    out->count += count;
    out->denied += event_ok(e) ? 0 : count;
    out->last_us = last > out->last_us ? last : out->last_us;
    return VEC_PUSH(&out->events, e) && add_names(f, e);
}

/* Records of one provider are told apart by their id; a record without one by when and what. */
static bool finding_id(const struct finding *f, unsigned copy, struct arena *a, struct str *out)
{
    const struct event *e = f->events.at[0];
    struct str actor = event_actor_key(e);
    char time[TIME_TEXT_MAX];
    char id[FINDING_ID_DIGITS + 1];
    CLEANUP(buf_free) struct buf b = {0};
    buf_printf(&b, "finding\n%.*s\n%.*s\n%.*s\n", STR_ARG(f->detection->id), STR_ARG(f->entity),
               STR_ARG(actor));
    if (e->record_id.len > 0) {
        buf_add(&b, e->record_id);
    } else {
        time_format(e->time_us, time);
        buf_printf(&b, "%s %.*s %.*s", time, STR_ARG(e->source), STR_ARG(e->name));
    }
    if (copy > 0) {
        buf_printf(&b, "\n%u", copy);
    }
    return !b.failed && digest_hex_id(buf_str(&b), FINDING_ID_DIGITS, id) &&
           arena_dup(a, str_of(id), out);
}

/* The first hit that is as severe as the finding says: an attempt that was refused must not stand
 * for the call that went through. */
static const struct hit *telling_hit(const struct hit *hits, size_t count, enum severity severity)
{
    for (size_t i = 0; i < count; i++) {
        if (hits[i].severity == severity) {
            return &hits[i];
        }
    }
    return hits;
}

static bool finish_finding(struct finding *f, const struct hit *hits, size_t count, struct arena *a)
{
    const struct event *e = hits[0].lead;
    struct str explain = telling_hit(hits, count, f->severity)->explain;
    f->account = e->account;
    f->region = e->region;
    f->actor = e->actor;
    f->explain = explain;
    if (f->functions.len == 1 || (e->deployment != NULL && f->functions.len > 0)) {
        f->function = f->functions.at[0];
    }
    if (f->functions.len > 1 && e->deployment != NULL && f->detection->entity == ENTITY_FUNCTION) {
        return arena_printf(a, &f->explain,
                            "%.*s (one %.*s deployment, which did the same to %zu more functions)",
                            STR_ARG(explain), STR_ARG(e->deployment->tool), f->functions.len - 1);
    }
    return true;
}

/* Fold hits[0..count) of one key, without a gap, into one finding. */
static enum err_code fold_one(const struct hit *hits, size_t count, struct arena *a,
                              struct finding_list *out)
{
    CLEANUP(folding_free) struct folding f = {0};
    f.finding = ARENA_NEW(a, struct finding);
    if (f.finding == NULL) {
        return ERR_NOMEM;
    }
    *f.finding = (struct finding){.detection = hits[0].detection,
                                  .severity = SEVERITY_INFORMATIONAL,
                                  .confidence = hits[0].detection->confidence,
                                  .first_us = hits[0].event->time_us,
                                  .last_us = hits[0].event->time_us,
                                  .entity = hits[0].entity};
    bool ok = true;
    for (size_t i = 0; i < count && ok; i++) {
        ok = add_hit(&f, &hits[i]);
    }
    ok = ok && finish_finding(f.finding, hits, count, a) &&
         finding_id(f.finding, 0, a, &f.finding->id) && VEC_PUSH(out, f.finding);
    if (!ok) {
        finding_free(f.finding);
        return ERR_NOMEM;
    }
    return ERR_OK;
}

/* Does hit `b` begin a new finding after `a` of the same key? Undated and dated never mix. */
static bool is_gap(const struct hit *a, const struct hit *b, int64_t last_us)
{
    if (a->event->time_us == TIME_NONE || b->event->time_us == TIME_NONE) {
        return a->event->time_us != b->event->time_us;
    }
    return b->event->time_us - last_us > FOLD_GAP_US;
}

/* Number of hits from hits[0] on that make one finding. */
static size_t span_of(const struct hit *hits, size_t count)
{
    int64_t last = hits[0].event->time_us;
    size_t n = 1;
    for (; n < count; n++) {
        const struct event *e = hits[n - 1].event;
        last = e->last_us > last ? e->last_us : last;
        last = e->time_us > last ? e->time_us : last;
        if (key_cmp(&hits[0], &hits[n]) != 0 || is_gap(&hits[n - 1], &hits[n], last)) {
            break;
        }
    }
    return n;
}

static int by_finding(const void *x, const void *y)
{
    struct finding *const *a = x;
    struct finding *const *b = y;
    return finding_cmp(*a, *b);
}

/* A record id can stand on several records (a forged one, say). Ids stay different all the same. */
static enum err_code part_equal_ids(struct finding_list *list, size_t from, struct arena *a)
{
    CLEANUP(map_free) struct map ids = {0};
    for (size_t i = from; i < list->len; i++) {
        struct finding *f = list->at[i];
        for (unsigned copy = 1;; copy++) {
            struct map_entry *entry = map_put(&ids, f->id);
            if (entry == NULL) {
                return ERR_NOMEM;
            }
            if (entry->value == NULL) {
                entry->value = f;
                break;
            }
            if (!finding_id(f, copy, a, &f->id)) {
                return ERR_NOMEM;
            }
        }
    }
    return ERR_OK;
}

enum err_code fold_hits(struct hit_list *hits, struct arena *a, struct finding_list *out,
                        struct err *err)
{
    size_t had = out->len;
    enum err_code rc = name_entities(hits, a);
    if (rc == ERR_OK && hits->len > 1) {
        qsort(hits->at, hits->len, sizeof(*hits->at), hit_cmp);
    }
    for (size_t i = 0; i < hits->len && rc == ERR_OK;) {
        size_t n = span_of(hits->at + i, hits->len - i);
        rc = fold_one(hits->at + i, n, a, out);
        i += n;
    }
    if (rc == ERR_OK) {
        rc = part_equal_ids(out, had, a);
    }
    if (rc != ERR_OK) {
        while (out->len > had) {
            finding_free(out->at[--out->len]);
        }
        return err_set(err, rc, "folding %zu hits to findings: out of memory", hits->len);
    }
    if (out->len > 1) {
        qsort(out->at, out->len, sizeof(struct finding *), by_finding);
    }
    return ERR_OK;
}
