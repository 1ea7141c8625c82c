/* seeds.c: the first checkpoints of the corpora, made by the library itself: a
 * folder in, small files of every kind of handle in it out. By hand, when there
 * is a new kind: CONTRIBUTING.md. */
#include "api/checkpoint_parts.h"
#undef ok
#include "fuzz/support/fuzz.h"
#define ok(call) fuzz_ok(call)

static const char *folder;

/* compression 0: as the mutators store them. */
static void save_for(const char *target, const char *name,
                     siamese_bundle *bundle, int32_t compression, int32_t map)
{
    char path[4096];
    siamese_save_options options;
    ok(siamese_save_options_init(&options, sizeof options));
    options.compression = compression;
    options.map = map;
    snprintf(path, sizeof path, "%s/%s/seed_%s", folder, target, name);
    ok(siamese_checkpoint_save(path, bundle, &options));
    siamese_bundle_free(bundle);
}

static void save(const char *name, siamese_bundle *bundle, int32_t compression,
                 int32_t map)
{
    save_for("checkpoint", name, bundle, compression, map);
}

/* How a search asks (fuzz_search.c), and the model. */
static void save_asked(const char *name, siamese_bundle *bundle,
                       unsigned char choice, unsigned char stages)
{
    char path[4096];
    unsigned char head[64] = {5, 0, choice, stages, 20};
    siamese_save_options options;
    image file = {.writes_left = -1};
    strcpy((char *)head + 5, "red lmap 3/4 in. oak table and a blue chair");
    ok(siamese_save_options_init(&options, sizeof options));
    options.compression = 0;
    ok(siamese_checkpoint_write(image_write, &file, bundle, &options));
    snprintf(path, sizeof path, "%s/search/seed_%s", folder, name);
    FILE *const out = fopen(path, "wb");
    fuzz_require(out);
    fuzz_require(fwrite(head, 1, sizeof head, out) == sizeof head);
    fuzz_require(fwrite(file.bytes, 1, file.size, out) == file.size);
    fclose(out);
    free(file.bytes);
    siamese_bundle_free(bundle);
}

static siamese_bundle *new_bundle(void)
{
    siamese_bundle *bundle;
    ok(siamese_bundle_create(&bundle));
    return bundle;
}

static siamese_bundle *plain_bundle(const parts *all)
{
    siamese_bundle *const bundle = new_bundle();
    ok(siamese_bundle_set_query_tower(bundle, all->query));
    ok(siamese_bundle_set_item_tower(bundle, all->item));
    ok(siamese_bundle_set_index(bundle, all->index));
    ok(siamese_bundle_set_section(bundle, "titles", "a\nb\n", 4));
    return bundle;
}

static siamese_bundle *trainer_bundle(const parts *all)
{
    siamese_bundle *const bundle = new_bundle();
    ok(siamese_bundle_set_trainer(bundle, all->trainer));
    ok(siamese_bundle_set_vocab(bundle, all->vocab));
    return bundle;
}

/* A tower whose first fields have no vocabulary: numbers, a hashed id, a
 * text. */
static siamese_bundle *mixed_bundle(const siamese_vocab *vocab)
{
    siamese_tower_options options;
    siamese_field_options field;
    siamese_tower *tower;
    siamese_bundle *const bundle = new_bundle();
    ok(siamese_tower_options_init(&options, sizeof options));
    options.embedding_dim = PART_DIM;
    options.encoder = SIAMESE_ENCODER_BAG;
    options.threads = 1;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_field_options_init(&field, sizeof field));
    field.kind = SIAMESE_FIELD_NUMBERS;
    ok(siamese_tower_add_field(tower, "price", NULL, &field));
    field.kind = SIAMESE_FIELD_ID;
    field.buckets = 5;
    ok(siamese_tower_add_field(tower, "shelf", NULL, &field));
    ok(siamese_tower_add_field(tower, "title", vocab, NULL));
    ok(siamese_bundle_set_item_tower(bundle, tower));
    siamese_tower_free(tower);
    return bundle;
}

