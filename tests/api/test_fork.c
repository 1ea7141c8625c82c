/* A host that forks between its calls: every handle goes on in the child, on
 * threads of the child's own, whatever the parent's pools were at. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#include "reliability.h"
#include "small_pairs.h"

enum { UNITS = 8, DIM = 2 * UNITS, LOADERS = 2 }; /* both directions */

typedef struct handles {
    small_pairs data;
    siamese_tower *tower;
    siamese_index *index;
    siamese_trainer *trainer;
    float vectors[SMALL_PAIRS * DIM];
    int64_t found[SMALL_PAIRS * 3];
    float scores[SMALL_PAIRS * 3];
} handles;

static handles parent, child;

static void make_handles(handles *h, int32_t threads)
{
    siamese_tower_options t;
    siamese_index_options i;
    siamese_trainer_options o;
    small_pairs_create(&h->data);
    assert_int_equal(siamese_tower_options_init(&t, sizeof t), 0);
    t.embedding_dim = t.units = UNITS;
    t.threads = threads;
    assert_int_equal(siamese_tower_create(&h->tower, &t), 0);
    assert_int_equal(
        siamese_tower_add_field(h->tower, "text", h->data.vocab, NULL), 0);
    assert_int_equal(siamese_index_options_init(&i, sizeof i), 0);
    i.threads = threads;
    assert_int_equal(siamese_index_create(&h->index, DIM, &i), 0);
    assert_int_equal(siamese_trainer_options_init(&o, sizeof o), 0);
    o.batch_size = 64;
    o.max_steps = 1;
    o.threads = threads;
    assert_int_equal(
        siamese_trainer_create(&h->trainer, h->tower, h->tower, &o), 0);
    assert_int_equal(siamese_trainer_add_pairs(h->trainer, &h->data.pairs), 0);
}

static void free_handles(handles *h)
{
    siamese_trainer_free(h->trainer);
    siamese_index_free(h->index);
    siamese_tower_free(h->tower);
    small_pairs_free(&h->data);
}

/* 0 if the call and what it gives are right. */
static int encode(handles *h, handles *out)
{
    return siamese_tower_encode(h->tower, h->data.items, SMALL_PAIRS, 1,
                                out->vectors, SMALL_PAIRS * DIM);
}

static siamese_status fill_index(handles *h)
{
    int64_t ids[SMALL_PAIRS];
    for (int64_t i = 0; i < SMALL_PAIRS; i++) ids[i] = i;
    siamese_status status =
        siamese_index_train(h->index, h->vectors, SMALL_PAIRS);
    if (status == SIAMESE_OK)
        status = siamese_index_add(h->index, ids, h->vectors, SMALL_PAIRS);
    return status;
}

static int search(handles *h, handles *out)
{
    return siamese_index_search(h->index, h->vectors, SMALL_PAIRS, 3, NULL,
                                out->found, out->scores, SMALL_PAIRS * 3, NULL);
}

/* The parent's bits, from the child's threads. */
static int encodes_and_searches(handles *h)
{
    return encode(h, &child) == 0 && search(h, &child) == 0 &&
           memcmp(child.vectors, h->vectors, sizeof h->vectors) == 0 &&
           memcmp(child.found, h->found, sizeof h->found) == 0;
}

static int forks(void)
{
    if (getenv("SIAMESE_TEST_SLOW")) return 20;
    return getenv("SIAMESE_TEST_LONG") ? 10000 : 200;
}

/* Processes that leave the pools' threads little time. */
static void start_load(pid_t loaders[LOADERS])
{
    for (size_t i = 0; i < LOADERS; i++) {
        loaders[i] = fork();
        assert_true(loaders[i] >= 0);
        if (loaders[i] == 0) {
            alarm(600);
            for (;;) getppid();
        }
    }
}

static void stop_load(const pid_t loaders[LOADERS])
{
    for (size_t i = 0; i < LOADERS; i++) {
        kill(loaders[i], SIGKILL);
        waitpid(loaders[i], NULL, 0);
    }
}

static void check_child(pid_t process)
{
    int status = -1;
    assert_true(process > 0);
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_int_equal(status, 0);
}

/* What the parent does before each fork; its training leaves threads that have
 * just done their work. */
