#include "context/index.h"

#include <stdlib.h>

#include "context/read.h"

enum { KEY_MAX = 320 }; /* longer ids are not indexed */

static const struct person nobody; /* a key that several people share */

void index_free(struct context *c)
{
    map_free(&c->person_index);
    map_free(&c->build_index);
    map_free(&c->change_index);
    mem_free(c->change_until_us);
    c->change_until_us = NULL;
}

/* "<kind>:<text in lower case>"; kinds keep ids, names and local parts apart. */
static struct str key_of(char kind, struct str text, char out[KEY_MAX])
{
    text = str_trim(text);
    if (text.len == 0 || text.len > KEY_MAX - 2) {
        return STR_EMPTY;
    }
    out[0] = kind;
    out[1] = ':';
    for (size_t i = 0; i < text.len; i++) {
        out[i + 2] = chr_lower(text.ptr[i]);
    }
    return str_make(out, text.len + 2);
}

static enum err_code nomem(struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory for the context");
}

/* ---- changes ---- */

bool change_window(const struct change *ch, int64_t *from_us, int64_t *to_us)
{
    if (ch->start_us == TIME_NONE && ch->end_us == TIME_NONE) {
        return false;
    }
    *from_us = ch->start_us == TIME_NONE ? INT64_MIN : ch->start_us;
    *to_us = ch->end_us == TIME_NONE ? INT64_MAX : ch->end_us;
    return true;
}

int64_t change_grace_us(const struct change *ch)
{
    return ch->type == CHANGE_EMERGENCY ? GRACE_EMERGENCY_US : GRACE_US;
}

/* The latest moment that a change may cover: its end, or when an emergency was approved. */
static int64_t covers_until(const struct change *ch)
{
    int64_t from;
    int64_t to;
    int64_t until = INT64_MIN;
    if (change_window(ch, &from, &to)) {
        until = to > INT64_MAX - GRACE_EMERGENCY_US ? INT64_MAX : to + change_grace_us(ch);
    }
    if (ch->type == CHANGE_EMERGENCY && ch->approved_us > until) {
        until = ch->approved_us;
    }
    return until;
}

static int change_cmp(const void *a, const void *b)
{
    const struct change *x = a;
    const struct change *y = b;
    if (x->start_us != y->start_us) {
        return x->start_us < y->start_us ? -1 : 1;
    }
    int c = str_cmp(x->id, y->id);
    return c != 0 ? c : str_cmp(x->origin, y->origin);
}

static void change_drop(struct change *ch)
{
    VEC_FREE(&ch->resources);
    VEC_FREE(&ch->hashes);
}

/* Of two records with one id, the later update stays. Uses change_index for the while. */
static enum err_code drop_older(struct context *c, struct err *err)
{
    size_t kept = 0;
    size_t dropped = 0;
    for (size_t i = 0; i < c->changes.len; i++) {
        char text[KEY_MAX];
        struct change *ch = &c->changes.at[i];
        struct map_entry *entry =
            map_intern(&c->change_index, &c->arena, key_of('c', ch->id, text));
        if (entry == NULL) {
            /* Keep the array whole: what is freed with the context is in it once. */
            for (; i < c->changes.len; i++) {
                c->changes.at[kept++] = c->changes.at[i];
            }
            c->changes.len = kept;
            return nomem(err);
        }
        if (entry->value == NULL) {
            entry->value = (void *)(uintptr_t)(kept + 1);
            c->changes.at[kept++] = *ch;
            continue;
        }
        struct change *old = &c->changes.at[(uintptr_t)entry->value - 1];
        bool newer = ch->updated_us >= old->updated_us;
        struct change lose = newer ? *old : *ch;
        if (newer) {
            *old = *ch;
        }
        change_drop(&lose);
        dropped++;
    }
    c->changes.len = kept;
    struct str note;
    if (dropped == 0) {
        return ERR_OK;
    }
    return arena_printf(&c->arena, &note,
                        "%zu change records came more than once; the later update counts",
                        dropped) &&
                   VEC_PUSH(&c->notes, note)
               ? ERR_OK
               : nomem(err);
}

enum err_code index_changes(struct context *c, struct err *err)
{
    enum err_code rc = drop_older(c, err);
    if (rc != ERR_OK) {
        return rc;
    }
    size_t n = c->changes.len;
    if (n > 0) {
        qsort(c->changes.at, n, sizeof(*c->changes.at), change_cmp);
    }
    c->change_until_us = mem_alloc(n, sizeof(*c->change_until_us));
    if (c->change_until_us == NULL) {
        return nomem(err);
    }
    int64_t until = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        char text[KEY_MAX];
        struct map_entry *entry =
            map_find(&c->change_index, key_of('c', c->changes.at[i].id, text));
        if (entry != NULL) {
            entry->value = (void *)(uintptr_t)(i + 1);
        }
        int64_t own = covers_until(&c->changes.at[i]);
        until = own > until ? own : until;
        c->change_until_us[i] = until;
    }
    return ERR_OK;
}

const struct change *index_change(const struct context *c, struct str id)
{
    char text[KEY_MAX];
    const void *at = map_get(&c->change_index, key_of('c', id, text));
    return at == NULL ? NULL : &c->changes.at[(uintptr_t)at - 1];
}

/* ---- people ---- */