/* ---- by options: NAME=VALUE ... ---- */

#define SETTER(kind)                                                           \
    static void set_##kind(siamese_##kind##_options *options,                  \
                           const char *settings)                               \
    {                                                                          \
        char copy[512], *at = copy, *value;                                    \
        snprintf(copy, sizeof copy, "%s", settings);                           \
        for (char *name; (name = strsep(&at, " ")) != NULL && *name;) {        \
            value = strchr(name, '=');                                         \
            *value++ = '\0';                                                   \
            ok(siamese_##kind##_options_set(options, name, value));            \
        }                                                                      \
    }
SETTER(vocab)
SETTER(tower)
SETTER(trainer)

static siamese_vocab *vocab_of(const char *settings)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    ok(siamese_vocab_options_init(&options, sizeof options));
    set_vocab(&options, settings);
    options.threads = 1;
    ok(siamese_vocab_create(&vocab, &options));
    ok(siamese_vocab_add(vocab, part_texts, PART_TEXTS));
    ok(siamese_vocab_finish(vocab));
    return vocab;
}

static siamese_tower *tower_of(const siamese_vocab *vocab, const char *settings)
{
    siamese_tower_options options;
    siamese_tower *tower;
    ok(siamese_tower_options_init(&options, sizeof options));
    set_tower(&options, settings);
    options.threads = 1;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_tower_add_field(tower, "title", vocab, NULL));
    return tower;
}

/* Some steps of a trainer with one tower for both sides. */
static siamese_bundle *trained_bundle(const char *vocab_settings,
                                      const char *tower_settings,
                                      const char *settings)
{
    siamese_trainer_options options;
    siamese_trainer *trainer;
    siamese_bundle *const bundle = new_bundle();
    siamese_vocab *const vocab = vocab_of(vocab_settings);
    siamese_tower *const tower = tower_of(vocab, tower_settings);
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = part_texts,
                                 .items = part_texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = PART_TEXTS};
    ok(siamese_trainer_options_init(&options, sizeof options));
    options.batch_size = 2;
    options.epochs = 1;
    options.threads = 1;
    set_trainer(&options, settings);
    ok(siamese_trainer_create(&trainer, tower, tower, &options));
    ok(siamese_trainer_add_pairs(trainer, &pairs));
    ok(siamese_trainer_set_validation(trainer, &pairs, NULL));
    ok(siamese_trainer_fit(trainer, NULL, NULL));
    ok(siamese_bundle_set_trainer(bundle, trainer));
    siamese_trainer_free(trainer);
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    return bundle;
}

/* ---- models ---- */

static const siamese_text ids[] = {{"a", 1}, {"b", 1}, {"c", 1},
                                   {"d", 1}, {"e", 1}, {"f", 1}};
static const unsigned char present[] = {1, 0, 1, 1, 1, 0};
static const double prices[] = {1.5, 2, 3, -4, 0, 1e9};

/* A trained model with items of two columns, one of which is gone again. */
static siamese_bundle *model_bundle(const char *index_exact)
{
    siamese_column_values const columns[] = {
        {sizeof *columns, "brand", part_texts, NULL, NULL, present},
        {sizeof *columns, "price", NULL, NULL, prices, present}};
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = PART_TEXTS,
                                    .text_ids = ids,
                                    .titles = part_texts,
                                    .columns = columns,
                                    .column_count = 2};
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = part_texts,
                                 .items = part_texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = PART_TEXTS};
    static const char *const settings[][2] = {{"embedding_dim", "4"},
                                              {"hash_buckets", "32"},
                                              {"epochs", "1"},
                                              {"min_steps", "0"},
                                              {"batch_size", "2"}};
    siamese_model_options options;
    siamese_bundle *bundle;
    siamese_model *model;
    ok(siamese_model_options_init(&options, sizeof options));
    options.threads = 1;
    ok(siamese_model_create(&model, NULL, &options));
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        ok(siamese_model_set(model, settings[i][0], settings[i][1]));
    ok(siamese_model_set(model, "nlist", index_exact));
    ok(siamese_model_add_column(model, "brand", SIAMESE_COLUMN_TEXT));
    ok(siamese_model_add_column(model, "price", SIAMESE_COLUMN_NUMBER));
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_remove_items(model, NULL, &ids[1], 1, NULL));
    ok(siamese_model_get_bundle(model, &bundle));
    siamese_model_free(model);
    return bundle;
}

