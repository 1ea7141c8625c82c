/* turn_lock.h: a lock that is given in the order in which it was asked for, so
 * that a loop that takes it again and again starves nobody. */
#ifndef SM_TURN_LOCK_H
#define SM_TURN_LOCK_H

#include <pthread.h>
#include <stdint.h>

typedef struct sm_turn_lock {
    pthread_mutex_t mutex;
    pthread_cond_t next;
    uint64_t given;   /* tickets handed out */
    uint64_t serving; /* the ticket whose holder has the lock */
} sm_turn_lock;

void sm_turn_lock_init(sm_turn_lock *lock);
void sm_turn_lock_destroy(sm_turn_lock *lock);
void sm_turn_lock_take(sm_turn_lock *lock);

/* Any thread may release what another took. */
void sm_turn_lock_release(sm_turn_lock *lock);

#endif
