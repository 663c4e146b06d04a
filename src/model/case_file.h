/*
 * case_file - findings about the same entities, with answers and one decision.
 */
#ifndef MODEL_CASE_FILE_H
#define MODEL_CASE_FILE_H

#include "base/arena.h"
#include "base/vec.h"
#include "model/finding.h"

/* ---- coverage ---- */

enum coverage_state { COVERAGE_ABSENT, COVERAGE_LATE, COVERAGE_PARTIAL, COVERAGE_PRESENT };
const char *coverage_state_name(enum coverage_state s);

struct coverage {
    struct str source; /* "aws.cloudtrail", "changes", "people", "intel", "iam", "baseline", … */
    enum coverage_state state;
    int64_t from_us; /* TIME_NONE when it has no times */
    int64_t to_us;
    struct str note; /* what is missing and which option brings it; may be "" */
};

/* ---- answers ---- */

enum verdict { VERDICT_UNKNOWN, VERDICT_LEGITIMATE, VERDICT_SUSPICIOUS };
const char *verdict_name(enum verdict v);

enum strength { STRENGTH_WEAK, STRENGTH_MODERATE, STRENGTH_STRONG };
const char *strength_name(enum strength s);

/* One item of evidence for or against. weight in decibans, > 0 towards suspicious. */
struct item {
    struct str id; /* item id of the playbook: "change.none" */
    struct str group;
    int weight;      /* as counted: 0 when explained or not the strongest of its group */
    int weight_full; /* as the playbook has it */
    bool hard;
    bool authorises; /* may carry a legitimate answer (Q1: authorises; Q2–4: sufficient) */
    struct str text; /* for a person, with the values */
    struct str ref;  /* what it rests on: change id, finding id, feed, person */
    struct str explained_by; /* "" or what explains it */
};

struct answer {
    enum question question;
    bool raised;
    enum verdict verdict;
    enum strength strength;
    int score; /* decibans of the worst event */
    struct {
        VEC_OF(struct item);
    } items; /* towards suspicious */
    struct {
        VEC_OF(struct item);
    } against; /* towards legitimate */
    struct {
        VEC_OF(struct coverage);
    } coverage;
    struct str would_change; /* what would decide it: the file or record that is missing */
};

/* ---- steps, decision, plan ---- */

struct step_row {
    int64_t time_us;
    struct str outcome; /* "legitimate", "suspicious", "unknown" */
    struct str text;
    struct str ref;
};

struct step {
    struct str id;   /* "L1.1" */
    struct str text; /* the playbook's sentence */
    struct str outcome;
    struct {
        VEC_OF(struct step_row);
    } rows;
};

struct decision {
    struct str row;    /* "E3" */
    struct str action; /* escalate, tasks, hold, close-pending, close */
    bool escalate;
    struct str to;     /* "T2", "L1", "none" */
    int priority;      /* 1 to 4; 0 when nobody has to act */
    int64_t due_us;    /* TIME_NONE without deadline; counted from the end of the window */
    struct str reason; /* one sentence with the deciding facts */
    struct str clause; /* the playbook's sentence */
    bool contain;      /* containment is proposed */
    bool review;       /* a close that is presented again: one in twenty, chosen by its id */
    struct {
        VEC_OF(struct str);
    } not_seen; /* what could not be seen */
    struct {
        VEC_OF(struct str);
    } rows; /* all rows that fit, the first decides */
};

struct plan_step {
    struct str action; /* folder name in respond/ */
    struct str target;
    struct str why;
    struct str breaks; /* who notices */
    struct {
        VEC_OF(struct str);
    } commands;
    struct {
        VEC_OF(struct str);
    } undo;
    struct {
        VEC_OF(struct str);
    } before; /* read and keep first */
};

/* Somebody who can say whether it was meant; never one who acted. */
struct call_to {
    struct str who;  /* mail or login */
    struct str name; /* "" when not known */
    struct str why;  /* "owner of payments", "on call of platform", "approver of CHG0031187" */
};

