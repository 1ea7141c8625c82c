/* The thread pool: every task once, failures, several callers, nesting, threads
 * that the system refuses, a forked child. */
#include <dlfcn.h>
#include <fenv.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/pool.h"

/* ---- a pthread_create that can refuse ---- */

static atomic_int refuse_after = -1; /* < 0: never */
static atomic_int started_threads;

typedef int (*create_fn)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
                         void *);

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*main)(void *), void *argument)
{
    create_fn real;
    void *const found = dlsym(RTLD_NEXT, "pthread_create");
    memcpy(&real, &found, sizeof real);
    if (refuse_after == 0) return 11; /* EAGAIN */
    if (refuse_after > 0) refuse_after--;
    started_threads++;
    return real(thread, attributes, main, argument);
}

/* ---- locks that a thread beside the main one can be made to hold ---- */

static pthread_t main_thread;
static atomic_int hold, held;

static void hold_on(void)
{
    if (!hold || pthread_equal(pthread_self(), main_thread)) return;
    held++;
    while (hold) usleep(100);
}

typedef int (*lock_fn)(pthread_mutex_t *);

static lock_fn real_function(const char *name)
{
    lock_fn real;
    void *const found = dlsym(RTLD_NEXT, name);
    memcpy(&real, &found, sizeof real);
    return real;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    int const status = real_function("pthread_mutex_lock")(mutex);
    hold_on();
    return status;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    hold_on();
    return real_function("pthread_mutex_unlock")(mutex);
}

/* ---- tasks ---- */

enum { TASKS = 20000 };

typedef struct tally {
    atomic_int done[TASKS];
    atomic_int busy[64]; /* by worker */
    size_t workers;
    sm_pool *pool;
    size_t fail_from;
} tally;

static tally shared;

static void tally_start(sm_pool *pool)
{
    for (size_t i = 0; i < TASKS; i++) atomic_store(&shared.done[i], 0);
    shared.pool = pool;
    shared.workers = sm_pool_threads(pool);
    shared.fail_from = SIZE_MAX;
}

/* A worker number is never used by two threads at once. */
static sm_status count_task(void *context, size_t task, size_t worker)
{
    tally *const x = context;
    if (worker >= x->workers)
        return sm_fail(SIAMESE_E_INTERNAL, "worker %zu", worker);
    if (atomic_fetch_add(&x->busy[worker], 1) != 0)
        return sm_fail(SIAMESE_E_INTERNAL, "worker %zu twice", worker);
    atomic_fetch_add(&x->done[task], 1);
    atomic_fetch_sub(&x->busy[worker], 1);
    return task < x->fail_from ? SIAMESE_OK
                               : sm_fail(SIAMESE_E_IO, "task %zu", task);
}

static void check_all_done(size_t tasks)
{
    for (size_t i = 0; i < TASKS; i++)
        assert_int_equal(atomic_load(&shared.done[i]), i < tasks);
}

static sm_pool *make_pool(int32_t threads)
{
    sm_pool *pool = NULL;
    assert_int_equal(sm_pool_create(&pool, threads), 0);
    return pool;
}

static void test_pool__runs_each_task_once(void **state)
{
    static const size_t tasks[] = {0, 1, 2, 7, TASKS};
    (void)state;
    for (int32_t threads = 1; threads <= 7; threads += 3) {
        sm_pool *const pool = make_pool(threads);
        assert_int_equal(sm_pool_threads(pool), threads);
        for (size_t i = 0; i < 5; i++) {
            tally_start(pool);
            assert_int_equal(sm_pool_run(pool, tasks[i], count_task, &shared),
                             0);
            check_all_done(tasks[i]);
        }
        sm_pool_free(pool);
    }
    sm_pool_free(NULL);
}

static void test_pool__takes_0_for_one_thread_a_processor(void **state)
{
    (void)state;
    sm_pool *const pool = make_pool(0);
    assert_in_range(sm_pool_threads(pool), 1, 1024);
    sm_pool_free(pool);
}

static void test_pool__refuses_other_numbers_of_threads(void **state)
{
    static const int32_t bad[] = {-1, 1025, INT32_MIN, INT32_MAX};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        sm_pool *pool = NULL;
        assert_int_equal(sm_pool_create(&pool, bad[i]), SIAMESE_E_ARGUMENT);
        assert_non_null(strstr(siamese_last_error(), "0 .. 1024"));
        assert_null(pool);
    }
}

static void test_pool__starts_no_thread_before_it_needs_one(void **state)
{
    (void)state;
    int const before = started_threads;
    sm_pool *const pool = make_pool(3);
    tally_start(pool);
    assert_int_equal(sm_pool_run(pool, 1, count_task, &shared), 0);
    assert_int_equal(started_threads, before);
    assert_int_equal(sm_pool_run(pool, 2, count_task, &shared), 0);
    assert_int_equal(started_threads, before + 2);
    sm_pool_free(pool);
}

