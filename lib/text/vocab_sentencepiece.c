/* vocab_sentencepiece.c: a sentencepiece model, or texts to train one on, in, a
 * vocabulary out. For hosts. */
#include "text/vocab_sentencepiece.h"

#include <string.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/room.h"
#include "text/vocab_options.h"
#include "text/vocab_pieces.h"
#include "text/vocab_tokens.h"

static sm_status fill_table(const sm_sentencepiece *pieces,
                            sm_token_table *table)
{
    size_t const count = sm_sentencepiece_count(pieces);
    sm_token const pad = sm_token_of("", 0);
    size_t number;
    SM_RETURN_IF_ERROR(sm_token_table_add(table, &pad, &number));
    for (size_t i = 0; i < count; i++) {
        siamese_text const piece = sm_sentencepiece_piece(pieces, i);
        sm_token const token = sm_token_of(piece.data, piece.size);
        SM_RETURN_IF_ERROR(sm_token_table_add(table, &token, &number));
        SM_REQUIRE(number == i + SM_FIRST_PIECE, SIAMESE_E_FORMAT,
                   "the sentencepiece model has piece %zu twice", i);
    }
    return SIAMESE_OK;
}

/* Options that a model takes the place of must be at their defaults. */
static sm_status check_options(const siamese_vocab_options *own)
{
    siamese_vocab_options plain;
    SM_RETURN_IF_ERROR(siamese_vocab_options_init(&plain, sizeof plain));
    plain.max_tokens = own->max_tokens;
    plain.sequence_length = own->sequence_length;
    plain.threads = own->threads;
    for (size_t i = 0; i < sm_vocab_option_table.count; i++) {
        const char *const name = sm_vocab_option_table.options[i].name;
        char mine[200], theirs[200];
        SM_RETURN_IF_ERROR(
            siamese_vocab_options_get(own, name, mine, sizeof mine, NULL));
        SM_RETURN_IF_ERROR(siamese_vocab_options_get(&plain, name, theirs,
                                                     sizeof theirs, NULL));
        SM_REQUIRE(strcmp(mine, theirs) == 0, SIAMESE_E_OPTION,
                   "vocab option %s: %s does not go with a sentencepiece model",
                   name, mine);
    }
    return SIAMESE_OK;
}

sm_status sm_vocab_set_model(siamese_vocab *vocab, const char *model,
                             size_t size)
{
    sm_status status = SIAMESE_OK;
    sm_token_table table = {0};
    sm_sentencepiece *pieces = NULL;
    char *copy = NULL;
    SM_TRY(sm_vocab_check_unfinished(vocab));
    SM_TRY(check_options(&vocab->options));
    SM_TRY(sm_sentencepiece_load(&pieces, model, size));
    SM_TRY(fill_table(pieces, &table));
    copy = sm_alloc(size);
    SM_CHECK_MEMORY(copy);
    memcpy(copy, model, size);
    vocab->plain = false;
    vocab->unknown = sm_sentencepiece_unknown(pieces) + SM_FIRST_PIECE;
    vocab->pieces = pieces;
    vocab->model = copy;
    vocab->model_size = size;
    pieces = NULL;
    sm_vocab_freeze(vocab, &table, NULL);
out:
    sm_token_table_free(&table);
    sm_sentencepiece_free(pieces);
    return status;
}

siamese_status
siamese_vocab_load_sentencepiece(siamese_vocab **out, const void *model,
                                 size_t size,
                                 const siamese_vocab_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_vocab *vocab = NULL;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_CHECK(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_TRY(siamese_vocab_create(&vocab, options));
    SM_TRY(sm_vocab_set_model(vocab, model, size));
    *out = vocab;
    vocab = NULL;
out:
    siamese_vocab_free(vocab);
    return status;
}

/* ---- training ---- */

static sm_status take_model(void *context, const char *model, size_t size)
{
    return sm_vocab_set_model(context, model, size);
}

siamese_status
siamese_vocab_train_sentencepiece(siamese_vocab **out,
                                  const siamese_text *texts, size_t count,
                                  const siamese_vocab_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_vocab *vocab = NULL;
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_TRY(sm_check_texts("texts", texts, count));
    SM_TRY(siamese_vocab_create(&vocab, options));
    size_t const most = vocab->options.max_tokens;
    SM_CHECK(most > SM_FIRST_PIECE, SIAMESE_E_OPTION,
             "vocab option max_tokens: a sentencepiece model needs a size");
    SM_TRY(sm_sentencepiece_train(texts, count, most - SM_FIRST_PIECE,
                                  take_model, vocab));
    SM_TRY(siamese_vocab_measure(vocab, texts, count, &stats));
    vocab->stats = stats;
    *out = vocab;
    vocab = NULL;
out:
    siamese_vocab_free(vocab);
    return status;
}

siamese_status siamese_vocab_get_sentencepiece(const siamese_vocab *vocab,
                                               void *model, size_t size,
                                               size_t *needed)
{
    SM_RETURN_IF_ERROR(sm_vocab_check_finished(vocab));
    SM_REQUIRE(vocab->model != NULL, SIAMESE_E_STATE,
               "the vocabulary has no sentencepiece model");
    SM_RETURN_IF_ERROR(
        sm_room("model", model, size, vocab->model_size, needed));
    memcpy(model, vocab->model, vocab->model_size);
    return SIAMESE_OK;
}
