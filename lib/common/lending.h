/* lending.h: objects that are lent to one thread at a time and come back for
 * the next one, so that memory is taken once a thread and not once a call. */
#ifndef SM_LENDING_H
#define SM_LENDING_H

#include <pthread.h>

#include "common/status.h"

/* The first member of what is lent. */
typedef struct sm_lent {
    struct sm_lent *next; /* in the list, while nobody has it */
} sm_lent;

/* Those that nobody has. */
typedef struct sm_lending {
    pthread_mutex_t lock;
    sm_lent *first;
} sm_lending;

void sm_lending_init(sm_lending *list);

/* Hands what came back to discard, one by one. */
void sm_lending_destroy(sm_lending *list, void (*discard)(sm_lent *lent));

/* The one that came back last, from any thread; NULL: there is none. */
sm_lent *sm_lending_take(sm_lending *list);
void sm_lending_give(sm_lending *list, sm_lent *lent);

/* A list of its own memory, so that a const handle can lend of it; NULL is
 * allowed to be freed. */
sm_status sm_lending_create(sm_lending **out);
void sm_lending_free(sm_lending *list, void (*discard)(sm_lent *lent));

/* The one that came back last, or a new one of size bytes, all zero. */
sm_status sm_lending_borrow(sm_lending *list, size_t size, sm_lent **out);

#endif
