/*
 * clock - how much time has passed. Never what time it is: nothing that is written out depends on
 * the clock of the machine.
 */
#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include <stdint.h>

/* Microseconds since some fixed point; never goes back. */
int64_t clock_mono_us(void);

/* Microseconds of processor time that this process has used so far, all threads together. */
int64_t clock_cpu_us(void);

#endif
