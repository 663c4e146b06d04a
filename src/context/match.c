#include "context/match.h"

#include <stdarg.h>
#include <stdio.h>

#include "context/match_priv.h"
#include "context/read.h"
#include "context/ticket.h"

const char *match_class_name(enum match_class c)
{
    static const char *const names[] = {
        [MATCH_M0] = "M0", [MATCH_M1] = "M1", [MATCH_M2] = "M2",
        [MATCH_M3] = "M3", [MATCH_M4] = "M4", [MATCH_MR] = "MR",
    };
    return (unsigned)c < ARRAY_LEN(names) ? names[c] : "unknown";
}

void change_match_free(struct change_match *m)
{
    VEC_FREE(&m->reasons);
}

enum err_code match_reason(const struct matching *mt, struct change_match *m, int score,
                           struct err *err, const char *fmt, ...)
{
    char text[320];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    struct match_reason reason = {.score = score};
    if (!arena_dup(mt->arena, str_of(text), &reason.text) || !VEC_PUSH(&m->reasons, reason)) {
        return err_set(err, ERR_NOMEM, "no memory for the reasons of a match");
    }
    m->score += score;
    return ERR_OK;
}

enum err_code match_cap(const struct matching *mt, struct change_match *m, enum match_class ceiling,
                        struct err *err, const char *why)
{
    if (ceiling < m->ceiling) {
        m->ceiling = ceiling;
    }
    return match_reason(mt, m, 0, err, "ceiling %s: %s", match_class_name(ceiling), why);
}

enum match_class match_classify(const struct change_match *m)
{
    enum match_class class = MATCH_M0;
    if (m->score >= POINTS_M4 && (m->actor_matched || m->artefact_matched) && m->before) {
        class = MATCH_M4;
    } else if (m->score >= POINTS_M3 || (m->emergency && m->score >= POINTS_M2)) {
        class = MATCH_M3;
    } else if (m->score >= POINTS_M2) {
        class = MATCH_M2;
    } else if (m->resource_matched || m->actor_matched || m->artefact_matched) {
        class = MATCH_M1;
    }
    class = class > m->ceiling ? m->ceiling : class;
    return m->rejected && class >= MATCH_M2 ? MATCH_MR : class;
}

/* ---- candidates ---- */

/* Could this record be meant, by its time? */
static bool in_time(const struct change *ch, int64_t at)
{
    int64_t from;
    int64_t to;
    bool emergency = ch->type == CHANGE_EMERGENCY;
    int64_t grace = change_grace_us(ch);
    if (at == TIME_NONE) {
        return false;
    }
    if (emergency && ch->approved_us != TIME_NONE && ch->approved_us >= at &&
        ch->approved_us - at <= RETRO_US) {
        return true;
    }
    return change_window(ch, &from, &to) && (from == INT64_MIN || at >= from - grace) &&
           (to == INT64_MAX || at <= to + grace);
}

/* A contradiction stands unless a record reaches M3. */
static int rank(const struct change_match *m)
{
    static const int ranks[] = {
        [MATCH_M0] = 0, [MATCH_M1] = 1, [MATCH_M2] = 2,
        [MATCH_MR] = 3, [MATCH_M3] = 4, [MATCH_M4] = 5,
    };
    return ranks[m->class];
}

static bool better(const struct change_match *m, const struct change_match *best)
{
    if (best->change == NULL || rank(m) != rank(best)) {
        return best->change == NULL || rank(m) > rank(best);
    }
    if (m->score != best->score) {
        return m->score > best->score;
    }
    return str_cmp(m->change->id, best->change->id) < 0;
}

/* Weigh one record against the best so far. */
static enum err_code consider(const struct matching *mt, const struct change *ch,
                              struct change_match *best, struct err *err)
{
    struct change_match m = {.change = ch, .ceiling = MATCH_M4};
    enum err_code rc = match_score(mt, &m, err);
    if (rc != ERR_OK) {
        change_match_free(&m);
        return rc;
    }
    m.class = match_classify(&m);
    if (better(&m, best)) {
        change_match_free(best);
        *best = m;
    } else {
        change_match_free(&m);
    }
    return ERR_OK;
}

