/*
 * story - a case told in order: who did what, from where. Shared by the reports for people.
 */
#ifndef REPORT_STORY_H
#define REPORT_STORY_H

#include "report/report.h"

/* Neighbouring events of the same kind, told as one: "09:16 called × 150". */
struct story_beat {
    const struct event *event; /* the first of them */
    int64_t last_us;
    uint64_t count;
};

struct story {
    VEC_OF(struct story_beat);
};

/* False on no memory. */
NODISCARD bool story_of(const struct case_file *c, struct story *out);

/* "code replaced", "UpdateFunctionCode denied", "called × 150"; with the function's name when the
 * case is about several. */
void story_tell(struct buf *out, const struct case_file *c, const struct story_beat *b);

/* "Dana Kovač (dana.k) as role ci-deploy, key ASIA…Q3, from 185.220.101.34" */
void story_who(struct buf *out, const struct case_file *c);

/* "payments-webhook (1111 eu-west-1)", "payments-webhook and 3 more"; the account of the first
 * finding when the case is about no function. */
void story_where(struct buf *out, const struct case_file *c);

/* Is one of the case's events still going on when the logs end? "last seen 09:41, 14 h before the
 * window ends" */
void story_now(struct buf *out, const struct case_file *c, const struct result *r,
               const struct report_options *o);

/* "Grace Okoro (grace.o), owner of payments · Farid H. (farid.h), on call of platform · not the
 * actor"; "" when nobody is known. */
void story_call(struct buf *out, const struct case_file *c);

/* The items that made the answer, joined by "; ", at most `most`; what would decide it when it is
 * unknown. "" when the question was not raised. */
void story_answer(struct buf *out, const struct answer *a, size_t most);

/* What speaks against the suspicion, over all raised questions. "" when nothing does. */
void story_against(struct buf *out, const struct case_file *c);

/* What became of it since an earlier result: "changed, was E9: Q3 was unknown, now suspicious;
 * supersedes case 7f3a1122". "" when there is none to compare with. */
void story_since(struct buf *out, const struct case_file *c);
/* What people said about it: "grace@example.com, owner, by phone: Q4 legitimate · …"; "" for nothing. */
void story_words(struct buf *out, const struct case_file *c);
/* "1 new · 2 changed · 3 unchanged since result.json · no longer there: case 7f3a1122 (E9)" */
void story_since_all(struct buf *out, const struct result *r);

/* "SUSPICIOUS", "legitimate", "unknown", "not raised" */
const char *story_verdict(const struct answer *a);

#endif
