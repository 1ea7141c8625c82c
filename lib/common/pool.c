#include "common/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/memory.h"

/* A thread looks so often for work, and for the end of it, before it sleeps: some
 * tens of microseconds, in which a training step comes to its next loop. */
enum { MAX_THREADS = 1024, LOOKS = 1000 };

/* One sm_pool_run; lives on its caller's stack. */
typedef struct job {
    struct job *next;
    sm_task_fn fn;
    void *context;
    size_t tasks;
    atomic_size_t next_task;
    atomic_size_t helpers; /* pool threads inside; set under the pool's mutex */
    sm_status status;  /* of the first failure; under the pool's mutex */
    char error[SM_ERROR_SIZE]; /* its text */
} job;

struct sm_pool {
    pthread_mutex_t mutex;
    pthread_cond_t work;  /* a job came, or the end */
    pthread_cond_t done;  /* a helper left a job */
    job *jobs;            /* those with tasks to give */
    atomic_size_t announced; /* so many jobs came, or the end; set under mutex */
    size_t looks;         /* LOOKS; 0 where threads share processors */
    pthread_t *threads;
    size_t wanted;        /* threads beside the caller */
    size_t started;
    bool starting_done;
    bool stopping;
    pid_t process;        /* in which the threads are */
};

typedef struct worker {
    sm_pool *pool;
    size_t number;
} worker;

static size_t processors(void)
{
    cpu_set_t set;
    /* the set is too small where there are more than 1024 */
    long const count = sched_getaffinity(0, sizeof set, &set) == 0
                           ? CPU_COUNT(&set)
                           : sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1) return 1;
    return count < MAX_THREADS ? (size_t)count : MAX_THREADS;
}

static void work_on(sm_pool *pool, job *j, size_t number)
{
    for (;;) {
        size_t const task = atomic_fetch_add(&j->next_task, 1);
        if (task >= j->tasks) return;
        sm_status const status = j->fn(j->context, task, number);
        if (status == SIAMESE_OK) continue;
        atomic_store(&j->next_task, j->tasks);
        pthread_mutex_lock(&pool->mutex);
        if (j->status == SIAMESE_OK) {
            j->status = status;
            strncpy(j->error, siamese_last_error(), sizeof j->error - 1);
        }
        pthread_mutex_unlock(&pool->mutex);
    }
}

