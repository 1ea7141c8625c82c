/* vocab_tokens.c: a list of tokens in, a finished vocabulary out; idf weights
 * in and out. For hosts, growing and reading. */
#include "text/vocab_tokens.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/room.h"
#include "common/size.h"

sm_status sm_vocab_check_unfinished(const siamese_vocab *vocab)
{
    SM_REQUIRE(vocab != NULL, SIAMESE_E_ARGUMENT, "vocab: is NULL");
    SM_REQUIRE(!vocab->finished, SIAMESE_E_STATE, "the vocabulary is finished");
    return SIAMESE_OK;
}

sm_status sm_vocab_start_table(const siamese_vocab *vocab,
                               sm_token_table *table, size_t tokens,
                               size_t bytes)
{
    sm_token const pad = sm_token_of("", 0);
    sm_token const unknown =
        sm_token_of(SM_UNKNOWN_TOKEN, strlen(SM_UNKNOWN_TOKEN));
    size_t number;
    if (!sm_size_add(bytes, unknown.size, &bytes)) return sm_fail_memory();
    SM_RETURN_IF_ERROR(
        sm_token_table_reserve(table, vocab->specials + tokens, bytes));
    if (vocab->specials == 2)
        SM_RETURN_IF_ERROR(sm_token_table_add(table, &pad, &number));
    return sm_token_table_add(table, &unknown, &number);
}

static sm_status check_count(const siamese_vocab *vocab, size_t count,
                             sm_status code)
{
    size_t const most =
        vocab->options.max_tokens ? vocab->options.max_tokens : SM_TOKENS_MAX;
    SM_REQUIRE(count <= most, code, "tokens: %zu are more than max_tokens, %zu",
               count, most);
    SM_REQUIRE(vocab->options.hash_buckets == 0 || count == vocab->specials,
               code, "tokens: with hash_buckets there is no table to set");
    return SIAMESE_OK;
}

static sm_status append_new(sm_token_table *table, const char *bytes,
                            size_t size, sm_status code)
{
    size_t const id = table->count;
    size_t number;
    SM_REQUIRE(size > 0, code, "tokens[%zu]: is empty", id);
    sm_token const token = sm_token_of(bytes, size);
    SM_RETURN_IF_ERROR(sm_token_table_add(table, &token, &number));
    SM_REQUIRE(number == id, code, "tokens[%zu]: '%.*s' is tokens[%zu] too", id,
               (int)sm_min(size, 100), bytes, number);
    return SIAMESE_OK;
}

/* A copy of idf[count], each a number; NULL for NULL. */
static sm_status copy_idf(const float *idf, size_t count, sm_status code,
                          float **out)
{
    *out = NULL;
    if (idf == NULL) return SIAMESE_OK;
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(isfinite(idf[i]), code, "idf[%zu]: is no number", i);
    float *const copy = sm_alloc_array(count, sizeof *copy);
    if (copy == NULL) return sm_fail_memory();
    memcpy(copy, idf, count * sizeof *copy);
    *out = copy;
    return SIAMESE_OK;
}

/* ---- a host's tokens ---- */

static sm_status check_specials(const siamese_vocab *vocab,
                                const siamese_text *tokens, size_t count)
{
    size_t const unknown = vocab->unknown;
    SM_REQUIRE(count > unknown && (unknown == 0 || tokens[0].size == 0) &&
                   tokens[unknown].size == strlen(SM_UNKNOWN_TOKEN) &&
                   memcmp(tokens[unknown].data, SM_UNKNOWN_TOKEN,
                          tokens[unknown].size) == 0,
               SIAMESE_E_ARGUMENT, "tokens: do not begin with %s%s",
               unknown ? "'' and " : "", SM_UNKNOWN_TOKEN);
    return SIAMESE_OK;
}

