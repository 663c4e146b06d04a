/*
 * json_parts - findings, cases and inputs as JSON, shared by the formats that are JSON.
 *
 * The shape is faaswatch.triage/1 (docs/result.md, docs/triage.schema.json): members are added,
 * never renamed. Times are RFC 3339 in UTC, or null. Texts are masked.
 */
#ifndef REPORT_JSON_PARTS_H
#define REPORT_JSON_PARTS_H

#include "codec/json_write.h"
#include "report/report.h"

#define JSON_PARTS_SCHEMA "faaswatch.triage/1"

void json_parts_window(struct json_writer *w, const struct result *r);
void json_parts_inputs(struct json_writer *w, const struct result *r);
void json_parts_finding(struct json_writer *w, const struct result *r, const struct finding *f,
                        const struct report_options *o);
void json_parts_case(struct json_writer *w, const struct result *r, const struct case_file *c);
/* Members: what became of a case since an earlier result, and of all of them. */
void json_parts_since(struct json_writer *w, const struct since *s);
void json_parts_since_all(struct json_writer *w, const struct since_tally *t);
/* A member: what people said about the case. */
void json_parts_words(struct json_writer *w, const struct case_file *c);
struct arithmetic;
void json_parts_arithmetic(struct json_writer *w, const struct arithmetic *a); /* a member */
/* Members of a mark. An access key id stays whole: it is what a hunt looks for. */
void json_parts_mark(struct json_writer *w, const struct mark *m);
void json_parts_posture(struct json_writer *w, const struct finding *f);
void json_parts_digest(struct json_writer *w, const struct digest_row *d);

/* Members of the object that is open. */
void json_parts_str(struct json_writer *w, const char *key, struct str s);
void json_parts_text(struct json_writer *w, struct str s); /* an element */
void json_parts_u64(struct json_writer *w, const char *key, uint64_t v);
void json_parts_time(struct json_writer *w, const char *key, int64_t us);
void json_parts_function(struct json_writer *w, const struct function_key *f);

#endif
