/*
 * faiss_blas.c: a matrix product that FAISS asks for in, computed plainly out.
 * For FAISS alone.
 *
 * FAISS refers to this from every index type. Those that the library makes are
 * searched and filled by kernels of its own, so that nothing waits for it.
 */
#include "index/faiss_blas.h"

#include "common/size.h"
#include "math/kernels.h"

/* Of the right side, packed at once. */
enum { WIDTH = 64, DEPTH = 64 };

static int is_transposed(const char *flag)
{
    return *flag != 'N' && *flag != 'n';
}

/* Each row of c[rows][columns] times beta; 0 forgets what was there. */
static void scale_rows(const sm_kernels *kernels, size_t rows, size_t columns,
                       float beta, float *c, size_t ldc)
{
    for (size_t i = 0; i < rows; i++) {
        if (beta == 0)
            for (size_t j = 0; j < columns; j++) c[i * ldc + j] = 0;
        else
            kernels->scale(columns, beta, c + i * ldc);
    }
}

/*
 * By columns, C = op(A) op(B) is by rows C' = op(B)' op(A)', [n][m]. Blocks
 * of op(A)' times alpha are packed; an element's chain goes on from block to
 * block.
 */
void sgemm_(const char *transa, const char *transb, const int32_t *m,
            const int32_t *n, const int32_t *k, const float *alpha,
            const float *a, const int32_t *lda, const float *b,
            const int32_t *ldb, const float *beta, float *c, const int32_t *ldc)
{
    const sm_kernels *const kernels = sm_kernels_best();
    if (*m <= 0 || *n <= 0) return;
    size_t const rows = (size_t)*n, columns = (size_t)*m;
    size_t const depth = *k > 0 && *alpha != 0 ? (size_t)*k : 0;
    size_t const of_a = (size_t)*lda, of_b = (size_t)*ldb;
    /* op(A)[j][p] and op(B)[p][i] */
    size_t const a_j = is_transposed(transa) ? of_a : 1;
    size_t const a_p = is_transposed(transa) ? 1 : of_a;
    size_t const b_i = is_transposed(transb) ? 1 : of_b;
    size_t const b_p = is_transposed(transb) ? of_b : 1;
    float block[DEPTH * WIDTH];

    scale_rows(kernels, rows, columns, *beta, c, (size_t)*ldc);
    for (size_t j = 0; j < columns; j += WIDTH) {
        size_t const width = sm_min(WIDTH, columns - j);
        for (size_t p = 0; p < depth; p += DEPTH) {
            size_t const deep = sm_min(DEPTH, depth - p);
            for (size_t i = 0; i < deep * width; i++)
                block[i] =
                    *alpha * a[(j + i % width) * a_j + (p + i / width) * a_p];
            kernels->gemm_add(rows, width, deep, b + p * b_p, b_i, b_p, block,
                              width, c + j, (size_t)*ldc);
        }
    }
}
