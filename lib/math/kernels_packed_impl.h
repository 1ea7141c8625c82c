/* kernels_packed_impl.h: sums of rows of tables in float16 or int8; included by
 * kernels_impl.h. */

/* Numbers j .. of a row as floats: bytes 2 are halves, 1 are int8. An int8
 * times its row's scale is exact: nn/table_precision.h. */
static inline __attribute__((always_inline)) vec load_packed(const char *row,
                                                             int const bytes,
                                                             vec scale,
                                                             size_t const part)
{
    if (bytes == 2) {
        const uint16_t *const half = (const void *)row;
        return part ? vec_load_half_part(half, part) : vec_load_half(half);
    }
    const int8_t *const q = (const void *)row;
    return vec_mul(part ? vec_load_int8_part(q, part) : vec_load_int8(q),
                   scale);
}

/* Columns j .. of all rows, as sum_rows_strip adds them. */
static inline __attribute__((always_inline)) void
sum_packed_strip(size_t n, size_t count, const int32_t *rows,
                 const float *weights, const void *table, int const bytes,
                 const float *scales, float *out, size_t j, int const vectors,
                 size_t const part)
{
    size_t const stride = n * (size_t)bytes;
    const char *const first = (const char *)table + j * (size_t)bytes;
    vec sum[8];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) sum[v] = vec_set(0);
    for (size_t i = 0; i < count; i++) {
        const char *const row = VEC_BASE(first + (size_t)rows[i] * stride);
        vec const weight = vec_set(weights ? weights[i] : 1);
        vec const scale = vec_set(bytes == 1 ? scales[rows[i]] : 1);
        if (i + SUM_ROWS_AHEAD < count) {
            const char *const next =
                first + (size_t)rows[i + SUM_ROWS_AHEAD] * stride;
            for (int c = 0; c < vectors * VEC_WIDTH * bytes;
                 c += CACHE_LINE_FLOATS * (int)sizeof(float))
                __builtin_prefetch(next + c);
            if (bytes == 1)
                __builtin_prefetch(scales + rows[i + SUM_ROWS_AHEAD]);
        }
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++)
            sum[v] = vec_fma(
                weight,
                load_packed(row + v * VEC_WIDTH * bytes, bytes, scale, part),
                sum[v]);
    }
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
        if (part)
            vec_store_part(out + j, part, sum[v]);
        else
            vec_store(out + j + v * VEC_WIDTH, sum[v]);
    }
}

static inline __attribute__((always_inline)) void
sum_packed(size_t n, size_t count, const int32_t *rows, const float *weights,
           const void *table, int const bytes, const float *scales, float *out)
{
    size_t j = 0;
    for (; j + 8 * VEC_WIDTH <= n; j += 8 * VEC_WIDTH)
        sum_packed_strip(n, count, rows, weights, table, bytes, scales, out, j,
                         8, 0);
#if defined(SM_LEVEL_NEON)
    for (; j + 4 * VEC_WIDTH <= n; j += 4 * VEC_WIDTH)
        sum_packed_strip(n, count, rows, weights, table, bytes, scales, out, j,
                         4, 0);
    for (; j + 2 * VEC_WIDTH <= n; j += 2 * VEC_WIDTH)
        sum_packed_strip(n, count, rows, weights, table, bytes, scales, out, j,
                         2, 0);
#endif
    for (; j + VEC_WIDTH <= n; j += VEC_WIDTH)
        sum_packed_strip(n, count, rows, weights, table, bytes, scales, out, j,
                         1, 0);
    if (j < n)
        sum_packed_strip(n, count, rows, weights, table, bytes, scales, out, j,
                         1, n - j);
}

static void kernel_sum_rows_float16(size_t n, size_t count, const int32_t *rows,
                                    const float *weights, const uint16_t *table,
                                    float *out)
{
    sum_packed(n, count, rows, weights, table, 2, NULL, out);
}

static void kernel_sum_rows_int8(size_t n, size_t count, const int32_t *rows,
                                 const float *weights, const int8_t *table,
                                 const float *scales, float *out)
{
    sum_packed(n, count, rows, weights, table, 1, scales, out);
}
