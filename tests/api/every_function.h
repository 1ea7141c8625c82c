/*
 * every_function.h: every function of siamese.h as one row of a table, for
 * tests of what all of them promise. A row has a call that succeeds on the
 * world below, its pointer arguments by name, and the capacity of its result.
 *
 * A new public function needs a row, or test_every_function.c does not compile:
 * the build hands it what lib/siamese.map exports.
 */
#ifndef EVERY_FUNCTION_H
#define EVERY_FUNCTION_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/checkpoint_parts.h"

/* ---- the world that calls are made in ---- */

enum { ROOM = 64, MANY = 4096, EVERY_FEATURES = 32 };

typedef struct every_world {
    siamese_vocab *vocab, *counting, *hashed, *tf_idf, *rows_vocab, *grown;
    siamese_vocab *pieces;
    siamese_tower *tower, *empty;
    siamese_trainer *trainer;
    siamese_trainer *streaming;
    siamese_index *index, *plain, *bare; /* bare: without vectors */
    siamese_evaluator *evaluator;
    siamese_bundle *bundle, *none;
    siamese_index *rows_index; /* of the items' rows */
    siamese_items *things;
    siamese_searcher *searcher;
    siamese_ranker *ranker;                 /* the searcher's */
    siamese_model *model, *fresh, *trained; /* trained: has a trainer */
    siamese_hits *hits;
    siamese_id_filter *filter;
    image file, again; /* the bundle's bytes; what a stream was given */
    size_t read;       /* of file, by the stream */
    siamese_text tokens[4];
    siamese_pairs pairs, items;
    siamese_exchange exchange; /* of one rank */
    siamese_judgements judgements;
    siamese_vectors vectors;
    siamese_rankings rankings;
    siamese_allocator allocator;
    siamese_item_rows item_rows, new_rows;
    siamese_column_values column;
    siamese_search_request request;
    /* results: out is any handle, in the order of the function */
    void *out, *out2;
    int64_t ids[ROOM];
    float floats[MANY];
    double doubles[ROOM];
    siamese_text texts[ROOM];
    unsigned char present[ROOM];
    size_t sizes[ROOM], needed;
    char bytes[MANY];
    uint32_t number;
    int32_t missing[2];
    siamese_section_info sections[16];
    siamese_option_info option;
    siamese_preset_info preset;
    siamese_preset_setting setting;
    siamese_parameter_info parameter;
    siamese_vocab_stats stats;
    siamese_source source;
    siamese_progress progress;
    siamese_step step;
    siamese_index_info index_info;
    siamese_items_info items_info;
    siamese_column_info column_info;
    siamese_model_info model_info;
    siamese_items_options items_options;
    siamese_model_options model_options;
    siamese_evaluator_counts counts;
    siamese_vocab_options vocab_options;
    siamese_tower_options tower_options;
    siamese_field_options field_options;
    siamese_trainer_options trainer_options;
    siamese_index_options index_options;
    siamese_search_options search_options;
    siamese_evaluator_options evaluator_options;
    siamese_save_options save_options;
    siamese_load_options load_options;
    siamese_ranker_options ranker_options;
    siamese_ranker_info ranker_info;
    siamese_ranker_feature ranker_feature;
} every_world;

static every_world w;

/* Of a sentencepiece model, which are large. */
static char every_model[1 << 19];
static size_t every_model_size;

/* Constant arguments. */
static char every_path[64];   /* in every_folder */
static char every_folder[48]; /* of nobody else, for suites run side by side */
static const int64_t every_ids[] = {10, 11, 12};
static const size_t every_rows[] = {0, 1};
static const size_t every_ks[] = {1, 3};
static const size_t every_offsets[] = {0, 2, 3};
static const int64_t every_token_ids[] = {2, 3, 2};
static const double every_grades[] = {1, 1, 1};
static const float every_idf[] = {1, 2};
static const int64_t every_item_ids[] = {7, 8, 9};
static const int64_t every_new_ids[] = {17, 18, 19};
static const int64_t every_numbers[] = {0, 1, 2};
static const double every_prices[] = {1, 2, 3};
static const float every_scores[] = {3, 2, 1};
static const int64_t *const every_shard_ids[] = {every_ids, every_ids};
static const float *const every_shard_scores[] = {every_scores, every_scores};
static const size_t *const every_shard_offsets[] = {every_offsets,
                                                    every_offsets};

static inline int32_t every_write(void *user, const void *data, size_t size)
{
    return image_write(user, data, size);
}

