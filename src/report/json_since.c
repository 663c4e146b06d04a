/*
 * json_since - what is new since an earlier result, and what people said, as JSON.
 */
#include "report/json_parts.h"
#include "report/show.h"

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

void json_parts_words(struct json_writer *w, const struct case_file *c)
{
    json_key(w, STR("words"));
    json_array_begin(w);
    for (size_t i = 0; i < c->words.len; i++) {
        const struct word *word = &c->words.at[i];
        json_object_begin(w);
        json_parts_str(w, "question", str_of(show_question(word->question)));
        json_parts_str(w, "answer", word->legitimate ? STR("legitimate") : STR("suspicious"));
        json_parts_str(w, "who", word->who);
        json_parts_str(w, "role", str_of(word->role));
        json_parts_str(w, "channel", word->channel);
        json_parts_str(w, "text", word->text);
        json_parts_time(w, "at", word->at_us);
        json_parts_time(w, "expires", word->expires_us);
        json_parts_str(w, "refused", str_of(word->refused));
        json_parts_str(w, "origin", word->origin);
        json_object_end(w);
    }
    json_array_end(w);
}
