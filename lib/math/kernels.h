/* kernels.h: the inner loops, once for each kernel level, chosen at run time.
 *
 * Every kernel adds in one fixed order, so an output has the same bits wherever
 * it stands in a matrix, whatever the number of rows beside it. Levels differ
 * from each other by rounding, but for AVX2 and NEON, which have the same bits.
 */
#ifndef SM_KERNELS_H
#define SM_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

/* Gates of a recurrent cell stand side by side, each padded to a multiple of
 * this. */
enum { SM_UNIT_PADDING = 8 };

/* Rows of int8 whose products are taken have a multiple of so many numbers. */
enum { SM_INT8_PADDING = 32 };

/* The words of the option `kernel`, in the order of SIAMESE_KERNEL_*. */
#define SM_KERNEL_WORDS "auto | portable | avx2 | avx512 | neon"

typedef struct sm_kernels {
    int32_t level; /* SIAMESE_KERNEL_* */
    const char *name;
    size_t panel; /* columns of B that gemm takes at once */

    /* sum_i a_i b_i */
    float (*dot)(const float *a, const float *b, size_t n);

    /*
     * out[q][r] = queries[q] . rows[r] for queries[m][dim] and rows[n][dim],
     * rows of out ldo apart: an order of its own, the same for every m and n.
     * The memory at next, if not NULL, is read afterwards: some of it is asked
     * for early.
     */
    void (*scores)(size_t m, size_t n, size_t dim, const float *queries,
                   const float *rows, const float *next, float *out,
                   size_t ldo);

    /* at[] = the places, ascending, of x[n] greater than threshold; how many */
    size_t (*find_greater)(size_t n, const float *x, float threshold,
                           uint32_t *at);

    /*
     * C[m][n] = A B, or C += A B, or C[i] = bias + A B. Element (i, k) of A is
     * a[i * a_row + k * a_column], so A may be transposed; B is [k][n] with row
     * stride ldb. Each element is one chain of multiply-adds over k.
     */
    void (*gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row,
                 size_t a_column, const float *b, size_t ldb, float *c,
                 size_t ldc);
    void (*gemm_add)(size_t m, size_t n, size_t k, const float *a, size_t a_row,
                     size_t a_column, const float *b, size_t ldb, float *c,
                     size_t ldc);
    void (*gemm_bias)(size_t m, size_t n, size_t k, const float *a,
                      size_t a_row, size_t a_column, const float *b, size_t ldb,
                      const float *bias, float *c, size_t ldc);

    /* C[i] = table[rows_i] + A B, the table being [..][n] */
    void (*gemm_look_up)(size_t m, size_t n, size_t k, const float *a,
                         size_t a_row, size_t a_column, const float *b,
                         size_t ldb, const float *table, const uint32_t *rows,
                         float *c, size_t ldc);

    /*
     * One LSTM step for rows, with `units` padded to SM_UNIT_PADDING:
     * z[rows][4 units] holds x W + h U + b of the gates i, f, c, o and becomes
     * their activations; c' = f c + i g, h' = o tanh(c').
     */
    void (*lstm_forward)(size_t rows, size_t units, float *z,
                         const float *c_before, float *c_after, float *h_after);

    /*
     * Its derivative: gates[rows][4 units] become dz; dh is the gradient of h';
     * dc, the gradient of c', becomes that of c.
     */
    void (*lstm_backward)(size_t rows, size_t units, float *gates,
                          const float *c_before, const float *c_after,
                          const float *dh, float *dc);

    /*
     * out[n] = sum_i weight_i table[rows_i][n] over i < count, i ascending, all
     * weights 1 if weights is NULL; 0 for none.
     */
    void (*sum_rows)(size_t n, size_t count, const int32_t *rows,
                     const float *weights, const float *table, float *out);

    /* The same of a table of halves, and of int8 with a scale of each row: the
     * bits are those of sum_rows over the table as floats. */
    void (*sum_rows_float16)(size_t n, size_t count, const int32_t *rows,
                             const float *weights, const uint16_t *table,
                             float *out);
    void (*sum_rows_int8)(size_t n, size_t count, const int32_t *rows,
                          const float *weights, const int8_t *table,
                          const float *scales, float *out);

    /*
     * out[q][r] = sum_i vectors[q][i] table[rows_r][i] for vectors[m][dim] and
     * rows[n] of a table[..][dim], rows of out ldo apart: whole numbers, the
     * same at each level. dim is a multiple of SM_INT8_PADDING; vectors hold
     * numbers of -127 .. 127, and no sum leaves 32 bits below dim 131072.
     */
    void (*dots_int8)(size_t m, size_t n, size_t dim, const int16_t *vectors,
                      const uint32_t *rows, const int8_t *table, int32_t *out,
                      size_t ldo);

    /*
     * One GRU step: z[rows][4 units] holds the sums of the gates z and r, of
     * x W_h + b_ih, and of h U_h + b_rh. The first three become z, r and
     * g = tanh(x W_h + b_ih + r (h U_h + b_rh)); h' = z h + (1 - z) g.
     */
    void (*gru_forward)(size_t rows, size_t units, float *z,
                        const float *h_before, float *h_after);

    /*
     * Its derivative: gates[rows][4 units] become the gradients of the four
     * sums; dh, the gradient of h', becomes what reaches h past the gates.
     */
    void (*gru_backward)(size_t rows, size_t units, float *gates,
                         const float *h_before, float *dh);

    /* y_i += x_i; y_i *= a */
    void (*add)(size_t n, const float *x, float *y);
    void (*scale)(size_t n, float a, float *y);

    /* x_i = exp(x_i - shift) in place; returns the sum, in a fixed order */
    double (*exp_sum)(size_t n, float shift, float *x);

    /* the largest of x[n], n > 0; a NaN anywhere makes it NaN */
    float (*maximum)(size_t n, const float *x);

    /* whether the square of each scale x_i, i < n, is finite */
    int (*finite_squares)(size_t n, float scale, const float *x);

    /* how many of x[n] are greater than threshold */
    size_t (*count_greater)(size_t n, const float *x, float threshold);

    /* x_i += addend < 0 where a_i is own_a or b_i is own_b; a or b may be
     * NULL */
    void (*mask)(size_t n, const uint32_t *a, uint32_t own_a, const uint32_t *b,
                 uint32_t own_b, float addend, float *x);

    /* x_i = scale (share x_i) where x_i > least, 0 elsewhere */
    void (*shares)(size_t n, float least, float share, float scale, float *x);

    /* Each row of x[rows][n] becomes softmax(scale x); scale > 0. */
    void (*softmax)(size_t rows, size_t n, float scale, float *x);

    /* From p, that softmax, and its gradient [rows][n] to that of x, in
     * place. */
    void (*softmax_gradient)(size_t rows, size_t n, float scale, const float *p,
                             float *gradient);

    /*
     * Each row of y[rows][n]: z = (x - mean) / sqrt(variance + epsilon),
     * y = gamma z + beta. z goes to normalised[rows][n], the inverse of the
     * root to inverse[rows]; either may be NULL. y may be x.
     */
    void (*layer_norm)(size_t rows, size_t n, const float *x,
                       const float *gamma, const float *beta, float epsilon,
                       float *normalised, float *inverse, float *y);

    /* The gradient of y becomes that of x; those of gamma and beta are added
     * to. */
    void (*layer_norm_gradient)(size_t rows, size_t n, const float *gamma,
                                const float *normalised, const float *inverse,
                                float *gradient, float *gamma_gradient,
                                float *beta_gradient);

    /* y = f(x), f being SIAMESE_ACTIVATION_*; y may be x. The gradient of y
     * becomes that of x. */
    void (*activate)(int32_t kind, size_t n, const float *x, float *y);
    void (*activate_gradient)(int32_t kind, size_t n, const float *x,
                              float *gradient);

    /*
     * Adam, Keras 2.15's rule, with alpha = lr sqrt(1 - b2^t) / (1 - b1^t),
     * rest1 = 1 - b1 and rest2 = 1 - b2:
     * m += (g - m) rest1; v += (g^2 - v) rest2;
     * theta -= alpha m / (sqrt(v) + epsilon)
     */
    void (*adam)(size_t n, float *value, const float *gradient, float *m,
                 float *v, float alpha, float rest1, float rest2,
                 float epsilon);

    /* Adagrad: s += g^2; theta -= rate g / sqrt(s + epsilon) */
    void (*adagrad)(size_t n, float *value, const float *gradient, float *sum,
                    float rate, float epsilon);

    /* Momentum: v = momentum v - rate g; theta += v */
    void (*momentum)(size_t n, float *value, const float *gradient,
                     float *velocity, float rate, float momentum);

    /* theta -= rate g */
    void (*descend)(size_t n, float *value, const float *gradient, float rate);

    /* y_i = scale max(-limit, min(limit, x_i)); y may be x */
    void (*clip)(size_t n, const float *x, float limit, float scale, float *y);
} sm_kernels;

/* Whether sm_kernels_select gives the level: the question is no error. */
bool sm_kernels_available(int32_t level);

/* SIAMESE_E_UNSUPPORTED if this processor or build lacks the level. */
sm_status sm_kernels_select(int32_t level, const sm_kernels **out);

/* The best level of this processor. */
const sm_kernels *sm_kernels_best(void);

#endif
