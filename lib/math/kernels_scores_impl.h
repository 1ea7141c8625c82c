/* kernels_scores_impl.h: scores of stored vectors against queries, included by
 * kernels_impl.h. No include guard on purpose.
 *
 * A score is a sum of one vector of lanes, lane j adding a_i b_i over i = j, j
 * + VEC_WIDTH, ..., i ascending, and its lanes are added half upon half: the
 * same bits wherever the vector and the query stand. */

enum { SCORES_LINE_FLOATS = 16 };

/* Asks for the next lines of what is read later: as many as `rows` vectors
 * make. */
static inline __attribute__((always_inline)) const float *
scores_ask(const float *ahead, int const rows)
{
    if (ahead == NULL) return NULL;
#pragma GCC unroll 16
    for (int f = 0; f < rows * VEC_WIDTH; f += SCORES_LINE_FLOATS)
        __builtin_prefetch(ahead + f);
    return ahead + rows * VEC_WIDTH;
}

/*
 * Lane q * rows + r of the result: query q . row r, for so many of each that
 * they are VEC_WIDTH together. Meanwhile the memory at `ahead`, as much as the
 * rows are, is asked for, if it is not NULL.
 */
static inline __attribute__((always_inline)) vec
scores_tile(size_t dim, const float *queries, const float *vectors,
            const float *ahead, int const rows)
{
    vec sum[VEC_WIDTH];
    size_t i = 0;
#pragma GCC unroll 16
    for (int s = 0; s < VEC_WIDTH; s++) sum[s] = vec_set(0);
    for (; i + VEC_WIDTH <= dim; i += VEC_WIDTH) {
        ahead = scores_ask(ahead, rows);
#pragma GCC unroll 16
        for (int s = 0; s < VEC_WIDTH; s++)
            sum[s] = vec_fma(vec_load(queries + s / rows * dim + i),
                             vec_load(vectors + s % rows * dim + i), sum[s]);
    }
    if (i < dim) {
#pragma GCC unroll 16
        for (int s = 0; s < VEC_WIDTH; s++)
            sum[s] = vec_fma(
                vec_load_part(queries + s / rows * dim + i, dim - i),
                vec_load_part(vectors + s % rows * dim + i, dim - i), sum[s]);
    }
    return vec_sums(sum);
}

/* The same of one row. */
static inline float score_of_row(size_t dim, const float *query,
                                 const float *row)
{
    vec sum = vec_set(0);
    size_t i = 0;
    for (; i + VEC_WIDTH <= dim; i += VEC_WIDTH)
        sum = vec_fma(vec_load(query + i), vec_load(row + i), sum);
    if (i < dim)
        sum = vec_fma(vec_load_part(query + i, dim - i),
                      vec_load_part(row + i, dim - i), sum);
    return vec_sum(sum);
}

/* Rows of a tile that several queries share: vectors are loaded less often. */
enum { SCORES_ROWS = 4, SCORES_QUERIES = VEC_WIDTH / SCORES_ROWS };

/* SCORES_QUERIES queries against VEC_WIDTH rows. */
static void scores_of_queries(size_t dim, const float *queries,
                              const float *vectors, const float *ahead,
                              float *out, size_t ldo)
{
    for (size_t r = 0; r < VEC_WIDTH; r += SCORES_ROWS) {
        float tile[VEC_WIDTH];
        vec_store(tile,
                  scores_tile(dim, queries, vectors + r * dim,
                              ahead ? ahead + r * dim : NULL, SCORES_ROWS));
        for (size_t q = 0; q < SCORES_QUERIES; q++)
            memcpy(out + q * ldo + r, tile + q * SCORES_ROWS,
                   SCORES_ROWS * sizeof *out);
    }
}

/* A block of rows stays in the first cache while all queries pass over it. */
static void kernel_scores(size_t m, size_t n, size_t dim, const float *queries,
                          const float *rows, const float *next, float *out,
                          size_t ldo)
{
    size_t j = 0;
    for (; j + VEC_WIDTH <= n; j += VEC_WIDTH) {
        const float *const block = rows + j * dim;
        const float *ahead = j + VEC_WIDTH < n ? block + VEC_WIDTH * dim : next;
        size_t q = 0;
        for (; q + SCORES_QUERIES <= m; q += SCORES_QUERIES) {
            scores_of_queries(dim, queries + q * dim, block, ahead,
                              out + q * ldo + j, ldo);
            ahead = NULL;
        }
        for (; q < m; q++) {
            vec_store(out + q * ldo + j, scores_tile(dim, queries + q * dim,
                                                     block, ahead, VEC_WIDTH));
            ahead = NULL;
        }
    }
    for (; j < n; j++) {
        for (size_t i = 0; next && i < dim; i += SCORES_LINE_FLOATS)
            __builtin_prefetch(next + i);
        if (next) next += dim;
        for (size_t q = 0; q < m; q++)
            out[q * ldo + j] =
                score_of_row(dim, queries + q * dim, rows + j * dim);
    }
}

/* Four vectors at once: most hold none of interest. */
static size_t kernel_find_greater(size_t n, const float *x, float threshold,
                                  uint32_t *at)
{
    size_t found = 0, i = 0;
    vec const t = vec_set(threshold);
    for (; i + 4 * VEC_WIDTH <= n; i += 4 * VEC_WIDTH) {
        uint64_t greater = 0;
#pragma GCC unroll 4
        for (int v = 0; v < 4; v++)
            greater |= (uint64_t)vec_greater(vec_load(x + i + v * VEC_WIDTH), t)
                       << v * VEC_WIDTH;
        for (; greater; greater &= greater - 1)
            at[found++] = (uint32_t)(i + (size_t)__builtin_ctzll(greater));
    }
    for (; i < n; i++)
        if (x[i] > threshold) at[found++] = (uint32_t)i;
    return found;
}
