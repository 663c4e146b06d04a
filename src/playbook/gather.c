/*
 * gather - from a case and its run to subjects.
 */
#include "playbook/inquiry.h"

void inquiry_init(struct inquiry *q, const struct judge *j, struct case_file *c, struct arena *a)
{
    *q = (struct inquiry){
        .judge = j, .book = j->playbook, .history = j->history, .file = c, .arena = a};
    arena_init(&q->scratch, 0);
}

void inquiry_release(struct inquiry *q)
{
    for (unsigned p = 0; p < PART_MAX_; p++) {
        for (size_t i = 0; i < q->parts[p].len; i++) {
            weighing_release(&q->parts[p].all[i]);
        }
    }
    history_free(q->own);
    map_free(&q->index);
    arena_free(&q->scratch);
}

enum err_code inquiry_no_memory(const struct inquiry *q, struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory to judge case %.*s", STR_ARG(q->file->id));
}

struct subject *inquiry_subject(const struct inquiry *q, const struct event *e)
{
    const void *p = e;
    return map_get(&q->index, str_make((const char *)&p, sizeof(p)));
}

static bool make_subjects(struct inquiry *q)
{
    const struct case_file *c = q->file;
    q->subjects = ARENA_ARRAY(&q->scratch, struct subject, c->timeline.len + 1);
    const struct event **keys = (const struct event **)arena_alloc(
        &q->scratch, c->timeline.len + 1, sizeof(struct event *), _Alignof(struct event *));
    if (q->subjects == NULL || keys == NULL) {
        return false;
    }
    for (size_t i = 0; i < c->timeline.len; i++) {
        struct subject *s = &q->subjects[i];
        s->event = c->timeline.at[i];
        s->states = q->states;
        keys[i] = s->event;
        struct map_entry *e = map_put(&q->index, str_make((const char *)&keys[i], sizeof(*keys)));
        if (e == NULL) {
            return false;
        }
        e->value = s;
        q->subject_count = i + 1;
    }
    return true;
}

/* Two passes: count, then fill, so that each subject has one array. */
static bool hand_out_findings(struct inquiry *q)
{
    const struct case_file *c = q->file;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < c->findings.len; i++) {
            const struct finding *f = c->findings.at[i];
            for (size_t k = 0; k < f->events.len; k++) {
                struct subject *s = inquiry_subject(q, f->events.at[k]);
                if (s == NULL) {
                    continue;
                }
                if (pass == 1) {
                    s->findings[s->finding_count] = f;
                }
                s->finding_count++;
            }
        }
        for (size_t i = 0; pass == 0 && i < q->subject_count; i++) {
            struct subject *s = &q->subjects[i];
            s->findings = (const struct finding **)arena_alloc(&q->scratch, s->finding_count + 1,
                                                               sizeof(struct finding *),
                                                               _Alignof(struct finding *));
            if (s->findings == NULL) {
                return false;
            }
            s->finding_count = 0;
        }
    }
    return true;
}

static bool puts_question(const struct subject *s, enum question question)
{
    for (size_t i = 0; i < s->finding_count; i++) {
        if (s->findings[i]->detection->question == question) {
            return true;
        }
    }
    return false;
}

/* Q1 is weighed for every event, so that a leaver or a break-glass account is seen even where no
 * finding asks; a change of identities or logging is Q1's only where a finding says so. */
static unsigned parts_of(const struct subject *s)
{
    bool change = s->event->kind == EVENT_CHANGE || s->event->kind == EVENT_DEPLOY ||
                  (subject_is_change(s) && puts_question(s, Q1));
    unsigned parts = 1U << (change ? PART_CHANGE : PART_USE);
    if (s->event->kind == EVENT_TRAFFIC && !puts_question(s, Q1)) {
        parts = 0; /* a host had contact with a name: nobody's reason is asked for */
    }
    if (puts_question(s, Q2)) {
        parts |= 1U << PART_PERMISSIONS;
    }
    if (s->address_count > 0 || s->alert != NULL || puts_question(s, Q3)) {
        parts |= 1U << PART_ADDRESSES;
    }
    if (puts_question(s, Q4)) {
        parts |= 1U << PART_TRAFFIC;
    }
    return parts;
}

enum err_code inquiry_gather(struct inquiry *q, struct err *err)
{
    if (!make_subjects(q) || !hand_out_findings(q)) {
        return inquiry_no_memory(q, err);
    }
    for (size_t i = 0; i < q->subject_count; i++) {
        struct subject *s = &q->subjects[i];
        s->watched = context_watch_of(q->judge->context, s->event);
        gather_change(q, s);
        gather_who(q, s);
        gather_use(q, s);
        gather_usual(q, s);
        gather_grant(q, s);
        if (!gather_addresses(q, s)) {
            return inquiry_no_memory(q, err);
        }
        s->parts = parts_of(s);
    }
    return gather_words(q) ? ERR_OK : inquiry_no_memory(q, err);
}
