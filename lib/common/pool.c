/* pool.c: a number of tasks and a function in, all of them run by the caller
 * and the crew's threads. Each handle that computes has one. */
#include "common/pool.h"

#include <fenv.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "common/cancel.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/process.h"
#include "common/processors.h"
#include "common/thread.h"

/* A thread looks so long for work, and for the end of it, before it sleeps: the
 * time in which a training step comes to its next loop. A number of looks would
 * not do, since a pause takes three times as long on one processor as on
 * another. */
enum { LOOK_NANOSECONDS = 60000, LOOKS_A_CLOCK = 64 };

/* One sm_pool_run; lives on its caller's stack. */
typedef struct job {
    struct job *next;
    sm_task_fn fn;
    void *context;
    size_t tasks;
    fenv_t environment;       /* the caller's rounding, for its helpers */
    const atomic_int *cancel; /* what the caller watches, or NULL */
    atomic_size_t next_task;
    atomic_size_t helpers; /* crew threads inside; set under the crew's mutex */
    sm_status status;      /* of the first failure; under the crew's mutex */
    char error[SM_ERROR_SIZE]; /* its text */
} job;

/* A thread's place in its crew. */
typedef struct seat {
    struct crew *crew;
    size_t number;
    pthread_t thread;
} seat;

/*
 * The threads of one process, with all that they share. A forked child has none
 * of its parent's threads, and its copies of the locks are as those threads
 * left them: it makes a crew of its own and never touches the parent's.
 */
typedef struct crew {
    struct crew *former; /* of the process that forked this one; memory alone */
    uint64_t process;    /* sm_process_number */
    pthread_mutex_t mutex;
    pthread_cond_t work;     /* a job came, or the end */
    pthread_cond_t done;     /* a helper left a job */
    job *jobs;               /* those with tasks to give */
    atomic_size_t announced; /* jobs that came, and the end; set under mutex */
    bool looks;              /* not where threads share processors */
    size_t started;
    bool starting_done;
    bool stopping;
    seat seats[]; /* [wanted] */
} crew;

struct sm_pool {
    size_t wanted; /* threads beside the caller */
    bool looks;
    struct sm_team *team;
    _Atomic(crew *) crew;
};

static sm_status run_task(sm_task_fn fn, void *context, size_t task,
                          size_t number)
{
    SM_RETURN_IF_ERROR(sm_cancel_check());
    return fn(context, task, number);
}

static void work_on(crew *c, job *j, size_t number)
{
    for (;;) {
        size_t const task = atomic_fetch_add(&j->next_task, 1);
        if (task >= j->tasks) return;
        sm_status const status = run_task(j->fn, j->context, task, number);
        if (status == SIAMESE_OK) continue;
        atomic_store(&j->next_task, j->tasks);
        pthread_mutex_lock(&c->mutex);
        if (j->status == SIAMESE_OK) {
            j->status = status;
            strncpy(j->error, siamese_last_error(), sizeof j->error - 1);
        }
        pthread_mutex_unlock(&c->mutex);
    }
}

static job *job_with_work(const crew *c)
{
    for (job *j = c->jobs; j; j = j->next)
        if (atomic_load(&j->next_task) < j->tasks) return j;
    return NULL;
}

static void pause_briefly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t now_in_nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Until the number is another one, or not, than this; for a while at most. */
static void look_at(const crew *c, atomic_size_t *number, size_t than,
                    bool another)
{
    if (!c->looks) return;
    int64_t const end = now_in_nanoseconds() + LOOK_NANOSECONDS;
    do {
        for (size_t i = 0; i < LOOKS_A_CLOCK; i++) {
            if ((atomic_load(number) != than) == another) return;
            pause_briefly();
        }
    } while (now_in_nanoseconds() < end);
}

/* Under the mutex, which it gives away meanwhile. */
static void wait_for_work(crew *c)
{
    size_t const seen = atomic_load(&c->announced);
    pthread_mutex_unlock(&c->mutex);
    look_at(c, &c->announced, seen, true);
    pthread_mutex_lock(&c->mutex);
    if (atomic_load(&c->announced) == seen)
        pthread_cond_wait(&c->work, &c->mutex);
}

/* Between jobs it touches nothing but the crew, above all no memory of the
 * host's allocator: the host may fork as soon as its call has returned. */
static void *seat_main(void *argument)
{
    const seat *const self = argument;
    crew *const c = self->crew;
    pthread_mutex_lock(&c->mutex);
    while (!c->stopping) {
        job *const j = job_with_work(c);
        if (j == NULL) {
            wait_for_work(c);
            continue;
        }
        atomic_fetch_add(&j->helpers, 1);
        pthread_mutex_unlock(&c->mutex);
        fesetenv(&j->environment);
        sm_cancel_watch(j->cancel);
        work_on(c, j, self->number);
        sm_cancel_watch(NULL);
        pthread_mutex_lock(&c->mutex);
        if (atomic_fetch_sub(&j->helpers, 1) == 1)
            pthread_cond_broadcast(&c->done);
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

/* Under the mutex. The host's signals stay with the host's threads. */
static void start_threads(crew *c, size_t wanted)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; c->started < wanted; c->started++) {
        seat *const next = &c->seats[c->started];
        next->crew = c;
        next->number = c->started + 1;
        if (pthread_create(&next->thread, NULL, seat_main, next) != 0) break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    c->starting_done = true;
}

/* ---- crews ---- */

static crew *crew_create(const sm_pool *pool, crew *former)
{
    crew *const c = sm_calloc(1, sizeof *c + pool->wanted * sizeof c->seats[0]);
    if (c == NULL) return NULL;
    c->former = former;
    c->process = sm_process_number();
    c->looks = pool->looks;
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->work, NULL);
    pthread_cond_init(&c->done, NULL);
    return c;
}

