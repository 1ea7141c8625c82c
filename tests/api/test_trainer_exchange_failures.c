/* Ranks of which one fails, is cancelled, differs or is lost: the others end
 * too, all stand after a whole step, and go on to the bits of a run that
 * nothing happened to. */
#include "small_pairs.h"

#include <unistd.h>

#include "exchange_ranks.h"
#include "failing_allocator.h"

static small_pairs world;

static int setup(void **state)
{
    siamese_allocator const allocator = {.struct_size = sizeof allocator,
                                         .allocate = allocate,
                                         .reallocate = reallocate,
                                         .deallocate = deallocate};
    (void)state;
    assert_int_equal(siamese_set_allocator(&allocator), 0);
    small_pairs_create(&world);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    small_pairs_free(&world);
    return 0;
}

/* Two epochs of five steps. */
static siamese_trainer *make_trainer(void)
{
    siamese_trainer_options options = small_options(1);
    options.epochs = 2;
    return small_trainer(&world, &options, 0);
}

static siamese_trainer *trained_alone(void)
{
    siamese_trainer *const trainer = make_trainer();
    assert_int_equal(siamese_trainer_fit(trainer, NULL, NULL), 0);
    return trainer;
}

static void make_ranks(rank_run *runs, rank_net *net, size_t size)
{
    net_create(net, size);
    memset(runs, 0, size * sizeof *runs);
    for (size_t r = 0; r < size; r++) {
        runs[r].trainer = make_trainer();
        assert_int_equal(rank_set(&runs[r], net, r), 0);
    }
}

static void free_ranks(rank_run *runs, rank_net *net)
{
    for (size_t r = 0; r < net->size; r++)
        siamese_trainer_free(runs[r].trainer);
    net_free(net);
}

static uint64_t steps_of(const siamese_trainer *trainer)
{
    siamese_progress p = {.struct_size = sizeof p};
    assert_int_equal(siamese_trainer_get_progress(trainer, &p), 0);
    return p.step;
}

/* All go on together to the end. */
static void assert_goes_on(rank_run *runs, rank_net *net,
                           const siamese_trainer *whole)
{
    for (size_t r = 0; r < net->size; r++) {
        runs[r].progress = NULL;
        assert_int_equal(steps_of(runs[r].trainer), steps_of(runs[0].trainer));
    }
    ranks_run(runs, net);
    for (size_t r = 0; r < net->size; r++) {
        if (runs[r].status) print_error("rank %zu: %s\n", r, runs[r].error);
        assert_int_equal(runs[r].status, 0);
        assert_same_weights(whole, runs[r].trainer);
    }
}

/* ---- cancels ---- */

typedef struct stopper {
    siamese_trainer *trainer;
    uint64_t step;
    int by_flag; /* cancels from its callback, as another thread would */
} stopper;

static int32_t stop(void *user, const siamese_progress *progress)
{
    const stopper *const s = user;
    if (progress->step != s->step) return 0;
    if (!s->by_flag) return 1;
    return siamese_trainer_cancel(s->trainer) != 0;
}

static void exchange_failures__a_cancel_of_one_ends_all(void **state)
{
    siamese_trainer *const whole = trained_alone();
    (void)state;
    for (uint64_t step = 1; step <= 10; step += is_slow_machine() ? 3 : 1) {
        size_t const size = 2 + step % 3, rank = step % size;
        rank_net net;
        rank_run runs[RANKS_MOST];
        make_ranks(runs, &net, size);
        stopper s = {runs[rank].trainer, step, (int)(step & 1)};
        runs[rank].progress = stop;
        runs[rank].user = &s;
        ranks_run(runs, &net);
        for (size_t r = 0; r < size; r++) {
            char begin[16];
            snprintf(begin, sizeof begin, "rank %zu: ", rank);
            assert_int_equal(runs[r].status, SIAMESE_E_CANCELLED);
            if (r != rank)
                assert_int_equal(strncmp(runs[r].error, begin, strlen(begin)),
                                 0);
            assert_int_equal(steps_of(runs[r].trainer), step);
        }
        assert_goes_on(runs, &net, whole);
        free_ranks(runs, &net);
    }
    siamese_trainer_free(whole);
}

