/* The vocabulary that a bundle gives: its own, or the first that a field of its
 * towers has; fields of numbers and of hashed ids have none. */
#include <setjmp.h>
#include <stdarg.h>

#include "api/checkpoint_parts.h"

static void add_plain(siamese_tower *tower, const char *name, int32_t kind)
{
    siamese_field_options options;
    ok(siamese_field_options_init(&options, sizeof options));
    options.kind = kind;
    options.dim = PART_DIM;
    ok(siamese_tower_add_field(tower, name, NULL, &options));
}

static siamese_tower *empty_tower(void)
{
    siamese_tower_options options;
    siamese_tower *tower;
    ok(siamese_tower_options_init(&options, sizeof options));
    options.embedding_dim = 2;
    options.units = PART_DIM / 2;
    options.threads = 1;
    ok(siamese_tower_create(&tower, &options));
    return tower;
}

/* kinds: 'n'umbers, 'i'd without a vocabulary, 't'ext. */
static siamese_tower *tower_of(const char *kinds, const siamese_vocab *vocab)
{
    siamese_tower *const tower = empty_tower();
    for (size_t f = 0; kinds[f]; f++) {
        char const name[] = {'f', (char)('0' + f), '\0'};
        if (kinds[f] == 't')
            ok(siamese_tower_add_field(tower, name, vocab, NULL));
        else
            add_plain(tower, name,
                      kinds[f] == 'n' ? SIAMESE_FIELD_NUMBERS
                                      : SIAMESE_FIELD_ID);
    }
    return tower;
}

/* The length of the vocabulary's texts, by which the two of the test are told
 * apart; 0: the bundle has none. As it stands and from a file. */
static size_t length_of(const siamese_bundle *bundle)
{
    siamese_vocab_options options = {.struct_size = sizeof options};
    siamese_vocab *vocab = NULL;
    siamese_status const status = siamese_bundle_get_vocab(bundle, &vocab);
    if (status == SIAMESE_E_NOT_FOUND) {
        assert_null(vocab);
        return 0;
    }
    ok(status);
    ok(siamese_vocab_get_options(vocab, &options));
    siamese_vocab_free(vocab);
    return options.sequence_length;
}

static void expect_length(const siamese_bundle *bundle, size_t length)
{
    image file = write_bundle(bundle);
    siamese_bundle *loaded;
    assert_int_equal(length_of(bundle), length);
    ok(siamese_checkpoint_load_memory(&loaded, file.bytes, file.size, NULL));
    assert_int_equal(length_of(loaded), length);
    siamese_bundle_free(loaded);
    free(file.bytes);
}

/* NULL: the bundle has no such tower. */
static void expect(const char *query, const char *item, size_t length)
{
    siamese_vocab *const of_query = make_vocab(3);
    siamese_vocab *const of_item = make_vocab(5);
    siamese_tower *const a = query ? tower_of(query, of_query) : NULL;
    siamese_tower *const b = item ? tower_of(item, of_item) : NULL;
    siamese_bundle *bundle;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_query_tower(bundle, a));
    ok(siamese_bundle_set_item_tower(bundle, b));
    expect_length(bundle, length);
    siamese_bundle_free(bundle);
    siamese_tower_free(a);
    siamese_tower_free(b);
    siamese_vocab_free(of_query);
    siamese_vocab_free(of_item);
}

static void bundle_vocab__is_the_first_that_a_field_has(void **state)
{
    (void)state;
    expect("t", "t", 3);
    expect("nt", "t", 3);
    expect("int", NULL, 3);
    expect("n", "t", 5);
    expect("i", "int", 5);
    expect(NULL, "nt", 5);
    expect("", "t", 5);
}

static void bundle_vocab__is_not_found_where_no_field_has_one(void **state)
{
    (void)state;
    expect("n", NULL, 0);
    expect("i", "n", 0);
    expect(NULL, "ni", 0);
    expect("", "", 0);
    expect(NULL, NULL, 0);
}

static void bundle_vocab__of_a_trainer_is_its_towers(void **state)
{
    siamese_vocab *const vocab = make_vocab(3);
    siamese_tower *const plain = tower_of("n", NULL);
    siamese_tower *const text = tower_of("nt", vocab);
    siamese_trainer *trainer;
    siamese_bundle *bundle;
    (void)state;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_trainer_create(&trainer, plain, text, NULL));
    ok(siamese_bundle_set_trainer(bundle, trainer));
    siamese_trainer_free(trainer);
    expect_length(bundle, 3);
    ok(siamese_trainer_create(&trainer, plain, plain, NULL));
    ok(siamese_bundle_set_trainer(bundle, trainer));
    siamese_trainer_free(trainer);
    expect_length(bundle, 0);
    siamese_bundle_free(bundle);
    siamese_tower_free(plain);
    siamese_tower_free(text);
    siamese_vocab_free(vocab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bundle_vocab__is_the_first_that_a_field_has),
        cmocka_unit_test(bundle_vocab__is_not_found_where_no_field_has_one),
        cmocka_unit_test(bundle_vocab__of_a_trainer_is_its_towers),
    };
    return cmocka_run_group_tests_name("bundle_vocab", tests, NULL, NULL);
}
