/* word_vectors.c: texts of words in, their vectors as codes out. For the
 * catalogue's words and those of queries. */
#include "search/word_vectors.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"

enum { MOST_CODE = 127, AT_ONCE = 1024 };

static float greatest(const float *vector, size_t dim)
{
    float most = 0;
    for (size_t i = 0; i < dim; i++)
        if (fabsf(vector[i]) > most) most = fabsf(vector[i]);
    return most;
}

void sm_word_codes_make(const float *vector, size_t dim, size_t padded,
                        int8_t *codes, float *scale)
{
    float const most = greatest(vector, dim);
    int64_t squares = 0;
    memset(codes, 0, padded);
    float const over = most > 0 ? (float)MOST_CODE / most : 0;
    *scale = 0;
    if (!isfinite(over) || over == 0) return; /* 0, or hardly more */
    for (size_t i = 0; i < dim; i++) {
        long const code = lrintf(vector[i] * over);
        codes[i] = (int8_t)code;
        squares += code * code;
    }
    *scale = (float)(1 / sqrt((double)squares));
}

sm_status sm_word_vectors_make(const siamese_tower *tower,
                               const siamese_text *texts, size_t count,
                               size_t padded, int8_t *codes, float *scales)
{
    sm_status status = SIAMESE_OK;
    size_t const dim = siamese_tower_dim(tower);
    float *vectors =
        sm_aligned_array(sm_min(count, AT_ONCE) * dim, sizeof *vectors);
    SM_CHECK_MEMORY(vectors);
    for (size_t done = 0; done < count; done += AT_ONCE) {
        size_t const n = sm_min(count - done, AT_ONCE);
        SM_TRY(
            siamese_tower_encode(tower, texts + done, n, 1, vectors, n * dim));
        for (size_t i = 0; i < n; i++)
            sm_word_codes_make(vectors + i * dim, dim, padded,
                               codes + (done + i) * padded, scales + done + i);
    }
out:
    sm_aligned_free(vectors);
    return status;
}
