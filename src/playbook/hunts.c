/*
 * hunts - where else to look: the marks of this case that would show it in other places.
 */
#include "base/map.h"
#include "playbook/inquiry.h"

enum { HUNTS_MAX = 24 };

struct hunter {
    struct inquiry *q;
    struct map seen;
};

/* Each mark once; fmt takes the value. */
static bool look(struct hunter *h, const char *before, struct str value, const char *after)
{
    struct str text;
    if (value.len == 0 || h->q->file->hunts.len >= HUNTS_MAX) {
        return true;
    }
    if (!arena_printf(h->q->arena, &text, "%s%.*s%s", before, STR_ARG(value), after)) {
        return false;
    }
    struct map_entry *e = map_put(&h->seen, text);
    if (e == NULL) {
        return false;
    }
    if (e->value != NULL) {
        return true;
    }
    e->value = h;
    return VEC_PUSH(&h->q->file->hunts, text);
}

static bool hunt_attrs(struct hunter *h, const struct event *e)
{
    static const struct {
        enum event_attr id;
        const char *before, *after;
    } marks[] = {
        {ATTR_CODE_HASH, "functions with the code hash ", ", in all accounts and regions"},
        {ATTR_LAYER, "functions that use the layer ", ""},
        {ATTR_CODE_LOCATION, "deployments from ", ""},
        {ATTR_HANDLER, "functions with the handler ", ""},
        {ATTR_STATEMENT_ID, "policy statements with the id ", " on other functions"},
        {ATTR_GRANT_PRINCIPAL, "grants to ", " on functions, layers and roles"},
        {ATTR_ROLE, "functions that run as ", ""},
        {ATTR_DESTINATION, "functions and rules that send to ", ""},
        {ATTR_ISSUED_KEY, "calls with the key ", ""},
        {ATTR_TARGET_USER, "what the user ", " did since"},
        {ATTR_TARGET_ROLE, "sessions of the role ", ""},
        {ATTR_URL, "connections to ", " in proxy, DNS and IDS logs"},
    };
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        for (size_t k = 0; k < e->attr_count; k++) {
            if (e->attrs[k].id == marks[i].id &&
                !look(h, marks[i].before, e->attrs[k].value, marks[i].after)) {
                return false;
            }
        }
    }
    return true;
}

static bool hunt_who(struct hunter *h, const struct subject *s)
{
    const struct event *e = s->event;
    for (size_t i = 0; i < s->address_count; i++) {
        const struct subject_address *at = &s->addresses[i];
        if (!at->own && !look(h, "any contact with ", at->text, ", in cloud and network logs")) {
            return false;
        }
    }
    return look(h, "other calls with the access key ", e->who.access_key, "") &&
           look(h, "sessions named ", e->who.session_name, ", of any role") &&
           (e->actor == NULL || look(h, "all that ", e->actor->root, " did 24 h before and after"));
}

enum err_code inquiry_hunt(struct inquiry *q, struct err *err)
{
    struct hunter h = {.q = q};
    bool ok = true;
    /* Values of what was changed first: they are the most telling. */
    for (size_t i = 0; ok && i < q->subject_count; i++) {
        ok = !subject_is_change(&q->subjects[i]) || hunt_attrs(&h, q->subjects[i].event);
    }
    for (size_t i = 0; ok && i < q->subject_count; i++) {
        ok = hunt_who(&h, &q->subjects[i]);
    }
    map_free(&h.seen);
    return ok ? ERR_OK : inquiry_no_memory(q, err);
}
