/*
 * thread.c: the calling thread in, its own few variables out, or NULL while
 * there is no memory for them. For errors, cancelling and the log.
 *
 * glibc makes the thread-local data of a library that was loaded by dlopen when
 * a thread first touches them, by malloc, and ends the process if that fails.
 * So the first touch comes behind a look whether malloc has enough. Who has
 * touched them is kept under a key, whose value is no memory of ours. Data of
 * the initial-exec model would need no look, but 4 kB of them are more than
 * glibc keeps for libraries that come later, and dlopen would fail.
 */
#include "common/thread.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "out of memory";

static _Thread_local sm_thread own;

/* ---- who has touched his ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int has_key;

/* What stands under the key: NULL before the first touch. */
static char touched, lost;

static void make_key(void)
{
    has_key = pthread_key_create(&key, NULL) == 0;
}

/* The library is unloaded, or the process ends. */
__attribute__((destructor)) static void give_back_key(void)
{
    if (has_key) (void)pthread_key_delete(key);
    has_key = 0;
}

static const void *under_key(void)
{
    (void)pthread_once(&once, make_key);
    return has_key ? pthread_getspecific(key) : NULL;
}

/* ---- the first touch ---- */

/* Whether the C library will find memory: for the data, and for its table of
 * libraries, which has 16 bytes for each. Another thread may take it between
 * the look and the touch; nobody can help that. */
static int has_memory(void)
{
#ifdef __GLIBC__
    void *volatile const room = malloc(4 * sizeof own);
    int const found = room != NULL;
    free(room);
    return found;
#else
    return 1;
#endif
}

/* A call whose result no compiler knows, so that none takes the address before
 * the look: clang puts the address in place of a call that gives just that. */
static __attribute__((noinline)) sm_thread *touch(void)
{
    sm_thread *thread = &own;
    __asm__ volatile("" : "+r"(thread));
    return thread;
}

sm_thread *sm_this_thread(void)
{
    const void *const state = under_key();
    if (state == &touched) return touch();
    if (!has_memory()) return NULL;
    sm_thread *const thread = touch();
    if (state == &lost) strcpy(thread->last_error, no_memory);
    if (has_key) (void)pthread_setspecific(key, &touched);
    return thread;
}

/* ---- errors ---- */

void sm_thread_lost_error(void)
{
    if (under_key() != &touched && has_key)
        (void)pthread_setspecific(key, &lost);
}

const char *sm_thread_error(void)
{
    const void *const state = under_key();
    if (state == &lost) return no_memory;
    return state == &touched || !has_key ? touch()->last_error : "";
}
