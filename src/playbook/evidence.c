#include "playbook/evidence.h"

#include <stdarg.h>

#include "base/buf.h"
#include "base/utf8.h"

/* Names in a log may be long; what is shown of them need not be. */
enum { DETAIL_BYTES_MAX = 600 };

static const struct str made_ids[MADE_MAX_] = {
#define MADE(name, id) STR_INIT(id),
#include "playbook/made.def"
#undef MADE
};

void weighing_init(struct weighing *w, const struct playbook *p, const struct subject *s,
                   enum part part, struct arena *a)
{
    *w = (struct weighing){.book = p, .subject = s, .part = part, .arena = a};
}

void weighing_release(struct weighing *w)
{
    VEC_FREE(w);
}

static bool has(const struct weighing *w, const struct playbook_item *def)
{
    for (size_t i = 0; i < w->len; i++) {
        if (w->at[i].def == def) {
            return true;
        }
    }
    return false;
}

static void add(struct weighing *w, const struct playbook_item *def, struct str detail,
                struct str ref)
{
    if (has(w, def)) {
        return;
    }
    struct weighed it = {.def = def};
    it.item = (struct item){.id = def->id,
                            .group = def->group,
                            .weight_full = def->weight,
                            .hard = def->hard,
                            .authorises = def->authorises,
                            .text = def->text,
                            .ref = ref};
    detail = utf8_head(detail, DETAIL_BYTES_MAX);
    bool ok = detail.len == 0 || arena_printf(w->arena, &it.item.text, "%.*s: %.*s",
                                              STR_ARG(def->text), STR_ARG(detail));
    if (!ok || !VEC_PUSH(w, it)) {
        w->failed = true;
    }
}

void weighing_add(struct weighing *w, enum made_item id, struct str ref, const char *fmt, ...)
{
    const struct playbook_item *def = playbook_item(w->book, made_ids[id]);
    if (def == NULL || def->question != part_question(w->part) || w->failed) {
        return;
    }
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    add(w, def, buf_str(&b), ref);
    w->failed |= b.failed;
}

/* Only what was done counts as done: a refused grant grants nothing. Who tried, from where and
 * when weighs all the same. */
static bool is_moot(const struct subject *s, const struct playbook_item *def)
{
    return !subject_succeeded(s) &&
           (str_eq(def->group, STR("grant")) || str_eq(def->group, STR("nature")));
}

void weighing_findings(struct weighing *w)
{
    for (size_t i = 0; i < w->book->item_count; i++) {
        const struct playbook_item *def = &w->book->items[i];
        if (def->question != part_question(w->part)) {
            continue;
        }
        for (size_t k = 0; k < w->subject->finding_count; k++) {
            const struct finding *f = w->subject->findings[k];
            if (!f->detection->ours || f->confidence < def->confidence ||
                !playbook_item_has_ref(def, f->detection->ref)) {
                continue;
            }
            add(w, def, f->explain.len != 0 ? f->explain : f->detection->title, f->id);
            if (w->len > 0 && w->at[w->len - 1].def == def) {
                w->at[w->len - 1].moot = is_moot(w->subject, def);
            }
        }
    }
}

/* A word that counts, for this part's question. */
static void weighing_words(struct weighing *w)
{
    static const enum made_item meant[QUESTION_MAX_][2] = {
        {MADE_ATTEST_NO_REASON, MADE_ATTEST_REASON},
        {MADE_ATTEST_NO_PERMISSIONS, MADE_ATTEST_PERMISSIONS},
        {MADE_ATTEST_NO_ADDRESSES, MADE_ATTEST_ADDRESSES},
        {MADE_ATTEST_NO_TRAFFIC, MADE_ATTEST_TRAFFIC}};
    enum question question = part_question(w->part);
    for (size_t i = 0; i < w->subject->word_count; i++) {
        const struct word *word = &w->subject->words[i];
        if (word->question == question && word->refused == NULL) {
            weighing_add(w, meant[question][word->legitimate], word->origin, "%.*s%s%s, by %.*s",
                         STR_ARG(str_head(word->who, 80)), word->role[0] != '\0' ? ", " : "",
                         word->role, STR_ARG(str_head(word->channel, 80)));
        }
    }
}

int weighing_suspicious(const struct weighing *w)
{
    return w->subject->watched != NULL ? w->book->watched.suspicious : w->book->suspicious;
}

int weighing_bar(const struct weighing *w)
{
    return w->subject->watched != NULL ? w->book->watched.bar : w->book->bar;
}

void weighing_collect(struct weighing *w)
{
    switch (w->part) {
    case PART_CHANGE:
        weighing_change(w);
        weighing_person(w);
        break;
    case PART_USE:
        weighing_use(w);
        weighing_person(w);
        break;
    case PART_PERMISSIONS:
        weighing_permissions(w);
        break;
    case PART_ADDRESSES:
        weighing_addresses(w);
        break;
    case PART_TRAFFIC:
        weighing_traffic(w);
        break;
    case PART_MAX_:
        break;
    }
    weighing_findings(w);
    weighing_words(w);
}

