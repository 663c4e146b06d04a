/*
 * work - what people of a job family usually do: job family × class of action × environment.
 *
 * What is unusual is said; what is usual clears nothing.
 */
#ifndef CONTEXT_WORK_H
#define CONTEXT_WORK_H

#include "context/context.h"

/* The class of what an event did; WORK_OTHER: none that people are judged by. */
enum work_class work_class_of(const struct event *e);
const char *work_class_name(enum work_class c); /* "code" */
NODISCARD bool work_class_parse(struct str s, enum work_class *out);

enum work_verdict { WORK_UNKNOWN, WORK_USUAL, WORK_UNUSUAL };
/* Does this person's family usually do that there? */
enum work_verdict work_judge(const struct env *env, const struct person *p, const struct event *e);

/* The families that come with the program, unless --env gave some; `text` is YAML of one key,
 * job_families. ERR_SYNTAX, ERR_SCHEMA, ERR_NOMEM. */
NODISCARD enum err_code work_load_usual(struct context *c, struct str path, struct str text,
                                        struct err *err);

#endif
