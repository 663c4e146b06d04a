/*
 * workers - the same work over a range of items, on several threads.
 */
#ifndef SYS_WORKERS_H
#define SYS_WORKERS_H

#include <stddef.h>

enum { WORKERS_MAX = 256 };

/*
 * Call fn(arg, worker, from, to) for ranges of at most `batch` items (at least 1) until all of
 * [0, items) are done, and return then. Ranges are handed out in rising order to whichever worker
 * is free; `worker` is below `jobs` and one worker runs one range at a time, so state kept by
 * worker needs no lock. The calling thread is worker 0. Where the machine gives fewer threads than
 * asked for, fewer do all of the work.
 */
void workers_run(unsigned jobs, size_t items, size_t batch,
                 void (*fn)(void *arg, unsigned worker, size_t from, size_t to), void *arg);

#endif
