/* Going on with new texts: a vocabulary that keeps its ids, a tower that keeps
 * what it has learned, a trainer that keeps its state. */
#include "failing_allocator.h"
#include "slow_machine.h"
#include "small_pairs.h"

/* ---- old and new texts ---- */

enum { NEW = 40, DIM = 16 };

static small_pairs world;
static char new_bytes[NEW][SMALL_TEXT];
static siamese_text new_items[NEW], new_queries[NEW];
static siamese_pairs new_pairs;
static siamese_vocab *fresh, *grown;

static siamese_vocab *vocab_of(const siamese_text *texts, size_t count,
                               int32_t standardize)
{
    siamese_vocab_options options;
    siamese_vocab *vocab = NULL;
    assert_int_equal(siamese_vocab_options_init(&options, sizeof options), 0);
    options.max_tokens = 0;
    options.sequence_length = 6;
    options.threads = 1;
    options.standardize = standardize;
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_add(vocab, texts, count), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    return vocab;
}

static int setup(void **state)
{
    static siamese_text both[2 * SMALL_PAIRS];
    static const char *const kinds[] = {"kettle", "teapot", "oak tray",
                                        "sugar bowl"};
    siamese_allocator const hook = {sizeof hook, NULL, allocate, reallocate,
                                    deallocate};
    (void)state;
    assert_int_equal(siamese_set_allocator(&hook), 0);
    small_pairs_create(&world);
    /* a table that is full: it has to grow */
    siamese_vocab_free(world.vocab);
    memcpy(both, world.items, sizeof world.items);
    memcpy(both + SMALL_PAIRS, world.queries, sizeof world.queries);
    world.vocab = vocab_of(both, 2 * SMALL_PAIRS, 3);
    for (size_t i = 0; i < NEW; i++) {
        const char *const kind = kinds[i % 4];
        int const size =
            snprintf(new_bytes[i], SMALL_TEXT, "Palmeto %s %zu", kind, i % 5);
        new_items[i] = (siamese_text){new_bytes[i], (size_t)size};
        new_queries[i] = (siamese_text){kind, strlen(kind)};
    }
    new_pairs = world.pairs;
    new_pairs.queries = new_queries;
    new_pairs.items = new_items;
    new_pairs.count = NEW;
    fresh = vocab_of(new_items, NEW, 3);
    assert_int_equal(siamese_vocab_grow(&grown, world.vocab, fresh, 0), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    siamese_vocab_free(fresh);
    siamese_vocab_free(grown);
    small_pairs_free(&world);
    return 0;
}

/* ---- vocabularies ---- */

static void token_of(const siamese_vocab *vocab, size_t id, char *token)
{
    assert_int_equal(
        siamese_vocab_token(vocab, (int64_t)id, token, SMALL_TEXT, NULL), 0);
}

static int64_t id_of(const siamese_vocab *vocab, const char *token)
{
    int64_t id = -1;
    assert_int_equal(siamese_vocab_lookup(vocab, token, strlen(token), &id), 0);
    return id;
}

static void vocab_grow__keeps_ids_and_appends(void **state)
{
    size_t const old = siamese_vocab_size(world.vocab);
    size_t at = old;
    (void)state;
    for (size_t id = 0; id < old; id++) {
        char a[SMALL_TEXT], b[SMALL_TEXT];
        token_of(world.vocab, id, a);
        token_of(grown, id, b);
        assert_string_equal(a, b);
    }
    /* fresh's other tokens in its order: "oak" and the numbers were there */
    for (size_t id = 2; id < siamese_vocab_size(fresh); id++) {
        char token[SMALL_TEXT], appended[SMALL_TEXT];
        token_of(fresh, id, token);
        if (id_of(world.vocab, token) != SIAMESE_ID_UNKNOWN) continue;
        token_of(grown, at++, appended);
        assert_string_equal(token, appended);
    }
    assert_int_equal(at, siamese_vocab_size(grown));
    assert_true(id_of(grown, "palmeto") >= (int64_t)old);
    assert_int_equal(id_of(grown, "palmeto"), old);
    assert_true(id_of(grown, "oak") < (int64_t)old);
    assert_int_equal(id_of(grown, "[UNK]"), SIAMESE_ID_UNKNOWN);
}

static void vocab_grow__stops_at_max_tokens(void **state)
{
    size_t const old = siamese_vocab_size(world.vocab);
    siamese_vocab_options options = {.struct_size = sizeof options};
    siamese_vocab *v = NULL;
    (void)state;
    assert_int_equal(siamese_vocab_grow(&v, world.vocab, fresh, old + 2), 0);
    assert_int_equal(siamese_vocab_size(v), old + 2);
    assert_int_equal(siamese_vocab_get_options(v, &options), 0);
    assert_int_equal(options.max_tokens, old + 2);
    assert_int_equal(options.sequence_length, 6);
    siamese_vocab_free(v);
    v = NULL;
    assert_int_equal(siamese_vocab_grow(&v, world.vocab, fresh, old - 1),
                     SIAMESE_E_ARGUMENT);
    assert_null(v);
}

static void vocab_grow__refuses_what_does_not_fit(void **state)
{
    siamese_vocab *const other = vocab_of(new_items, NEW, 1);
    siamese_vocab *open = NULL, *v = NULL;
    (void)state;
    assert_int_equal(siamese_vocab_grow(&v, world.vocab, other, 0),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "standardize"));
    assert_int_equal(siamese_vocab_create(&open, NULL), 0);
    assert_int_equal(siamese_vocab_grow(&v, world.vocab, open, 0),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_grow(&v, open, fresh, 0), SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_grow(NULL, world.vocab, fresh, 0),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_grow(&v, NULL, fresh, 0),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_grow(&v, world.vocab, NULL, 0),
                     SIAMESE_E_ARGUMENT);
    siamese_vocab_free(open);
    siamese_vocab_free(other);
}

