/*
 * process - does a registered process explain calls of a function?
 */
#ifndef CONTEXT_PROCESS_H
#define CONTEXT_PROCESS_H

#include "context/context.h"

/* It may call this function, by name; whether now and how often is not asked. A caller is an
 * identity or a service; a session name is text that the caller wrote, and none. */
bool process_calls(const struct process *p, const struct event *e);

/* The process that explains caller, time and rate of the event: NULL for none. A process that says
 * nothing about the rate explains none. `per_minute`: calls a minute. */
const struct process *process_of(const struct context *c, const struct event *e, double per_minute);

/* Calls a minute over the time that the event stands for. */
double process_rate_of(const struct event *e);

#endif
