/* Bundles and checkpoints as a host uses them: every set of parts goes to a
 * file and comes back as it was. */
#include "api/checkpoint_parts.h"

#include <pthread.h>
#include <unistd.h>

static parts all;

static int setup(void **state)
{
    (void)state;
    make_parts(&all);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free_parts(&all);
    assert_int_equal(scarce.live, 0);
    return 0;
}

/* ---- every set of parts ---- */

enum {
    HAS_VOCAB = 1,
    HAS_INDEX = 2,
    HAS_SECTIONS = 4,
    HAS_QUERY = 8,
    HAS_ITEM = 16,
    SETS_WITHOUT_TRAINER = 32,
    HAS_TRAINER = 32
};

static siamese_bundle *make_bundle(int set)
{
    siamese_bundle *bundle;
    ok(siamese_bundle_create(&bundle));
    if (set & HAS_VOCAB) ok(siamese_bundle_set_vocab(bundle, all.vocab));
    if (set & HAS_QUERY) ok(siamese_bundle_set_query_tower(bundle, all.query));
    if (set & HAS_ITEM) ok(siamese_bundle_set_item_tower(bundle, all.item));
    if (set & HAS_INDEX) ok(siamese_bundle_set_index(bundle, all.index));
    if (set & HAS_TRAINER) ok(siamese_bundle_set_trainer(bundle, all.trainer));
    if (set & HAS_SECTIONS) {
        ok(siamese_bundle_set_section(bundle, "titles", "a\0b", 3));
        ok(siamese_bundle_set_section(bundle, "index", "", 0));
    }
    return bundle;
}

static void check_sections(const siamese_bundle *bundle)
{
    char data[8];
    size_t needed = 99;
    ok(siamese_bundle_get_section(bundle, "titles", data, 3, &needed));
    assert_int_equal(needed, 3);
    assert_memory_equal(data, "a\0b", 3);
    ok(siamese_bundle_get_section(bundle, "index", NULL, 0, &needed));
    assert_int_equal(needed, 0);
}

static void check_tower(siamese_status status, siamese_tower *tower,
                        const siamese_tower *expected)
{
    assert_int_equal(status, expected ? SIAMESE_OK : SIAMESE_E_NOT_FOUND);
    if (expected == NULL) return;
    assert_same_tower(tower, expected);
    siamese_tower_free(tower);
}

/* A trainer that was saved goes on like a fresh one after the same steps. */
static void check_trainer(const siamese_bundle *bundle)
{
    siamese_trainer *loaded;
    siamese_trainer *const fresh = make_trainer(all.query, all.item);
    step_trainer(fresh, PART_STEPS);
    ok(siamese_bundle_get_trainer(bundle, &loaded));
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = part_texts,
                                 .items = part_texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = PART_TEXTS};
    if (siamese_trainer_pair_count(loaded) == 0)
        ok(siamese_trainer_add_pairs(loaded, &pairs));
    assert_same_trainer(fresh, loaded);
    siamese_trainer_free(loaded);
    siamese_trainer_free(fresh);
}

static void check_vocab(const siamese_bundle *bundle, int set)
{
    siamese_vocab *vocab = NULL, *of_item;
    siamese_status const status = siamese_bundle_get_vocab(bundle, &vocab);
    if (set & (HAS_VOCAB | HAS_QUERY | HAS_TRAINER)) {
        ok(status);
        assert_same_vocab(vocab, all.vocab);
    } else if (set & HAS_ITEM) {
        ok(status);
        ok(siamese_tower_get_vocab(all.item, 0, &of_item));
        assert_same_vocab(vocab, of_item);
        siamese_vocab_free(of_item);
    } else {
        assert_int_equal(status, SIAMESE_E_NOT_FOUND);
    }
    siamese_vocab_free(vocab);
}