/* One that waited before the run has the others told too. */
static void exchange_failures__a_cancel_that_waits_ends_all(void **state)
{
    rank_net net;
    rank_run runs[RANKS_MOST];
    siamese_trainer *const whole = trained_alone();
    (void)state;
    make_ranks(runs, &net, 3);
    assert_int_equal(siamese_trainer_cancel(runs[1].trainer), 0);
    ranks_run(runs, &net);
    for (size_t r = 0; r < 3; r++) {
        assert_int_equal(runs[r].status, SIAMESE_E_CANCELLED);
        assert_int_equal(steps_of(runs[r].trainer), 0);
    }
    assert_goes_on(runs, &net, whole);
    free_ranks(runs, &net);
    siamese_trainer_free(whole);
}

/* ---- a lost rank ---- */

/* Each call of all_gather in turn fails on one rank; what is left of the run
 * any survivor does alone. */
static void exchange_failures__every_gathering_may_fail(void **state)
{
    siamese_trainer *const whole = trained_alone();
    size_t total = 1;
    (void)state;
    size_t const few = is_slow_machine() ? 7 : 1;
    for (size_t call = 1; call <= total; call += few * (call < 60 ? 1 : 13)) {
        size_t const size = 2 + call % 2, lost = call % size;
        rank_net net;
        rank_run runs[RANKS_MOST];
        make_ranks(runs, &net, size);
        net.fail_rank = lost;
        net.fail_call = call;
        ranks_run(runs, &net);
        if (runs[lost].status == SIAMESE_OK) { /* the run has no such call */
            free_ranks(runs, &net);
            break;
        }
        total = call + 1000;
        for (size_t r = 0; r < size; r++) {
            assert_int_equal(runs[r].status, SIAMESE_E_IO);
            assert_non_null(strstr(runs[r].error, "all_gather failed on rank"));
        }
        assert_non_null(strstr(runs[lost].error, "it returned -5"));
        size_t const left = (lost + 1) % size;
        assert_int_equal(siamese_trainer_set_exchange(runs[left].trainer, NULL),
                         0);
        assert_int_equal(siamese_trainer_fit(runs[left].trainer, NULL, NULL),
                         0);
        assert_same_weights(whole, runs[left].trainer);
        free_ranks(runs, &net);
    }
    assert_true(total > 1000);
    siamese_trainer_free(whole);
}

/* ---- memory ---- */

static void exchange_failures__an_allocation_of_one_ends_all(void **state)
{
    siamese_trainer *const whole = trained_alone();
    size_t failed = 0;
    int const few = is_slow_machine() ? 5 : 1;
    (void)state;
    for (long n = 0; n < 4000; n += few * (n < 100 ? 3 : n / 12)) {
        size_t const size = 2 + (size_t)n % 2;
        rank_net net;
        rank_run runs[RANKS_MOST];
        make_ranks(runs, &net, size);
        fail_after(n);
        ranks_run(runs, &net);
        fail_after(-1);
        bool const any = runs[0].status != SIAMESE_OK;
        for (size_t r = 0; r < size; r++)
            assert_int_equal(runs[r].status, any ? SIAMESE_E_MEMORY : 0);
        failed += any;
        assert_goes_on(runs, &net, whole);
        free_ranks(runs, &net);
        if (!any) break;
    }
    assert_true(failed > 20 / (size_t)few);
    siamese_trainer_free(whole);
}

/* ---- ranks that differ ---- */

static void assert_differ(rank_run *runs, rank_net *net, const char *what)
{
    ranks_run(runs, net);
    for (size_t r = 0; r < net->size; r++) {
        assert_int_equal(runs[r].status, SIAMESE_E_STATE);
        if (strstr(runs[r].error, what) == NULL)
            print_error("%s\n", runs[r].error);
        assert_non_null(strstr(runs[r].error, what));
        assert_int_equal(steps_of(runs[r].trainer), 0);
    }
    free_ranks(runs, net);
}

