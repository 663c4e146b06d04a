/*
 * step_feeds - L1.3: each address and name of the case against the feeds.
 */
#include <inttypes.h>

#include "playbook/steps.h"

static enum verdict address_verdict(const struct inquiry *q, const struct subject_address *at)
{
    if ((at->hit != NULL && !at->hit->shared && !at->hit->partial) || at->alert != NULL) {
        return VERDICT_SUSPICIOUS;
    }
    bool looked = q->states[NEED_INTEL] >= COVERAGE_PARTIAL;
    return at->own || (looked && at->hit == NULL && !at->aside_itself) ? VERDICT_LEGITIMATE
                                                                       : VERDICT_UNKNOWN;
}

static bool hit_row(const struct inquiry *q, struct step *step, const struct subject *s,
                    const struct subject_address *at)
{
    struct str said;
    return intel_hit_text(at->hit, q->arena, &said) &&
           step_row(q, step, s->event->time_us, address_verdict(q, at), at->feed, "%.*s: %.*s",
                    STR_ARG(at->text), STR_ARG(said));
}

static bool plain_row(const struct inquiry *q, struct step *step, const struct subject *s,
                      const struct subject_address *at)
{
    const char *what = at->own                                    ? "our own, a partner's or CI's"
                       : q->states[NEED_INTEL] < COVERAGE_PARTIAL ? "not looked up: give --intel"
                                                                  : "in no feed";
    if (at->aside.len != 0) {
        what = at->own ? "our own, a partner's or CI's; listed by " : "listed by ";
    }
    return step_row(q, step, s->event->time_us, address_verdict(q, at), STR_EMPTY,
                    "%.*s: %s%.*s%s%.*s", STR_ARG(at->text), what, STR_ARG(at->aside),
                    at->range.len != 0 ? ", in " : "", STR_ARG(at->range));
}

static bool alert_row(const struct inquiry *q, struct step *step, const struct subject_address *at)
{
    return at->alert == NULL || step_row(q, step, at->alert->time_us, VERDICT_SUSPICIOUS,
                                         at->alert->id, "%.*s: open %.*s: %.*s", STR_ARG(at->text),
                                         STR_ARG(at->alert->kind), STR_ARG(at->alert->text));
}

static bool feed_rows(const struct inquiry *q, struct step *step)
{
    size_t n = q->judge->intel == NULL ? 0 : intel_feed_count(q->judge->intel);
    for (size_t i = 0; i < n && step->rows.len < STEP_ROWS_MAX; i++) {
        const struct feed_info *f = intel_feed(q->judge->intel, i);
        if (!step_row(q, step, TIME_NONE, VERDICT_LEGITIMATE, f->path,
                      "feed %.*s: %" PRIu64 " entries, version %.*s", STR_ARG(f->path),
                      f->indicators,
                      STR_ARG(f->version.len != 0 ? f->version : STR("not stated")))) {
            return false;
        }
    }
    return true;
}

static bool address_rows(const struct inquiry *q, struct step *step, struct map *seen)
{
    for (size_t i = 0; i < q->subject_count; i++) {
        const struct subject *s = &q->subjects[i];
        for (size_t k = 0; k < s->address_count && step->rows.len < STEP_ROWS_MAX; k++) {
            const struct subject_address *at = &s->addresses[k];
            struct map_entry *e = map_put(seen, at->text);
            if (e == NULL) {
                return false;
            }
            if (e->value != NULL) {
                continue;
            }
            e->value = seen;
            bool ok = at->hit != NULL ? hit_row(q, step, s, at) : plain_row(q, step, s, at);
            if (!ok || !alert_row(q, step, at)) {
                return false;
            }
        }
    }
    return true;
}

bool step_feeds(const struct inquiry *q, struct step *step)
{
    CLEANUP(map_free) struct map seen = {0};
    if (!address_rows(q, step, &seen)) {
        return false;
    }
    if (step->rows.len == 0) {
        return step_row(q, step, TIME_NONE, VERDICT_LEGITIMATE, STR_EMPTY,
                        "no address or name is in the evidence");
    }
    return feed_rows(q, step);
}
