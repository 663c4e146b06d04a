#include "sys/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

struct crew {
    _Atomic size_t next;
    size_t items;
    size_t batch;
    void (*fn)(void *arg, unsigned worker, size_t from, size_t to);
    void *arg;
};

struct hand {
    struct crew *crew;
    unsigned worker;
    pthread_t thread;
};

static void work(struct crew *c, unsigned worker)
{
    for (;;) {
        /* `next` passes `items` by at most one batch a worker, and items is far below SIZE_MAX. */
        size_t from = atomic_fetch_add_explicit(&c->next, c->batch, memory_order_relaxed);
        if (from >= c->items) {
            return;
        }
        size_t left = c->items - from;
        c->fn(c->arg, worker, from, from + (left < c->batch ? left : c->batch));
    }
}

static void *thread_main(void *arg)
{
    struct hand *h = arg;
    work(h->crew, h->worker);
    return NULL;
}

void workers_run(unsigned jobs, size_t items, size_t batch,
                 void (*fn)(void *arg, unsigned worker, size_t from, size_t to), void *arg)
{
    struct crew crew = {.items = items, .batch = batch == 0 ? 1 : batch, .fn = fn, .arg = arg};
    struct hand hands[WORKERS_MAX];
    size_t ranges = items / crew.batch + (items % crew.batch != 0);
    jobs = jobs > WORKERS_MAX ? WORKERS_MAX : jobs;
    jobs = jobs > ranges ? (unsigned)ranges : jobs;

    /* Signals are for the main thread: it knows how to stop. */
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    unsigned started = 1;
    for (; started < jobs; started++) {
        struct hand *h = &hands[started];
        h->crew = &crew;
        h->worker = started;
        if (pthread_create(&h->thread, NULL, thread_main, h) != 0) {
            break;
        }
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);

    work(&crew, 0);
    for (unsigned i = 1; i < started; i++) {
        (void)pthread_join(hands[i].thread, NULL);
    }
}