static void test_pool__carries_a_failure_to_the_caller(void **state)
{
    (void)state;
    for (int32_t threads = 1; threads <= 4; threads++) {
        sm_pool *const pool = make_pool(threads);
        tally_start(pool);
        shared.fail_from = 100;
        assert_int_equal(sm_pool_run(pool, TASKS, count_task, &shared),
                         SIAMESE_E_IO);
        assert_memory_equal(siamese_last_error(), "task ", 5);
        /* those before it ran, and almost none after it */
        size_t done = 0;
        for (size_t i = 0; i < TASKS; i++) done += shared.done[i] == 1;
        assert_in_range(done, 101, 100 + (size_t)threads);
        /* and the pool goes on */
        tally_start(pool);
        assert_int_equal(sm_pool_run(pool, TASKS, count_task, &shared), 0);
        check_all_done(TASKS);
        sm_pool_free(pool);
    }
}

/* ---- nesting and several callers ---- */

static sm_status add_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    atomic_fetch_add((atomic_size_t *)context, task);
    return SIAMESE_OK;
}

static sm_status nested_task(void *context, size_t task, size_t worker)
{
    atomic_size_t sum = 0;
    (void)worker;
    SM_RETURN_IF_ERROR(
        sm_pool_run(((tally *)context)->pool, 50, add_task, &sum));
    return sum == 1225 && task != 77 ? SIAMESE_OK
                                     : sm_fail(SIAMESE_E_IO, "nested");
}

static void test_pool__runs_within_its_own_tasks(void **state)
{
    (void)state;
    sm_pool *const pool = make_pool(4);
    tally_start(pool);
    assert_int_equal(sm_pool_run(pool, 77, nested_task, &shared), 0);
    assert_int_equal(sm_pool_run(pool, 78, nested_task, &shared), SIAMESE_E_IO);
    assert_string_equal(siamese_last_error(), "nested");
    sm_pool_free(pool);
}

static void *caller_main(void *argument)
{
    sm_pool *const pool = argument;
    for (size_t i = 0; i < 200; i++) {
        atomic_size_t sum = 0;
        if (sm_pool_run(pool, 100, add_task, &sum) != 0 || sum != 4950)
            return argument;
    }
    return NULL;
}

static void test_pool__serves_many_callers_at_once(void **state)
{
    pthread_t callers[6];
    (void)state;
    sm_pool *const pool = make_pool(3);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(pthread_create(&callers[i], NULL, caller_main, pool),
                         0);
    for (size_t i = 0; i < 6; i++) {
        void *failed = pool;
        pthread_join(callers[i], &failed);
        assert_null(failed);
    }
    sm_pool_free(pool);
}

/* ---- the system's refusals ---- */

static void test_pool__goes_on_with_the_threads_it_gets(void **state)
{
    (void)state;
    for (int given = 0; given < 3; given++) {
        sm_pool *const pool = make_pool(5);
        tally_start(pool);
        refuse_after = given;
        assert_int_equal(sm_pool_run(pool, TASKS, count_task, &shared), 0);
        refuse_after = -1;
        check_all_done(TASKS);
        sm_pool_free(pool);
    }
}

static sm_status signals_task(void *context, size_t task, size_t worker)
{
    sigset_t blocked;
    (void)context;
    (void)task;
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    usleep(1000); /* so that others get some tasks too */
    return worker == 0 || sigismember(&blocked, SIGTERM) == 1
               ? SIAMESE_OK
               : sm_fail(SIAMESE_E_INTERNAL, "SIGTERM is not blocked");
}

static void test_pool__threads_take_no_signals_of_the_host(void **state)
{
    sigset_t blocked;
    (void)state;
    sm_pool *const pool = make_pool(3);
    assert_int_equal(sm_pool_run(pool, 30, signals_task, NULL), 0);
    pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    assert_int_equal(sigismember(&blocked, SIGTERM), 0);
    sm_pool_free(pool);
}

/* ---- forked children ---- */

/* Whether all tasks run, on as many threads as before, and the pool ends. */
static int works_in_child(sm_pool *pool)
{
    int const before = started_threads;
    tally_start(pool);
    int failed = sm_pool_run(pool, TASKS, count_task, &shared) != 0;
    for (size_t i = 0; i < TASKS; i++) failed |= shared.done[i] != 1;
    failed |= started_threads - before != (int)sm_pool_threads(pool) - 1;
    return !failed;
}

