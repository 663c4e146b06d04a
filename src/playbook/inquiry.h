/*
 * inquiry - one case being judged: its events as subjects, the coverage, the parts of the answers.
 */
#ifndef PLAYBOOK_INQUIRY_H
#define PLAYBOOK_INQUIRY_H

#include "playbook/evidence.h"
#include "playbook/playbook.h"

struct part_result {
    struct weighing *all; /* one an event of this part */
    size_t len;
    const struct weighing *worst; /* NULL: no event belongs to this part */
    bool raised;
    const char *raised_why;          /* static text: what put the question, or why nothing did */
    const struct finding *raised_by; /* the first that put it, or NULL */
    enum verdict verdict;            /* of the worst */
};

struct inquiry {
    const struct judge *judge;
    const struct playbook *book;
    const struct history *history; /* the judge's, or `own` */
    struct history *own;
    struct case_file *file;
    struct arena *arena;  /* the caller's: what stays */
    struct arena scratch; /* texts of items that are not shown */
    struct coverage coverage[NEED_MAX_];
    enum coverage_state states[NEED_MAX_];
    struct coverage *other_logs; /* of a case over several sources: those besides the worst one */
    size_t other_log_count;
    bool people_signed_in; /* by single sign-on: sign_ins says what is known of that */
    struct coverage sign_ins;
    bool begins_early;        /* the case begins less than 1 h after the logs do */
    bool ends_late;           /* ... ends less than 1 h before the window does */
    struct subject *subjects; /* one a timeline event, in that order */
    size_t subject_count;
    struct map index; /* address of the event -> subject */
    struct part_result parts[PART_MAX_];
    struct function_key usual_of; /* function that `usual` is about; name "": none yet */
    struct subject_usual usual;
};

void inquiry_init(struct inquiry *q, const struct judge *j, struct case_file *c, struct arena *a);
void inquiry_release(struct inquiry *q);

/* In this order. */
NODISCARD enum err_code inquiry_cover(struct inquiry *q, struct err *err);  /* coverage.c */
NODISCARD enum err_code inquiry_gather(struct inquiry *q, struct err *err); /* gather.c */
NODISCARD enum err_code inquiry_weigh(struct inquiry *q, struct err *err);  /* answers.c */
NODISCARD enum err_code inquiry_answer(struct inquiry *q, struct err *err);
NODISCARD enum err_code inquiry_step(struct inquiry *q, struct err *err);   /* steps.c */
NODISCARD enum err_code inquiry_decide(struct inquiry *q, struct err *err); /* decide.c */
NODISCARD enum err_code inquiry_call(struct inquiry *q, struct err *err);   /* call.c */
NODISCARD enum err_code inquiry_hunt(struct inquiry *q, struct err *err);   /* hunts.c */

/* What is new since an earlier result; a closed case may stay closed by it (since.c). */
NODISCARD enum err_code inquiry_compare(struct inquiry *q, struct err *err);
/* An earlier case that this one continues: its id, a finding or a record of it. */
bool inquiry_continues(const struct inquiry *q, const struct previous_case *was);
/* Was the case's arithmetic asked for? Then, after the decision, it is kept in the case. */
bool inquiry_asked(const struct inquiry *q);
NODISCARD enum err_code inquiry_reckon(struct inquiry *q, struct err *err); /* reckon.c */
struct arithmetic;
/* Judge again with one thing otherwise, and tell what comes out; false: no memory (what_if.c). */
NODISCARD bool inquiry_what_if(struct inquiry *q, struct arithmetic *out);

struct subject *inquiry_subject(const struct inquiry *q, const struct event *e); /* or NULL */
/* An operation of the case whose end is not in the logs: nobody knows whether it succeeded. The first
 * that should have ended by now, else any; NULL: none. *waits: its end may still arrive. */
const struct event *inquiry_pending(const struct inquiry *q, bool *waits);
/* All events of the finding are explained. */
bool inquiry_explained(const struct inquiry *q, const struct finding *f);
/* Mark the findings that are explained, of which the answer is that all is well; in a case that is
 * not escalated. */
void inquiry_settle(const struct inquiry *q);
/* An undeclared change (D03) is a high finding only where a record is required. */
enum severity inquiry_severity(const struct inquiry *q, const struct finding *f);
/* Fill a->would_change; false: no memory (would_change.c). */
bool answer_would_change(const struct inquiry *q, const struct part_result *r, struct answer *a);
enum err_code inquiry_no_memory(const struct inquiry *q, struct err *err);

/* All that is suspicious can be explained, records of class M4 cover the changes, and owner and
 * approver vouch for it (words.c). */
bool inquiry_attested(const struct inquiry *q);
/* A project owns one of the case's functions. */
bool inquiry_owns_any(const struct inquiry *q, const struct project *pr);

/* Parts of gathering, a file each. */
bool gather_words(struct inquiry *q); /* after the subjects; false: no memory */
void gather_change(const struct inquiry *q, struct subject *s);
void gather_who(const struct inquiry *q, struct subject *s);
void gather_use(struct inquiry *q, struct subject *s);
void gather_usual(struct inquiry *q, struct subject *s);
void gather_grant(struct inquiry *q, struct subject *s);
bool gather_addresses(struct inquiry *q, struct subject *s); /* false: no memory */
bool gather_traffic(struct inquiry *q, struct subject *s);   /* of what the network saw */

/* What feeds say of it and was set aside; false: no memory. */
bool gather_aside(struct inquiry *q, struct subject_address *at, const struct intel_seen *seen,
                  int64_t at_us);

/* An open alert that names this address, function or actor; NULL: none. */
const struct alert *gather_alert_address(const struct context *c, struct str address);
const struct alert *gather_alert_function(const struct context *c, const struct function_key *k);
const struct alert *gather_alert_actor(const struct context *c, const struct event *e,
                                       const struct person *p);

#endif
