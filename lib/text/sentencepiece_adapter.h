/* sentencepiece_adapter.h: sentencepiece in C, where the build has it; where
 * not, making one is SIAMESE_E_UNSUPPORTED. No exception leaves it. */
#ifndef SM_SENTENCEPIECE_ADAPTER_H
#define SM_SENTENCEPIECE_ADAPTER_H

#include <stddef.h>
#include <stdint.h>

#include <siamese/siamese.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sm_sentencepiece sm_sentencepiece;

/* From the bytes of a .model file, which are SIAMESE_E_FORMAT if they are
 * none. Memory is that of C++'s new. */
siamese_status sm_sentencepiece_load(sm_sentencepiece **out, const char *model,
                                     size_t size);
void sm_sentencepiece_free(sm_sentencepiece *pieces);

/* Pieces, the unknown one's number, and piece i. */
size_t sm_sentencepiece_count(const sm_sentencepiece *pieces);
size_t sm_sentencepiece_unknown(const sm_sentencepiece *pieces);
siamese_text sm_sentencepiece_piece(const sm_sentencepiece *pieces, size_t i);

/* Takes the numbers of the pieces of a text; a failure of its ends all. */
typedef siamese_status (*sm_pieces_fn)(void *context, const int *numbers,
                                       size_t count);

/* Any thread. */
siamese_status sm_sentencepiece_encode(const sm_sentencepiece *pieces,
                                       const char *data, size_t size,
                                       sm_pieces_fn take, void *context);

/* Takes the bytes of a model. */
typedef siamese_status (*sm_model_fn)(void *context, const char *model,
                                      size_t size);

/* A unigram model of so many pieces; on one thread, so that it is the same
 * each time. */
siamese_status sm_sentencepiece_train(const siamese_text *texts, size_t count,
                                      size_t pieces, sm_model_fn take,
                                      void *context);

#ifdef __cplusplus
}
#endif

#endif