static inline int32_t every_read(void *user, void *data, size_t size,
                                 size_t *done)
{
    every_world *const world = user;
    size_t const left = world->file.size - world->read;
    *done = size < left ? size : left;
    memcpy(data, world->file.bytes + world->read, *done);
    world->read += *done;
    return 0;
}

/* A source that is empty. */
static inline int32_t every_read_pairs(void *user, siamese_pairs *pairs,
                                       char *error, size_t size)
{
    (void)user, (void)pairs, (void)error, (void)size;
    return 0;
}

static inline int32_t every_rewind(void *user, char *error, size_t size)
{
    (void)user, (void)error, (void)size;
    return 0;
}

static inline siamese_trainer *every_streaming(const siamese_tower *tower)
{
    siamese_trainer_options options;
    siamese_trainer *trainer;
    ok(siamese_trainer_options_init(&options, sizeof options));
    options.metrics = SIAMESE_METRICS_NONE;
    options.threads = 1;
    ok(siamese_trainer_create(&trainer, tower, tower, &options));
    return trainer;
}

/* One rank has all there is. */
static inline int32_t every_gather(void *context, void *buffer,
                                   const size_t *counts)
{
    (void)context;
    (void)buffer;
    (void)counts;
    return 0;
}

static inline siamese_vocab *every_vocab(const char *name, const char *value)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    ok(siamese_vocab_options_init(&options, sizeof options));
    options.threads = 1;
    options.sequence_length = 3;
    ok(siamese_vocab_options_set(&options, name, value));
    ok(siamese_vocab_create(&vocab, &options));
    return vocab;
}

/* NULL: this build has no sentencepiece. */
static inline siamese_status every_pieces(siamese_vocab **out,
                                          const siamese_text *texts)
{
    static const char *const words[] = {"oak",  "desk",   "lamp",  "cabinet",
                                        "door", "handle", "steel", "screws"};
    static char lines[60][64];
    siamese_text own[60];
    siamese_vocab_options options;
    ok(siamese_vocab_options_init(&options, sizeof options));
    options.max_tokens = 45;
    options.threads = 1;
    for (size_t i = 0; i < 60; i++) {
        int const size =
            snprintf(lines[i], sizeof lines[i], "%s %s %s", words[i % 8],
                     words[i / 3 % 8], words[i * i % 7]);
        own[i] = (siamese_text){lines[i], (size_t)size};
    }
    return siamese_vocab_train_sentencepiece(out, texts ? own : NULL, 60,
                                             &options);
}

/* The bundle in a file, without the sync of siamese_checkpoint_save: there is
 * one for each call. */
static inline void every_file(void)
{
    FILE *const file = fopen(every_path, "wb");
    if (file == NULL ||
        fwrite(w.file.bytes, 1, w.file.size, file) != w.file.size ||
        fclose(file) != 0)
        fail_msg("%s cannot be written", every_path);
}

/* Items with a column of texts and one of numbers, and what searches them. */
static inline void every_porch(void)
{
    siamese_bundle *parts_of_model;
    siamese_ranker *plain;
    w.item_rows = (siamese_item_rows){.struct_size = sizeof w.item_rows,
                                      .count = 3,
                                      .ids = every_item_ids,
                                      .titles = part_texts};
    w.column = (siamese_column_values){.struct_size = sizeof w.column,
                                       .name = "price",
                                       .numbers = every_prices};
    w.item_rows.columns = &w.column;
    w.item_rows.column_count = 1;
    w.new_rows = w.item_rows;
    w.new_rows.ids = every_new_ids;
    ok(siamese_items_create(&w.things, NULL));
    ok(siamese_items_add_column(w.things, "price", SIAMESE_COLUMN_NUMBER));
    ok(siamese_items_add_column(w.things, "stock", SIAMESE_COLUMN_INTEGER));
    ok(siamese_index_create(&w.rows_index, PART_DIM, NULL));
    ok(siamese_searcher_create(&w.searcher, w.tower, w.tower, w.rows_index,
                               w.things));
    ok(siamese_searcher_add(w.searcher, &w.item_rows, NULL));
    ok(siamese_ranker_create(&plain, NULL));
    ok(siamese_searcher_set_ranker(w.searcher, plain));
    ok(siamese_searcher_get_ranker(w.searcher, &w.ranker));
    siamese_ranker_free(plain);
    ok(siamese_search_request_init(&w.request, sizeof w.request));
    w.request.texts = part_texts;
    w.request.count = 1;
    w.request.k = 2;
    w.request.explain = 1;
    ok(siamese_searcher_search(w.searcher, &w.request, &w.hits));
    ok(siamese_bundle_create(&parts_of_model));
    ok(siamese_bundle_set_query_tower(parts_of_model, w.tower));
    ok(siamese_bundle_set_item_tower(parts_of_model, w.tower));
    ok(siamese_bundle_set_index(parts_of_model, w.rows_index));
    ok(siamese_bundle_set_items(parts_of_model, w.things));
    ok(siamese_bundle_set_items(w.bundle, w.things));
    ok(siamese_bundle_set_ranker(parts_of_model, w.ranker));
    ok(siamese_bundle_set_ranker(w.bundle, w.ranker));
    ok(siamese_model_from_bundle(&w.model, parts_of_model));
    ok(siamese_model_set(w.model, "epochs", "1"));
    ok(siamese_model_set(w.model, "min_steps", "0"));
    ok(siamese_model_set(w.model, "trainer.threads", "1"));
    ok(siamese_model_create(&w.fresh, NULL, NULL));
    ok(siamese_model_from_bundle(&w.trained, w.bundle));
    siamese_bundle_free(parts_of_model);
}