static void check_child(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static sm_status show_worker(void *context, size_t task, size_t worker)
{
    (void)task;
    atomic_fetch_or((atomic_uint *)context, 1u << worker);
    usleep(200); /* so that others get some tasks too */
    return SIAMESE_OK;
}

/* Until each thread of the pool has had a task: a child that is forked while
 * one is only starting inherits the locks of a sanitizer that starts it. */
static void meet_every_worker(sm_pool *pool)
{
    unsigned const all = (1u << sm_pool_threads(pool)) - 1;
    atomic_uint seen = 0;
    while (atomic_load(&seen) != all)
        assert_int_equal(sm_pool_run(pool, 64, show_worker, &seen), 0);
}

/* As between two calls of the host: a thread of the pool has its lock. */
static void hold_the_lock(sm_pool *pool)
{
    for (int tries = 0; tries < 10000; tries++) {
        atomic_size_t sum = 0;
        assert_int_equal(sm_pool_run(pool, 3, add_task, &sum), 0);
        held = 0;
        hold = 1;
        for (int i = 0; i < 10 && !held; i++) usleep(100);
        if (held) return;
        hold = 0;
    }
    fail_msg("no thread could be caught");
}

static void test_pool__works_in_a_child_whatever_its_parent_holds(void **state)
{
    (void)state;
#if defined(__SANITIZE_THREAD__)
    skip(); /* the sanitizer itself does not live on in such a child */
#endif
    for (int32_t threads = 2; threads <= 5; threads++) {
        sm_pool *const pool = make_pool(threads);
        main_thread = pthread_self();
        meet_every_worker(pool);
        hold_the_lock(pool);
        pid_t const child = fork();
        if (child == 0) {
            hold = 0;
            alarm(20);
            int const good = works_in_child(pool);
            sm_pool_free(pool);
            _exit(!good);
        }
        hold = 0; /* first of all: a pool that is held is never freed */
        check_child(child);
        sm_pool_free(pool);
    }
}

/* A child of a child, one that frees without a call, and one whose own threads
 * come to the pool at once. */
static void test_pool__works_in_children_of_children(void **state)
{
    (void)state;
#if defined(__SANITIZE_THREAD__)
    skip();
#endif
    sm_pool *const pool = make_pool(3);
    tally_start(pool);
    assert_int_equal(sm_pool_run(pool, TASKS, count_task, &shared), 0);
    pid_t const child = fork();
    if (child == 0) {
        alarm(20);
        int good = works_in_child(pool);
        pid_t const grandchild = fork();
        if (grandchild == 0) {
            alarm(20);
            good &= works_in_child(pool);
            pid_t const last = fork(); /* and frees it alone */
            int last_status = 0;
            if (last > 0) waitpid(last, &last_status, 0);
            good &= last_status == 0;
            sm_pool_free(pool);
            _exit(!good);
        }
        int status = -1;
        waitpid(grandchild, &status, 0);
        sm_pool_free(pool);
        _exit(!good || status != 0);
    }
    check_child(child);
    sm_pool_free(pool);
}

static void test_pool__serves_many_callers_in_a_child(void **state)
{
    (void)state;
#if defined(__SANITIZE_THREAD__)
    skip();
#endif
    sm_pool *const pool = make_pool(3);
    tally_start(pool);
    assert_int_equal(sm_pool_run(pool, TASKS, count_task, &shared), 0);
    pid_t const child = fork();
    if (child == 0) {
        pthread_t callers[6];
        void *failed = NULL;
        int bad = 0;
        alarm(20);
        for (size_t i = 0; i < 6; i++)
            bad |= pthread_create(&callers[i], NULL, caller_main, pool) != 0;
        for (size_t i = 0; i < 6 && !bad; i++) {
            pthread_join(callers[i], &failed);
            bad |= failed != NULL;
        }
        sm_pool_free(pool);
        _exit(bad);
    }
    check_child(child);
    sm_pool_free(pool);
}

/* ---- the caller's rounding ---- */

static sm_status rounding_task(void *context, size_t task, size_t worker)
{
    (void)task;
    usleep(1000); /* so that others get some tasks too */
    if (worker > 0) atomic_fetch_add((atomic_int *)context, 1);
    volatile double const one = 1, three = 3;
    return fegetround() == FE_UPWARD && one / three * three > 1
               ? SIAMESE_OK
               : sm_fail(SIAMESE_E_INTERNAL, "not the caller's rounding");
}

static void test_pool__threads_round_as_their_caller_does(void **state)
{
    (void)state;
    sm_pool *const pool = make_pool(4);
    atomic_int helped = 0;
    tally_start(pool); /* the threads start under another rounding */
    assert_int_equal(sm_pool_run(pool, TASKS, count_task, &shared), 0);
    fesetround(FE_UPWARD);
    sm_status status = SIAMESE_OK;
    while (status == SIAMESE_OK && atomic_load(&helped) == 0)
        status = sm_pool_run(pool, 40, rounding_task, &helped);
    fesetround(FE_TONEAREST);
    assert_int_equal(status, SIAMESE_OK);
    sm_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool__runs_each_task_once),
        cmocka_unit_test(test_pool__takes_0_for_one_thread_a_processor),
        cmocka_unit_test(test_pool__refuses_other_numbers_of_threads),
        cmocka_unit_test(test_pool__starts_no_thread_before_it_needs_one),
        cmocka_unit_test(test_pool__carries_a_failure_to_the_caller),
        cmocka_unit_test(test_pool__runs_within_its_own_tasks),
        cmocka_unit_test(test_pool__serves_many_callers_at_once),
        cmocka_unit_test(test_pool__goes_on_with_the_threads_it_gets),
        cmocka_unit_test(test_pool__threads_take_no_signals_of_the_host),
        cmocka_unit_test(test_pool__works_in_a_child_whatever_its_parent_holds),
        cmocka_unit_test(test_pool__works_in_children_of_children),
        cmocka_unit_test(test_pool__serves_many_callers_in_a_child),
        cmocka_unit_test(test_pool__threads_round_as_their_caller_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
