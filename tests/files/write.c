/*
 * write.c: writes one checkpoint file of every kind with the library that it is
 * linked with, and what each file gives (report_model.h). Run once for a
 * version that later ones must be able to read, through tests/files/write.sh:
 *
 *   write FOLDER [NAME ...]   reads FOLDER/pairs.tsv; writes FOLDER/NAME.txt
 *                             and .siamese, of the names given or of all
 *
 * All computing is at the portable level, whose bits no processor changes.
 */
#include "report_model.h"

enum { CASE_OPTIONS = 9 };

typedef struct file_case {
    const char *name;
    const char *vocab[CASE_OPTIONS];   /* "name=value", up to the first NULL */
    const char *tower[CASE_OPTIONS];
    const char *trainer[CASE_OPTIONS]; /* with one: a trainer in the middle */
    int fields;                        /* 1: title; 3: brand and price too */
    int separate;                      /* 1: a tower a side */
    uint64_t stop;                     /* steps before the file is written */
} file_case;

static const file_case vocabs[] = {
    {"vocab_keras", {"max_tokens=30", "sequence_length=6"}, {0}, {0}, 0, 0, 0},
    {"vocab_ngrams", {"ngrams=1-2", "standardize=lower"}, {0}, {0}, 0, 0, 0},
    {"vocab_character", {"split=character"}, {0}, {0}, 0, 0, 0},
    {"vocab_whole", {"split=none", "standardize=none"}, {0}, {0}, 0, 0, 0},
    {"vocab_multi_hot", {"output_mode=multi_hot"}, {0}, {0}, 0, 0, 0},
    {"vocab_count", {"output_mode=count", "max_tokens=20"}, {0}, {0}, 0, 0, 0},
    {"vocab_tf_idf", {"output_mode=tf_idf"}, {0}, {0}, 0, 0, 0},
    {"vocab_unicode",
     {"normalizer=unicode", "stemmer=english", "strip_accents=1"},
     {0}, {0}, 0, 0, 0},
    {"vocab_hashed",
     {"normalizer=unicode", "hash_buckets=5000", "char_ngrams=3-5"},
     {0}, {0}, 0, 0, 0},
    {"vocab_learned_hashes",
     {"normalizer=unicode", "hash_buckets=5000", "char_ngrams=3-4",
      "hash_min_count=2", "quantities=add", "written_words=1", "compounds=1",
      "stemmer=english"},
     {0}, {0}, 0, 0, 0},
    {"vocab_quantities",
     {"normalizer=unicode", "hash_buckets=900", "quantities=replace",
      "number_ngrams=0", "ngrams=1-2", "char_ngrams=3"},
     {0}, {0}, 0, 0, 0},
};

#define SHORT "max_tokens=40", "sequence_length=6"
#define HASHED "normalizer=unicode", "hash_buckets=300", "char_ngrams=3"

static const file_case towers[] = {
    {"tower_bilstm", {SHORT}, {"embedding_dim=4", "units=3"}, {0}, 1, 0, 0},
    {"tower_lstm_masked",
     {SHORT},
     {"embedding_dim=4", "units=3", "bidirectional=0", "layers=2",
      "mask_zero=1"},
     {0}, 1, 1, 0},
    {"tower_bigru",
     {SHORT},
     {"encoder=gru", "embedding_dim=4", "units=3", "project=5", "normalize=1"},
     {0}, 1, 0, 0},
    {"tower_bag_mean",
     {HASHED},
     {"encoder=bag", "embedding_dim=6", "normalize=1"},
     {0}, 1, 0, 0},
    {"tower_bag_sum",
     {HASHED},
     {"encoder=bag", "pooling=sum", "embedding_dim=6", "hidden=5",
      "project=4"},
     {0}, 1, 0, 0},
    {"tower_bag_weighted",
     {SHORT},
     {"encoder=bag", "pooling=weighted", "mask_zero=1"},
     {0}, 1, 0, 0},
    {"tower_float16",
     {HASHED},
     {"encoder=bag", "embedding_dim=6", "table_precision=float16"},
     {0}, 1, 0, 0},
    {"tower_int8",
     {HASHED},
     {"encoder=bag", "embedding_dim=6", "table_precision=int8"},
     {0}, 1, 0, 0},
    {"tower_transformer",
     {SHORT},
     {"encoder=transformer", "embedding_dim=8", "heads=2", "layers=2",
      "feed_forward=12"},
     {0}, 1, 0, 0},
    {"tower_transformer_cls",
     {SHORT},
     {"encoder=transformer", "embedding_dim=8", "heads=4", "norm_first=1",
      "pooling=cls", "feed_forward_activation=gelu_tanh"},
     {0}, 1, 0, 0},
    {"tower_fields_sum", {SHORT}, {"embedding_dim=4"}, {0}, 3, 0, 0},
    {"tower_fields_concat",
     {HASHED},
     {"encoder=bag", "combine=concat", "project=5"},
     {0}, 3, 1, 0},
};

