/*
 * cpu - how many processors we may really use.
 */
#ifndef SYS_CPU_H
#define SYS_CPU_H

/* Processors this process may use, at least 1: those of its affinity mask, fewer where a control
 * group (version 1 or 2, this one or one above it) gives less time than that, rounded up. */
unsigned cpu_usable(void);

#endif