/* What of a case would show it in other places: the seeds of a hunt. */
enum mark_kind {
#define MARK(id, name, before, after) MARK_##id,
#include "model/mark.def"
#undef MARK
    MARK_MAX_
};
const char *mark_kind_name(enum mark_kind k); /* "code_hash" */
NODISCARD bool mark_kind_parse(struct str name, enum mark_kind *out);
/* "functions with the code hash 9f…, in all accounts and regions" */
NODISCARD bool mark_text(enum mark_kind k, struct str value, struct arena *a, struct str *out);

struct mark {
    enum mark_kind kind;
    struct str value;
    bool external; /* of the other side, not of ours: may be told to others as an indicator */
};

/* Does the event carry the mark? Texts are compared whole; names of functions may differ in a letter
 * or two. The event's actor counts where it has one. */
bool mark_fits(const struct mark *m, const struct event *e);

/* Whose function it is about. */
enum case_whose {
    CASE_NO_FUNCTION,
    CASE_OURS,   /* a function of ours was abused */
    CASE_THEIRS, /* somebody else's was used against us */
    CASE_BOTH,
    CASE_WHOSE_MAX_
};
const char *case_whose_name(enum case_whose w); /* "none", "ours", "theirs", "both" */
const char *case_whose_text(enum case_whose w); /* for a person; "" for none */

/* What somebody said about the case (--attest), and whether it counts. */
struct word {
    enum question question;
    bool legitimate; /* else: suspicious */
    struct str who, channel, text, origin;
    int64_t at_us, expires_us; /* at: TIME_NONE when not told */
    const char *role;          /* "owner", "approver", or "" */
    const char *refused;       /* why it does not count; NULL: it counts */
};

/* What became of a case since an earlier result (--previous). */
enum case_since { CASE_NOT_COMPARED, CASE_NEW, CASE_CHANGED, CASE_UNCHANGED, CASE_SINCE_MAX_ };
const char *case_since_name(enum case_since s); /* "", "new", "changed", "unchanged" */

struct since {
    enum case_since state;
    struct str was_row; /* row that decided then; "" when new */
    bool kept;          /* stays closed: nothing is new, and no answer speaks against it */
    struct {
        VEC_OF(struct str);
    } changes; /* "Q3 unknown, now suspicious", "new finding D14 …" */
    struct {
        VEC_OF(struct str);
    } supersedes; /* ids of earlier cases that are part of this one now */
};

struct arithmetic; /* model/arithmetic.h */

struct case_file {
    struct str id; /* hash of its first evidence's provider id; 8 hex digits are shown */
    struct str title;
    enum severity severity;
    enum case_whose whose;
    int64_t first_us;
    int64_t last_us;
    struct {
        VEC_OF(struct finding *);
    } findings; /* finding_cmp order */
    struct {
        VEC_OF(const struct event *);
    } timeline; /* distinct events, event_cmp order */
    struct {
        VEC_OF(struct function_key);
    } functions;
    struct {
        VEC_OF(const struct actor *);
    } actors;
    struct {
        VEC_OF(struct str);
    } addresses;
    struct answer answers[QUESTION_MAX_];
    struct {
        VEC_OF(struct step);
    } steps;
    struct decision decision;
    struct since since;
    struct {
        VEC_OF(struct word);
    } words; /* in order of the files */
    struct {
        VEC_OF(struct plan_step);
    } plan;
    struct {
        VEC_OF(struct call_to);
    } calls;
    struct {
        VEC_OF(struct mark);
    } marks;
    struct {
        VEC_OF(struct str);
    } hunts;                             /* the marks as sentences, in their order */
    const struct arithmetic *arithmetic; /* how it was decided; NULL unless asked for */
};

/* Case order in all output: priority (0 last), severity down, first_us, id. */
int case_file_cmp(const struct case_file *a, const struct case_file *b);
void case_file_free(struct case_file *c); /* its arrays, not the findings */

#endif
