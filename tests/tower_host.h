/* tower_host.h: vocabularies, towers and texts for tests that are hosts. */
#ifndef TOWER_HOST_H
#define TOWER_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#include "random_numbers.h"

/* The tokens w0, w1, ... below `words`, of ids 2, 3, ... */
static inline siamese_vocab *host_vocab(size_t words, size_t max_tokens,
                                        size_t length)
{
    siamese_vocab_options options;
    siamese_vocab *vocab = NULL;
    siamese_text *const tokens = calloc(words + 2, sizeof *tokens);
    char(*const names)[16] = calloc(words, sizeof *names);
    tokens[0] = (siamese_text){"", 0};
    tokens[1] = (siamese_text){"[UNK]", 5};
    for (size_t i = 0; i < words; i++) {
        int const size = snprintf(names[i], sizeof names[i], "w%zu", i);
        tokens[i + 2] = (siamese_text){names[i], (size_t)size};
    }
    siamese_vocab_options_init(&options, sizeof options);
    options.max_tokens = max_tokens;
    options.sequence_length = length;
    options.threads = 1;
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_set_tokens(vocab, tokens, words + 2), 0);
    free(names);
    free(tokens);
    return vocab;
}

static inline siamese_tower *host_tower(const siamese_vocab *vocab,
                                        size_t embedding_dim, size_t units,
                                        int32_t threads, int32_t kernel)
{
    siamese_tower_options options;
    siamese_tower *tower = NULL;
    siamese_tower_options_init(&options, sizeof options);
    options.embedding_dim = embedding_dim;
    options.units = units;
    options.threads = threads;
    options.kernel = kernel;
    assert_int_equal(siamese_tower_create(&tower, &options), 0);
    if (vocab)
        assert_int_equal(siamese_tower_add_field(tower, "text", vocab, NULL),
                         0);
    return tower;
}

/* Weights large enough for every gate to work, the same for a seed. */
static inline void host_weights(siamese_tower *tower, uint64_t seed)
{
    test_random random = {seed};
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        assert_int_equal(siamese_tower_parameter_info(tower, i, &info), 0);
        float *const values = malloc(info.count * sizeof *values);
        test_random_floats(&random, 0.8, values, info.count);
        assert_int_equal(
            siamese_tower_parameter_set(tower, info.name, values, info.count),
            0);
        free(values);
    }
}

typedef struct host_texts {
    char *bytes;
    siamese_text *texts;
    size_t count;
} host_texts;

/* Texts of 0 to `longest` words, some unknown; short ones repeat. */
static inline host_texts host_make_texts(size_t count, size_t words,
                                         size_t longest, uint64_t seed)
{
    test_random random = {seed};
    host_texts made = {malloc(count * longest * 12 + 1),
                       malloc(count * sizeof(siamese_text)), count};
    char *to = made.bytes;
    for (size_t i = 0; i < count; i++) {
        size_t const n = test_random_below(&random, longest + 1);
        char *const start = to;
        for (size_t w = 0; w < n; w++)
            to += sprintf(to, "%sw%zu", w ? " " : "",
                          test_random_below(&random, words + words / 8 + 1));
        made.texts[i] = (siamese_text){start, (size_t)(to - start)};
    }
    return made;
}

static inline void host_free_texts(host_texts texts)
{
    free(texts.bytes);
    free(texts.texts);
}

#endif