/* Changes are sorted by start; change_until_us tells when nothing earlier reaches so far. */
static enum err_code by_time(const struct matching *mt, struct change_match *best, struct err *err)
{
    const struct context *c = mt->c;
    int64_t at = mt->e->time_us;
    size_t low = 0;
    size_t high = c->changes.len;
    /* Beyond this start nothing can be meant: approval comes at most 72 h later. */
    while (low < high && at != TIME_NONE) {
        size_t mid = low + (high - low) / 2;
        if (c->changes.at[mid].start_us == TIME_NONE ||
            c->changes.at[mid].start_us <= at + RETRO_US) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    enum err_code rc = ERR_OK;
    for (size_t i = low; rc == ERR_OK && i > 0; i--) {
        if (c->change_until_us[i - 1] < at) {
            break;
        }
        if (in_time(&c->changes.at[i - 1], at)) {
            rc = consider(mt, &c->changes.at[i - 1], best, err);
        }
    }
    return rc;
}

static enum err_code by_id(const struct matching *mt, struct change_match *best, struct err *err)
{
    size_t which = 0;
    struct str text;
    enum err_code rc = ERR_OK;
    while (rc == ERR_OK && match_written(mt->e, &which, &text)) {
        size_t at = 0;
        struct str id;
        while (rc == ERR_OK && ticket_next(text, &at, &id)) {
            const struct change *ch = index_change(mt->c, id);
            if (ch == NULL && id.ptr[0] == '#') {
                ch = index_change(mt->c, str_from(id, 1));
            }
            if (ch != NULL && !in_time(ch, mt->e->time_us)) {
                rc = consider(mt, ch, best, err);
            }
        }
    }
    return rc;
}

static struct matching matching_of(const struct context *c, const struct event *e,
                                   bool incident_open, struct arena *a)
{
    struct matching mt = {.c = c, .e = e, .incident_open = incident_open, .arena = a};
    mt.person = context_person(c, e->actor);
    if (e->function.name.len > 0) {
        int n = snprintf(mt.arn, sizeof(mt.arn), "lambda:%.*s:%.*s:function:%.*s",
                         STR_ARG(e->function.region), STR_ARG(e->function.account),
                         STR_ARG(e->function.name));
        if (n < 0 || (size_t)n >= sizeof(mt.arn)) {
            mt.arn[0] = '\0';
        }
    }
    return mt;
}

enum err_code change_match_event(const struct context *c, const struct event *e, bool incident_open,
                                 struct arena *a, struct change_match *out, struct err *err)
{
    struct matching mt = matching_of(c, e, incident_open, a);
    if (hash_normalise(event_attr_get(e, ATTR_CODE_HASH), mt.hash_text)) {
        mt.hash = str_make(mt.hash_text, sizeof(mt.hash_text));
    }
    struct change_match best = {.class = MATCH_M0, .ceiling = MATCH_M4};
    enum err_code rc = by_time(&mt, &best, err);
    if (rc == ERR_OK) {
        rc = by_id(&mt, &best, err);
    }
    if (rc != ERR_OK) {
        change_match_free(&best);
        return rc;
    }
    if (best.change != NULL) {
        best.names_nature = match_names_nature(&mt, best.change);
    }
    *out = best;
    return ERR_OK;
}

enum err_code change_match_reused(struct change_match *m, size_t unlike, struct arena *a,
                                  struct err *err)
{
    if (m->change == NULL || unlike < MATCH_REUSE_MANY) {
        return ERR_OK;
    }
    const struct matching mt = {.arena = a};
    enum err_code rc =
        match_reason(&mt, m, -10, err, "the record covers %zu unlike events", unlike);
    if (rc == ERR_OK) {
        m->class = match_classify(m);
    }
    return rc;
}