/* Output modes without padding, and hashes, which have nothing to grow. */
static void vocab_grow__of_other_kinds(void **state)
{
    siamese_vocab_options options;
    siamese_vocab *a = NULL, *b = NULL, *v = NULL;
    float of_a[1000], of_b[1000], of_v[1000];
    double sum = 0;
    (void)state;
    assert_int_equal(siamese_vocab_options_init(&options, sizeof options), 0);
    options.output_mode = SIAMESE_OUTPUT_TF_IDF;
    options.max_tokens = 0;
    assert_int_equal(siamese_vocab_create(&a, &options), 0);
    assert_int_equal(siamese_vocab_create(&b, &options), 0);
    assert_int_equal(siamese_vocab_add(a, world.items, SMALL_PAIRS), 0);
    assert_int_equal(siamese_vocab_add(b, new_items, NEW), 0);
    assert_int_equal(siamese_vocab_finish(a), 0);
    assert_int_equal(siamese_vocab_finish(b), 0);
    assert_int_equal(siamese_vocab_grow(&v, a, b, 0), 0);
    assert_int_equal(siamese_vocab_get_idf(a, of_a, 1000), 0);
    assert_int_equal(siamese_vocab_get_idf(b, of_b, 1000), 0);
    assert_int_equal(siamese_vocab_get_idf(v, of_v, 1000), 0);
    size_t const old = siamese_vocab_size(a), now = siamese_vocab_size(v);
    assert_true(now > old);
    assert_memory_equal(of_a + 1, of_v + 1, (old - 1) * sizeof *of_a);
    assert_true(of_v[id_of(v, "palmeto")] == of_b[id_of(b, "palmeto")]);
    for (size_t i = 1; i < now; i++) sum += of_v[i];
    assert_float_equal(of_v[0], sum / (double)(now - 1), 1e-5);
    siamese_vocab_free(a);
    siamese_vocab_free(b);
    siamese_vocab_free(v);
    v = NULL;

    options.output_mode = SIAMESE_OUTPUT_INT;
    options.hash_buckets = 64;
    options.hash_words = 1;
    options.sequence_length = 0;
    assert_int_equal(siamese_vocab_create(&a, &options), 0);
    assert_int_equal(siamese_vocab_finish(a), 0);
    assert_int_equal(siamese_vocab_grow(&v, a, a, 0), SIAMESE_E_STATE);
    assert_null(v);
    siamese_vocab_free(a);
}

/* ---- towers ---- */

static siamese_trainer_options quiet(void)
{
    siamese_trainer_options options = small_options(2);
    options.metrics = SIAMESE_METRICS_NONE;
    options.epochs = 2;
    return options;
}

static void encode(const siamese_tower *tower, const siamese_text *texts,
                   size_t count, float *out)
{
    assert_int_equal(
        siamese_tower_encode(tower, texts, count, 1, out, count * DIM), 0);
}

