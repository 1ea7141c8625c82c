/* process.c: nothing in, a number out that differs between a process and those
 * it was forked from. For the pool, whose threads do not survive a fork. */
#include "common/process.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

/* The number of forks on the way to this process, above its process id. The id
 * alone comes again: in a namespace of its own, or after its first bearer died.
 * The forks alone miss _Fork and clone, which run no handlers. */
static _Atomic uint64_t process;

static uint64_t next_of(uint64_t before)
{
    return ((before >> 32) + 1) << 32 | (uint32_t)getpid();
}

static void after_fork(void)
{
    atomic_store(&process, next_of(atomic_load(&process)));
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, after_fork);
}

uint64_t sm_process_number(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    uint64_t known = atomic_load(&process);
    while ((uint32_t)known != (uint32_t)getpid()) {
        uint64_t const next = next_of(known);
        /* a failure loads what another thread has found */
        if (atomic_compare_exchange_strong(&process, &known, next)) return next;
    }
    return known;
}