static void check_bundle(const siamese_bundle *bundle, int set)
{
    siamese_index *index;
    siamese_trainer *trainer;
    siamese_tower *tower = NULL;
    siamese_status status = siamese_bundle_get_index(bundle, &index);
    if (set & HAS_INDEX) {
        ok(status);
        assert_same_index(index, all.index);
        siamese_index_free(index);
    } else {
        assert_int_equal(status, SIAMESE_E_NOT_FOUND);
    }
    if (set & HAS_SECTIONS) check_sections(bundle);
    check_vocab(bundle, set);
    if (set & HAS_TRAINER) {
        check_trainer(bundle);
        return;
    }
    assert_int_equal(siamese_bundle_get_trainer(bundle, &trainer),
                     SIAMESE_E_NOT_FOUND);
    status = siamese_bundle_get_query_tower(bundle, &tower);
    check_tower(status, tower, set & HAS_QUERY ? all.query : NULL);
    status = siamese_bundle_get_item_tower(bundle, &tower);
    check_tower(status, tower, set & HAS_ITEM ? all.item : NULL);
}

static void check_round_trip(int set)
{
    siamese_bundle *const bundle = make_bundle(set);
    image first = write_bundle(bundle);
    siamese_bundle *const loaded = load_image(&first);
    image second = write_bundle(loaded);
    /* the state of a save is complete: the next one has the same bytes */
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    /* checking a trainer trains it further */
    if (!(set & HAS_TRAINER)) check_bundle(bundle, set);
    check_bundle(loaded, set);
    siamese_bundle_free(loaded);
    siamese_bundle_free(bundle);
    free(first.bytes);
    free(second.bytes);
}

static void test_checkpoint__brings_back_every_set_of_parts(void **state)
{
    (void)state;
    for (int set = 0; set < SETS_WITHOUT_TRAINER; set++) check_round_trip(set);
    for (int set = 0; set < HAS_QUERY; set++)
        check_round_trip(set | HAS_TRAINER);
}

/* ---- what is shared ---- */

static int sections_of(const image *file, const char *prefix)
{
    char path[] = "/tmp/siamese-test-XXXXXX";
    siamese_section_info infos[16];
    size_t needed;
    uint32_t version = 0;
    int found = 0;
    int const fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, file->bytes, file->size), file->size);
    close(fd);
    for (int i = 0; i < 16; i++) infos[i].struct_size = sizeof *infos;
    ok(siamese_checkpoint_info(path, infos, 16, &needed, &version));
    assert_int_equal(version, 1);
    for (size_t i = 0; i < needed; i++)
        found += !infos[i].user &&
                 strncmp(infos[i].name, prefix, strlen(prefix)) == 0;
    unlink(path);
    return found;
}

static void test_checkpoint__stores_a_shared_tower_once(void **state)
{
    (void)state;
    siamese_bundle *const bundle = make_bundle(HAS_VOCAB | HAS_QUERY);
    siamese_tower *query, *item;
    ok(siamese_bundle_set_item_tower(bundle, all.query));
    image file = write_bundle(bundle);
    assert_int_equal(sections_of(&file, "query_tower"), 1);
    assert_int_equal(sections_of(&file, "item_tower"), 0);
    assert_int_equal(sections_of(&file, "vocab_"), 1);
    siamese_bundle *const loaded = load_image(&file);
    ok(siamese_bundle_get_query_tower(loaded, &query));
    ok(siamese_bundle_get_item_tower(loaded, &item));
    assert_ptr_equal(query, item);
    assert_same_tower(query, all.query);
    siamese_tower_free(query);
    siamese_tower_free(item);
    siamese_bundle_free(loaded);
    siamese_bundle_free(bundle);
    free(file.bytes);
}

static void test_checkpoint__keeps_a_shared_trainer_shared(void **state)
{
    (void)state;
    siamese_bundle *bundle, *loaded;
    siamese_tower *query, *item;
    siamese_trainer *const trainer = make_trainer(all.query, all.query);
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_trainer(bundle, trainer));
    image file = write_bundle(bundle);
    assert_int_equal(sections_of(&file, "item_tower"), 0);
    loaded = load_image(&file);
    ok(siamese_bundle_get_query_tower(loaded, &query));
    ok(siamese_bundle_get_item_tower(loaded, &item));
    assert_ptr_equal(query, item);
    siamese_tower_free(query);
    siamese_tower_free(item);
    siamese_bundle_free(loaded);
    siamese_bundle_free(bundle);
    siamese_trainer_free(trainer);
    free(file.bytes);
}