static inline void every_handles(void)
{
    parts all;
    siamese_text const fresh[] = {{"green lamp", 10}};
    make_parts(&all);
    w.vocab = all.vocab;
    w.tower = all.query;
    w.trainer = all.trainer;
    w.streaming = every_streaming(all.query);
    w.index = all.index;
    siamese_tower_free(all.item);
    w.counting = make_vocab(3);
    siamese_vocab_free(w.counting);
    w.counting = every_vocab("max_tokens", "0");
    ok(siamese_vocab_add(w.counting, fresh, 1));
    w.grown = every_vocab("max_tokens", "0");
    ok(siamese_vocab_add(w.grown, fresh, 1));
    ok(siamese_vocab_finish(w.grown));
    w.tf_idf = every_vocab("output_mode", "tf_idf");
    ok(siamese_vocab_add(w.tf_idf, part_texts, PART_TEXTS));
    ok(siamese_vocab_finish(w.tf_idf));
    w.rows_vocab = every_vocab("output_mode", "tf_idf");
    w.empty = make_tower(w.vocab, 3);
    w.plain = make_index(w.tower);
    ok(siamese_index_create(&w.bare, 4, NULL));
    ok(siamese_id_filter_create(&w.filter, SIAMESE_FILTER_INCLUDE, every_ids,
                                3));
    ok(siamese_evaluator_create(&w.evaluator, NULL, every_ks, 2));
    ok(siamese_bundle_create(&w.none));
    ok(siamese_bundle_create(&w.bundle));
    ok(siamese_bundle_set_vocab(w.bundle, w.vocab));
    ok(siamese_bundle_set_trainer(w.bundle, w.trainer));
    ok(siamese_bundle_set_index(w.bundle, w.index));
    ok(siamese_bundle_set_section(w.bundle, "titles", "oak", 3));
    every_porch();
    w.file = write_bundle(w.bundle);
    w.again.writes_left = -1;
    every_file();
}

