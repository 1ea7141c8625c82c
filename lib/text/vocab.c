#include "text/vocab.h"

#include <stddef.h>

#include "common/memory.h"
#include "common/options.h"
#include "text/vocab_handle.h"

/* ---- options ---- */

/* clang-format off */
#define OPTION(name, type, ...)                                                \
    {#name, type, offsetof(siamese_vocab_options, name), __VA_ARGS__}
/* clang-format on */

static const sm_option option_list[] = {
    OPTION(max_tokens, SM_OPTION_SIZE, "1000", 0, INT32_MAX,
           "0 (no limit) or 2 .. 2147483647",
           "Tokens in the table, the empty one and [UNK] included."),
    OPTION(sequence_length, SM_OPTION_SIZE, "15", 0, 1000000,
           "0 (all) .. 1000000", "Tokens kept of a text, the first ones."),
    OPTION(standardize, SM_OPTION_CHOICE, "lower_and_strip_punctuation", 0, 0,
           "none | lower | strip_punctuation | lower_and_strip_punctuation",
           "What is done to a text before it is split; ASCII only."),
    OPTION(threads, SM_OPTION_INT32, "0", 0, 1024,
           "0 (one a processor) .. 1024", "Threads that count and tokenise."),
};

static const sm_option_table option_table = {
    "vocab", option_list, sizeof option_list / sizeof *option_list,
    sizeof(siamese_vocab_options)};

SM_OPTIONS_API(vocab, &option_table)

siamese_status siamese_vocab_get_options(const siamese_vocab *vocab,
                                         siamese_vocab_options *options)
{
    SM_REQUIRE(vocab != NULL, SIAMESE_E_ARGUMENT, "vocab: is NULL");
    return sm_options_write(&option_table, &vocab->options, options);
}

/* ---- the handle ---- */

siamese_status siamese_vocab_create(siamese_vocab **out,
                                    const siamese_vocab_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_vocab *vocab = NULL;
    siamese_vocab_options own;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_TRY(sm_options_read(&option_table, options, &own));
    SM_CHECK(own.max_tokens != 1, SIAMESE_E_OPTION,
             "vocab option max_tokens: 1 is not in: %s", option_list[0].range);
    vocab = sm_calloc(1, sizeof *vocab);
    SM_CHECK_MEMORY(vocab);
    vocab->options = own;
    sm_byte_map_init(&vocab->map, own.standardize);
    SM_TRY(sm_pool_create(&vocab->pool, own.threads));
    vocab->parts =
        sm_calloc(sm_pool_threads(vocab->pool), sizeof *vocab->parts);
    SM_CHECK_MEMORY(vocab->parts);
    sm_references_init(&vocab->references);
    sm_handle_created();
    *out = vocab;
    vocab = NULL;
out:
    if (vocab) sm_pool_free(vocab->pool);
    sm_free(vocab);
    return status;
}

static void free_counting(siamese_vocab *vocab)
{
    for (size_t i = 0; vocab->parts && i < sm_pool_threads(vocab->pool); i++)
        sm_token_counts_free(&vocab->parts[i]);
    sm_free(vocab->parts);
    vocab->parts = NULL;
    sm_token_counts_free(&vocab->counts);
}

void siamese_vocab_free(siamese_vocab *vocab)
{
    if (vocab == NULL || !sm_references_drop(&vocab->references)) return;
    free_counting(vocab);
    sm_token_table_free(&vocab->table);
    sm_pool_free(vocab->pool);
    sm_free(vocab);
    sm_handle_freed();
}

void sm_vocab_freeze(siamese_vocab *vocab, sm_token_table *table)
{
    free_counting(vocab);
    vocab->table = *table;
    *table = (sm_token_table){0};
    vocab->finished = true;
}

siamese_vocab *sm_vocab_reference(const siamese_vocab *vocab)
{
    siamese_vocab *const own = (siamese_vocab *)(uintptr_t)vocab;
    sm_references_add(&own->references);
    return own;
}

const siamese_vocab_options *sm_vocab_options(const siamese_vocab *vocab)
{
    return &vocab->options;
}

bool sm_vocab_finished(const siamese_vocab *vocab)
{
    return vocab->finished;
}

size_t siamese_vocab_size(const siamese_vocab *vocab)
{
    return vocab ? vocab->table.count : 0;
}

sm_status sm_check_texts(const siamese_text *texts, size_t count)
{
    SM_REQUIRE(texts != NULL || count == 0, SIAMESE_E_ARGUMENT,
               "texts: is NULL");
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(texts[i].data != NULL || texts[i].size == 0,
                   SIAMESE_E_ARGUMENT, "texts[%zu]: data is NULL, size is %zu",
                   i, texts[i].size);
    return SIAMESE_OK;
}