#define SMALL "batch_size=16", "learning_rate=0.05", "epochs=4"

static const file_case trainers[] = {
    {"trainer_notebook",
     {SHORT},
     {"embedding_dim=4", "units=3"},
     {"batch_size=16", "epochs=3"},
     1, 0, 4},
    {"trainer_adamw",
     {SHORT},
     {"embedding_dim=4", "encoder=gru"},
     {SMALL, "optimizer=adamw", "schedule=cosine", "warmup_steps=3",
      "monitor=loss"},
     1, 1, 5},
    {"trainer_adagrad",
     {HASHED},
     {"encoder=bag", "normalize=1", "table_precision=int8"},
     {SMALL, "optimizer=adagrad", "sparse_updates=1", "self_supervision=1",
      "temperature=0.1"},
     1, 0, 6},
    {"trainer_sgd",
     {SHORT},
     {"encoder=bag", "pooling=weighted"},
     {SMALL, "optimizer=sgd", "momentum=0.9", "loss=hinge", "clip_norm=1"},
     1, 0, 1},
    {"trainer_logq",
     {SHORT},
     {"encoder=bag"},
     {SMALL, "logq=streaming", "random_negatives=5", "logq_buckets=64"},
     1, 1, 5},
    {"trainer_mined",
     {HASHED},
     {"encoder=bag", "normalize=1"},
     {SMALL, "mined_negatives=2", "mine_first=2", "mine_last=9",
      "mine_from=0.5"},
     1, 0, 9},
    {"trainer_transformer",
     {SHORT},
     {"encoder=transformer", "embedding_dim=8", "heads=2", "dropout=0.1"},
     {"batch_size=16", "epochs=3"},
     1, 0, 4},
    {"trainer_fields",
     {SHORT},
     {"encoder=bag", "combine=concat"},
     {SMALL, "validate_every=2", "patience=9", "monitor=loss"},
     3, 1, 5},
};

static const file_case indexes[] = {
    {"index_exact", {0}, {0}, {0}, 0, 0, 0},
    {"index_mapped",
     {"nlist=5", "nprobe=2", "scan=bounded"},
     {0}, {0}, 0, 0, 0},
    {"index_lists", {"nlist=6", "nprobe=2"}, {0}, {0}, 0, 0, 0},
    {"index_cosine", {"nlist=4", "metric=cosine"}, {0}, {0}, 0, 0, 0},
};

typedef siamese_status (*option_set)(void *options, const char *name,
                                     const char *value);

static void set_options(void *options, option_set set, const char *const *text)
{
    for (size_t i = 0; i < CASE_OPTIONS && text[i]; i++) {
        char name[64];
        size_t const length = strcspn(text[i], "=");
        snprintf(name, sizeof name, "%.*s", (int)length, text[i]);
        REPORT_TRY(set(options, name, text[i] + length + 1));
    }
}

static siamese_vocab *make_vocab(const file_case *c, const report_data *data)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    REPORT_TRY(siamese_vocab_options_init(&options, sizeof options));
    set_options(&options, (option_set)siamese_vocab_options_set, c->vocab);
    REPORT_TRY(siamese_vocab_create(&vocab, &options));
    REPORT_TRY(siamese_vocab_add(vocab, data->titles, data->count));
    REPORT_TRY(siamese_vocab_add(vocab, data->queries, data->count));
    REPORT_TRY(siamese_vocab_finish(vocab));
    return vocab;
}