static void exchange_failures__what_differs_is_named(void **state)
{
    rank_net net;
    rank_run runs[RANKS_MOST];
    siamese_trainer_options options = small_options(1);
    siamese_pairs more = world.pairs;
    (void)state;
    more.count = 1;

    make_ranks(runs, &net, 3);
    assert_int_equal(
        siamese_trainer_set_option(runs[2].trainer, "learning_rate", "0.011"),
        0);
    assert_differ(runs, &net,
                  "exchange: the trainer's options of rank 2 and of rank 0 "
                  "differ");

    make_ranks(runs, &net, 2);
    assert_int_equal(siamese_trainer_add_pairs(runs[1].trainer, &more), 0);
    assert_differ(runs, &net, "the pairs of rank 1");

    make_ranks(runs, &net, 2);
    more.queries = NULL;
    assert_int_equal(siamese_trainer_add_items(runs[1].trainer, &more), 0);
    assert_differ(runs, &net, "the items of the catalogue of rank 1");

    make_ranks(runs, &net, 2);
    assert_int_equal(
        siamese_trainer_set_validation(runs[0].trainer, &world.pairs, NULL), 0);
    assert_differ(runs, &net, "the validation pairs of rank 1");

    /* other weights */
    make_ranks(runs, &net, 2);
    siamese_trainer_free(runs[1].trainer);
    siamese_tower *const tower = small_tower(&world, 5);
    options.epochs = 2;
    assert_int_equal(
        siamese_trainer_create(&runs[1].trainer, tower, tower, &options), 0);
    assert_int_equal(siamese_trainer_add_pairs(runs[1].trainer, &world.pairs),
                     0);
    assert_int_equal(rank_set(&runs[1], &net, 1), 0);
    siamese_tower_free(tower);
    assert_differ(runs, &net, "the towers' options or weights of rank 1");

    /* another kernel level is another option, too */
    make_ranks(runs, &net, 2);
    siamese_trainer_free(runs[1].trainer);
    options.kernel = SIAMESE_KERNEL_PORTABLE;
    runs[1].trainer = small_trainer(&world, &options, 0);
    assert_int_equal(rank_set(&runs[1], &net, 1), 0);
    assert_differ(runs, &net, "the kernel level of rank 1");
}

/* The same weights, but one has come further. */
static void exchange_failures__another_state_is_named(void **state)
{
    rank_net net;
    rank_run runs[RANKS_MOST];
    size_t const row = 0;
    (void)state;
    make_ranks(runs, &net, 2);
    assert_int_equal(siamese_trainer_set_exchange(runs[1].trainer, NULL), 0);
    assert_int_equal(
        siamese_trainer_set_option(runs[1].trainer, "learning_rate", "1e-30"),
        0);
    assert_int_equal(siamese_trainer_step(runs[1].trainer, &row, 1, NULL), 0);
    assert_int_equal(
        siamese_trainer_set_option(runs[1].trainer, "learning_rate", "0.01"),
        0);
    assert_int_equal(rank_set(&runs[1], &net, 1), 0);
    ranks_run(runs, &net);
    for (size_t r = 0; r < 2; r++) {
        assert_int_equal(runs[r].status, SIAMESE_E_STATE);
        assert_non_null(
            strstr(runs[r].error, "the state of the training of rank 1"));
    }
    free_ranks(runs, &net);
}

/* A rank whose callback changes an option, or whose rows are others. */
static int32_t change_rate(void *user, const siamese_progress *progress)
{
    return progress->step == 3 &&
           siamese_trainer_set_option(user, "learning_rate", "0.5") != 0;
}

static siamese_status step_rows(rank_run *run)
{
    return siamese_trainer_step(run->trainer, run->rows, run->row_count, NULL);
}

static void exchange_failures__ranks_that_part_are_stopped(void **state)
{
    static const size_t rows[] = {3, 4, 5, 6};
    rank_net net;
    rank_run runs[RANKS_MOST];
    (void)state;
    make_ranks(runs, &net, 2);
    runs[1].progress = change_rate;
    runs[1].user = runs[1].trainer;
    ranks_run(runs, &net);
    for (size_t r = 0; r < 2; r++) {
        assert_int_equal(runs[r].status, SIAMESE_E_STATE);
        assert_non_null(strstr(runs[r].error, "rank 1 does other work"));
        assert_int_equal(steps_of(runs[r].trainer), 3);
    }
    free_ranks(runs, &net);

    make_ranks(runs, &net, 2);
    for (size_t r = 0; r < 2; r++) {
        runs[r].call = step_rows;
        runs[r].rows = rows + r;
        runs[r].row_count = 3;
    }
    assert_differ(runs, &net, "rank 1 does other work");

    /* one steps, the other fits */
    make_ranks(runs, &net, 2);
    runs[1].call = step_rows;
    runs[1].rows = rows;
    runs[1].row_count = 3;
    assert_differ(runs, &net, "does other work");
}