static job *job_with_work(sm_pool *pool)
{
    for (job *j = pool->jobs; j; j = j->next)
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

/* Until another job is announced, for a while at most. */
static void look_for_work(sm_pool *pool, size_t seen)
{
    for (size_t i = 0; i < pool->looks; i++) {
        if (atomic_load(&pool->announced) != seen) return;
        pause_briefly();
    }
}

/* Until no helper is in the job, for a while at most. */
static void look_for_end(const sm_pool *pool, job *j)
{
    for (size_t i = 0; i < pool->looks; i++) {
        if (atomic_load(&j->helpers) == 0) return;
        pause_briefly();
    }
}

/* Under the mutex, which it gives away meanwhile. */
static void wait_for_work(sm_pool *pool)
{
    size_t const seen = atomic_load(&pool->announced);
    pthread_mutex_unlock(&pool->mutex);
    look_for_work(pool, seen);
    pthread_mutex_lock(&pool->mutex);
    if (atomic_load(&pool->announced) == seen)
        pthread_cond_wait(&pool->work, &pool->mutex);
}

static void *worker_main(void *argument)
{
    worker *const self = argument;
    sm_pool *const pool = self->pool;
    size_t const number = self->number;
    sm_free(self);
    pthread_mutex_lock(&pool->mutex);
    while (!pool->stopping) {
        job *const j = job_with_work(pool);
        if (j == NULL) {
            wait_for_work(pool);
            continue;
        }
        atomic_fetch_add(&j->helpers, 1);
        pthread_mutex_unlock(&pool->mutex);
        work_on(pool, j, number);
        pthread_mutex_lock(&pool->mutex);
        if (atomic_fetch_sub(&j->helpers, 1) == 1)
            pthread_cond_broadcast(&pool->done);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* Under the mutex. The host's signals stay with the host's threads. */
static void start_threads(sm_pool *pool)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (pool->started < pool->wanted) {
        worker *const w = sm_alloc(sizeof *w);
        if (w == NULL) break;
        *w = (worker){pool, pool->started + 1};
        if (pthread_create(&pool->threads[pool->started], NULL, worker_main,
                           w) != 0) {
            sm_free(w);
            break;
        }
        pool->started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pool->started < pool->wanted)
        sm_log(SIAMESE_LOG_WARN, "%zu of %zu threads could be started",
               pool->started, pool->wanted);
    pool->starting_done = true;
    pool->process = getpid();
}

/* In a child that the host forked the threads do not exist: it works alone. */
static bool threads_are_here(const sm_pool *pool)
{
    return pool->started == 0 || pool->process == getpid();
}

sm_status sm_pool_create(sm_pool **out, int32_t threads)
{
    SM_REQUIRE(threads >= 0 && threads <= MAX_THREADS, SIAMESE_E_ARGUMENT,
               "threads: %d is not in 0 .. %d", (int)threads, MAX_THREADS);
    size_t const count = threads ? (size_t)threads : processors();
    sm_pool *const pool = sm_calloc(1, sizeof *pool);
    if (pool == NULL) return sm_fail_memory();
    pool->wanted = count - 1;
    pool->looks = count <= processors() ? LOOKS : 0;
    pool->threads = sm_alloc_array(count, sizeof *pool->threads);
    if (pool->threads == NULL) {
        sm_free(pool);
        return sm_fail_memory();
    }
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    *out = pool;
    return SIAMESE_OK;
}

void sm_pool_free(sm_pool *pool)
{
    if (pool == NULL) return;
    pthread_mutex_lock(&pool->mutex);
    pool->stopping = true;
    atomic_fetch_add(&pool->announced, 1);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    /* a forked child would wait for ever, for those who waited in its parent */
    if (threads_are_here(pool)) {
        for (size_t i = 0; i < pool->started; i++)
            pthread_join(pool->threads[i], NULL);
        pthread_cond_destroy(&pool->done);
        pthread_cond_destroy(&pool->work);
        pthread_mutex_destroy(&pool->mutex);
    }
    sm_free(pool->threads);
    sm_free(pool);
}

size_t sm_pool_threads(const sm_pool *pool)
{
    return pool->wanted + 1;
}

static sm_status run_alone(size_t tasks, sm_task_fn fn, void *context)
{
    for (size_t task = 0; task < tasks; task++)
        SM_RETURN_IF_ERROR(fn(context, task, 0));
    return SIAMESE_OK;
}

sm_status sm_pool_run(sm_pool *pool, size_t tasks, sm_task_fn fn,
                      void *context)
{
    if (tasks <= 1 || pool->wanted == 0) return run_alone(tasks, fn, context);

    job j = {.fn = fn, .context = context, .tasks = tasks};
    pthread_mutex_lock(&pool->mutex);
    if (!pool->starting_done) start_threads(pool);
    j.next = pool->jobs;
    /* cppcheck-suppress autoVariables; it leaves the list before we return */
    pool->jobs = &j;
    atomic_fetch_add(&pool->announced, 1);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);

    work_on(pool, &j, 0);

    pthread_mutex_lock(&pool->mutex);
    for (job **link = &pool->jobs; *link; link = &(*link)->next)
        if (*link == &j) {
            *link = j.next;
            break;
        }
    if (atomic_load(&j.helpers) > 0) {
        pthread_mutex_unlock(&pool->mutex);
        look_for_end(pool, &j);
        pthread_mutex_lock(&pool->mutex);
    }
    while (atomic_load(&j.helpers) > 0)
        pthread_cond_wait(&pool->done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
    if (j.status != SIAMESE_OK) return sm_fail(j.status, "%s", j.error);
    return SIAMESE_OK;
}