static siamese_tower *make_tower(const file_case *c, const siamese_vocab *vocab,
                                 uint64_t seed)
{
    siamese_tower_options options;
    siamese_field_options id, number;
    siamese_tower *tower;
    REPORT_TRY(siamese_tower_options_init(&options, sizeof options));
    options.kernel = SIAMESE_KERNEL_PORTABLE;
    options.seed = seed;
    set_options(&options, (option_set)siamese_tower_options_set, c->tower);
    REPORT_TRY(siamese_tower_create(&tower, &options));
    REPORT_TRY(siamese_tower_add_field(tower, "title", vocab, NULL));
    if (c->fields == 1) return tower;
    REPORT_TRY(siamese_field_options_init(&id, sizeof id));
    REPORT_TRY(siamese_field_options_init(&number, sizeof number));
    id.kind = SIAMESE_FIELD_ID;
    id.buckets = 16;
    number.kind = SIAMESE_FIELD_NUMBERS;
    number.weight = 0.5;
    REPORT_TRY(siamese_tower_add_field(tower, "brand", NULL, &id));
    REPORT_TRY(siamese_tower_add_field(tower, "price", NULL, &number));
    return tower;
}

/* A tower in the precision that its options name. */
static siamese_tower *packed(siamese_tower *tower)
{
    siamese_tower_options options = {.struct_size = sizeof options};
    siamese_tower *copy;
    REPORT_TRY(siamese_tower_get_options(tower, &options));
    if (options.table_precision == SIAMESE_PRECISION_FLOAT32) return tower;
    REPORT_TRY(siamese_tower_quantize(&copy, tower, options.table_precision));
    siamese_tower_free(tower);
    return copy;
}

static int32_t stop_at(void *user, const siamese_progress *progress)
{
    return progress->step >= *(uint64_t *)user;
}

static siamese_trainer *make_trainer(const file_case *c,
                                     const siamese_tower *query,
                                     const siamese_tower *item,
                                     const report_data *data)
{
    siamese_trainer_options options;
    siamese_trainer *trainer;
    uint64_t stop = c->stop;
    REPORT_TRY(siamese_trainer_options_init(&options, sizeof options));
    options.kernel = SIAMESE_KERNEL_PORTABLE;
    set_options(&options, (option_set)siamese_trainer_options_set, c->trainer);
    REPORT_TRY(siamese_trainer_create(&trainer, query, item, &options));
    report_feed(trainer, data, (size_t)c->fields);
    if (siamese_trainer_fit(trainer, stop_at, &stop) != SIAMESE_E_CANCELLED)
        report_stop(c->name);
    return trainer;
}

