#include "context/people/people_priv.h"

#define FORMATS "SCIM 2.0 users JSON, CSV with a header line"

void person_release(struct person *p)
{
    VEC_FREE(&p->other_ids);
    VEC_FREE(&p->groups);
    VEC_FREE(&p->leave);
    VEC_FREE(&p->on_call);
}

static bool append(struct str_list *to, const struct str_list *from)
{
    for (size_t i = 0; i < from->len; i++) {
        if (!VEC_PUSH(to, from->at[i])) {
            return false;
        }
    }
    return true;
}

/* A later row adds; what it leaves empty stays. The worse status and the earlier end win. */
static bool merge(struct person *to, const struct person *p)
{
    bool done = append(&to->other_ids, &p->other_ids) && append(&to->groups, &p->groups);
    for (size_t i = 0; done && i < p->leave.len; i++) {
        done = VEC_PUSH(&to->leave, p->leave.at[i]);
    }
    for (size_t i = 0; done && i < p->on_call.len; i++) {
        done = VEC_PUSH(&to->on_call, p->on_call.at[i]);
    }
    if (to->status == PERSON_STATUS_UNKNOWN ||
        (p->status != PERSON_STATUS_UNKNOWN && p->status > to->status)) {
        to->status = p->status;
    }
    if (p->status_word.len > 0) {
        to->status_word = p->status_word;
    }
    if (to->terminated_us == TIME_NONE ||
        (p->terminated_us != TIME_NONE && p->terminated_us < to->terminated_us)) {
        to->terminated_us = p->terminated_us;
    }
    if (to->hours_from < 0) {
        to->hours_from = p->hours_from;
        to->hours_to = p->hours_to;
        to->time_zone = p->time_zone;
        to->zone_us = p->zone_us;
    }
    return done;
}

/* The index of an id among the people read so far, by its lower case; a new id gets the next. */
static enum err_code index_of(struct reader *r, struct str id, size_t *out, struct err *err)
{
    struct str key;
    if (!arena_dup(&r->c->arena, id, &key)) {
        return reader_nomem(r, err);
    }
    char *text = (char *)(uintptr_t)key.ptr; /* our own copy */
    for (size_t i = 0; i < key.len; i++) {
        text[i] = chr_lower(text[i]);
    }
    struct map_entry *entry = map_put(&r->c->person_ids, key);
    if (entry == NULL) {
        return reader_nomem(r, err);
    }
    if (entry->value == NULL) {
        entry->value = (void *)(uintptr_t)(r->c->people.len + 1);
    }
    *out = (uintptr_t)entry->value - 1;
    return ERR_OK;
}

static enum err_code add_or_merge(struct reader *r, struct person *p, struct err *err)
{
    size_t at = 0;
    enum err_code rc = reader_origin(r, &p->origin, err);
    if (rc == ERR_OK) {
        rc = index_of(r, p->id, &at, err);
    }
    if (rc != ERR_OK) {
        person_release(p);
        return rc;
    }
    if (at < r->c->people.len) {
        bool done = merge(&r->c->people.at[at], p);
        person_release(p);
        return done ? ERR_OK : reader_nomem(r, err);
    }
    if (!VEC_PUSH(&r->c->people, *p)) {
        person_release(p);
        return reader_nomem(r, err);
    }
    return ERR_OK;
}

enum err_code person_add(struct reader *r, struct person *p, struct err *err)
{
    if (p->id.len == 0) {
        person_release(p);
        return err_set(err, ERR_SYNTAX, "the person has no id");
    }
    return add_or_merge(r, p, err);
}

static bool is_user(const json_t *j)
{
    return jtree_get(j, "userName") != NULL;
}

static enum err_code read_users(struct reader *r, const json_t *list, struct err *err)
{
    size_t n = json_array_size(list);
    if (n > 0 && !is_user(json_array_get(list, 0))) {
        return reader_no_format(r, FORMATS, err);
    }
    r->line = 0;
    for (size_t i = 0; i < n; i++) {
        struct err row_err = {0};
        r->record = i + 1;
        enum err_code rc =
            reader_row(r, people_scim(r, json_array_get(list, i), &row_err), &row_err, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_doc(struct reader *r, const json_t *root, void *arg, struct err *err)
{
    (void)arg;
    const json_t *list = json_is_array(root) ? root : jtree_get(root, "Resources");
    if (json_is_array(list)) {
        return read_users(r, list, err);
    }
    /* An empty ListResponse may leave Resources out (RFC 7644 3.4.2). */
    if (jtree_get(root, "totalResults") != NULL && !is_user(root)) {
        return ERR_OK;
    }
    if (!is_user(root)) {
        return reader_no_format(r, FORMATS, err);
    }
    struct err row_err = {0};
    return reader_row(r, people_scim(r, root, &row_err), &row_err, err);
}

static enum err_code read_people(struct context *c, struct str path, struct str text,
                                 struct err *err)
{
    struct reader r = {.c = c, .kind = CONTEXT_PEOPLE, .path = path};
    if (jtree_looks(text)) {
        return jtree_each(&r, text, read_doc, NULL, err);
    }
    return people_read_csv(&r, text, err);
}

extern const struct context_ops context_people;
const struct context_ops context_people = {
    .kind = CONTEXT_PEOPLE,
    .summary = "people: " FORMATS,
    .columns = people_columns,
    .column_count = PEOPLE_COLUMNS,
    .read = read_people,
};
