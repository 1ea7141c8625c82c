/* word_vectors.h: the vector of a word: what a tower makes of its text alone,
 * which for a bag of hashed features is the mean of the word's own rows of the
 * table, at length 1 and in 8 bits. */
#ifndef SM_WORD_VECTORS_H
#define SM_WORD_VECTORS_H

#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

/*
 * Codes of a vector[dim], 0 from dim on to padded: each number rounded to a
 * 127th of the largest; *scale is 1 by the codes' length, so that the product
 * of two vectors' codes and scales is a cosine, and that of two like ones 1. 0
 * for a vector of zeros.
 */
void sm_word_codes_make(const float *vector, size_t dim, size_t padded,
                        int8_t *codes, float *scale);

/*
 * Codes of texts[count] by the tower's first field into
 * codes[count][padded], and scales[count].
 */
sm_status sm_word_vectors_make(const siamese_tower *tower,
                               const siamese_text *texts, size_t count,
                               size_t padded, int8_t *codes, float *scales);

#endif
