/*
 * subject - one event of a case with all that is known around it: what the items of evidence are
 * made from. A plain struct, filled by gather.h from a run or by hand in a test; the producers of
 * evidence (evidence.h) look at nothing else.
 */
#ifndef PLAYBOOK_SUBJECT_H
#define PLAYBOOK_SUBJECT_H

#include "context/context.h"
#include "context/match.h"
#include "context/work.h"
#include "intel/intel.h"
#include "inventory/sign_in.h"
#include "model/finding.h"
#include "playbook/playbook_data.h"

/* The parts an answer is made of. Q1 has two, since the table asks for them apart. */
enum part {
    PART_CHANGE,      /* U: Q1 about a change */
    PART_USE,         /* I: Q1 about an invocation, a login, a read */
    PART_PERMISSIONS, /* P: Q2 */
    PART_ADDRESSES,   /* T: Q3 */
    PART_TRAFFIC,     /* N: Q4 */
    PART_MAX_
};
enum question part_question(enum part p);

struct subject_address {
    struct str text;
    const struct intel_hit *hit; /* NULL: no feed lists it */
    struct str feed;             /* name of the feed of the best hit, or "" */
    struct str aside;            /* "entry X of FEED, set aside: why": a feed lists it, or "" */
    bool aside_itself;           /* ... itself, and not a whole range around it */
    bool own;                    /* our own, a partner's or CI's */
    struct str range;            /* provider's range it lies in, or "" */
    const struct alert *alert;   /* an open one about it, or NULL */
    bool before;                 /* was in an escalated case before */
};

/* What is usual, from baselines and IAM data; not known without them. */
struct subject_usual {
    bool permissions_known;
    bool nothing_new;  /* no right was added */
    bool within_known; /* only actions that were used before */
    bool rate_known;
    bool rate_inside;  /* inside the band */
    unsigned days;     /* of history of the calls */
    unsigned use_days; /* ... of the principal */
};

struct subject {
    const struct event *event;
    unsigned parts;                  /* set of 1 << enum part */
    const struct finding **findings; /* of the case, that this event belongs to */
    size_t finding_count;
    const enum coverage_state *states; /* by enum evidence_source */

    /* The change. */
    const struct change_match *match; /* NULL: not matched, or no records given */
    bool change_required;             /* in this account */
    bool ticket_required;             /* a pipeline's build is not enough */
    const struct build *build;        /* made this code hash, or NULL */
    bool pipeline_proved;             /* CI subject, its build, reviewed, protected branch */
    bool same_code;                   /* the hash was deployed before, as the last one */
    unsigned denied_before;           /* refused attempts of the same within an hour before */
    unsigned changed_before;          /* earlier changes of this function by this actor */
    bool same_way;                    /* all of them console, or all of them not, as now */
    bool owner;                       /* of a project that owns the function */
    bool owner_by_tag;                /* ... as a tag of the function says, which proves nothing */

    /* Who and when. */
    const struct person *person; /* NULL: not known; nothing is said about shared accounts */
    bool on_leave, on_call;
    bool outside_hours; /* hours are known, and it is outside them */
    bool break_glass;
    bool frozen;            /* inside a change freeze */
    bool ci_token;          /* CI works with a leaver's key as it always did: D119 lists it */
    enum work_verdict work; /* does their job family do this there? */
    bool came_in;           /* by single sign-on: `way` says how */
    struct way_in way;
    bool outside_ci; /* a pipeline's identity, from an address that is not CI's */

    /* Use. */
    const struct process *process;   /* explains caller, time and rate, or NULL */
    bool public_function;            /* approved as public */
    const struct env_vendor *vendor; /* may do this, or NULL */
    const struct env_vendor
        *vendor_writes; /* changes something that it is not there for, or NULL */

    /* Permissions. */
    bool function_role; /* the role acted on is a function's */
    bool grants_admin;  /* everything, or identities at will */
    struct subject_usual usual;

    /* What people said about the case, and whether somebody watches what the event is about. */
    const struct word *words;
    size_t word_count;
    const struct watched *watched; /* or NULL */

    struct subject_address *addresses;
    size_t address_count;
    const struct alert *alert; /* an open one about the function or the actor, or NULL */
};

static inline bool subject_has_part(const struct subject *s, enum part p)
{
    return (s->parts >> p & 1U) != 0;
}

bool subject_is_change(const struct subject *s); /* it changes something, or tries to */
bool subject_succeeded(const struct subject *s);
/* A record of class M3 or better covers it. */
bool subject_approved(const struct subject *s);
/* A person acted, but people were not given, do not list them, or state a status nobody knows:
 * whether they still work here cannot be said. */
bool subject_is_stranger(const struct subject *s);
/* One of the case's findings on it has this reference. */
const struct finding *subject_finding(const struct subject *s, struct str ref);

#endif