/* ---- checkpoints ---- */

/* What one rank saved in the middle goes on with another number of them. */
static siamese_trainer *reloaded(const siamese_trainer *trainer)
{
    char path[] = "/tmp/siamese-test-XXXXXX";
    siamese_bundle *bundle = NULL;
    siamese_trainer *loaded = NULL;
    int const file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(siamese_bundle_create(&bundle), 0);
    assert_int_equal(
        siamese_bundle_set_trainer(bundle, (siamese_trainer *)trainer), 0);
    assert_int_equal(siamese_checkpoint_save(path, bundle, NULL), 0);
    siamese_bundle_free(bundle);
    assert_int_equal(siamese_checkpoint_load(&bundle, path, NULL), 0);
    assert_int_equal(siamese_bundle_get_trainer(bundle, &loaded), 0);
    siamese_bundle_free(bundle);
    assert_int_equal(remove(path), 0);
    assert_int_equal(siamese_trainer_add_pairs(loaded, &world.pairs), 0);
    return loaded;
}

static void exchange_failures__another_number_of_ranks_resumes(void **state)
{
    static const size_t sizes[] = {2, 3, 1, 4};
    siamese_trainer *const whole = trained_alone();
    siamese_trainer *trainer = make_trainer();
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        rank_net net;
        rank_run runs[RANKS_MOST] = {{.status = 0}};
        stopper s = {NULL, 3 * (i + 1), 0};
        net_create(&net, sizes[i]);
        for (size_t r = 0; r < sizes[i]; r++) {
            runs[r].trainer = reloaded(trainer);
            assert_int_equal(rank_set(&runs[r], &net, r), 0);
        }
        runs[0].progress = stop;
        runs[0].user = &s;
        ranks_run(runs, &net);
        for (size_t r = 0; r < sizes[i]; r++)
            assert_int_equal(runs[r].status, i < 3 ? SIAMESE_E_CANCELLED : 0);
        siamese_trainer_free(trainer);
        trainer = runs[sizes[i] - 1].trainer;
        runs[sizes[i] - 1].trainer = NULL;
        free_ranks(runs, &net);
    }
    assert_same_weights(whole, trainer);
    siamese_trainer_free(trainer);
    siamese_trainer_free(whole);
}

/* ---- arguments ---- */

static void exchange_failures__arguments_are_checked(void **state)
{
    siamese_trainer *const t = make_trainer();
    siamese_exchange const good = {
        .struct_size = sizeof good, .size = 1, .all_gather = net_all_gather};
    siamese_exchange e = good;
    (void)state;
    assert_int_equal(siamese_trainer_set_exchange(NULL, &e),
                     SIAMESE_E_ARGUMENT);
    e.rank = 1;
    assert_int_equal(siamese_trainer_set_exchange(t, &e), SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "rank 1 is not below size 1"));
    e = good;
    e.size = 0;
    assert_int_equal(siamese_trainer_set_exchange(t, &e), SIAMESE_E_ARGUMENT);
    e.size = 65537;
    assert_int_equal(siamese_trainer_set_exchange(t, &e), SIAMESE_E_ARGUMENT);
    e = good;
    e.all_gather = NULL;
    assert_int_equal(siamese_trainer_set_exchange(t, &e), SIAMESE_E_ARGUMENT);
    e = good;
    e.struct_size = 3;
    assert_int_equal(siamese_trainer_set_exchange(t, &e), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_set_exchange(t, NULL), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_failures__a_cancel_of_one_ends_all),
        cmocka_unit_test(exchange_failures__a_cancel_that_waits_ends_all),
        cmocka_unit_test(exchange_failures__every_gathering_may_fail),
        cmocka_unit_test(exchange_failures__an_allocation_of_one_ends_all),
        cmocka_unit_test(exchange_failures__what_differs_is_named),
        cmocka_unit_test(exchange_failures__another_state_is_named),
        cmocka_unit_test(exchange_failures__ranks_that_part_are_stopped),
        cmocka_unit_test(exchange_failures__another_number_of_ranks_resumes),
        cmocka_unit_test(exchange_failures__arguments_are_checked),
    };
    return cmocka_run_group_tests_name("trainer_exchange_failures", tests,
                                       setup, teardown);
}
