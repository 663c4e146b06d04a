/*
 * evidence - the arithmetic of an answer (judgement: items, groups, explanations, thresholds).
 *
 * One event at a time: producers add items, weighing_sum makes a score and a verdict of them.
 *
 *     struct weighing w;
 *     weighing_init(&w, playbook, &subject, PART_CHANGE, arena);
 *     weighing_collect(&w);
 *     weighing_sum(&w);
 *     ... w.verdict, w.score, w.at[0 .. w.len)
 *     weighing_release(&w);
 */
#ifndef PLAYBOOK_EVIDENCE_H
#define PLAYBOOK_EVIDENCE_H

#include "playbook/subject.h"

/* Items that the engine makes; the names are the playbook's ids. */
enum made_item {
#define MADE(name, id) MADE_##name,
#include "playbook/made.def"
#undef MADE
    MADE_MAX_
};

struct weighed {
    const struct playbook_item *def;
    struct item item;
    bool explained;
    bool moot; /* the provider refused: nothing was changed, so it weighs nothing */
    bool
        idle; /* a person's word, which makes nothing less than suspicious (row E10 asks for two) */
};

struct weighing {
    const struct playbook *book;
    const struct subject *subject;
    enum part part;
    struct arena *arena; /* for texts */
    bool failed;         /* no memory */
    VEC_OF(struct weighed);
    /* Set by weighing_sum. */
    int score;
    enum verdict verdict;
    bool hard;       /* an unexplained hard item */
    bool authorised; /* an item that may carry "legitimate", its sources present */
    bool barred;     /* an unexplained item forbids "legitimate" */
};

void weighing_init(struct weighing *w, const struct playbook *p, const struct subject *s,
                   enum part part, struct arena *a);
void weighing_release(struct weighing *w);

/* Add an item by id. `fmt` gives the values behind the item's text ("" for none); `ref` is what it
 * rests on. An item that the playbook leaves out, or that belongs to another question, is not
 * added; one that is there already stays as it is. */
void weighing_add(struct weighing *w, enum made_item id, struct str ref, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* All producers of the part. */
void weighing_collect(struct weighing *w);
void weighing_findings(struct weighing *w); /* items with refs (evidence_findings.c) */
void weighing_change(struct weighing *w);   /* q1_change.c */
void weighing_person(struct weighing *w);   /* q1_person.c */
void weighing_use(struct weighing *w);      /* q1_use.c */
void weighing_permissions(struct weighing *w);
void weighing_addresses(struct weighing *w);
void weighing_traffic(struct weighing *w);

void weighing_sum(struct weighing *w);
/* Thresholds of the event: lower where it is about something that is watched. */
int weighing_suspicious(const struct weighing *w);
int weighing_bar(const struct weighing *w);

/* Does something known about the event explain an item with this set of explanations? `out` then
 * says what ("CHG0031187 (M4)"). */
bool subject_explained(const struct subject *s, unsigned set, struct arena *a, struct str *out);

/* Is the finding explained for this event: by the items it feeds, or, feeding none, by an approved
 * change? Findings of foreign rules need a record that names what was done. */
bool finding_explained_at(const struct playbook *p, const struct finding *f,
                          const struct subject *s);

/* The unexplained item that weighs most towards suspicious (or, `against`, towards legitimate);
 * NULL: none. */
const struct weighed *weighing_top(const struct weighing *w, bool against);
/* Of a group the item that counts: neither explained nor moot, the strongest; NULL: none. */
const struct weighed *weighing_strongest(const struct weighing *w, struct str group);
/* Of what an item needs, what is not there: a set of enum evidence_source. */
unsigned weighing_missing(const struct weighing *w, const struct playbook_item *it);
/* An actor whose beginning is not in the logs may be anybody; a person whom nobody lists may have
 * left. A registered process names its caller itself. Only Q1 asks. */
bool weighing_actor_known(const struct weighing *w);
bool weighing_has(const struct weighing *w, enum made_item id); /* unexplained */
bool weighing_has_id(const struct weighing *w, struct str id);  /* unexplained, not moot */

#endif
