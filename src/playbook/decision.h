/*
 * decision - from facts to a row of the table. Pure: no case, no text, no memory.
 *
 * A table is a list of rows; each has alternatives, each alternative says for every fact which
 * values it allows. The first row with an alternative that fits decides; the last row is the one
 * that takes the rest, so there is always exactly one.
 */
#ifndef PLAYBOOK_DECISION_H
#define PLAYBOOK_DECISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"

enum fact_kind { FACT_ANSWER, FACT_YESNO, FACT_LOGGING, FACT_SOURCES, FACT_BAR, FACT_KIND_MAX_ };

enum fact_answer { ANSWER_UNRAISED, ANSWER_LEGITIMATE, ANSWER_UNKNOWN, ANSWER_SUSPICIOUS };
enum fact_logging { LOGGING_KEPT, LOGGING_OTHER, LOGGING_OFF };
enum fact_sources { SOURCES_PRESENT, SOURCES_LATE, SOURCES_MISSING };
enum fact_bar { BAR_NONE, BAR_STRAY, BAR_HIGH, BAR_WATCHED, BAR_EXERCISE };

enum fact_id {
#define FACT(id, kind, doc) FACT_ID_##id,
#include "playbook/facts.def"
#undef FACT
    FACT_ID_MAX_
};

/* Each member holds a value of its kind's enum; yes/no is 0 or 1. */
struct decision_facts {
#define FACT(id, kind, doc) uint8_t id;
#include "playbook/facts.def"
#undef FACT
};

const char *decision_fact_name(enum fact_id id);
const char *decision_fact_doc(enum fact_id id);
enum fact_kind decision_fact_kind(enum fact_id id);
unsigned decision_fact_values(enum fact_id id);                       /* how many it has */
const char *decision_value_name(enum fact_kind kind, unsigned value); /* NULL: no such value */

/* One bit a value of every fact; an alternative is the set of values it allows. */
enum { DECISION_ROWS_MAX = 32, DECISION_WHENS_MAX = 8 };
#define DECISION_ANY UINT64_MAX
/* `allowed` without the values of this fact, to which those wanted are then added. */
uint64_t decision_forbid(uint64_t allowed, enum fact_id id);
uint64_t decision_allow(uint64_t allowed, enum fact_id id, unsigned value);

struct decision_priority {
    int priority;
    uint64_t when[DECISION_WHENS_MAX];
    size_t when_count;
};

enum decision_then { THEN_NOTHING, THEN_T2, THEN_T2_JEWEL };

struct decision_row {
    struct str id, text, action, to;
    struct str clause; /* the sentence itself */
    struct str clause_id;
    unsigned line;           /* in the playbook */
    enum decision_then then; /* what happens when the deadline passes */
    bool contain;
    bool alone;     /* the priority is its own: other rows that fit do not raise it */
    bool otherwise; /* takes what no other row takes */
    int priority;   /* 0: nobody has to act */
    int due_min;    /* 0: by the priority's deadline */
    uint64_t when[DECISION_WHENS_MAX];
    size_t when_count;
    struct decision_priority priorities[DECISION_WHENS_MAX]; /* first that fits, else `priority` */
    size_t priority_count;
};

struct decision_table {
    struct decision_row *rows;
    size_t count;
};

struct decision_pick {
    size_t row;    /* the first that fits */
    uint32_t fits; /* bit i: row i fits */
    int priority;  /* 1 to 4, or 0 */
    bool contain;
};

unsigned decision_value(const struct decision_facts *f, enum fact_id id);
void decision_set(struct decision_facts *f, enum fact_id id, unsigned value);
bool decision_allows(uint64_t allowed, enum fact_id id, unsigned value);

/* What keeps a row from fitting: of its alternatives the one that fails in the fewest facts (`when`
 * of it in *when), and the first fact in which it fails. False: an alternative fits, or the row is
 * the `otherwise` row, which has none. */
NODISCARD bool decision_misses(const struct decision_facts *f, const struct decision_row *r,
                               enum fact_id *fact, uint64_t *when);

/* The table must end in its only `otherwise` row (playbook_load sees to it). */
struct decision_pick decision_pick(const struct decision_facts *f, const struct decision_table *t);

#endif