static void tower_grow__keeps_the_vectors_of_old_texts(void **state)
{
    static float before[SMALL_PAIRS * DIM], after[SMALL_PAIRS * DIM];
    siamese_trainer_options const options = quiet();
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_tower *tower = NULL, *more = NULL, *again = NULL;
    float a[NEW * DIM], b[NEW * DIM];
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_snapshot(t, &tower, NULL), 0);
    assert_int_equal(siamese_tower_grow(&more, tower, 0, grown), 0);
    assert_int_equal(siamese_tower_grow(&again, tower, 0, grown), 0);
    encode(tower, world.items, SMALL_PAIRS, before);
    encode(more, world.items, SMALL_PAIRS, after);
    assert_memory_equal(before, after, sizeof before);
    /* new texts have vectors of their own now, by the seed */
    encode(tower, new_items, NEW, a);
    encode(more, new_items, NEW, b);
    assert_memory_not_equal(a, b, sizeof a);
    encode(again, new_items, NEW, a);
    assert_memory_equal(a, b, sizeof a);
    siamese_tower_free(tower);
    siamese_tower_free(more);
    siamese_tower_free(again);
    siamese_trainer_free(t);
}

static size_t embedding_count(const siamese_tower *tower)
{
    siamese_parameter_info info = {.struct_size = sizeof info};
    assert_int_equal(siamese_tower_parameter_info(tower, 0, &info), 0);
    assert_string_equal(info.name, "embedding");
    return info.count;
}

/* The table grows by a row for each new token and keeps the old rows' bits. */
static void tower_grow__adds_rows(void **state)
{
    siamese_tower *const tower = small_tower(&world, 7);
    siamese_tower *more = NULL;
    size_t const added =
        siamese_vocab_size(grown) - siamese_vocab_size(world.vocab);
    (void)state;
    assert_int_equal(siamese_tower_grow(&more, tower, 0, grown), 0);
    size_t const old = embedding_count(tower), now = embedding_count(more);
    assert_int_equal(now, old + 8 * added);
    float *const a = malloc(old * sizeof *a), *const b =
                                                  malloc(now * sizeof *b);
    assert_non_null(a);
    assert_non_null(b);
    siamese_tower_parameter_get(tower, "embedding", a, old, NULL);
    siamese_tower_parameter_get(more, "embedding", b, now, NULL);
    assert_memory_equal(a, b, old * sizeof *a);
    /* the others are the seed's: within U(-0.05, 0.05), and not all equal */
    for (size_t i = old; i < now; i++)
        assert_true(b[i] >= -0.05f && b[i] <= 0.05f && b[i] != 0);
    free(a);
    free(b);
    siamese_tower_free(tower);
    siamese_tower_free(more);
}

/* As in the notebook, a table has rows for max_tokens: new tokens take those
 * that were free, and the table stays as it is. */
static void tower_grow__fills_free_rows(void **state)
{
    small_pairs roomy;
    siamese_vocab *v = NULL;
    siamese_tower *more = NULL;
    (void)state;
    small_pairs_create(&roomy);
    siamese_tower *const tower = small_tower(&roomy, 7);
    assert_int_equal(siamese_vocab_grow(&v, roomy.vocab, fresh, 1000), 0);
    assert_int_equal(siamese_tower_grow(&more, tower, 0, v), 0);
    size_t a_count, b_count;
    float *const a = tower_weights(tower, &a_count);
    float *const b = tower_weights(more, &b_count);
    assert_int_equal(a_count, b_count);
    assert_memory_equal(a, b, a_count * sizeof *a);
    free(a);
    free(b);
    siamese_vocab_free(v);
    siamese_tower_free(tower);
    siamese_tower_free(more);
    small_pairs_free(&roomy);
}

static void tower_grow__refuses_what_does_not_fit(void **state)
{
    siamese_tower *const tower = small_tower(&world, 1);
    siamese_tower *out = NULL;
    siamese_vocab *open = NULL;
    (void)state;
    assert_int_equal(siamese_tower_grow(&out, tower, 0, fresh),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "not under its old id"));
    assert_int_equal(siamese_tower_grow(&out, tower, 1, grown),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_vocab_create(&open, NULL), 0);
    assert_int_equal(siamese_tower_grow(&out, tower, 0, open), SIAMESE_E_STATE);
    assert_null(out);
    siamese_vocab_free(open);
    siamese_tower_free(tower);
}