static void test_bundle__gives_the_trainers_towers_as_they_are_now(void **state)
{
    (void)state;
    siamese_bundle *const bundle = make_bundle(HAS_TRAINER);
    for (int i = 0; i < 2; i++) {
        siamese_tower *query, *item, *now_query, *now_item;
        ok(siamese_bundle_get_query_tower(bundle, &query));
        ok(siamese_bundle_get_item_tower(bundle, &item));
        ok(siamese_trainer_snapshot(all.trainer, &now_query, &now_item));
        assert_same_tower(query, now_query);
        assert_same_tower(item, now_item);
        siamese_tower_free(query);
        siamese_tower_free(item);
        siamese_tower_free(now_query);
        siamese_tower_free(now_item);
        step_trainer(all.trainer, 1);
    }
    siamese_bundle_free(bundle);
}

/* ---- the bundle's own rules ---- */

static void test_bundle__has_towers_or_a_trainer(void **state)
{
    (void)state;
    siamese_bundle *const bundle = make_bundle(HAS_TRAINER);
    assert_int_equal(siamese_bundle_set_query_tower(bundle, all.query),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_bundle_set_item_tower(bundle, all.item),
                     SIAMESE_E_STATE);
    ok(siamese_bundle_set_query_tower(bundle, NULL));
    ok(siamese_bundle_set_trainer(bundle, NULL));
    ok(siamese_bundle_set_item_tower(bundle, all.item));
    assert_int_equal(siamese_bundle_set_trainer(bundle, all.trainer),
                     SIAMESE_E_STATE);
    ok(siamese_bundle_set_item_tower(bundle, NULL));
    ok(siamese_bundle_set_trainer(bundle, all.trainer));
    siamese_bundle_free(bundle);
}

static void test_bundle__keeps_its_parts_alive(void **state)
{
    (void)state;
    siamese_bundle *bundle;
    siamese_vocab *const vocab = make_vocab(2);
    siamese_tower *const tower = make_tower(vocab, 5);
    siamese_tower *kept;
    float before[PART_TEXTS * PART_DIM], after[PART_TEXTS * PART_DIM];
    encode_parts(tower, before);
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_vocab(bundle, vocab));
    ok(siamese_bundle_set_query_tower(bundle, tower));
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    ok(siamese_bundle_get_query_tower(bundle, &kept));
    siamese_bundle_free(bundle);
    encode_parts(kept, after);
    assert_memory_equal(before, after, sizeof before);
    siamese_tower_free(kept);
    siamese_bundle_free(NULL);
}

static void test_bundle__checks_the_names_of_sections(void **state)
{
    (void)state;
    siamese_bundle *const bundle = make_bundle(0);
    static const char *const bad[] = {"", "A", "a b", "a/b", "\xc3\xa9", "a\n"};
    char name[65];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(siamese_bundle_set_section(bundle, bad[i], "x", 1),
                         SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_bundle_set_section(bundle, NULL, "x", 1),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_bundle_set_section(bundle, "a", NULL, 1),
                     SIAMESE_E_ARGUMENT);
    memset(name, 'n', 64);
    name[64] = '\0';
    assert_int_equal(siamese_bundle_set_section(bundle, name, "x", 1),
                     SIAMESE_E_ARGUMENT);
    name[63] = '\0';
    ok(siamese_bundle_set_section(bundle, name, "x", 1));
    ok(siamese_bundle_set_section(bundle, "az09_.-", "x", 1));
    image file = write_bundle(bundle);
    siamese_bundle *const loaded = load_image(&file);
    size_t needed;
    assert_int_equal(siamese_bundle_get_section(loaded, name, NULL, 0, &needed),
                     SIAMESE_E_RANGE);
    assert_int_equal(needed, 1);
    siamese_bundle_free(loaded);
    siamese_bundle_free(bundle);
    free(file.bytes);
}

