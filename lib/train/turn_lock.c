/* turn_lock.c: threads in, one at a time out, in the order they came. For the
 * trainer's weights. */
#include "train/turn_lock.h"

#include "common/assert.h"
#include "common/log.h"

void sm_turn_lock_init(sm_turn_lock *lock)
{
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_cond_init(&lock->next, NULL);
    lock->given = lock->serving = 0;
}

void sm_turn_lock_destroy(sm_turn_lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
    pthread_cond_destroy(&lock->next);
}

void sm_turn_lock_take(sm_turn_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    uint64_t const ticket = lock->given++;
    while (lock->serving != ticket)
        pthread_cond_wait(&lock->next, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
    sm_log_hold();
}

void sm_turn_lock_release(sm_turn_lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    sm_assert(lock->serving < lock->given); /* somebody has it */
    lock->serving++;
    pthread_cond_broadcast(&lock->next);
    pthread_mutex_unlock(&lock->mutex);
    sm_log_release();
}
