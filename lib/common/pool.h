/* pool.h: a thread pool that runs numbered tasks; what a task computes must not
 * depend on which thread runs it. */
#ifndef SM_POOL_H
#define SM_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

typedef struct sm_pool sm_pool;

/* Other processes that the work is shared with: team.h. */
struct sm_team;

/*
 * threads counts the caller: 1 starts none; 0 means sm_processors. Threads
 * start with the first run that can use them; if the system refuses some, the
 * work goes on with fewer. A forked child starts its own.
 */
sm_status sm_pool_create(sm_pool **out, int32_t threads);
void sm_pool_free(sm_pool *pool);

/* Threads, the caller's included: worker numbers are below it. */
size_t sm_pool_threads(const sm_pool *pool);

/* The team of a run of a trainer, borrowed, or NULL: sm_team_begin sets it.
 * sm_pool_run knows nothing of it. */
void sm_pool_set_team(sm_pool *pool, struct sm_team *team);
struct sm_team *sm_pool_team(const sm_pool *pool);

/*
 * One task of a run. worker is unique among the threads at work on this run, so
 * it can pick scratch memory of the run.
 */
typedef sm_status (*sm_task_fn)(void *context, size_t task, size_t worker);

/*
 * Runs fn for task = 0 .. tasks - 1 on the caller's and the pool's threads and
 * returns when all are done. After a failure no further task starts; the first
 * failure's status and error text become the caller's. Many threads may run at
 * once on one pool, and a caller never waits for another's tasks. Tasks compute
 * in the caller's floating-point environment, on whichever thread. Once the
 * flag that the caller watches (cancel.h) is set, no further task starts
 * either.
 */
sm_status sm_pool_run(sm_pool *pool, size_t tasks, sm_task_fn fn,
                      void *context);

#endif