static void test_bundle__replaces_and_takes_out_sections(void **state)
{
    (void)state;
    siamese_bundle *const bundle = make_bundle(HAS_SECTIONS);
    char data[8];
    size_t needed;
    ok(siamese_bundle_set_section(bundle, "titles", "longer", 6));
    ok(siamese_bundle_get_section(bundle, "titles", data, 8, &needed));
    assert_int_equal(needed, 6);
    assert_memory_equal(data, "longer", 6);
    assert_int_equal(
        siamese_bundle_get_section(bundle, "titles", data, 5, &needed),
        SIAMESE_E_RANGE);
    ok(siamese_bundle_set_section(bundle, "titles", NULL, 0));
    ok(siamese_bundle_set_section(bundle, "never", NULL, 0));
    assert_int_equal(
        siamese_bundle_get_section(bundle, "titles", data, 8, &needed),
        SIAMESE_E_NOT_FOUND);
    ok(siamese_bundle_get_section(bundle, "index", data, 0, NULL));
    siamese_bundle_free(bundle);
}

/* ---- streams and options ---- */

static void test_checkpoint__goes_through_the_hosts_streams(void **state)
{
    (void)state;
    int const set = HAS_VOCAB | HAS_QUERY | HAS_INDEX | HAS_SECTIONS;
    siamese_bundle *const bundle = make_bundle(set);
    siamese_bundle *loaded;
    image file = write_bundle(bundle);
    ok(siamese_checkpoint_read(&loaded, image_read, &file, NULL));
    check_bundle(loaded, set);
    siamese_bundle_free(loaded);
    siamese_bundle_free(bundle);
    free(file.bytes);
}

static void test_checkpoint__has_every_level_of_compression(void **state)
{
    (void)state;
    static char zeros[100000];
    siamese_bundle *const bundle = make_bundle(HAS_QUERY);
    siamese_save_options options;
    ok(siamese_bundle_set_section(bundle, "zeros", zeros, sizeof zeros));
    ok(siamese_save_options_init(&options, sizeof options));
    for (int level = 0; level <= 9; level++) {
        char text[2] = {(char)('0' + level), '\0'};
        image file = {.writes_left = -1};
        ok(siamese_save_options_set(&options, "compression", text));
        ok(siamese_checkpoint_write(image_write, &file, bundle, &options));
        assert_true(level ? file.size < 10000 : file.size > sizeof zeros);
        siamese_bundle *const loaded = load_image(&file);
        check_bundle(loaded, HAS_QUERY);
        siamese_bundle_free(loaded);
        free(file.bytes);
    }
    options.compression = 10;
    assert_int_equal(
        siamese_checkpoint_write(image_write, NULL, bundle, &options),
        SIAMESE_E_OPTION);
    siamese_bundle_free(bundle);
}

static void test_checkpoint__gives_threads_to_the_loaded_handles(void **state)
{
    (void)state;
    siamese_bundle *const bundle = make_bundle(HAS_QUERY | HAS_INDEX);
    siamese_bundle *loaded;
    siamese_tower *tower;
    siamese_index *index;
    siamese_tower_options of_tower = {.struct_size = sizeof of_tower};
    siamese_index_options of_index = {.struct_size = sizeof of_index};
    siamese_load_options options;
    image file = write_bundle(bundle);
    ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 3;
    ok(siamese_checkpoint_load_memory(&loaded, file.bytes, file.size,
                                      &options));
    ok(siamese_bundle_get_query_tower(loaded, &tower));
    ok(siamese_bundle_get_index(loaded, &index));
    ok(siamese_tower_get_options(tower, &of_tower));
    ok(siamese_index_get_options(index, &of_index));
    assert_int_equal(of_tower.threads, 3);
    assert_int_equal(of_index.threads, 3);
    siamese_tower_free(tower);
    siamese_index_free(index);
    siamese_bundle_free(loaded);
    siamese_bundle_free(bundle);
    free(file.bytes);
}

