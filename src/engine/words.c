#include "engine/words.h"

static bool has_case(const struct result *r, struct str id)
{
    for (size_t i = 0; i < r->cases.len; i++) {
        if (str_starts(r->cases.at[i]->id, id)) {
            return true;
        }
    }
    return false;
}

static bool tell_word(const struct attestation *w, struct arena *a, struct result *r)
{
    bool expired = r->until_us != TIME_NONE && r->until_us >= w->expires_us;
    struct str note;
    char until[TIME_TEXT_MAX];
    time_format(w->expires_us, until);
    if (!expired && has_case(r, w->case_id)) {
        return true;
    }
    bool ok = expired ? arena_printf(a, &note, "%.*s: the word of %.*s about case %.*s expired %s",
                                     STR_ARG(w->origin), STR_ARG(str_head(w->who, 80)),
                                     STR_ARG(w->case_id), until)
                      : arena_printf(a, &note, "%.*s: there is no case %.*s", STR_ARG(w->origin),
                                     STR_ARG(w->case_id));
    return ok && VEC_PUSH(&r->notes, note);
}

bool words_tell(const struct context *c, struct arena *a, struct result *r)
{
    for (size_t i = 0; i < c->attestations.len; i++) {
        if (!tell_word(&c->attestations.at[i], a, r)) {
            return false;
        }
    }
    for (size_t i = 0; i < c->watched.len; i++) {
        const struct watched *w = &c->watched.at[i];
        struct str note;
        char until[TIME_TEXT_MAX];
        time_format(w->until_us, until);
        if (r->until_us != TIME_NONE && r->until_us >= w->until_us &&
            (!arena_printf(a, &note, "%.*s: %.*s is watched no more since %s", STR_ARG(w->origin),
                           STR_ARG(str_head(w->entity, 120)), until) ||
             !VEC_PUSH(&r->notes, note))) {
            return false;
        }
    }
    return true;
}