/* Ends the threads of a crew of this process. */
static void crew_stop(crew *c)
{
    pthread_mutex_lock(&c->mutex);
    c->stopping = true;
    atomic_fetch_add(&c->announced, 1);
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->mutex);
    for (size_t i = 0; i < c->started; i++)
        pthread_join(c->seats[i].thread, NULL);
    pthread_cond_destroy(&c->done);
    pthread_cond_destroy(&c->work);
    pthread_mutex_destroy(&c->mutex);
}

/* The pool's crew in this process; NULL if there is no memory for one. */
static crew *crew_of(sm_pool *pool)
{
    uint64_t const process = sm_process_number();
    crew *known = atomic_load(&pool->crew);
    while (known->process != process) {
        crew *const own = crew_create(pool, known);
        if (own == NULL) return NULL;
        if (atomic_compare_exchange_strong(&pool->crew, &known, own))
            return own;
        crew_stop(own); /* another thread of the child was faster */
        sm_free(own);
    }
    return known;
}

/* ---- the pool ---- */

sm_status sm_pool_create(sm_pool **out, int32_t threads)
{
    SM_REQUIRE(threads >= 0 && threads <= SM_PROCESSORS_MAX, SIAMESE_E_ARGUMENT,
               "threads: %d is not in 0 .. %d", (int)threads,
               SM_PROCESSORS_MAX);
    sm_pool *const pool = sm_calloc(1, sizeof *pool);
    if (pool == NULL) return sm_fail_memory();
    size_t const here = threads == 1 ? 1 : sm_processors();
    size_t const count = threads ? (size_t)threads : here;
    pool->wanted = count - 1;
    pool->looks = count <= here;
    atomic_init(&pool->crew, crew_create(pool, NULL));
    if (atomic_load(&pool->crew) == NULL) {
        sm_free(pool);
        return sm_fail_memory();
    }
    *out = pool;
    return SIAMESE_OK;
}

void sm_pool_free(sm_pool *pool)
{
    if (pool == NULL) return;
    crew *c = atomic_load(&pool->crew);
    if (c->process == sm_process_number()) crew_stop(c);
    while (c) {
        crew *const former = c->former;
        sm_free(c);
        c = former;
    }
    sm_free(pool);
}

size_t sm_pool_threads(const sm_pool *pool)
{
    return pool->wanted + 1;
}

void sm_pool_set_team(sm_pool *pool, struct sm_team *team)
{
    pool->team = team;
}

struct sm_team *sm_pool_team(const sm_pool *pool)
{
    return pool->team;
}

static sm_status run_alone(size_t tasks, sm_task_fn fn, void *context)
{
    for (size_t task = 0; task < tasks; task++)
        SM_RETURN_IF_ERROR(run_task(fn, context, task, 0));
    return SIAMESE_OK;
}

/* Puts the job before the crew, which starts with the first one. Returns how
 * many threads the system refused it now. */
static size_t announce(crew *c, job *j, size_t wanted)
{
    pthread_mutex_lock(&c->mutex);
    bool const starting = !c->starting_done;
    if (starting) start_threads(c, wanted);
    size_t const started = c->started;
    j->next = c->jobs;
    /* cppcheck-suppress autoVariables; it leaves the list before we return */
    c->jobs = j;
    atomic_fetch_add(&c->announced, 1);
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->mutex);
    return starting ? wanted - started : 0;
}

/* Takes the job away again, when all who help with it have left. */
static void withdraw(crew *c, job *j)
{
    pthread_mutex_lock(&c->mutex);
    for (job **link = &c->jobs; *link; link = &(*link)->next)
        if (*link == j) {
            *link = j->next;
            break;
        }
    if (atomic_load(&j->helpers) > 0) {
        pthread_mutex_unlock(&c->mutex);
        look_at(c, &j->helpers, 0, false);
        pthread_mutex_lock(&c->mutex);
    }
    while (atomic_load(&j->helpers) > 0) pthread_cond_wait(&c->done, &c->mutex);
    pthread_mutex_unlock(&c->mutex);
}

sm_status sm_pool_run(sm_pool *pool, size_t tasks, sm_task_fn fn, void *context)
{
    crew *const c = tasks > 1 && pool->wanted > 0 ? crew_of(pool) : NULL;
    if (c == NULL) return run_alone(tasks, fn, context);

    job j = {.fn = fn,
             .context = context,
             .tasks = tasks,
             .cancel = sm_cancel_watched()};
    fegetenv(&j.environment);
    size_t const refused = announce(c, &j, pool->wanted);
    work_on(c, &j, 0);
    withdraw(c, &j);
    /* when the crew is done with, for the host may do as it likes there, and
     * fork too */
    if (refused > 0)
        sm_log(SIAMESE_LOG_WARN, "%zu of %zu threads could be started",
               pool->wanted - refused, pool->wanted);
    if (j.status != SIAMESE_OK) return sm_fail(j.status, "%s", j.error);
    return SIAMESE_OK;
}
