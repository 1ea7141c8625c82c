/* vocab.c: the vocabulary handle: made, given texts, finished, freed. For
 * hosts, and for the other files of the vocabulary. */
#include "text/vocab.h"

#include <string.h>

#include "common/memory.h"
#include "text/compounds.h"
#include "text/vocab_handle.h"
#include "text/vocab_options.h"

siamese_status siamese_vocab_get_options(const siamese_vocab *vocab,
                                         siamese_vocab_options *options)
{
    SM_REQUIRE(vocab != NULL, SIAMESE_E_ARGUMENT, "vocab: is NULL");
    return sm_options_write(&sm_vocab_option_table, &vocab->options, options);
}

/* ---- the handle ---- */

/* What follows from the options. */
static void set_rules(siamese_vocab *vocab, const siamese_vocab_options *own)
{
    bool const ids = own->output_mode == SIAMESE_OUTPUT_INT;
    vocab->options = *own;
    memcpy(vocab->widths, own->ngrams, sizeof vocab->widths);
    if (vocab->widths[0] == 0) vocab->widths[0] = 1;
    vocab->plain = own->normalizer == SIAMESE_NORMALIZER_KERAS &&
                   own->split == SIAMESE_SPLIT_WHITESPACE &&
                   own->stemmer == 0 && own->hash_buckets == 0 &&
                   vocab->widths[0] == 1 && vocab->widths[1] == 0;
    vocab->specials = ids ? 2 : 1;
    vocab->unknown = vocab->specials - 1;
    vocab->limit =
        ids && own->sequence_length ? own->sequence_length : SIZE_MAX;
    sm_byte_map_init(&vocab->map, own->standardize);
}

static sm_status start_counting(siamese_vocab *vocab)
{
    size_t const threads = sm_pool_threads(vocab->pool);
    vocab->parts = sm_calloc(threads, sizeof *vocab->parts);
    vocab->part_stats = sm_calloc(threads, sizeof *vocab->part_stats);
    if (vocab->parts == NULL || vocab->part_stats == NULL)
        return sm_fail_memory();
    bool const by_text = vocab->options.output_mode == SIAMESE_OUTPUT_TF_IDF;
    sm_token_shards_by_text(&vocab->counts, by_text);
    for (size_t i = 0; i < threads; i++)
        sm_token_shards_by_text(&vocab->parts[i], by_text);
    return SIAMESE_OK;
}

static void free_counting(siamese_vocab *vocab)
{
    for (size_t i = 0; vocab->parts && i < sm_pool_threads(vocab->pool); i++)
        sm_token_shards_free(&vocab->parts[i]);
    sm_free(vocab->parts);
    sm_free(vocab->part_stats);
    vocab->parts = NULL;
    vocab->part_stats = NULL;
    sm_token_shards_free(&vocab->counts);
    sm_feature_counts_free(&vocab->feature_counts);
}

siamese_status siamese_vocab_create(siamese_vocab **out,
                                    const siamese_vocab_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_vocab *vocab = NULL;
    siamese_vocab_options own;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_TRY(sm_vocab_options_read(options, &own));
    vocab = sm_calloc(1, sizeof *vocab);
    SM_CHECK_MEMORY(vocab);
    set_rules(vocab, &own);
    SM_TRY(sm_pool_create(&vocab->pool, own.threads));
    SM_TRY(start_counting(vocab));
    SM_TRY(sm_text_scratches_init(&vocab->scratches, own.stemmer));
    sm_references_init(&vocab->references);
    sm_handle_created();
    *out = vocab;
    vocab = NULL;
out:
    if (vocab) {
        free_counting(vocab);
        sm_pool_free(vocab->pool);
    }
    sm_free(vocab);
    return status;
}

void siamese_vocab_free(siamese_vocab *vocab)
{
    if (vocab == NULL || !sm_references_drop(&vocab->references)) return;
    free_counting(vocab);
    sm_token_table_free(&vocab->table);
    sm_feature_table_free(&vocab->features);
    sm_free(vocab->idf);
    sm_sentencepiece_free(vocab->pieces);
    sm_free(vocab->model);
    sm_text_scratches_free(&vocab->scratches);
    sm_pool_free(vocab->pool);
    sm_free(vocab);
    sm_handle_freed();
}

void sm_vocab_freeze(siamese_vocab *vocab, sm_token_table *table, float *idf)
{
    free_counting(vocab);
    vocab->table = *table;
    *table = (sm_token_table){0};
    vocab->idf = idf;
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

bool sm_vocab_has_pieces(const siamese_vocab *vocab)
{
    return vocab->pieces != NULL;
}

sm_status sm_vocab_check_finished(const siamese_vocab *vocab)
{
    SM_REQUIRE(vocab != NULL, SIAMESE_E_ARGUMENT, "vocab: is NULL");
    SM_REQUIRE(vocab->finished, SIAMESE_E_STATE,
               "the vocabulary is not finished");
    return SIAMESE_OK;
}

size_t siamese_vocab_size(const siamese_vocab *vocab)
{
    if (vocab == NULL || !vocab->finished) return 0;
    const siamese_vocab_options *const o = &vocab->options;
    if (o->hash_min_count) return vocab->features.count + 1;
    return o->hash_buckets ? o->hash_buckets + 1 : vocab->table.count;
}

/* ---- scratch ---- */

sm_status sm_vocab_borrow(const siamese_vocab *vocab, sm_text_scratch **out)
{
    siamese_vocab *const own = (siamese_vocab *)(uintptr_t)vocab;
    return sm_text_scratch_borrow(&own->scratches, out);
}

void sm_vocab_return(const siamese_vocab *vocab, sm_text_scratch *scratch)
{
    siamese_vocab *const own = (siamese_vocab *)(uintptr_t)vocab;
    sm_text_scratch_return(&own->scratches, scratch);
}

sm_status sm_vocab_words(const siamese_vocab *vocab, sm_text_scratch *scratch,
                         const siamese_text *text, sm_analysis *out)
{
    SM_RETURN_IF_ERROR(sm_analyze(&vocab->options, &vocab->map, scratch,
                                  text->data, text->size, out));
    return vocab->options.compounds && vocab->finished
               ? sm_compounds(vocab, scratch, out)
               : SIAMESE_OK;
}

sm_status sm_check_texts(const char *name, const siamese_text *texts,
                         size_t count)
{
    SM_REQUIRE(texts != NULL || count == 0, SIAMESE_E_ARGUMENT, "%s: is NULL",
               name);
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(texts[i].data != NULL || texts[i].size == 0,
                   SIAMESE_E_ARGUMENT, "%s[%zu]: data is NULL, size is %zu",
                   name, i, texts[i].size);
    return SIAMESE_OK;
}