/* Two fields of one vocabulary grow together, a third of its own stays. */
static void tower_grow__takes_all_fields_of_the_vocabulary(void **state)
{
    siamese_vocab *const other = vocab_of(world.items, 50, 3);
    siamese_vocab *of[3] = {NULL, NULL, NULL};
    siamese_tower *const tower = small_tower(&world, 3);
    siamese_tower *more = NULL;
    (void)state;
    assert_int_equal(
        siamese_tower_add_field(tower, "second", world.vocab, NULL), 0);
    assert_int_equal(siamese_tower_add_field(tower, "third", other, NULL), 0);
    assert_int_equal(siamese_tower_grow(&more, tower, 1, grown), 0);
    for (size_t f = 0; f < 3; f++)
        assert_int_equal(siamese_tower_get_vocab(more, f, &of[f]), 0);
    assert_ptr_equal(of[0], grown);
    assert_ptr_equal(of[1], grown);
    assert_ptr_equal(of[2], other);
    for (size_t f = 0; f < 3; f++) siamese_vocab_free(of[f]);
    siamese_tower_free(tower);
    siamese_tower_free(more);
    siamese_vocab_free(other);
}

/* ---- trainers ---- */

/* Rows that no batch touches do not change what others learn: the old pairs
 * train on to the same bits, so growth loses nothing of the state. */
static void trainer_grow__keeps_the_optimisers_state(void **state)
{
    siamese_trainer_options options = quiet();
    static float a[SMALL_PAIRS * DIM], b[SMALL_PAIRS * DIM];
    (void)state;
    for (int separate = 0; separate < 2; separate++)
        for (int32_t kind = 0; kind <= SIAMESE_OPTIMIZER_SGD; kind++) {
            if (is_slow_machine() && kind % 2 != separate) continue;
            options.optimizer = kind;
            options.momentum = 0.5;
            options.epochs = 2;
            siamese_trainer *const plain =
                small_trainer(&world, &options, separate);
            siamese_trainer *const more =
                small_trainer(&world, &options, separate);
            assert_int_equal(siamese_trainer_fit(plain, NULL, NULL), 0);
            assert_int_equal(siamese_trainer_fit(more, NULL, NULL), 0);
            assert_int_equal(
                siamese_trainer_grow(more, SIAMESE_SIDE_ITEM, 0, grown), 0);
            siamese_trainer_set_option(plain, "epochs", "4");
            siamese_trainer_set_option(more, "epochs", "4");
            assert_int_equal(siamese_trainer_fit(plain, NULL, NULL), 0);
            assert_int_equal(siamese_trainer_fit(more, NULL, NULL), 0);
            for (int side = 0; side < 2; side++) {
                siamese_tower *x = NULL, *y = NULL;
                siamese_trainer_snapshot(plain, side ? &x : NULL,
                                         side ? NULL : &x);
                siamese_trainer_snapshot(more, side ? &y : NULL,
                                         side ? NULL : &y);
                encode(x, world.items, SMALL_PAIRS, a);
                encode(y, world.items, SMALL_PAIRS, b);
                assert_memory_equal(a, b, sizeof a);
                siamese_tower_free(x);
                siamese_tower_free(y);
            }
            siamese_trainer_free(plain);
            siamese_trainer_free(more);
        }
}

/* New pairs are learned, as they cannot be while their words are unknown. */
static void trainer_grow__learns_new_pairs(void **state)
{
    siamese_trainer_options options = quiet();
    size_t const k = 10; /* as many items as a query has here */
    double accuracy[2];
    (void)state;
    options.epochs = 2;
    for (int with = 0; with < 2; with++) {
        siamese_trainer *const t = small_trainer(&world, &options, 0);
        siamese_progress p = {.struct_size = sizeof p};
        siamese_vocab *of = NULL;
        siamese_tower *tower = NULL;
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        if (with)
            assert_int_equal(
                siamese_trainer_grow(t, SIAMESE_SIDE_QUERY, 0, grown), 0);
        assert_int_equal(siamese_trainer_snapshot(t, &tower, NULL), 0);
        assert_int_equal(siamese_tower_get_vocab(tower, 0, &of), 0);
        assert_ptr_equal(of, with ? grown : world.vocab);
        siamese_vocab_free(of);
        siamese_tower_free(tower);
        assert_int_equal(siamese_trainer_add_pairs(t, &new_pairs), 0);
        siamese_trainer_set_option(t, "epochs", "40");
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        siamese_trainer_get_progress(t, &p);
        assert_int_equal(p.epoch, 40);
        assert_int_equal(siamese_trainer_evaluate(t, &new_pairs, NULL, &k, 1,
                                                  &accuracy[with], 1),
                         0);
        siamese_trainer_free(t);
    }
    assert_true(accuracy[1] > accuracy[0] + 0.2);
}

