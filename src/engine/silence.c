#include "engine/silence.h"

#include <stdlib.h>
#include <string.h>

#define LEAST_US  (2 * TIME_HOUR_US)
#define BESIDE_US (12 * TIME_HOUR_US)
#define BEFORE_US (24 * TIME_HOUR_US)

enum { LEAST_SLOTS = 3, TIMES_LONGER = 4, STEADY_PERCENT = 90 };

/* Nine slots of ten have records. */
static bool is_steady(const struct activity *a, int64_t from_us, int64_t to_us)
{
    struct activity_share s = activity_in(a, from_us, to_us);
    return s.all > 0 && s.active * 100 >= s.all * STEADY_PERCENT;
}

static bool is_long(const struct activity *a, int64_t gap_us, int64_t next_us)
{
    int64_t slot_us = activity_slot_us(a);
    int64_t usual = next_us > slot_us ? next_us : slot_us;
    return gap_us >= LEAST_US && gap_us >= LEAST_SLOTS * slot_us && gap_us >= TIMES_LONGER * usual;
}

/* Where records begin, and where they end. */
static int64_t begin_of(const struct activity *a)
{
    return a->first * activity_slot_us(a);
}

static int64_t end_of(const struct activity *a)
{
    return (a->last + 1) * activity_slot_us(a);
}

static bool gap_between(const struct activity *a, struct activity_gap *gap)
{
    return activity_longest_gap(a, gap) && is_long(a, gap->to_us - gap->from_us, gap->next_us) &&
           gap->from_us - begin_of(a) >= BESIDE_US && end_of(a) - gap->to_us >= BESIDE_US &&
           is_steady(a, gap->from_us - BESIDE_US, gap->from_us) &&
           is_steady(a, gap->to_us, gap->to_us + BESIDE_US);
}

/* Silent to the end, while another account of the same source goes on. */
static bool gap_at_end(const struct scan_result *scan, size_t at, struct activity_gap *gap)
{
    const struct seen_account *s = &scan->seen.at[at];
    struct activity_gap inner = {0};
    (void)activity_longest_gap(&s->activity, &inner);
    int64_t usual = inner.to_us - inner.from_us;
    gap->from_us = end_of(&s->activity);
    if (gap->from_us - begin_of(&s->activity) < BEFORE_US ||
        !is_steady(&s->activity, gap->from_us - BEFORE_US, gap->from_us)) {
        return false;
    }
    for (size_t i = 0; i < scan->seen.len; i++) {
        const struct seen_account *other = &scan->seen.at[i];
        int64_t to_us = other->activity.any ? end_of(&other->activity) : TIME_NONE;
        if (i != at && other->source == s->source && to_us != TIME_NONE && to_us > gap->from_us &&
            is_long(&s->activity, to_us - gap->from_us, usual) &&
            is_steady(&other->activity, gap->from_us, to_us)) {
            gap->to_us = to_us;
            return true;
        }
    }
    return false;
}

static struct event *event_of(const struct seen_account *s, bool ended, struct arena *a)
{
    struct event *e = ARENA_NEW(a, struct event);
    struct attr *attr = ARENA_NEW(a, struct attr);
    char from[TIME_TEXT_MAX];
    char to[TIME_TEXT_MAX];
    (void)time_format(s->gap_from_us, from);
    (void)time_format(s->gap_to_us, to);
    if (e == NULL || attr == NULL || !arena_dup(a, s->account, &e->account) ||
        !arena_printf(
            a, &attr->value, "%s: no records from %s to %s, %s", s->source->name, from, to,
            ended ? "and other accounts go on" : "and there are always some before and after") ||
        !arena_printf(a, &e->record_id, "silence %s %.*s", s->source->name, STR_ARG(s->account))) {
        return NULL;
    }
    attr->id = ATTR_DESCRIPTION;
    e->kind = EVENT_LOGGING;
    e->time_us = s->gap_from_us;
    e->last_us = s->gap_to_us;
    e->source = str_of(s->source->name);
    e->service = STR("faaswatch");
    e->name = e->action = STR("SourceSilent");
    e->attrs = attr;
    e->attr_count = 1;
    e->count = 1;
    e->origin = (struct origin){.file = UINT32_MAX, .inner = -1};
    return e;
}

enum err_code silence_find(struct scan_result *scan, struct arena *a, struct err *err)
{
    bool any = false;
    for (size_t i = 0; i < scan->seen.len; i++) {
        struct seen_account *s = &scan->seen.at[i];
        struct activity_gap gap = {0};
        bool between = gap_between(&s->activity, &gap);
        if (!between && !gap_at_end(scan, i, &gap)) {
            continue;
        }
        s->gap_from_us = gap.from_us;
        s->gap_to_us = gap.to_us;
        struct event *e = event_of(s, !between, a);
        if (e == NULL || !VEC_PUSH(&scan->events, e)) {
            return err_set(err, ERR_NOMEM, "no memory for gaps in the logs");
        }
        any = true;
    }
    if (any) {
        qsort(scan->events.at, scan->events.len, sizeof(*scan->events.at), event_ptr_cmp);
    }
    return ERR_OK;
}
