/* bound_codes.h: the codes of vectors in blocks, of which bounds.h makes upper
 * bounds of scores. They are derived from the vectors, and as good from any
 * kernel level. Nothing here locks. */
#ifndef SM_BOUND_CODES_H
#define SM_BOUND_CODES_H

#include "common/pool.h"
#include "math/bounds.h"

/* In the order of their vectors. */
typedef struct sm_codes {
    size_t count, capacity; /* rows; of whole blocks */
    void *memory;           /* of all that follows, as bounds.h has it */
    uint8_t *coarse;        /* [blocks][..][SM_BOUND_ROWS][4] */
    uint8_t *fine;          /* [capacity][sm_bound_fine_size] */
    float *scales;          /* [capacity] */
    uint32_t *norms;        /* [capacity] */
    sm_bound_rest *rests;   /* [capacity] */
} sm_codes;

/* Codes of vectors that are in no block yet. */
typedef struct sm_code_rows {
    uint8_t *coarse; /* [count][sm_bound_coarse_size] */
    uint8_t *fine;   /* [count][sm_bound_fine_size] */
    sm_bound_row *rows;
} sm_code_rows;

/* Of vectors[count][dim]; sm_code_rows_free frees them, after a failure too. */
sm_status sm_code_rows_make(sm_code_rows *rows, const sm_bound_kernels *kernels,
                            sm_pool *pool, const float *vectors, size_t count,
                            size_t dim);
void sm_code_rows_free(sm_code_rows *rows);

/* Makes room for `more` rows; appending them cannot fail. */
sm_status sm_codes_reserve(sm_codes *codes, size_t dim, size_t more);
void sm_codes_free(sm_codes *codes);

/* Puts number r of the rows behind those that are there. */
void sm_codes_append(sm_codes *codes, size_t dim, const sm_code_rows *rows,
                     size_t r);

/* Makes rows up to `count`, for which there is room; they are to be put. */
void sm_codes_lengthen(sm_codes *codes, size_t dim, size_t count);

/* Puts it in the place of row `at`, which is there. */
void sm_codes_put(sm_codes *codes, size_t dim, const sm_code_rows *rows,
                  size_t r, size_t at);

/* Row `from` takes the place of row `to`; the first `count` rows are kept. */
void sm_codes_move(sm_codes *codes, size_t dim, size_t from, size_t to);
void sm_codes_keep(sm_codes *codes, size_t count);

/* Bytes that the codes take. */
size_t sm_codes_memory(const sm_codes *codes, size_t dim);

/* Where codes stand, block by block or row by row. */
typedef struct sm_code_part {
    void *bytes;
    size_t size;
} sm_code_part;

enum { SM_CODE_PARTS = 5 };

/* The bytes of `count` rows' codes in parts, from row `first` on, which begins
 * a block; of the last block all rows. Returns their sum; with codes NULL only
 * the sizes are told. */
size_t sm_codes_parts(const sm_codes *codes, size_t dim, size_t first,
                      size_t count, sm_code_part parts[SM_CODE_PARTS]);

/* Takes in `more` rows, for which there is room and whose bytes are to be
 * filled in; the last block that was there is full. */
void sm_codes_extend(sm_codes *codes, size_t more);

/* The blocks from number `block` on. */
sm_bound_blocks sm_codes_blocks(const sm_codes *codes, size_t dim,
                                size_t block);

#endif