static enum err_code add_key(struct context *c, char kind, struct str text, const struct person *p,
                             struct err *err)
{
    char buf[KEY_MAX];
    struct str key = key_of(kind, text, buf);
    if (key.len == 0) {
        return ERR_OK;
    }
    struct map_entry *entry = map_intern(&c->person_index, &c->arena, key);
    if (entry == NULL) {
        return nomem(err);
    }
    const struct person *found = entry->value == NULL || entry->value == p ? p : &nobody;
    entry->value = (void *)(uintptr_t)found;
    return ERR_OK;
}

/* A mail's local part stands for the person where it is the only one. */
static enum err_code add_id(struct context *c, struct str id, const struct person *p,
                            struct err *err)
{
    size_t at = str_chr(id, '@');
    enum err_code rc = add_key(c, 'i', id, p, err);
    if (rc == ERR_OK && at != SIZE_MAX) {
        rc = add_key(c, 'l', str_head(id, at), p, err);
    }
    return rc;
}

enum err_code index_people(struct context *c, struct err *err)
{
    for (size_t i = 0; i < c->people.len; i++) {
        const struct person *p = &c->people.at[i];
        enum err_code rc = add_id(c, p->id, p, err);
        for (size_t k = 0; rc == ERR_OK && k < p->other_ids.len; k++) {
            rc = add_id(c, p->other_ids.at[k], p, err);
        }
        if (rc == ERR_OK) {
            rc = add_key(c, 'n', p->name, p, err);
        }
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static const struct person *find_key(const struct context *c, char kind, struct str text)
{
    char buf[KEY_MAX];
    struct str key = key_of(kind, text, buf);
    return key.len == 0 ? NULL : map_get(&c->person_index, key);
}

static const struct person *only(const struct person *p)
{
    return p == &nobody ? NULL : p;
}

/* By id; a login that is nobody's id, by the local part of a mail. */
static const struct person *find_id(const struct context *c, struct str id)
{
    const struct person *p = find_key(c, 'i', id);
    if (p == NULL && str_chr(id, '@') == SIZE_MAX) {
        p = find_key(c, 'l', id);
    }
    return p;
}

const struct person *context_person(const struct context *c, const struct actor *actor)
{
    /* A user or person of a stranger's account may be called what he likes. */
    bool stranger = actor != NULL && !actor->resolved &&
                    (actor->kind == IDENTITY_USER || actor->kind == IDENTITY_SSO);
    if (actor == NULL || actor->shared || stranger) {
        return NULL;
    }
    const struct person *p = find_id(c, actor->root);
    if (p == NULL && str_starts(actor->root, STR("arn:")) && actor->kind != IDENTITY_ROLE) {
        struct str name = path_base(actor->root);
        size_t colon = str_rchr(name, ':');
        p = find_id(c, colon == SIZE_MAX ? name : str_from(name, colon + 1));
    }
    return only(p);
}

const struct person *context_person_named(const struct context *c, struct str text)
{
    const struct person *p = find_id(c, text);
    return only(p != NULL ? p : find_key(c, 'n', text));
}

static bool in_spans(const struct span *at, size_t len, int64_t when_us)
{
    for (size_t i = 0; i < len; i++) {
        if ((at[i].from_us == TIME_NONE || when_us >= at[i].from_us) &&
            (at[i].to_us == TIME_NONE || when_us < at[i].to_us)) {
            return true;
        }
    }
    return false;
}

bool process_caller_is_host(const struct process *p, const struct ip *ip)
{
    struct ip_prefix prefix;
    return ip_prefix_parse(p->caller, &prefix) && ip_in(ip, &prefix);
}

bool project_has_member(const struct project *pr, const struct person *p, struct str name)
{
    if (pr->member.len == 0) {
        return false;
    }
    if (pr->group) {
        for (size_t i = 0; i < p->groups.len; i++) {
            if (str_ieq(pr->member, p->groups.at[i])) {
                return true;
            }
        }
        return false;
    }
    for (size_t i = 0; i < p->other_ids.len; i++) {
        if (str_ieq(pr->member, p->other_ids.at[i])) {
            return true;
        }
    }
    return str_ieq(pr->member, p->id) || str_ieq(pr->member, name);
}

bool person_on_leave(const struct person *p, int64_t at_us)
{
    return at_us != TIME_NONE && in_spans(p->leave.at, p->leave.len, at_us);
}

bool person_on_call(const struct person *p, int64_t at_us)
{
    return at_us != TIME_NONE && in_spans(p->on_call.at, p->on_call.len, at_us);
}

/* ---- builds ---- */

static int trust(const struct build *b)
{
    return (b->reviewed ? 1 : 0) + (b->protected_branch ? 1 : 0);
}

enum err_code index_builds(struct context *c, struct err *err)
{
    for (size_t i = 0; i < c->builds.len; i++) {
        struct build *b = &c->builds.at[i];
        const struct str hashes[] = {b->code_sha256, b->signed_sha256, b->image_digest};
        for (size_t k = 0; k < ARRAY_LEN(hashes); k++) {
            struct map_entry *entry =
                hashes[k].len == 0 ? NULL : map_put(&c->build_index, hashes[k]);
            if (hashes[k].len > 0 && entry == NULL) {
                return nomem(err);
            }
            /* The same code may be built twice: the one that was reviewed speaks for it. */
            if (entry != NULL && (entry->value == NULL || trust(b) > trust(entry->value))) {
                entry->value = b;
            }
        }
    }
    return ERR_OK;
}

const struct build *context_build_of(const struct context *c, struct str hash)
{
    char hex[64];
    return hash_normalise(hash, hex) ? map_get(&c->build_index, str_make(hex, sizeof(hex))) : NULL;
}
