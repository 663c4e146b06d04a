/*
 * json_since - what is new since an earlier result, as JSON.
 */
#include "report/json_parts.h"

static void texts(struct json_writer *w, const char *key, const struct str *at, size_t len)
{
    json_key(w, str_of(key));
    json_array_begin(w);
    for (size_t i = 0; i < len; i++) {
        json_parts_text(w, at[i]);
    }
    json_array_end(w);
}

void json_parts_since(struct json_writer *w, const struct since *s)
{
    json_key(w, STR("since"));
    json_object_begin(w);
    json_parts_str(w, "state", str_of(case_since_name(s->state)));
    json_parts_str(w, "was_row", s->was_row);
    json_key(w, STR("kept"));
    json_bool(w, s->kept);
    texts(w, "changes", s->changes.at, s->changes.len);
    texts(w, "supersedes", s->supersedes.at, s->supersedes.len);
    json_object_end(w);
}

void json_parts_since_all(struct json_writer *w, const struct since_tally *t)
{
    json_key(w, STR("previous"));
    json_object_begin(w);
    json_parts_str(w, "path", t->path);
    json_parts_u64(w, "new", t->fresh);
    json_parts_u64(w, "changed", t->changed);
    json_parts_u64(w, "unchanged", t->unchanged);
    json_key(w, STR("gone"));
    json_array_begin(w);
    for (size_t i = 0; i < t->gone.len; i++) {
        json_object_begin(w);
        json_parts_str(w, "id", t->gone.at[i].id);
        json_parts_str(w, "title", t->gone.at[i].title);
        json_parts_str(w, "row", t->gone.at[i].row);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}