static siamese_index *make_index(const file_case *c)
{
    enum { COUNT = 80, DIM = 8 };
    static float vectors[COUNT * DIM];
    int64_t ids[COUNT], removed[] = {5, 17};
    siamese_index_options options;
    siamese_index *index;
    uint32_t seed = 7;
    for (size_t i = 0; i < COUNT * DIM; i++) {
        seed = seed * 1664525u + 1013904223u;
        vectors[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
    }
    for (int64_t i = 0; i < COUNT; i++) ids[i] = i;
    REPORT_TRY(siamese_index_options_init(&options, sizeof options));
    options.kernel = SIAMESE_KERNEL_PORTABLE;
    set_options(&options, (option_set)siamese_index_options_set, c->vocab);
    REPORT_TRY(siamese_index_create(&index, DIM, &options));
    if (options.nlist) REPORT_TRY(siamese_index_train(index, vectors, COUNT));
    REPORT_TRY(siamese_index_add(index, ids, vectors, COUNT));
    REPORT_TRY(siamese_index_remove(index, removed, 2, NULL));
    return index;
}

static char **names; /* that were asked for, up to a NULL; none: all */

static int is_wanted(const char *name)
{
    for (char **wanted = names; *wanted; wanted++)
        if (!strcmp(name, *wanted)) return 1;
    return *names == NULL;
}

/* Writes the bundle, and what a bundle that was read from the file gives. */
static void keep(const char *folder, const char *name, siamese_bundle *bundle,
                 const report_data *data)
{
    char path[1024];
    siamese_save_options options;
    siamese_bundle *read;
    REPORT_TRY(siamese_bundle_set_section(bundle, "note", name, strlen(name)));
    snprintf(path, sizeof path, "%s/%s.siamese", folder, name);
    REPORT_TRY(siamese_save_options_init(&options, sizeof options));
    options.compression = 9;
    options.map = strstr(name, "mapped") != NULL;
    REPORT_TRY(siamese_checkpoint_save(path, bundle, &options));
    REPORT_TRY(siamese_checkpoint_load(&read, path, NULL));
    snprintf(path, sizeof path, "%s/%s.txt", folder, name);
    FILE *const out = fopen(path, "wb");
    if (out == NULL) report_stop(path);
    report_whole(out, read, data);
    if (fclose(out)) report_stop(path);
    siamese_bundle_free(read);
    siamese_bundle_free(bundle);
}

static void write_case(const char *folder, const file_case *c,
                       const report_data *data)
{
    siamese_bundle *bundle;
    if (!is_wanted(c->name)) return;
    siamese_vocab *const vocab = make_vocab(c, data);
    REPORT_TRY(siamese_bundle_create(&bundle));
    if (c->fields == 0) {
        REPORT_TRY(siamese_bundle_set_vocab(bundle, vocab));
    } else {
        siamese_tower *const query = packed(make_tower(c, vocab, 1));
        siamese_tower *const item =
            c->separate ? packed(make_tower(c, vocab, 2)) : query;
        if (c->trainer[0]) {
            siamese_trainer *const trainer =
                make_trainer(c, query, item, data);
            REPORT_TRY(siamese_bundle_set_trainer(bundle, trainer));
            siamese_trainer_free(trainer);
        } else {
            REPORT_TRY(siamese_bundle_set_query_tower(bundle, query));
            REPORT_TRY(siamese_bundle_set_item_tower(bundle, item));
        }
        if (item != query) siamese_tower_free(item);
        siamese_tower_free(query);
    }
    siamese_vocab_free(vocab);
    keep(folder, c->name, bundle, data);
}

static void write_sentencepiece(const char *folder, const report_data *data)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    siamese_bundle *bundle;
    if (!is_wanted("vocab_sentencepiece")) return;
    REPORT_TRY(siamese_vocab_options_init(&options, sizeof options));
    options.max_tokens = 60;
    siamese_status const status = siamese_vocab_train_sentencepiece(
        &vocab, data->titles, data->count, &options);
    if (status == SIAMESE_E_UNSUPPORTED) {
        fputs("write: no sentencepiece in this build, and no file of it\n",
              stderr);
        return;
    }
    REPORT_TRY(status);
    REPORT_TRY(siamese_bundle_create(&bundle));
    REPORT_TRY(siamese_bundle_set_vocab(bundle, vocab));
    siamese_vocab_free(vocab);
    keep(folder, "vocab_sentencepiece", bundle, data);
}

/* ---- models ---- */

enum { SHOP = 300, SHOP_TEXT = 48, GONE = 7 };

/* Titles and queries of other words and order, made of a few of them; enough
 * for a ranker to learn its weights from. */
typedef struct shop {
    char titles[SHOP][SHOP_TEXT], queries[SHOP][SHOP_TEXT];
    siamese_text title_texts[SHOP], query_texts[SHOP];
    siamese_text brands[SHOP];
    double prices[SHOP];
    int64_t stock[SHOP], ids[SHOP];
    unsigned char has_price[SHOP];
} shop;

static void fill_shop(shop *s)
{
    static const char *const colours[] = {"red", "blue", "green", "black",
                                          "white"};
    static const char *const things[] = {"desk", "lamp", "chair", "sofa",
                                         "shelf", "table"};
    static const char *const places[] = {"kitchen", "garden", "office",
                                         "bedroom", "hall"};
    static const char *const brands[] = {"oak & co", "nord"};
    for (size_t i = 0; i < SHOP; i++) {
        int const title = snprintf(s->titles[i], SHOP_TEXT, "%s %s %s %zu",
                                   colours[i % 5], places[i / 5 % 5],
                                   things[i / 25 % 6], i / 150 + 1);
        int const query = snprintf(s->queries[i], SHOP_TEXT, "%ss %s %s %zu",
                                   things[i / 25 % 6], colours[i % 5],
                                   places[i / 5 % 5], i / 150 + 1);
        s->title_texts[i] = (siamese_text){s->titles[i], (size_t)title};
        s->query_texts[i] = (siamese_text){s->queries[i], (size_t)query};
        s->brands[i] =
            (siamese_text){brands[i % 2], strlen(brands[i % 2])};
        s->prices[i] = 4.5 + (double)i;
        s->stock[i] = (int64_t)i % 9;
        s->has_price[i] = i % 4 != 0;
        s->ids[i] = 5000 + (int64_t)i;
    }
}