static void work(int turn)
{
    static const size_t pairs[] = {0, 1, 2};
    if (turn % 4 == 3)
        assert_int_equal(siamese_trainer_step(parent.trainer, pairs, 3, NULL),
                         0);
    else
        assert_int_equal(encode(&parent, &parent), 0);
    if (turn % 2) assert_int_equal(search(&parent, &parent), 0);
}

/* The child's turn: 0 if it has the parent's bits, or has trained. */
static int work_in_child(int turn)
{
    static const size_t pairs[] = {2, 3};
    if (turn % 3 == 2)
        return siamese_trainer_step(parent.trainer, pairs, 2, NULL);
    if (turn % 3 == 1)
        return search(&parent, &child) != 0 ||
               memcmp(child.found, parent.found, sizeof child.found) != 0 ||
               memcmp(child.scores, parent.scores, sizeof child.scores) != 0;
    return encode(&parent, &child) != 0 ||
           memcmp(child.vectors, parent.vectors, sizeof child.vectors) != 0;
}

static void test_fork__after_a_call_leaves_no_child_waiting(void **state)
{
    pid_t loaders[LOADERS];
    (void)state;
#if defined(__SANITIZE_THREAD__)
    skip(); /* the sanitizer itself does not live on in such a child */
#endif
    make_handles(&parent, 8);
    assert_int_equal(encode(&parent, &parent), 0);
    assert_int_equal(fill_index(&parent), 0);
    assert_int_equal(search(&parent, &parent), 0);
    start_load(loaders);
    for (int i = 0; i < forks(); i++) {
        work(i);
        pid_t const process = fork();
        if (process == 0) {
            alarm(60);
            _exit(work_in_child(i) != 0);
        }
        check_child(process);
    }
    stop_load(loaders);
    free_handles(&parent);
    reliability_count("forks between trainings and searches", forks());
}

/* All of them, in a child that forks again; each frees what it has. */
static void test_fork__leaves_every_handle_to_the_child(void **state)
{
    (void)state;
#if defined(__SANITIZE_THREAD__)
    skip();
#endif
    make_handles(&parent, 3);
    assert_int_equal(encode(&parent, &parent), 0);
    assert_int_equal(fill_index(&parent), 0);
    assert_int_equal(search(&parent, &parent), 0);
    assert_int_equal(siamese_trainer_fit(parent.trainer, NULL, NULL), 0);
    pid_t const process = fork();
    if (process == 0) {
        alarm(60);
        int good = encodes_and_searches(&parent);
        pid_t const grandchild = fork();
        if (grandchild == 0) {
            alarm(60);
            good &= encodes_and_searches(&parent) &&
                    siamese_index_add(parent.index, (int64_t[]){1000},
                                      parent.vectors, 1) == 0 &&
                    siamese_trainer_step(parent.trainer, (size_t[]){0, 1, 2}, 3,
                                         NULL) == 0;
            free_handles(&parent);
            _exit(!good);
        }
        int status = -1;
        waitpid(grandchild, &status, 0);
        double accuracy;
        good &= siamese_trainer_evaluate(parent.trainer, NULL, NULL,
                                         (size_t[]){1}, 1, &accuracy, 1) == 0;
        free_handles(&parent);
        _exit(!good || status != 0);
    }
    check_child(process);
    /* and the parent has noticed nothing */
    assert_true(encodes_and_searches(&parent));
    free_handles(&parent);
}

/* A child in the midst of a call of its own thread's: from the callback. */
static int32_t fork_in_fit(void *user, const siamese_progress *progress)
{
    pid_t *const process = user;
    (void)progress;
    if (*process < 0) *process = fork();
    if (*process == 0) alarm(60);
    return 0;
}

static void test_fork__in_a_callback_lets_both_go_on(void **state)
{
    pid_t process = -1;
    (void)state;
#if defined(__SANITIZE_THREAD__)
    skip();
#endif
    make_handles(&parent, 3);
    assert_int_equal(
        siamese_trainer_set_option(parent.trainer, "max_steps", "7"), 0);
    siamese_status const status =
        siamese_trainer_fit(parent.trainer, fork_in_fit, &process);
    if (process == 0) {
        free_handles(&parent);
        _exit(status != SIAMESE_OK);
    }
    assert_int_equal(status, SIAMESE_OK);
    check_child(process);
    free_handles(&parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fork__after_a_call_leaves_no_child_waiting),
        cmocka_unit_test(test_fork__leaves_every_handle_to_the_child),
        cmocka_unit_test(test_fork__in_a_callback_lets_both_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