static int32_t grow_inside(void *user, const siamese_progress *p)
{
    (void)p;
    return siamese_trainer_grow(user, SIAMESE_SIDE_QUERY, 0, grown) !=
           SIAMESE_E_STATE;
}

static void trainer_grow__not_in_a_run_or_by_others(void **state)
{
    siamese_trainer_options const options = quiet();
    siamese_trainer *const t = small_trainer(&world, &options, 1);
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, grow_inside, t), 0);
    assert_int_equal(siamese_trainer_grow(t, 2, 0, grown), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_grow(t, SIAMESE_SIDE_ITEM, 0, fresh),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_grow(NULL, SIAMESE_SIDE_ITEM, 0, grown),
                     SIAMESE_E_ARGUMENT);
    siamese_trainer_free(t);
}

/* Best weights begin anew, and end in the grown tower. */
static void trainer_grow__validation_begins_anew(void **state)
{
    siamese_trainer_options const options = quiet();
    siamese_progress p = {.struct_size = sizeof p};
    (void)state;
    for (int separate = 0; separate < 2; separate++) {
        siamese_trainer *const t = small_trainer(&world, &options, separate);
        assert_int_equal(siamese_trainer_set_validation(t, &new_pairs, NULL),
                         0);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        assert_int_equal(siamese_trainer_grow(t, SIAMESE_SIDE_QUERY, 0, grown),
                         0);
        siamese_trainer_get_progress(t, &p);
        assert_int_equal(p.best_step, 0);
        assert_int_equal(siamese_trainer_set_option(t, "epochs", "5"), 0);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        siamese_trainer_get_progress(t, &p);
        assert_true(p.best_step > 10);
        assert_true(p.best_restored);
        siamese_trainer_free(t);
    }
}

/* ---- without memory ---- */

static void trainer_grow__happens_whole_or_not(void **state)
{
    siamese_trainer_options options = quiet();
    long at = 0;
    siamese_status status;
    (void)state;
    siamese_trainer *const t = small_trainer(&world, &options, 1);
    siamese_trainer *const whole = small_trainer(&world, &options, 1);
    assert_int_equal(siamese_trainer_set_validation(t, &new_pairs, NULL), 0);
    assert_int_equal(siamese_trainer_set_validation(whole, &new_pairs, NULL),
                     0);
    do {
        siamese_vocab *v = NULL;
        fail_after(at++);
        status = siamese_vocab_grow(&v, world.vocab, fresh, 0);
        if (status == SIAMESE_OK)
            status = siamese_trainer_grow(t, SIAMESE_SIDE_ITEM, 0, v);
        long const failed = failures;
        fail_after(-1);
        assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
        siamese_vocab_free(v);
    } while (status != SIAMESE_OK);
    assert_int_equal(siamese_trainer_grow(whole, SIAMESE_SIDE_ITEM, 0, grown),
                     0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    assert_same_weights(t, whole);
    siamese_trainer_free(t);
    siamese_trainer_free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vocab_grow__keeps_ids_and_appends),
        cmocka_unit_test(vocab_grow__stops_at_max_tokens),
        cmocka_unit_test(vocab_grow__refuses_what_does_not_fit),
        cmocka_unit_test(vocab_grow__of_other_kinds),
        cmocka_unit_test(tower_grow__keeps_the_vectors_of_old_texts),
        cmocka_unit_test(tower_grow__adds_rows),
        cmocka_unit_test(tower_grow__fills_free_rows),
        cmocka_unit_test(tower_grow__refuses_what_does_not_fit),
        cmocka_unit_test(tower_grow__takes_all_fields_of_the_vocabulary),
        cmocka_unit_test(trainer_grow__keeps_the_optimisers_state),
        cmocka_unit_test(trainer_grow__learns_new_pairs),
        cmocka_unit_test(trainer_grow__not_in_a_run_or_by_others),
        cmocka_unit_test(trainer_grow__validation_begins_anew),
        cmocka_unit_test(trainer_grow__happens_whole_or_not),
    };
    return cmocka_run_group_tests_name("trainer_grow", tests, setup, teardown);
}
