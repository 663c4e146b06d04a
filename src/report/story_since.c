#include "report/show.h"
#include "report/story.h"

enum { CHANGE_MAX = 160, GONE_MAX = 8 };

void story_since(struct buf *out, const struct case_file *c)
{
    const struct since *s = &c->since;
    buf_add_cstr(out, case_since_name(s->state));
    if (s->was_row.len > 0 && s->state == CASE_CHANGED) {
        buf_add_cstr(out, ", was ");
        show_text(out, s->was_row);
    }
    for (size_t i = 0; i < s->changes.len; i++) {
        buf_add_cstr(out, i == 0 ? ": " : "; ");
        show_sentence(out, s->changes.at[i], CHANGE_MAX);
    }
    for (size_t i = 0; i < s->supersedes.len; i++) {
        buf_add_cstr(out, i == 0 ? "; supersedes case " : ", ");
        show_text(out, show_case_id(s->supersedes.at[i]));
    }
}

void story_words(struct buf *out, const struct case_file *c)
{
    for (size_t i = 0; i < c->words.len; i++) {
        const struct word *w = &c->words.at[i];
        buf_add_cstr(out, i == 0 ? "" : " · ");
        show_short(out, w->who, 60);
        buf_printf(out, "%s%s, by ", w->role[0] != '\0' ? ", " : "", w->role);
        show_short(out, w->channel, 60);
        buf_printf(out, ": %s %s", show_question(w->question),
                   w->legitimate ? "legitimate" : "suspicious");
        if (w->refused != NULL) {
            buf_printf(out, " (does not count: %s)", w->refused);
        }
    }
}

void story_since_all(struct buf *out, const struct result *r)
{
    const struct since_tally *t = &r->since;
    if (t->path.len == 0) {
        return;
    }
    show_count(out, t->fresh);
    buf_add_cstr(out, " new · ");
    show_count(out, t->changed);
    buf_add_cstr(out, " changed · ");
    show_count(out, t->unchanged);
    buf_add_cstr(out, " unchanged since ");
    show_short(out, t->path, 60);
    for (size_t i = 0; i < t->gone.len && i < GONE_MAX; i++) {
        buf_add_cstr(out, i == 0 ? " · no longer there: case " : ", ");
        show_text(out, show_case_id(t->gone.at[i].id));
        buf_add_cstr(out, " (");
        show_text(out, t->gone.at[i].row);
        buf_addc(out, ')');
    }
    if (t->gone.len > GONE_MAX) {
        buf_add_cstr(out, " and ");
        show_count(out, t->gone.len - GONE_MAX);
        buf_add_cstr(out, " more");
    }
}