static inline void every_structs(void)
{
    w.tokens[0] = (siamese_text){"", 0};
    w.tokens[1] = (siamese_text){"[UNK]", 5};
    w.tokens[2] = (siamese_text){"oak", 3};
    w.pairs = (siamese_pairs){.struct_size = sizeof w.pairs,
                              .queries = part_texts,
                              .items = part_texts,
                              .query_fields = 1,
                              .item_fields = 1,
                              .count = PART_TEXTS};
    w.items = w.pairs;
    w.items.queries = NULL;
    w.source = (siamese_source){.struct_size = sizeof w.source,
                                .read = every_read_pairs,
                                .rewind = every_rewind};
    w.exchange = (siamese_exchange){.struct_size = sizeof w.exchange,
                                    .size = 1,
                                    .all_gather = every_gather};
    w.judgements = (siamese_judgements){sizeof w.judgements, 2, every_offsets,
                                        every_token_ids, every_grades};
    w.vectors =
        (siamese_vectors){sizeof w.vectors, 1, w.floats, w.floats, NULL, 4};
    w.rankings = (siamese_rankings){
        .struct_size = sizeof w.rankings, .depth = 1, .ids = every_ids};
    w.option.struct_size = sizeof w.option;
    w.preset.struct_size = sizeof w.preset;
    w.setting.struct_size = sizeof w.setting;
    w.parameter.struct_size = sizeof w.parameter;
    w.stats.struct_size = sizeof w.stats;
    w.progress.struct_size = sizeof w.progress;
    w.step.struct_size = sizeof w.step;
    w.index_info.struct_size = sizeof w.index_info;
    w.items_info.struct_size = sizeof w.items_info;
    w.column_info.struct_size = sizeof w.column_info;
    w.model_info.struct_size = sizeof w.model_info;
    w.ranker_info.struct_size = sizeof w.ranker_info;
    w.ranker_feature.struct_size = sizeof w.ranker_feature;
    w.counts.struct_size = sizeof w.counts;
    for (size_t i = 0; i < 16; i++)
        w.sections[i].struct_size = sizeof *w.sections;
#define INIT(kind)                                                             \
    ok(siamese_##kind##_options_init(&w.kind##_options,                        \
                                     sizeof w.kind##_options))
    INIT(vocab);
    INIT(tower);
    INIT(field);
    INIT(trainer);
    INIT(index);
    INIT(search);
    INIT(evaluator);
    INIT(save);
    INIT(load);
    INIT(items);
    INIT(model);
    INIT(ranker);
#undef INIT
    w.search_options.exact = 1;
    w.index_options.threads = w.evaluator_options.threads = 1;
}

static inline void every_world_make(void)
{
    memset(&w, 0, sizeof w);
    strcpy(every_folder, "/tmp/siamese-every-XXXXXX");
    if (mkdtemp(every_folder) == NULL)
        fail_msg("%s cannot be made", every_folder);
    snprintf(every_path, sizeof every_path, "%s/model", every_folder);
    every_handles();
    every_structs();
}

static inline void every_world_free(void)
{
    siamese_vocab_free(w.vocab);
    siamese_vocab_free(w.counting);
    siamese_vocab_free(w.grown);
    siamese_vocab_free(w.tf_idf);
    siamese_vocab_free(w.rows_vocab);
    siamese_vocab_free(w.pieces);
    siamese_tower_free(w.tower);
    siamese_tower_free(w.empty);
    siamese_trainer_free(w.trainer);
    siamese_trainer_free(w.streaming);
    siamese_index_free(w.index);
    siamese_index_free(w.plain);
    siamese_index_free(w.bare);
    siamese_evaluator_free(w.evaluator);
    siamese_id_filter_free(w.filter);
    siamese_bundle_free(w.bundle);
    siamese_bundle_free(w.none);
    siamese_index_free(w.rows_index);
    siamese_items_free(w.things);
    siamese_searcher_free(w.searcher);
    siamese_ranker_free(w.ranker);
    siamese_model_free(w.model);
    siamese_model_free(w.fresh);
    siamese_model_free(w.trained);
    siamese_hits_free(w.hits);
    free(w.file.bytes);
    free(w.again.bytes);
    remove(every_path);
    remove(every_folder);
}

/* ---- a row ---- */

typedef enum every_kind {
    EVERY_NONE,
    EVERY_HANDLE, /* at holds the handle */
    EVERY_INPUT,  /* at is the argument */
    EVERY_RESULT  /* the same, and a failure leaves its bytes alone */
} every_kind;

typedef struct every_argument {
    every_kind kind;
    const char *name;
    const void *at;
    size_t size;     /* bytes of a result */
    int may_be_null; /* a call with NULL succeeds */
} every_argument;

enum { EVERY_ARGUMENTS = 8 };

/* What a call made is freed by its type's function. */
typedef void every_free(void *made);

typedef struct every_function {
    const char *name;
    siamese_status (*call)(void *const *p, size_t capacity);
    every_argument arguments[EVERY_ARGUMENTS];
    size_t capacity; /* that suffices and no less would; 0: has none */
    int buffer;      /* the argument that it is of, from 0 on */
    int counts;      /* 1: w.needed is the capacity less `nul` */
    int nul;
    int alone;            /* 1: only while no handle exists */
    int optional;         /* 1: only if w.pieces can be made in this build */
    int measured;         /* 1: capacity is what w.needed says */
    int goes_on;          /* 1: a failure leaves it half done, for the next */
    unsigned fills;       /* bits: results that E_RANGE fills in all the same */
    every_free *free_out; /* of w.out, and w.out2 if there is one */
} every_function;

#endif