/* ---- the sum ---- */

unsigned weighing_missing(const struct weighing *w, const struct playbook_item *it)
{
    unsigned missing = 0;
    for (unsigned n = 0; n < NEED_MAX_; n++) {
        /* Late logs leave the answer standing: the table then holds the case open (E12). A stale
         * or late record of any other kind may be the very one that is missing. */
        enum coverage_state least = n == NEED_LOGS ? COVERAGE_LATE : COVERAGE_PARTIAL;
        if ((it->needs >> n & 1U) != 0 && w->subject->states[n] < least) {
            missing |= 1U << n;
        }
    }
    return missing;
}

static int size_of(const struct weighed *it)
{
    int w = it->item.weight_full < 0 ? -it->item.weight_full : it->item.weight_full;
    return it->item.hard ? w + 1000 : w;
}

/* Between equals the one towards suspicious, then the first. */
const struct weighed *weighing_strongest(const struct weighing *w, struct str group)
{
    const struct weighed *best = NULL;
    for (size_t i = 0; i < w->len; i++) {
        const struct weighed *it = &w->at[i];
        if (it->explained || it->moot || !str_eq(it->item.group, group)) {
            continue;
        }
        int apart = best == NULL ? 1 : size_of(it) - size_of(best);
        if (best == NULL || apart > 0 ||
            (apart == 0 && it->item.weight_full > best->item.weight_full)) {
            best = it;
        }
    }
    return best;
}

static void note(struct weighed *it, const struct weighing *w)
{
    it->explained =
        it->def->weight >= 0 && it->def->explained_by != 0 &&
        subject_explained(w->subject, it->def->explained_by, w->arena, &it->item.explained_by);
}

bool weighing_actor_known(const struct weighing *w)
{
    const struct actor *a = w->subject->event->actor;
    return part_question(w->part) != Q1 ||
           (a != NULL && a->resolved &&
            (w->part != PART_CHANGE || !subject_is_stranger(w->subject)));
}

/* No window, feed, leave or build can be held against an event without a time. */
static bool is_dated(const struct weighing *w)
{
    return w->subject->event->time_us != TIME_NONE;
}

/* Where it is suspicious without the words that vouch for it, they count nothing. */
static void set_words_aside(struct weighing *w)
{
    for (size_t i = 0; i < w->len; i++) {
        struct weighed *it = &w->at[i];
        if (it->item.weight < 0 && str_eq(it->item.group, STR("attest")) &&
            (w->hard || w->score - it->item.weight >= weighing_suspicious(w))) {
            w->score -= it->item.weight;
            it->item.weight = 0;
            it->idle = true;
        }
    }
}

void weighing_sum(struct weighing *w)
{
    w->score = 0;
    w->hard = w->authorised = w->barred = false;
    for (size_t i = 0; i < w->len; i++) {
        note(&w->at[i], w);
    }
    for (size_t i = 0; i < w->len; i++) {
        struct weighed *it = &w->at[i];
        it->item.weight = 0;
        if (it->explained || it->moot) {
            continue;
        }
        if (weighing_strongest(w, it->item.group) == it) {
            it->item.weight = it->item.weight_full;
            w->score += it->item.weight;
        }
        w->hard |= it->item.hard;
        w->barred |= it->item.weight_full >= weighing_bar(w);
        w->authorised |= it->item.authorises && weighing_missing(w, it->def) == 0;
    }
    set_words_aside(w);
    if (w->hard || w->score >= weighing_suspicious(w)) {
        w->verdict = VERDICT_SUSPICIOUS;
    } else if (w->score <= w->book->legitimate && w->authorised && !w->barred &&
               weighing_actor_known(w) && is_dated(w)) {
        w->verdict = VERDICT_LEGITIMATE;
    } else {
        w->verdict = VERDICT_UNKNOWN;
    }
}

const struct weighed *weighing_top(const struct weighing *w, bool against)
{
    const struct weighed *top = NULL;
    for (size_t i = 0; i < w->len; i++) {
        const struct weighed *it = &w->at[i];
        int weight = against ? -it->item.weight : it->item.weight;
        int best = top == NULL ? 0 : size_of(top);
        if (weight > 0 && size_of(it) > best) {
            top = it;
        }
    }
    return top;
}

bool weighing_has_id(const struct weighing *w, struct str id)
{
    for (size_t i = 0; i < w->len; i++) {
        if (str_eq(w->at[i].item.id, id) && !w->at[i].explained && !w->at[i].moot) {
            return true;
        }
    }
    return false;
}

bool weighing_has(const struct weighing *w, enum made_item id)
{
    return weighing_has_id(w, made_ids[id]);
}