static void test_checkpoint__a_good_load_leaves_the_error(void **state)
{
    char before[256];
    (void)state;
    siamese_bundle *const bundle = make_bundle(HAS_VOCAB);
    siamese_bundle *loaded;
    image file = write_bundle(bundle);
    assert_int_equal(siamese_checkpoint_load(&loaded, "/none/model", NULL),
                     SIAMESE_E_IO);
    snprintf(before, sizeof before, "%s", siamese_last_error());
    ok(siamese_checkpoint_load_memory(&loaded, file.bytes, file.size, NULL));
    assert_string_equal(siamese_last_error(), before);
    siamese_bundle_free(loaded);
    siamese_bundle_free(bundle);
    free(file.bytes);
}

static void test_checkpoint__names_missing_arguments(void **state)
{
    (void)state;
    siamese_bundle *bundle = make_bundle(0), *out;
    assert_int_equal(siamese_checkpoint_save(NULL, bundle, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_checkpoint_save("", bundle, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_checkpoint_save("/tmp/x", NULL, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_checkpoint_write(NULL, NULL, bundle, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_checkpoint_load(NULL, "/tmp/x", NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_checkpoint_load(&out, NULL, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_checkpoint_load_memory(&out, NULL, 1, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_checkpoint_load_memory(&out, NULL, 0, NULL),
                     SIAMESE_E_FORMAT);
    assert_int_equal(siamese_checkpoint_read(&out, NULL, NULL, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_bundle_set_vocab(NULL, all.vocab),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_bundle_get_vocab(bundle, NULL),
                     SIAMESE_E_ARGUMENT);
    siamese_bundle_free(bundle);
}

/* docs/format.md: 4096 sections in a file, of which 4032 are the host's. */
static void test_bundle__holds_4032_sections_of_the_hosts(void **state)
{
    enum { MOST = 4032 };
    siamese_bundle *bundle, *loaded;
    image bytes;
    char name[16], data[16];
    size_t size;
    (void)state;
    ok(siamese_bundle_create(&bundle));
    for (int i = 0; i < MOST; i++) {
        snprintf(name, sizeof name, "s%d", i);
        ok(siamese_bundle_set_section(bundle, name, name, strlen(name)));
    }
    assert_int_equal(siamese_bundle_set_section(bundle, "more", "x", 1),
                     SIAMESE_E_LIMIT);
    assert_non_null(strstr(siamese_last_error(), "4032"));
    ok(siamese_bundle_set_section(bundle, name, "other", 5)); /* replaced */
    bytes = write_bundle(bundle);
    ok(siamese_checkpoint_load_memory(&loaded, bytes.bytes, bytes.size, NULL));
    ok(siamese_bundle_get_section(loaded, name, data, sizeof data, &size));
    assert_int_equal(size, 5);
    assert_memory_equal(data, "other", 5);
    siamese_bundle_free(loaded);
    siamese_bundle_free(bundle);
    free(bytes.bytes);
}

#define WITH_PARTS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_PARTS(test_checkpoint__brings_back_every_set_of_parts),
        WITH_PARTS(test_checkpoint__stores_a_shared_tower_once),
        WITH_PARTS(test_checkpoint__keeps_a_shared_trainer_shared),
        WITH_PARTS(test_bundle__gives_the_trainers_towers_as_they_are_now),
        WITH_PARTS(test_bundle__has_towers_or_a_trainer),
        WITH_PARTS(test_bundle__holds_4032_sections_of_the_hosts),
        WITH_PARTS(test_bundle__keeps_its_parts_alive),
        WITH_PARTS(test_bundle__checks_the_names_of_sections),
        WITH_PARTS(test_bundle__replaces_and_takes_out_sections),
        WITH_PARTS(test_checkpoint__goes_through_the_hosts_streams),
        WITH_PARTS(test_checkpoint__has_every_level_of_compression),
        WITH_PARTS(test_checkpoint__gives_threads_to_the_loaded_handles),
        WITH_PARTS(test_checkpoint__a_good_load_leaves_the_error),
        WITH_PARTS(test_checkpoint__names_missing_arguments),
    };
    use_scarce_memory();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