static sm_status set_tokens(siamese_vocab *vocab, const siamese_text *tokens,
                            const float *idf, size_t count)
{
    sm_status const code = SIAMESE_E_ARGUMENT;
    sm_status status = SIAMESE_OK;
    sm_token_table table = {0};
    float *own_idf = NULL;
    SM_TRY(sm_check_texts("tokens", tokens, count));
    SM_TRY(check_specials(vocab, tokens, count));
    SM_TRY(check_count(vocab, count, code));
    SM_TRY(sm_vocab_start_table(vocab, &table, count - vocab->specials, 0));
    for (size_t i = vocab->specials; i < count; i++)
        SM_TRY(append_new(&table, tokens[i].data, tokens[i].size, code));
    SM_TRY(copy_idf(idf, count, SIAMESE_E_NOT_FINITE, &own_idf));
    vocab->stats = (siamese_vocab_stats){0};
    sm_vocab_freeze(vocab, &table, own_idf);
out:
    sm_token_table_free(&table);
    return status;
}

siamese_status siamese_vocab_set_tokens(siamese_vocab *vocab,
                                        const siamese_text *tokens,
                                        size_t count)
{
    SM_RETURN_IF_ERROR(sm_vocab_check_unfinished(vocab));
    SM_REQUIRE(vocab->options.hash_buckets == 0, SIAMESE_E_STATE,
               "with hash_buckets there is no table to set");
    SM_REQUIRE(
        vocab->options.output_mode != SIAMESE_OUTPUT_TF_IDF, SIAMESE_E_STATE,
        "output_mode tf_idf needs each token's idf: siamese_vocab_set_idf");
    return set_tokens(vocab, tokens, NULL, count);
}

siamese_status siamese_vocab_set_idf(siamese_vocab *vocab,
                                     const siamese_text *tokens,
                                     const float *idf, size_t count)
{
    SM_RETURN_IF_ERROR(sm_vocab_check_unfinished(vocab));
    SM_REQUIRE(idf != NULL, SIAMESE_E_ARGUMENT, "idf: is NULL");
    SM_REQUIRE(vocab->options.output_mode == SIAMESE_OUTPUT_TF_IDF,
               SIAMESE_E_STATE, "output_mode is not tf_idf");
    return set_tokens(vocab, tokens, idf, count);
}

siamese_status siamese_vocab_get_idf(const siamese_vocab *vocab, float *idf,
                                     size_t idf_capacity)
{
    SM_RETURN_IF_ERROR(sm_vocab_check_finished(vocab));
    size_t const count = vocab->table.count;
    SM_REQUIRE(vocab->idf != NULL, SIAMESE_E_STATE,
               "output_mode is not tf_idf");
    SM_RETURN_IF_ERROR(sm_room("idf", idf, idf_capacity, count, NULL));
    memcpy(idf, vocab->idf, count * sizeof *idf);
    return SIAMESE_OK;
}

/* ---- the tokens of a saved vocabulary ---- */

sm_status sm_vocab_set_learned(siamese_vocab *vocab,
                               const sm_learned_tokens *tokens, sm_status code)
{
    sm_status status = SIAMESE_OK;
    sm_token_table table = {0};
    float *idf = NULL;
    const char *bytes = tokens->bytes;
    SM_TRY(sm_vocab_check_unfinished(vocab));
    SM_CHECK(tokens->count <= SM_TOKENS_MAX - vocab->specials, code,
             "tokens: %zu are too many", tokens->count);
    SM_TRY(check_count(vocab, tokens->count + vocab->specials, code));
    SM_TRY(sm_vocab_start_table(vocab, &table, tokens->count, 0));
    for (size_t i = 0; i < tokens->count; i++) {
        size_t const size = (size_t)tokens->sizes[i];
        SM_TRY(append_new(&table, bytes, size, code));
        bytes += size;
    }
    SM_TRY(copy_idf(tokens->idf, table.count, code, &idf));
    sm_vocab_freeze(vocab, &table, idf);
out:
    sm_token_table_free(&table);
    return status;
}
