#include "engine/since.h"

#include "base/map.h"
#include "sys/file.h"

enum { TITLE_MAX = 300 };

enum err_code since_load(struct str path, struct buf *text, struct previous **out, struct err *err)
{
    if (path.len == 0) {
        return ERR_OK;
    }
    buf_init(text, PREVIOUS_BYTES_MAX);
    enum err_code rc = file_read(path, text, err);
    return rc ? rc : previous_load(path, buf_str(text), out, err);
}

static bool note(struct map *there, struct str id)
{
    struct map_entry *e = map_put(there, id);
    if (e != NULL) {
        e->value = there;
    }
    return e != NULL;
}

static bool tell_gone(const struct previous *p, struct arena *a, const struct map *there,
                      struct result *r)
{
    for (size_t i = 0; i < previous_count(p); i++) {
        const struct previous_case *was = previous_at(p, i);
        if (map_get(there, was->id) != NULL) {
            continue;
        }
        struct gone_case gone;
        if (!arena_dup(a, was->id, &gone.id) ||
            !arena_dup(a, str_head(was->title, TITLE_MAX), &gone.title) ||
            !arena_dup(a, str_head(was->row, TITLE_MAX), &gone.row) ||
            !VEC_PUSH(&r->since.gone, gone)) {
            return false;
        }
    }
    return true;
}

bool since_tell(const struct previous *p, struct arena *a, struct result *r)
{
    CLEANUP(map_free) struct map there = {0};
    if (p == NULL) {
        return true;
    }
    r->since.path = previous_path(p);
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct case_file *c = r->cases.at[i];
        const struct since *s = &c->since;
        r->since.fresh += s->state == CASE_NEW;
        r->since.changed += s->state == CASE_CHANGED;
        r->since.unchanged += s->state == CASE_UNCHANGED;
        bool ok = note(&there, c->id);
        for (size_t k = 0; ok && k < s->supersedes.len; k++) {
            ok = note(&there, s->supersedes.at[k]);
        }
        if (!ok) {
            return false;
        }
    }
    return tell_gone(p, a, &there, r);
}
