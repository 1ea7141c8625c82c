/* small_pairs.h: an invented catalogue of a few hundred pairs, the vocabulary
 * over it and a small tower, for tests of training through the public API. */
#ifndef SMALL_PAIRS_H
#define SMALL_PAIRS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

enum { SMALL_PAIRS = 300, SMALL_TEXT = 64 };

typedef struct small_pairs {
    char query_bytes[SMALL_PAIRS][SMALL_TEXT];
    char item_bytes[SMALL_PAIRS][SMALL_TEXT];
    siamese_text queries[SMALL_PAIRS], items[SMALL_PAIRS];
    int64_t item_ids[SMALL_PAIRS];
    float weights[SMALL_PAIRS], probabilities[SMALL_PAIRS];
    size_t offsets[SMALL_PAIRS + 1]; /* of negatives: one for each odd pair */
    siamese_pairs pairs;             /* with texts alone */
    siamese_vocab *vocab;
} small_pairs;

static void small_pairs_create(small_pairs *s)
{
    static const char *const kinds[] = {"floor lamp",  "angle bracket",
                                        "garden hose", "oak shelf",
                                        "door hinge",  "wool rug"};
    static const char *const brands[] = {"Nordvik", "Hallmoor", "Brivo",
                                         "Zenna"};
    static const char *const colours[] = {"white", "black", "oak",   "grey",
                                          "red",   "blue",  "green", "brass"};
    *s = (small_pairs){.pairs = {.struct_size = sizeof s->pairs}};
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        const char *const kind = kinds[i % 6];
        const char *const colour = colours[(i * 5 + i / 8) % 8];
        int const item =
            snprintf(s->item_bytes[i], SMALL_TEXT, "%s %s, %s %zu in.",
                     brands[(i / 6) % 4], kind, colour, (i * 7) % 11);
        int const query = snprintf(s->query_bytes[i], SMALL_TEXT, "%s %s",
                                   i % 3 ? colour : "", kind);
        s->items[i] = (siamese_text){s->item_bytes[i], (size_t)item};
        s->queries[i] = (siamese_text){s->query_bytes[i], (size_t)query};
        s->item_ids[i] = (int64_t)(i % 40) * 1000003 - 7;
        s->weights[i] = (float)(i % 5) * 0.5f;
        s->probabilities[i] = 1.0f / (float)(2 + i % 9);
        s->offsets[i + 1] = (i + 1) / 2;
    }
    s->pairs.queries = s->queries;
    s->pairs.items = s->items;
    s->pairs.query_fields = s->pairs.item_fields = 1;
    s->pairs.count = SMALL_PAIRS;

    siamese_vocab_options options;
    assert_int_equal(siamese_vocab_options_init(&options, sizeof options), 0);
    options.sequence_length = 6;
    options.threads = 1;
    assert_int_equal(siamese_vocab_create(&s->vocab, &options), 0);
    assert_int_equal(siamese_vocab_add(s->vocab, s->items, SMALL_PAIRS), 0);
    assert_int_equal(siamese_vocab_add(s->vocab, s->queries, SMALL_PAIRS), 0);
    assert_int_equal(siamese_vocab_finish(s->vocab), 0);
}

static inline void small_pairs_free(small_pairs *s)
{
    siamese_vocab_free(s->vocab);
}

/* Units of an LSTM, each way. */
#ifndef SMALL_UNITS
#define SMALL_UNITS 8
#endif

static inline siamese_tower *small_tower(const small_pairs *s, uint64_t seed)
{
    siamese_tower *tower = NULL;
    siamese_tower_options options;
    assert_int_equal(siamese_tower_options_init(&options, sizeof options), 0);
    options.embedding_dim = 8;
    options.units = SMALL_UNITS;
    options.seed = seed;
    options.threads = 1;
    assert_int_equal(siamese_tower_create(&tower, &options), 0);
    assert_int_equal(siamese_tower_add_field(tower, "text", s->vocab, NULL), 0);
    return tower;
}

/* What small_trainer begins with: batches of 64, so five steps an epoch. */
static inline siamese_trainer_options small_options(int32_t threads)
{
    siamese_trainer_options options;
    assert_int_equal(siamese_trainer_options_init(&options, sizeof options), 0);
    options.batch_size = 64;
    options.shuffle_buffer = 100;
    options.learning_rate = 0.01;
    options.threads = threads;
    return options;
}

/* A trainer with all pairs; separate: two towers of different seeds. */
static inline siamese_trainer *
small_trainer(const small_pairs *s, const siamese_trainer_options *options,
              int separate)
{
    siamese_trainer *trainer = NULL;
    siamese_tower *const query = small_tower(s, 1);
    siamese_tower *const item = separate ? small_tower(s, 2) : query;
    assert_int_equal(siamese_trainer_create(&trainer, query, item, options), 0);
    assert_int_equal(siamese_trainer_add_pairs(trainer, &s->pairs), 0);
    siamese_tower_free(query);
    if (separate) siamese_tower_free(item);
    return trainer;
}

/* Every weight of a tower, one parameter behind the other; *count of them. */
static inline float *tower_weights(const siamese_tower *tower, size_t *count)
{
    float *weights = NULL;
    *count = 0;
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        assert_int_equal(siamese_tower_parameter_info(tower, i, &info), 0);
        weights = realloc(weights, (*count + info.count) * sizeof *weights);
        assert_non_null(weights);
        assert_int_equal(siamese_tower_parameter_get(tower, info.name,
                                                     weights + *count,
                                                     info.count, NULL),
                         0);
        *count += info.count;
    }
    return weights;
}

/* The same of both of a trainer's towers as they are now. */
static inline float *trainer_weights(const siamese_trainer *trainer,
                                     size_t *count)
{
    siamese_tower *query = NULL, *item = NULL;
    size_t first, second = 0;
    assert_int_equal(siamese_trainer_snapshot(trainer, &query, &item), 0);
    float *weights = tower_weights(query, &first);
    if (item != query) {
        float *const more = tower_weights(item, &second);
        weights = realloc(weights, (first + second) * sizeof *weights);
        assert_non_null(weights);
        memcpy(weights + first, more, second * sizeof *weights);
        free(more);
    }
    siamese_tower_free(query);
    siamese_tower_free(item);
    *count = first + second;
    return weights;
}

static inline void assert_same_weights(const siamese_trainer *a,
                                       const siamese_trainer *b)
{
    size_t count, other;
    float *const x = trainer_weights(a, &count);
    float *const y = trainer_weights(b, &other);
    assert_int_equal(count, other);
    assert_memory_equal(x, y, count * sizeof *x);
    free(x);
    free(y);
}

#endif
