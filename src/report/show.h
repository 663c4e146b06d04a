/*
 * show - values from a result as text for people: masked, visible, short.
 */
#ifndef REPORT_SHOW_H
#define REPORT_SHOW_H

#include "model/result.h"
#include "report/report.h"

/* Text from anywhere: secrets masked, nothing that a terminal obeys. */
void show_text(struct buf *out, struct str s);

/* As show_text, at most `most` columns: longer ones lose their middle ("arn:aws:…/ci-deploy"). */
void show_short(struct buf *out, struct str s, size_t most);

/* A sentence of at most `most` columns: longer ones lose their end, since a sentence without its
 * middle says something else. */
void show_sentence(struct buf *out, struct str s, size_t most);

void show_count(struct buf *out, uint64_t n); /* 1,204 */
void show_plural(struct buf *out, uint64_t n, const char *one, const char *many);
void show_bytes(struct buf *out, uint64_t n); /* 1,204 bytes, 121 MB, 1.0 GB */
void show_span(struct buf *out, int64_t us);  /* 40 s, 29 min, 14 h, 3 d */

/* Times in the zone of the options; "undated" for TIME_NONE. */
void show_clock(struct buf *out, int64_t us, const struct report_options *o); /* 09:12 */
void show_minute(struct buf *out, int64_t us,
                 const struct report_options *o); /* 2026-11-20 09:12 */
void show_second(struct buf *out, int64_t us, const struct report_options *o);
/* "09:12" on the day of `from_us`, else with the date. */
void show_near(struct buf *out, int64_t us, int64_t from_us, const struct report_options *o);
/* "09:12 – 09:41", "2026-11-20 23:50 – 2026-11-21 00:10" */
void show_range(struct buf *out, int64_t from_us, int64_t to_us, const struct report_options *o);

/* A name for a principal: the person's when known, "role ci-deploy", "dana.k", "root of 1111…". */
void show_actor(struct buf *out, const struct actor *a);
void show_principal(struct buf *out, struct str principal);
/* "payments-webhook"; with `where`: "payments-webhook (1111…3333 eu-west-1)". */
void show_function(struct buf *out, const struct function_key *f, bool where);
/* The last part of an ARN: "arn:aws:iam::1:role/x/ci-deploy" gives "ci-deploy". */
void show_last(struct buf *out, struct str arn, size_t most);

/* "P1", or "" when nobody has to act. */
const char *show_priority(int priority);
const char *show_question(enum question q); /* "Q1" */
const char *show_asks(enum question q);     /* "legitimate reason?" */
/* ESCALATE, TASKS, HOLD, CLOSE-PENDING, CLOSE as words for a headline. */
const char *show_action(const struct decision *d);

/* Sources that a raised answer would rest on and that were not all there: "network absent, calls
 * partial (111122223333: rate present, …)"; nothing where all were, or nobody asked. */
void show_blind(struct buf *out, const struct answer *a);

/* First 8 digits of a case id, as people say it. */
struct str show_case_id(struct str id);

/* Path of an input by its index; "?" when it is none. */
struct str show_path(const struct result *r, uint32_t file);

#endif