/* An index that keeps codes. */
static siamese_bundle *coded_bundle(size_t dim, size_t nlist, int32_t metric)
{
    enum { COUNT = 40, MOST_DIM = 32 };
    static float vectors[COUNT * MOST_DIM];
    static int64_t numbers[COUNT];
    siamese_index_options options;
    siamese_index *index;
    siamese_bundle *const bundle = new_bundle();
    for (size_t i = 0; i < COUNT * dim; i++)
        vectors[i] = (float)(i * i % 23) / 8 - 1;
    for (size_t i = 0; i < COUNT; i++) numbers[i] = (int64_t)(i / 2 * 3);
    ok(siamese_index_options_init(&options, sizeof options));
    options.nlist = nlist;
    options.metric = metric;
    options.threads = 1;
    options.scan = SIAMESE_SCAN_BOUNDED;
    ok(siamese_index_create(&index, dim, &options));
    if (nlist > 1) ok(siamese_index_train(index, vectors, COUNT));
    ok(siamese_index_add(index, numbers, vectors, COUNT));
    ok(siamese_bundle_set_index(bundle, index));
    siamese_index_free(index);
    return bundle;
}

int main(int argc, char **argv)
{
    parts all;
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 1;
    }
    folder = argv[1];
    make_parts(&all);
    save("plain", plain_bundle(&all), 0, 0);
    save("compressed", plain_bundle(&all), 9, 0);
    save("trainer", trainer_bundle(&all), 0, 0);
    save("packed", packed_bundle(&all), 0, 0);
    save("mixed", mixed_bundle(all.vocab), 0, 0);
    save("hashed",
         trained_bundle("normalizer=unicode hash_buckets=32 char_ngrams=3,4 "
                        "ngrams=2 stemmer=english quantities=add "
                        "hash_min_count=1 compounds=1 packs=1 "
                        "written_words=1",
                        "embedding_dim=4 encoder=bag pooling=weighted "
                        "normalize=1",
                        "optimizer=adagrad mined_negatives=1 "
                        "self_supervision=1"),
         0, 0);
    save("gru",
         trained_bundle("max_tokens=0 sequence_length=4",
                        "embedding_dim=3 units=2 encoder=gru layers=2 "
                        "mask_zero=1 hidden=3 project=4",
                        "optimizer=sgd momentum=0.5 logq=streaming "
                        "logq_buckets=8"),
         0, 0);
    save("transformer",
         trained_bundle("max_tokens=0 sequence_length=4",
                        "embedding_dim=4 heads=2 feed_forward=4 "
                        "encoder=transformer pooling=cls",
                        "optimizer=adamw patience=1 restore_best=1"),
         0, 0);
    save("model", model_bundle("1"), 0, 0);
    save("model_lists", model_bundle("2"), 0, 1);
    save_for("mapped", "one_list", coded_bundle(32, 1, 0), 0, 1);
    save_for("mapped", "lists", coded_bundle(32, 3, 0), 0, 1);
    save_for("mapped", "cosine", coded_bundle(9, 2, 1), 0, 1);
    save_for("mapped", "whole", coded_bundle(32, 2, 0), 1, 0);
    save_asked("all", model_bundle("1"), 0x0f, 2 + 2 * 3 + 2 * 9);
    save_asked("filtered", model_bundle("1"), 0x31, 0);
    save_asked("lists", model_bundle("2"), 0x92, 1 + 9);
    free_parts(&all);
    return 0;
}