static void add_shop(siamese_model *model, const shop *s)
{
    siamese_column_values const columns[] = {
        {sizeof *columns, "brand", s->brands, NULL, NULL, NULL},
        {sizeof *columns, "price", NULL, NULL, s->prices, s->has_price},
        {sizeof *columns, "stock", NULL, s->stock, NULL, NULL}};
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = SHOP,
                                    .ids = s->ids,
                                    .titles = s->title_texts,
                                    .columns = columns,
                                    .column_count = 3};
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = s->query_texts,
                                 .items = s->title_texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .item_ids = s->ids,
                                 .count = SHOP};
    REPORT_TRY(siamese_model_add_column(model, "brand", SIAMESE_COLUMN_TEXT));
    REPORT_TRY(siamese_model_add_column(model, "price", SIAMESE_COLUMN_NUMBER));
    REPORT_TRY(
        siamese_model_add_column(model, "stock", SIAMESE_COLUMN_INTEGER));
    REPORT_TRY(siamese_model_add_items(model, &rows));
    REPORT_TRY(siamese_model_add_pairs(model, &pairs));
}

/* A trained shop with its ranker, the words of its titles, and items of which
 * one is gone: without its trainer, whose files are others. */
static void write_model(const char *folder, const char *name,
                        const char *preset, const report_data *data)
{
    static const char *const options[][2] = {
        {"embedding_dim", "8"},     {"batch_size", "32"}, {"epochs", "4"},
        {"min_steps", "0"},         {"threads", "1"},     {"seed", "5"},
        {"kernel", "portable"},     {"max_steps", "40"}, {"scan", "bounded"}};
    static shop s;
    siamese_model *model;
    siamese_bundle *bundle;
    if (!is_wanted(name)) return;
    fill_shop(&s);
    REPORT_TRY(siamese_model_create(&model, preset, NULL));
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        REPORT_TRY(siamese_model_set(model, options[i][0], options[i][1]));
    add_shop(model, &s);
    REPORT_TRY(siamese_model_train(model, NULL, NULL));
    REPORT_TRY(siamese_model_finish(model));
    REPORT_TRY(siamese_model_remove_items(model, &s.ids[GONE], NULL, 1, NULL));
    REPORT_TRY(siamese_model_get_bundle(model, &bundle));
    siamese_model_free(model);
    keep(folder, name, bundle, data);
}

#define EACH(array, i)                                                         \
    for (size_t i = 0; i < sizeof(array) / sizeof(array)[0]; i++)

int main(int argc, char **argv)
{
    static report_data data;
    if (argc < 2) {
        fputs("usage: write FOLDER [NAME ...]\n", stderr);
        return 2;
    }
    names = argv + 2;
    report_read(&data, argv[1]);
    EACH(vocabs, i) write_case(argv[1], &vocabs[i], &data);
    EACH(towers, i) write_case(argv[1], &towers[i], &data);
    EACH(trainers, i) write_case(argv[1], &trainers[i], &data);
    write_sentencepiece(argv[1], &data);
    EACH(indexes, i)
    {
        siamese_bundle *bundle;
        if (!is_wanted(indexes[i].name)) continue;
        siamese_index *const index = make_index(&indexes[i]);
        REPORT_TRY(siamese_bundle_create(&bundle));
        REPORT_TRY(siamese_bundle_set_index(bundle, index));
        siamese_index_free(index);
        keep(argv[1], indexes[i].name, bundle, &data);
    }
    write_model(argv[1], "model", "small", &data);
    write_model(argv[1], "model_mapped", NULL, &data);
    return 0;
}
